"""Pages of portals that are open before there is a ticket, and what they wait for: that the portal changes.

They are told that there is something to look at, never what. Who stands on the lists of names, and can be reached now,
is looked at every few seconds and whenever a technician is changed: in one query, and only while somebody looks at one.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from server.bus.control import SetupChanged
from server.errors import Busy, TooMany
from server.store import ways
from server.store.base import Store
from server.store.portals import PortalRecord
from server.store.ways import Names

LOOK_S: Final = 2.0
"""Between two looks at the names."""
AGAIN_S: Final = 30
"""When an address that has too many pages open may try again."""


class Onlooker:
    """One open page."""

    def __init__(self, portal: PortalRecord) -> None:
        self.company_id = portal.company_id
        self.names = portal.settings.ways.technicians
        """whether it shows names"""
        self.shown: Names | None = None
        """as it was told last; None: who knows"""
        self.again = False
        """It has looked, or is about to: what it saw may have been over before the next look here."""
        self._woken = asyncio.Event()
        self._changed = False
        self.over = False

    def tell(self) -> None:
        """The portal has changed."""
        self._changed = True
        self._woken.set()

    def end(self) -> None:
        """Nobody looks any more, or nobody can be told."""
        self.over = True
        self._woken.set()

    async def changed(self, seconds: float) -> bool:
        """True as soon as there is something to look at; False after so many seconds, or at the end."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return False
        told, self._changed = self._changed, False
        if not self.over:
            self._woken.clear()
        return told and not self.over


class Onlookers:
    """All of them in this process, with bounds."""

    def __init__(self, store: Store, most: int, each: int) -> None:
        self._store = store
        self._most = most
        self._each = each
        self._open: set[Onlooker] = set()
        self._networks: Counter[str] = Counter()
        self._people_changed = asyncio.Event()
        self._stopping = False

    @contextmanager
    def look(self, portal: PortalRecord, network: str) -> Iterator[Onlooker]:
        """A page is open as long as the block lasts. Raises TooMany, Busy."""
        if self._networks[network] >= self._each:
            raise TooMany(AGAIN_S)
        if len(self._open) >= self._most or self._stopping:
            raise Busy
        one = Onlooker(portal)
        self._open.add(one)
        self._networks[network] += 1
        try:
            yield one
        finally:
            self._open.discard(one)
            self._networks[network] -= 1
            if not self._networks[network]:
                del self._networks[network]

    async def begin(self, one: Onlooker) -> None:
        """Whoever reads the portal after this misses nothing."""
        if one.names:
            one.shown = (await self._names({one.company_id}))[one.company_id]
            one.again = True

    def hear(self, changed: SetupChanged) -> None:
        """A listener of ``News``."""
        if changed.noun == "technician":
            self._people_changed.set()
        for one in self._open:
            if changed.seen_by_customers(one.company_id):
                one.names = one.names or changed.noun == "portal"  # it may show some from now on
                one.tell()

    async def run(self) -> None:
        """For ever: who stands on the lists now."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._people_changed.wait()
            await self.step()

    async def step(self) -> None:
        """Tell those who look at names that have changed."""
        self._people_changed.clear()
        found = await self._names({one.company_id for one in self._open if one.names})
        for one in self._open:
            now = found.get(one.company_id, one.shown)
            if one.names and (now != one.shown or one.again):
                one.again = now != one.shown
                one.shown = now
                one.tell()

    async def _names(self, companies: set[str]) -> dict[str, Names]:
        return await self._store.read(lambda conn: ways.names(conn, companies)) if companies else {}

    def stop(self) -> None:
        """The process ends: let them go."""
        self._stopping = True
        for one in self._open:
            one.end()
