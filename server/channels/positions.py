"""Places in the queue, told to the customers who wait, at most once a second, and only when they changed."""

import asyncio
from collections.abc import Callable

from server.bus import topics
from server.bus.control import Gap, QueueChanged, control_of
from server.channels.hub import Hub
from server.desk import reading
from server.desk.desk import Desk
from server.errors import DeskwireError
from server.store.base import Announcement

INTERVAL = 1.0

UNKNOWN = -1
"""The place of a socket that has not been told any yet."""

Tell = Callable[[str, int | None], None]
"""(ticket id, how many wait before it)"""


class Positions:
    """Who on this process waits in which queue, and the place last told."""

    def __init__(self, desk: Desk, hub: Hub) -> None:
        self._desk = desk
        self._waiting: dict[str, dict[tuple[str, Tell], int | None]] = {}
        self._dirty: set[str] = set()
        self._something = asyncio.Event()
        hub.listen(topics.CONTROL, self._hear)

    async def show(self, queue_id: str, ticket_id: str, tell: Tell) -> None:
        """This socket shows this ticket: tell its place, and from now on each change of it."""
        self.hide(tell, ticket_id)
        entries = self._waiting.setdefault(queue_id, {})
        entries[ticket_id, tell] = UNKNOWN  # before it is read: a change in between is not missed
        ahead = await reading.ahead(self._desk, ticket_id)
        if entries.get((ticket_id, tell)) == UNKNOWN:
            entries[ticket_id, tell] = ahead
            tell(ticket_id, ahead)

    def hide(self, tell: Tell, ticket_id: str | None = None) -> None:
        """This socket shows this ticket, or any at all, no more."""
        for queue_id, entries in list(self._waiting.items()):
            for entry in [(ticket, who) for ticket, who in entries if who == tell and ticket_id in (None, ticket)]:
                del entries[entry]
            if not entries:
                del self._waiting[queue_id]

    def _hear(self, told: Announcement) -> None:
        control = control_of(told.frame)
        if isinstance(control, Gap):
            self.look_again()
        elif isinstance(control, QueueChanged) and control.queue in self._waiting:
            self._dirty.add(control.queue)
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
                for queue_id in dirty:
                    await self._tell_changes(queue_id)
            except DeskwireError:
                self._dirty |= dirty  # looked at again when the store answers
                self._something.set()
                raise
            await asyncio.sleep(INTERVAL)

    async def _tell_changes(self, queue_id: str) -> None:
        places = {ticket: place for place, ticket in enumerate(await reading.queue_order(self._desk, queue_id))}
        entries = self._waiting.get(queue_id, {})
        for (ticket_id, tell), known in list(entries.items()):
            place = places.get(ticket_id)
            if place != known:
                entries[ticket_id, tell] = place
                tell(ticket_id, place)
