"""Statements about tickets: opening, state, lists, counts, queue places. Each takes a scope where a person asks."""

from collections.abc import Collection
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, literal, select, true, update

from server.domain.devices import DeviceClass
from server.domain.ids import new_id
from server.domain.limits import COUNT_CAP
from server.domain.people import Customer, Side
from server.domain.ticket import Chat, State, Status, Undo, View
from server.store import customers, translation
from server.store.prepared import Prepared
from server.store.scope import Scope, StaffScope
from server.store.tables import companies, events, portals, technicians, tickets


class TicketRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket with the names that lists and details show."""

    id: str
    company_id: str
    company: str
    portal_id: str
    portal: str
    queue_id: str
    customer_id: str
    key: str
    subject: str
    customer_name: str
    email: str | None
    company_name: str | None
    company_code: str | None
    verified: bool
    language: str | None
    state: State
    assignee_name: str | None
    assignee_public_name: str | None
    assignee_language: str | None
    absent_since: int | None
    """since when the assignee of a ticket that is not closed is gone"""
    created_at: int
    queued_at: int
    outcome: str | None
    ip: str
    user_agent: str
    device_class: DeviceClass
    os: str
    browser: str
    list_seq: int
    staff_seq: int
    customer_seq: int
    last_activity_at: int
    waiting_since: int | None
    customer_read: int
    technician_read: int
    translate: bool
    """the portal's setting"""
    languages: list[str]
    """the last ones that technicians who opened it read; none where nothing is translated"""
    unread: int
    """customer's messages after technician_read, while somebody is assigned"""
    customer_unread: int
    """technicians' messages after customer_read"""


_assignee = technicians.alias("assignee")
_record: Final[Select[Any]] = (
    select(
        tickets,
        companies.c.name.label("company"),
        portals.c.slug.label("portal"),
        _assignee.c.name.label("assignee_name"),
        _assignee.c.public_name.label("assignee_public_name"),
        _assignee.c.language.label("assignee_language"),
        _assignee.c.absent_since,
    )
    .join(companies, companies.c.id == tickets.c.company_id)
    .join(portals, portals.c.id == tickets.c.portal_id)
    .outerjoin(_assignee, _assignee.c.id == tickets.c.assignee_id)
)


class Brief(msgspec.Struct, frozen=True):
    """What writing into a ticket has to know of it."""

    id: str
    company_id: str
    customer_name: str
    state: State


_brief = Prepared(
    select(
        tickets.c.company_id,
        tickets.c.customer_id,
        tickets.c.customer_name,
        tickets.c.status,
        tickets.c.chat,
        tickets.c.assignee_id,
        tickets.c.joined,
    ).where(tickets.c.id == bindparam("ticket"))
)


def brief(conn: Connection, scope: Scope, ticket_id: str) -> Brief | None:
    """The ticket, if this scope reaches it; without its undo, which no message looks at."""
    for company_id, customer_id, name, status, chat, assignee_id, joined in _brief(conn, ticket=ticket_id):
        if scope.reaches(company_id, customer_id, assignee_id):
            return Brief(ticket_id, company_id, name, State(Status(status), Chat(chat), assignee_id, bool(joined)))
    return None


def _to_record(conn: Connection, row: Any) -> TicketRecord:
    r = row._mapping
    undo = msgspec.convert(r["undo"], Undo) if r["undo"] else None
    status = Status(r["status"])
    absent_since = None if status is Status.DONE else r["absent_since"]
    state = State(status, Chat(r["chat"]), r["assignee_id"], r["joined"], undo, absent_since is not None)
    same = {name: r[name] for name in _SAME}
    unread = _count_unread(conn, r["id"], "customer", r["technician_read"]) if state.assignee else 0
    return TicketRecord(
        key=f"{r['key_prefix']}-{r['key_no']}",
        state=state,
        absent_since=absent_since,
        languages=translation.read_languages(conn, r["id"]) if r["translate"] else [],
        unread=unread,
        customer_unread=_count_unread(conn, r["id"], "technician", r["customer_read"]),
        **same,
    )


_SAME: Final = tuple(
    name
    for name in TicketRecord.__struct_fields__
    if name not in ("key", "state", "absent_since", "languages", "unread", "customer_unread")
)


def _count_unread(conn: Connection, ticket_id: str, role: str, mark: int) -> int:
    """Messages and files of a role after a read mark, up to 99: nobody reads "4,812 unread"."""
    some = (
        select(literal(1))
        .where(
            events.c.ticket_id == ticket_id,
            events.c.staff_seq > mark,
            events.c.kind.in_(("message", "file")),
            events.c.author_role == role,
        )
        .limit(99)
        .subquery()
    )
    return int(conn.execute(select(func.count()).select_from(some)).scalar_one())


def get(conn: Connection, scope: Scope, ticket_id: str) -> TicketRecord | None:
    """The ticket, if this scope reaches it."""
    row = conn.execute(_record.where(tickets.c.id == ticket_id, scope.sees_ticket())).one_or_none()
    return _to_record(conn, row) if row else None


# FOR NO KEY UPDATE: rows that only point at the ticket (search index, outbox) need not wait
_lock = Prepared(select(tickets.c.id).where(tickets.c.id == bindparam("ticket")).with_for_update(key_share=True))


def lock(conn: Connection, ticket_id: str) -> None:
    """What is read of this ticket from here on holds until the transaction ends. SQLite has one writer anyway."""
    if conn.dialect.name != "sqlite":
        _lock(conn, ticket=ticket_id)


def locked(conn: Connection, scope: Scope, ticket_id: str) -> TicketRecord | None:
    """``get``, for what is going to be changed."""
    lock(conn, ticket_id)
    return get(conn, scope, ticket_id)


def by_key(conn: Connection, scope: StaffScope, prefix: str, number: int) -> TicketRecord | None:
    """The ticket with this key, if this scope reaches it."""
    row = conn.execute(
        _record.where(tickets.c.key_prefix == prefix, tickets.c.key_no == number, scope.sees_ticket())
    ).one_or_none()
    return _to_record(conn, row) if row else None


def unscoped(conn: Connection, ticket_id: str) -> TicketRecord:
    """For what the server does by itself (announcements, side effects), never for what a person asked."""
    return _to_record(conn, conn.execute(_record.where(tickets.c.id == ticket_id)).one())


def known(conn: Connection, ticket_ids: Collection[str]) -> list[TicketRecord]:
    """``unscoped``, for what was heard of in another transaction: what the database has forgotten is left out."""
    rows = conn.execute(_record.where(tickets.c.id.in_(ticket_ids)).order_by(tickets.c.id)).all()
    return [_to_record(conn, row) for row in rows]


def of_customer(conn: Connection, scope: Scope, limit: int) -> list[TicketRecord]:
    """The newest tickets of a customer."""
    rows = conn.execute(_record.where(scope.sees_ticket()).order_by(tickets.c.created_at.desc()).limit(limit)).all()
    return [_to_record(conn, row) for row in rows]


def owner(conn: Connection, ticket_id: str) -> str | None:
    """Id of the customer whose ticket this is; for finding out which of a browser's customers is asking."""
    return conn.execute(select(tickets.c.customer_id).where(tickets.c.id == ticket_id)).scalar_one_or_none()


def customer_of(conn: Connection, portal_id: str, ticket_id: str) -> Customer | None:
    """Whose ticket this is, if it was opened at this portal."""
    customer_id = conn.execute(
        select(tickets.c.customer_id).where(tickets.c.id == ticket_id, tickets.c.portal_id == portal_id)
    ).scalar_one_or_none()
    return customers.get(conn, customer_id) if customer_id else None


def by_client_id(conn: Connection, portal_id: str, client_id: str) -> tuple[str, str] | None:
    """(id, client_hash) of the ticket that this client_id made at this portal."""
    row = conn.execute(
        select(tickets.c.id, tickets.c.client_hash).where(
            tickets.c.portal_id == portal_id, tickets.c.client_id == client_id
        )
    ).one_or_none()
    return (row.id, row.client_hash) if row else None


def insert(conn: Connection, now: int, **values: Any) -> str:
    """A new open ticket without events; returns its id."""
    ticket_id = new_id()
    state = State()
    conn.execute(
        tickets.insert().values(
            id=ticket_id,
            status=state.status,
            chat=state.chat,
            view=state.view,
            joined=False,
            created_at=now,
            queued_at=now,
            list_seq=0,
            staff_seq=0,
            customer_seq=0,
            last_activity_at=now,
            customer_read=0,
            technician_read=0,
            **values,
        )
    )
    return ticket_id


def set_state(conn: Connection, ticket_id: str, state: State, **more: Any) -> None:
    """Store the state after a step."""
    conn.execute(
        update(tickets)
        .where(tickets.c.id == ticket_id)
        .values(
            status=state.status,
            chat=state.chat,
            view=state.view,
            assignee_id=state.assignee,
            joined=state.joined,
            undo=msgspec.to_builtins(state.undo),
            **more,
        )
    )


def raise_list_seq(conn: Connection, company_id: str, ticket_id: str) -> int:
    """The summary changed: give the ticket the next number of its company's list."""
    seq = int(
        conn.execute(
            update(companies)
            .where(companies.c.id == company_id)
            .values(list_seq=companies.c.list_seq + 1)
            .returning(companies.c.list_seq)
        ).scalar_one()
    )
    conn.execute(update(tickets).where(tickets.c.id == ticket_id).values(list_seq=seq))
    return seq


# --- lists ----------------------------------------------------------------------------------------------------------

_ORDER: Final[dict[str, tuple[ColumnElement[Any], ...]]] = {
    "time": (tickets.c.created_at,),
    "key": (tickets.c.key_prefix, tickets.c.key_no),
    "customer": (tickets.c.customer_sort,),
    "company": (companies.c.name,),
    "status": (tickets.c.status,),
    "assignee": (_assignee.c.name,),
}


def _in_view(view: View) -> ColumnElement[bool]:
    return true() if view is View.ALL else tickets.c.view == view.value


def page(
    conn: Connection, scope: StaffScope, view: View, sort: str, *, descending: bool, offset: int, limit: int
) -> list[TicketRecord]:
    """A window of the shared list. Equal rows are ordered by id, so that windows fit together."""
    order = [column.desc() if descending else column.asc() for column in (*_ORDER[sort], tickets.c.id)]
    ids = (
        select(tickets.c.id)
        .join(companies, companies.c.id == tickets.c.company_id)
        .outerjoin(_assignee, _assignee.c.id == tickets.c.assignee_id)
        .where(scope.shares(), _in_view(view))
        .order_by(*order)
        .offset(offset)
        .limit(limit)
    )
    wanted = list(conn.execute(ids).scalars())
    rows = {row.id: row for row in conn.execute(_record.where(tickets.c.id.in_(wanted)))}
    return [_to_record(conn, rows[ticket_id]) for ticket_id in wanted]


def count(conn: Connection, scope: StaffScope, view: View) -> int:
    """Rows of the shared list in this view, exact."""
    return int(
        conn.execute(select(func.count()).select_from(tickets).where(scope.shares(), _in_view(view))).scalar_one()
    )


def counts(conn: Connection, company_id: str) -> dict[View, int]:
    """Tickets of a company per view; All and Completed stop at COUNT_CAP + 1."""

    def counted(view: View, cap: int | None) -> int:
        some = select(literal(1)).where(tickets.c.company_id == company_id, _in_view(view))
        if cap is not None:
            some = some.limit(cap)
        return int(conn.execute(select(func.count()).select_from(some.subquery())).scalar_one())

    capped = COUNT_CAP + 1
    return {
        View.NEW: counted(View.NEW, None),
        View.ACTIVE: counted(View.ACTIVE, None),
        View.COMPLETED: counted(View.COMPLETED, capped),
        View.ALL: counted(View.ALL, capped),
    }


def list_positions(conn: Connection, scope: StaffScope) -> dict[str, int]:
    """list_seq of each company of the scope."""
    rows = conn.execute(select(companies.c.id, companies.c.list_seq).where(companies.c.id.in_(sorted(scope.companies))))
    return {row.id: row.list_seq for row in rows} if scope.available else {}


def changed_since(conn: Connection, company_id: str, list_seq: int) -> tuple[list[TicketRecord], int]:
    """Tickets whose summary changed after this number, in order, and the list's last number."""
    tail = int(conn.execute(select(companies.c.list_seq).where(companies.c.id == company_id)).scalar_one_or_none() or 0)
    rows = conn.execute(
        _record.where(tickets.c.company_id == company_id, tickets.c.list_seq > list_seq).order_by(tickets.c.list_seq)
    ).all()
    return [_to_record(conn, row) for row in rows], tail


def mine(conn: Connection, scope: StaffScope) -> list[TicketRecord]:
    """Tickets assigned to this person and not done, newest first, whether available or not."""
    rows = conn.execute(
        _record.where(
            scope.owns(tickets), tickets.c.assignee_id == scope.technician_id, tickets.c.view == View.ACTIVE.value
        ).order_by(tickets.c.created_at.desc())
    ).all()
    return [_to_record(conn, row) for row in rows]


def held(conn: Connection, technician_id: str) -> list[TicketRecord]:
    """Tickets that this person has and that are not done, locked: whoever the person is has changed for all of them."""
    wanted = and_(tickets.c.assignee_id == technician_id, tickets.c.view == View.ACTIVE.value)
    order = (tickets.c.company_id, tickets.c.id)
    locking = select(tickets.c.id).where(wanted).order_by(*order).with_for_update(key_share=True)
    ids = list(conn.execute(locking).scalars())
    return [_to_record(conn, row) for row in conn.execute(_record.where(tickets.c.id.in_(ids)).order_by(*order)).all()]


# --- the queue ------------------------------------------------------------------------------------------------------

_waits: Final = and_(tickets.c.view == View.NEW.value, tickets.c.chat != Chat.ENDED.value)


def queue_order(conn: Connection, queue_id: str) -> list[str]:
    """Ids of the tickets that wait in this queue, first come first."""
    return list(
        conn.execute(
            select(tickets.c.id)
            .where(tickets.c.queue_id == queue_id, _waits)
            .order_by(tickets.c.queued_at, tickets.c.id)
        ).scalars()
    )


def ahead(conn: Connection, record: TicketRecord) -> int | None:
    """How many wait before this ticket; None when it does not wait."""
    if not record.state.waits_in_queue:
        return None
    return int(
        conn.execute(
            select(func.count())
            .select_from(tickets)
            .where(
                tickets.c.queue_id == record.queue_id,
                _waits,
                (tickets.c.queued_at < record.queued_at)
                | ((tickets.c.queued_at == record.queued_at) & (tickets.c.id < record.id)),
            )
        ).scalar_one()
    )


# --- marks ----------------------------------------------------------------------------------------------------------


def raise_read(conn: Connection, ticket_id: str, side: Side, staff_seq: int) -> bool:
    """Move a side's read mark forward; False when it stood there or further already."""
    column = tickets.c.customer_read if side == "customer" else tickets.c.technician_read
    changed = conn.execute(
        update(tickets).where(tickets.c.id == ticket_id, column < staff_seq).values({column: staff_seq})
    )
    return changed.rowcount == 1


def tails(conn: Connection, ticket_ids: list[str]) -> dict[str, tuple[int, int]]:
    """(staff_seq, customer_seq) of each ticket."""
    rows = conn.execute(
        select(tickets.c.id, tickets.c.staff_seq, tickets.c.customer_seq).where(tickets.c.id.in_(ticket_ids))
    )
    return {row.id: (row.staff_seq, row.customer_seq) for row in rows}


def list_tails(conn: Connection, company_ids: list[str]) -> dict[str, int]:
    """list_seq of each company."""
    rows = conn.execute(select(companies.c.id, companies.c.list_seq).where(companies.c.id.in_(company_ids)))
    return {row.id: row.list_seq for row in rows}
