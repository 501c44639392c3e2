"""All files that are accepted."""

from typing import Final

from tests.uploads.corpus.archives import ARCHIVES
from tests.uploads.corpus.compound import COMPOUND
from tests.uploads.corpus.documents import DOCUMENTS
from tests.uploads.corpus.libreoffice import LIBREOFFICE
from tests.uploads.corpus.pictures import CONVERTIBLE, PICTURES
from tests.uploads.corpus.texts import TEXTS

REAL: Final = [*PICTURES, *CONVERTIBLE, *DOCUMENTS, *COMPOUND, *LIBREOFFICE, *ARCHIVES, *TEXTS]
