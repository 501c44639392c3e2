"""The quick way of SQLite for messages from sockets: those that are committed together are stored by six statements.

What the units of desk/messages.py do one after the other, and by the same rules; appending.py says it for PostgreSQL.
Numbers are counted here, since the writer is alone with the database from BEGIN IMMEDIATE on. What a rule refuses, what
came before and what is out of turn is left out and changes nothing; the unit then finds out why.

What search compares is stored here, and not by way of the outbox; its words are indexed a moment later, many at once
(sqlite_indexing.py), since each transaction that touches the index costs it a segment.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from server.domain import ticket as rules
from server.domain.ticket import Chat, State, Status
from server.domain.words import search_text
from server.errors import Refused
from server.store.appending import Append, record
from server.store.scope import StaffScope
from server.store.sqlite_rows import OfRows
from server.store.transcript import EventRecord

_look: Final = OfRows(
    """
    WITH asked (place, ticket, author, client, tab) AS (VALUES {rows})
    SELECT place, t.company_id, t.customer_id, t.customer_name, t.status, t.chat, t.assignee_id, t.joined, t.translate,
           t.staff_seq, t.customer_seq, t.waiting_since,
           coalesce((SELECT last_n FROM streams WHERE ticket_id = ticket AND author_id = author AND stream = tab), 0),
           EXISTS (SELECT 1 FROM events WHERE ticket_id = ticket AND author_id = author AND client_id = client)
    FROM asked CROSS JOIN tickets t ON t.id = ticket
    """,
    5,
)
_raise: Final = OfRows(
    """
    WITH raised (ticket, staff, customer, at, since) AS (VALUES {rows})
    UPDATE tickets SET staff_seq = staff, customer_seq = customer, last_activity_at = at, waiting_since = since
    FROM raised WHERE id = ticket
    """,
    5,
)
_pass: Final = OfRows(
    """
    INSERT INTO streams (ticket_id, author_id, stream, company_id, last_n) VALUES {rows}
    ON CONFLICT (ticket_id, author_id, stream) DO UPDATE SET last_n = excluded.last_n
    """,
    5,
)
_store: Final = OfRows(
    """
    INSERT INTO events (id, company_id, ticket_id, staff_seq, customer_seq, kind, author_role, author_id, author_name,
                        public_name, body, client_id, at)
    VALUES {rows}
    """,
    13,
)
_search: Final = OfRows("INSERT INTO search (company_id, ticket_id, event_id, at, text) VALUES {rows}", 5)
_leave: Final = OfRows("INSERT INTO outbox (kind, company_id, ticket_id, event_id) VALUES {rows}", 4)


class _Found(msgspec.Struct, frozen=True):
    """What is stored about a message's ticket, its stream, and itself."""

    company_id: str
    customer_id: str
    customer_name: str
    status: str
    chat: str
    assignee_id: str | None
    joined: int
    translate: int
    staff_seq: int
    customer_seq: int
    waiting_since: int | None
    last_n: int
    there: int


class _Tally:
    """Of a ticket: the numbers that were given last, and what consoles show beside it."""

    def __init__(self, found: _Found) -> None:
        self.staff_seq = found.staff_seq
        self.customer_seq = found.customer_seq
        self.at = 0
        self.waiting_since = found.waiting_since

    def take(self, message: Append) -> tuple[int, int | None]:
        """The numbers of one more message."""
        self.staff_seq += 1
        self.at = max(self.at, message.at)
        if message.kind != "message":
            return self.staff_seq, None
        self.customer_seq += 1
        if message.author_role != "customer":
            self.waiting_since = None
        elif self.waiting_since is None:
            self.waiting_since = message.at
        return self.staff_seq, self.customer_seq


def key(message: Append) -> tuple[str, str]:
    """No two of one key may be stored at once: what is true of the second follows from the first."""
    return message.ticket_id, message.author_id


def append(raw: sqlite3.Connection, messages: Sequence[Append]) -> list[EventRecord | None]:
    """What became of each; None for what was left out."""
    asked = [(i, m.ticket_id, m.author_id, m.client_id, m.stream) for i, m in enumerate(messages)]
    found = {place: _Found(*row) for place, *row in _look(raw, asked)}
    tallies: dict[str, _Tally] = {}
    events: list[EventRecord | None] = []
    for place, message in enumerate(messages):
        known = found.get(place)
        if known is None or not _may_pass(message, known):
            events.append(None)
            continue
        tally = tallies.get(message.ticket_id) or tallies.setdefault(message.ticket_id, _Tally(known))
        events.append(_event(message, known, tally))
    passed = [(message, event) for message, event in zip(messages, events, strict=True) if event is not None]
    if passed:
        _write(raw, passed, tallies)
    return events


def _may_pass(message: Append, known: _Found) -> bool:
    """Whether the rules allow it, it is new, and its turn has come."""
    if known.there or message.n != known.last_n + 1:
        return False
    state = State(Status(known.status), Chat(known.chat), known.assignee_id, bool(known.joined))
    try:
        if message.author_role == "customer":
            rules.check_customer_may_write(state)
            return message.author_id == known.customer_id
        if message.kind == "message":
            rules.check_technician_may_write(state, message.author_id)
    except Refused:
        return False
    scope = StaffScope(message.author_id, frozenset(message.companies.split(",")), message.available)
    return scope.reaches(known.company_id, known.customer_id, known.assignee_id)


def _event(message: Append, known: _Found, tally: _Tally) -> EventRecord:
    by_customer, visible = message.author_role == "customer", message.kind == "message"
    name = known.customer_name if by_customer else message.author_name
    public_name = known.customer_name if by_customer else message.public_name
    translate = visible and bool(known.translate)
    return record(message, (message.event_id, known.company_id, *tally.take(message), name, public_name, translate))


def _write(raw: sqlite3.Connection, passed: Sequence[tuple[Append, EventRecord]], tallies: dict[str, _Tally]) -> None:
    _raise(raw, [(id_, t.staff_seq, t.customer_seq, t.at, t.waiting_since) for id_, t in tallies.items()])
    _pass(raw, [(m.ticket_id, m.author_id, m.stream, event.company_id, m.n) for m, event in passed])
    _store(raw, [_row(event) for _message, event in passed])
    _search(raw, [(e.company_id, e.ticket_id, e.id, e.at, search_text(e.body)) for _message, e in passed])
    _leave(raw, [("translate", e.company_id, e.ticket_id, e.id) for _message, e in passed if e.to_translate])


def _row(event: EventRecord) -> tuple[Any, ...]:
    return (
        *(event.id, event.company_id, event.ticket_id, event.staff_seq, event.customer_seq, event.kind),
        *(event.author_role, event.author_id, event.author_name, event.public_name, event.body),
        *(event.client_id, event.at),
    )
