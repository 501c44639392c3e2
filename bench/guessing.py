"""What guessing short keys is worth: ``python -m bench.guessing`` prints the table of docs/keys.md.

Guesses at a steady rate, from one address or from many in turn, go through the very throttle of the server on a
database of its own, with a clock that the simulation moves. What gets through, times the keys that live, is the odds.
"""

import msgspec
from sqlalchemy import Connection, create_engine

from server.accounts import guesses
from server.domain.keys import ALL, odds
from server.errors import TooMany
from server.store.tables import throttles

RATE = 100
SECONDS = 600
LIVING = 1_000
ADDRESSES = (1, 100, 1_000, 60_000)


class Guessed(msgspec.Struct, frozen=True):
    """``looked_at``: guesses that were compared with keys at all."""

    addresses: int
    sent: int
    looked_at: int

    @property
    def odds(self) -> float:
        """That one of them was one of the living keys, all of them of the portal that was asked."""
        return odds(self.looked_at, LIVING)


def simulate(addresses: int, rate: int = RATE, seconds: int = SECONDS) -> Guessed:
    """Wrong keys only, since a right one is what the odds are about."""
    engine = create_engine("sqlite://")
    with engine.begin() as conn:
        throttles.create(conn)
        sent = rate * seconds
        looked_at = sum(_guess(conn, f"address {n % addresses}", 1_000_000 + n * 1_000 // rate) for n in range(sent))
    engine.dispose()
    return Guessed(addresses, sent, looked_at)


def _guess(conn: Connection, network: str, now: int) -> bool:
    try:
        guesses.check(conn, network, now)
    except TooMany:
        return False
    guesses.wrong(conn, network, now)
    return True


def table() -> str:
    """In Markdown."""
    lines = [
        f"Keys: {ALL:,}. Living: {LIVING:,}, all of one portal. {RATE} guesses a second for {SECONDS // 60} minutes.",
        "",
        "| guesses come from | sent | looked at | chance that one opens |",
        "|---|---|---|---|",
    ]
    for addresses in ADDRESSES:
        found = simulate(addresses)
        origin = "one address" if addresses == 1 else f"{addresses:,} addresses"
        chance = f"{found.odds:.1e}, 1 in {round(1 / found.odds):,}"
        lines.append(f"| {origin} | {found.sent:,} | {found.looked_at:,} | {chance} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
