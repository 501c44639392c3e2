"""What guessing keys is worth: the simulation agrees with the formula, and the documentation with both."""

import random
import re
from pathlib import Path

from bench.guessing import ADDRESSES, LIVING, RATE, SECONDS, simulate
from server.accounts.guesses import FREE
from server.accounts.throttle import LONGEST_S
from server.domain.keys import ALL, odds

DOCS = Path(__file__).parents[2] / "docs" / "keys.md"


def looked_at(addresses: int, rate: int, seconds: int) -> int:
    """By hand: an address has five for nothing, and waits 1, 2, 4 … 60 s after each one that follows."""

    def of_one(first: int) -> int:
        passed, free_at = 0, 0
        for n in range(first, rate * seconds, addresses):
            if n * 1_000 // rate >= free_at:
                passed += 1
                over = passed - FREE
                free_at = n * 1_000 // rate + (min(LONGEST_S, 2 ** (over - 1)) * 1_000 if over > 0 else 0)
        return passed

    return sum(of_one(first) for first in range(min(addresses, rate * seconds)))


def test_the_simulation_lets_through_what_the_formula_says() -> None:
    assert simulate(1, rate=5).looked_at == looked_at(1, 5, SECONDS) == 20
    assert simulate(40, rate=20, seconds=120).looked_at == looked_at(40, 20, 120)
    assert simulate(600, rate=20, seconds=30).looked_at == 600  # whoever has an address for each guess never waits


def test_the_formula_counts_hits_as_they_happen() -> None:
    """In a space small enough to be hit: 20 living keys of 4,000, 50 guesses, 4,000 times."""
    chance = random.Random(7)
    hit = sum(any(chance.randrange(4_000) < 20 for _ in range(50)) for _ in range(4_000)) / 4_000
    assert abs(hit - odds(50, 20, of=4_000)) < 0.02


def test_the_documentation_says_what_comes_out() -> None:
    text = DOCS.read_text()
    assert f"Keys: {ALL:,}. Living: {LIVING:,}" in text
    rows = re.findall(r"^\| (one|[\d,]+) address(?:es)? \| ([\d,]+) \| ([\d,]+) \| (\S+), 1 in", text, re.MULTILINE)
    assert len(rows) == len(ADDRESSES)
    for addresses, (_, sent, passed, chance) in zip(ADDRESSES, rows, strict=True):
        expected = looked_at(addresses, RATE, SECONDS)
        assert (sent, passed) == (f"{RATE * SECONDS:,}", f"{expected:,}")
        assert chance == f"{odds(expected, LIVING):.1e}"
