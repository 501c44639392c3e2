"""OLE compound files: .doc, .xls, .ppt, .pps of the years before 2007. A small file system with streams by name.

Files with macros are refused in this generation too: the name tells nobody that they have some.
"""

import re
import struct
from collections.abc import Iterator
from typing import Final

import msgspec

from server.uploads.source import Source, refused

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENTRIES: Final = 20_000
LOOKED_AT: Final = 4 * 1_048_576
"""Bytes of the main stream in which sheets of macros and the mark of a macro must show."""

_MAIN: Final = {
    ".doc": ("Word", ("worddocument",)),
    ".xls": ("Excel", ("workbook", "book")),
    ".ppt": ("PowerPoint", ("powerpoint document",)),
    ".pps": ("PowerPoint", ("powerpoint document",)),
}
"""The program, and the stream that makes the file what it is."""
_MACROS: Final = frozenset(["_vba_project", "_vba_project_cur", "vba", "macros"])


class Item(msgspec.Struct, frozen=True):
    """A stream, a folder or the root."""

    name: str
    kind: int
    start: int
    size: int


_STREAM, _ROOT = 2, 5


def examine(source: Source, extension: str) -> None:
    """Raises FileRefused for what is no such document, or has macros."""
    program, mains = _MAIN[extension]
    if source.peek(0, 8) != MAGIC:
        raise refused("mismatch", f"This is not a {program} file of the kind that {extension} is.")
    file = _File(source)
    items = {item.name: item for item in file.items()}
    main = next((items[name] for name in mains if name in items), None)
    if main is None or main.kind != _STREAM:
        if "encryptedpackage" in items:
            raise refused("locked", "This file is locked by a password and cannot be checked.")
        raise refused("mismatch", f"There is no {program} document in this file.")
    if _MACROS & items.keys():
        raise refused("macros", "This file has macros. Save it without them.")
    _CHECKS[program](file.read(main, LOOKED_AT))


def _check_word(stream: bytes) -> None:
    if stream[:2] not in (b"\xec\xa5", b"\xdc\xa5"):
        raise refused("broken", "This document is damaged.")


def _check_excel(stream: bytes) -> None:
    """Walks the records of the workbook up to the first end: they name the sheets."""
    if stream[:2] != b"\x09\x08":
        raise refused("broken", "This workbook is damaged.")
    place = 0
    while place + 4 <= len(stream):
        kind, size = struct.unpack_from("<2H", stream, place)
        if kind == _LOCKED_WORKBOOK:
            raise refused("locked", "This workbook is locked by a password and cannot be checked.")
        if kind == _SHEET and stream[place + 9 : place + 10] == b"\x01":
            raise refused("macros", "This workbook has a sheet of macros. Save it without.")
        if kind == _END_OF_PART:
            break
        place += 4 + size


_SHEET, _LOCKED_WORKBOOK, _END_OF_PART = 0x85, 0x2F, 0x0A


def _check_powerpoint(stream: bytes) -> None:
    if len(stream) < 8 or not 0x03E8 <= struct.unpack_from("<H", stream, 2)[0] <= 0x1773:
        raise refused("broken", "This presentation is damaged.")
    if _HAS_MACROS.search(stream):
        raise refused("macros", "This presentation has macros. Save it without them.")


_HAS_MACROS: Final = re.compile(rb"\x0f\0\xff\x03\x14\0\0\0\x02\0\0\x04\x0c\0\0\0....\x01\0\0\0", re.DOTALL)
"""VBAInfoContainer and its atom with fHasMacros (MS-PPT 2.4.10, 2.4.11)."""
_CHECKS: Final = {"Word": _check_word, "Excel": _check_excel, "PowerPoint": _check_powerpoint}


class _File:
    """Sectors and their chains (MS-CFB). Tables are read where they are needed."""

    def __init__(self, source: Source) -> None:
        head = source.at(0, 512)
        version, order, shift, small = struct.unpack_from("<4H", head, 26)
        if order != 0xFFFE or (version, shift) not in ((3, 9), (4, 12)) or small != 6:
            raise refused("broken", "This file is damaged.")
        self._source, self._version, self._sector = source, version, 1 << int(shift)
        tables, self._directory, self._small_limit, self._small_table, more = (
            struct.unpack_from("<L", head, place)[0] for place in (44, 48, 56, 60, 68)
        )
        if tables > source.size // self._sector:
            raise refused("broken", "This file is damaged or cut off.")
        listed = list(struct.unpack_from("<109L", head, 76))
        while more < _NONE and len(listed) < tables:
            *numbers, more = self._numbers(more)
            listed += numbers
        self._tables = [number for number in listed[:tables] if number < _NONE]
        self._root = Item("", _ROOT, _NONE, 0)
        self._check_whole()

    def _check_whole(self) -> None:
        """Every sector that is in use has to begin within the file."""
        per_table, last = self._sector // 4, -1
        for place, table in enumerate(self._tables):
            used = [number for number, following in enumerate(self._numbers(table)) if following != _FREE]
            last = max(last, place * per_table + used[-1]) if used else last
        if self._place(last) >= self._source.size:
            raise refused("broken", "This file is cut off.")

    def items(self) -> Iterator[Item]:
        """All that has a name; names in small letters, as they are compared."""
        for count, sector in enumerate(self._chain(self._directory)):
            if count * self._sector > ENTRIES * 128:
                raise refused("effort", "This file has too many parts to be looked at.")
            whole = self._source.at(self._place(sector), self._sector)
            for place in range(0, self._sector, 128):
                item = self._item(whole[place : place + 128])
                if item.kind == _ROOT:
                    self._root = item
                elif item.kind:
                    yield item

    def _item(self, raw: bytes) -> Item:
        length, kind = struct.unpack_from("<HB", raw, 64)
        start, size = struct.unpack_from("<LQ", raw, 116)
        name = raw[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        return Item(name.lower(), kind, start, size & 0xFFFFFFFF if self._version == 3 else size)

    def read(self, item: Item, limit: int) -> bytes:
        """The beginning of a stream."""
        if item.size >= self._small_limit:
            return self._begin(item.start, min(item.size, limit))
        small = self._begin(self._root.start, min(self._root.size, LOOKED_AT))
        table = self._begin(self._small_table, LOOKED_AT)
        pieces, number = list[bytes](), item.start
        while number * 4 + 4 <= len(table) and len(pieces) * 64 < item.size:
            self._source.budget.step()
            pieces.append(small[number * 64 : number * 64 + 64])
            number = struct.unpack_from("<L", table, number * 4)[0]
        return b"".join(pieces)[: min(item.size, limit)]

    def _begin(self, start: int, count: int) -> bytes:
        pieces = list[bytes]()
        for sector in self._chain(start):
            if len(pieces) * self._sector >= count:
                break
            pieces.append(self._source.at(self._place(sector), self._sector))
        return b"".join(pieces)[:count]

    def _chain(self, sector: int) -> Iterator[int]:
        per_table, left = self._sector // 4, self._source.size // self._sector
        while sector < _NONE:
            yield sector
            left -= 1
            if left < 0:
                raise refused("broken", "This file is damaged: it goes in circles.")
            table = sector // per_table
            if table >= len(self._tables):
                raise refused("broken", "This file is damaged or cut off.")
            place = self._place(self._tables[table]) + sector % per_table * 4
            sector = int.from_bytes(self._source.at(place, 4), "little")

    def _numbers(self, sector: int) -> tuple[int, ...]:
        return struct.unpack(f"<{self._sector // 4}L", self._source.at(self._place(sector), self._sector))

    def _place(self, sector: int) -> int:
        return (sector + 1) * self._sector


_FREE: Final = 0xFFFFFFFF
_NONE: Final = 0xFFFFFFFA
"""Sector numbers from here on are marks: an end, nothing, a table."""
