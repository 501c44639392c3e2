"""What every storage of files promises. Keys are ``<company>/<id>``; what people call a file never gets here."""

import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Final, Protocol

import msgspec

KEY: Final = re.compile(r"[0-9a-f]{32}/[0-9a-f]{32}(\.thumbnail)?")


class Kept(msgspec.Struct, frozen=True):
    """Something in the storage, for the sweep. ``changed_at``: milliseconds since 1970."""

    key: str
    size: int
    changed_at: int


class Opened(Protocol):
    """A file that is being read."""

    size: int

    def pieces(self, start: int, length: int) -> AsyncIterator[bytes]:
        """So many bytes from there on, at most 1 MiB at once. Raises EOFError when there are fewer."""
        ...


class Storage(Protocol):
    """Where the bytes of files are.

    A key is written once, whole: whoever finds it finds all of it. Errors: NotFound for a key that is not there, Busy
    when the storage does not answer, StorageFull.
    """

    async def keep(self, key: str, file: Path) -> None:
        """Put a temporary file under a key; when this returns, it survives a power cut. The file itself may stay.

        The same key again, after a crash in between, takes the place of what was there.
        """
        ...

    def open(self, key: str) -> AbstractAsyncContextManager[Opened]:
        """Read it."""
        ...

    async def delete(self, key: str) -> None:
        """It is no longer there, or never was."""
        ...

    def kept(self) -> AsyncIterator[Kept]:
        """Everything, in order of the keys."""
        ...

    async def look(self) -> str:
        """Put something, read it, delete it; returns where that was, for people."""
        ...

    def close(self) -> None:
        """Let go."""
        ...


def checked(key: str) -> str:
    """The key. Raises ValueError for anything that is none: it becomes a path."""
    if not KEY.fullmatch(key):
        raise ValueError(f"{key!r} is no key")
    return key
