"""What hostile files are put together from."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from tests.uploads.corpus.sample import Sample

EXE: Final = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0" + bytes(64) + b"PE\0\0" + bytes(400)
ELF: Final = b"\x7fELF\x02\x01\x01" + bytes(200)
PAGE_HTML: Final = b"<!DOCTYPE html>\n<html><body><script>alert(1)</script></body></html>\n"
SVG: Final = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>'
SHELL: Final = b"#!/bin/sh\nrm -rf ~\n"


def of(reason: str, extension: str, made: Mapping[str, Callable[[], bytes]]) -> list[Sample]:
    """Several files of one name and one fault."""
    return [Sample(title, extension, make, reason) for title, make in made.items()]


def everywhere(reason: str, data: bytes, title: str, extensions: Iterable[str]) -> list[Sample]:
    """The same bytes under several names."""
    return [Sample(title, extension, lambda: data, reason) for extension in extensions]


def damaged(file: bytes) -> bytes:
    """One byte is another."""
    place = 60
    return file[:place] + bytes([file[place] ^ 0x55]) + file[place + 1 :]
