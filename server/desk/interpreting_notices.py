"""Notices in the languages of the portals that show them, where nobody has written them and the portal translates.

What is shown never waits for this: until a translation is there, and where there is none, people read the original.
"""

import asyncio
import contextlib
from typing import Final

from sqlalchemy import Connection

from server.bus import topics
from server.bus.control import SetupChanged, control_of
from server.clock import Clock
from server.domain import notice as rules
from server.domain.portal import PortalSettings
from server.protocol import codec
from server.store import notices
from server.store.base import Announcement, Store, Tx
from server.store.notices import NoticeRecord
from server.translation.base import Pair, Translator

LOOK_S: Final = 30.0
"""What nobody told of is found so late: changes by the command line, languages that were learned."""
NOUNS: Final = ("notice", "portal")
MAY_PASS: Final = ("busy", "engine", "no_pair")
"""Why there may be a translation later."""

Job = tuple[NoticeRecord, str]
"""A notice, and a language in which it is missing."""


class NoticeInterpreter:
    """Part of a translator: ``run`` for ever, once it has begun."""

    def __init__(self, store: Store, clock: Clock, engine: Translator) -> None:
        self._store = store
        self._clock = clock
        self._engine = engine
        self._changed = asyncio.Event()
        self._known: set[Pair] = set()
        """pairs that what failed has been tried with"""

    def hear(self, told: Announcement) -> None:
        """Something on ``control``."""
        changed = control_of(told.frame)
        if isinstance(changed, SetupChanged) and changed.noun in NOUNS and not changed.staff:
            self._changed.set()

    async def run(self) -> None:
        """For ever."""
        while True:
            self._changed.clear()
            await self.step()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._changed.wait()

    async def step(self) -> None:
        """Translate what is missing now; with pairs that are new, also what has failed before."""
        pairs = {*self._engine.pairs}
        if not pairs <= self._known:
            await self._store.write(lambda tx: notices.forget_failed(tx.conn), patient=True)
        self._known = pairs
        now = self._clock()
        for record, lang in await self._store.read(lambda conn: _missing(conn, now)):
            await self._translate(record, lang)

    async def _translate(self, record: NoticeRecord, lang: str) -> None:
        source = rules.base(record.lang)
        outcome = await self._engine.translate(rules.plain(record.text), source, lang, urgent=False)
        if outcome.reason in MAY_PASS:
            return
        text = outcome.text if outcome.status == "done" else None

        def unit(tx: Tx) -> None:
            if notices.put_translation(tx.conn, record.id, lang, record.written.mark, text) and text is not None:
                told = SetupChanged(0, "notice", record.id, record.company_id)
                tx.announce(topics.CONTROL, 0, codec.encode(told))

        await self._store.write(unit, patient=True)


def _missing(conn: Connection, now: int) -> list[Job]:
    records = notices.current(conn, now)
    made = notices.translations(conn, [record.id for record in records])
    jobs: list[Job] = []
    for record in records:
        for lang in rules.missing(record.written, _languages(conn, record)):
            original, _text = made.get((record.id, lang), ("", None))
            if original != record.written.mark:
                jobs.append((record, lang))
    return jobs


def _languages(conn: Connection, record: NoticeRecord) -> list[str]:
    """Of the portals that show it and translate."""
    settings: list[PortalSettings] = notices.settings_of_portals(conn, record.id)
    return [lang for one in settings if one.translation for lang in one.languages]
