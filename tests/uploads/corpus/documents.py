"""Documents from the libraries with which programs write them, and variants as Microsoft's own programs make them."""

import io
import zipfile
from collections.abc import Callable
from typing import Final

import docx
import openpyxl
import pptx
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from tests.uploads.corpus import archives, pictures
from tests.uploads.corpus.sample import Sample

TYPES: Final = "[Content_Types].xml"
ODT: Final = b"application/vnd.oasis.opendocument.text"
SLIDES: Final = b"presentationml.presentation.main+xml"
SHOW: Final = b"presentationml.slideshow.main+xml"


def word() -> bytes:
    """A letter with a picture in it."""
    document = docx.Document()
    document.add_heading("Schermafdruk", 0)
    document.add_paragraph("Добрый день, прилагаю снимок экрана.")
    document.add_picture(io.BytesIO(pictures.jpeg()))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def sheet() -> bytes:
    """A table of some size: it packs very well, and is no bomb."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in range(3000):
        page.append([row, "same text in every row", row * 2, f"=A{row + 1}+1"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def slides() -> bytes:
    """Two slides."""
    presentation = pptx.Presentation()
    for title in ("Één", "Два"):
        slide = presentation.slides.add_slide(presentation.slide_layouts[0])
        assert slide.shapes.title is not None
        slide.shapes.title.text = title
    out = io.BytesIO()
    presentation.save(out)
    return out.getvalue()


def changed(
    package: bytes, changes: dict[str, Callable[[bytes], bytes]], more: dict[str, bytes] | None = None
) -> bytes:
    """The same package with parts that a function has changed, and with more parts."""
    parts = archives.contents(package)
    for name, change in changes.items():
        parts[name] = change(parts[name])
    return archives.zipped({**parts, **(more or {})})


def show() -> bytes:
    """A presentation as PowerPoint saves it for showing."""
    return changed(slides(), {TYPES: lambda part: part.replace(SLIDES, SHOW)})


def strict(package: bytes) -> bytes:
    """ISO 29500 Strict: other names for the relationships."""
    old, new = b"http://schemas.openxmlformats.org/officeDocument/2006/", b"http://purl.oclc.org/ooxml/officeDocument/"
    return changed(package, {"_rels/.rels": lambda part: part.replace(old, new)})


def absolute(package: bytes) -> bytes:
    """The main part by its whole path, as some programs write it."""
    return changed(package, {"_rels/.rels": lambda part: part.replace(b'Target="xl/', b'Target="/xl/')})


def microsoft(package: bytes) -> bytes:
    """As Word and Excel write a package: room to grow in the first local header, flags for "super fast"."""
    return archives.with_room(package)


def odt(mimetype: bytes = ODT, **more: bytes) -> bytes:
    """The smallest OpenDocument text."""
    names = b"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    manifest = b'<?xml version="1.0"?><m:manifest xmlns:m="%s"><m:file-entry m:full-path="/"/></m:manifest>' % names
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("mimetype", mimetype)
        file.writestr("content.xml", b"<?xml version='1.0'?><office:document-content xmlns:office='urn:x'/>")
        file.writestr("META-INF/manifest.xml", manifest)
        for name, data in more.items():
            file.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def pdf(lines: int = 40, password: str = "", form: bool = False, compressed: bool = True) -> bytes:
    """A page or some, with a picture."""
    out = io.BytesIO()
    encryption = StandardEncryption("", ownerPassword=password) if password else None
    canvas = Canvas(out, A4, pageCompression=int(compressed), encrypt=encryption)
    if form:
        canvas.acroForm.textfield(name="sum", x=60, y=60)
    for number in range(lines):
        canvas.drawString(60, 780 - number % 40 * 18, f"Line {number}: <html> is only quoted here")
        if number % 40 == 39:
            canvas.showPage()
    canvas.save()
    return out.getvalue()


def built_pdf(*objects: bytes, trailer: bytes = b"", lead: bytes = b"", end: bytes = b"") -> bytes:
    """A PDF of these objects, with a table that fits."""
    out, places = bytearray(lead + b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), list[int]()
    for number, text in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, table)
    return bytes(out) + end


PAGES: Final = b"<</Type /Pages /Kids [3 0 R] /Count 1>>"
PAGE: Final = b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 100 100]>>"

FORM: Final = built_pdf(
    b"<</Type /Catalog /Pages 2 0 R /OpenAction [3 0 R /Fit] /AcroForm <</Fields [4 0 R]>> >>",
    PAGES,
    PAGE,
    b"<</FT /Tx /T (sum) /AA <</C <</S /JavaScript /JS (AFSimple_Calculate('SUM', ['a', 'b']))>> >> >>",
)
"""A form that adds up, and is opened at its first page."""

DOCUMENTS: Final = [
    Sample("python-docx", ".docx", word),
    Sample("as Word packs it", ".docx", lambda: microsoft(word())),
    Sample("strict", ".docx", lambda: strict(word())),
    Sample("written as a stream", ".docx", lambda: archives.streamed(word())),
    Sample("openpyxl", ".xlsx", sheet),
    Sample("as Excel packs it", ".xlsx", lambda: microsoft(sheet())),
    Sample("absolute target", ".xlsx", lambda: absolute(sheet())),
    Sample("ZIP64", ".xlsx", lambda: archives.with_zip64(sheet())),
    Sample("python-pptx", ".pptx", slides),
    Sample("a show, renamed", ".pptx", show),
    Sample("a show", ".ppsx", show),
    Sample("slides, renamed", ".ppsx", slides),
    Sample("smallest", ".odt", odt),
    Sample("reportlab", ".pdf", pdf),
    Sample("reportlab, many pages", ".pdf", lambda: pdf(4000)),
    Sample("not compressed", ".pdf", lambda: pdf(compressed=False)),
    Sample("printing locked", ".pdf", lambda: pdf(password="x")),
    Sample("a field", ".pdf", lambda: pdf(form=True)),
    Sample("a form that calculates", ".pdf", lambda: FORM),
    Sample("blanks before the header", ".pdf", lambda: b"\r\n" + pdf()),
    Sample("a printer's lines before the header", ".pdf", lambda: b"\x1b%-12345X@PJL JOB\r\n" + pdf()),
    Sample("zeros behind", ".pdf", lambda: pdf() + bytes(700)),
    Sample("changed once more", ".pdf", lambda: appended(pdf())),
]


def appended(document: bytes) -> bytes:
    """A PDF that was changed: another table behind the first end."""
    place = len(document) + len(b"9 0 obj\n<<>>\nendobj\n")
    return (
        document
        + b"9 0 obj\n<<>>\nendobj\nxref\n9 1\n%010d 00000 n \ntrailer\n<</Size 10 /Root 1 0 R>>\n" % len(document)
        + b"startxref\n%d\n%%%%EOF" % place
    )
