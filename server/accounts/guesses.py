"""What stops those who guess short keys: each network may be wrong a few times, then waits 1, 2, 4 … 60 s.

Session keys and keys for another device are typed into the same field, so they share one count. There is no count of
everybody together: whoever has many addresses could shut out all those who type a true key. What is left to guess then
is said by ``python -m bench.guessing``, and written down in docs/keys.md.
"""

from typing import Final

from sqlalchemy import Connection

from server.accounts import throttle

FREE: Final = 5
"""Wrong keys of a network that cost no waiting: people mistype."""


def check(conn: Connection, network: str, now: int) -> None:
    """Raises TooMany while this network has to wait."""
    throttle.check(conn, _key(network), now)


def wrong(conn: Connection, network: str, now: int) -> None:
    """One more key that opens nothing. It counts only where the transaction is not rolled back."""
    throttle.count(conn, _key(network), now, FREE)


def _key(network: str) -> str:
    return f"key:{network}"
