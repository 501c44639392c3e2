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
    "events": "bigint",
    "visible": "bigint",
}
_EVENTS: Final = {
    "event_id": "text",
    "ticket_id": "text",
    "author_id": "text",
    "body": "text",
    "data": "text",
    "client_id": "text",
    "at": "bigint",
    "words": "text",
    "nth": "bigint",
    "nth_visible": "bigint",
}


def _fields(columns: dict[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())


STATEMENT: Final = f"""
WITH input AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1::json) AS i({_fields(_MESSAGES)})
), said AS MATERIALIZED (
  SELECT * FROM json_to_recordset($2::json) AS s({_fields(_EVENTS)})
), locked AS MATERIALIZED (
  SELECT id, translate, language, language_chosen, language_heard
  FROM tickets WHERE id IN (SELECT ticket_id FROM input) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
), allowed AS MATERIALIZED (
  SELECT i.*
  FROM input i JOIN locked t ON t.id = i.ticket_id
  WHERE t.translate AND t.language IS NOT DISTINCT FROM i.language AND t.language_chosen = i.chosen
    AND t.language_heard::text IS NOT DISTINCT FROM i.heard_before
    AND NOT EXISTS (
      SELECT 1 FROM said s
      JOIN events e ON e.ticket_id = s.ticket_id AND e.author_id = s.author_id AND e.client_id = s.client_id
      WHERE s.ticket_id = i.ticket_id
    )
), raised AS (
  UPDATE tickets t
  SET staff_seq = t.staff_seq + a.events, customer_seq = t.customer_seq + a.visible, language_heard = a.heard::json
  FROM allowed a
  WHERE t.id = a.ticket_id AND (a.events > 0 OR a.heard IS DISTINCT FROM a.heard_before)
  RETURNING t.id, t.company_id, t.staff_seq - a.events AS staff_before, t.customer_seq - a.visible AS customer_before
), stored AS (
  INSERT INTO events (id, company_id, ticket_id, staff_seq, customer_seq, kind, author_role, author_id, author_name,
                      public_name, body, data, client_id, at)
  SELECT s.event_id, r.company_id, s.ticket_id, r.staff_before + s.nth, r.customer_before + s.nth_visible,
         'translation', 'system', s.author_id, '', '', s.body, s.data::json, s.client_id, s.at
  FROM said s JOIN raised r ON r.id = s.ticket_id
), indexed AS (
  INSERT INTO search (company_id, ticket_id, event_id, at, text)
  SELECT r.company_id, s.ticket_id, s.event_id, s.at, s.words
  FROM said s JOIN raised r ON r.id = s.ticket_id WHERE s.words IS NOT NULL
), struck AS (
  DELETE FROM outbox WHERE id IN (SELECT outbox_id FROM allowed)
)
SELECT a.outbox_id, r.staff_before, r.customer_before FROM allowed a LEFT JOIN raised r ON r.id = a.ticket_id
"""


def arguments(several: list[Translated]) -> tuple[str, str]:
    """Of the statement. No ticket may be in it twice: a vote follows from the one before it."""
    messages: list[tuple[Any, ...]] = []
    events: list[tuple[Any, ...]] = []
    for one in several:
        ticket, placed = one.ticket, numbered(one.events, 0, 0)
        languages = (ticket.languages.customer, ticket.languages.chosen, ticket.heard_as_stored, one.heard)
        messages.append((one.row, ticket.id, *languages, len(placed), visible(placed)))
        events += [
            (
                *(event.id, event.ticket_id, event.author_id, event.body, as_json(event.data), event.client_id),
                *(event.at, search_text(event.body) if event.body else None, event.staff_seq, event.customer_seq),
            )
            for event in placed
        ]
    return _records(_MESSAGES, messages), _records(_EVENTS, events)


def _records(columns: dict[str, str], rows: list[tuple[Any, ...]]) -> str:
    return msgspec.json.encode([dict(zip(columns, row, strict=True)) for row in rows]).decode()


def stored(several: list[Translated], rows: Sequence[Any]) -> list[list[EventRecord] | None]:
    """The events of each, with their numbers; None for what was left out."""
    before = {outbox_id: numbers for outbox_id, *numbers in rows}
    return [numbered(one.events, *before[one.row]) if one.row in before else None for one in several]


def numbered(events: Sequence[EventRecord], staff_seq: int, customer_seq: int) -> list[EventRecord]:
    """With the numbers that come after these; that of the customer only where he sees it."""
    found = []
    for event in events:
        staff_seq, seen = staff_seq + 1, event.customer_seq is not None
        customer_seq += seen
        found.append(msgspec.structs.replace(event, staff_seq=staff_seq, customer_seq=customer_seq if seen else None))
    return found


def visible(events: Sequence[EventRecord]) -> int:
    """How many of them the customer sees."""
    return sum(event.customer_seq is not None for event in events)
