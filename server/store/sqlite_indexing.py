"""What fills the index of words, on the bare driver of SQLite.

Rows of ``search`` get their words in the order of their ids, some time after they were stored: those that have them are
those up to the last one that the index knows.

The index of words consists of segments, of which four of a size are merged into one. SQLite would do that while it
stores words, up to 64 pages for each size at once, and whoever writes a message meanwhile waits 20 to 50 ms; so it is
told not to (``automerge``, migration 0008), and whoever adds words merges a few pages.

Rows come as one text of JSON: for each row that the driver gives out it lets go of Python's lock, and the event loop,
which then has it, may keep it for 5 ms.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from server.store.sqlite_rows import OfRows

_OLDEST: Final = """
SELECT json_group_array(json_array(id, ticket_id, event_id))
FROM (SELECT id, ticket_id, event_id FROM outbox WHERE kind = ? ORDER BY id LIMIT ?)
"""
_TEXTS: Final = """
SELECT json_group_array(json_array(company_id, ticket_id, id, at, body))
FROM events WHERE id IN (SELECT value FROM json_each(?))
"""
_NEXT: Final = """
SELECT coalesce((SELECT max(id) FROM search_words_docsize), 0), coalesce((SELECT max(id) FROM search), 0)
"""
MERGED: Final = 16
"""Pages of the index that are written at once, or the list of one word, where that is longer. 25 messages make two or
three; each is merged once for each size of segments."""
_MERGE: Final = "INSERT INTO search_words (search_words, rank) VALUES ('merge', ?)"
_HEADS: Final = "FROM search WHERE event_id = '' AND ticket_id IN (SELECT value ->> 0 FROM json_each(?))"
_FORGET_WORDS: Final = f"""
INSERT INTO search_words (search_words, rowid, text)
SELECT 'delete', id, text {_HEADS} AND id IN (SELECT id FROM search_words_docsize)
"""
_FORGET: Final = f"DELETE {_HEADS}"
_insert: Final = OfRows(
    """
    INSERT INTO search (company_id, ticket_id, event_id, at, text) VALUES {rows}
    ON CONFLICT (ticket_id, event_id) DO NOTHING
    """,
    5,
    most=32,
)

_left: Final = msgspec.json.Decoder(list[tuple[int, str, str | None]])
_texts: Final = msgspec.json.Decoder(list[tuple[str, str, str, int, str]])


def remove(raw: sqlite3.Connection, kind: str, most: int) -> list[tuple[str, str | None]]:
    """Take the oldest rows of this kind out of the outbox; (ticket, event) of each."""
    [found] = raw.execute(_OLDEST, (kind, most)).fetchone()
    rows = _left.decode(found)
    if rows:  # nobody else writes: up to the last one of them there are only these
        raw.execute("DELETE FROM outbox WHERE kind = ? AND id <= ?", (kind, max(row[0] for row in rows)))
    return [(ticket_id, event_id) for _id, ticket_id, event_id in rows]


def texts(raw: sqlite3.Connection, event_ids: Iterable[str]) -> list[tuple[str, str, str, int, str]]:
    """(company, ticket, event, time, what was said) of each event."""
    [found] = raw.execute(_TEXTS, (msgspec.json.encode(list(event_ids)).decode(),)).fetchone()
    return _texts.decode(found)


def add(raw: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows of ``search``, without their words yet; what is there already is left alone."""
    _insert(raw, rows)


def forget_heads(raw: sqlite3.Connection, tickets: str) -> None:
    """The rows of tickets themselves, before they are made anew. ``tickets``: JSON, ``[[id], …]``."""
    raw.execute(_FORGET_WORDS, (tickets,))
    raw.execute(_FORGET, (tickets,))


def without_words(raw: sqlite3.Connection, most: int) -> tuple[int, int]:
    """The last id that has words, and the last of those that have none, of so many."""
    first, last = raw.execute(_NEXT).fetchone()
    return first, min(first + most, last)


def add_words(raw: sqlite3.Connection, after: int, upto: int) -> None:
    """Of rows whose ids are in between."""
    raw.execute(
        "INSERT INTO search_words (rowid, text) SELECT id, text FROM search WHERE id > ? AND id <= ?", (after, upto)
    )


def merge(raw: sqlite3.Connection) -> bool:
    """Merge a few pages of the index of words; whether there was anything to merge, and may be more."""
    before = raw.total_changes
    raw.execute(_MERGE, (MERGED,))
    return raw.total_changes > before + 1  # so FTS5 says it; one is the INSERT itself
