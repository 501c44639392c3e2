"""ZIP archives: walked from the directory at the end, and unpacked to nowhere to see that they are what they say.

Stricter than programs that unpack, which repair and guess: where two of them could see two different things, the file
is refused. What is in an archive may be of any type (a bundle of logs has programs' names in it), but it may not climb
out of the place where it is unpacked, nor grow beyond bounds, archives in archives included.
"""

import re
import stat
import struct
import zlib
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import Final

import msgspec

from server.uploads.source import Source, refused

DEPTH: Final = 4
"""Archives in archives: a bundle, in it a bundle, in it a document, in it a sheet."""
RATIO: Final = 200
SMALL: Final = 10 * 1_048_576
"""Below this many bytes nothing is a bomb, however well it was packed. Logs pack to a tenth or a thirtieth."""
IN_MEMORY: Final = 1_048_576
INNER: Final = 64 * 1_048_576
"""An archive in an archive is unpacked to be walked: its bytes wait in a temporary file."""
ENTRIES: Final = 20_000

STORED, DEFLATED, AES = 0, 8, 99
_END: Final = struct.Struct("<4s4H2LH")
_END64_AT: Final = struct.Struct("<4sLQL")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_ENTRY: Final = struct.Struct("<4s6H3L5H2L")
_LOCAL: Final = struct.Struct("<4s5H3L2H")
_NOT_64: Final = 0xFFFFFFFF


class Entry(msgspec.Struct, frozen=True):
    """One line of the directory."""

    name: str
    raw_name: bytes
    method: int
    flags: int
    crc: int
    packed: int
    size: int
    offset: int
    mode: int

    @property
    def locked(self) -> bool:
        """Whether a password is needed."""
        return bool(self.flags & 1) or self.method == AES

    @property
    def readable(self) -> bool:
        """Whether we can look into it."""
        return not self.locked and self.method in (STORED, DEFLATED)


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
    count, size, offset, end = _end(source)
    if offset + size != end:
        raise refused("disguise", "There is something else in this archive besides its files.")
    entries = sorted(_directory(source, count, offset, end), key=lambda entry: entry.offset)
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


def ends_as_one(source: Source) -> bool:
    """Whether programs that look for an archive's directory at the end would find one here."""
    end = source.rfind(b"PK\x05\x06", 65_557)
    if end < 0 or end + _END.size > source.size:
        return False
    _, _, _, _, count, size, _, _ = _END.unpack(source.at(end, _END.size))
    return count == 0 or source.peek(max(0, end - size), 4) == b"PK\x01\x02"


def _end(source: Source) -> tuple[int, int, int, int]:
    """How many entries, the directory's size and offset, and where it has to end."""
    end = source.rfind(b"PK\x05\x06", 65_557)
    if end < 0 or end + _END.size > source.size:
        raise refused("broken", "This archive is cut off.")
    _, disk, first_disk, here, count, size, offset, comment = _END.unpack(source.at(end, _END.size))
    if end + _END.size + comment != source.size:
        raise refused("disguise", "There is something else behind this archive.")
    if (disk, first_disk) not in ((0, 0), (0xFFFF, 0xFFFF)) or here != count:
        raise refused("broken", "This is one part of a divided archive; send it as a whole.")
    if end >= _END64_AT.size and source.peek(end - _END64_AT.size, 4) == b"PK\x06\x07":
        _, _, end64, _ = _END64_AT.unpack(source.at(end - _END64_AT.size, _END64_AT.size))
        magic, _, _, _, _, _, _, count, size, offset = _END64.unpack(source.at(end64, _END64.size))
        if magic != b"PK\x06\x06":
            raise refused("broken", "This archive is damaged.")
        end = end64
    if count > ENTRIES:
        raise refused("effort", f"There are too many files in this archive; at most {ENTRIES}.")
    return count, size, offset, end


def _directory(source: Source, count: int, offset: int, end: int) -> Iterator[Entry]:
    for _ in range(count):
        magic, _, _, flags, method, _, _, crc, packed, size, n, extra, comment, _, _, attributes, local = _ENTRY.unpack(
            source.at(offset, _ENTRY.size)
        )
        if magic != b"PK\x01\x02":
            raise refused("broken", "This archive is damaged.")
        rest = source.at(offset + _ENTRY.size, n + extra)
        size, packed, local = _with_64(rest[n:], size, packed, local)
        name = _name(rest[:n], flags)
        check_place(name)
        yield Entry(name, rest[:n], method, flags, crc, packed, size, local, attributes >> 16)
        offset += _ENTRY.size + n + extra + comment
    if offset != end:
        raise refused("broken", "This archive is damaged.")


def _with_64(extra: bytes, *numbers: int) -> list[int]:
    """The numbers, each from the ZIP64 field where the short one is full."""
    told = list(numbers)
    for kind, value in _fields(extra):
        if kind == 0x0001:
            place = 0
            for i, number in enumerate(numbers):
                if number == _NOT_64:
                    told[i] = int.from_bytes(value[place : place + 8], "little")
                    place += 8
        elif kind == 0x7075 and len(value) > 5:  # the name once more, which some programs believe
            check_place(value[5:].decode("utf-8", "replace"))
    return told


def _fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<2H", extra)
        yield kind, extra[4 : 4 + size]
        extra = extra[4 + size :]


def _name(raw: bytes, flags: int) -> str:
    return raw.decode("utf-8" if flags & 0x800 else "cp437", "replace")


_CLIMBS: Final = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|[\x00-\x1f]")


def check_place(name: str) -> None:
    """Raises FileRefused for a name that means a place outside of where the archive is unpacked."""
    if not name or _CLIMBS.search(name):
        raise refused("climbs", "A file in this archive would be unpacked to a place outside.")


def _check_growth(entries: list[Entry]) -> None:
    total, packed = sum(entry.size for entry in entries), sum(entry.packed for entry in entries)
    check_growth(packed, total)
    for entry in entries:
        check_growth(entry.packed, entry.size)
        if entry.method == STORED and not entry.locked and entry.size != entry.packed:
            raise refused("broken", "This archive is damaged.")


def check_growth(packed: int, size: int) -> None:
    """Raises FileRefused for what says of itself that it unpacks to far more than it is."""
    if size > SMALL and size > RATIO * packed:
        raise refused("bomb", "This archive unpacks to far more than it is.")


def data_of(source: Source, entry: Entry) -> int:
    """Where the entry's bytes begin; what stands in front of them has to say the same as the directory."""
    magic, _, flags, method, _, _, crc, packed, size, n, extra = _LOCAL.unpack(source.at(entry.offset, _LOCAL.size))
    if magic != b"PK\x03\x04":
        raise refused("broken", "This archive is damaged.")
    rest = source.at(entry.offset + _LOCAL.size, n + extra)
    size, packed = _with_64(rest[n:], size, packed)
    later = flags & 8 and (crc, packed, size) == (0, 0, 0)
    told = (rest[:n], method, flags & 1)
    if told != (entry.raw_name, entry.method, entry.flags & 1) or not (
        later or (crc, packed, size) == (entry.crc, entry.packed, entry.size)
    ):
        raise refused("disguise", "This archive says two different things of the same file.")
    return entry.offset + _LOCAL.size + int(n) + int(extra)


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
