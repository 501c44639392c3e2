"""File work in threads of its own: a slow disk then holds up neither the event loop nor whoever shares its threads."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import aiofiles
from aiofiles.threadpool.binary import AsyncFileIO

T = TypeVar("T")

THREADS: Final = 8
PIECE: Final = 262_144
"""Bytes that are read or written at once: 64 KiB cost four times the thread hops, more costs memory."""


class Disk:
    """Threads, and what is done in them."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="disk")

    async def run(self, work: Callable[..., T], *args: Any) -> T:
        """Do it in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *args)

    async def open(self, path: Path, *, write: bool = False) -> AsyncFileIO:
        """An unbuffered file; ``write``: made where it is missing, readable to our user only, and never cut."""
        if not write:
            return await aiofiles.open(path, "rb", buffering=0, executor=self._threads)
        return await aiofiles.open(path, "r+b", buffering=0, opener=_made, executor=self._threads)

    def close(self) -> None:
        """Wait for what runs."""
        self._threads.shutdown()


@asynccontextmanager
async def closing(file: AsyncFileIO) -> AsyncIterator[AsyncFileIO]:
    """Closes it at the end of the block."""
    try:
        yield file
    finally:
        await file.close()


def _made(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CREAT | os.O_CLOEXEC, 0o600)


def sync(path: Path) -> None:
    """The file, or the directory's names, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def free_bytes(path: Path) -> int:
    """Room that is left where this path is."""
    return shutil.disk_usage(path).free
