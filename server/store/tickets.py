"""Statements about tickets: opening, state, lists, counts, queue places. Each takes a scope where a person asks."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    String,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    update,
)

from server.domain.devices import DeviceClass
from server.domain.forms import Answer
from server.domain.ids import new_id
from server.domain.limits import COUNT_CAP
from server.domain.people import Customer, Side
from server.domain.routing import Way
from server.domain.ticket import Chat, State, Status, Undo, View
from server.store import customers, dialect, participants, transfers, translation
from server.store import technicians as accounts
from server.store.participants import HelperRecord
from server.store.prepared import Prepared, from_json
from server.store.scope import CustomerScope, Scope, StaffScope
from server.store.tables import access, companies, events, notice_waits, portals, queues, technicians, tickets
from server.store.tables import participants as participant_table
from server.store.tables import transfers as transfer_table
from server.store.transfers import OfferRecord


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
    subjects: dict[str, str]
    """what machines made of the subject, by language"""
    unread: int
    """customer's messages after technician_read, while somebody is assigned"""
    customer_unread: int
    """technicians' messages after customer_read"""
    news: bool
    """the customer waits for news of a notice"""
    way: Way
    priority: int
    issue_type: str | None
    answered: bool
    """whether there are answers of a form: ``answers``"""
    picked_at: int | None
    tell_later: bool
    """the customer has left, and wants to be told by e-mail"""
    """when somebody first had it, since it came or was opened again"""
    routed_at: int | None
    """since when it waits for somebody to whom it was given automatically"""
    queue_owner: str | None
    """the technician whose own queue it has"""
    offer: OfferRecord | None
    helpers: list[HelperRecord]

    @property
    def waits_for(self) -> str | None:
        """The technician in whose own queue it waits."""
        return self.queue_owner if self.state.waits_in_queue else None

    @property
    def concerned(self) -> set[str]:
        """Technicians under whose tickets it is."""
        people = {self.state.assignee, self.waits_for, *(helper.id for helper in self.helpers)}
        return {one for one in people | set(self.offer.to if self.offer else ()) if one is not None}


def _unread(role: str, mark: ColumnElement[int]) -> ColumnElement[int]:
    """Messages and files of a role after a read mark, up to 99: nobody reads "4,812 unread"."""
    says = or_(events.c.kind == "message", events.c.kind == "file")
    some = (
        select(literal(1))
        .where(events.c.ticket_id == tickets.c.id, events.c.staff_seq > mark, says, events.c.author_role == role)
        .limit(99)
        .correlate(tickets)
        .subquery()
    )
    return select(func.count()).select_from(some).scalar_subquery()


_unread_here: Final = case((tickets.c.assignee_id.is_(None), 0), else_=_unread("customer", tickets.c.technician_read))
_assignee = technicians.alias("assignee")
_own = queues.alias("own")
_on_offer: Final = exists().where(transfer_table.c.ticket_id == tickets.c.id)
_helped: Final = exists().where(participant_table.c.ticket_id == tickets.c.id)
_same: Final = {
    name: tickets.c[name] for name in TicketRecord.__struct_fields__ if name in tickets.c and name != "status"
}
_columns: Final[dict[str, ColumnElement[Any]]] = {
    **_same,
    "company": companies.c.name,
    "portal": portals.c.slug,
    "assignee_name": _assignee.c.name,
    "assignee_public_name": _assignee.c.public_name,
    "assignee_language": _assignee.c.language,
    "absent_since": _assignee.c.absent_since,
    "unread": _unread_here,
    "customer_unread": _unread("technician", tickets.c.customer_read),
    "news": exists().where(notice_waits.c.ticket_id == tickets.c.id),
    "answered": tickets.c.answers.is_not(None),
    "queue_owner": _own.c.owner_id,
    "offer": _on_offer,
    "helpers": _helped,
    **{name: tickets.c[name] for name in ("key_prefix", "key_no", "status", "chat", "assignee_id", "joined", "undo")},
}
_record: Final[Select[Any]] = (
    select(*(column.label(name) for name, column in _columns.items()))
    .select_from(tickets)
    .join(companies, companies.c.id == tickets.c.company_id)
    .join(portals, portals.c.id == tickets.c.portal_id)
    .outerjoin(_assignee, _assignee.c.id == tickets.c.assignee_id)
    .outerjoin(_own, and_(_own.c.id == tickets.c.queue_id, _own.c.kind == "technician"))
)


class Brief(msgspec.Struct, frozen=True):
    """What writing into a ticket has to know of it."""

    id: str
    company_id: str
    customer_id: str
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
        if scope.reaches(company_id, customer_id, assignee_id) or _sees(conn, scope, ticket_id):
            state = State(Status(status), Chat(chat), assignee_id, bool(joined))
            return Brief(ticket_id, company_id, customer_id, name, state)
    return None


def _to_records(conn: Connection, rows: Iterable[Sequence[Any]]) -> list[TicketRecord]:
    """Rows of ``_record``, from Core or from the bare driver."""
    found = [dict(zip(_columns, row, strict=True)) for row in rows]
    read = translation.read_languages_of(conn, [fields["id"] for fields in found if fields["translate"]])
    offers = transfers.of(conn, [fields["id"] for fields in found if fields["offer"]])
    helpers = participants.of(conn, [fields["id"] for fields in found if fields["helpers"]])
    for fields in found:
        fields |= {"offer": offers.get(fields["id"]), "helpers": helpers.get(fields["id"], [])}
    return [_to_record(fields, read.get(fields["id"], [])) for fields in found]


def _to_record(fields: dict[str, Any], languages: list[str]) -> TicketRecord:
    pop = fields.pop
    status, undo = Status(pop("status")), from_json(pop("undo"))
    absent_since = pop("absent_since")
    if status is Status.DONE:
        absent_since = None
    state = State(
        status,
        Chat(pop("chat")),
        pop("assignee_id"),
        bool(pop("joined")),
        msgspec.convert(undo, Undo) if undo else None,
        absent_since is not None,
    )
    fields |= {name: bool(fields[name]) for name in ("verified", "translate", "answered", "tell_later", "news")}
    fields["subjects"] = from_json(fields["subjects"]) or {}
    key = f"{pop('key_prefix')}-{pop('key_no')}"
    return TicketRecord(key=key, state=state, absent_since=absent_since, languages=languages, **fields)


_asked: Final = dialect.given("asked", id=String())
_known: Final = Prepared(_record.join(_asked, _asked.c.id == tickets.c.id).order_by(tickets.c.id))


def known(conn: Connection, ticket_ids: Iterable[str]) -> list[TicketRecord]:
    """``unscoped``, for what was heard of in another transaction: what the database has forgotten is left out."""
    return _to_records(conn, _known(conn, asked=dialect.rows((ticket_id,) for ticket_id in set(ticket_ids))))


def several(conn: Connection, asked: Sequence[tuple[Scope, str]]) -> list[TicketRecord | None]:
    """The ticket of each of those who ask, if their scope reaches it."""
    found = {record.id: record for record in known(conn, (ticket_id for _scope, ticket_id in asked))}
    return [_within(conn, scope, found.get(ticket_id)) for scope, ticket_id in asked]


def get(conn: Connection, scope: Scope, ticket_id: str) -> TicketRecord | None:
    """The ticket, if this scope reaches it."""
    return several(conn, [(scope, ticket_id)])[0]


def _within(conn: Connection, scope: Scope, record: TicketRecord | None) -> TicketRecord | None:
    if record is None or scope.reaches(record.company_id, record.customer_id, record.state.assignee):
        return record
    return record if _sees(conn, scope, record.id) else None


def _sees(conn: Connection, scope: Scope, ticket_id: str) -> bool:
    """The whole condition, for the few that the quick look does not let pass."""
    query = select(literal(1)).where(tickets.c.id == ticket_id, scope.sees_ticket())
    return conn.execute(query).first() is not None


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
    rows = conn.execute(_record.where(tickets.c.key_prefix == prefix, tickets.c.key_no == number, scope.sees_ticket()))
    return next(iter(_to_records(conn, rows)), None)


def unscoped(conn: Connection, ticket_id: str) -> TicketRecord:
    """For what the server does by itself (announcements, side effects), never for what a person asked."""
    [record] = known(conn, [ticket_id])
    return record


_customers: Final = dialect.given("asked", id=String())
_recent: Final = (
    select(
        tickets.c.id,
        func.row_number().over(partition_by=tickets.c.customer_id, order_by=tickets.c.created_at.desc()).label("place"),
    )
    .join(_customers, _customers.c.id == tickets.c.customer_id)
    .subquery()
)
_newest: Final = Prepared(
    _record.join(_recent, _recent.c.id == tickets.c.id)
    .where(_recent.c.place <= bindparam("most"))
    .order_by(_recent.c.place)
)


def newest(conn: Connection, asked: Sequence[CustomerScope], most: int) -> list[list[TicketRecord]]:
    """The newest tickets of each of these customers."""
    rows = _newest(conn, asked=dialect.rows((one,) for one in {scope.customer_id for scope in asked}), most=most)
    found: dict[tuple[str, str], list[TicketRecord]] = {}
    for record in _to_records(conn, rows):
        found.setdefault((record.company_id, record.customer_id), []).append(record)
    return [
        found.get((scope.company_id, scope.customer_id), [])
        if scope.account_id is None
        else of_customer(conn, scope, None, None, most)
        for scope in asked
    ]


def of_customer(
    conn: Connection, scope: CustomerScope, before: int | None, key: str | None, most: int
) -> list[TicketRecord]:
    """Whatever a customer may read, newest first: those opened before a time, or the one with this key alone."""
    query = _record.where(scope.sees_ticket()).order_by(tickets.c.created_at.desc(), tickets.c.id).limit(most)
    if before is not None:
        query = query.where(tickets.c.created_at < before)
    if key is not None:
        prefix, _, number = key.strip().upper().rpartition("-")
        if not number.isdecimal() or len(number) > 15:
            return []
        query = query.where(tickets.c.key_prefix == prefix, tickets.c.key_no == int(number))
    return _to_records(conn, conn.execute(query))


def owner(conn: Connection, ticket_id: str) -> str | None:
    """Id of the customer whose ticket this is; for finding out which of a browser's customers is asking."""
    return conn.execute(select(tickets.c.customer_id).where(tickets.c.id == ticket_id)).scalar_one_or_none()


def customer_of(conn: Connection, portal_id: str, ticket_id: str) -> Customer | None:
    """Whose ticket this is, if it was opened at this portal."""
    customer_id = conn.execute(
        select(tickets.c.customer_id).where(tickets.c.id == ticket_id, tickets.c.portal_id == portal_id)
    ).scalar_one_or_none()
    return customers.get(conn, customer_id) if customer_id else None


def answers(conn: Connection, ticket: TicketRecord) -> list[Answer]:
    """What the customer answered in the form. Lists do without: it may be long."""
    if not ticket.answered:
        return []
    return msgspec.convert(
        conn.execute(select(tickets.c.answers).where(tickets.c.id == ticket.id)).scalar_one(), list[Answer]
    )


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


def set_state(conn: Connection, ticket_id: str, state: State, routed_at: int | None = None, **more: Any) -> None:
    """Store the state after a step. ``routed_at``: only where automatic routing took it."""
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
            routed_at=routed_at,
            **more,
        )
    )


def set_tell_later(conn: Connection, ticket_id: str, email: str | None) -> None:
    """The customer leaves, and this is where to write to; None: he waits here after all."""
    values = {"tell_later": email is not None, **({"email": email} if email is not None else {})}
    conn.execute(update(tickets).where(tickets.c.id == ticket_id).values(**values))


def move(conn: Connection, ticket_id: str, queue_id: str) -> None:
    """Into another queue; how long it has waited goes along."""
    conn.execute(update(tickets).where(tickets.c.id == ticket_id).values(queue_id=queue_id))


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


class HintRecord(msgspec.Struct, frozen=True):
    """What messages touch. ``listeners``: under whose tickets it is, as far as they may see its company."""

    id: str
    company_id: str
    last_activity_at: int
    waiting_since: int | None
    unread: int
    listeners: list[str]


_in_own_queue: Final = exists().where(queues.c.id == tickets.c.queue_id, queues.c.kind == "technician")
_aside: Final = or_(_helped, _on_offer, and_(tickets.c.view == View.NEW.value, _in_own_queue))
"""Others than the assignee may have the ticket under theirs."""

_hints: Final = Prepared(
    select(
        tickets.c.id,
        tickets.c.company_id,
        tickets.c.last_activity_at,
        tickets.c.waiting_since,
        _unread_here,
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
        .outerjoin(_assignee, _assignee.c.id == tickets.c.assignee_id)
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
    changed = _record.where(tickets.c.company_id == company_id, tickets.c.list_seq > list_seq)
    return _to_records(conn, conn.execute(changed.order_by(tickets.c.list_seq))), tail


def mine(conn: Connection, scope: StaffScope) -> list[TicketRecord]:
    """What waits for this person's doing and is not done, newest first, whether available or not."""
    own = and_(scope.concerns(), tickets.c.view != View.COMPLETED.value)
    query = _record.where(scope.owns(tickets), own).order_by(tickets.c.created_at.desc())
    return _to_records(conn, conn.execute(query))


def held(conn: Connection, technician_id: str) -> list[TicketRecord]:
    """Tickets that this person has and that are not done, locked: whoever the person is has changed for all of them."""
    wanted = and_(tickets.c.assignee_id == technician_id, tickets.c.view == View.ACTIVE.value)
    order = (tickets.c.company_id, tickets.c.id)
    locking = select(tickets.c.id).where(wanted).order_by(*order).with_for_update(key_share=True)
    ids = list(conn.execute(locking).scalars())
    return sorted(known(conn, ids), key=lambda record: (record.company_id, record.id))


# --- the queue ------------------------------------------------------------------------------------------------------


def _waits(table: FromClause) -> ColumnElement[bool]:
    return and_(table.c.view == View.NEW.value, table.c.chat != Chat.ENDED.value)


def queue_order(conn: Connection, queue_id: str) -> list[str]:
    """Ids of the tickets that wait in this queue: the more urgent first, then first come, first served."""
    return list(
        conn.execute(
            select(tickets.c.id)
            .where(tickets.c.queue_id == queue_id, _waits(tickets))
            .order_by(tickets.c.priority.desc(), tickets.c.queued_at, tickets.c.id)
        ).scalars()
    )


_before: Final = tickets.alias("before")
_as_urgent: Final = _before.c.priority == tickets.c.priority
_earlier: Final = or_(
    _before.c.priority > tickets.c.priority,
    and_(_as_urgent, _before.c.queued_at < tickets.c.queued_at),
    and_(_as_urgent, _before.c.queued_at == tickets.c.queued_at, _before.c.id < tickets.c.id),
)
_ahead: Final = Prepared(
    select(
        tickets.c.id,
        select(func.count())
        .where(_before.c.queue_id == tickets.c.queue_id, _waits(_before), _earlier)
        .correlate(tickets)
        .scalar_subquery(),
    )
    .join(_asked, _asked.c.id == tickets.c.id)
    .where(_waits(tickets))
)


def ahead(conn: Connection, ticket_ids: list[str]) -> list[int | None]:
    """How many wait before each of these tickets; None for one that does not wait."""
    found = dict(_ahead(conn, asked=dialect.rows((one,) for one in set(ticket_ids))))
    return [found.get(ticket_id) for ticket_id in ticket_ids]


# --- marks ----------------------------------------------------------------------------------------------------------


def raise_read(conn: Connection, ticket_id: str, side: Side, staff_seq: int) -> bool:
    """Move a side's read mark forward; False when it stood there or further already."""
    column = tickets.c.customer_read if side == "customer" else tickets.c.technician_read
    changed = conn.execute(
        update(tickets).where(tickets.c.id == ticket_id, column < staff_seq).values({column: staff_seq})
    )
    return changed.rowcount == 1


_tails: Final = Prepared(
    select(tickets.c.id, tickets.c.staff_seq, tickets.c.customer_seq).join(_asked, _asked.c.id == tickets.c.id)
)


def tails(conn: Connection, ticket_ids: Iterable[str]) -> dict[str, tuple[int, int]]:
    """(staff_seq, customer_seq) of each ticket."""
    rows = _tails(conn, asked=dialect.rows((one,) for one in ticket_ids))
    return {ticket_id: (staff_seq, customer_seq) for ticket_id, staff_seq, customer_seq in rows}


_list_tails: Final = Prepared(select(companies.c.id, companies.c.list_seq).join(_asked, _asked.c.id == companies.c.id))


def list_tails(conn: Connection, company_ids: Iterable[str]) -> dict[str, int]:
    """list_seq of each company."""
    return dict(_list_tails(conn, asked=dialect.rows((one,) for one in company_ids)))
