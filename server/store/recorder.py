"""Runs the statement of translators on PostgreSQL: what waits goes in one statement, one statement after the other."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import structlog

from server.metrics import WRITES_APART
from server.store.base import Announce, OnCommit, tell
from server.store.transcript import EventRecord
from server.store.translated import STATEMENT, Translated, arguments, stored

log = structlog.get_logger(__name__)

MOST: Final = 32
"""Tickets that one statement locks: originals of theirs go the long way meanwhile."""

Fetch = Callable[..., Awaitable[Sequence[Any]]]
_Waiting = tuple[Translated, Announce, "asyncio.Future[list[EventRecord] | None]"]


class Recorder:
    """What translators have done, and the statement that is under way."""

    def __init__(self, fetch: Fetch, on_commit: OnCommit) -> None:
        """``fetch``: runs a statement with these values, in a transaction of its own."""
        self._fetch = fetch
        self._on_commit = on_commit
        self._waiting: list[_Waiting] = []
        self._runner: asyncio.Task[None] | None = None

    def put(self, translated: Translated, announce: Announce) -> "asyncio.Future[list[EventRecord] | None]":
        """A future of the stored events; of None where nothing was stored."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[list[EventRecord] | None] = loop.create_future()
        self._waiting.append((translated, announce, future))
        if self._runner is None:
            self._runner = loop.create_task(self._run())  # begins later: what is put in the same moment goes together
        return future

    async def close(self) -> None:
        """Finish what waits."""
        if self._runner is not None:
            await asyncio.wait([self._runner])

    async def _run(self) -> None:
        while taken := self._take():
            several = [translated for translated, _announce, _future in taken]
            found: list[list[EventRecord] | None] = [None] * len(taken)
            try:
                found = stored(several, await self._fetch(STATEMENT, *arguments(several)))
            except Exception as error:  # noqa: BLE001 - each of them goes the long way, where errors have a name
                WRITES_APART.labels(of="translations", error=type(error).__name__).inc(len(taken))
            self._settle(taken, found)
        self._runner = None

    def _take(self) -> list[_Waiting]:
        """The first of each ticket; what else there is of it waits for the next statement."""
        first: dict[str, _Waiting] = {}
        rest: list[_Waiting] = []
        for one in self._waiting:
            ticket_id = one[0].ticket.id
            if ticket_id in first or len(first) == MOST:
                rest.append(one)
            else:
                first[ticket_id] = one
        self._waiting = rest
        return list(first.values())

    def _settle(self, taken: list[_Waiting], found: list[list[EventRecord] | None]) -> None:
        pairs = list(zip(taken, found, strict=True))
        try:
            stored = [(announce, events) for (_, announce, _), events in pairs if events]
            tell(self._on_commit, [told for announce, events in stored for event in events for told in announce(event)])
        except Exception:  # what is stored stays stored, and the next ones are still to be done
            log.exception("of translations that are stored could not be told")
        for (_translated, _announce, future), events in pairs:
            if not future.done():
                future.set_result(events)
