"""PDFs that act by themselves, that are something else too, or are no longer whole."""

import zlib
from typing import Final

from tests.uploads.corpus import documents
from tests.uploads.corpus.archives import LOG, zipped
from tests.uploads.corpus.documents import PAGE, PAGES, built_pdf
from tests.uploads.corpus.hostile.parts import EXE, PAGE_HTML, of


def _script_pdf(action: bytes, *more: bytes) -> bytes:
    return built_pdf(b"<</Type /Catalog /Pages 2 0 R " + action + b">>", PAGES, PAGE, *more)


SCRIPT: Final = b"<</S /JavaScript /JS (app.alert(1))>>"


def hidden_in_stream(action: bytes) -> bytes:
    """A PDF whose object 5 stands in a stream of objects, packed."""
    packed = zlib.compress(b"5 0 " + action)
    head = b"<</Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d>>\nstream\n" % len(packed)
    return _script_pdf(b"/OpenAction 5 0 R", head + packed + b"\nendstream")


PDF: Final = [
    *of(
        "active",
        ".pdf",
        {
            "starts a program": lambda: _script_pdf(b"/OpenAction <</S /Launch /F (cmd.exe)>>"),
            "starts a program, spelled oddly": lambda: _script_pdf(b"/OpenAction <</S/L#61unch /F (cmd.exe)>>"),
            "a script on opening": lambda: _script_pdf(b"/OpenAction " + SCRIPT),
            "a script in an object": lambda: _script_pdf(b"/OpenAction 4 0 R", SCRIPT),
            "a script in a packed object": lambda: hidden_in_stream(SCRIPT),
            "a program in a packed object": lambda: hidden_in_stream(b"<</S /Launch /F (a.exe)>>"),
        },
    ),
    *of(
        "disguise",
        ".pdf",
        {
            "a page in front": lambda: built_pdf(b"<<>>", lead=PAGE_HTML),
            "a page in a comment in front": lambda: built_pdf(b"<<>>", lead=b"%\n%<script>alert(1)</script>\n"),
            "a picture in front": lambda: b"GIF89a" + bytes(20) + documents.pdf(),
            "a program in front": lambda: b"MZ" + bytes(60) + documents.pdf(),
            "a page behind": lambda: documents.pdf() + PAGE_HTML,
            "a program behind": lambda: documents.pdf() + EXE,
            "an archive behind": lambda: documents.pdf() + zipped({"a": b"b"}),
            "an archive behind zeros": lambda: documents.pdf() + bytes(100) + zipped({"a": b"b"}),
        },
    ),
    *of(
        "broken",
        ".pdf",
        {
            "cut off": lambda: documents.pdf()[:-200],
            "only a header": lambda: b"%PDF-1.7\n" + bytes(500),
            "a header and an end": lambda: b"%PDF-1.7\n" + LOG + b"\nstartxref\n20\n%%EOF",
            "the table is elsewhere": lambda: documents.pdf() + b"\nstartxref\n99999999\n%%EOF",
        },
    ),
]
