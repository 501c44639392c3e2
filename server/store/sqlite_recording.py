"""The quick way of SQLite for translators: what came of many messages is stored by six statements.

What the unit of desk/translating.py does one after the other; translated.py says it for PostgreSQL. What was decided
about a ticket that is not as it was then (languages, the switch, the vote) is left out, as is what somebody else has
said meanwhile; the unit then does it, or sees that there is nothing left to do.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from server.domain.words import search_text
from server.store.prepared import as_json
from server.store.sqlite_rows import OfRows
from server.store.transcript import EventRecord
from server.store.translated import Translated, numbered, visible

_look: Final = OfRows(
    """
    WITH asked (ticket) AS (VALUES {rows})
    SELECT id, translate, language, language_chosen, CAST(language_heard AS TEXT), staff_seq, customer_seq
    FROM asked CROSS JOIN tickets ON id = ticket
    """,
    1,
)
_said_already: Final = OfRows(
    """
    WITH asked (ticket, author, client) AS (VALUES {rows})
    SELECT ticket FROM asked
    WHERE EXISTS (SELECT 1 FROM events WHERE ticket_id = ticket AND author_id = author AND client_id = client)
    """,
    3,
)
_raise: Final = OfRows(
    """
    WITH raised (ticket, staff, customer, heard) AS (VALUES {rows})
    UPDATE tickets SET staff_seq = staff, customer_seq = customer, language_heard = heard
    FROM raised WHERE id = ticket
    """,
    4,
)
_store: Final = OfRows(
    """
    INSERT INTO events (id, company_id, ticket_id, staff_seq, customer_seq, kind, author_role, author_id, author_name,
                        public_name, body, data, client_id, at)
    VALUES {rows}
    """,
    14,
)
_search: Final = OfRows("INSERT INTO search (company_id, ticket_id, event_id, at, text) VALUES {rows}", 5)
_strike: Final = OfRows("DELETE FROM outbox WHERE id IN (VALUES {rows})", 1)


class _Found(msgspec.Struct, frozen=True):
    """A ticket as it is now."""

    translate: int
    language: str | None
    chosen: int
    heard: str | None
    staff_seq: int
    customer_seq: int


def key(translated: Translated) -> str:
    """No two of a ticket may be recorded at once: a vote follows from the one before it."""
    return translated.ticket.id


def record(raw: sqlite3.Connection, several: Sequence[Translated]) -> list[list[EventRecord] | None]:
    """The events of each, with their numbers; None for what was left out."""
    tickets = {ticket_id: _Found(*rest) for ticket_id, *rest in _look(raw, [(one.ticket.id,) for one in several])}
    asked = [(event.ticket_id, event.author_id, event.client_id) for one in several for event in one.events]
    taken = {ticket_id for (ticket_id,) in _said_already(raw, asked)}
    allowed = [one for one in several if one.ticket.id not in taken and _is_as_it_was(one, tickets.get(one.ticket.id))]
    events = {}
    for one in allowed:
        now = tickets[one.ticket.id]
        events[one.row] = numbered(one.events, now.staff_seq, now.customer_seq)
    _write(raw, allowed, events, tickets)
    return [events.get(one.row) for one in several]


def _is_as_it_was(one: Translated, now: _Found | None) -> bool:
    if now is None or not now.translate:
        return False
    then = one.ticket.languages
    return (now.language, bool(now.chosen), now.heard) == (then.customer, then.chosen, one.ticket.heard_as_stored)


def _write(
    raw: sqlite3.Connection,
    allowed: Sequence[Translated],
    events: dict[int, list[EventRecord]],
    tickets: dict[str, _Found],
) -> None:
    lines = [event for one in allowed for event in events[one.row]]
    raised = []
    for one in allowed:
        ticket, said = tickets[one.ticket.id], events[one.row]
        if said or one.heard != ticket.heard:
            customer_seq = ticket.customer_seq + visible(said)
            raised.append((one.ticket.id, ticket.staff_seq + len(said), customer_seq, one.heard))
    _raise(raw, raised)
    _store(raw, [_row(event) for event in lines])
    _search(raw, [(e.company_id, e.ticket_id, e.id, e.at, search_text(e.body)) for e in lines if e.body])
    _strike(raw, [(one.row,) for one in allowed])


def _row(event: EventRecord) -> tuple[Any, ...]:
    return (
        *(event.id, event.company_id, event.ticket_id, event.staff_seq, event.customer_seq, event.kind),
        *(event.author_role, event.author_id, event.author_name, event.public_name, event.body, as_json(event.data)),
        *(event.client_id, event.at),
    )
