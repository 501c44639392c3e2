"""What a line of the corpus means: nouns, verbs, patterns and their slots. Values; ``grammar.py`` makes sentences.

A line is ``english = french``; on each side ``|`` separates ways to say the same, of which the first is what the other
language is translated to. Nouns say their gender, and a plural that is not regular after a comma (``printer =
imprimante f``); verbs list their forms and, behind ``@``, the sections of what can be their object. A pattern may begin
with a weight, ``4 *``, and has slots, which stand for the same word on both sides:

``{device}``               one of the section; ``{device2}`` another one; ``{device+}`` several of it
``{my device}``            with a determiner: ``a``, ``my``, ``the`` … in English, ``un``, ``mon``, ``du``, ``le même``
                           … in French; ``{any device}`` on both sides draws one
``{cassé|cassée:device}``  what agrees with it in French
``{do}`` ``{do.ed}``       forms of a verb; ``{the its}`` is an object that fits it
``{fails@device}``         a section whose patterns speak of that noun as ``it``
"""

import re
from dataclasses import dataclass
from typing import Final, NamedTuple

from phrasebook.french import Gender, plural_of

SLOT: Final = re.compile(r"\{([^{}]+)\}")
WEIGHT: Final = re.compile(r"(\d+) \* ")
ENGLISH_FORMS: Final = ("", "ed", "ing")
FRENCH_FORMS: Final = ("", "é", "je", "vous")


@dataclass(frozen=True)
class Noun:
    """A noun in both languages."""

    english: tuple[str, ...]
    english_plural: str
    french: tuple[str, ...]
    french_plural: str
    gender: Gender


@dataclass(frozen=True)
class Verb:
    """The forms of a verb, and the sections its objects come from."""

    english: dict[str, str]
    french: dict[str, str]
    objects: tuple[str, ...]


@dataclass(frozen=True)
class Pattern:
    """Ways to say something, in both languages."""

    english: tuple[str, ...]
    french: tuple[str, ...]
    weight: int = 0
    """0: as many combinations as it has, so much it weighs; see grammar.py."""


Entry = Noun | Verb | Pattern


class Slot(NamedTuple):
    """What stands between braces."""

    name: str
    determiner: str = ""
    form: str = ""
    plural: bool = False
    subject: str = ""
    choice: tuple[str, ...] = ()

    @property
    def section(self) -> str:
        """The section it is drawn from."""
        return self.name.rstrip("0123456789")


def slot(text: str) -> Slot:
    """``my device2``, ``do.ed``, ``fails@device``, ``cassé|cassée:device``."""
    before, colon, name = text.rpartition(":")
    if colon:
        return Slot(name, choice=tuple(before.split("|")))
    determiner, _, rest = text.rpartition(" ")
    rest, _, subject = rest.partition("@")
    name, _, form = rest.rstrip("+").partition(".")
    return Slot(name, determiner, form, rest.endswith("+"), subject)


def slots(text: str) -> list[Slot]:
    """The slots of a pattern: verbs before their objects, nouns before what speaks of them."""
    found = [slot(one) for one in SLOT.findall(text)]
    return sorted(found, key=lambda one: one.name == "its" or bool(one.subject))


def pattern(left: str, right: str) -> Pattern:
    """``4 * my {device} does not work | … = {mon device} ne fonctionne pas | …``."""
    weight = WEIGHT.match(left)
    return Pattern(_ways(left[weight.end() :] if weight else left), _ways(right), int(weight[1]) if weight else 0)


def noun(left: str, right: str) -> Noun:
    """``printer = imprimante f``."""
    english, _, english_plural = left.partition(", ")
    words, _, french_plural = right.partition(", ")
    words, _, gender = words.rpartition(" ")
    if gender not in {"m", "f"}:
        raise ValueError(f"m or f expected at the end of {right!r}")
    ours, theirs = _ways(english), _ways(words)
    return Noun(
        english=ours,
        english_plural=english_plural or _english_plural(ours[0]),
        french=theirs,
        french_plural=french_plural or plural_of(theirs[0]),
        gender="f" if gender == "f" else "m",
    )


def verb(left: str, right: str) -> Verb:
    """``open, opened, opening = ouvrir, ouvert, ouvre, ouvrez @ file soft``."""
    forms, _, objects = right.partition(" @ ")
    return Verb(
        english=dict(zip(ENGLISH_FORMS, left.split(", "), strict=True)),
        french=dict(zip(FRENCH_FORMS, forms.split(", "), strict=True)),
        objects=tuple(objects.split()),
    )


def _ways(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(" | "))


def _english_plural(word: str) -> str:
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")
