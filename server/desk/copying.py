"""Files from one storage into another: a backup copies them out, a restore back. What is there already is left alone.

A file never changes once it is there, so a copy that is made after one of the database has all that this one speaks of.
"""

import hashlib
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from server.errors import NotFound
from server.store import files
from server.store.base import Store
from server.store.files import FileRecord, thumbnail_key
from server.uploads.disk import Disk, closing
from server.uploads.parts import Part
from server.uploads.storage import Storage

PAGE: Final = 1_000


class Copied(msgspec.Struct):
    """What was done. ``lost``: files that are not in the storage, or not what they were."""

    copied: int = 0
    size: int = 0
    there: int = 0
    lost: list[str] = []


class Fetched(msgspec.Struct, frozen=True):
    """What is in the temporary file."""

    size: int
    sha256: str


async def every_file(store: Store) -> AsyncIterator[FileRecord]:
    """All that the database knows, in order of their keys."""
    last: FileRecord | None = None
    while page := await store.read(partial(files.page, after=last, limit=PAGE)):
        for record in page:
            yield record
        last = page[-1]


class Copier:
    """``part``: a temporary file where the target can link to it."""

    def __init__(self, source: Storage, target: Storage, disk: Disk, part: Path) -> None:
        self._source = source
        self._target = target
        self._disk = disk
        self._part = part
        self._done = Copied()

    async def run(self, store: Store) -> Copied:
        """Every file, and its small picture. Raises Busy, StorageFull, OSError."""
        async for record in every_file(store):
            await self._take(record.key, record.sha256)
            if record.thumbnail is not None:
                await self._take(thumbnail_key(record.company_id, record.id), None)
        return self._done

    async def _take(self, key: str, sha256: str | None) -> None:
        """``sha256``: of what it must be, where that is known."""
        if await self._is_there(key):
            self._done.there += 1
            return
        try:
            fetched = await self._fetch(key)
            if fetched is None or sha256 not in (None, fetched.sha256):
                self._done.lost.append(key)
                return
            await self._target.keep(key, self._part)
            self._done.copied += 1
            self._done.size += fetched.size
        finally:
            await self._disk.run(_remove, self._part)

    async def _is_there(self, key: str) -> bool:
        try:
            async with self._target.open(key):
                return True
        except NotFound:
            return False

    async def _fetch(self, key: str) -> Fetched | None:
        """Into the temporary file; None where it cannot be had as a whole."""
        digest = hashlib.sha256()
        try:
            async with self._source.open(key) as opened, closing(await self._disk.open(self._part, write=True)) as file:
                part = Part(file, self._disk, self._part)
                async for piece in opened.pieces(0, opened.size):
                    await part.write(piece)
                    digest.update(piece)
                return Fetched(opened.size, digest.hexdigest())
        except (NotFound, EOFError):
            return None


def _remove(part: Path) -> None:
    part.unlink(missing_ok=True)
