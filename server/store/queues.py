"""Statements about queues, where unassigned tickets wait: of a portal, a team or a technician; and who is next."""

from collections.abc import Iterable
from typing import Final, Literal

import msgspec
from sqlalchemy import Connection, String, and_, bindparam, delete, func, select

from server.domain.ids import new_id
from server.domain.limits import AHEAD_CAP
from server.domain.ticket import Chat, View
from server.store import dialect
from server.store.prepared import Prepared
from server.store.tables import queues, tickets

QueueKind = Literal["portal", "team", "technician"]


class Queue(msgspec.Struct, frozen=True):
    """A queue. A technician has one in each company."""

    id: str
    company_id: str
    kind: QueueKind
    owner_id: str


def ensure(conn: Connection, company_id: str, kind: QueueKind, owner_id: str) -> str:
    """The queue's id; it is made where there is none yet."""
    values = {"id": new_id(), "company_id": company_id, "kind": kind, "owner_id": owner_id}
    conn.execute(dialect.insert(conn, queues).values(**values).on_conflict_do_nothing())
    mine = (queues.c.company_id == company_id) & (queues.c.kind == kind) & (queues.c.owner_id == owner_id)
    return str(conn.execute(select(queues.c.id).where(mine)).scalar_one())


def get(conn: Connection, queue_id: str) -> Queue:
    """The queue with this id."""
    row = conn.execute(select(queues).where(queues.c.id == queue_id)).one()
    return Queue(**row._mapping)


def remove(conn: Connection, kind: QueueKind, owner_id: str) -> None:
    """The owner goes. IntegrityError where a ticket is, or was, in it."""
    conn.execute(delete(queues).where(queues.c.kind == kind, queues.c.owner_id == owner_id))


# --- the line -------------------------------------------------------------------------------------------------------


WAITS: Final = and_(tickets.c.view == View.NEW.value, tickets.c.chat != Chat.ENDED.value)
TURN: Final = (tickets.c.priority.desc(), tickets.c.queued_at, tickets.c.id)
"""The more urgent first, then first come, first served. There is an index in this order (ix_tickets_queue)."""
_in_line: Final = and_(tickets.c.queue_id == bindparam("queue"), WAITS)
_asked: Final = dialect.given("asked", id=String())
_first: Final = (
    select(tickets.c.id, (func.row_number().over(order_by=TURN) - 1).label("place"))
    .where(_in_line)
    .order_by(*TURN)
    .limit(AHEAD_CAP)
    .subquery()
)
_places: Final = Prepared(select(_first.c.id, _first.c.place).join(_asked, _asked.c.id == _first.c.id))
_waiting: Final = Prepared(
    select(tickets.c.queue_id, tickets.c.id).join(_asked, _asked.c.id == tickets.c.id).where(WAITS)
)
_longest: Final = Prepared(select(tickets.c.queued_at).where(_in_line).order_by(*TURN).limit(1))


def ahead(conn: Connection, ticket_ids: Iterable[str]) -> list[int | None]:
    """How many wait before each of these tickets, AHEAD_CAP for so many or more; None for one that does not wait.

    What it costs depends on how many are asked for, and not on how many wait.
    """
    asked = list(ticket_ids)
    queues_of: dict[str, list[str]] = {}
    for queue_id, ticket_id in _waiting(conn, asked=dialect.rows((one,) for one in set(asked))):
        queues_of.setdefault(queue_id, []).append(ticket_id)
    places: dict[str, int] = {}
    for queue_id, waiting in queues_of.items():
        places |= dict.fromkeys(waiting, AHEAD_CAP)
        places |= dict(_places(conn, queue=queue_id, asked=dialect.rows((one,) for one in waiting)))
    return [places.get(ticket_id) for ticket_id in asked]


def first_queued_at(conn: Connection, queue_id: str) -> int | None:
    """Since when the one who is next waits; None: nobody waits."""
    rows = _longest(conn, queue=queue_id)
    return int(rows[0][0]) if rows else None
