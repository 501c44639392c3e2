"""Languages: the short tags they are known by, what they call themselves, and which one somebody writes in."""

from collections.abc import Sequence
from typing import Final

import msgspec

CONFIDENT: Final = 0.8
"""What is clear by itself; with at least CONFIDENT_WORDS."""
CONFIDENT_WORDS: Final = 3
DECISIVE_WORDS: Final = 5
"""What the vote wants of a clear message: three words that are in no language sound like some."""
PLAUSIBLE: Final = 0.5
"""Names, keys and single words of chat ("ok") come out below it."""

NAMES: Final = {
    "ar": "العربية",
    "az": "Azərbaycanca",
    "bg": "Български",
    "bn": "বাংলা",
    "ca": "Català",
    "cs": "Čeština",
    "da": "Dansk",
    "de": "Deutsch",
    "el": "Ελληνικά",
    "en": "English",
    "eo": "Esperanto",
    "es": "Español",
    "et": "Eesti",
    "eu": "Euskara",
    "fa": "فارسی",
    "fi": "Suomi",
    "fr": "Français",
    "ga": "Gaeilge",
    "gl": "Galego",
    "he": "עברית",
    "hi": "हिन्दी",
    "hu": "Magyar",
    "id": "Bahasa Indonesia",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "ky": "Кыргызча",
    "lt": "Lietuvių",
    "lv": "Latviešu",
    "ms": "Bahasa Melayu",
    "nb": "Norsk bokmål",
    "nl": "Nederlands",
    "pb": "Português (Brasil)",
    "pl": "Polski",
    "pt": "Português",
    "ro": "Română",
    "ru": "Русский",
    "sk": "Slovenčina",
    "sl": "Slovenščina",
    "sq": "Shqip",
    "sv": "Svenska",
    "th": "ไทย",
    "tl": "Tagalog",
    "tr": "Türkçe",
    "uk": "Українська",
    "ur": "اردو",
    "vi": "Tiếng Việt",
    "zh": "中文",
    "zt": "繁體中文",
}
"""Languages of the Argos index, by its codes: zt and pb are its traditional Chinese and Brazilian Portuguese."""


class Guess(msgspec.Struct, frozen=True):
    """Which language a text is written in."""

    lang: str | None
    """None: nothing can be said."""
    confidence: float
    """0 to 1, among the candidates."""
    words: int
    """Words that were looked at: without code, addresses, numbers, names of files."""
    foreign: bool = False
    """It is clearly in a language, and in none of the candidates."""


def base(tag: str) -> str | None:
    """The language of a tag without region and script, as packages name it: fr-CA -> fr. None: no tag at all."""
    first = tag.replace("_", "-").split("-")[0].strip().lower()
    return first if first.isascii() and first.isalpha() and len(first) in (2, 3) else None


def name(lang: str) -> str:
    """What a language calls itself; its tag, where we do not know."""
    return NAMES.get(lang, lang)


def settled(current: str | None, heard: Sequence[Guess]) -> str | None:
    """The language after what was heard, oldest first; a handful is enough.

    A message that says nothing (a number, an emoji, "ok") changes nothing. A language that was only declared gives way
    to one clear message or to two plausible ones; one that has been heard gives way to two in a row, one of them clear:
    whoever quotes an error message has not changed his language.
    """
    said = [guess for guess in heard if guess.lang is not None and guess.confidence >= PLAUSIBLE]
    if not said or said[-1] is not heard[-1]:
        return current
    last, before = said[-1], said[:-1]
    repeated = bool(before) and before[-1].lang == last.lang
    if current is None:
        changes = True
    elif any(guess.lang == current for guess in before):
        changes = repeated and (_clear(last) or _clear(before[-1]))
    else:
        changes = repeated or _clear(last)
    return last.lang if changes else current


def _clear(guess: Guess) -> bool:
    return guess.confidence >= CONFIDENT and guess.words >= DECISIVE_WORDS
