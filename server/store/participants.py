"""Statements about technicians who were invited into a chat beside its owner (G-34)."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, delete, exists, select, update

from server.store.tables import participants, technicians


class HelperRecord(msgspec.Struct, frozen=True):
    """Somebody who was invited; ``joined``: and has come."""

    id: str
    name: str
    joined: bool


_one = participants.c


def of(conn: Connection, ticket_ids: Iterable[str]) -> dict[str, list[HelperRecord]]:
    """Who was invited into which of these tickets' chats, in that order."""
    wanted = sorted(ticket_ids)
    found: dict[str, list[HelperRecord]] = {}
    if not wanted:
        return found
    query = (
        select(_one.ticket_id, _one.technician_id, technicians.c.name, _one.joined)
        .join(technicians, technicians.c.id == _one.technician_id)
        .where(_one.ticket_id.in_(wanted))
        .order_by(_one.created_at, _one.technician_id)
    )
    for ticket_id, technician_id, name, joined in conn.execute(query):
        found.setdefault(ticket_id, []).append(HelperRecord(technician_id, name, joined))
    return found


def has_joined(conn: Connection, ticket_id: str, technician_id: str) -> bool:
    """Whether this person helps in this chat now."""
    mine = (_one.ticket_id == ticket_id) & (_one.technician_id == technician_id) & _one.joined
    return bool(conn.execute(select(exists().where(mine))).scalar_one())


def invite(
    conn: Connection, company_id: str, ticket_id: str, technician_id: str, by: str, comment: str | None, now: int
) -> None:
    """Somebody who was not invited yet."""
    conn.execute(
        participants.insert().values(
            ticket_id=ticket_id,
            technician_id=technician_id,
            company_id=company_id,
            joined=False,
            invited_by=by,
            comment=comment,
            created_at=now,
        )
    )


def come(conn: Connection, ticket_id: str, technician_id: str) -> None:
    """Into the chat."""
    mine = (_one.ticket_id == ticket_id) & (_one.technician_id == technician_id)
    conn.execute(update(participants).where(mine).values(joined=True))


def remove(conn: Connection, ticket_id: str, technician_id: str) -> None:
    """Out of it, or not into it at all."""
    mine = (_one.ticket_id == ticket_id) & (_one.technician_id == technician_id)
    conn.execute(delete(participants).where(mine))


def remove_all(conn: Connection, ticket_id: str) -> None:
    """The chat is over."""
    conn.execute(delete(participants).where(_one.ticket_id == ticket_id))
