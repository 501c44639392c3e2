"""Statements about events, the append-only lines of a transcript, and their numbers.

Numbers are raised by an UPDATE of the ticket's row in the transaction that inserts the event: the row lock makes them
gap-free and puts them in commit order, for each audience (design: a note leaves no hole in the customer's numbers).
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, Literal

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    String,
    bindparam,
    case,
    func,
    null,
    select,
    update,
)

from server.domain.ids import new_id
from server.domain.people import AuthorRole
from server.store import dialect, outbox
from server.store.prepared import Prepared, as_json, from_json
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
    to_translate: bool = False
    """not stored: whoever has just appended it has left it to the translators"""


class Actor(msgspec.Struct, frozen=True):
    """Who writes or does something. ``id`` is the customer's or technician's."""

    role: AuthorRole
    id: str | None
    name: str
    public_name: str


_raise_numbers = Prepared(
    update(tickets)
    .where(tickets.c.id == bindparam("ticket"))
    .values(
        staff_seq=tickets.c.staff_seq + 1,
        customer_seq=tickets.c.customer_seq + bindparam("visible", type_=Integer),
        last_activity_at=case(
            (bindparam("quiet", type_=Integer) == 1, tickets.c.last_activity_at), else_=bindparam("now")
        ),
        # the customer waits since the first message that nobody has answered
        waiting_since=case(
            (bindparam("asks", type_=Integer) == 1, func.coalesce(tickets.c.waiting_since, bindparam("since"))),
            (bindparam("answers", type_=Integer) == 1, null()),
            else_=tickets.c.waiting_since,
        ),
    )
    .returning(tickets.c.staff_seq, tickets.c.customer_seq, tickets.c.translate)
)
_insert = Prepared(events.insert())
_by_client_id = Prepared(
    select(events).where(
        events.c.ticket_id == bindparam("ticket"),
        events.c.author_id == bindparam("author"),
        events.c.client_id == bindparam("client"),
    )
)
_last_n = Prepared(
    select(streams.c.last_n).where(
        streams.c.ticket_id == bindparam("ticket"),
        streams.c.author_id == bindparam("author"),
        streams.c.stream == bindparam("tab"),
    )
)
_first_n = Prepared(streams.insert())
_next_n = Prepared(
    update(streams)
    .where(
        streams.c.ticket_id == bindparam("ticket"),
        streams.c.author_id == bindparam("author"),
        streams.c.stream == bindparam("tab"),
    )
    .values(last_n=bindparam("n"))
)


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
    quiet: bool = False,
) -> EventRecord:
    """Give the event its numbers and store it. ``visible``: the customer sees it too, in one form or another.

    ``quiet``: nobody did anything that the lists should show.
    """
    says = kind in ("message", "file")
    [(staff_seq, customer_seq, translate)] = _raise_numbers(
        conn,
        ticket=ticket_id,
        visible=int(visible),
        quiet=int(quiet),
        now=now,
        since=now,
        asks=int(says and actor.role == "customer"),
        answers=int(says and actor.role != "customer"),
    )
    event = EventRecord(
        id=new_id(),
        company_id=company_id,
        ticket_id=ticket_id,
        staff_seq=staff_seq,
        customer_seq=customer_seq if visible else None,
        kind=kind,
        author_role=actor.role,
        author_id=actor.id,
        author_name=actor.name,
        public_name=actor.public_name,
        body=body,
        data=data,
        client_id=client_id,
        at=now,
        to_translate=bool(translate) and kind == "message",
    )
    _insert(conn, **{name: getattr(event, name) for name in _COLUMNS} | {"data": as_json(data)})
    if body:
        outbox.add(conn, "search", company_id, ticket_id, event.id)
    if event.to_translate:
        outbox.add(conn, "translate", company_id, ticket_id, event.id)
    return event


def by_client_id(conn: Connection, ticket_id: str, author_id: str, client_id: str) -> EventRecord | None:
    """What this author made with this client_id."""
    rows = _by_client_id(conn, ticket=ticket_id, author=author_id, client=client_id)
    return _from_driver(rows[0]) if rows else None


_COLUMNS = tuple(column.name for column in events.columns)


def _from_driver(row: Sequence[Any]) -> EventRecord:
    fields = dict(zip(_COLUMNS, row, strict=True))
    fields["data"] = from_json(fields["data"])
    return EventRecord(**fields)


def last_n(conn: Connection, ticket_id: str, author_id: str, stream: str) -> int:
    """The last number accepted from this stream; 0 for a new one."""
    rows = _last_n(conn, ticket=ticket_id, author=author_id, tab=stream)
    return int(rows[0][0]) if rows else 0


def set_last_n(conn: Connection, company_id: str, ticket_id: str, author_id: str, stream: str, n: int) -> None:
    """Accept number n, which must be last_n + 1."""
    if n == 1:
        _first_n(conn, company_id=company_id, ticket_id=ticket_id, author_id=author_id, stream=stream, last_n=1)
    else:
        _next_n(conn, ticket=ticket_id, author=author_id, tab=stream, n=n)


# --- reading --------------------------------------------------------------------------------------------------------


def _number(audience: Audience) -> Any:
    return events.c.staff_seq if audience == "staff" else events.c.customer_seq


class Span(msgspec.Struct, frozen=True):
    """A ticket's numbers above ``after``, up to and with ``upto``. There are no gaps, so this bounds the events."""

    ticket_id: str
    after: int
    upto: int


def _spans(number: ColumnElement[int]) -> Prepared:
    asked = dialect.given("spans", place=Integer(), ticket=String(), after=BigInteger(), upto=BigInteger())
    return Prepared(
        select(asked.c.place, *events.c)
        .join(asked, (asked.c.ticket == events.c.ticket_id) & (number > asked.c.after) & (number <= asked.c.upto))
        .order_by(asked.c.place, number)
    )


_events_of_spans: Final[dict[Audience, Prepared]] = {
    "staff": _spans(events.c.staff_seq),
    "customer": _spans(events.c.customer_seq),
}


def spans(conn: Connection, audience: Audience, asked: Sequence[Span]) -> list[list[EventRecord]]:
    """The events of each, in order."""
    found: list[list[EventRecord]] = [[] for _ in asked]
    given = dialect.rows((place, one.ticket_id, one.after, one.upto) for place, one in enumerate(asked))
    for place, *values in _events_of_spans[audience](conn, spans=given):
        found[place].append(_from_driver(values))
    return found


def after(conn: Connection, ticket_id: str, audience: Audience, seq: int, limit: int) -> list[EventRecord]:
    """Events after this number of the audience, in order."""
    return spans(conn, audience, [Span(ticket_id, seq, seq + limit)])[0]


def before(conn: Connection, ticket_id: str, audience: Audience, seq: int, limit: int) -> list[EventRecord]:
    """The last events before this number of the audience, in order."""
    number = _number(audience)
    rows = conn.execute(
        select(events).where(events.c.ticket_id == ticket_id, number < seq).order_by(number.desc()).limit(limit)
    ).all()
    return [EventRecord(**row._mapping) for row in reversed(rows)]


def nth_line(conn: Connection, ticket_id: str, audience: Audience, seq: int, n: int) -> int | None:
    """The number of the n-th line up to this number, counted backwards; translations are no lines of their own."""
    number = _number(audience)
    query = (
        select(number)
        .where(events.c.ticket_id == ticket_id, number <= seq, events.c.kind != "translation")
        .order_by(number.desc())
        .offset(n - 1)
        .limit(1)
    )
    return conn.execute(query).scalar_one_or_none()


def get(conn: Connection, ticket_id: str, event_id: str) -> EventRecord | None:
    """One event of this ticket."""
    row = conn.execute(select(events).where(events.c.ticket_id == ticket_id, events.c.id == event_id)).one_or_none()
    return EventRecord(**row._mapping) if row else None


def last_of(conn: Connection, ticket_id: str, kinds: tuple[str, ...]) -> EventRecord | None:
    """The last event of one of these kinds."""
    query = select(events).where(events.c.ticket_id == ticket_id, events.c.kind.in_(kinds))
    row = conn.execute(query.order_by(events.c.staff_seq.desc()).limit(1)).one_or_none()
    return EventRecord(**row._mapping) if row else None


def at_mark(conn: Connection, ticket_id: str, staff_seq: int, *, visible: bool) -> EventRecord | None:
    """The last event up to a read mark (that the customer sees too, if ``visible``)."""
    query = select(events).where(events.c.ticket_id == ticket_id, events.c.staff_seq <= staff_seq)
    if visible:
        query = query.where(events.c.customer_seq.is_not(None))
    row = conn.execute(query.order_by(events.c.staff_seq.desc()).limit(1)).one_or_none()
    return EventRecord(**row._mapping) if row else None


def _mark(column: ColumnElement[int], *, visible: bool) -> ColumnElement[str]:
    up_to_mark = select(events.c.id).where(events.c.ticket_id == tickets.c.id, events.c.staff_seq <= column)
    if visible:
        up_to_mark = up_to_mark.where(events.c.customer_seq.is_not(None))
    return up_to_mark.order_by(events.c.staff_seq.desc()).limit(1).correlate(tickets).scalar_subquery()


def _marks_for(*, visible: bool) -> Prepared:
    asked = dialect.given("asked", id=String())
    marks = [_mark(column, visible=visible) for column in (tickets.c.customer_read, tickets.c.technician_read)]
    return Prepared(select(tickets.c.id, *marks).join(asked, asked.c.id == tickets.c.id))


_marks: Final[dict[Audience, Prepared]] = {"staff": _marks_for(visible=False), "customer": _marks_for(visible=True)}


def marks(conn: Connection, audience: Audience, ticket_ids: Iterable[str]) -> dict[str, tuple[str | None, str | None]]:
    """Of each ticket the last event that the customer has read, and the technician, as the audience knows it."""
    rows = _marks[audience](conn, asked=dialect.rows((ticket_id,) for ticket_id in set(ticket_ids)))
    return {ticket_id: (customer, technician) for ticket_id, customer, technician in rows}
