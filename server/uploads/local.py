"""Files in a directory of this host: ``<directory>/<company>/<id>``.

A file gets there by a link to the temporary one and never by a copy, so that there is one of it on the disk. Before
``keep`` returns, file and directory are on disk; only then may a row say that it is there.
"""

import errno
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from aiofiles.threadpool.binary import AsyncFileIO

from server.domain.ids import is_id, new_id
from server.errors import NotFound, StorageFull
from server.uploads.disk import PIECE, Disk, closing, sync
from server.uploads.storage import Kept, checked

FULL: Final = (errno.ENOSPC, errno.EDQUOT)
NO_LINKS: Final = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EMLINK)
"""What file systems without hard links answer."""


class LocalStorage:
    """The default."""

    def __init__(self, directory: Path, disk: Disk) -> None:
        self._directory = directory
        self._disk = disk

    async def keep(self, key: str, file: Path) -> None:
        """See Storage."""
        try:
            await self._disk.run(_put, self._path(key), file)
        except OSError as error:
            if error.errno in FULL:
                raise StorageFull from None
            raise

    @asynccontextmanager
    async def open(self, key: str) -> AsyncIterator["LocalFile"]:
        """See Storage."""
        try:
            file = await self._disk.open(self._path(key))
        except FileNotFoundError:
            raise NotFound from None
        async with closing(file):
            size = (await self._disk.run(os.fstat, file.fileno())).st_size
            yield LocalFile(file, size)

    async def delete(self, key: str) -> None:
        """See Storage."""
        await self._disk.run(_drop, self._path(key))

    async def kept(self) -> AsyncIterator[Kept]:
        """See Storage."""
        for company in await self._disk.run(_companies, self._directory):
            for one in await self._disk.run(_files_of, company):
                yield one

    async def look(self) -> str:
        """See Storage."""
        await self._disk.run(_try, self._directory)
        return f"directory {self._directory}"

    def close(self) -> None:
        """See Storage."""

    def _path(self, key: str) -> Path:
        return self._directory / checked(key)


class LocalFile:
    """See Opened."""

    def __init__(self, file: AsyncFileIO, size: int) -> None:
        self._file = file
        self.size = size

    async def pieces(self, start: int, length: int) -> AsyncIterator[bytes]:
        """See Opened."""
        await self._file.seek(start)
        while length > 0:
            piece = await self._file.read(min(PIECE, length))
            if not piece:
                raise EOFError(f"{length} bytes are missing")
            length -= len(piece)
            yield piece


def _put(target: Path, file: Path) -> None:
    _make(target.parent)
    with file.open("rb") as whole:
        os.fsync(whole.fileno())
    target.unlink(missing_ok=True)  # of an attempt that a crash ended before its row was written
    try:
        os.link(file, target)
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        os.replace(file, target)
    sync(target.parent)


def _make(company: Path) -> None:
    if not company.is_dir():
        company.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync(company.parent)


def _drop(target: Path) -> None:
    target.unlink(missing_ok=True)
    if target.parent.is_dir():
        sync(target.parent)


def _companies(directory: Path) -> list[Path]:
    return sorted(path for path in directory.iterdir() if is_id(path.name)) if directory.is_dir() else []


def _files_of(company: Path) -> list[Kept]:
    found = []
    with os.scandir(company) as entries:
        for entry in entries:
            about = entry.stat()
            found.append(Kept(f"{company.name}/{entry.name}", about.st_size, int(about.st_ctime * 1000)))
    return sorted(found, key=lambda kept: kept.key)


def _try(directory: Path) -> None:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = directory / f"look-{new_id()}"
    try:
        file.write_bytes(b"deskwire")
        if file.read_bytes() != b"deskwire":
            raise OSError(errno.EIO, "what was written is not what is read")
    finally:
        file.unlink(missing_ok=True)
