"""PostgreSQL: units run through SQLAlchemy Core, plain messages through one statement on asyncpg (appender.py).

Units are the same functions that SQLite runs; here several run at once, so what reads before it writes must hold a
lock: ``tickets.locked`` for a ticket, ``presence.locked`` for a technician, ``dialect.exclusive`` for anything else.
The order is technician, ticket, stream, company.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeVar

import msgspec
import structlog
from sqlalchemy import Connection, inspect, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import greenlet_spawn

from server.clock import Clock
from server.errors import Busy, DeskwireError
from server.metrics import WRITES
from server.store import leasing, migrate
from server.store.appender import Appender
from server.store.appending import Append
from server.store.base import Announce, Announcement, OnCommit, Tx, tell
from server.store.connections import Connections
from server.store.leasing import Leased
from server.store.recorder import Recorder
from server.store.rested import look_at_rested
from server.store.sqlstate import again, state_of, taken, translated
from server.store.tables import metadata
from server.store.together import Answering, Together
from server.store.transcript import EventRecord
from server.store.translated import Translated

T = TypeVar("T")
Q = TypeVar("Q")
A = TypeVar("A")
log = structlog.get_logger(__name__)

RECYCLE_S: Final = 1_800
STATEMENT_S: Final = 5
LOCK_MS: Final = 4_000
"""A lock that is not given by then is asked for anew, before STATEMENT_S breaks the connection."""
IDLE_IN_TRANSACTION_S: Final = 10
PATIENCE_S: Final = 15.0
"""How long a transaction is tried again while PostgreSQL restarts, or others are in its way."""
SAME_KEY: Final = 3
"""A key that is taken at so many tries is taken by the unit itself."""


OTHERS: Final = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'deskwire' AND pid <> pg_backend_pid()
"""


class Pools(msgspec.Struct, frozen=True):
    """Connections of one process."""

    kept: int = 15
    """for transactions: opened when all others are busy, and kept, for each is a new process of PostgreSQL"""
    appending: int = 4
    """for messages"""
    idle_s: int = IDLE_IN_TRANSACTION_S
    """how long a process that has stopped in the middle of a transaction keeps what it has locked"""

    @property
    def most(self) -> int:
        """At once."""
        return self.kept + self.appending


def arguments(idle_s: int = IDLE_IN_TRANSACTION_S) -> dict[str, Any]:
    """How each connection is made: it commits to disk, whatever the server's default is, and waits for nothing long."""
    return {
        "timeout": STATEMENT_S,
        "command_timeout": STATEMENT_S,
        "server_settings": {
            "application_name": "deskwire",
            "synchronous_commit": "on",
            "idle_in_transaction_session_timeout": f"{idle_s}s",
            "lock_timeout": f"{LOCK_MS}ms",
        },
    }


def address(url: str) -> str:
    """As asyncpg wants it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def engine_for(url: str, pools: Pools | None = None) -> AsyncEngine:
    """An engine with a pool whose connections may die while they rest."""
    pools = pools or Pools()
    engine = create_async_engine(
        url,
        pool_size=pools.kept,
        max_overflow=0,
        pool_use_lifo=True,  # what was used last has its statements prepared, and need not be looked at
        pool_recycle=RECYCLE_S,
        pool_timeout=STATEMENT_S,
        connect_args=arguments(pools.idle_s),
        hide_parameters=True,  # an error must not carry what somebody wrote into the log
    )
    look_at_rested(engine)
    return engine


async def standing(url: str) -> migrate.Standing:
    """Where the database stands."""
    engine = engine_for(url)
    try:
        async with engine.connect() as conn:
            return await conn.run_sync(migrate.standing_on)
    finally:
        await engine.dispose()


async def upgrade(url: str) -> migrate.Standing:
    """Run the missing migrations; returns where the database stood before. A large table may take its time."""
    engine = create_async_engine(url)
    try:
        async with engine.connect() as conn:
            return await conn.run_sync(_upgrade_alone)
    finally:
        await engine.dispose()


async def on_snapshot(url: str, work: Callable[[Connection], T]) -> T:
    """One consistent look at everything, for as long as it takes; writers are not kept waiting."""
    engine = create_async_engine(url)
    try:
        async with engine.connect() as conn:
            snapshot = await conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            return await snapshot.run_sync(work)
    finally:
        await engine.dispose()


async def replace(url: str, kept: str, work: Callable[[Connection], None]) -> bool:
    """Put other tables into the place of ours, in one transaction; ``work`` makes them.

    Those that were there go to the schema ``kept``; returns whether there were any. Raises Busy while a server or
    another command is connected.
    """
    engine = create_async_engine(url)
    try:
        async with engine.begin() as conn:
            return await conn.run_sync(_replace, kept, work)
    finally:
        await engine.dispose()


def _replace(conn: Connection, kept: str, work: Callable[[Connection], None]) -> bool:
    conn.execute(text("SET LOCAL lock_timeout = '5s'"))
    others = conn.execute(text(OTHERS)).scalar_one()
    if others:
        raise Busy(f"Deskwire is connected to this database ({others} connections). Stop all servers first.")
    present = [name for name in inspect(conn).get_table_names() if name in {*metadata.tables, "alembic_version"}]
    if present:
        conn.execute(text(f"CREATE SCHEMA {kept}"))
    for name in present:
        conn.execute(text(f"ALTER TABLE {name} SET SCHEMA {kept}"))
    work(conn)
    return bool(present)


def _upgrade_alone(conn: Connection) -> migrate.Standing:
    """Two machines that start at the same moment: the second one finds everything done."""
    conn.execute(text("SELECT pg_advisory_lock(hashtextextended('deskwire migrate', 0))"))
    conn.commit()
    return migrate.upgrade_on(conn)  # the lock goes with the connection


class PostgresStore:
    """See base.Store for the promise."""

    rows_at_once = 100

    def __init__(self, url: str, on_commit: OnCommit, pools: Pools | None = None) -> None:
        self.on_commit = on_commit
        self.pools = pools or Pools()
        self.engine = engine_for(url, self.pools)
        self._snapshots = self.engine.sync_engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._running: set[asyncio.Task[Any]] = set()
        self._closed = False
        self._together = Together(self.read)
        self._connections = Connections({"dsn": address(url), **arguments(self.pools.idle_s)}, self.pools.appending)
        self._appender = Appender(self._connections, self.pools.appending, self._announce)
        self._recorder = Recorder(self._connections.fetch, self._announce)

    def _announce(self, told: list[Announcement]) -> None:
        self.on_commit(told)

    async def write(self, unit: Callable[[Tx], T], *, patient: bool = False) -> T:  # noqa: ARG002 - nobody queues here
        """Run the unit in a transaction of its own, again where others were in its way."""
        if self._closed:
            raise Busy("The server is stopping.")
        with WRITES.time():
            return await self._shielded(self._write(unit))

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Run the query on one snapshot."""
        if self._closed:
            raise Busy("The server is stopping.")
        return await self._shielded(self._patiently(lambda: self._read(query)))

    async def ask(self, answering: Answering[Q, A], question: Q) -> A:
        """With what else is asked, in one read."""
        return await self._together.ask(answering, question)

    async def close(self) -> None:
        """Finish what runs, then close the pool."""
        self._closed = True
        if self._running:
            await asyncio.wait(self._running)
        await self._recorder.close()
        await self._appender.close()
        await self._connections.close()
        await self.engine.dispose()

    async def append(self, message: Append, announce: Announce) -> EventRecord | None:
        """With what else waits, in one statement, which does not end with who waits for it."""
        if self._closed:
            raise Busy("The server is stopping.")
        return await self._appender.put(message, announce)

    async def record(self, translated: Translated, announce: Announce) -> list[EventRecord] | None:
        """With what else came of translating, in one statement."""
        if self._closed:
            raise Busy("The server is stopping.")
        return await self._recorder.put(translated, announce)

    async def lease(self, owner: str, clock: Clock, lease_ms: int, most: int) -> list[Leased]:  # noqa: ARG002 - its own
        """In one statement, by the database's clock."""
        if self._closed:
            raise Busy("The server is stopping.")

        async def once() -> Sequence[Any]:
            return await self._connections.fetch(leasing.STATEMENT, owner, lease_ms, most)

        with WRITES.time():
            return leasing.leased(await self._shielded(self._patiently(once)))

    async def _shielded(self, work: Awaitable[T]) -> T:
        """A task of its own: a caller that goes away must not leave a connection in the middle of something."""

        async def run() -> T:
            return await work

        task = asyncio.get_running_loop().create_task(run())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        task.add_done_callback(_looked_at)
        return await asyncio.shield(task)

    async def _write(self, unit: Callable[[Tx], T]) -> T:
        def once() -> tuple[T, list[Announcement]]:
            with self.engine.sync_engine.begin() as conn:
                tx = Tx(conn)
                return unit(tx), tx.announcements

        result, told = await self._patiently(lambda: greenlet_spawn(once))
        tell(self.on_commit, told)
        return result

    async def _read(self, query: Callable[[Connection], T]) -> T:
        def once() -> T:
            with self._snapshots.connect() as conn:
                return query(conn)

        return await greenlet_spawn(once)

    async def _patiently(self, work: Callable[[], Awaitable[T]]) -> T:
        loop = asyncio.get_running_loop()
        deadline, pause, same_key = loop.time() + PATIENCE_S, 0.01, 0
        while True:
            try:
                return await work()
            except DeskwireError:
                raise
            except Exception as error:
                same_key += taken(error)
                repeat = same_key < SAME_KEY if taken(error) else again(error)
                if not repeat or loop.time() + pause > deadline:
                    raise translated(error) from error
                log.debug("a transaction is run again", error=type(error).__name__, state=state_of(error))
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
            pause = min(1.0, pause * 2)


def _looked_at(task: "asyncio.Task[Any]") -> None:
    """The caller may be gone; then nobody looks at the exception, and that is no fault to report."""
    if not task.cancelled():
        task.exception()
