"""The hot path of PostgreSQL for translators: what came of many messages, in one statement, in one round trip.

What the unit of desk/translating.py does step by step, said once in SQL, so that no ticket stays locked while a
translator, which stands back where others want the processors, waits for its next turn: the originals of that ticket
would wait with it. Tickets are locked in order of id; those that somebody else holds are left out (SKIP LOCKED), and so
is what was decided about a ticket that is not as it was then: languages, the switch, the vote. What comes out without a
row was left out; the unit then does it, or sees that there is nothing left to do.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from server.domain.words import search_text
from server.store.prepared import as_json
from server.store.transcript import EventRecord
from server.store.translation import TicketLanguages


class Translated(msgspec.Struct, frozen=True):
    """What came of a message: what is struck off the outbox, what the vote remembers, and what the transcript gets."""

    row: int
    """of the outbox"""
    ticket: TicketLanguages
    """as it was when all this was decided"""
    heard: str | None
    """from here on, as JSON"""
    events: list[EventRecord]
    """without their numbers; ``customer_seq``: anything but None where the customer sees it too"""


_MESSAGES: Final = {
    "outbox_id": "bigint",
    "ticket_id": "text",
    "language": "text",
    "chosen": "boolean",
    "heard_before": "text",
    "heard": "text",
}
_EVENTS: Final = {
    "event_id": "text",
    "ticket_id": "text",
    "author_id": "text",
    "body": "text",
    "data": "text",
    "client_id": "text",
    "visible": "integer",
    "at": "bigint",
    "words": "text",
    "place": "bigint",
}


def _fields(columns: dict[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())


STATEMENT: Final = f"""
WITH input AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS i({_fields(_MESSAGES)})
), said AS MATERIALIZED (
  SELECT * FROM json_to_recordset($2::json) AS s({_fields(_EVENTS)})
), locked AS MATERIALIZED (
  SELECT id, company_id, translate, language, language_chosen, language_heard
  FROM tickets WHERE id IN (SELECT ticket_id FROM input) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
), allowed AS MATERIALIZED (
  SELECT i.*, t.company_id
  FROM input i JOIN locked t ON t.id = i.ticket_id
  WHERE t.translate AND t.language IS NOT DISTINCT FROM i.language AND t.language_chosen = i.chosen
    AND t.language_heard::text IS NOT DISTINCT FROM i.heard_before
    AND NOT EXISTS (
      SELECT 1 FROM said s
      JOIN events e ON e.ticket_id = s.ticket_id AND e.author_id = s.author_id AND e.client_id = s.client_id
      WHERE s.ticket_id = i.ticket_id
    )
), passed AS MATERIALIZED (
  SELECT s.*, a.company_id,
         count(*) OVER w AS nth, sum(s.visible) OVER w AS nth_visible
  FROM said s JOIN allowed a USING (ticket_id)
  WINDOW w AS (PARTITION BY s.ticket_id ORDER BY s.place ROWS UNBOUNDED PRECEDING)
), tally AS MATERIALIZED (
  SELECT a.ticket_id, a.heard, count(p.event_id) AS events, coalesce(sum(p.visible), 0) AS visible
  FROM allowed a LEFT JOIN passed p USING (ticket_id)
  GROUP BY a.ticket_id, a.heard, a.heard_before
  HAVING count(p.event_id) > 0 OR a.heard IS DISTINCT FROM a.heard_before
), raised AS (
  UPDATE tickets t
  SET staff_seq = t.staff_seq + y.events, customer_seq = t.customer_seq + y.visible, language_heard = y.heard::json
  FROM tally y WHERE t.id = y.ticket_id
  RETURNING t.id, t.staff_seq - y.events AS staff_before, t.customer_seq - y.visible AS customer_before
), stored AS (
  INSERT INTO events (id, company_id, ticket_id, staff_seq, customer_seq, kind, author_role, author_id, author_name,
                      public_name, body, data, client_id, at)
  SELECT p.event_id, p.company_id, p.ticket_id, r.staff_before + p.nth,
         CASE WHEN p.visible = 1 THEN r.customer_before + p.nth_visible END,
         'translation', 'system', p.author_id, '', '', p.body, p.data::json, p.client_id, p.at
  FROM passed p JOIN raised r ON r.id = p.ticket_id
  RETURNING id, ticket_id, staff_seq, customer_seq
), indexed AS (
  INSERT INTO search (company_id, ticket_id, event_id, at, text)
  SELECT p.company_id, p.ticket_id, p.event_id, p.at, p.words
  FROM passed p JOIN raised r ON r.id = p.ticket_id WHERE p.words IS NOT NULL
), struck AS (
  DELETE FROM outbox WHERE id IN (SELECT outbox_id FROM allowed)
)
SELECT a.outbox_id, s.id, s.staff_seq, s.customer_seq
FROM allowed a LEFT JOIN stored s ON s.ticket_id = a.ticket_id ORDER BY s.staff_seq
"""


def arguments(several: list[Translated]) -> tuple[str, str]:
    """Of the statement. No ticket may be in it twice: a vote follows from the one before it."""
    messages = [
        (
            *(one.row, one.ticket.id, one.ticket.languages.customer, one.ticket.languages.chosen),
            *(one.ticket.heard_as_stored, one.heard),
        )
        for one in several
    ]
    events = [event for one in several for event in one.events]
    lines = [
        (
            *(event.id, event.ticket_id, event.author_id, event.body, as_json(event.data), event.client_id),
            *(int(event.customer_seq is not None), event.at, search_text(event.body) if event.body else None, place),
        )
        for place, event in enumerate(events)
    ]
    return _records(_MESSAGES, messages), _records(_EVENTS, lines)


def _records(columns: dict[str, str], rows: list[tuple[Any, ...]]) -> str:
    return msgspec.json.encode([dict(zip(columns, row, strict=True)) for row in rows]).decode()


def stored(several: list[Translated], rows: Sequence[Any]) -> list[list[EventRecord] | None]:
    """The events of each, with their numbers; None for what was left out."""
    allowed = {row[0] for row in rows}
    numbers = {event_id: (staff_seq, customer_seq) for _row, event_id, staff_seq, customer_seq in rows}
    return [
        [_numbered(event, *numbers[event.id]) for event in one.events] if one.row in allowed else None
        for one in several
    ]


def _numbered(event: EventRecord, staff_seq: int, customer_seq: int | None) -> EventRecord:
    return msgspec.structs.replace(event, staff_seq=staff_seq, customer_seq=customer_seq)
