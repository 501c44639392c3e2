"""Languages: the short tags they are known by, what they call themselves, and which one somebody writes in."""

from collections.abc import Sequence
from typing import Final

import msgspec

CONFIDENT: Final = 0.8
"""What one message says alone; with at least CONFIDENT_WORDS. Below it, two in a row must agree."""
CONFIDENT_WORDS: Final = 3
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


def base(tag: str) -> str | None:
    """The language of a tag without region and script, as packages name it: fr-CA -> fr. None: no tag at all."""
    first = tag.replace("_", "-").split("-")[0].strip().lower()
    return first if first.isascii() and first.isalpha() and len(first) in (2, 3) else None


def name(lang: str) -> str:
    """What a language calls itself; its tag, where we do not know."""
    return NAMES.get(lang, lang)


def settled(current: str | None, heard: Sequence[Guess]) -> str | None:
    """The language after what was heard, oldest first; a handful is enough.

    A message that says nothing (a number, an emoji, "ok") changes nothing. A clear one changes it at once, a
    plausible one only when the one before says the same.
    """
    said = [guess for guess in heard if guess.lang is not None and guess.confidence >= PLAUSIBLE]
    if not heard or not said or said[-1] is not heard[-1]:
        return current
    last = said[-1]
    clear = last.confidence >= CONFIDENT and last.words >= CONFIDENT_WORDS
    repeated = len(said) > 1 and said[-2].lang == last.lang
    return last.lang if clear or repeated or current is None else current
