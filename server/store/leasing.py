"""Messages that wait for a translator are taken by lease, together with all that decides into what they are translated.

On PostgreSQL by one statement, in one round trip: translators look many times a second, beside the chats. What it looks
at are the few rows that are taken, by their keys.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from server.domain.translation import READ_LANGUAGES
from server.store import outbox, translation
from server.store.outbox import Taken
from server.store.translation import Original, TicketLanguages

KIND: Final = "translate"
"""of rows of the outbox"""


class Leased(msgspec.Struct, frozen=True):
    """A row of the outbox, with the message and its ticket as they were when it was taken; None: there is no such."""

    row: Taken
    original: Original | None
    ticket: TicketLanguages | None


STATEMENT: Final = f"""
WITH moment AS MATERIALIZED (
  SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint) AS now
), free AS MATERIALIZED (
  SELECT id FROM outbox
  WHERE kind = '{KIND}' AND lease_until < (SELECT now FROM moment)
  ORDER BY id LIMIT $3::bigint FOR UPDATE SKIP LOCKED
), taken AS (
  UPDATE outbox o
  SET lease_owner = $1::text, lease_until = (SELECT now FROM moment) + $2::bigint, attempts = o.attempts + 1
  FROM free WHERE o.id = free.id
  RETURNING o.id, o.company_id, o.ticket_id, o.event_id, o.attempts
)
SELECT o.id, o.company_id, o.ticket_id, o.event_id, o.attempts,
       e.id, e.staff_seq, e.at, e.body, e.author_role, author.language,
       t.id, t.company_id, t.subject, t.translate, t.language, t.language_chosen, t.language_heard::text,
       (SELECT string_agg(r.lang, ',' ORDER BY r.read_at DESC, r.lang) FROM ticket_languages r WHERE r.ticket_id = t.id)
FROM taken o
LEFT JOIN events e ON e.id = o.event_id AND e.kind = 'message'
LEFT JOIN technicians author ON author.id = e.author_id
LEFT JOIN tickets t ON t.id = o.ticket_id
ORDER BY o.id
"""
"""Of a translator's id, the ms that its lease holds, and the number of rows at most."""
_ROW: Final = 5
_ORIGINAL: Final = 11


def leased(rows: Sequence[Sequence[Any]]) -> list[Leased]:
    """What came out of the statement."""
    found = []
    for values in rows:
        row, message, ticket = values[:_ROW], values[_ROW:_ORIGINAL], values[_ORIGINAL:]
        found.append(
            Leased(
                Taken._make(row),
                None if message[0] is None else translation.original(message),
                None if ticket[0] is None else translation.ticket_languages(ticket[:-1], _read(ticket[-1])),
            )
        )
    return found


def _read(langs: str | None) -> list[str]:
    return langs.split(",")[:READ_LANGUAGES] if langs else []


def lease(conn: Connection, owner: str, now: int, lease_ms: int, most: int) -> list[Leased]:
    """The same, step by step, for SQLite."""
    rows = outbox.take(conn, KIND, owner, now, lease_ms, most)
    if not rows:
        return []
    originals = translation.messages(conn, [row.event_id for row in rows if row.event_id])
    tickets = translation.of_tickets(conn, [row.ticket_id for row in rows])
    return [Leased(row, originals.get(row.event_id or ""), tickets.get(row.ticket_id)) for row in rows]
