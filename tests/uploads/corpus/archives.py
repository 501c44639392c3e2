"""ZIP and RAR archives: what zipfile writes, what others write differently, and what nobody honest writes."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any, Final

from tests.uploads.corpus.sample import Sample

LOG: Final = b"".join(b"2026-03-04 05:06:%02d host app[%d]: message %d\r\n" % (n % 60, n * 7, n) for n in range(3000))


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    """An archive by zipfile."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as file:
        file.comment = comment
        for name, data in files.items():
            file.writestr(name, data)
    return out.getvalue()


def contents(archive: bytes) -> dict[str, bytes]:
    """What is in an archive."""
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        return {name: file.read(name) for name in file.namelist()}


class _Stream(io.RawIOBase):
    """A file that cannot go back, so that zipfile has to write sizes behind the data."""

    def __init__(self) -> None:
        self.data = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.data += data
        return len(data)


def streamed(archive: bytes) -> bytes:
    """The same with data descriptors, as servers write it."""
    out = _Stream()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:  # it only writes
        for name, data in contents(archive).items():
            file.writestr(name, data)
    return bytes(out.data)


def with_zip64(archive: bytes) -> bytes:
    """The same with the fields for large files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in contents(archive).items():
            with file.open(name, "w", force_zip64=True) as part:
                part.write(data)
    return out.getvalue()


def with_room(archive: bytes) -> bytes:
    """The same with Microsoft's padding (extra field A220) in the first local header and its flags."""
    first, *rest = entries(archive)
    room = struct.pack("<3H", 0xA220, 528, 0x14A0) + bytes(526)
    return assembled([Entry(first.name, first.data, flags=6, local_extra=room), *rest])


class Entry:
    """A file in an archive that is put together by hand, with all that can be said wrongly."""

    def __init__(self, name: bytes, data: bytes, **told: Any) -> None:
        self.name, self.data = name, data
        self.method: int = told.get("method", 8)
        self.packed: bytes = told.get("packed", deflated(data) if self.method == 8 else data)
        self.size: int = told.get("size", len(data))
        self.crc: int = told.get("crc", zlib.crc32(data))
        self.flags: int = told.get("flags", 0)
        self.local_name: bytes = told.get("local_name", name)
        self.local_extra: bytes = told.get("local_extra", b"")
        self.extra: bytes = told.get("extra", b"")
        self.mode: int = told.get("mode", 0o100644)
        self.offset: int | None = told.get("offset")
        self.listed: bool = told.get("listed", True)
        self.local_size: int = told.get("local_size", self.size)


def deflated(data: bytes) -> bytes:
    """As it stands in an archive."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def entries(archive: bytes) -> list[Entry]:
    """The files of an archive, to be changed."""
    return [Entry(name.encode(), data) for name, data in contents(archive).items()]


def assembled(files: list[Entry], comment: bytes = b"", gap: bytes = b"") -> bytes:
    """An archive of these entries. An entry with an offset of its own has no data of its own."""
    out, directory = bytearray(), bytearray()
    for file in files:
        offset = len(out) if file.offset is None else file.offset
        numbers = (file.flags, file.method, 0, 0x5A21, file.crc, len(file.packed), file.size)
        if file.offset is None:
            out += struct.pack(
                "<4s5H3L2H", b"PK\3\4", 20, *numbers[:-1], file.local_size, len(file.local_name), len(file.local_extra)
            )
            out += file.local_name + file.local_extra + file.packed
        if not file.listed:
            continue
        directory += struct.pack("<4s6H3L", b"PK\1\2", 0x314, 20, *numbers)
        directory += struct.pack("<5H2L", len(file.name), len(file.extra), 0, 0, 0, file.mode << 16, offset)
        directory += file.name + file.extra
    count, place = len([file for file in files if file.listed]), len(out) + len(gap)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory), place, len(comment))
    return bytes(out + gap + directory + end) + comment


def zeros(mebibytes: int) -> tuple[bytes, int]:
    """(zeros packed by deflate, their checksum), without holding them all."""
    packer, piece, crc, out = zlib.compressobj(9, zlib.DEFLATED, -15), bytes(1_048_576), 0, b""
    for _ in range(mebibytes):
        out += packer.compress(piece)
        crc = zlib.crc32(piece, crc)
    return out + packer.flush(), crc


# --- RAR -----------------------------------------------------------------------------------------------------------


def rar4(files: Mapping[str, bytes], *, main_flags: int = 0, size: int | None = None, end: bool = True) -> bytes:
    """A stored archive of versions 2.9 to 4."""
    out = bytearray(b"Rar!\x1a\x07\x00" + _block4(0x73, main_flags, bytes(6)))
    for name, data in files.items():
        raw = name.encode("ascii", "replace")
        flags, known = 0x8000, raw
        if not name.isascii():  # both names: plain, zero, UTF-16 with a packing of its own
            flags, known = 0x8200, raw + b"\0" + _packed_name4(name)
        whole = len(data) if size is None else size
        told = struct.pack("<LLBL", len(data), whole & 0xFFFFFFFF, 3, zlib.crc32(data))
        told += struct.pack("<LBBHL", 0x5A210000, 29, 0x30, len(known), 0o100644)
        if whole > 0xFFFFFFFF:
            flags, told = flags | 0x100, told + struct.pack("<2L", 0, whole >> 32)
        out += _block4(0x74, flags, told + known) + data
    return bytes(out) + (_block4(0x7B, 0x4000, b"") if end else b"")


def _block4(kind: int, flags: int, fields: bytes) -> bytes:
    rest = struct.pack("<BHH", kind, flags, 7 + len(fields)) + fields
    return struct.pack("<H", zlib.crc32(rest) & 0xFFFF) + rest


def _packed_name4(name: str) -> bytes:
    """Each character as two bytes (operation 2 of the packing), four of them behind one byte of operations."""
    out = bytearray(b"\0")
    chars = [struct.pack("<H", ord(char)) for char in name]
    for start in range(0, len(chars), 4):
        group = chars[start : start + 4]
        out.append(sum(2 << (6 - 2 * place) for place in range(len(group))))
        out += b"".join(group)
    return bytes(out)


def rar5(files: Mapping[str, bytes], *, size: int | None = None, links: Mapping[str, str] | None = None) -> bytes:
    """A stored archive of version 5."""
    out = bytearray(b"Rar!\x1a\x07\x01\x00" + _block5(1, b"\0"))
    for name, data in files.items():
        out += _file5(name, data, len(data) if size is None else size)
    for name, target in (links or {}).items():
        raw = target.encode()
        record = b"\x05" + b"\x01" + b"\0" + number(len(raw)) + raw
        out += _file5(name, b"", 0, number(len(record)) + record)
    return bytes(out + _block5(5, b"\0"))


def _file5(name: str, data: bytes, size: int, extra: bytes = b"") -> bytes:
    raw = name.encode()
    told = number(4) + number(size) + number(0o100644) + struct.pack("<L", zlib.crc32(data))
    return _block5(2, told + number(0) + number(1) + number(len(raw)) + raw, data, extra)


def _block5(kind: int, fields: bytes, data: bytes = b"", extra: bytes = b"") -> bytes:
    flags = (1 if extra else 0) | (2 if kind == 2 else 0)
    sizes = (number(len(extra)) if extra else b"") + (number(len(data)) if kind == 2 else b"")
    body = number(kind) + number(flags) + sizes + fields + extra
    rest = number(len(body)) + body
    return struct.pack("<L", zlib.crc32(rest)) + rest + data


def number(value: int) -> bytes:
    """Seven bits a byte."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


FILES: Final = {"logs/app.log": LOG, "logs/снимок.png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "empty.txt": b""}

ARCHIVES: Final = [
    Sample("zipfile", ".zip", lambda: zipped(FILES)),
    Sample("stored", ".zip", lambda: zipped(FILES, zipfile.ZIP_STORED)),
    Sample("bzip2", ".zip", lambda: zipped(FILES, zipfile.ZIP_BZIP2)),
    Sample("LZMA", ".zip", lambda: zipped(FILES, zipfile.ZIP_LZMA)),
    Sample("nothing in it", ".zip", lambda: zipped({})),
    Sample("with a comment", ".zip", lambda: zipped(FILES, comment=b"made by hand")),
    Sample("written as a stream", ".zip", lambda: streamed(zipped(FILES))),
    Sample("ZIP64", ".zip", lambda: with_zip64(zipped(FILES))),
    Sample("folders and a program", ".zip", lambda: zipped({"a/": b"", "a/setup.exe": b"MZ" + bytes(500)})),
    Sample("an archive and a letter in it", ".zip", lambda: zipped({"old.zip": zipped(FILES), "a.txt": b"a"})),
    Sample("with a password", ".zip", lambda: assembled([Entry(b"a.log", LOG, flags=1, packed=bytes(12) + LOG)])),
    Sample("a link inside", ".zip", lambda: assembled([Entry(b"a/current", b"app.log", mode=0o120777)])),
    Sample(
        "names by Windows", ".zip", lambda: assembled([Entry(b"logs\\a.log", LOG), Entry(b"logs\\b\\..c.txt", b"c")])
    ),
    Sample("logs that repeat", ".zip", lambda: zipped({"a.log": LOG * 60})),
    Sample("version 4", ".rar", lambda: rar4(FILES)),
    Sample("version 4 without an end", ".rar", lambda: rar4({"a.log": LOG}, end=False)),
    Sample("version 5", ".rar", lambda: rar5(FILES)),
    Sample("version 5, a link inside", ".rar", lambda: rar5({"a.log": LOG}, links={"b.log": "a.log"})),
    Sample("version 5, nothing in it", ".rar", lambda: rar5({})),
]
