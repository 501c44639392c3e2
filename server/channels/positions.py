"""Places in the queue, and how long that usually takes, told to the customers who wait: at most once a second, and only
when they changed."""

import asyncio
from collections.abc import Callable

from server.bus import topics
from server.bus.control import Gap, QueueChanged, control_of
from server.channels.hub import Hub
from server.desk import estimates, reading
from server.desk.desk import Desk
from server.desk.estimates import Line
from server.domain.estimate import Wait
from server.errors import DeskwireError
from server.store.base import Announcement
from server.store.tickets import TicketRecord

INTERVAL = 1.0
TOGETHER = 50
"""Queues in one read."""

STALE_MS = 60_000
"""What was measured is measured again when somebody comes, or leaves, so much later."""

Place = tuple[int | None, Wait | None]
"""(how many wait before it, how long that usually takes)"""
UNKNOWN: Place = (-1, None)
"""The place of a socket that has not been told any yet."""

Tell = Callable[[str, int | None, Wait | None], None]
"""(ticket id, how many wait before it, how long that usually takes)"""


class Positions:
    """Who on this process waits in which queue, and the place last told."""

    def __init__(self, desk: Desk, hub: Hub) -> None:
        self._desk = desk
        self._waiting: dict[str, dict[tuple[str, Tell], Place]] = {}
        self._shown: dict[Tell, dict[str, str]] = {}
        """of each socket its tickets, and the queue each was last seen in"""
        self._lines: dict[str, Line] = {}
        self.news = 0
        """counts what was heard of queues"""
        self._dirty: set[str] = set()
        self._something = asyncio.Event()
        hub.listen(topics.CONTROL, self._hear)

    async def show(self, ticket: TicketRecord, tell: Tell, since: int) -> None:
        """This socket shows this ticket: tell its place, and from now on each change of it.

        ``since``: ``news`` before the ticket was read. If nothing was heard meanwhile it waits, or not, as it was read.
        """
        queue_id, ticket_id = ticket.queue_id, ticket.id
        self.hide(tell, ticket_id)
        self._shown.setdefault(tell, {})[ticket_id] = queue_id
        entries = self._waiting.setdefault(queue_id, {})
        entries[ticket_id, tell] = UNKNOWN  # before it is read: a change in between is not missed
        ahead = None
        if ticket.state.waits_in_queue or since != self.news:
            ahead = await reading.ahead(self._desk, ticket_id)
        if entries.get((ticket_id, tell)) == UNKNOWN:
            line = self._lines.get(queue_id)
            wait = line.wait(ahead) if line else None
            entries[ticket_id, tell] = ahead, wait
            tell(ticket_id, ahead, wait)
            if ahead is not None and (line is None or self._desk.clock() - line.at > STALE_MS):
                self._look(queue_id)  # once for all who come within this second

    def hide(self, tell: Tell, ticket_id: str | None = None) -> None:
        """This socket shows this ticket, or any at all, no more."""
        shown = self._shown.get(tell, {})
        for ticket in [ticket_id] if ticket_id is not None else list(shown):
            queue_id = shown.pop(ticket, None)
            if queue_id is None:
                continue
            entries = self._waiting[queue_id]
            del entries[ticket, tell]
            if not entries:
                del self._waiting[queue_id]
                self._lines.pop(queue_id, None)
        if not shown:
            self._shown.pop(tell, None)

    def _hear(self, told: Announcement) -> None:
        control = control_of(told.frame)
        if isinstance(control, Gap):
            self.news += 1
            self.look_again()
        elif isinstance(control, QueueChanged):
            self.news += 1
            if control.queue in self._waiting:
                self._look(control.queue)

    def _look(self, queue_id: str) -> None:
        self._dirty.add(queue_id)
        self._something.set()

    def look_again(self) -> None:
        """Any queue may have changed."""
        if self._waiting:
            self._dirty.update(self._waiting)
            self._something.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            await self._something.wait()
            self._something.clear()
            dirty, self._dirty = self._dirty, set()
            try:
                queues = [queue_id for queue_id in dirty if queue_id in self._waiting]
                for start in range(0, len(queues), TOGETHER):
                    await self._tell_changes(queues[start : start + TOGETHER])
            except DeskwireError:
                self._dirty |= dirty  # looked at again when the store answers
                self._something.set()
                raise
            await asyncio.sleep(INTERVAL)

    async def _tell_changes(self, queues: list[str]) -> None:
        """What is read is read for those who look, however many wait."""
        asked = {queue_id: [ticket_id for ticket_id, _tell in self._waiting.get(queue_id, {})] for queue_id in queues}
        for queue_id, line in zip(queues, await estimates.lines(self._desk, asked), strict=True):
            entries = self._waiting.get(queue_id, {})
            if entries:
                self._lines[queue_id] = line
            for (ticket_id, tell), known in list(entries.items()):
                if ticket_id not in line.places:  # it came meanwhile, and was told its place
                    continue
                ahead = line.places[ticket_id]
                place = ahead, line.wait(ahead)
                if place != known:
                    entries[ticket_id, tell] = place
                    tell(ticket_id, *place)
