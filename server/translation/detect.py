"""Which language a text is written in, among those that may be expected. Runs in the worker process."""

import re
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Final

from py3langid.langid import LanguageIdentifier

from server.domain.language import CONFIDENT, CONFIDENT_WORDS, Guess
from server.translation import identifier

KNOWN_AS: Final = {"zt": "zh", "pb": "pt", "nb": "no"}
"""Packages' names for what the identifier calls otherwise. Where both names are expected, the identifier's is meant."""
EXPECTED: Final = 0.1
"""Of all that it may be, the candidates must be that likely together: else it is another language, or none. Of 68 short
Dutch, German, Spanish and Russian sentences none comes out above 0.05 as English or French."""
CHARS: Final = 1_000
"""More of a text says nothing new."""
WORD: Final = re.compile(r"[^\W\d_]{2,}|[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")
"""Two letters; one sign in scripts without blanks."""


class Detector:
    """Loaded when it is first asked: 70 MB, unpacked in ``directory``. ``loading`` goes around that."""

    def __init__(self, directory: Path, loading: Callable[[], AbstractContextManager[None]] = nullcontext) -> None:
        self._directory = directory
        self._loading = loading
        self._identifier: LanguageIdentifier | None = None

    def guess(self, prose: str, candidates: Collection[str]) -> Guess:
        """The likeliest candidate; no language for what says nothing, or something else (``Guess.foreign``)."""
        words = len(WORD.findall(prose[:CHARS]))
        if not words:
            return Guess(None, 0.0, 0)
        if self._identifier is None:
            with self._loading():
                self._identifier = identifier.load(self._directory)
        ranked = dict(self._identifier.rank(prose[:CHARS]))
        names = {KNOWN_AS.get(lang, lang): lang for lang in sorted(candidates, key=KNOWN_AS.__contains__, reverse=True)}
        known = {lang: ranked[name] for name, lang in names.items() if name in ranked}
        together = sum(known.values())
        if len(known) < 2:
            return Guess(None, 0.0, words)
        if together < EXPECTED:
            return Guess(None, 0.0, words, words >= CONFIDENT_WORDS and max(ranked.values()) >= CONFIDENT)
        likeliest = max(known, key=known.__getitem__)
        return Guess(likeliest, known[likeliest] / together, words)
