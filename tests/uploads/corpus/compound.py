"""A small writer of OLE compound files, and the documents of the years before 2007 with Microsoft's own streams.

It is written after MS-CFB, and can do what LibreOffice does not: sectors of 4 KiB, chains that jump, more than
109 sectors of tables, main streams among the small ones.
"""

import struct
from collections.abc import Mapping
from typing import Final

from tests.uploads.corpus.sample import Sample

FREE, END, TABLE, TABLE_OF_TABLES = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC
SMALL: Final = 4096


class Writer:
    """Lays streams out in sectors. ``scattered``: each stream's sectors stand in reverse order."""

    def __init__(self, version: int = 3, *, scattered: bool = False) -> None:
        self.version, self.sector, self.scattered = version, 512 if version == 3 else 4096, scattered
        self.sectors, self.table = list[bytes](), list[int]()

    def put(self, data: bytes) -> int:
        """The first sector of the data."""
        pieces = [data[at : at + self.sector].ljust(self.sector, b"\0") for at in range(0, len(data), self.sector)]
        if not pieces:
            return END
        numbers = list(range(len(self.sectors), len(self.sectors) + len(pieces)))
        order = numbers[::-1] if self.scattered else numbers
        self.sectors += [b""] * len(pieces)
        self.table += [END] * len(pieces)
        for place, (number, piece) in enumerate(zip(order, pieces, strict=True)):
            self.sectors[number] = piece
            self.table[number] = order[place + 1] if place + 1 < len(order) else END
        return order[0]

    def file(self, streams: Mapping[str, bytes]) -> bytes:
        """The whole file. ``Macros/VBA/dir``: a stream in folders."""
        small, small_table, items = bytearray(), list[int](), list[tuple[str, int, int, int]]()
        for path, data in streams.items():
            folders, _, name = path.rpartition("/")
            items += [(folder, 1, 0, 0) for folder in folders.split("/") if folder]
            if len(data) >= SMALL:
                items.append((name, 2, self.put(data), len(data)))
                continue
            count = -(-len(data) // 64)
            first = len(small_table)
            items.append((name, 2, first if count else END, len(data)))
            small_table += [*range(first + 1, first + count), END][:count]
            small += data.ljust(64 * count, b"\0")
        start = self.put(bytes(small))
        small_first = self.put(struct.pack(f"<{len(small_table)}L", *small_table))
        items.insert(0, ("Root Entry", 5, start, len(small)))
        directory = b"".join(self._item(number, len(items), item) for number, item in enumerate(items))
        directory_first = self.put(directory)
        return self._assembled(directory_first, small_first if small_table else END)

    def _item(self, number: int, count: int, item: tuple[str, int, int, int]) -> bytes:
        name, kind, start, size = item
        raw = (name + "\0").encode("utf-16-le")
        child = 1 if number == 0 and count > 1 else FREE
        right = number + 1 if 0 < number < count - 1 else FREE
        return raw.ljust(64, b"\0") + struct.pack(
            "<HBB3L16sL8s8sLQ", len(raw), kind, 1, FREE, right, child, b"", 0, b"", b"", start, size
        )

    def _assembled(self, directory: int, small: int) -> bytes:
        per_table = self.sector // 4
        tables = more = 0
        while True:  # tables and their list take sectors themselves
            needed = -(-(len(self.sectors) + tables + more) // per_table)
            listed = -(-max(0, needed - 109) // (per_table - 1))
            if (needed, listed) == (tables, more):
                break
            tables, more = needed, listed
        first = len(self.sectors)
        numbers = list(range(first, first + tables))
        self.table += [TABLE] * tables + [TABLE_OF_TABLES] * more
        whole = struct.pack(f"<{tables * per_table}L", *self.table, *[FREE] * (tables * per_table - len(self.table)))
        lists = [numbers[at : at + per_table - 1] for at in range(109, tables, per_table - 1)]
        listed_at = first + tables
        chained = b"".join(
            struct.pack(
                f"<{per_table}L",
                *(part + [FREE] * (per_table - 1 - len(part))),
                listed_at + place + 1 if place + 1 < len(lists) else END,
            )
            for place, part in enumerate(lists)
        )
        head = struct.pack(
            "<8s16s5H6s3LL5L",
            *(
                b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
                b"",
                0x3E,
                self.version,
                0xFFFE,
                9 if self.version == 3 else 12,
                6,
                b"",
            ),
            *(0, tables, directory, 0, SMALL, small, 0 if small == END else 1, listed_at if more else END, more),
        )
        head += struct.pack("<109L", *(numbers + [FREE] * 109)[:109])
        return head.ljust(self.sector, b"\0") + b"".join(self.sectors) + whole + chained


WORD: Final = b"\xec\xa5\xc1\x00" + bytes(range(256)) * 20
SUMMARY: Final = b"\xfe\xff\0\0\x06\x02\x02\0" + bytes(200)


def doc(writer: Writer | None = None, **more: bytes) -> bytes:
    """A letter of Word 97 to 2003."""
    streams = {"1Table": bytes(5000), "\x05SummaryInformation": SUMMARY, "WordDocument": WORD}
    return (writer or Writer()).file(streams | {name.replace("__", "/"): data for name, data in more.items()})


def record(kind: int, data: bytes = b"") -> bytes:
    """A record of Excel's."""
    return struct.pack("<2H", kind, len(data)) + data


def workbook(sheet_kind: int = 0, *, locked: bool = False, fonts: int = 40) -> bytes:
    """The stream of a workbook of Excel 97 to 2003 with one sheet."""
    start = record(0x809, struct.pack("<4H2L", 0x600, 5, 0x0DBB, 0x07CC, 0, 6))
    lock = record(0x2F, bytes(54)) if locked else b""
    styles = record(0x31, bytes(60)) * fonts
    sheet = record(0x85, struct.pack("<LBB", 4000, 0, sheet_kind) + b"\x06\0Sheet1")
    return start + lock + styles + sheet + record(0x0A) + record(0x809, bytes(16)) + record(0x0A)


def xls(stream: bytes | None = None, name: str = "Workbook", writer: Writer | None = None, **more: bytes) -> bytes:
    """A workbook."""
    book = workbook().ljust(8192, b"\0") if stream is None else stream
    streams = {name: book, "\x05SummaryInformation": SUMMARY}
    return (writer or Writer()).file(streams | {key.replace("__", "/"): data for key, data in more.items()})


def slides(macros: int | None = None) -> bytes:
    """The stream of a presentation of PowerPoint 97 to 2003."""
    told = b"" if macros is None else struct.pack("<HHLHHLLLL", 0x0F, 0x3FF, 20, 2, 0x400, 12, 1, macros, 2)
    inner = struct.pack("<HHL", 1, 0x3E9, 40) + bytes(40) + told
    return struct.pack("<HHL", 0x0F, 0x3E8, len(inner)) + inner + bytes(5000)


def ppt(macros: int | None = None, writer: Writer | None = None) -> bytes:
    """A presentation."""
    return (writer or Writer()).file(
        {"PowerPoint Document": slides(macros), "Current User": bytes(60), "Pictures": b""}
    )


COMPOUND: Final = [
    Sample("Word 97", ".doc", doc),
    Sample("sectors of 4 KiB", ".doc", lambda: doc(Writer(4))),
    Sample("scattered", ".doc", lambda: doc(Writer(scattered=True))),
    Sample("many pictures", ".doc", lambda: doc(Data=bytes(8_000_000))),
    Sample("Excel 97", ".xls", xls),
    Sample("small workbook", ".xls", lambda: xls(workbook())),
    Sample("Excel 5", ".xls", lambda: xls(name="Book")),
    Sample("many styles", ".xls", lambda: xls(workbook(fonts=9000))),
    Sample("PowerPoint 97", ".ppt", ppt),
    Sample("PowerPoint, sectors of 4 KiB", ".pps", lambda: ppt(writer=Writer(4))),
    Sample("macros were removed", ".ppt", lambda: ppt(macros=0)),
]
