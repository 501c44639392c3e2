"""The directory of a ZIP archive, and the headers in front of its files: what stands where, and under which name.

Where an archive says the same thing twice, it has to say the same: programs differ in which of the two they believe.
"""

import re
import struct
from collections.abc import Iterator
from typing import Final

import msgspec

from server.uploads.source import Source, refused

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


def ends_as_one(source: Source) -> bool:
    """Whether programs that look for an archive's directory at the end would find one here."""
    end = source.rfind(b"PK\x05\x06", 65_557)
    if end < 0 or end + _END.size > source.size:
        return False
    _, _, _, _, count, size, _, _ = _END.unpack(source.at(end, _END.size))
    return count == 0 or source.peek(max(0, end - size), 4) == b"PK\x01\x02"


def end_of(source: Source) -> tuple[int, int, int, int]:
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


def lines(source: Source, count: int, offset: int, end: int) -> Iterator[Entry]:
    """The entries in the order of the directory."""
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


_CLIMBS: Final = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.[. ]*(?:[/\\]|$)|[\x00-\x1f]")


def check_place(name: str) -> None:
    """Raises FileRefused for a name that means a place outside of where the archive is unpacked."""
    if not name or _CLIMBS.search(name):
        raise refused("climbs", "A file in this archive would be unpacked to a place outside.")


def data_of(source: Source, entry: Entry) -> int:
    """Where the entry's bytes begin; what stands in front of them has to say the same as the directory.

    Flag 8: the numbers were not known yet when the header was written.
    """
    magic, _, flags, method, _, _, crc, packed, size, n, extra = _LOCAL.unpack(source.at(entry.offset, _LOCAL.size))
    if magic != b"PK\x03\x04":
        raise refused("broken", "This archive is damaged.")
    rest = source.at(entry.offset + _LOCAL.size, n + extra)
    size, packed = _with_64(rest[n:], size, packed)
    numbers = ((crc, entry.crc), (packed, entry.packed), (size, entry.size))
    same = all(told == wanted or (flags & 8 and told in (0, _NOT_64)) for told, wanted in numbers)
    if not same or (rest[:n], method, flags & 1) != (entry.raw_name, entry.method, entry.flags & 1):
        raise refused("disguise", "This archive says two different things of the same file.")
    return entry.offset + _LOCAL.size + int(n) + int(extra)
