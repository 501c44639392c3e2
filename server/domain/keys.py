"""Short keys that people read out and type: session keys, and keys with which another device joins a chat.

What a key looks like, and what a guess is worth. Who made it, and what it opens, stands with its use case.
"""

import secrets
from typing import Final

SYMBOLS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without 0 O 1 I L, which people mix up."""
LENGTH: Final = 8
ALL: Final = len(SYMBOLS) ** LENGTH
"""8.5e11: 40 random bits."""


def new_key() -> str:
    """40 random bits that can be read out."""
    return "".join(secrets.choice(SYMBOLS) for _ in range(LENGTH))


def plain(typed: str) -> str:
    """A key as it was made, however it was typed: ``k7qm-2xwp`` is ``K7QM2XWP``."""
    return "".join(char for char in typed.upper() if char in SYMBOLS)


def written(key: str) -> str:
    """A key as people read it: ``K7QM-2XWP``."""
    return f"{key[: LENGTH // 2]}-{key[LENGTH // 2 :]}"


def odds(guesses: int, living: int, of: int = ALL) -> float:
    """The chance that at least one of so many different guesses is one of the living keys."""
    return 1.0 - (1.0 - living / of) ** guesses
