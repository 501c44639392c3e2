"""Files that must not get through, each with the reason for which it is refused."""

from typing import Final

from tests.uploads.corpus.hostile.archives import RAR, ZIP
from tests.uploads.corpus.hostile.office import OFFICE
from tests.uploads.corpus.hostile.pdf import PDF
from tests.uploads.corpus.hostile.pictures import PICTURES, PIXELS
from tests.uploads.corpus.hostile.programs import PROGRAMS, TEXTS

__all__ = ["HOSTILE", "PIXELS"]

HOSTILE: Final = [*PROGRAMS, *TEXTS, *OFFICE, *PDF, *ZIP, *RAR, *PICTURES]
