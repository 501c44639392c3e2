"""Texts: .txt, .log, .cfg in UTF-8, UTF-16 and the single-byte encodings.

A text has no control bytes, and does not begin as a page, a script or another kind of file does. What stands in the
middle counts for nothing: a log may quote a page.
"""

import codecs
import re
from collections.abc import Iterator
from typing import Final

from server.uploads.source import Source, refused

HEAD: Final = 65_536
"""Characters in which a beginning must show itself."""
_OVERLAP: Final = 24
_CONTROLS: Final = r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]|\x1b(?!\[[0-9;?]{0,16}[A-Za-z])"
"""Coloured logs have escape sequences (CSI); those that ask more of a terminal are refused."""
_CONTROL_BYTES: Final = re.compile(_CONTROLS.encode())
_CONTROL_CHARS: Final = re.compile(_CONTROLS + "|[\ufffe\uffff]")
_PROLOG: Final = re.compile(
    r"(?>[\s\ufeff\0]|<!--.*?-->|<\?xml\b.*?\?>|<\?xml-stylesheet\b.*?\?>|<!doctype\s(?!\s*(?:html|svg|math))[^<>\[]*>)*+",
    re.IGNORECASE | re.DOTALL,
)
"""What may stand before the first word or tag."""
_PAGE: Final = re.compile(
    r"<(?:[a-z0-9]+:)?(?:html|head|body|script|svg|math|iframe|frameset|object|embed|style|title|meta|link|base|form|"
    r"table|div|font|center|img|video|audio|input|h1|a|b|br|p|job|package|scriptlet|component|stylesheet|application)"
    r"[\s/>]|<!doctype|<!--|<\?php|<\?=|<%",
    re.IGNORECASE,
)
"""The list by which browsers take something for a page (WHATWG MIME sniffing), and what else is drawn or run."""
_SCRIPT: Final = re.compile(
    r"#!\s*/|(?:(?:@?rem\b|::)[^\n]*\n\s*)*@?echo\s+off\b|#requires\s+-|<#PSScriptInfo|option\s+explicit\b|"
    r"on\s+error\s+resume\s+next\b|(?:dim\b[^\n]*\n\s*)?(?:set|var|let|const)\s+\w+\s*=\s*(?:new\s+)?(?:wscript\.)?"
    r"(?:createobject|activexobject)\b|\[InternetShortcut\]|\[Desktop Entry\]",
    re.IGNORECASE,
)
_OTHER: Final = re.compile(r"%PDF-|%!PS|\{\\rtf|Rar!|PK\x03\x04|GIF8[79]a")


def examine(source: Source) -> None:
    """Raises FileRefused for what is no plain text."""
    encoding = _utf16(source.peek(0, 4096))
    _check_beginning(_beginning(source, encoding or "utf-8"))
    if encoding:
        _check_chars(source, encoding)
    else:
        _check_bytes(source)


def _utf16(start: bytes) -> str | None:
    """The encoding when it is UTF-16: by its mark, or because it reads well as such."""
    if start.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if start.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    if 0 in start:
        for encoding in ("utf-16-le", "utf-16-be"):
            chars = start[: len(start) & ~1].decode(encoding, "replace")
            if sum(map(_is_usual, chars)) >= 0.95 * len(chars):
                return encoding
    return None


def _is_usual(char: str) -> bool:
    """Letters of the alphabets from Latin to Cyrillic, punctuation, line ends."""
    return " " <= char < "\u0530" or "\u2010" <= char <= "\u20bf" or char in "\t\r\n"


def _beginning(source: Source, encoding: str) -> str:
    """The first characters that are not blank."""
    blank = b" \t\r\n\f\v\0\xef\xbb\xbf\xfe\xff"
    for _, piece in source.chunks():
        if piece.strip(blank):
            text = piece.decode(encoding, "replace")
            return text[: 2 * HEAD].lstrip("\ufeff\0 \t\r\n\f\v")[:HEAD]
    return ""


def _check_beginning(text: str) -> None:
    if _OTHER.match(text):
        raise refused("mismatch", "This is not a plain text, but another kind of file.")
    first = _PROLOG.match(text)
    after = text[first.end() :] if first else text
    if _PAGE.match(after) or _SCRIPT.match(after):
        raise refused("active", "This is not a plain text: it begins as a page or a script does.")


def _check_bytes(source: Source) -> None:
    for start, piece in source.chunks(overlap=_OVERLAP):
        last = start + len(piece) >= source.size
        for found in _CONTROL_BYTES.finditer(piece):
            ends_dos_file = start + found.start() == source.size - 1 and found[0] == b"\x1a"
            if not ends_dos_file and (last or found.start() < len(piece) - _OVERLAP):
                raise refused("binary", "This is not a plain text: it has bytes that no text has.")


def _check_chars(source: Source, encoding: str) -> None:
    carried = ""
    for text, last in _decoded(source, encoding):
        piece = carried + text
        found = _CONTROL_CHARS.search(piece, 0, len(piece))
        while found:
            if last or found.start() < len(piece) - _OVERLAP:
                raise refused("binary", "This is not a plain text: it has characters that no text has.")
            found = _CONTROL_CHARS.search(piece, found.end())
        carried = piece[-_OVERLAP:]


def _decoded(source: Source, encoding: str) -> Iterator[tuple[str, bool]]:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    for start, piece in source.chunks():
        last = start + len(piece) >= source.size
        try:
            yield decoder.decode(piece, final=last), last
        except UnicodeDecodeError:
            raise refused("broken", "This text is damaged or cut off.") from None
