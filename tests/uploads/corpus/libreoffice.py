"""Documents from LibreOffice: one run of it writes all of them, by a macro in a profile of its own."""

import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

from tests.uploads.corpus.sample import Sample
from tests.uploads.corpus.tools import needs

FILTERS: Final = {
    "swriter": {
        "letter.doc": "MS Word 97",
        "letter.docx": "MS Word 2007 XML",
        "open.docx": "Office Open XML Text",
        "letter.odt": "writer8",
        "letter.pdf": "writer_pdf_Export",
    },
    "scalc": {
        "table.xls": "MS Excel 97",
        "table.xlsx": "Calc MS Excel 2007 XML",
        "table.pdf": "calc_pdf_Export",
    },
    "simpress": {
        "slides.ppt": "MS PowerPoint 97",
        "slides.pps": "MS PowerPoint 97 AutoPlay",
        "slides.pptx": "Impress MS PowerPoint 2007 XML",
        "slides.ppsx": "Impress MS PowerPoint 2007 XML AutoPlay",
        "slides.pdf": "impress_pdf_Export",
    },
}
_FILL: Final = {
    "swriter": 'doc.Text.String = "Beste mensen, добрый день" & Chr(13) & String(3000, "tekst ")',
    "scalc": 'doc.Sheets(0).getCellByPosition(0, 0).Formula = "=1+1"',
    "simpress": "doc.DrawPages.insertNewByIndex(0)",
}
_MODULE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Write" script:language="StarBasic">
Sub Save(doc, path, filter)
 Dim how(0) As New com.sun.star.beans.PropertyValue
 how(0).Name = "FilterName"
 how(0).Value = filter
 doc.storeToURL(ConvertToURL(path), how())
End Sub
Sub Main
 Dim how(0) As New com.sun.star.beans.PropertyValue
 how(0).Name = "Hidden"
 how(0).Value = True
 Dim doc
{body}
 StarDesktop.terminate()
End Sub
</script:module>
"""
_LIBRARY: Final = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false"
 library:passwordprotected="false">
 <library:element library:name="Write"/>
</library:library>
"""


@cache
def written() -> dict[str, bytes]:
    """All files by their names."""
    soffice = needs("soffice")
    with tempfile.TemporaryDirectory() as made:
        place = Path(made)
        command = [soffice, "--headless", "--norestore", f"-env:UserInstallation={(place / 'profile').as_uri()}"]
        # the first run makes the profile, and would overwrite a macro that was already in it
        _run([*command, "--terminate_after_init"])
        library = place / "profile" / "user" / "basic" / "Standard"
        library.joinpath("script.xlb").write_text(_LIBRARY)
        library.joinpath("Write.xba").write_text(_MODULE.format(body=_body(place)))
        _run([*command, "macro:///Standard.Write.Main"])
        return {name: (place / name).read_bytes() for names in FILTERS.values() for name in names}


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=120)


def _body(place: Path) -> str:
    lines = list[str]()
    for factory, names in FILTERS.items():
        lines.append(f'doc = StarDesktop.loadComponentFromURL("private:factory/{factory}", "_blank", 0, how())')
        lines.append(_FILL[factory].replace("&", "&amp;"))
        lines += [f'Save(doc, "{place / name}", "{kind}")' for name, kind in names.items()]
        lines.append("doc.close(True)")
    return "\n".join(f" {line}" for line in lines)


def _sample(name: str) -> Sample:
    return Sample(f"LibreOffice, {name}", f".{name.partition('.')[2]}", lambda: written()[name])


LIBREOFFICE: Final = [_sample(name) for names in FILTERS.values() for name in names]
