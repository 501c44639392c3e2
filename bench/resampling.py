"""How sure a ratio of two percentiles is: seconds of both sides are drawn again and again (bootstrap). Pure.

What is drawn are whole seconds and not single messages: those of one second were slow for the same reason.
"""

import random
from collections.abc import Sequence
from typing import Final

import msgspec

DRAWS: Final = 400
SURE: Final = 0.95

Second = Sequence[float]
"""What was measured within one second."""


class Ratio(msgspec.Struct, frozen=True):
    """How many times as much, and the bounds within which that is with 95 %."""

    itself: float
    least: float
    most: float


def percentile(seconds: Sequence[Second], share: float) -> float:
    """Of everything that was measured."""
    ordered = sorted(value for second in seconds for value in second)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def ratio(ours: Sequence[Second], others: Sequence[Second], share: float) -> Ratio:
    """A percentile of ours, as so many times that of the others. The same seconds give the same answer."""
    dice = random.Random(7)

    def drawn(seconds: Sequence[Second]) -> float:
        return percentile(dice.choices(seconds, k=len(seconds)), share)

    found = sorted(drawn(ours) / drawn(others) for _ in range(DRAWS))
    outside = int((1 - SURE) / 2 * DRAWS)
    itself = percentile(ours, share) / percentile(others, share)
    return Ratio(itself, found[outside], found[-1 - outside])
