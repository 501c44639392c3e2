"""Which processes translate, as this one knows it: whoever serves tells people what can be translated now."""

import asyncio
import contextlib
from typing import Final

from server.bus.control import Gap, TranslatorsChanged, control_of
from server.clock import Clock
from server.metrics import TRANSLATORS
from server.store import presence, translators
from server.store.base import Announcement, Store
from server.store.translators import TranslatorRecord

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

    def hear(self, told: Announcement) -> None:
        """Something on ``control``: perhaps that one of them has come, gone or learned something."""
        if isinstance(control_of(told.frame), TranslatorsChanged | Gap):
            self._look_now.set()

    async def look(self) -> None:
        """Ask the database."""
        self.living = await self._store.read(lambda conn: translators.living(conn, presence.now_ms(conn, self._clock)))
        TRANSLATORS.set(len(self.living))

    async def run(self) -> None:
        """For ever."""
        while True:
            self._look_now.clear()
            await self.look()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._look_now.wait()
