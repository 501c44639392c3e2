"""Statements about handovers: the key with which another device joins a chat. One for a ticket, used once."""

import msgspec
from sqlalchemy import Connection, delete, select

from server.domain.people import Side
from server.store import dialect
from server.store.tables import handovers, tickets


class Handover(msgspec.Struct, frozen=True):
    """Whose chat a key opens, and which side made it."""

    ticket_id: str
    role: Side


def put(conn: Connection, company_id: str, ticket_id: str, key_hash: str, role: Side, expires_at: int) -> None:
    """A new key; the one before it is worth nothing any more."""
    values = {"company_id": company_id, "hash": key_hash, "role": role, "expires_at": expires_at}
    statement = dialect.insert(conn, handovers).values(ticket_id=ticket_id, **values)
    conn.execute(statement.on_conflict_do_update(index_elements=[handovers.c.ticket_id], set_=values))


def take(conn: Connection, portal_id: str, key_hash: str, now: int) -> Handover | None:
    """Use a key of this portal up. Of two who take it at once one gets it."""
    here = select(tickets.c.id).where(tickets.c.portal_id == portal_id)
    row = conn.execute(
        delete(handovers)
        .where(handovers.c.hash == key_hash, handovers.c.expires_at > now, handovers.c.ticket_id.in_(here))
        .returning(handovers.c.ticket_id, handovers.c.role)
    ).one_or_none()
    return Handover(row.ticket_id, row.role) if row else None


def known(conn: Connection, portal_id: str, key_hash: str, now: int) -> bool:
    """Whether this is a key of this portal; it is not used up."""
    here = select(handovers.c.ticket_id).join(tickets, tickets.c.id == handovers.c.ticket_id)
    mine = (handovers.c.hash == key_hash) & (handovers.c.expires_at > now) & (tickets.c.portal_id == portal_id)
    return conn.execute(here.where(mine)).first() is not None


def drop(conn: Connection, ticket_id: str) -> None:
    """The ticket's key is worth nothing any more."""
    conn.execute(delete(handovers).where(handovers.c.ticket_id == ticket_id))


def sweep(conn: Connection, now: int) -> int:
    """Delete keys that have expired; returns how many."""
    return conn.execute(delete(handovers).where(handovers.c.expires_at <= now)).rowcount
