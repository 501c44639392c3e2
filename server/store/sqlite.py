"""SQLite: one writer thread that commits in groups, and a few reader threads.

Why threads and not aiosqlite: a unit is a plain function, so one hop into a thread carries a whole transaction, and the
writer takes whatever waits (up to 64 units) into one COMMIT, which is what a durable write costs (docs/decisions/0003).
"""

import asyncio
import logging
import queue
import shutil
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import DBAPIError

from server.errors import Busy, DeskwireError, StorageFull
from server.metrics import WRITES
from server.store.appending import Append
from server.store.base import Announce, Announcement, OnCommit, Tx, tell
from server.store.together import Answering, Together
from server.store.transcript import EventRecord
from server.store.translated import Translated

T = TypeVar("T")
Q = TypeVar("Q")
A = TypeVar("A")
log = logging.getLogger(__name__)

BATCH = 64
"""Most units in one COMMIT: 64 cost 1.7 times one on a quiet disk, and the first of them does not wait long."""
PATIENT = 8
"""Most patient units in one COMMIT: what is urgent waits for them, if it comes right after they have begun."""
PATIENCE_S = 0.05
"""Who has been patient for so long goes along with the next group, or a busy writer would never come to it."""
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
        conn.exec_driver_sql(begin)

    return engine


def translated(error: Exception) -> Exception:
    """SQLite's own errors that a client should understand."""
    cause = error.orig if isinstance(error, DBAPIError) else error  # prepared statements speak to the bare driver
    if isinstance(cause, sqlite3.OperationalError):
        text = str(cause)
        if "full" in text or "disk I/O" in text:
            return StorageFull()
        if "locked" in text or "busy" in text:
            return Busy()
    return error


class _Job:
    """A unit that waits for the writer."""

    __slots__ = ("announcements", "error", "future", "patient_since", "result", "unit")

    def __init__(self, unit: Callable[[Tx], Any], future: "asyncio.Future[Any]", *, patient: bool) -> None:
        self.unit = unit
        self.future = future
        self.patient_since = time.monotonic() if patient else None
        self.result: Any = None
        self.error: Exception | None = None
        self.announcements: list[Announcement] = []


class SqliteStore:
    """See base.Store for the promise."""

    rows_at_once = 25

    def __init__(self, path: Path, on_commit: OnCommit) -> None:
        self.path = path
        self.on_commit = on_commit
        self._loop = asyncio.get_running_loop()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._patient: deque[_Job] = deque()
        """the writer's own: what it took and has let others pass"""
        self._closed = False
        self._together = Together(self.read)
        self._writer_engine = engine_for(path, write=True)
        self._reader_engine = engine_for(path, write=False)
        self._local = threading.local()
        self._read_connections: list[Connection] = []
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="sqlite-read")
        conn = self._writer_engine.connect()  # here and not in the thread: a file that cannot be used fails the start
        self._writer = threading.Thread(target=self._write_forever, args=(conn,), name="sqlite-write", daemon=True)
        self._writer.start()

    async def write(self, unit: Callable[[Tx], T], *, patient: bool = False) -> T:
        """Run the unit in the writer's next group."""
        if self._closed:
            raise Busy("The server is stopping.")
        future: asyncio.Future[T] = self._loop.create_future()
        self._jobs.put(_Job(unit, future, patient=patient))
        with WRITES.time():
            return await asyncio.shield(future)

    async def append(self, _message: Append, _announce: Announce) -> EventRecord | None:
        """A unit is one hop into the writer thread already: there is no quicker way."""
        return None

    async def record(self, _translated: Translated, _announce: Announce) -> list[EventRecord] | None:
        """As for ``append``."""
        return None

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
        self._jobs.put(None)
        await asyncio.to_thread(self._writer.join)
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

    def _write_forever(self, conn: Connection) -> None:
        with conn:
            stopping = False
            while not stopping:
                jobs, stopping = self._take_what_waits()
                if jobs:
                    self._run(conn, jobs)
                    self._loop.call_soon_threadsafe(self._settle, jobs)

    def _take_what_waits(self) -> tuple[list[_Job], bool]:
        """A group; whether it is the last one. Patient ones are in it where nobody else is, or for their patience."""
        jobs: list[_Job] = []
        while len(jobs) < BATCH:
            try:
                job = self._jobs.get(block=not jobs and not self._patient)
            except queue.Empty:
                break
            if job is None:
                return [*jobs, *self._patient], True
            (jobs if job.patient_since is None else self._patient).append(job)
        if not jobs or self._is_impatient():
            jobs += [self._patient.popleft() for _ in range(min(PATIENT, len(self._patient)))]
        return jobs, False

    def _is_impatient(self) -> bool:
        since = self._patient[0].patient_since if self._patient else None
        return since is not None and time.monotonic() - since > PATIENCE_S

    def _run(self, conn: Connection, jobs: list[_Job]) -> None:
        """All units in one transaction; where that fails, each in its own, so that one cannot spoil the others."""
        try:
            self._run_together(conn, jobs)
            return
        except Exception as error:  # noqa: BLE001 - whatever it was, it is met again or not in a transaction of its own
            if isinstance(translated(error), Busy) and not isinstance(error, Busy):
                for job in jobs:  # somebody else's lock: waiting for it once more for each would hold up all others
                    job.error, job.announcements = translated(error), []
                return
            if len(jobs) > 1:
                log.debug("a group of %d writes is run one by one: %s", len(jobs), error)
        for job in jobs:
            job.result, job.error, job.announcements = None, None, []
            try:
                self._run_together(conn, [job])
            except Exception as error:  # noqa: BLE001 - it belongs to the caller, who gets it
                job.error = translated(error)
                job.announcements = []

    @staticmethod
    def _run_together(conn: Connection, jobs: list[_Job]) -> None:
        raw = conn.connection.driver_connection
        if not isinstance(raw, sqlite3.Connection):
            raise TypeError("not an SQLite connection")
        try:
            with conn.begin():
                for job in jobs:
                    SqliteStore._run_one(conn, raw, job, alone=len(jobs) == 1)
        finally:
            if raw.in_transaction:  # a COMMIT that failed leaves it open, and no other could begin
                raw.rollback()

    @staticmethod
    def _run_one(conn: Connection, raw: sqlite3.Connection, job: _Job, *, alone: bool) -> None:
        tx = Tx(conn)
        changes = raw.total_changes
        try:
            job.result = job.unit(tx)
        except DeskwireError as error:
            if raw.total_changes != changes or alone:
                raise
            job.error = error  # it only looked: the others need no rollback
        else:
            job.announcements = tx.announcements

    def _settle(self, jobs: list[_Job]) -> None:
        tell(self.on_commit, [told for job in jobs for told in job.announcements])
        for job in jobs:
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
