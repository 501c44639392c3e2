"""What administrators write for customers, in several languages."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Final

from msgspec import Meta

Lang = Annotated[str, Meta(pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
Line = Annotated[str, Meta(min_length=1, max_length=300)]
"""A name, a label."""
Paragraph = Annotated[str, Meta(min_length=1, max_length=2_000)]
Lines = dict[Lang, Line]
"""One line in each language in which somebody wrote it."""
Paragraphs = dict[Lang, Paragraph]

FALLBACK: Final = "en"


def pick(texts: dict[str, str], langs: Iterable[str]) -> str | None:
    """The text in the first of these languages in which there is one; else English; else any. None: there is none."""
    for lang in (*langs, FALLBACK):
        for tag in (lang, lang.partition("-")[0]):
            if tag in texts:
                return texts[tag]
    return next(iter(texts.values()), None)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled, in one go: what is filled in may look like a placeholder itself."""
    return re.sub(r"\{([a-z]+)\}", lambda found: values.get(found[1], found[0]), text)
