"""Archives that climb, bomb, lie, or are something else."""

import struct
from functools import partial
from typing import Final

from tests.uploads.corpus import documents, pictures
from tests.uploads.corpus.archives import FILES, LOG, Entry, assembled, deflated, entries, rar4, rar5, zipped
from tests.uploads.corpus.hostile.office import bomb_in
from tests.uploads.corpus.hostile.parts import EXE, damaged, of


def nested(depth: int) -> bytes:
    """An archive in an archive in an archive …"""
    data = zipped({"a.log": LOG})
    for _ in range(depth):
        data = zipped({"inner.zip": data})
    return data


def lying(size: int) -> bytes:
    """An archive whose file is larger than it says."""
    return assembled([Entry(b"a.log", b"", packed=deflated(LOG * 20), size=size, crc=0)])


def overlapping() -> bytes:
    """Many files that share their data."""
    return assembled([Entry(b"0", LOG), *(Entry(b"%d" % number, LOG, offset=0) for number in range(1, 50))])


def named(name: str) -> bytes:
    """An archive with a file of this name."""
    return assembled([Entry(name.encode(), b"a")])


CLIMBING: Final = (
    "../a.txt",
    "a/../../b.txt",
    "/etc/passwd",
    "..\\a.txt",
    "a\\..\\..\\b",
    "C:\\a.txt",
    "c:a.txt",
    "\\\\host\\a",
    "a\0.txt",
    "a\n",
    "..",
    "a/.. /b",
)


def many_files() -> bytes:
    """A directory of 20,001 lines about one file."""
    return assembled([Entry(b"0", b""), *(Entry(b"%d" % number, b"", offset=0) for number in range(1, 20_001))])


ZIP: Final = [
    *of(
        "climbs",
        ".zip",
        {f"climbs by {name!a}": partial(named, name) for name in CLIMBING},
    ),
    *of(
        "climbs",
        ".zip",
        {
            "a link to the outside": lambda: assembled([Entry(b"a/b", b"../../etc/passwd", mode=0o120777)]),
            "a link to the root": lambda: assembled([Entry(b"a", b"/etc/passwd", mode=0o120777)]),
            "a second name that climbs": lambda: assembled(
                [Entry(b"a", b"a", extra=struct.pack("<2HBL", 0x7075, 10, 1, 0) + b"../ab")]
            ),
            "climbs in an archive inside": lambda: zipped({"in.zip": assembled([Entry(b"../a", b"a")])}),
        },
    ),
    *of(
        "bomb",
        ".zip",
        {
            "zeros": lambda: bomb_in(zipped({}), b"a.log", 200),
            "zeros that are not told of": lambda: lying(100),
            "zeros in an archive inside": lambda: zipped({"in.zip": bomb_in(zipped({}), b"a", 60)}),
            "many archives deep": lambda: nested(6),
            "overlapping files": overlapping,
            "much in a packing that is not looked into": lambda: assembled(
                [Entry(b"a.log", b"", method=12, packed=bytes(6 << 20), size=1100 << 20)]
            ),
            "sizes beyond all": lambda: assembled([Entry(b"%d" % n, LOG, size=0xFFFFFFF0) for n in range(9)]),
        },
    ),
    *of(
        "disguise",
        ".zip",
        {
            "behind a note": lambda: assembled(entries(zipped(FILES))) + b"<html>",
            "a file that is not listed": lambda: assembled([Entry(b"b", EXE, listed=False), Entry(b"a", b"a")]),
            "two sizes of one file": lambda: assembled([Entry(b"a", LOG, local_size=1)]),
            "two names for one file": lambda: assembled([Entry(b"a.txt", b"a", local_name=b"a.exe")]),
            "the same name twice": lambda: assembled([Entry(b"a.txt", b"a"), Entry(b"a.txt", b"b")]),
        },
    ),
    *of(
        "mismatch",
        ".zip",
        {"behind a program": lambda: EXE + zipped(FILES), "behind a picture": lambda: pictures.jpeg() + zipped(FILES)},
    ),
    *of("mismatch", ".zip", {"a letter": documents.word, "an OpenDocument text": documents.odt}),
    *of(
        "mismatch",
        ".zip",
        {
            "a RAR": lambda: rar5(FILES),
            "7-Zip": lambda: b"7z\xbc\xaf\x27\x1c\0\4" + bytes(60),
            "gzip": lambda: b"\x1f\x8b\x08" + bytes(60),
        },
    ),
    *of(
        "active",
        ".zip",
        {"a Java program": lambda: zipped({"META-INF/MANIFEST.MF": b"Main-Class: A", "A.class": b"\xca\xfe\xba\xbe"})},
    ),
    *of(
        "active",
        ".zip",
        {"an Android program": lambda: zipped({"AndroidManifest.xml": b"\3\0", "classes.dex": b"dex\n035\0"})},
    ),
    *of(
        "broken",
        ".zip",
        {
            "cut off": lambda: zipped(FILES)[:-30],
            "damaged": lambda: damaged(zipped(FILES)),
            "only a beginning": lambda: b"PK\3\4" + bytes(90),
        },
    ),
    *of("effort", ".zip", {"too many files": many_files}),
]


RAR: Final = [
    *of(
        "climbs",
        ".rar",
        {"version 4 climbs": lambda: rar4({"../a": b"a"}), "version 5 climbs": lambda: rar5({"/etc/a": b"a"})},
    ),
    *of("climbs", ".rar", {"a link to the outside": lambda: rar5({"a": b"a"}, links={"b": "../../etc"})}),
    *of(
        "bomb",
        ".rar",
        {
            "version 4, far too large": lambda: rar4({"a": b"a"}, size=1 << 32),
            "version 4, too large": lambda: rar4({"a": b"a" * 900}, size=1 << 31),
            "version 5, too large": lambda: rar5({"a": b"a" * 900}, size=1 << 45),
        },
    ),
    *of("locked", ".rar", {"names locked": lambda: rar4({"a": b"a"}, main_flags=0x80)}),
    *of(
        "broken",
        ".rar",
        {"version 4, cut off": lambda: rar4(FILES)[:-900], "version 5, cut off": lambda: rar5(FILES)[:-900]},
    ),
    *of(
        "broken",
        ".rar",
        {
            "version 4, damaged": lambda: damaged(rar4({"long-name.log": b"x"})),
            "version 5, damaged": lambda: damaged(rar5({"a-long-name-it-is.log" * 2: b"x"})),
        },
    ),
    *of("broken", ".rar", {"only a beginning": lambda: b"Rar!\x1a\x07\x01\0" + bytes(60)}),
    *of(
        "disguise",
        ".rar",
        {"a program behind": lambda: rar5(FILES) + EXE, "an archive behind": lambda: rar4(FILES) + zipped(FILES)},
    ),
    *of(
        "mismatch",
        ".rar",
        {"an archive by another program": lambda: zipped(FILES), "behind a program": lambda: EXE + rar5(FILES)},
    ),
]
