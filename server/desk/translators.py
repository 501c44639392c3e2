"""Which processes translate, as this one knows it: whoever serves tells people what can be translated now."""

import asyncio
from typing import Final

from server.clock import Clock
from server.store import presence, translation
from server.store.base import Store
from server.store.translation import TranslatorRecord

LOOK_S: Final = 5.0
"""Between two looks; a translator that comes or goes also says so."""


class Translators:
    """What the database said at the last look."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._look_now = asyncio.Event()
        self.living: list[TranslatorRecord] = []

    @property
    def languages(self) -> list[str]:
        """From and into which something can be translated."""
        return sorted({lang for one in self.living for pair in one.pairs for lang in (pair.source, pair.target)})

    def notice(self) -> None:
        """One of them has come, gone or learned something."""
        self._look_now.set()

    async def look(self) -> None:
        """Ask the database."""
        self.living = await self._store.read(lambda conn: translation.living(conn, presence.now_ms(conn, self._clock)))

    async def run(self) -> None:
        """For ever."""
        while True:
            await self.look()
            try:
                await asyncio.wait_for(self._look_now.wait(), LOOK_S)
            except TimeoutError:
                continue
            self._look_now.clear()
