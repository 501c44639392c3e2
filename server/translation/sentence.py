"""One sentence on its way through a model: spans leave it as stand-ins, and come back only if all of them did. Pure."""

import re
from collections import Counter
from typing import Final

import msgspec

from server.translation import spans
from server.translation.spans import LETTER, Span

STAND_INS: Final = 9
"""X1 to X9: short words that look like the names and keys that models copy."""
QUOTES: Final = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "…": "...", "\u00ad": None})
"""What phones type and small models have never seen."""
SHOUTED_LETTERS: Final = 6
"""Fewer capitals are a name: USB, HTTP."""
BEFORE: Final = re.compile(r"[\s:;,.!?)\]}/+&%–—-]*")
"""Left over from what stood before."""
WORD: Final = re.compile(rf"[{LETTER}]{{2,}}|[^\W\d_{LETTER}]")


class Held(msgspec.Struct, frozen=True):
    """A span in a sentence."""

    text: str
    plain: bool = False
    """A short number, which may be shown to a model as it is."""


class Sentence(msgspec.Struct, frozen=True):
    """Words and spans in the order in which they are written."""

    pieces: tuple[str | Held, ...]
    shouted: bool = False
    """All capitals: models know small letters, so it is lowered for them and raised again."""

    @property
    def text(self) -> str:
        """As people read it."""
        return "".join(
            piece.text if isinstance(piece, Held) else piece.upper() if self.shouted else piece for piece in self.pieces
        )

    @property
    def has_spans(self) -> bool:
        """Whether there is anything to hold on to."""
        return any(isinstance(piece, Held) for piece in self.pieces)

    def asked(self, all_stand_ins: bool) -> str:
        """What a model gets; empty when there are more spans than stand-ins."""
        words = [_shown(piece, self.shouted) if isinstance(piece, str) else piece.text for piece in self.pieces]
        standing = self._standing(all_stand_ins)
        for number, place in enumerate(standing, 1):
            words[place] = f"X{number}"
        asked = " ".join("".join(words).split())
        if self.shouted:
            asked = asked[:1].upper() + asked[1:]
        return asked if len(standing) <= STAND_INS else ""

    def answered(self, answer: str, all_stand_ins: bool) -> "Sentence | None":
        """The translated sentence; None unless each span came back once, and nothing that looks like one besides."""
        standing = self._standing(all_stand_ins)
        expected = {f"X{number}": self.pieces[place] for number, place in enumerate(standing, 1)}
        literal = [] if all_stand_ins else [one.text for one in self.pieces if isinstance(one, Held) and one.plain]
        answer = " ".join(answer.split())
        found = list(spans.find(answer))
        came = Counter(answer[span.start : span.end] for span in found)
        if not answer or came != Counter([*expected, *literal]):
            return None
        pieces: list[str | Held] = []
        at = 0
        for span in found:
            token = answer[span.start : span.end]
            pieces += [answer[at : span.start], expected.get(token) or Held(token, plain=True)]
            at = span.end
        return Sentence((*pieces, answer[at:]), self.shouted)

    def parts(self) -> "list[str | Held | Sentence]":
        """The stretches between the spans, each a sentence of its own, and what stays between them."""
        found: list[str | Held | Sentence] = []
        for piece in self.pieces:
            found += [piece] if isinstance(piece, Held) else sentence(piece, [], shouted=self.shouted)
        return found

    def _standing(self, all_stand_ins: bool) -> list[int]:
        """Places of the spans that a stand-in stands for."""
        return [
            place
            for place, piece in enumerate(self.pieces)
            if isinstance(piece, Held) and (all_stand_ins or not piece.plain)
        ]


def sentence(text: str, found: list[Span], *, shouted: bool | None = None) -> list[str | Sentence]:
    """The sentence with these spans and what stands around it; the text alone where there is nothing to translate."""
    start = min([span.start for span in found[:1]] + [match.end() for match in [BEFORE.match(text)] if match])
    end = max([span.end for span in found[-1:]] + [len(text.rstrip())])
    pieces: list[str | Held] = []
    at = start
    for span in _joined(text, found):
        pieces += [text[at : span.start], Held(text[span.start : span.end], span.kind == "number")]
        at = span.end
    pieces.append(text[at:end])
    words = "".join(piece for piece in pieces if isinstance(piece, str))
    if not WORD.search(words):
        return [text] if text else []
    loud = is_shouted(words) if shouted is None else shouted
    whole: list[str | Sentence] = [Sentence(tuple(piece for piece in pieces if piece), loud)]
    return [text[:start]] * (start > 0) + whole + [text[end:]] * (end < len(text))


def _joined(text: str, found: list[Span]) -> list[Span]:
    """Neighbours as one, as in LaserJet 400: models copy one stand-in better than two."""
    joined: list[Span] = []
    for span in found:
        last = joined[-1] if joined else None
        if last and last.kind == "word" and text[last.end : span.start].isspace():
            joined[-1] = Span(last.start, span.end, "word")
        else:
            joined.append(span)
    return joined


def is_shouted(words: str) -> bool:
    """Several words, all in capitals."""
    return words.isupper() and len(words.split()) > 1 and sum(c.isupper() for c in words) >= SHOUTED_LETTERS


def _shown(words: str, shouted: bool) -> str:
    plain = words.translate(QUOTES)
    return plain.lower() if shouted else plain
