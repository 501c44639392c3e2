"""Statements about several rows at once, on the bare driver of SQLite.

Each statement lets go of Python's lock a few times and has to get it back from the event loop, which may take 5 ms: a
group of messages is written by few statements, whatever its size. A row costs nothing there that JSON would cost.
"""

import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import Any, Final

from sqlalchemy import Connection

MOST: Final = 8
"""Rows in one statement: each number of them is a text of its own, which the driver keeps prepared."""


def driver(conn: Connection) -> sqlite3.Connection:
    """The driver's own connection."""
    raw = conn.connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        raise TypeError("not an SQLite connection")
    return raw


class OfRows:
    """A statement in which ``{rows}`` stands for the rows after VALUES, each of so many columns."""

    def __init__(self, text: str, width: int, most: int = MOST) -> None:
        row = f"({', '.join('?' * width)})"
        self._most = most
        self._texts = [text.replace("{rows}", ", ".join([row] * count)) for count in range(most + 1)]

    def __call__(self, raw: sqlite3.Connection, rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
        """Run it; the rows that it returns, if any."""
        found: list[tuple[Any, ...]] = []
        for first in range(0, len(rows), self._most):
            some = rows[first : first + self._most]
            found += raw.execute(self._texts[len(some)], list(chain.from_iterable(some))).fetchall()
        return found
