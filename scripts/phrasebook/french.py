"""What French does to words that meet: articles, agreement, elision. Pure functions on strings."""

import re
from typing import Final, Literal

Gender = Literal["m", "f"]

VOWEL: Final = r"(?:[aeiouàâéèêëîïôœ]|h(?!aut|uit|ors|asard|ub|ttp))"
STARTS_WITH_VOWEL: Final = re.compile(VOWEL, re.IGNORECASE)
ELIDED: Final = re.compile(rf"(?<![-\w])(?:(j|n|m|t|s|l|d|qu|jusqu|lorsqu|puisqu)e|(l)a) (?={VOWEL}|y )", re.IGNORECASE)
ONLY_BEFORE_IL: Final = re.compile(r"\bsi (?=ils?\b)", re.IGNORECASE)
POSSESSIVE: Final = re.compile(rf"\b([mts])a (?={VOWEL})", re.IGNORECASE)

DETERMINERS: Final[dict[str, tuple[str, str, str]]] = {
    # as written in a pattern: before a masculine, a feminine, a plural noun
    "le": ("le", "la", "les"),
    "un": ("un", "une", "des"),
    "mon": ("mon", "ma", "mes"),
    "son": ("son", "sa", "ses"),
    "votre": ("votre", "votre", "vos"),
    "notre": ("notre", "notre", "nos"),
    "leur": ("leur", "leur", "leurs"),
    "ce": ("ce", "cette", "ces"),
    "quel": ("quel", "quelle", "quels"),
    "aucun": ("aucun", "aucune", "aucun"),
    "du": ("du", "de la", "des"),
    "au": ("au", "à la", "aux"),
    "de": ("de", "de", "de"),
    "": ("", "", ""),
}
BEFORE_VOWEL: Final = {"ce": "cet", "du": "de le", "au": "à le"}
"""Masculine forms that change before a vowel; the elision of what stands here comes later."""
ADJECTIVES: Final[dict[str, tuple[str, str, str, str]]] = {
    # before a masculine, a feminine, a plural noun, a masculine one that begins with a vowel
    "nouveau": ("nouveau", "nouvelle", "nouveaux", "nouvel"),
    "vieux": ("vieux", "vieille", "vieux", "vieil"),
    "bon": ("bon", "bonne", "bons", "bon"),
    "mauvais": ("mauvais", "mauvaise", "mauvais", "mauvais"),
    "autre": ("autre", "autre", "autres", "autre"),
    "même": ("même", "même", "mêmes", "même"),
    "premier": ("premier", "première", "premiers", "premier"),
    "dernier": ("dernier", "dernière", "derniers", "dernier"),
    "petit": ("petit", "petite", "petits", "petit"),
    "grand": ("grand", "grande", "grands", "grand"),
}


def with_determiner(determiner: str, word: str, gender: Gender, *, plural: bool = False) -> str:
    """The word behind the right form of ``mon``, or of ``mon nouveau``; before elision."""
    determiner, _, adjective = determiner.partition(" ")
    if adjective:
        word = f"{ADJECTIVES[adjective][_column(word, gender, plural=plural)]} {word}"
    column = _column(word, gender, plural=plural)
    form = DETERMINERS[determiner][column % 3]
    if column == 3:
        form = BEFORE_VOWEL.get(determiner, form)
    return f"{form} {word}".strip()


def _column(word: str, gender: Gender, *, plural: bool) -> int:
    if plural:
        return 2
    if gender == "f":
        return 1
    return 3 if STARTS_WITH_VOWEL.match(word) else 0


def plural_of(word: str) -> str:
    """The regular plural of the first word; what follows it (*boîte mail*, *clé de licence*) stays."""
    first, blank, rest = word.partition(" ")
    if first.endswith(("s", "x", "z")):
        return word
    if first.endswith(("eau", "eu")):
        return first + "x" + blank + rest
    if first.endswith("al"):
        return first[:-2] + "aux" + blank + rest
    return first + "s" + blank + rest


def elided(text: str) -> str:
    """``je ai`` is *j'ai*, ``la imprimante`` is *l'imprimante*, ``ma adresse`` is *mon adresse*."""
    text = POSSESSIVE.sub(r"\1on ", text)
    text = ELIDED.sub(lambda match: f"{match[1] or match[2]}'", text)
    return ONLY_BEFORE_IL.sub("s'", text)
