"""Statements about lists of tickets: the shared list, My tickets, the hints that both show, what a customer has."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    update,
)

from server.domain.limits import COUNT_CAP, OPEN_COUNT_CAP
from server.domain.ticket import View
from server.store import dialect
from server.store import technicians as accounts
from server.store.prepared import Prepared
from server.store.scope import CustomerScope, Scope, StaffScope
from server.store.tables import access, companies, queues, tickets
from server.store.tickets import TicketRecord, assignee, helped, known, on_offer, to_records, unread_here, whole

_asked: Final = dialect.given("asked", id=String())
_NEWEST: Final = (tickets.c.created_at.desc(), tickets.c.id.desc())


# --- the shared list ------------------------------------------------------------------------------------------------

_ORDER: Final[dict[str, tuple[ColumnElement[Any], ...]]] = {
    "time": (tickets.c.created_at,),
    "key": (tickets.c.key_prefix, tickets.c.key_no),
    "customer": (tickets.c.customer_sort,),
    "company": (companies.c.name,),
    "status": (tickets.c.status,),
    "assignee": (assignee.c.name,),
}


def _in_view(view: View) -> ColumnElement[bool]:
    return true() if view is View.ALL else tickets.c.view == view.value


class Only(msgspec.Struct, frozen=True):
    """Part of the shared list: what has one of these queues, or is assigned to one of these people."""

    queues: list[str]
    assignees: list[str]


def _only(only: Only | None) -> ColumnElement[bool]:
    if only is None:
        return true()
    return or_(tickets.c.queue_id.in_(only.queues), tickets.c.assignee_id.in_(only.assignees))


def page(
    conn: Connection,
    scope: StaffScope,
    view: View,
    sort: str,
    *,
    descending: bool,
    offset: int,
    limit: int,
    only: Only | None = None,
) -> list[TicketRecord]:
    """A window of the shared list. Equal rows are ordered by id, so that windows fit together."""
    order = [column.desc() if descending else column.asc() for column in (*_ORDER[sort], tickets.c.id)]
    ids = (
        select(tickets.c.id)
        .join(companies, companies.c.id == tickets.c.company_id)
        .outerjoin(assignee, assignee.c.id == tickets.c.assignee_id)
        .where(scope.shares(), _in_view(view), _only(only))
        .order_by(*order)
        .offset(offset)
        .limit(limit)
    )
    wanted = list(conn.execute(ids).scalars())
    records = {record.id: record for record in known(conn, wanted)}
    return [records[ticket_id] for ticket_id in wanted]


def count(conn: Connection, scope: StaffScope, view: View, only: Only | None = None) -> int:
    """Rows of the shared list in this view, exact."""
    shown = select(func.count()).select_from(tickets).where(scope.shares(), _in_view(view), _only(only))
    return int(conn.execute(shown).scalar_one())


def counts(conn: Connection, company_id: str) -> dict[View, int]:
    """Tickets of a company per view; those that have more stop at one more than their cap."""

    def counted(view: View, cap: int) -> int:
        some = select(literal(1)).where(tickets.c.company_id == company_id, _in_view(view)).limit(cap + 1)
        return int(conn.execute(select(func.count()).select_from(some.subquery())).scalar_one())

    return {
        View.NEW: counted(View.NEW, OPEN_COUNT_CAP),
        View.ACTIVE: counted(View.ACTIVE, OPEN_COUNT_CAP),
        View.COMPLETED: counted(View.COMPLETED, COUNT_CAP),
        View.ALL: counted(View.ALL, COUNT_CAP),
    }


def list_positions(conn: Connection, scope: StaffScope) -> dict[str, int]:
    """list_seq of each company of the scope."""
    rows = conn.execute(select(companies.c.id, companies.c.list_seq).where(companies.c.id.in_(sorted(scope.companies))))
    return {row.id: row.list_seq for row in rows} if scope.available else {}


def changed_since(conn: Connection, company_id: str, list_seq: int) -> tuple[list[TicketRecord], int]:
    """Tickets whose summary changed after this number, in order, and the list's last number."""
    tail = int(conn.execute(select(companies.c.list_seq).where(companies.c.id == company_id)).scalar_one_or_none() or 0)
    changed = whole.where(tickets.c.company_id == company_id, tickets.c.list_seq > list_seq)
    return to_records(conn, conn.execute(changed.order_by(tickets.c.list_seq))), tail


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


_list_tails: Final = Prepared(select(companies.c.id, companies.c.list_seq).join(_asked, _asked.c.id == companies.c.id))


def list_tails(conn: Connection, company_ids: Iterable[str]) -> dict[str, int]:
    """list_seq of each company."""
    return dict(_list_tails(conn, asked=dialect.rows((one,) for one in company_ids)))


# --- My tickets -----------------------------------------------------------------------------------------------------


class Mine(msgspec.Struct, frozen=True):
    """A page of somebody's own tickets, newest first. ``more``: what comes next is older than this one; None: all."""

    records: list[TicketRecord]
    more: str | None


def mine(conn: Connection, scope: StaffScope, before: str | None, most: int) -> Mine:
    """What waits for this person's doing and is not done, whether available or not, from ``before`` on.

    The first page also has whatever waits for a word of his, however old.
    """
    own = whole.where(scope.owns(tickets), scope.concerns(), tickets.c.view != View.COMPLETED.value)
    newest = own.order_by(*_NEWEST)
    page = to_records(conn, conn.execute(newest.where(_older(scope, before)).limit(most + 1)))
    more = page[most - 1].id if len(page) > most else None
    found = {record.id: record for record in page[:most]}
    if before is None and more is not None:
        asks = or_(func.coalesce(tickets.c.assignee_id, "") != scope.technician_id, tickets.c.routed_at.is_not(None))
        found |= {record.id: record for record in to_records(conn, conn.execute(newest.where(asks).limit(most)))}
    return Mine(sorted(found.values(), key=lambda one: (one.created_at, one.id), reverse=True), more)


def _older(scope: Scope, than: str | None) -> ColumnElement[bool]:
    """Opened before this ticket, which may be out of sight by now; the id decides within a millisecond."""
    if than is None:
        return true()
    other = tickets.alias("other")
    earlier = or_(
        tickets.c.created_at < other.c.created_at,
        and_(tickets.c.created_at == other.c.created_at, tickets.c.id < other.c.id),
    )
    return exists().where(other.c.id == than, scope.owns(other), earlier).correlate(tickets)


# --- hints ----------------------------------------------------------------------------------------------------------


class HintRecord(msgspec.Struct, frozen=True):
    """What messages touch. ``listeners``: under whose tickets it is, as far as they may see its company."""

    id: str
    company_id: str
    last_activity_at: int
    waiting_since: int | None
    unread: int
    listeners: list[str]


_in_own_queue: Final = exists().where(queues.c.id == tickets.c.queue_id, queues.c.kind == "technician")
_aside: Final = or_(helped, on_offer, and_(tickets.c.view == View.NEW.value, _in_own_queue))
"""Others than the assignee may have the ticket under theirs."""

_hints: Final = Prepared(
    select(
        tickets.c.id,
        tickets.c.company_id,
        tickets.c.last_activity_at,
        tickets.c.waiting_since,
        unread_here,
        access.c.technician_id,
        _aside,
    )
    .join(_asked, _asked.c.id == tickets.c.id)
    .outerjoin(
        access, and_(access.c.technician_id == tickets.c.assignee_id, access.c.company_id == tickets.c.company_id)
    )
    .order_by(tickets.c.id)
)


def hints(conn: Connection, ticket_ids: Iterable[str]) -> list[HintRecord]:
    """Of those of these tickets that the database knows."""
    rows = _hints(conn, asked=dialect.rows((ticket_id,) for ticket_id in ticket_ids))
    listeners = {row[0]: [row[-2]] if row[-2] else [] for row in rows}
    aside = [row[0] for row in rows if row[-1]]
    for ticket in known(conn, aside) if aside else []:
        listeners[ticket.id] = accounts.with_access(conn, ticket.concerned, ticket.company_id)
    return [
        HintRecord(ticket_id, company_id, activity, waiting, unread, listeners[ticket_id])
        for ticket_id, company_id, activity, waiting, unread, _assignee_id, _also in rows
    ]


# --- a customer's own -----------------------------------------------------------------------------------------------

_recent: Final = (
    select(
        tickets.c.id,
        func.row_number().over(partition_by=tickets.c.customer_id, order_by=_NEWEST).label("place"),
    )
    .join(_asked, _asked.c.id == tickets.c.customer_id)
    .subquery()
)
_newest: Final = Prepared(
    whole.join(_recent, _recent.c.id == tickets.c.id)
    .where(_recent.c.place <= bindparam("most"))
    .order_by(_recent.c.place)
)


def newest(conn: Connection, asked: Sequence[CustomerScope], most: int) -> list[list[TicketRecord]]:
    """The newest tickets of each of these customers."""
    rows = _newest(conn, asked=dialect.rows((one,) for one in {scope.customer_id for scope in asked}), most=most)
    found: dict[tuple[str, str], list[TicketRecord]] = {}
    for record in to_records(conn, rows):
        found.setdefault((record.company_id, record.customer_id), []).append(record)
    return [
        found.get((scope.company_id, scope.customer_id), [])
        if scope.account_id is None
        else of_customer(conn, scope, None, None, most)
        for scope in asked
    ]


def of_customer(
    conn: Connection, scope: CustomerScope, before: str | None, key: str | None, most: int
) -> list[TicketRecord]:
    """Whatever a customer may read, newest first: what is older than this ticket, or the one with this key alone."""
    query = whole.where(scope.sees_ticket(), _older(scope, before)).order_by(*_NEWEST).limit(most)
    if key is not None:
        prefix, _, number = key.strip().upper().rpartition("-")
        if not number.isdecimal() or len(number) > 15:
            return []
        query = query.where(tickets.c.key_prefix == prefix, tickets.c.key_no == int(number))
    return to_records(conn, conn.execute(query))
