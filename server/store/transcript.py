"""Statements about events, the append-only lines of a transcript, and their numbers.

Numbers are raised by an UPDATE of the ticket's row in the transaction that inserts the event: the row lock makes them
gap-free and puts them in commit order, for each audience (design: a note leaves no hole in the customer's numbers).
"""

from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, func, literal_column, select, update

from server.domain.ids import new_id
from server.domain.people import AuthorRole
from server.store import outbox
from server.store.tables import events, streams, tickets

Audience = Literal["staff", "customer"]


class EventRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``events``."""

    id: str
    company_id: str
    ticket_id: str
    staff_seq: int
    customer_seq: int | None
    kind: str
    author_role: AuthorRole
    author_id: str | None
    author_name: str
    public_name: str
    body: str
    data: dict[str, Any] | None
    client_id: str | None
    at: int


class Actor(msgspec.Struct, frozen=True):
    """Who writes or does something. ``id`` is the customer's or technician's."""

    role: AuthorRole
    id: str | None
    name: str
    public_name: str


def append(
    conn: Connection,
    *,
    company_id: str,
    ticket_id: str,
    kind: str,
    actor: Actor,
    now: int,
    visible: bool,
    body: str = "",
    data: dict[str, Any] | None = None,
    client_id: str | None = None,
) -> EventRecord:
    """Give the event its numbers and store it. ``visible``: the customer sees it too, in one form or another."""
    waiting: Any = tickets.c.waiting_since
    if kind == "message":
        # the customer waits since the first message nobody has answered
        waiting = func.coalesce(waiting, now) if actor.role == "customer" else literal_column("NULL")
    row = conn.execute(
        update(tickets)
        .where(tickets.c.id == ticket_id)
        .values(
            staff_seq=tickets.c.staff_seq + 1,
            customer_seq=tickets.c.customer_seq + (1 if visible else 0),
            last_activity_at=now,
            waiting_since=waiting,
        )
        .returning(tickets.c.staff_seq, tickets.c.customer_seq)
    ).one()
    event = EventRecord(
        id=new_id(),
        company_id=company_id,
        ticket_id=ticket_id,
        staff_seq=row.staff_seq,
        customer_seq=row.customer_seq if visible else None,
        kind=kind,
        author_role=actor.role,
        author_id=actor.id,
        author_name=actor.name,
        public_name=actor.public_name,
        body=body,
        data=data,
        client_id=client_id,
        at=now,
    )
    conn.execute(events.insert().values(msgspec.structs.asdict(event)))
    if body:
        outbox.add(conn, "search", company_id, ticket_id, event.id)
    return event


def by_client_id(conn: Connection, ticket_id: str, author_id: str, client_id: str) -> EventRecord | None:
    """What this author made with this client_id."""
    row = conn.execute(
        select(events).where(
            events.c.ticket_id == ticket_id, events.c.author_id == author_id, events.c.client_id == client_id
        )
    ).one_or_none()
    return EventRecord(**row._mapping) if row else None


def last_n(conn: Connection, ticket_id: str, author_id: str, stream: str) -> int:
    """The last number accepted from this stream; 0 for a new one."""
    found = conn.execute(
        select(streams.c.last_n).where(
            streams.c.ticket_id == ticket_id, streams.c.author_id == author_id, streams.c.stream == stream
        )
    ).scalar_one_or_none()
    return int(found or 0)


def set_last_n(conn: Connection, ticket_id: str, author_id: str, stream: str, n: int) -> None:
    """Accept number n, which must be last_n + 1."""
    if n == 1:
        conn.execute(streams.insert().values(ticket_id=ticket_id, author_id=author_id, stream=stream, last_n=1))
        return
    conn.execute(
        update(streams)
        .where(streams.c.ticket_id == ticket_id, streams.c.author_id == author_id, streams.c.stream == stream)
        .values(last_n=n)
    )


# --- reading --------------------------------------------------------------------------------------------------------


def _number(audience: Audience) -> Any:
    return events.c.staff_seq if audience == "staff" else events.c.customer_seq


def after(conn: Connection, ticket_id: str, audience: Audience, seq: int, limit: int) -> list[EventRecord]:
    """Events after this number of the audience, in order."""
    number = _number(audience)
    rows = conn.execute(
        select(events).where(events.c.ticket_id == ticket_id, number > seq).order_by(number).limit(limit)
    )
    return [EventRecord(**row._mapping) for row in rows]


def before(conn: Connection, ticket_id: str, audience: Audience, seq: int, limit: int) -> list[EventRecord]:
    """The last events before this number of the audience, in order."""
    number = _number(audience)
    rows = conn.execute(
        select(events).where(events.c.ticket_id == ticket_id, number < seq).order_by(number.desc()).limit(limit)
    ).all()
    return [EventRecord(**row._mapping) for row in reversed(rows)]


def get(conn: Connection, ticket_id: str, event_id: str) -> EventRecord | None:
    """One event of this ticket."""
    row = conn.execute(select(events).where(events.c.ticket_id == ticket_id, events.c.id == event_id)).one_or_none()
    return EventRecord(**row._mapping) if row else None


def at_mark(conn: Connection, ticket_id: str, staff_seq: int, *, visible: bool) -> EventRecord | None:
    """The last event up to a read mark (that the customer sees too, if ``visible``)."""
    query = select(events).where(events.c.ticket_id == ticket_id, events.c.staff_seq <= staff_seq)
    if visible:
        query = query.where(events.c.customer_seq.is_not(None))
    row = conn.execute(query.order_by(events.c.staff_seq.desc()).limit(1)).one_or_none()
    return EventRecord(**row._mapping) if row else None
