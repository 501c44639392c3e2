"""What happens by itself, at a moment and without anybody: portals open and close, notices expire.

Every process finds the moment by its own clock and tells its own pages, whether a bus is there or not; what has to be
written is written by the one that is first.
"""

import asyncio
import contextlib
from collections.abc import Callable
from functools import partial
from typing import Final

from server.bus.control import SetupChanged
from server.clock import Clock
from server.desk import hours, notices
from server.domain.schedule import Standing
from server.store import notices as notice_rows
from server.store import schedules
from server.store.base import Store
from server.store.schedules import Door

LONGEST_S: Final = 30.0
"""Clocks are put right, and processes are frozen: nobody sleeps longer than this."""
NOUNS: Final = ("portal", "schedule", "notice")
"""What the next moment depends on."""


class Moments:
    """One in each process: ``run`` for ever."""

    def __init__(self, store: Store, clock: Clock, tell: Callable[[SetupChanged], None]) -> None:
        """``tell``: whoever shows something of it in this process; each process finds the moment by itself."""
        self._store = store
        self._clock = clock
        self._tell = tell
        self._known: dict[str, bool] = {}
        """portal -> whether it was open, as this process has told"""
        self._shown: dict[str, str] = {}
        """notice -> company, of those that have not expired, as this process knows them"""
        self._changed = asyncio.Event()

    def hear(self, changed: SetupChanged) -> None:
        """A listener of ``News``."""
        if changed.noun in NOUNS:
            self._changed.set()

    async def run(self) -> None:
        """For ever: look, and sleep until something changes by itself or by somebody."""
        while True:
            self._changed.clear()
            pause = await self.look()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._changed.wait()

    async def look(self) -> float:
        """What is different by now is told; returns the seconds until there may be more."""
        now = self._clock()

        doors = await self._store.read(schedules.doors)
        # beside the event loop, because at first it takes up to 3 ms for each portal
        standings = await asyncio.to_thread(lambda: [hours.standing_of(door, now) for door in doors])
        moments = [await self._look_at(door, one, now) for door, one in zip(doors, standings, strict=True)]
        moments.append(await self._notices(now))
        pause = min((at - self._clock() for at in moments if at is not None), default=LONGEST_S * 1_000) / 1_000
        return min(max(pause, 0.0), LONGEST_S)

    async def _look_at(self, door: Door, now: Standing, at: int) -> int | None:
        """Tell that it has opened or closed; returns when it changes next."""
        if now.open != door.was_open:
            await self._store.write(lambda tx: hours.turned(tx, door.portal_id, now, at))
        if now.open != self._known.get(door.portal_id, now.open):
            self._tell(SetupChanged(0, "portal", door.portal_id, door.company_id))
        self._known[door.portal_id] = now.open
        return now.changes_at

    async def _notices(self, now: int) -> int | None:
        """Tell those who wait for one in vain, and pages of one that has expired; returns when the next one does."""
        current = await self._store.read(lambda conn: notice_rows.current(conn, now))
        for notice_id in await self._store.read(lambda conn: notice_rows.waited_for_in_vain(conn, now)):
            while not await self._store.write(partial(notices.over, notice_id=notice_id, now=now)):
                pass  # messages go in between
        shown = {record.id: record.company_id for record in current}
        for notice_id in self._shown.keys() - shown.keys():
            self._tell(SetupChanged(0, "notice", notice_id, self._shown[notice_id]))
        self._shown = shown
        return min((record.expires_at for record in current if record.expires_at is not None), default=None)
