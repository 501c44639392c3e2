"""Containers of pictures: that they are whole, and that nothing else hides in them.

What the pixels are worth shows when they are decoded (``drawing``), which also drops all that is not a pixel. So parts
behind a picture that cameras leave there (a film, a second exposure) are no reason to refuse it; programs, archives
and pages are.
"""

import re
from collections.abc import Callable
from typing import Final

from server.uploads import zip_directory
from server.uploads.source import Source, refused

_ACTIVE: Final = (b"<script", b"<?php", b"<!doctype html", b"<html>", b"<html ", b"<iframe")
_ARCHIVES: Final = (b"rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_FOREIGN: Final = re.compile(
    rb"MZ|\x7fELF|\xca\xfe\xba\xbe|[\xce\xcf]\xfa\xed\xfe|PK|Rar!|7z\xbc\xaf|%PDF|\xd0\xcf\x11\xe0|\x1f\x8b|BZh|#!|<|\*/"
)
"""How programs, archives, documents and pages begin. None of the parts that cameras append does."""


def examine(source: Source, extension: str) -> None:
    """Raises FileRefused for what is not such a picture as a whole, or more than that."""
    end = _WALKS[extension](source)
    check_behind(source, end)
    if extension in (".gif", ".bmp") and source.peek(end, 65_536).strip(b"\0"):
        raise refused("disguise", "There is something else behind this picture.")
    check_alone(source)


def check_behind(source: Source, end: int) -> None:
    """Raises FileRefused when what follows the end begins like a file that a camera does not append."""
    if begins_foreign(source.peek(end, 4096)):
        raise refused("disguise", "There is another file behind this one.")


def begins_foreign(data: bytes) -> bool:
    """Whether a program, an archive, a document or a page begins here, blanks left out."""
    return _FOREIGN.match(data.lstrip(b"\0 \t\r\n")) is not None


def check_alone(source: Source) -> None:
    """Raises FileRefused for a second thing that programs would find: an archive, a document, a page, a script."""
    start = source.peek(0, 1024)
    if b"%PDF-" in start or zip_directory.ends_as_one(source) or source.contains(*_ACTIVE, *_ARCHIVES):
        raise refused("disguise", "There is something else hidden in this picture.")
    if b"/*" in start[2:12] and source.contains(b"*/", start=12):
        raise refused("disguise", "This picture is written as a script at the same time.")


def _jpeg(source: Source) -> int:
    if source.peek(0, 3) != b"\xff\xd8\xff":
        raise refused("mismatch", "This is not a JPEG picture.")
    offset = 2
    while True:
        marker, length = source.at(offset, 2), 0
        if marker[0] != 0xFF:
            raise refused("broken", "This picture is damaged or cut off.")
        if marker[1] == 0xFF:
            offset += 1
            continue
        if marker[1] == 0xD9:
            return offset + 2
        if marker[1] not in _JPEG_ALONE:
            length = int.from_bytes(source.at(offset + 2, 2), "big")
        offset += 2 + length
        if marker[1] == 0xDA:
            offset = _after_scan(source, offset)


_JPEG_ALONE: Final = frozenset([0x01, *range(0xD0, 0xD9)])
_JPEG_NEXT: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def _after_scan(source: Source, offset: int) -> int:
    """Where the next marker stands: in the coded pixels FF is followed by 00 or by a restart marker."""
    for start, piece in source.chunks(offset, overlap=1):
        found = _JPEG_NEXT.search(piece)
        if found:
            return start + found.start()
    raise refused("broken", "This picture is cut off.")


def _png(source: Source) -> int:
    if source.peek(0, 8) != b"\x89PNG\r\n\x1a\n":
        raise refused("mismatch", "This is not a PNG picture.")
    offset = 8
    while True:
        head = source.at(offset, 8)
        offset += 12 + int.from_bytes(head[:4], "big")
        if offset > source.size:
            raise refused("broken", "This picture is cut off.")
        if head[4:] == b"IEND":
            return offset


def _gif(source: Source) -> int:
    head = source.peek(0, 13)
    if head[:6] not in (b"GIF87a", b"GIF89a"):
        raise refused("mismatch", "This is not a GIF picture.")
    offset = 13 + _color_table(source.at(10, 1)[0])
    while True:
        kind = source.at(offset, 1)
        if kind == b";":
            return offset + 1
        if kind == b",":
            offset += 10 + _color_table(source.at(offset + 9, 1)[0]) + 1
        elif kind == b"!":
            offset += 2
        else:
            raise refused("broken", "This picture is damaged or cut off.")
        offset = _after_blocks(source, offset)


def _color_table(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(source: Source, offset: int) -> int:
    """Behind a chain of blocks of up to 255 bytes, read by the piece."""
    while True:
        piece = source.peek(offset, 65_536)
        place = 0
        while place < len(piece) and piece[place]:
            place += 1 + piece[place]
        if place < len(piece):
            return offset + place + 1
        if not piece:
            raise refused("broken", "This picture is cut off.")
        offset += place


def _bmp(source: Source) -> int:
    head = source.peek(0, 34)
    if head[:2] != b"BM" or len(head) < 26 or head[6:10] != bytes(4):
        raise refused("mismatch", "This is not a BMP picture.")
    pixels, header = int.from_bytes(head[10:14], "little"), int.from_bytes(head[14:18], "little")
    size = 2 if header == 12 else 4
    width, height = (int.from_bytes(head[at : at + size], "little", signed=size == 4) for at in (18, 18 + size))
    bits = int.from_bytes(head[20 + 2 * size :][:2], "little")
    coded = header >= 40 and int.from_bytes(head[30:34], "little") in (1, 2)
    rows = 0 if coded else (abs(width) * bits + 31) // 32 * 4 * abs(height)
    end = max(pixels + rows, int.from_bytes(head[2:6], "little"))
    if not 14 + header <= pixels <= source.size or pixels + rows > source.size:
        raise refused("broken", "This picture is damaged or cut off.")
    return min(end, source.size)


def _tiff(source: Source) -> int:
    start = source.peek(0, 8)
    if start[:4] not in (b"II*\0", b"MM\0*"):
        raise refused("mismatch", "This is not a TIFF picture.")
    order: Callable[[bytes], int] = _little if start[:1] == b"I" else _big
    directory, seen = order(start[4:8]), set[int]()
    while directory:
        if directory in seen:
            raise refused("broken", "This picture is damaged.")
        seen.add(directory)
        entries = order(source.at(directory, 2))
        directory = order(source.at(directory + 2 + 12 * entries, 4))
    if not seen:
        raise refused("broken", "This picture is damaged or cut off.")
    return source.size


def _little(number: bytes) -> int:
    return int.from_bytes(number, "little")


def _big(number: bytes) -> int:
    return int.from_bytes(number, "big")


def _webp(source: Source) -> int:
    head = source.peek(0, 12)
    if head[:4] != b"RIFF" or head[8:] != b"WEBP":
        raise refused("mismatch", "This is not a WebP picture.")
    end, offset = 8 + _little(head[4:8]), 12
    while offset < end:
        size = _little(source.at(offset + 4, 4))
        offset += 8 + size + size % 2
    if offset > source.size + 1:
        raise refused("broken", "This picture is cut off.")
    return min(offset, source.size)


def _boxes(source: Source, brands: frozenset[bytes], name: str) -> int:
    """HEIC and AVIF: boxes up to the end, the first names what it is."""
    first = source.peek(0, 512)
    length = int.from_bytes(first[:4], "big")
    told = {first[at : at + 4] for at in (8, *range(16, min(length, 512), 4))}
    if first[4:8] != b"ftyp" or not told & brands:
        raise refused("mismatch", f"This is not {name} picture.")
    offset, kinds = 0, set[bytes]()
    while offset < source.size:
        head = source.peek(offset, 16)
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:
            length = source.size - offset
        if not kind.isalnum() or length < 8:
            break
        kinds.add(kind)
        offset += length
    if offset > source.size or b"meta" not in kinds:
        raise refused("broken", "This picture is damaged or cut off.")
    return offset


_HEIC: Final = frozenset([b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"])
_AVIF: Final = frozenset([b"avif", b"avis"])
_WALKS: Final[dict[str, Callable[[Source], int]]] = {
    ".jpeg": _jpeg,
    ".png": _png,
    ".gif": _gif,
    ".bmp": _bmp,
    ".tiff": _tiff,
    ".webp": _webp,
    ".heic": lambda source: _boxes(source, _HEIC, "a HEIC"),
    ".avif": lambda source: _boxes(source, _AVIF, "an AVIF"),
}
