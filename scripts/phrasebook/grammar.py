"""Writes sentences in two languages from the patterns in ``corpus/*.txt``.

A file has sections: ``[name]`` begins a list of patterns, ``[name: nouns]`` one of nouns, ``[name: verbs]`` one of
verbs (``patterns.py`` says how their lines look). ``[name] < a b`` begins with what ``a`` and ``b`` have so far.
"""

import itertools
import math
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, NamedTuple

from phrasebook.french import elided, with_determiner
from phrasebook.patterns import SLOT, Entry, Noun, Pattern, Slot, Verb, noun, pattern, slot, slots, verb

Lang = Literal["en", "fr"]
HEADER: Final = re.compile(r"\[(?P<name>\w+)(?:: (?P<kind>nouns|verbs))?\](?: < (?P<parents>[\w ]+))?$")
KINDS: Final[dict[str | None, Callable[[str, str], Entry]]] = {None: pattern, "nouns": noun, "verbs": verb}
DRAWN: Final = (
    ("the", "le"),
    ("the", "le"),
    ("my", "mon"),
    ("my", "mon"),
    ("your", "votre"),
    ("this", "ce"),
    ("our", "notre"),
)
"""What ``any`` is, as often as it stands here."""
SEVERAL: Final = {"this": "these", "a": "some"}
SOUNDS_LIKE_A_VOWEL: Final = re.compile(r"(?!user|uni|usb|one|euro)[aeiou]|hour", re.IGNORECASE)
OBJECTS: Final = 10.0
"""Roughly how many combinations a slot adds whose section depends on another slot."""


class Pair(NamedTuple):
    """A sentence and its translation."""

    source: str
    target: str


@dataclass
class Section:
    """The entries of one name, and how often each is drawn."""

    entries: list[Entry] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)


@dataclass
class Bound:
    """What the slots of one pattern stand for while it is written."""

    entries: dict[str, Entry] = field(default_factory=dict)
    texts: dict[str, Pair] = field(default_factory=dict)
    determiners: dict[str, tuple[str, str]] = field(default_factory=dict)


class Grammar:
    """All sections of a folder."""

    def __init__(self, folder: Path) -> None:
        self.sections: dict[str, Section] = {}
        self._combinations: dict[int, float] = {}
        for file in sorted(folder.glob("*.txt")):
            self._read(file)
        for section in self.sections.values():
            section.weights = [self._weight(entry) for entry in section.entries]

    def sample(self, name: str, rng: random.Random, source: Lang) -> Pair:
        """One sentence of a section, in any of the ways that the source language has for it."""
        entry = self._draw(name, rng)
        if not isinstance(entry, Pattern):
            raise TypeError(f"{name} has no sentences")
        texts = self.write(entry, Bound(), rng, source)
        return Pair(*(elided(text) if lang == "fr" else text for text, lang in zip(texts, order(source), strict=True)))

    def write(self, entry: Pattern, bound: Bound, rng: random.Random, source: Lang) -> Pair:
        """One pattern, its slots filled."""
        sides = {"en": entry.english, "fr": entry.french}
        ours, theirs = order(source)
        texts = (rng.choice(sides[ours]), sides[theirs][0])
        for one in itertools.chain.from_iterable(slots(text) for text in texts):
            self._bind(one, bound, rng, source)
        return Pair(_filled(texts[0], bound, ours, 0), _filled(texts[1], bound, theirs, 1))

    def _read(self, file: Path) -> None:
        section, kind = Section(), KINDS[None]
        for number, raw in enumerate(file.read_text("utf-8").splitlines(), start=1):
            line = raw.strip()
            if not line or line.startswith("#"):
                continue
            if header := HEADER.match(line):
                section, kind = self.sections.setdefault(header["name"], Section()), KINDS[header["kind"]]
                for parent in (header["parents"] or "").split():
                    section.entries.extend(self.sections[parent].entries)
                continue
            left, equals, right = line.partition(" = ")
            if not equals:
                raise ValueError(f"{file.name}:{number}: 'english = french' expected, not {line!r}")
            section.entries.append(kind(left, right))

    def _weight(self, entry: Entry) -> float:
        """What has more combinations is drawn more often, but not proportionally: "Hello!" must be known as well."""
        if not isinstance(entry, Pattern):
            return 1.0
        return entry.weight or 1.0 + math.log2(self._count(entry))

    def _count(self, entry: Entry) -> float:
        if not isinstance(entry, Pattern):
            return 1.0
        if id(entry) not in self._combinations:
            self._combinations[id(entry)] = 1.0  # for patterns that lead back to themselves
            count = 1.0
            for one in {one.name: one for one in slots(entry.english[0]) + slots(entry.french[0])}.values():
                known = self.sections.get(one.section)
                count *= sum(self._count(other) for other in known.entries) if known else OBJECTS
            self._combinations[id(entry)] = count
        return self._combinations[id(entry)]

    def _draw(self, name: str, rng: random.Random) -> Entry:
        section = self.sections[name]
        return rng.choices(section.entries, section.weights)[0]

    def _bind(self, one: Slot, bound: Bound, rng: random.Random, source: Lang) -> None:
        if one.determiner == "any":
            bound.determiners.setdefault(one.name, rng.choice(DRAWN))
        if one.name in bound.entries:
            return
        entry = bound.entries[one.name] = self._chosen(one, bound, rng)
        if isinstance(entry, Pattern):
            inner = Bound()
            if one.subject:
                inner.entries["it"] = bound.entries.get(one.subject) or self._draw(one.subject, rng)
            bound.texts[one.name] = self.write(entry, inner, rng, source)
        elif isinstance(entry, Noun):
            bound.texts[one.name] = (
                Pair(rng.choice(entry.english), entry.french[0])
                if source == "en"
                else Pair(rng.choice(entry.french), entry.english[0])
            )

    def _chosen(self, one: Slot, bound: Bound, rng: random.Random) -> Entry:
        """An object of the verb, or one of the section that no other slot of it stands for."""
        section = one.section
        if one.name == "its":
            verbs = (entry for entry in bound.entries.values() if isinstance(entry, Verb) and entry.objects)
            section = rng.choice(next(verbs).objects)
        taken = [entry for name, entry in bound.entries.items() if name.rstrip("0123456789") == section]
        while (entry := self._draw(section, rng)) in taken:
            pass
        return entry


def order(source: Lang) -> tuple[Lang, Lang]:
    """Source and target."""
    return ("en", "fr") if source == "en" else ("fr", "en")


def _filled(text: str, bound: Bound, lang: Lang, side: int) -> str:
    return SLOT.sub(lambda match: _form(slot(match[1]), bound, lang, side), text)


def _form(one: Slot, bound: Bound, lang: Lang, side: int) -> str:
    entry = bound.entries[one.name]
    if isinstance(entry, Pattern):
        return bound.texts[one.name][side]
    if isinstance(entry, Verb):
        return (entry.english if lang == "en" else entry.french)[one.form]
    if one.choice:
        return one.choice[0 if entry.gender == "m" else 1]
    word = bound.texts[one.name][side]
    determiner = one.determiner
    if determiner == "any":
        determiner = bound.determiners[one.name][0 if lang == "en" else 1]
    if lang == "fr":
        return with_determiner(determiner, entry.french_plural if one.plural else word, entry.gender, plural=one.plural)
    return _in_english(determiner, entry.english_plural if one.plural else word, plural=one.plural)


def _in_english(determiner: str, word: str, *, plural: bool) -> str:
    if plural:
        determiner = SEVERAL.get(determiner, determiner)
    elif determiner == "a" and SOUNDS_LIKE_A_VOWEL.match(word):
        determiner = "an"
    return f"{determiner} {word}".strip()
