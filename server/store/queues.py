"""Statements about queues: where an unassigned ticket waits, of a portal, a team or a technician."""

from typing import Literal

import msgspec
from sqlalchemy import Connection, delete, select

from server.domain.ids import new_id
from server.store import dialect
from server.store.tables import queues

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
