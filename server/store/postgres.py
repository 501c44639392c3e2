"""PostgreSQL: units run through SQLAlchemy Core, plain messages through one statement on asyncpg.

Units are the same functions that SQLite runs; here several run at once, so what reads before it writes must hold a
lock: ``tickets.locked`` for a ticket, ``dialect.exclusive`` for anything else. The order is ticket, stream, company.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import asyncpg
import structlog
from sqlalchemy import Connection, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from server.errors import Busy, DeskwireError, StorageFull
from server.metrics import WRITES
from server.store import migrate
from server.store.appending import COLUMNS, STATEMENT, Append, batch, record
from server.store.base import Announce, Announcement, OnCommit, Tx
from server.store.transcript import EventRecord

T = TypeVar("T")
log = structlog.get_logger(__name__)

POOL: Final = 10
OVERFLOW: Final = 5
RECYCLE_S: Final = 1_800
STATEMENT_S: Final = 5
IDLE_IN_TRANSACTION_S: Final = 10
PATIENCE_S: Final = 15.0
"""How long a transaction is tried again while PostgreSQL restarts, or others are in its way."""

STATEMENTS: Final = 4
"""Append statements at once, each with a connection of its own."""
BATCH: Final = 32
"""Most messages in one append statement."""

SERIALIZATION: Final = ("40001", "40P01", "55P03")
UNIQUE: Final = "23505"
FULL: Final = ("53100", "53200")
TOO_MANY: Final = ("53300", "57P03")
GONE: Final = ("57P01", "57P02", "08000", "08003", "08006")


def engine_for(url: str) -> AsyncEngine:
    """An engine whose connections commit to disk, whatever the server's default is."""
    return create_async_engine(
        url,
        pool_size=POOL,
        max_overflow=OVERFLOW,
        pool_recycle=RECYCLE_S,
        pool_pre_ping=True,
        pool_timeout=STATEMENT_S,
        connect_args={
            "timeout": STATEMENT_S,
            "command_timeout": STATEMENT_S,
            "server_settings": {
                "application_name": "deskwire",
                "synchronous_commit": "on",
                "idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION_S}s",
                "lock_timeout": f"{STATEMENT_S}s",
            },
        },
    )


def state_of(error: BaseException) -> str:
    """SQLSTATE of an error, or an empty text."""
    origin = getattr(error, "orig", error)
    return str(getattr(origin, "sqlstate", None) or getattr(origin, "pgcode", None) or "")


def again(error: Exception) -> bool:
    """Whether the same unit may succeed when it is run once more: nothing of it has happened, or its repetition is told
    by client_id."""
    if isinstance(error, IntegrityError):
        return state_of(error) == UNIQUE
    if isinstance(error, (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError, TimeoutError)):
        return True
    if isinstance(error, DBAPIError):
        code = state_of(error)
        return (
            error.connection_invalidated
            or code in SERIALIZATION + TOO_MANY + GONE
            or isinstance(error, (InterfaceError, OperationalError))
            or isinstance(error.orig, (OSError, asyncpg.InterfaceError))
        )
    return state_of(error) in SERIALIZATION + TOO_MANY + GONE


def translated(error: Exception) -> Exception:
    """PostgreSQL's own errors that a client should understand."""
    if isinstance(error, DeskwireError):
        return error
    if state_of(error) in FULL:
        return StorageFull()
    if again(error):
        return Busy("The database does not answer; try again in a moment.")
    return error


async def standing(url: str) -> migrate.Standing:
    """Where the database stands."""
    engine = engine_for(url)
    try:
        async with engine.connect() as conn:
            return await conn.run_sync(migrate.standing_on)
    finally:
        await engine.dispose()


async def upgrade(url: str) -> migrate.Standing:
    """Run the missing migrations; returns where the database stood before."""
    engine = engine_for(url)
    try:
        async with engine.connect() as conn:
            return await conn.run_sync(migrate.upgrade_on)
    finally:
        await engine.dispose()


class PostgresStore:
    """See base.Store for the promise."""

    def __init__(self, url: str, on_commit: OnCommit) -> None:
        self.on_commit = on_commit
        self.engine = engine_for(url)
        self._running: set[asyncio.Task[Any]] = set()
        self._closed = False
        self._appender = _Appender(url, self._announce)

    def _announce(self, told: list[Announcement]) -> None:
        self.on_commit(told)

    async def write(self, unit: Callable[[Tx], T]) -> T:
        """Run the unit in a transaction of its own, again where others were in its way."""
        if self._closed:
            raise Busy("The server is stopping.")
        with WRITES.time():
            return await self._shielded(self._write(unit))

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Run the query on one snapshot."""
        return await self._shielded(self._patiently(lambda: self._read(query)))

    async def close(self) -> None:
        """Finish what runs, then close the pool."""
        self._closed = True
        if self._running:
            await asyncio.wait(self._running)
        await self._appender.close()
        await self.engine.dispose()

    async def append(self, message: Append, announce: Announce) -> EventRecord | None:
        """With what else waits, in one statement."""
        if self._closed:
            raise Busy("The server is stopping.")
        return await asyncio.shield(self._appender.put(message, announce))

    async def _shielded(self, work: Awaitable[T]) -> T:
        """A task of its own: a caller that goes away must not leave a connection in the middle of something."""

        async def run() -> T:
            return await work

        task = asyncio.get_running_loop().create_task(run())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def _write(self, unit: Callable[[Tx], T]) -> T:
        told: list[Announcement] = []

        async def once() -> T:
            async with self.engine.connect() as conn, conn.begin():
                tx: list[Tx] = []

                def work(sync: Connection) -> T:
                    tx.append(Tx(sync))
                    return unit(tx[0])

                result = await conn.run_sync(work)
                told[:] = tx[0].announcements
            return result

        result = await self._patiently(once)
        if told:
            self.on_commit(told)
        return result

    async def _read(self, query: Callable[[Connection], T]) -> T:
        async with self.engine.connect() as conn:
            snapshot = await conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            async with snapshot.begin():
                return await snapshot.run_sync(query)

    async def _patiently(self, work: Callable[[], Awaitable[T]]) -> T:
        loop = asyncio.get_running_loop()
        deadline, pause = loop.time() + PATIENCE_S, 0.01
        while True:
            try:
                return await work()
            except DeskwireError:
                raise
            except Exception as error:
                if not again(error) or loop.time() + pause > deadline:
                    raise translated(error) from error
                log.debug("a transaction is run again", error=type(error).__name__, state=state_of(error))
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
            pause = min(1.0, pause * 2)


class _Appender:
    """Takes messages that wait into one statement; a few such statements at once: a slow lock holds few back."""

    def __init__(self, url: str, on_commit: OnCommit) -> None:
        self._dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._on_commit = on_commit
        self._pool: asyncpg.Pool | None = None
        self._waiting: dict[Append, tuple[Announce, asyncio.Future[EventRecord | None]]] = {}
        self._runners: set[asyncio.Task[None]] = set()

    def put(self, message: Append, announce: Announce) -> "asyncio.Future[EventRecord | None]":
        """A future of the stored event, or of None."""
        future: asyncio.Future[EventRecord | None] = asyncio.get_running_loop().create_future()
        self._waiting[message] = (announce, future)
        if len(self._runners) < STATEMENTS:
            runner = asyncio.get_running_loop().create_task(self._run())
            self._runners.add(runner)
            runner.add_done_callback(self._runners.discard)
        return future

    async def close(self) -> None:
        """Finish what waits."""
        while self._runners:
            await asyncio.wait(self._runners)
        if self._pool is not None:
            await self._pool.close()

    async def _run(self) -> None:
        while self._waiting:
            taken = batch(list(self._waiting), BATCH)
            work = {message: self._waiting.pop(message) for message in taken}
            stored: dict[str, tuple[Any, ...]] = {}
            try:
                stored = await self._store(taken)
            except Exception as error:  # noqa: BLE001 - each of them goes the long way, where errors have a name
                log.debug("messages go one by one", count=len(taken), error=type(error).__name__)
            events = {
                message: record(message, stored[message.event_id]) for message in taken if message.event_id in stored
            }
            told = [frame for message, event in events.items() for frame in work[message][0](event)]
            if told:
                self._on_commit(told)
            for message, (_announce, future) in work.items():
                if not future.done():
                    future.set_result(events.get(message))

    async def _store(self, taken: list[Append]) -> dict[str, tuple[Any, ...]]:
        if self._pool is None:
            self._pool = await asyncpg.create_pool(
                self._dsn,
                min_size=1,
                max_size=STATEMENTS,
                timeout=STATEMENT_S,
                command_timeout=STATEMENT_S,
                server_settings={"application_name": "deskwire", "synchronous_commit": "on"},
            )
        columns = [[getattr(message, name) for message in taken] for name in COLUMNS]
        rows = await self._pool.fetch(STATEMENT, *columns)
        return {row[0]: tuple(row) for row in rows}
