"""One loaded pair. Runs in the worker process.

The parts of argostranslate that translate are not used: they would bring a splitter of sentences that asks the network,
translate sentence by sentence, and turn underscores into blanks. Its packages hold all that is needed.
"""

from pathlib import Path
from typing import Final

import ctranslate2
from argostranslate.package import Package

from server.translation import guards, packages, unknown
from server.translation.unknown import Veiled

SOURCE_TOKENS: Final = 256
"""Sentences are shorter (``segments``), unless the model spells out signs that it does not know."""
BATCH: Final = 32
RETRY: Final = {"no_repeat_ngram_size": 3, "repetition_penalty": 1.2}
"""What is bad goes through once more under these: they end most loops, and would harm good sentences."""


class Model:
    """Tokenizer and translator of a package."""

    def __init__(self, directory: Path, beam: int, threads: int) -> None:
        package = Package(directory)
        self._pieces = package.tokenizer.lazy_processor()
        self._prefix: str = package.target_prefix
        self._ours = packages.ours_of(directory)
        self._beam = beam
        self._translator = ctranslate2.Translator(
            str(directory / "model"), compute_type="int8", inter_threads=1, intra_threads=threads
        )

    def translate(self, texts: list[str]) -> list[str | None]:
        """Each sentence; None where what came out is worse than nothing."""
        asked = [
            unknown.veiled(text, self._ours.known_words) if self._ours.known_words else Veiled(text) for text in texts
        ]
        sources: list[list[str]] = self._pieces.encode([one.text if one else "" for one in asked], out_type=str)
        found: list[str | None] = [None] * len(texts)
        usable = [place for place, source in enumerate(sources) if 0 < len(source) <= SOURCE_TOKENS]
        bad = self._run(sources, usable, found, {}) if usable else []
        if bad:
            self._run(sources, bad, found, RETRY)
        return [one.lifted(text) if one and text else None for one, text in zip(asked, found, strict=True)]

    def _run(
        self, sources: list[list[str]], places: list[int], found: list[str | None], options: dict[str, float]
    ) -> list[int]:
        """Fills in what is good, and returns the places of what is not."""
        bad: list[int] = []
        results = self._translator.translate_batch(
            [sources[place] for place in places],
            target_prefix=[[self._prefix]] * len(places) if self._prefix else None,
            max_batch_size=BATCH,
            beam_size=self._beam,
            max_decoding_length=guards.most_tokens(max(len(sources[place]) for place in places)),
            return_scores=self._ours.min_score is not None,
            **options,
        )
        for place, result in zip(places, results, strict=True):
            tokens = result.hypotheses[0]
            if self._prefix and tokens[:1] == [self._prefix]:
                tokens = tokens[1:]
            text = self._pieces.decode(tokens).strip()
            if guards.bad(sources[place], tokens, text):
                bad.append(place)
            elif self._ours.min_score is None or result.scores[0] >= self._ours.min_score:
                found[place] = text
        return bad
