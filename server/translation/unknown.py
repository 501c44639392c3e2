"""Words that a small model has never seen, such as names: it gets stand-ins for them too, and copies those. Pure.

Only for packages that say which words they know; large models spell unknown words out, and mostly well.
"""

import re
from collections.abc import Collection, Iterator
from typing import Final

import msgspec

from server.translation.sentence import STAND_INS

STAND_IN: Final = re.compile(r"(?<!\w)(X[1-9])(?!\w)")
WORD: Final = re.compile(r"(?<!\w)X[1-9](?!\w)|(?<![\d_])[^\W\d_]+(?![\d_])")
BETWEEN: Final = re.compile(r"[\s-]*")


class Veiled(msgspec.Struct, frozen=True):
    """A sentence as the model gets it, and what its own stand-ins stand for."""

    text: str
    words: dict[str, str] = {}

    def lifted(self, answer: str) -> str | None:
        """The answer with the words in it; None unless each stand-in came back once."""
        pieces = STAND_IN.split(answer)
        if sorted(piece for piece in pieces[1::2] if piece in self.words) != sorted(self.words):
            return None
        return "".join(self.words.get(piece, piece) if place % 2 else piece for place, piece in enumerate(pieces))


def veiled(text: str, known: Collection[str]) -> Veiled | None:
    """Unknown words as stand-ins, neighbours as one; None where most words are unknown, or there are too many."""
    strange = [match for match in WORD.finditer(text) if _is_strange(match, known)]
    if not strange:
        return Veiled(text)
    if 2 * len(strange) > sum(not _stands(match[0]) for match in WORD.finditer(text)):
        return None
    groups = list(_grouped(text, known))
    kept = "".join(text[end:start] for end, start in _gaps(groups, len(text)))
    free = [f"X{number}" for number in range(1, STAND_INS + 1) if f"X{number}" not in kept]
    if len(groups) > len(free):
        return None
    words: dict[str, str] = {}
    out: list[str] = []
    at = 0
    for stand_in, (start, end) in zip(free, groups, strict=False):
        words[stand_in] = text[start:end]
        out += [text[at:start], stand_in]
        at = end
    return Veiled("".join(out) + text[at:], words)


def _grouped(text: str, known: Collection[str]) -> Iterator[tuple[int, int]]:
    """Stretches of unknown words, with the stand-ins beside them."""
    start = end = -1
    strange = False
    for match in WORD.finditer(text):
        if not (_stands(match[0]) or _is_strange(match, known)):
            if strange:
                yield start, end
            start, strange = -1, False
            continue
        if start < 0 or not BETWEEN.fullmatch(text, end, match.start()):
            if strange:
                yield start, end
            start, strange = match.start(), False
        end = match.end()
        strange = strange or not _stands(match[0])
    if strange:
        yield start, end


def _gaps(groups: list[tuple[int, int]], size: int) -> Iterator[tuple[int, int]]:
    """What is between them."""
    at = 0
    for start, end in groups:
        yield at, start
        at = end
    yield at, size


def _stands(word: str) -> bool:
    return STAND_IN.fullmatch(word) is not None


def _is_strange(match: re.Match[str], known: Collection[str]) -> bool:
    return not _stands(match[0]) and match[0].lower() not in known
