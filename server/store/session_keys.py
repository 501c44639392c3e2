"""Statements about session keys: one-time ways in, made by a technician for a customer of one portal."""

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, delete, func, or_, select, update

from server.domain.ids import new_id
from server.store import dialect
from server.store.tables import AnyRow, access, portals, session_keys, technicians, tickets


class KeyRecord(msgspec.Struct, frozen=True):
    """A key as its maker sees it; of the key itself only a hash is known."""

    id: str
    portal: str
    portal_name: str
    note: str | None
    created_at: int
    expires_at: int
    used_at: int | None
    ticket_id: str | None
    ticket: str | None
    """key of the ticket that came of it"""


class SessionKey(msgspec.Struct, frozen=True):
    """A key that somebody holds: whose it is."""

    id: str
    technician_id: str
    public_name: str
    expires_at: int


_select = (
    select(
        session_keys.c.id,
        portals.c.slug.label("portal"),
        portals.c.name.label("portal_name"),
        session_keys.c.note,
        session_keys.c.created_at,
        session_keys.c.expires_at,
        session_keys.c.used_at,
        session_keys.c.ticket_id,
        tickets.c.key_prefix,
        tickets.c.key_no,
    )
    .join(portals, portals.c.id == session_keys.c.portal_id)
    .outerjoin(tickets, tickets.c.id == session_keys.c.ticket_id)
)


def _record(row: AnyRow) -> KeyRecord:
    values: dict[str, Any] = dict(row._mapping)
    prefix, number = values.pop("key_prefix"), values.pop("key_no")
    return KeyRecord(**values, ticket=f"{prefix}-{number}" if prefix else None)


def _living(now: int) -> ColumnElement[bool]:
    return and_(session_keys.c.used_at.is_(None), session_keys.c.revoked_at.is_(None), session_keys.c.expires_at > now)


def add(
    conn: Connection,
    *,
    key_hash: str,
    company_id: str,
    portal_id: str,
    technician_id: str,
    note: str | None,
    now: int,
    expires_at: int,
) -> KeyRecord | None:
    """A new key. None: there was this very key already."""
    key_id = new_id()
    values = {"company_id": company_id, "portal_id": portal_id, "technician_id": technician_id, "note": note}
    statement = dialect.insert(conn, session_keys).values(
        id=key_id, hash=key_hash, created_at=now, expires_at=expires_at, **values
    )
    if conn.execute(statement.on_conflict_do_nothing()).rowcount == 0:
        return None
    return _record(conn.execute(_select.where(session_keys.c.id == key_id)).one())


def of_technician(conn: Connection, technician_id: str, now: int, used_since: int) -> list[KeyRecord]:
    """Those that can be used, and those that were used lately; newest first."""
    wanted = or_(_living(now), session_keys.c.used_at >= used_since)
    query = _select.where(session_keys.c.technician_id == technician_id, wanted)
    return [_record(row) for row in conn.execute(query.order_by(session_keys.c.created_at.desc(), session_keys.c.id))]


def living(conn: Connection, technician_id: str, now: int) -> int:
    """How many keys of this person can be used now."""
    mine = and_(session_keys.c.technician_id == technician_id, _living(now))
    return int(conn.execute(select(func.count()).select_from(session_keys).where(mine)).scalar_one())


def revoke(conn: Connection, technician_id: str, key_id: str, now: int) -> bool:
    """False: it is not this person's, or it cannot be used any more anyway."""
    mine = and_(session_keys.c.id == key_id, session_keys.c.technician_id == technician_id, _living(now))
    return conn.execute(update(session_keys).where(mine).values(revoked_at=now)).rowcount == 1


def usable(conn: Connection, portal_id: str, key_hash: str, now: int) -> SessionKey | None:
    """The key of this portal, whose maker may still see the company."""
    row = conn.execute(
        select(session_keys.c.id, session_keys.c.technician_id, technicians.c.public_name, session_keys.c.expires_at)
        .join(technicians, technicians.c.id == session_keys.c.technician_id)
        .join(
            access,
            and_(
                access.c.technician_id == session_keys.c.technician_id,
                access.c.company_id == session_keys.c.company_id,
            ),
        )
        .where(
            session_keys.c.hash == key_hash,
            session_keys.c.portal_id == portal_id,
            _living(now),
            ~technicians.c.disabled,
        )
    ).one_or_none()
    return SessionKey(*row) if row else None


def take(conn: Connection, key_id: str, now: int) -> bool:
    """Use it up. Of two who do so at once one gets True."""
    wanted = and_(session_keys.c.id == key_id, _living(now))
    return conn.execute(update(session_keys).where(wanted).values(used_at=now)).rowcount == 1


def opened(conn: Connection, key_id: str, ticket_id: str) -> None:
    """The ticket that came of it."""
    conn.execute(update(session_keys).where(session_keys.c.id == key_id).values(ticket_id=ticket_id))


def sweep(conn: Connection, before: int) -> int:
    """Delete keys that expired before; returns how many."""
    return conn.execute(delete(session_keys).where(session_keys.c.expires_at < before)).rowcount
