"""Documents with macros, with passwords, of other types, damaged, and such as programs disagree on."""

import struct
from typing import Final

from tests.uploads.corpus import compound, documents
from tests.uploads.corpus.archives import Entry, assembled, entries, zeros, zipped
from tests.uploads.corpus.documents import ODT, TYPES, changed
from tests.uploads.corpus.hostile.parts import EXE, PAGE_HTML, of

MACROS: Final = {"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}
_WITH_MACROS: Final = b"application/vnd.ms-word.document.macroEnabled.main+xml"
_MAIN: Final = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def macro_document() -> bytes:
    """A .docm, whole."""
    return changed(documents.word(), {TYPES: lambda part: part.replace(_MAIN, _WITH_MACROS)}, MACROS)


def retyped(old: bytes, new: bytes) -> bytes:
    """The letter, with another type of its main part."""
    return changed(documents.word(), {TYPES: lambda part: part.replace(old, new)})


LAUGHS: Final = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)


def with_second_main(relations: bytes) -> bytes:
    """The relationships, with two parts called the document."""
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    more = b'<Relationship Id="x" Type="%s" Target="b.xml"/></Relationships>' % kind
    return relations.replace(b"</Relationships>", more)


def archive_of(package: bytes) -> dict[str, bytes]:
    """Names and data."""
    return {entry.name.decode(): entry.data for entry in entries(package)}


def without(package: bytes, name: str) -> bytes:
    """The package, less one part."""
    return zipped({key: data for key, data in archive_of(package).items() if key != name})


def twice(package: bytes, name: str) -> bytes:
    """The package with one part in two versions: programs disagree which one counts."""
    return assembled([*entries(package), Entry(name.encode(), b"<Types/>")])


def locked_odt() -> bytes:
    """An OpenDocument text with a password."""
    return changed(
        documents.odt(),
        {"META-INF/manifest.xml": lambda part: part.replace(b"/></m:", b"><m:encryption-data/></m:file-entry></m:")},
    )


def bomb_in(package: bytes, name: bytes, mebibytes: int) -> bytes:
    """The package with a part of zeros."""
    packed, crc = zeros(mebibytes)
    return assembled([*entries(package), Entry(name, b"", packed=packed, size=mebibytes << 20, crc=crc)])


def ring() -> bytes:
    """A directory that goes in circles."""
    whole = bytearray(compound.doc())
    directory = struct.unpack_from("<L", whole, 48)[0]
    table = struct.unpack_from("<L", whole, 76)[0]
    struct.pack_into("<L", whole, (table + 1) * 512 + directory * 4, directory)
    return bytes(whole)


OFFICE: Final = [
    *of(
        "macros",
        ".docx",
        {
            "a .docm": macro_document,
            "macros, not told of": lambda: changed(documents.word(), {}, MACROS),
            "macros elsewhere": lambda: changed(documents.word(), {}, {"Word/VBAPROJECT.BIN": b"\xd0\xcf"}),
            "the type of a .docm": lambda: retyped(_MAIN, _WITH_MACROS),
        },
    ),
    *of(
        "macros",
        ".xlsx",
        {"a sheet of macros": lambda: changed(documents.sheet(), {}, {"xl/macrosheets/a.xml": b"<a/>"})},
    ),
    *of("macros", ".odt", {"Basic": lambda: documents.odt(Basic__Standard__Module1=b"<x/>")}),
    *of("macros", ".odt", {"Python": lambda: documents.odt(Scripts__python__a=b"import os")}),
    *of("locked", ".odt", {"a password": locked_odt}),
    *of(
        "mismatch",
        ".docx",
        {
            "a template": lambda: retyped(b"document.main+xml", b"template.main+xml"),
            "no main part": lambda: changed(
                documents.word(), {"_rels/.rels": lambda part: part.replace(b'/officeDocument"', b'/other"')}
            ),
            "two main parts": lambda: changed(documents.word(), {"_rels/.rels": with_second_main}),
            "a program as main part": lambda: changed(documents.word(), {"word/document.xml": lambda _: EXE}),
            "only the list of parts": lambda: zipped({TYPES: archive_of(documents.word())[TYPES]}),
        },
    ),
    *of("broken", ".docx", {"the main part is missing": lambda: without(documents.word(), "word/document.xml")}),
    *of(
        "broken",
        ".docx",
        {"half the list of parts": lambda: changed(documents.word(), {TYPES: lambda part: part[:-40]})},
    ),
    *of(
        "active",
        ".docx",
        {"entities": lambda: changed(documents.word(), {TYPES: lambda part: LAUGHS + part.partition(b"?>")[2]})},
    ),
    *of(
        "locked",
        ".docx",
        {"a password": lambda: compound.Writer().file({"EncryptionInfo": bytes(200), "EncryptedPackage": bytes(9000)})},
    ),
    *of(
        "locked",
        ".docx",
        {"a locked part": lambda: assembled([*entries(documents.word()), Entry(b"word/a.xml", b"a", flags=1)])},
    ),
    *of("disguise", ".docx", {"two lists of parts": lambda: twice(documents.word(), TYPES)}),
    *of(
        "mismatch", ".odt", {"another type": lambda: documents.odt(b"application/vnd.oasis.opendocument.text-template")}
    ),
    *of("mismatch", ".odt", {"mimetype not first": lambda: zipped({"content.xml": b"<a/>", "mimetype": ODT})}),
    *of("bomb", ".xlsx", {"a bomb": lambda: bomb_in(documents.sheet(), b"xl/worksheets/sheet2.xml", 60)}),
    *of("macros", ".doc", {"macros": lambda: compound.doc(Macros__VBA__dir=bytes(600))}),
    *of("macros", ".xls", {"macros": lambda: compound.xls(_VBA_PROJECT_CUR__VBA___VBA_PROJECT=bytes(60))}),
    *of("macros", ".xls", {"Excel 4 macros": lambda: compound.xls(compound.workbook(1).ljust(8192, b"\0"))}),
    *of("macros", ".xls", {"Excel 4 macros behind styles": lambda: compound.xls(compound.workbook(1, fonts=9000))}),
    *of("locked", ".xls", {"a password": lambda: compound.xls(compound.workbook(locked=True).ljust(8192, b"\0"))}),
    *of("locked", ".doc", {"a password": lambda: compound.Writer().file({"EncryptedPackage": bytes(9000)})}),
    *of("macros", ".ppt", {"macros": lambda: compound.ppt(macros=1)}),
    *of(
        "mismatch",
        ".doc",
        {
            "RTF": lambda: b"{\\rtf1 hello}",
            "a workbook": compound.xls,
            "nothing in it": lambda: compound.Writer().file({}),
        },
    ),
    *of(
        "mismatch",
        ".xls",
        {
            "a page": lambda: PAGE_HTML,
            "a letter": compound.doc,
            "an installer": lambda: compound.Writer().file({"\u4840\u3f3f": bytes(9000)}),
        },
    ),
    *of(
        "broken",
        ".doc",
        {
            "cut off": lambda: compound.doc()[:3000],
            "a wrong stream": lambda: compound.Writer().file({"WordDocument": bytes(9000)}),
        },
    ),
    *of("broken", ".doc", {"a ring": ring}),
]
