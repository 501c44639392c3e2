"""A file that is being looked at, and what looking at it may cost.

Everything here runs in a thread: reads are small pieces, so that the event loop's thread gets its turn between two.
"""

from collections.abc import Iterator
from typing import BinaryIO, Final

from server.domain.files import Reason
from server.errors import FileRefused

CHUNK: Final = 262_144
_PAGE: Final = 12
STEPS: Final = 400_000
"""Headers, blocks and entries that are looked at, and pages of 4 KiB that are read, besides those of the file."""
AGAIN: Final = 4
"""How often a file may be read as a whole."""
UNPACKED_BYTES: Final = 1024 * 1_048_576
"""What may come out of an archive, with all archives in it: 25 MiB of logs at forty times."""


def refused(reason: Reason, message: str) -> FileRefused:
    """The error to raise for bytes that are not taken."""
    return FileRefused("file_content", message, reason)


class Budget:
    """What is left of the work that one upload may cause, shared with the archives inside it."""

    def __init__(self, steps: int = STEPS, unpacked: int = UNPACKED_BYTES) -> None:
        self.steps = steps
        self.unpacked = unpacked

    def step(self, count: int = 1) -> None:
        """Raises FileRefused when it was one too many."""
        self.steps -= count
        if self.steps < 0:
            raise refused("effort", "This file has too many parts to be looked at.")

    def unpack(self, count: int) -> None:
        """Bytes that came out of an archive. Raises FileRefused when they are too many."""
        self.unpacked -= count
        if self.unpacked < 0:
            raise refused("bomb", "This archive unpacks to too much.")


class Source:
    """Reading at any place of a file."""

    def __init__(self, file: BinaryIO, budget: Budget | None = None) -> None:
        self._file = file
        self.size = file.seek(0, 2)
        self.budget = budget or Budget(STEPS + AGAIN * (self.size >> _PAGE))

    def peek(self, offset: int, count: int) -> bytes:
        """Up to ``count`` bytes from there."""
        self.budget.step(1 + (count >> _PAGE))
        self._file.seek(offset)
        return self._file.read(count)

    def at(self, offset: int, count: int) -> bytes:
        """Exactly ``count`` bytes from there. Raises FileRefused when the file ends before."""
        if not 0 <= offset <= self.size - count:
            raise refused("broken", "This file is damaged or cut off.")
        return self.peek(offset, count)

    def chunks(self, start: int = 0, end: int | None = None, overlap: int = 0) -> Iterator[tuple[int, bytes]]:
        """Pieces with their offsets; each but the first repeats the last ``overlap`` bytes of the one before."""
        stop = self.size if end is None else min(end, self.size)
        while start < stop:
            piece = self.peek(start, min(CHUNK, stop - start))
            yield start, piece
            if start + len(piece) >= stop:
                return
            start += len(piece) - overlap

    def contains(self, *needles: bytes, start: int = 0, end: int | None = None) -> bytes | None:
        """The first of the needles (small letters; case does not matter) that occurs."""
        for _, piece in self.chunks(start, end, overlap=max(map(len, needles)) - 1):
            low = piece.lower()
            for needle in needles:
                if needle in low:
                    return needle
        return None

    def rfind(self, needle: bytes, within: int) -> int:
        """Offset of the last occurrence in the last ``within`` bytes, or -1."""
        start = max(0, self.size - within)
        found = self.peek(start, within).rfind(needle)
        return found if found < 0 else start + found
