"""A text as what stays and sentences to translate; put together again in the same lines. Pure."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from server.translation import spans
from server.translation.sentence import Held, Sentence, sentence
from server.translation.spans import Span

SENTENCE_CHARS: Final = 250
"""Longer ones are cut: models were trained on sentences, and a character is at most one of their 256 tokens."""

FENCE: Final = re.compile(r"\s*(```|~~~)")
QUOTED: Final = re.compile(r"\s*>")
HEAD: Final = re.compile(
    r"\s*(?:[-+*•·▪◦‣–—]\s+|\#{1,6}\s+|\(?\d{1,3}[.)]\s+|\(?[A-Za-z]\)\s+|\[[ xX]?\]\s+|\|\s*)*",
)
"""Indentation, bullets, numbers, headings, boxes to tick."""
END: Final = re.compile(r"(?<![.!?…])[.!?…]+(?:[\"'”’)\]]|\s?»)*\s+(?=\S)|[。！？｡]+[」』”’）]*\s*")
_ABBREVIATED: Final = """
approx bijv bzw ca cf d.h d.w.z dhr dr e.g env evtl ext fig ggf i.e incl inkl m max mevr min mlle mme mr mrs ms nr o.a
p.ex prof sr sra st tel u.a vs z.b zzgl г им т.д т.е т.п ул
"""
ABBREVIATED: Final = frozenset(_ABBREVIATED.split())
"""After these a full stop ends no sentence; nor after a single letter."""
WORD_CHARS: Final = 16
BREAK: Final = re.compile(r".*[;:,–—]\s", re.DOTALL)
BLANK: Final = re.compile(r".*\s", re.DOTALL)


def split(text: str) -> list[str | Sentence]:
    """Strings that stay, and sentences. All of them in their original form, joined, are the text."""
    pieces: list[str | Sentence] = []
    fence = ""
    for line in text.splitlines(keepends=True):
        mark = FENCE.match(line)
        if fence or mark or QUOTED.match(line):
            pieces.append(line)
            if mark and fence in ("", mark[1]):
                fence = "" if fence else mark[1]
        else:
            pieces += _of_line(line)
    return pieces


def prose(pieces: Iterable[str | Sentence]) -> str:
    """The words of a text that was split, without anything that stays: what its language can be told by."""
    sentences = (piece for piece in pieces if isinstance(piece, Sentence))
    return "\n".join("".join(" " if isinstance(part, Held) else part for part in one.pieces) for one in sentences)


def _of_line(line: str) -> Iterator[str | Sentence]:
    """Head, then sentence by sentence; nothing goes on across a cut."""
    head = HEAD.match(line)
    found = list(spans.find(line))
    at = head.end() if head else 0
    at = min([at, *(span.start for span in found if span.start < at < span.end)])
    yield from [line[:at]] * (at > 0)
    found = [span for span in found if span.start >= at]
    held: list[Span] = []
    for span in found:
        if span.kind == "cut":
            yield from _of_stretch(line, at, span.start, held)
            yield line[span.start : span.end]
            at, held = span.end, []
        else:
            held.append(span)
    yield from _of_stretch(line, at, len(line), held)


def _of_stretch(line: str, at: int, end: int, held: list[Span]) -> Iterator[str | Sentence]:
    """Its sentences. Spans are found once, in the line as a whole: what is protected does not depend on the cuts."""
    inside = {place for span in held for place in range(span.start, span.end)}
    ends = [match.end() for match in END.finditer(line, at, end) if match.start() not in inside]
    for place in [*(place for place in ends if not _abbreviated(line, place)), end]:
        while place - at > SENTENCE_CHARS:
            cut = _pause(line, at, held)
            yield from sentence(line[at:cut], _within(held, at, cut))
            at = cut
        yield from sentence(line[at:place], _within(held, at, place))
        at = place


def _pause(line: str, at: int, held: list[Span]) -> int:
    """Where to cut what is too long: at a pause, at a blank, or anywhere; never inside a span."""
    head = line[at : at + SENTENCE_CHARS]
    pause = BREAK.match(head) or BLANK.match(head)
    cut = at + (pause.end() if pause else SENTENCE_CHARS)
    for span in held:
        if span.start < cut < span.end:
            return span.start if span.start > at else span.end
    return cut


def _within(held: list[Span], at: int, end: int) -> list[Span]:
    """The spans of a stretch, by their places in it."""
    return [Span(one.start - at, one.end - at, one.kind) for one in held if at <= one.start and one.end <= end]


def _abbreviated(line: str, end: int) -> bool:
    """Whether the full stop before ``end`` belongs to the word before it."""
    body = line[max(0, end - WORD_CHARS) : end].rstrip()
    if not body.endswith(".") or body.endswith(".."):
        return False
    word = re.split(r"[\s(\"'’]", body[:-1])[-1].lower()
    return word in ABBREVIATED or (len(word) == 1 and word.isalpha())
