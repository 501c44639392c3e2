"""Which portal a host name shows (B-08), known without asking the database: each handshake and each write asks."""

import asyncio
from collections.abc import Collection

from server.bus.control import SetupChanged
from server.origin import host_name
from server.store import hosts as table
from server.store.base import Store


class Hosts:
    """As the database said when a portal was last changed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._slugs: dict[str, str] = {}
        self._changed = asyncio.Event()

    @property
    def names(self) -> Collection[str]:
        """All host names that show a portal."""
        return self._slugs.keys()

    def portal(self, host: str) -> str | None:
        """Address of the portal that this Host header shows."""
        return self._slugs.get(host_name(host))

    def hear(self, changed: SetupChanged) -> None:
        """A listener of ``News``."""
        if changed.noun == "portal":
            self._changed.set()

    async def load(self) -> None:
        """Ask the database."""
        self._slugs = await self._store.read(table.all_slugs)

    async def run(self) -> None:
        """For ever."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            await self.load()
