"""Which processes translate, as this one knows it: whoever serves tells people what can be translated now."""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Iterable
from typing import Final

from server.bus.control import Gap, TranslatorsChanged, control_of
from server.clock import Clock
from server.metrics import TRANSLATORS
from server.store import presence, translators
from server.store.base import Announcement, Store
from server.store.translators import Pair, TranslatorRecord
from server.translation import routes

LOOK_S: Final = 5.0
"""Between two looks; a translator that comes or goes also says so."""
TOGETHER_S: Final = 0.5
"""Several that come in the same moment are one look, and open pages are told at most so often."""

Reached = dict[str, list[str]]
"""Into which languages something can be translated, by the language that it is written in."""


class Translators:
    """What the database said at the last look."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._look_now = asyncio.Event()
        self._listeners: list[Callable[[], None]] = []
        self._known: set[frozenset[Pair]] = set()
        """pairs that are together in one process"""
        self.living: list[TranslatorRecord] = []
        self.languages: Reached = {}

    def listen(self, listener: Callable[[], None]) -> None:
        """Called whenever ``languages`` are others."""
        self._listeners.append(listener)

    def hear(self, told: Announcement) -> None:
        """Something on ``control``: perhaps that one of them has come, gone or learned something."""
        if isinstance(control_of(told.frame), TranslatorsChanged | Gap):
            self._look_now.set()

    async def look(self) -> None:
        """Ask the database."""
        self.living = await self._store.read(lambda conn: translators.living(conn, presence.now_ms(conn, self._clock)))
        TRANSLATORS.set(len(self.living))
        known = {frozenset(one.pairs) for one in self.living}
        if known != self._known:
            self._known = known
            self._learn(reached(known))

    def _learn(self, languages: Reached) -> None:
        if languages == self.languages:
            return
        self.languages = languages
        for listener in self._listeners:
            listener()

    async def run(self) -> None:
        """For ever."""
        while True:
            self._look_now.clear()
            await self.look()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._look_now.wait()
                    await asyncio.sleep(TOGETHER_S)


def reached(known: Iterable[Collection[Pair]]) -> Reached:
    """By way of pairs that are together in one process; a language with two names has both."""
    found: dict[str, set[str]] = {}
    for pairs in known:
        langs = {lang for pair in pairs for lang in (pair.source, pair.target)}
        names = langs | {name for name, also in routes.ALSO.items() if also in langs}
        for source in names:
            found.setdefault(source, set()).update(lang for lang in names if routes.route(pairs, source, lang))
    return {source: sorted(targets) for source, targets in sorted(found.items()) if targets}
