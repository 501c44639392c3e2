"""Sentences as people type them: the grammar's, without capitals or marks, in short forms, with accents lost.

Only the source is untidy; the target is always tidy, except that it follows the source's first letter and its end.
"""

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from phrasebook.french import elided
from phrasebook.grammar import Grammar, Lang, Pair

FOLDER: Final = Path(__file__).parent / "corpus"
MOST_WORDS: Final = 24
"""A longer sentence teaches little and costs as much time as three short ones."""
STATEMENT: Final = re.compile(r"[^.?!:]$")
TWICE: Final = re.compile(r"\b(please|s'il vous plaît|merci)\b.*\b\1\b")

SHORT: Final = [
    (re.compile(rf"\b{long}\b"), short)
    for long, short in (
        ("cannot", "can't"),
        ("I am", "I'm"),
        ("I have (?=[a-z]+ed\\b|not\\b|been\\b|lost\\b|sent\\b|just\\b|forgotten\\b)", "I've "),
        ("(do|does|did|is|are|was|has|have|could|should|would) not", r"\1n't"),
        ("(it|that|what|where|there|he|who) is", r"\1's"),
        ("(you|we|they) are", r"\1're"),
        ("(I|you|we|it) will", r"\1'll"),
    )
]
NEGATION: Final = re.compile(r"\b(?:ne |n')(?=\S+(?: \S+){0,2} (?:pas|plus|rien)\b)")
CAPITAL: Final = re.compile(r"I\b|X\d|[A-Z]{2}")
"""What begins so does not begin with a small letter."""
CE_EST: Final = re.compile(r"\b([Cc])e est\b")
COLLOQUIAL: Final = [
    (re.compile(r"\bs'il vous plaît\b"), "svp"),
    (re.compile(r"\bcela\b"), "ça"),
    (re.compile(r"\bje suis\b"), "chuis"),
]


def tidy(pair: Pair) -> Pair:
    """A sentence begins with a capital and ends with a mark."""
    return Pair(*(one[0].upper() + one[1:] + ("." if STATEMENT.search(one) else "") for one in pair))


def typed(pair: Pair, source: Lang, rng: random.Random) -> Pair:
    """A tidy pair as it could have been typed in a hurry."""
    text, target = _with_stand_in(pair, rng)
    text = _in_english(text, rng) if source == "en" else _in_french(text, rng)
    if rng.random() < 0.3 and text.endswith(".") and target.endswith("."):
        text, target = text[:-1], target[:-1]
    if rng.random() < 0.1:
        text = text.replace(", ", " ")
    if rng.random() < 0.05 and text.endswith("!"):
        text += "!"
    return _in_small_letters(text, target, rng) if rng.random() < 0.3 else Pair(text, target)


def _with_stand_in(pair: Pair, rng: random.Random) -> Pair:
    """Sometimes a number, an address or a name follows or leads."""
    if rng.random() > 0.06 or "X" in pair.source or not all(one.endswith(".") for one in pair):
        return pair
    form = rng.choice(["{} X1.", "{}: X1.", "{} (X1).", "X1: {}.", "X1 {}.", "{}, X1.", "{} X1 X2."])
    return Pair(*(form.format(one[:-1]) for one in pair))


def _in_small_letters(text: str, target: str, rng: random.Random) -> Pair:
    """No capital at the beginning, or none at all. Names remain names in the target."""
    if rng.random() < 0.3 and "X" not in text:
        text = text.lower()
    elif not CAPITAL.match(text):
        text = text[0].lower() + text[1:]
    name = text.split()[0].lower() == target.split(maxsplit=1)[0].lower()
    if text[0].islower() and not name and not CAPITAL.match(target):
        target = target[0].lower() + target[1:]
    return Pair(text, target)


def _in_english(text: str, rng: random.Random) -> str:
    if rng.random() < 0.35:
        for pattern, short in SHORT:
            text = pattern.sub(short, text)
        if rng.random() < 0.2:
            text = text.replace("'", "")
    if rng.random() < 0.08:
        text = text.replace("?", "")
    return text


def _in_french(text: str, rng: random.Random) -> str:
    if rng.random() < 0.4:
        text = re.sub(r" (?=[?!])", "", text)
    if rng.random() < 0.15:
        text = CE_EST.sub(r"\1'est", elided(NEGATION.sub("", text)))
    if rng.random() < 0.1:
        for pattern, short in COLLOQUIAL:
            text = pattern.sub(short, text)
    if rng.random() < 0.1:
        text = without_accents(text)
    return text


def without_accents(text: str) -> str:
    """As typed on a keyboard that has none."""
    return "".join(
        char for char in unicodedata.normalize("NFD", text.replace("œ", "oe")) if not unicodedata.combining(char)
    )


def sentences(source: Lang, seed: int) -> Iterator[Pair]:
    """Tidy sentences without end."""
    grammar, rng = Grammar(FOLDER), random.Random(f"{source} {seed}")
    while True:
        pair = grammar.sample("sentence", rng, source)
        if max(len(one.split()) for one in pair) <= MOST_WORDS and not any(TWICE.search(one) for one in pair):
            yield tidy(pair)


def parts(source: Lang, seed: int, practised: int, held: int) -> tuple[list[Pair], list[Pair]]:
    """What is practised, as typed; and what is held out, tidy: no practised sentence translates to the same."""
    drawn, stream = [], sentences(source, seed)
    for pair in stream:
        drawn.append(pair)
        if len(drawn) == practised:
            break
    seen = Counter(pair.target.lower() for pair in drawn)
    once = [pair for pair in drawn if seen[pair.target.lower()] == 1]
    rng = random.Random(seed)
    held_out = rng.sample(once, held)
    hidden = {pair.target.lower() for pair in held_out}
    return [typed(pair, source, rng) for pair in drawn if pair.target.lower() not in hidden], held_out
