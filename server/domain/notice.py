"""What a notice says to whom: what was written in the reader's language, what a machine made of it, or neither."""

import hashlib
import re
from typing import Final

import msgspec

_LINK: Final = re.compile(r"\[([^\[\]\n]+)\]\(([^()\s]+)\)")
_BOLD: Final = re.compile(r"\*\*(\S|\S[^\n]*?\S)\*\*")
_ITALIC: Final = re.compile(r"\*([^*\s]|[^*\s][^*\n]*[^*\s])\*")


class Written(msgspec.Struct, frozen=True):
    """What administrators have written: ``text`` in ``lang``, ``texts`` in other languages."""

    lang: str
    text: str
    texts: dict[str, str] = {}

    @property
    def mark(self) -> str:
        """Tells this text from another one: translations of an earlier text do not count."""
        return hashlib.sha256(f"{self.lang}\n{self.text}".encode()).hexdigest()


class Told(msgspec.Struct, frozen=True):
    """What a reader gets."""

    text: str
    lang: str
    machine: bool = False


def base(lang: str) -> str:
    """Without region and script."""
    return lang.partition("-")[0]


def by_hand(written: Written, lang: str) -> Told | None:
    """What somebody has written in this language, whatever its region."""
    for tag in (lang, base(lang)):
        if tag in written.texts:
            return Told(written.texts[tag], tag)
    return Told(written.text, written.lang) if base(written.lang) == base(lang) else None


def told(written: Written, langs: list[str], made: dict[str, str]) -> Told:
    """The text for somebody who reads these languages, the first one best. ``made``: by machines, by language."""
    for lang in langs[:1]:
        found = by_hand(written, lang)
        if found is not None:
            return found
        if base(lang) in made:
            return Told(made[base(lang)], base(lang), machine=True)
    return Told(written.text, written.lang)


def missing(written: Written, langs: list[str]) -> list[str]:
    """Languages in which nobody has written it."""
    return sorted({base(lang) for lang in langs if by_hand(written, lang) is None})


def plain(text: str) -> str:
    """Without marks, which machines would misplace: lines and lists stay, an address stands behind its words."""
    for mark, words in ((_LINK, r"\1 (\2)"), (_BOLD, r"\1"), (_ITALIC, r"\1")):
        text = mark.sub(words, text)
    return text
