"""Tidies up: uploads that nobody goes on with, parts without an upload, bytes in the storage without a file, messages
that wait for a translator in vain.

Files without bytes are reported and left as they are: they are lost, or the storage is not the one it was.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from functools import partial
from typing import Final

import msgspec
import structlog

from server.desk.copying import every_file
from server.desk.desk import Desk
from server.desk.uploading import DAY_MS, NETWORK
from server.errors import Busy, NotFound
from server.metrics import FILES_MISSING
from server.store import (
    customer_accounts,
    files,
    handovers,
    pictures,
    presence,
    session_keys,
    throttles,
    translation,
    translators,
    uploads,
)
from server.store.base import Tx
from server.store.files import thumbnail_key
from server.uploads.storage import KEY, Kept

log = structlog.get_logger(__name__)

EVERY_S: Final = 3_600
ABANDONED_MS: Final = 86_400_000
"""A day without a byte: nobody goes on with this upload."""
UNDECIDED_MS: Final = 7 * 86_400_000
"""The scanner has not answered for so long, or the host that has the part is gone."""
FORGOTTEN_MS: Final = 30 * 86_400_000
"""The rows of uploads and session keys that are over: until then a repeated request finds its answer."""
ORPHAN_MS: Final = 7 * 86_400_000
"""Bytes without a file are kept for so long: a database that was restored may still be put back."""
UNTRANSLATED_MS: Final = 3_600_000
"""A message that has waited so long for its translation is part of no conversation any more."""
STORAGE_EVERY: Final = 24
"""Of so many rounds one looks at the whole storage, which costs S3 a request for 1,000 files."""
PAGE: Final = 1_000


class Swept(msgspec.Struct):
    """What a look at the storage found."""

    deleted: int = 0
    missing: list[str] = []


class Sweeper:
    """Every process does it; what one has done the next finds done."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def run(self) -> None:
        """For ever."""
        rounds = random.randrange(STORAGE_EVERY)  # noqa: S311 - so that workers do not list the storage at once
        while True:
            await self.rows()
            await self.untranslated()
            await self.parts()
            if rounds % STORAGE_EVERY == 0:
                await self.storage()
            rounds += 1
            await asyncio.sleep(EVERY_S * random.uniform(0.9, 1.1))  # noqa: S311 - nor sweep at once

    async def rows(self) -> None:
        """End what nobody goes on with, and forget what has long been over."""
        now = self._desk.clock()
        lost = {"code": "file_lost", "message": "This file could not be looked at in time. Send it again."}

        def unit(tx: Tx) -> None:
            uploads.give_up(tx.conn, "receiving", now - ABANDONED_MS, "cancelled", now)
            for state in ("checking", "held"):
                uploads.give_up(tx.conn, state, now - UNDECIDED_MS, "refused", now, **lost)
            uploads.forget(tx.conn, now - FORGOTTEN_MS)
            customer_accounts.drop_links(tx.conn, now)
            handovers.sweep(tx.conn, now)
            pictures.sweep(tx.conn, now - ABANDONED_MS)
            session_keys.sweep(tx.conn, now - FORGOTTEN_MS)
            throttles.forget(tx.conn, prefix=NETWORK, before=now - DAY_MS)

        await self._desk.store.write(unit)

    async def untranslated(self) -> None:
        """Where nobody translates, or too few do, what waits has a bound: one row for each open ticket."""

        def unit(tx: Tx) -> int:
            now = presence.now_ms(tx.conn, self._desk.clock)
            folded = translation.fold(tx.conn, self._desk.clock() - UNTRANSLATED_MS, now, PAGE)
            if not translators.living(tx.conn, now):
                translation.let_rest(tx.conn, now)
            return folded

        while await self._desk.store.write(unit) == PAGE:
            pass

    async def parts(self) -> None:
        """Parts on this host whose upload is over, or never was."""
        parts = self._desk.filing.parts
        found = await parts.found()
        for start in range(0, len(found), PAGE):
            some = found[start : start + PAGE]
            living = await self._desk.store.read(partial(uploads.living, upload_ids=some))
            for upload_id in some:
                if upload_id not in living:
                    try:
                        async with parts.take(upload_id, 0):
                            await parts.discard(upload_id)
                    except Busy:
                        continue  # a request is about to find out

    async def storage(self) -> Swept:
        """Compare the storage with the files, both in order of their keys."""
        swept, oldest = Swept(), self._desk.clock() - ORPHAN_MS
        expected = self._keys()
        key = await anext(expected, None)
        async for kept in self._desk.filing.storage.kept():
            while key is not None and key < kept.key:
                await self._miss(swept, key)
                key = await anext(expected, None)
            if key == kept.key:
                key = await anext(expected, None)
            elif kept.changed_at < oldest and KEY.fullmatch(kept.key):
                swept.deleted += await self._drop(kept)
        while key is not None:
            await self._miss(swept, key)
            key = await anext(expected, None)
        FILES_MISSING.set(len(swept.missing))
        if swept.missing:
            log.warning("files are missing in the storage", count=len(swept.missing), first=swept.missing[:5])
        if swept.deleted:
            log.info("bytes without a file were deleted", count=swept.deleted)
        return swept

    async def _keys(self) -> AsyncIterator[str]:
        """The keys that should be there, in order."""
        async for record in every_file(self._desk.store):
            yield record.key
            if record.thumbnail is not None:
                yield thumbnail_key(record.company_id, record.id)

    async def _miss(self, swept: Swept, key: str) -> None:
        """Look again: it may have come after the storage was listed."""
        try:
            async with self._desk.filing.storage.open(key):
                return
        except NotFound:
            swept.missing.append(key)

    async def _drop(self, kept: Kept) -> int:
        """Look again whether it is a file by now, then delete it."""
        file_id = kept.key.partition("/")[2].partition(".")[0]
        if await self._desk.store.read(lambda conn: files.known(conn, [file_id])):
            return 0
        await self._desk.filing.storage.delete(kept.key)
        return 1
