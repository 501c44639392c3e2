"""SQLite: one writer thread that commits in groups, and a few reader threads.

Why threads and not aiosqlite: a unit is a plain function, so one hop into a thread carries a whole transaction, and the
writer takes whatever waits (up to 64 units) into one COMMIT, which is what a durable write costs (docs/decisions/0003).
"""

import asyncio
import shutil
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import DBAPIError

from server.clock import Clock
from server.errors import Busy
from server.metrics import WRITES
from server.store import leasing, sqlite_appending, sqlite_recording
from server.store.appending import Append
from server.store.base import Announce, Announcement, OnCommit, Tx, tell
from server.store.leasing import Leased
from server.store.sqlite_rows import driver
from server.store.sqlite_writer import Job, OneOfMany, Unit, Writer, translated
from server.store.together import Answering, Together
from server.store.transcript import EventRecord
from server.store.translated import Translated

T = TypeVar("T")
Q = TypeVar("Q")
A = TypeVar("A")

READERS = 4
BUSY_MS = 5_000
"""How long a write waits for another process (backup, command line) before it fails with busy."""


def engine_for(path: Path, *, write: bool) -> Engine:
    """An engine whose connections have the pragmas that durability and foreign keys need."""

    def connect() -> sqlite3.Connection:
        # readers never make a file: a database that was moved away must not be followed by an empty one
        address = f"{path.absolute().as_uri()}?mode={'rwc' if write else 'rw'}"
        raw = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000)
        raw.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        mode = raw.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        if mode != "wal":
            raise Busy(f"SQLite refuses WAL on {path} ({mode}); is it a network file system?")
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute("PRAGMA foreign_keys = ON")
        if not write:
            raw.execute("PRAGMA query_only = ON")
        return raw

    # an error must not carry what somebody wrote into the log
    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)
    begin = "BEGIN IMMEDIATE" if write else "BEGIN"

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        driver(conn).execute(begin)  # past Core, whose way to say it costs 56,000 instructions

    return engine


class SqliteStore:
    """See base.Store for the promise."""

    rows_at_once = 25

    def __init__(self, path: Path, on_commit: OnCommit) -> None:
        self.path = path
        self.on_commit = on_commit
        self._loop = asyncio.get_running_loop()
        self._closed = False
        self._together = Together(self.read)
        self._writer_engine = engine_for(path, write=True)
        self._reader_engine = engine_for(path, write=False)
        self._local = threading.local()
        self._read_connections: list[Connection] = []
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="sqlite-read")
        conn = self._writer_engine.connect()  # here and not in the thread: a file that cannot be used fails the start
        self._writer = Writer(conn, lambda jobs: self._loop.call_soon_threadsafe(self._settle, jobs))

    async def write(self, unit: Callable[[Tx], T], *, patient: bool = False) -> T:
        """Run the unit in the writer's next group."""
        result: T = await self._put(lambda future: Unit(unit, future, patient=patient))
        return result

    async def append(self, message: Append, announce: Announce) -> EventRecord | None:
        """With the other messages of the writer's next group."""
        key = sqlite_appending.key(message)
        event: EventRecord | None = await self._put(
            lambda future: OneOfMany(sqlite_appending.append, message, key, announce, future, patient=False)
        )
        return event

    async def record(self, translated: Translated, announce: Announce) -> list[EventRecord] | None:
        """With what else translators have done; nobody waits for it."""

        def told(events: list[EventRecord]) -> list[Announcement]:
            return [one for event in events for one in announce(event)]

        key = sqlite_recording.key(translated)
        events: list[EventRecord] | None = await self._put(
            lambda future: OneOfMany(sqlite_recording.record, translated, key, told, future, patient=True)
        )
        return events

    async def lease(self, owner: str, clock: Clock, lease_ms: int, most: int) -> list[Leased]:
        """A unit that lets others by."""
        return await self.write(lambda tx: leasing.lease(tx.conn, owner, clock(), lease_ms, most), patient=True)

    async def _put(self, job: "Callable[[asyncio.Future[Any]], Job]") -> Any:
        if self._closed:
            raise Busy("The server is stopping.")
        future: asyncio.Future[Any] = self._loop.create_future()
        self._writer.put(job(future))
        with WRITES.time():
            return await future  # it may be cancelled; the job is written all the same

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Run the query in a reader thread, inside one snapshot."""
        if self._closed:
            raise Busy("The server is stopping.")
        future = self._loop.run_in_executor(self._readers, self._read, query)
        future.add_done_callback(_looked_at)
        return await asyncio.shield(future)

    async def ask(self, answering: Answering[Q, A], question: Q) -> A:
        """With what else is asked, in one read."""
        return await self._together.ask(answering, question)

    async def close(self) -> None:
        """Finish accepted units, then close every connection."""
        if self._closed:
            return
        self._closed = True
        await asyncio.to_thread(self._writer.close)
        await asyncio.to_thread(self._readers.shutdown)
        for conn in self._read_connections:
            conn.close()
        await asyncio.sleep(0)  # lets the outcomes of the last group settle

    # --- readers -------------------------------------------------------------------------------------------------

    def _read(self, query: Callable[[Connection], T]) -> T:
        conn: Connection | None = getattr(self._local, "conn", None)
        if conn is None:
            conn = self._local.conn = self._reader_engine.connect()
            self._read_connections.append(conn)
        try:
            with conn.begin():
                return query(conn)
        except (DBAPIError, sqlite3.Error) as error:
            raise translated(error) from error

    # --- the writer ----------------------------------------------------------------------------------------------

    def _settle(self, jobs: list[Job]) -> None:
        tell(self.on_commit, [told for job in jobs for told in job.announcements()])
        for job in jobs:
            if job.future.done():  # whoever waited is gone
                continue
            if job.error is None:
                job.future.set_result(job.result)
            else:
                job.future.set_exception(job.error)
                _looked_at(job.future)


def _looked_at(future: "asyncio.Future[Any]") -> None:
    """The caller may be gone; then nobody looks at the exception, and that is no fault to report."""
    if not future.cancelled():
        future.exception()


def backup(source: Path, target: Path) -> None:
    """Copy a live database into one file, consistently, while it is being written.

    In one step: under WAL that keeps no writer waiting, while a copy in several steps starts again after each write.
    """
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode = DELETE")


def free_mib(path: Path) -> int:
    """Free space of the disk that holds the path, in MiB."""
    return shutil.disk_usage(path).free // (1024 * 1024)
