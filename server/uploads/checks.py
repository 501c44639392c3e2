"""What a whole upload goes through before it may be kept: content, virus scanner, pictures drawn anew."""

import asyncio
import hashlib
from pathlib import Path
from typing import Final

import msgspec

from server.domain import files as rules
from server.errors import FileRefused
from server.uploads import sniff
from server.uploads.disk import Disk
from server.uploads.images import Pictures, Redrawn
from server.uploads.scan import Infected, Scanner, ScannerDown, TooLargeToScan

AT_ONCE: Final = 2
"""Files that one process looks at: it is work for the processor."""


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """A file that may be kept. ``file`` is the upload itself, or the picture that was drawn from it."""

    file: Path
    name: str
    media_type: str
    size: int
    sha256: str
    scanned: bool | None
    width: int | None = None
    height: int | None = None
    thumbnail: Path | None = None
    thumbnail_type: str | None = None


class Checks:
    """All of them. ``scanner``: None where there is none; ``hold``: nothing passes without its verdict."""

    def __init__(self, disk: Disk, pictures: Pictures, scanner: Scanner | None, *, hold: bool) -> None:
        self._disk = disk
        self._pictures = pictures
        self._hold = hold
        self._turn = asyncio.Semaphore(AT_ONCE)
        self.scanner = scanner

    async def look(self, path: Path, name: str, max_pixels: int) -> Looked:
        """Raises FileRefused, Busy, ScannerDown where files wait for it. Drawn pictures lie beside ``path``."""
        async with self._turn:
            extension = rules.check_name(name, rules.ALL)
            examined = await self._disk.run(sniff.examine, path, extension)
            scanned = await self._scan(path)
            if not examined.picture:
                return await self._looked(path, name, examined.media_type, scanned)
            drawn = await self._pictures.redraw(path, extension, path.parent, max_pixels)
            looked = await self._looked(drawn.file, rules.renamed(name, drawn.extension), drawn.media_type, scanned)
            return msgspec.structs.replace(
                looked,
                width=drawn.width,
                height=drawn.height,
                thumbnail=drawn.thumbnail,
                thumbnail_type=drawn.thumbnail_type,
            )

    async def small(self, path: Path, extension: str, max_pixels: int, longest: int) -> Redrawn:
        """A picture whose thumbnail is all that is wanted. Raises FileRefused, Busy."""
        async with self._turn:
            await self._disk.run(sniff.examine, path, extension)
            return await self._pictures.redraw(path, extension, path.parent, max_pixels, longest)

    async def _looked(self, file: Path, name: str, media_type: str, scanned: bool | None) -> Looked:
        size, digest = await self._disk.run(_measure, file)
        return Looked(file=file, name=name, media_type=media_type, size=size, sha256=digest, scanned=scanned)

    async def close(self) -> None:
        """Let go."""
        await self._pictures.close()

    async def _scan(self, path: Path) -> bool | None:
        if self.scanner is None:
            return None
        try:
            await self.scanner.scan(path)
        except Infected as found:
            said = f"The virus scanner found {found} in this file."
            raise FileRefused("file_infected", said) from None
        except TooLargeToScan:
            if self._hold:
                raise FileRefused("file_not_scanned", "This file is too large for the virus scanner.") from None
            return False
        except ScannerDown:
            if self._hold:
                raise
            return False
        return True


def _measure(path: Path) -> tuple[int, str]:
    """(size, SHA-256)"""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), digest
