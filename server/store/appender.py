"""Runs the append statement on PostgreSQL: what waits goes in one statement, and nobody waits for a lock.

A ticket that somebody else holds is left out by the statement, and its message is in the next one again. Where that
does not help it goes through a unit, which waits. So a lock that is held for long holds up its own ticket and no other.
"""

import asyncio
import math
from typing import Any, Final

import msgspec
import structlog

from server.metrics import WRITES_APART
from server.store.appending import STATEMENT, Append, argument, batch, is_held, record
from server.store.base import Announce, OnCommit, tell
from server.store.connections import Connections
from server.store.transcript import EventRecord

log = structlog.get_logger(__name__)

BATCH: Final = 32
"""Most messages in one statement."""
PACE_S: Final = 0.005
"""In a crowd, messages gather from the begin of one statement to that of the next: five together cost a third of five
alone."""
CROWD: Final = 32
"""So many statements in a row, each within twice the pace of the one before, are a crowd. Two hundred messages a second
of one process are none: nobody waits for company that does not come."""
TRIES: Final = 5
"""Statements in which the ticket of a message was held, after which it goes the long way."""


class Waiting(msgspec.Struct, frozen=True, eq=False):
    """Of a message: whom to tell, who waits for it, and in how many statements its ticket was held."""

    announce: Announce
    future: "asyncio.Future[EventRecord | None]"
    tries: int = 0


class Appender:
    """Messages that wait, and a few statements at once; no ticket is in two of them, which keeps its order."""

    def __init__(self, connections: Connections, statements: int, on_commit: OnCommit) -> None:
        self._connections = connections
        self._statements = statements
        self._on_commit = on_commit
        self._waiting: dict[Append, Waiting] = {}
        self._begun = -math.inf
        """when the last statement was begun, by the event loop's clock"""
        self._in_a_row = 0
        self._hurry = False
        """whether the next statement keeps no pace"""
        self._alarm: asyncio.TimerHandle | None = None
        self._under_way: set[str] = set()
        self._runners: set[asyncio.Task[None]] = set()

    def put(self, message: Append, announce: Announce) -> "asyncio.Future[EventRecord | None]":
        """A future of the stored event, or of None."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[EventRecord | None] = loop.create_future()
        self._waiting[message] = Waiting(announce, future)
        loop.call_soon(self._start)  # what is put in the same moment goes together
        return future

    async def close(self) -> None:
        """Finish what waits."""
        while self._waiting or self._runners:
            self._hurry = True
            self._start()
            await asyncio.wait(self._runners)
        if self._alarm is not None:
            self._alarm.cancel()

    def _start(self) -> None:
        """One statement more, where there are messages for it, it is time for it, and not too many run."""
        if not self._waiting or len(self._runners) == self._statements or self._is_early():
            return
        taken = batch(self._waiting, BATCH, self._under_way)
        if not taken:
            return
        loop = asyncio.get_running_loop()
        before, self._begun, self._hurry = self._begun, loop.time(), False
        self._in_a_row = self._in_a_row + 1 if self._begun - before < 2 * PACE_S else 0
        tickets = {message.ticket_id for message in taken}
        work = {message: self._waiting.pop(message) for message in taken}
        self._under_way |= tickets
        runner = loop.create_task(self._run(work))
        self._runners.add(runner)

        def ended(_runner: asyncio.Task[None]) -> None:
            self._runners.discard(runner)
            self._under_way -= tickets
            if not runner.cancelled() and (error := runner.exception()) is not None:
                log.error("of messages that are stored could not be told", exc_info=error)
            self._start()

        runner.add_done_callback(ended)

    def _is_early(self) -> bool:
        """Whether those that wait should wait for more: they are few, and more will come before it is time."""
        if self._hurry or self._in_a_row < CROWD or len(self._waiting) >= BATCH:
            return False
        loop, due = asyncio.get_running_loop(), self._begun + PACE_S
        if loop.time() >= due:
            return False
        if self._alarm is None:
            self._alarm = loop.call_at(due, self._on_time)
        return True

    def _on_time(self) -> None:
        self._alarm = None
        self._start()

    async def _run(self, work: dict[Append, Waiting]) -> None:
        events: dict[Append, EventRecord] = {}
        try:
            rows = await self._store(work)
            held = [message for message, row in rows.items() if is_held(row) and work[message].tries < TRIES]
            again = {message: work.pop(message) for message in held}
            self._put_back(again)
            events = {message: record(message, row) for message, row in rows.items() if not is_held(row)}
            tell(self._on_commit, [told for message, event in events.items() for told in work[message].announce(event)])
        finally:  # whatever went wrong there: nobody waits for ever
            for message, waiting in work.items():
                if not waiting.future.done():
                    waiting.future.set_result(events.get(message))

    async def _store(self, work: dict[Append, Waiting]) -> dict[Append, Any]:
        """The row that came out of each message, if any."""
        try:
            rows = {row[0]: row for row in await self._connections.fetch(STATEMENT, argument(work))}
        except Exception as error:  # noqa: BLE001 - each of them goes the long way, where errors have a name
            WRITES_APART.labels(of="messages", error=type(error).__name__).inc(len(work))
            return {}
        return {message: rows[message.event_id] for message in work if message.event_id in rows}

    def _put_back(self, held: dict[Append, Waiting]) -> None:
        """Before all others, each of its stream before those that came after it; at once, for they have waited."""
        self._hurry = self._hurry or bool(held)
        once_more = {m: msgspec.structs.replace(waiting, tries=waiting.tries + 1) for m, waiting in held.items()}
        self._waiting = {**once_more, **self._waiting}
