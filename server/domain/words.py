"""What search compares: one pure function for what is stored and for what is asked, the same on every database."""

import unicodedata
from typing import Final

WORD_CHARS: Final = 64
"""Longer words count by their beginning: PostgreSQL refuses to index one of more than 2,046 bytes."""


def search_text(text: str) -> str:
    """Words separated by single blanks: compatibility-decomposed, marks removed, case folded, all else blank.

    "Émile's ACME-12" -> "emile s acme 12"
    """
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(c if c.isalnum() else " " for c in folded if not unicodedata.combining(c))
    return " ".join(word[:WORD_CHARS] for word in kept.split())
