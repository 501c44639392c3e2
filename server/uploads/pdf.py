"""PDF: a header, an end that leads to the table of objects, and no second file before or behind them.

A PDF is served as an attachment and opened by the reader's own program. Refused is what does something by itself:
``/Launch`` actions (they start programs) and scripts that run on opening. Scripts of form fields, which calculate
sums, and attached files, which invoices carry, are let through. A PDF with a password is not looked into.
"""

import re
import zlib
from collections.abc import Iterator
from typing import Final

from server.uploads import picture, zip_directory
from server.uploads.source import Source, refused

LEAD: Final = 1024
"""Readers look for the header in so many bytes; printers' drivers and mail programs put lines before it."""
TAIL: Final = 2048
INFLATED: Final = 1_048_576
"""Bytes of one stream of objects that are looked at; producers put 100 or 200 objects into one."""
OBJECTS: Final = 5_000
_OVERLAP: Final = 2048
_MARKUP: Final = (b"<html", b"<script", b"<svg", b"<!doctype", b"<iframe", b"<body", b"<?php", b"<%")
_LEAD_FOREIGN: Final = re.compile(rb"GIF8|\xff\xd8\xff|\x89PNG|BM|II\*\0|MM\0\*|RIFF|\0\0\0.ftyp|/\*", re.DOTALL)
_LEADS: Final = re.compile(rb"\s*(?:xref\b|\d+\s+\d+\s+obj\b)")
_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_LAUNCHES: Final = re.compile(rb"/S\s*/Launch\b")
_ON_OPENING: Final = re.compile(rb"/OpenAction\s*(?:(\d+)\s+\d+\s+R\b|<<(.{0,512}))", re.DOTALL)
_SCRIPT: Final = re.compile(rb"/S\s*/JavaScript\b|/JS\b")
_OBJECT: Final = re.compile(rb"(?<!\d)(\d{1,9})\s{1,8}\d{1,5}\s{1,8}obj\b")
_OBJECT_STREAM: Final = re.compile(rb"/Type\s*/ObjStm\b.{0,512}?stream\r?\n", re.DOTALL)


def examine(source: Source) -> None:
    """Raises FileRefused for what is no PDF as a whole, is something else too, or acts by itself."""
    header = source.peek(0, LEAD + 5).find(b"%PDF-")
    if header < 0:
        raise refused("mismatch", "This is not a PDF.")
    end = _check_end(source, header)
    lead = source.peek(0, header)
    if _LEAD_FOREIGN.match(lead) or picture.begins_foreign(lead) or any(mark in lead.lower() for mark in _MARKUP):
        raise refused("disguise", "There is something else in front of this PDF.")
    picture.check_behind(source, end)
    if source.contains(*_MARKUP, start=end) or zip_directory.ends_as_one(source):
        raise refused("disguise", "There is something else behind this PDF.")
    _check_actions(source)


def _check_end(source: Source, header: int) -> int:
    """Where the last end mark is over; what it refers to must be a table of objects."""
    start = max(0, source.size - TAIL)
    tail = source.peek(start, TAIL)
    ends = list(re.finditer(rb"startxref\s+(\d{1,12})\s+%%EOF\s*", tail))
    if not ends:
        raise refused("broken", "This PDF is damaged or cut off.")
    table = int(ends[-1][1])
    if not any(_LEADS.match(source.peek(place, 64)) for place in (table, table + header) if place < source.size):
        raise refused("broken", "This PDF is damaged.")
    return start + ends[-1].end()


def _check_actions(source: Source) -> None:
    opened = set[bytes]()
    for piece in _texts(source):
        if _LAUNCHES.search(piece):
            raise refused("active", "This PDF starts a program.")
        for found in _ON_OPENING.finditer(piece):
            if found[2] is not None and _SCRIPT.search(found[2]):
                raise refused("active", "This PDF runs a script when it is opened.")
            if found[1] is not None:
                opened.add(found[1])
    if opened:
        _check_opened(source, opened)


def _check_opened(source: Source, numbers: set[bytes]) -> None:
    """The same once more for actions that stand in objects of their own."""
    for piece in _texts(source):
        for found in _OBJECT.finditer(piece):
            text = piece[found.end() : found.end() + 512].partition(b"endobj")[0]
            if found[1] in numbers and _SCRIPT.search(text):
                raise refused("active", "This PDF runs a script when it is opened.")


def _texts(source: Source) -> Iterator[bytes]:
    """The file in pieces, names without their escapes, and what its streams of objects unpack to.

    A find that spans two pieces is in the second one, too: they overlap.
    """
    for start, piece in source.chunks(overlap=_OVERLAP):
        yield _plain(piece)
        for found in _OBJECT_STREAM.finditer(piece):
            if found.end() >= _OVERLAP or start == 0:
                head = piece[max(0, found.start() - 512) : found.end()]
                yield _objects(head, _inflated(source, start + found.end()))


def _plain(piece: bytes) -> bytes:
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), piece) if b"#" in piece else piece


def _inflated(source: Source, start: int) -> bytes:
    """The beginning of a packed stream, as far as it is one."""
    inflater, out = zlib.decompressobj(), b""
    for _, packed in source.chunks(start):
        try:
            out += inflater.decompress(packed, INFLATED - len(out))
        except zlib.error:
            break
        if inflater.eof or len(out) >= INFLATED:
            break
    source.budget.step(len(out) >> 8)
    return out


def _objects(head: bytes, text: bytes) -> bytes:
    """The objects of such a stream as they would stand in the file: ``12 0 obj … endobj``."""
    first = re.findall(rb"/First\s+(\d{1,9})", head)
    begin = int(first[-1]) if first else 0
    words = text[:begin].split()[: 2 * OBJECTS]
    if not words or not all(word.isdigit() and len(word) < 10 for word in words):
        return _plain(text)
    places = [begin + int(place) for place in words[1::2]]
    ends = [*places[1:], len(text)]
    parts = (
        b"%s 0 obj %s endobj" % (number, text[place:end])
        for number, place, end in zip(words[0::2], places, ends, strict=False)
    )
    return _plain(b"\n".join(parts))
