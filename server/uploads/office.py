"""Documents in ZIP archives: Office files since 2007 (OOXML) and OpenDocument texts.

What a file is stands in its parts, not in its first bytes: ``[Content_Types].xml`` names the type of the main part,
and the relationships name which part that is. Programs disagree on files whose parts are told twice, so those are
refused by ``archive``.
"""

from typing import Any, Final
from xml.parsers import expat

from server.uploads import archive
from server.uploads.source import Source, refused
from server.uploads.zip_directory import Entry

PART: Final = 4 * 1_048_576
"""Largest list of parts or relationships that is read."""
TYPES_PART: Final = "[Content_Types].xml"
_OPEN: Final = "application/vnd.openxmlformats-officedocument."
_SHOWS: Final = (
    _OPEN + "presentationml.presentation.main+xml",
    _OPEN + "presentationml.slideshow.main+xml",
)
"""The two differ in how they are opened; people make one of the other by giving it the other name."""
_MAIN: Final = {
    ".docx": (_OPEN + "wordprocessingml.document.main+xml",),
    ".xlsx": (_OPEN + "spreadsheetml.sheet.main+xml",),
    ".pptx": _SHOWS,
    ".ppsx": _SHOWS,
}
ODT: Final = b"application/vnd.oasis.opendocument.text"

Attributes = dict[str, str]


def examine(source: Source, extension: str) -> None:
    """Raises FileRefused for what is no such document, has macros, or unpacks to too much."""
    if source.peek(0, 8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise refused("locked", "This is an older file under a new name, or one that is locked by a password.")
    entries = archive.walk(source)
    parts = {entry.name.lower(): entry for entry in entries}
    if len(parts) != len(entries) or not all(entry.readable for entry in entries):
        raise refused("locked", "This file cannot be looked at as a whole.")
    if extension == ".odt":
        _check_text(source, entries, parts)
    else:
        _check_open(source, parts, _MAIN[extension])
    archive.check_content(source, entries)


def _check_open(source: Source, parts: dict[str, Entry], expected: tuple[str, ...]) -> None:
    if TYPES_PART.lower() not in parts or "_rels/.rels" not in parts:
        raise refused("mismatch", "This is not an Office file.")
    types = _elements(source, parts[TYPES_PART.lower()])
    told = {a.get("PartName", "").lower(): a.get("ContentType", "") for kind, a in types if kind == "Override"}
    defaults = {a.get("Extension", "").lower(): a.get("ContentType", "") for kind, a in types if kind == "Default"}
    if any("macro" in kind.lower() or "vbaproject" in kind.lower() for kind in told.values()) or any(
        _is_macro(name) for name in parts
    ):
        raise refused("macros", "This file has macros. Save it without them.")
    main = _main_part(source, parts)
    if told.get(f"/{main}", defaults.get(main.rpartition(".")[2])) not in expected:
        raise refused("mismatch", "This file is of another type than its name says.")


def _is_macro(part: str) -> bool:
    return part.endswith(("vbaproject.bin", "vbadata.xml")) or "/macrosheets/" in part


def _main_part(source: Source, parts: dict[str, Entry]) -> str:
    """The one that the package's relationships call the document, and that is there and is XML."""
    relations = _elements(source, parts["_rels/.rels"])
    mains = [a for kind, a in relations if kind == "Relationship" and a.get("Type", "").endswith("/officeDocument")]
    if len(mains) != 1 or mains[0].get("TargetMode") == "External":
        raise refused("mismatch", "This file has no main part, or several.")
    main = mains[0].get("Target", "").lstrip("/").lower()
    if main not in parts:
        raise refused("broken", "The main part of this file is missing.")
    start = next(archive.unpack(source, parts[main]), b"")[:64].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if not start.startswith(b"<"):
        raise refused("mismatch", "The main part of this file is not what it should be.")
    return main


def _check_text(source: Source, entries: list[Entry], parts: dict[str, Entry]) -> None:
    first = entries[0] if entries else None
    if first is None or first.name != "mimetype" or archive.read(source, first, 256).strip() != ODT:
        raise refused("mismatch", "This is not an OpenDocument text.")
    if "content.xml" not in parts or "meta-inf/manifest.xml" not in parts:
        raise refused("broken", "This document is not whole.")
    if any(name.startswith(("basic/", "scripts/")) for name in parts):
        raise refused("macros", "This file has macros. Save it without them.")
    if any(kind == "encryption-data" for kind, _ in _elements(source, parts["meta-inf/manifest.xml"])):
        raise refused("locked", "This document is locked by a password and cannot be checked.")


def _elements(source: Source, part: Entry) -> list[tuple[str, Attributes]]:
    """Names, without their name space, and attributes of all elements. No entities, no document type."""
    found = list[tuple[str, Attributes]]()

    def start(name: str, attributes: Any) -> None:
        source.budget.step()
        found.append((name.rpartition(" ")[2], attributes))

    def doctype(*_: Any) -> None:
        raise refused("active", "A part of this file declares more than it may.")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(archive.read(source, part, PART), True)
    except expat.ExpatError:
        raise refused("broken", "A part of this file is damaged.") from None
    return found
