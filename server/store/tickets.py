"""Statements about tickets: opening, reading, state, marks. Each takes a scope where a person asks."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
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
    update,
)

from server.domain.devices import DeviceClass
from server.domain.forms import Answer
from server.domain.ids import new_id
from server.domain.people import Customer, Side
from server.domain.routing import Way
from server.domain.ticket import Chat, State, Status, Undo, View
from server.store import customers, dialect, participants, transfers, translation
from server.store.participants import HelperRecord
from server.store.prepared import Prepared, from_json
from server.store.scope import Scope, StaffScope
from server.store.tables import companies, events, notice_waits, portals, queues, technicians, tickets
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
    """when somebody first had it, since it came or was opened again"""
    tell_later: bool
    """the customer has left, and wants to be told by e-mail"""
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


unread_here: Final = case((tickets.c.assignee_id.is_(None), 0), else_=_unread("customer", tickets.c.technician_read))
assignee = technicians.alias("assignee")
_own = queues.alias("own")
on_offer: Final = exists().where(transfer_table.c.ticket_id == tickets.c.id)
helped: Final = exists().where(participant_table.c.ticket_id == tickets.c.id)
_same: Final = {
    name: tickets.c[name] for name in TicketRecord.__struct_fields__ if name in tickets.c and name != "status"
}
_columns: Final[dict[str, ColumnElement[Any]]] = {
    **_same,
    "company": companies.c.name,
    "portal": portals.c.slug,
    "assignee_name": assignee.c.name,
    "assignee_public_name": assignee.c.public_name,
    "assignee_language": assignee.c.language,
    "absent_since": assignee.c.absent_since,
    "unread": unread_here,
    "customer_unread": _unread("technician", tickets.c.customer_read),
    "news": exists().where(notice_waits.c.ticket_id == tickets.c.id),
    "answered": tickets.c.answers.is_not(None),
    "queue_owner": _own.c.owner_id,
    "offer": on_offer,
    "helpers": helped,
    **{name: tickets.c[name] for name in ("key_prefix", "key_no", "status", "chat", "assignee_id", "joined", "undo")},
}
whole: Final[Select[Any]] = (
    select(*(column.label(name) for name, column in _columns.items()))
    .select_from(tickets)
    .join(companies, companies.c.id == tickets.c.company_id)
    .join(portals, portals.c.id == tickets.c.portal_id)
    .outerjoin(assignee, assignee.c.id == tickets.c.assignee_id)
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


def to_records(conn: Connection, rows: Iterable[Sequence[Any]]) -> list[TicketRecord]:
    """Rows of ``whole``, from Core or from the bare driver."""
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
_known: Final = Prepared(whole.join(_asked, _asked.c.id == tickets.c.id).order_by(tickets.c.id))


def known(conn: Connection, ticket_ids: Iterable[str]) -> list[TicketRecord]:
    """``unscoped``, for what was heard of in another transaction: what the database has forgotten is left out."""
    return to_records(conn, _known(conn, asked=dialect.rows((ticket_id,) for ticket_id in set(ticket_ids))))


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


# FOR NO KEY UPDATE: rows that only point at the ticket need not wait
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
    rows = conn.execute(whole.where(tickets.c.key_prefix == prefix, tickets.c.key_no == number, scope.sees_ticket()))
    return next(iter(to_records(conn, rows)), None)


def unscoped(conn: Connection, ticket_id: str) -> TicketRecord:
    """For what the server does by itself (announcements, side effects), never for what a person asked."""
    [record] = known(conn, [ticket_id])
    return record


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


def held(conn: Connection, technician_id: str) -> list[TicketRecord]:
    """Tickets that this person has and that are not done, locked: whoever the person is has changed for all of them."""
    wanted = and_(tickets.c.assignee_id == technician_id, tickets.c.view == View.ACTIVE.value)
    order = (tickets.c.company_id, tickets.c.id)
    locking = select(tickets.c.id).where(wanted).order_by(*order).with_for_update(key_share=True)
    ids = list(conn.execute(locking).scalars())
    return sorted(known(conn, ids), key=lambda record: (record.company_id, record.id))


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
