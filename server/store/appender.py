"""Runs the append statement on PostgreSQL: what waits goes in one statement, and nobody waits for a lock.

A ticket that somebody else holds is left out by the statement; its messages then go through a unit, which waits. So a
lock that is held for long holds up its own ticket and no other one.
"""

import asyncio
from typing import Any, Final

import asyncpg
import msgspec
import structlog

from server.store.appending import COLUMNS, STATEMENT, Append, batch, record
from server.store.base import Announce, OnCommit, tell
from server.store.transcript import EventRecord

log = structlog.get_logger(__name__)

BATCH: Final = 32
"""Most messages in one statement."""
PATIENCE_S: Final = 0.01
"""While a statement is under way, messages gather for so long: sixteen together cost a third of sixteen alone."""


class Waiting(msgspec.Struct, frozen=True, eq=False):
    """Of a message: whom to tell, who waits for it, and since when."""

    announce: Announce
    future: "asyncio.Future[EventRecord | None]"
    since: float


class Appender:
    """Messages that wait, and a few statements at once; no ticket is in two of them, which keeps its order."""

    def __init__(self, connect: dict[str, Any], statements: int, on_commit: OnCommit) -> None:
        self._connect = connect
        self._statements = statements
        self._on_commit = on_commit
        self._pool: asyncio.Task[asyncpg.Pool] | None = None
        self._waiting: dict[Append, Waiting] = {}
        self._alarm: asyncio.TimerHandle | None = None
        self._under_way: set[str] = set()
        self._runners: set[asyncio.Task[None]] = set()

    def put(self, message: Append, announce: Announce) -> "asyncio.Future[EventRecord | None]":
        """A future of the stored event, or of None."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[EventRecord | None] = loop.create_future()
        self._waiting[message] = Waiting(announce, future, loop.time())
        loop.call_soon(self._start)  # what is put in the same moment goes together
        return future

    async def close(self) -> None:
        """Finish what waits."""
        while self._waiting or self._runners:
            self._start()
            await asyncio.wait(self._runners)
        if self._alarm is not None:
            self._alarm.cancel()
        if self._pool is not None and self._pool.exception() is None:
            await self._pool.result().close()

    def _start(self) -> None:
        """One statement more, where there are messages for it and not too many run."""
        if len(self._runners) == self._statements or self._gather():
            return
        taken = batch(self._waiting, BATCH, self._under_way)
        if not taken:
            return
        tickets = {message.ticket_id for message in taken}
        work = {message: self._waiting.pop(message) for message in taken}
        self._under_way |= tickets
        runner = asyncio.get_running_loop().create_task(self._run(work))
        self._runners.add(runner)

        def ended(_runner: asyncio.Task[None]) -> None:
            self._runners.discard(runner)
            self._under_way -= tickets
            if not runner.cancelled() and (error := runner.exception()) is not None:
                log.error("of messages that are stored could not be told", exc_info=error)
            self._start()

        runner.add_done_callback(ended)

    def _gather(self) -> bool:
        """Whether those that wait should wait for more: one statement runs, they are few, and have just come."""
        if not self._runners or len(self._waiting) >= BATCH:
            return False
        first = next(iter(self._waiting.values()), None)
        if first is None:
            return True
        loop, until = asyncio.get_running_loop(), first.since + PATIENCE_S
        if loop.time() >= until:
            return False
        if self._alarm is None:
            self._alarm = loop.call_at(until, self._late)
        return True

    def _late(self) -> None:
        self._alarm = None
        self._start()

    async def _run(self, work: dict[Append, Waiting]) -> None:
        stored: dict[str, tuple[Any, ...]] = {}
        events: dict[Append, EventRecord] = {}
        try:
            stored = await self._store(list(work))
        except Exception as error:  # noqa: BLE001 - each of them goes the long way, where errors have a name
            log.debug("messages go one by one", count=len(work), error=type(error).__name__)
        try:
            events = {
                message: record(message, stored[message.event_id]) for message in work if message.event_id in stored
            }
            tell(self._on_commit, [told for message, event in events.items() for told in work[message].announce(event)])
        finally:  # whatever went wrong there: nobody waits for ever
            for message, waiting in work.items():
                if not waiting.future.done():
                    waiting.future.set_result(events.get(message))

    async def _store(self, taken: list[Append]) -> dict[str, tuple[Any, ...]]:
        columns = [[getattr(message, name) for message in taken] for name in COLUMNS]
        return {row[0]: tuple(row) for row in await self.fetch(STATEMENT, *columns)}

    async def fetch(self, statement: str, *columns: list[Any]) -> list[Any]:
        """Run a statement that takes columns of rows: planned once for each connection, a transaction of its own."""
        pool = await self._opened()
        rows: list[Any] = await pool.fetch(statement, *columns)
        return rows

    async def _opened(self) -> asyncpg.Pool:
        """The pool: made once, by whoever needs it first, and anew after an attempt that failed."""
        if self._pool is None or (self._pool.done() and self._pool.exception() is not None):
            self._pool = asyncio.get_running_loop().create_task(self._open())
        return await asyncio.shield(self._pool)

    async def _open(self) -> asyncpg.Pool:
        # asyncpg's own reset is a second round trip for each message, and the statement leaves nothing to reset
        return await asyncpg.create_pool(min_size=1, max_size=self._statements, reset=_nothing, **self._connect)


async def _nothing(_connection: Any) -> None:
    """No reset."""
