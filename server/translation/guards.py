"""Outputs that nobody should see: empty, cut off, far too short, going round in circles, unreadable. Pure."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

TOKENS_PER_TOKEN: Final = 2
TOKENS_MORE: Final = 10
"""A translation longer than that does not end by itself; the longest known way of saying the same is shorter."""
MOST_TOKENS: Final = 512
"""Some models have no more positions."""
SHORTEST: Final = 0.3
"""Of the source's tokens."""
ROUNDS: Final = 4
"""How often three tokens in a row may come again."""
UNREADABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffd\ufffe\uffff⁇▁]|<unk>")
"""Control characters, what stands for letters that the model does not know, and what databases refuse."""


def most_tokens(source: int) -> int:
    """How long a translation may become."""
    return min(TOKENS_PER_TOKEN * source + TOKENS_MORE, MOST_TOKENS)


def bad(source: Sequence[str], target: Sequence[str], text: str) -> bool:
    """Whether the original is better than this translation. Tokens, and the text that they make."""
    return (
        not text.strip()
        or UNREADABLE.search(text) is not None
        or len(target) >= most_tokens(len(source))
        or len(target) + 2 < SHORTEST * len(source)
        or rounds(target) > max(ROUNDS, rounds(source))
    )


def rounds(tokens: Sequence[str]) -> int:
    """How often the most frequent three tokens in a row occur."""
    return max(Counter(zip(tokens, tokens[1:], tokens[2:], strict=False)).values(), default=0)
