"""The technicians on this process, kept present; and the look at who is gone, in this process or any other."""

import asyncio
import time
from collections.abc import Callable

from server.bus import topics
from server.bus.control import Gap, LeaseEnded, control_of
from server.channels.door import Rooms
from server.channels.technician import TechnicianDoor
from server.desk import presence
from server.errors import DeskwireError
from server.store.base import Announcement
from server.store.presence import Seen

LOOKS = 7
"""Looks at who is gone in the time of a lease: with 35 s one every 5 s, so that 40 s show that somebody is gone."""
RENEWALS = 2
"""Every second look renews: a renewal may be lost, and the lease still holds."""


class Presences:
    """Renews leases and looks for those that ran out."""

    def __init__(self, rooms: Rooms, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._rooms = rooms
        self._monotonic = monotonic
        self._lease = rooms.settings.presence_seconds
        self._bell = asyncio.Event()
        self._watching_since: float | None = None
        self._last_look = 0.0
        rooms.hub.listen(topics.CONTROL, self._hear)

    def _hear(self, told: Announcement) -> None:
        if isinstance(control_of(told.frame), LeaseEnded | Gap):
            self._bell.set()

    async def run(self) -> None:
        """For ever."""
        turn = 0
        while True:
            try:
                async with asyncio.timeout(self._lease / LOOKS):
                    await self._bell.wait()
            except TimeoutError:
                turn += 1
            self._bell.clear()
            try:
                await self.look(renew=turn % RENEWALS == 0)
            except DeskwireError:
                self._watching_since = None
                raise

    async def look(self, *, renew: bool) -> None:
        """Once. Renewed first: a process that was stopped for a while must not find its own people gone."""
        watched = self._watched_for()
        if renew or not watched:
            await presence.renew(self._rooms.desk, self._seen())
        await presence.sweep(self._rooms.desk, only_let_go=watched < self._lease)

    def _watched_for(self) -> float:
        """Seconds in which this process would have learned of anybody's renewal; 0 at first and after a gap."""
        now = self._monotonic()
        since, gap = self._watching_since, now - self._last_look
        self._last_look = now
        if since is None or gap > self._lease / 2:
            self._watching_since = since = now
        return now - since

    def _seen(self) -> list[Seen]:
        doors = [door for door in self._rooms.open if isinstance(door, TechnicianDoor) and door.known is not None]
        return [Seen(door.technician.id, door.credential, int(door.socket.silence * 1000)) for door in doors]
