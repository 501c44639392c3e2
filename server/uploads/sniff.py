"""Whether the bytes of a file are what its name says: one question, asked of every type.

Neither the sender's media type nor the first bytes decide: each type has a module that looks at the whole of it.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

import msgspec

from server.domain.files import Family, check_size, file_type
from server.uploads import archive, compound, office, pdf, picture, rar, text
from server.uploads.source import Source


class Examined(msgspec.Struct, frozen=True):
    """A file whose content is what its name says. A picture's pixels have not been looked at yet: see ``images``."""

    extension: str
    media_type: str
    family: Family

    @property
    def picture(self) -> bool:
        """Whether it has to be drawn anew before anybody sees it."""
        return self.family == "image"


def examine(path: Path, extension: str) -> Examined:
    """Look at the whole file. Blocks: call it in a thread.

    ``extension``: what ``domain.files.check_name`` said. Raises FileRefused (file_empty, file_content), and nothing
    else whatever the bytes are; OSError when the file cannot be read.
    """
    with path.open("rb") as file:
        source = Source(file)
        check_size(source.size, source.size)
        _LOOKS[extension](source, extension)
    kind = file_type(extension)
    return Examined(extension, kind.media_type, kind.family)


def _alone(look: Callable[[Source], None]) -> Callable[[Source, str], None]:
    return lambda source, _: look(source)


_LOOKS: Final[dict[str, Callable[[Source, str], None]]] = {
    **dict.fromkeys((".jpeg", ".png", ".gif", ".bmp", ".tiff", ".heic", ".webp", ".avif"), picture.examine),
    **dict.fromkeys((".txt", ".log", ".cfg"), _alone(text.examine)),
    **dict.fromkeys((".doc", ".xls", ".ppt", ".pps"), compound.examine),
    **dict.fromkeys((".docx", ".xlsx", ".pptx", ".ppsx", ".odt"), office.examine),
    ".pdf": _alone(pdf.examine),
    ".zip": _alone(archive.examine),
    ".rar": _alone(rar.examine),
}
