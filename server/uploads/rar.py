"""RAR archives, versions 4 and 5: the chain of headers, each with its checksum, up to the end. Nothing is unpacked."""

import zlib
from collections.abc import Iterator
from typing import Final

from server.uploads import archive, picture, zip_directory
from server.uploads.source import UNPACKED_BYTES, Source, refused

V4: Final = b"Rar!\x1a\x07\x00"
V5: Final = b"Rar!\x1a\x07\x01\x00"
HEADER: Final = 65_536
"""Largest header that is read. RAR 5 allows 2 MiB; names and times take some hundred bytes."""


def examine(source: Source) -> None:
    """Raises FileRefused for what is no RAR archive as a whole, bombs, climbs or cannot be looked at."""
    if source.peek(0, len(V5)) == V5:
        end = _walk5(source)
    elif source.peek(0, len(V4)) == V4:
        end = _walk4(source)
    else:
        raise refused("mismatch", "This is not a RAR archive.")
    picture.check_behind(source, end)
    if zip_directory.ends_as_one(source):
        raise refused("disguise", "This archive is another one at the same time.")


class _Growth:
    """Sums up what the files unpack to."""

    def __init__(self) -> None:
        self.packed = self.size = 0

    def add(self, name: str, packed: int, size: int) -> None:
        zip_directory.check_place(name)
        archive.check_growth(packed, size)
        self.packed += packed
        self.size += size
        archive.check_growth(self.packed, self.size)
        if self.size > UNPACKED_BYTES:
            raise refused("bomb", "This archive unpacks to too much.")


def _walk4(source: Source) -> int:
    """Headers of version 1.5 to 4: type, flags, size, and for files what is behind them. Old ones have no end mark."""
    offset, growth = len(V4), _Growth()
    if source.peek(offset + 2, 1) != bytes([_MAIN4]):
        raise refused("broken", "This archive is damaged or cut off.")
    while offset < source.size:
        start = source.at(offset, 7)
        crc, kind, flags, size = _int(start[:2]), start[2], _int(start[3:5]), _int(start[5:7])
        head = source.at(offset, max(size, 7))
        covered = head[2 : _COVERED4.get(kind, size)]
        if size < 7 or zlib.crc32(covered) & 0xFFFF != crc:
            raise refused("broken", "This archive is damaged or cut off.")
        if kind == _MAIN4 and flags & 0x80:
            raise refused("locked", "The list of files in this archive is locked by a password.")
        packed = _int(head[7:11]) if flags & 0x8000 or kind in (_FILE4, _SERVICE4) else 0
        if kind in (_FILE4, _SERVICE4):
            packed = _file4(head, flags, packed, growth if kind == _FILE4 else _Growth())
        offset += size + packed
        if kind == _END4:
            break
    return _whole(source, offset)


_MAIN4, _FILE4, _SERVICE4, _END4 = 0x73, 0x74, 0x7A, 0x7B
_COVERED4: Final = {_MAIN4: 13}
"""The checksum of the main header leaves out a comment that old versions put into it."""


def _file4(head: bytes, flags: int, packed: int, growth: _Growth) -> int:
    """The packed size, after a look at the name and the unpacked size."""
    if len(head) < 32:
        raise refused("broken", "This archive is damaged.")
    size, length, place = _int(head[11:15]), _int(head[26:28]), 32
    if flags & 0x100:
        packed |= _int(head[32:36]) << 32
        size |= _int(head[36:40]) << 32
        place = 40
    raw = head[place : place + length].split(b"\0")[0]
    growth.add(raw.decode("utf-8", "replace"), packed, size)
    return packed


def _walk5(source: Source) -> int:
    """Headers of version 5: numbers of variable length. The last says that it is."""
    offset, growth, kind = len(V5), _Growth(), 0
    while kind != _END5:
        head, behind = _header5(source, offset)
        numbers = _Numbers(head)
        kind, flags = numbers.next(), numbers.next()
        extra = numbers.next() if flags & 1 else 0
        data = numbers.next() if flags & 2 else 0
        if kind == _LOCKED5:
            raise refused("locked", "The list of files in this archive is locked by a password.")
        if kind == _FILE5:
            _file5(numbers, head[len(head) - extra :] if extra else b"", data, growth)
        offset = behind + data
    return _whole(source, offset)


_FILE5, _LOCKED5, _END5 = 2, 4, 5


def _header5(source: Source, offset: int) -> tuple[bytes, int]:
    """The header's fields after its size, and where it ends. The checksum covers the size too."""
    start = source.peek(offset, 7)
    numbers = _Numbers(start[4:])
    size = numbers.next()
    if not 0 < size <= HEADER:
        raise refused("broken", "This archive is damaged.")
    length = 4 + numbers.place + size
    whole = source.at(offset, length)
    if zlib.crc32(whole[4:]) != _int(whole[:4]):
        raise refused("broken", "This archive is damaged or cut off.")
    return whole[4 + numbers.place :], offset + length


def _file5(numbers: "_Numbers", extra: bytes, packed: int, growth: _Growth) -> None:
    flags, size = numbers.next(), numbers.next()
    numbers.next()  # attributes
    numbers.skip(4 * bool(flags & 2) + 4 * bool(flags & 4))  # time, checksum
    numbers.next()  # how it is packed
    numbers.next()  # on which system
    growth.add(numbers.text(numbers.next()), packed, 0 if flags & 8 else size)
    for target in _links5(extra):
        zip_directory.check_place(target)


def _links5(extra: bytes) -> Iterator[str]:
    """Where links (record 5) lead."""
    numbers = _Numbers(extra)
    while not numbers.done:
        size = numbers.next()
        record = _Numbers(numbers.take(size))
        if record.next() == 5:
            record.next()
            record.next()
            yield record.text(record.next())


class _Numbers:
    """Numbers of seven bits a byte, the lowest first."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.place = 0

    @property
    def done(self) -> bool:
        return self.place >= len(self._data)

    def next(self) -> int:
        number = 0
        for shift in range(0, 70, 7):
            byte = self.take(1)[0]
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                return number
        raise refused("broken", "This archive is damaged.")

    def take(self, count: int) -> bytes:
        if count > len(self._data) - self.place:
            raise refused("broken", "This archive is damaged or cut off.")
        self.place += count
        return self._data[self.place - count : self.place]

    def skip(self, count: int) -> None:
        self.take(count)

    def text(self, count: int) -> str:
        return self.take(count).decode("utf-8", "replace")


def _int(raw: bytes) -> int:
    return int.from_bytes(raw, "little")


def _whole(source: Source, end: int) -> int:
    if end > source.size:
        raise refused("broken", "This archive is cut off.")
    return end
