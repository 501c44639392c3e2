"""ZIP archives: walked from the directory at the end, and unpacked to nowhere to see that they are what they say.

Stricter than programs that unpack, which repair and guess: where two of them could see two different things, the file
is refused. What is in an archive may be of any type (a bundle of logs has programs' names in it), but it may not climb
out of the place where it is unpacked, nor grow beyond bounds, archives in archives included.
"""

import stat
import zlib
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import Final

from server.uploads.source import UNPACKED_BYTES, Source, refused
from server.uploads.zip_directory import STORED, Entry, check_place, data_of, end_of, lines

DEPTH: Final = 4
"""Archives in archives: a bundle, in it a bundle, in it a document, in it a sheet."""
RATIO: Final = 200
SMALL: Final = 10 * 1_048_576
"""Below this many bytes nothing is a bomb, however well it was packed. Logs pack to a tenth or a thirtieth."""
IN_MEMORY: Final = 1_048_576
INNER: Final = 64 * 1_048_576
"""An archive in an archive is unpacked to be walked: its bytes wait in a temporary file."""


def examine(source: Source) -> None:
    """Raises FileRefused for what is no ZIP, is another type that only uses ZIP, bombs or climbs."""
    entries = walk(source)
    names = {entry.name for entry in entries}
    if "[Content_Types].xml" in names or (entries and entries[0].name == "mimetype"):
        raise refused("mismatch", "This is not a ZIP archive, but a document.")
    if "META-INF/MANIFEST.MF" in names and any(name.endswith(".class") for name in names):
        raise refused("active", "This is a Java program under another name.")
    if {"AndroidManifest.xml", "classes.dex"} <= names:
        raise refused("active", "This is an Android program under another name.")
    check_content(source, entries)


def walk(source: Source) -> list[Entry]:
    """The directory, in the order in which the entries stand in the file. Raises FileRefused."""
    if source.peek(0, 4) not in (b"PK\x03\x04", b"PK\x05\x06"):
        raise refused("mismatch", "This is not a ZIP archive.")
    count, size, offset, end = end_of(source)
    if offset + size != end:
        raise refused("disguise", "There is something else in this archive besides its files.")
    entries = sorted(lines(source, count, offset, end), key=lambda entry: entry.offset)
    if len({entry.name for entry in entries}) != len(entries):
        raise refused("disguise", "Two files in this archive have the same name.")
    _check_growth(entries)
    place = 0
    for entry in entries:
        if entry.offset < place:
            raise refused("bomb", "Files in this archive overlap.")
        if place == 0 != entry.offset:
            raise refused("disguise", "There is something else in front of this archive.")
        place = data_of(source, entry) + entry.packed
    if place > offset:
        raise refused("broken", "This archive is damaged or cut off.")
    return entries


def _check_growth(entries: list[Entry]) -> None:
    total, packed = sum(entry.size for entry in entries), sum(entry.packed for entry in entries)
    check_growth(packed, total)
    if total > UNPACKED_BYTES:
        raise refused("bomb", "This archive unpacks to too much.")
    for entry in entries:
        check_growth(entry.packed, entry.size)
        if entry.method == STORED and not entry.locked and entry.size != entry.packed:
            raise refused("broken", "This archive is damaged.")


def check_growth(packed: int, size: int) -> None:
    """Raises FileRefused for what says of itself that it unpacks to far more than it is."""
    if size > SMALL and size > RATIO * packed:
        raise refused("bomb", "This archive unpacks to far more than it is.")


def unpack(source: Source, entry: Entry) -> Iterator[bytes]:
    """The entry's content in pieces, never more than it says, and whole: else FileRefused."""
    start = data_of(source, entry)
    left, crc = entry.size, 0
    for piece in _inflated(source, start, entry):
        left -= len(piece)
        source.budget.unpack(len(piece))
        if left < 0:
            raise refused("bomb", "A file in this archive is larger than the archive says.")
        crc = zlib.crc32(piece, crc)
        yield piece
    if left or crc != entry.crc:
        raise refused("broken", "This archive is damaged.")


def _inflated(source: Source, start: int, entry: Entry) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    for _, packed in source.chunks(start, start + entry.packed):
        if entry.method == STORED:
            yield packed
            continue
        rest = packed
        while rest and not inflater.eof:
            source.budget.step()
            try:
                piece = inflater.decompress(rest, IN_MEMORY)
            except zlib.error:
                raise refused("broken", "This archive is damaged.") from None
            rest = inflater.unconsumed_tail
            if piece:
                yield piece


def read(source: Source, entry: Entry, limit: int) -> bytes:
    """The whole content of a small entry."""
    if entry.size > limit:
        raise refused("effort", "A part of this file is too large to be looked at.")
    return b"".join(unpack(source, entry))


def check_content(source: Source, entries: list[Entry], depth: int = 1) -> None:
    """Unpacks all that can be, archives inside included. Raises FileRefused for bombs, links that climb, damage."""
    for entry in entries:
        if stat.S_ISLNK(entry.mode) and entry.readable:
            check_place(read(source, entry, 4096).decode("utf-8", "replace"))
        elif entry.readable:
            pieces = unpack(source, entry)
            first = next(pieces, b"")
            if first.startswith(b"PK\x03\x04"):
                _check_inner(source, entry, first, pieces, depth)
            for _ in pieces:
                pass


def _check_inner(source: Source, entry: Entry, first: bytes, pieces: Iterator[bytes], depth: int) -> None:
    if depth >= DEPTH:
        raise refused("bomb", "There are archives in archives in archives here.")
    if entry.size > INNER:
        raise refused("effort", "An archive in this archive is too large to be looked at.")
    with SpooledTemporaryFile(IN_MEMORY) as file:
        file.write(first)
        for piece in pieces:
            file.write(piece)
        inner = Source(file, source.budget)  # type: ignore[arg-type]  # it has seek and read
        check_content(inner, walk(inner), depth + 1)
