"""Runs the append statement on PostgreSQL: what waits goes in one statement, and nobody waits for a lock.

A ticket that somebody else holds is left out by the statement; its messages then go through a unit, which waits. So a
lock that is held for long holds up its own ticket and no other one.
"""

import asyncio
from typing import Any, Final

import asyncpg
import structlog

from server.store.appending import COLUMNS, STATEMENT, Append, batch, record
from server.store.base import Announce, OnCommit, tell
from server.store.transcript import EventRecord

log = structlog.get_logger(__name__)

BATCH: Final = 32
"""Most messages in one statement."""


class Appender:
    """Messages that wait, and a few statements at once; no ticket is in two of them, which keeps its order."""

    def __init__(self, connect: dict[str, Any], statements: int, on_commit: OnCommit) -> None:
        self._connect = connect
        self._statements = statements
        self._on_commit = on_commit
        self._pool: asyncio.Task[asyncpg.Pool] | None = None
        self._waiting: dict[Append, tuple[Announce, asyncio.Future[EventRecord | None]]] = {}
        self._under_way: set[str] = set()
        self._runners: set[asyncio.Task[None]] = set()

    def put(self, message: Append, announce: Announce) -> "asyncio.Future[EventRecord | None]":
        """A future of the stored event, or of None."""
        future: asyncio.Future[EventRecord | None] = asyncio.get_running_loop().create_future()
        self._waiting[message] = (announce, future)
        asyncio.get_running_loop().call_soon(self._start)  # what is put in the same moment goes together
        return future

    async def close(self) -> None:
        """Finish what waits."""
        while self._waiting or self._runners:
            self._start()
            await asyncio.wait(self._runners)
        if self._pool is not None and self._pool.exception() is None:
            await self._pool.result().close()

    def _start(self) -> None:
        """One statement more, where there are messages for it and not too many run."""
        if len(self._runners) == self._statements:
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
            self._start()

        runner.add_done_callback(ended)

    async def _run(self, work: dict[Append, tuple[Announce, "asyncio.Future[EventRecord | None]"]]) -> None:
        stored: dict[str, tuple[Any, ...]] = {}
        try:
            stored = await self._store(list(work))
        except Exception as error:  # noqa: BLE001 - each of them goes the long way, where errors have a name
            log.debug("messages go one by one", count=len(work), error=type(error).__name__)
        events = {message: record(message, stored[message.event_id]) for message in work if message.event_id in stored}
        told = [frame for message, event in events.items() for frame in work[message][0](event)]
        tell(self._on_commit, told)
        for message, (_announce, future) in work.items():
            if not future.done():
                future.set_result(events.get(message))

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
