"""What the headers of a download say: one range, one name in any script. Pure functions."""

import re
import unicodedata
from typing import Literal
from urllib.parse import quote

import msgspec

from server.errors import DeskwireError


class Span(msgspec.Struct, frozen=True):
    """A stretch of a file."""

    start: int
    length: int


class NotSatisfiable(DeskwireError):
    """The file is shorter than that."""

    code = "bad_input"
    status = 416

    def __init__(self, size: int) -> None:
        super().__init__(f"This file has {size} bytes.")
        self.size = size


def wanted(header: str | None, if_range: str | None, etag: str, size: int) -> Span | None:
    """The one range that is asked for; None for the whole file. Raises NotSatisfiable.

    Several ranges, other units and what cannot be read are answered with the whole file, as RFC 9110 allows, and so is
    a range of a file that has changed since (If-Range; a date says nothing here).
    """
    found = re.fullmatch(r"bytes=([0-9]{0,18})-([0-9]{0,18})", (header or "").strip())
    if found is None or found[0] == "bytes=-" or (if_range is not None and if_range.strip() != etag):
        return None
    first, last = found[1], found[2]
    if not first:
        length = min(int(last), size)
        start, end = size - length, size
    else:
        start, end = int(first), min(int(last) + 1 if last else size, size)
        if last and int(last) < start:
            return None
    if start >= size or start == end:
        raise NotSatisfiable(size)
    return Span(start, end - start)


def matches(header: str | None, etag: str) -> bool:
    """Whether If-None-Match names what we have."""
    if header is None:
        return False
    return header.strip() == "*" or etag in [tag.strip().removeprefix("W/") for tag in header.split(",")]


def disposition(kind: Literal["attachment", "inline"], name: str) -> str:
    """RFC 6266: the name in UTF-8, and one in ASCII for who cannot read that."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r'[^ -~]|["\\%;]', "_", ascii_name).strip()
    stem = plain.rpartition(".")[0] if "." in plain else plain
    if not re.search(r"[A-Za-z0-9]", stem):  # nothing of a name in another script was left
        plain = f"file{plain[plain.rfind('.') :] if '.' in plain else ''}"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
