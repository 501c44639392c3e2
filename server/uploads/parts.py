"""Temporary files of uploads, on the host that receives them: ``<directory>/<upload>``.

Whoever adds bytes to a part, or looks at a whole one, holds its lock: in this process an asyncio lock, towards other
processes flock(), which the system lets go however a process ends. So nothing is written to what is being checked.
"""

import asyncio
import errno
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from weakref import WeakValueDictionary

from aiofiles.threadpool.binary import AsyncFileIO

from server.domain.ids import is_id
from server.errors import Busy, StorageFull
from server.uploads.disk import Disk, closing, free_bytes, sync

MIB: Final = 1_048_576
LOOK_AGAIN_S: Final = 0.1
"""How often a lock that another process holds is tried."""
FULL: Final = (errno.ENOSPC, errno.EDQUOT)


class Parts:
    """A directory of them. ``min_free_mib``: room that uploads leave for the database."""

    def __init__(self, directory: Path, disk: Disk, min_free_mib: int) -> None:
        self._directory = directory
        self._disk = disk
        self._min_free = min_free_mib * MIB
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def path(self, upload_id: str, what: str = "") -> Path:
        """Of a part, or of what is made from it ("picture")."""
        if not is_id(upload_id):
            raise ValueError(f"{upload_id!r} is no id")
        return self._directory / (f"{upload_id}.{what}" if what else upload_id)

    async def make_directory(self) -> None:
        """Where they will be."""
        await self._disk.run(_make, self._directory)

    async def room(self) -> int:
        """Bytes that uploads may fill."""
        return await self._disk.run(free_bytes, self._directory) - self._min_free

    @asynccontextmanager
    async def take(self, upload_id: str, patience_s: float, *, make: bool = False) -> AsyncIterator["Part | None"]:
        """The part, ours alone. None: there is none on this host. Raises Busy when others keep it for too long."""
        lock = self._locks.setdefault(upload_id, asyncio.Lock())
        if patience_s == 0 and lock.locked():
            raise Busy
        try:
            async with asyncio.timeout(patience_s or LOOK_AGAIN_S):
                await lock.acquire()
                try:
                    file = await self._locked(self.path(upload_id), make=make)
                except BaseException:
                    lock.release()
                    raise
        except TimeoutError:
            raise Busy("This upload is being worked on; try again in a moment.") from None
        try:
            if file is None:
                yield None
            else:
                async with closing(file):
                    yield Part(file, self._disk, self.path(upload_id))
        finally:
            lock.release()

    async def _locked(self, path: Path, *, make: bool) -> AsyncFileIO | None:
        while True:
            if not make and not await self._disk.run(path.exists):
                return None
            file = await self._disk.open(path, write=True)
            try:
                if await self._disk.run(_lock, file.fileno()):
                    return file
            except BaseException:
                await file.close()
                raise
            await file.close()
            await asyncio.sleep(LOOK_AGAIN_S)

    async def discard(self, upload_id: str) -> None:
        """Remove the part and what was made from it; by whoever holds it, or when it is nobody's any more."""
        await self._disk.run(_remove, self._directory, upload_id)

    async def found(self) -> list[str]:
        """Ids of the uploads that have something here."""
        return await self._disk.run(_found, self._directory)


class Part:
    """A temporary file that is ours alone."""

    def __init__(self, file: AsyncFileIO, disk: Disk, path: Path) -> None:
        self._file = file
        self._disk = disk
        self.path = path

    async def size(self) -> int:
        """Bytes that are in it."""
        return (await self._disk.run(os.fstat, self._file.fileno())).st_size

    async def cut(self, size: int) -> None:
        """Go on after so many bytes: what is behind them was never acknowledged."""
        await self._file.truncate(size)
        await self._file.seek(size)

    async def write(self, data: bytes) -> None:
        """Add bytes. Raises StorageFull."""
        view = memoryview(data)
        try:
            while view:
                view = view[await self._file.write(view) :]
        except OSError as error:
            if error.errno in FULL:
                raise StorageFull from None
            raise

    async def sync(self) -> None:
        """What was written survives a power cut. Raises StorageFull."""
        try:
            await self._disk.run(os.fsync, self._file.fileno())
        except OSError as error:
            if error.errno in FULL:
                raise StorageFull from None
            raise


def _make(directory: Path) -> None:
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    sync(directory.parent)


def _lock(descriptor: int) -> bool:
    """False: another process holds it, or it was removed while we waited."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return os.fstat(descriptor).st_nlink > 0


def _remove(directory: Path, upload_id: str) -> None:
    for path in directory.glob(f"{upload_id}*"):
        path.unlink(missing_ok=True)


def _found(directory: Path) -> list[str]:
    if not directory.is_dir():
        return []
    return sorted({path.name.partition(".")[0] for path in directory.iterdir() if is_id(path.name.partition(".")[0])})
