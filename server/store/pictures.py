"""Statements about pictures: logos of portals and faces of technicians."""

import msgspec
from sqlalchemy import Connection, delete, select

from server.domain.ids import new_id
from server.store.tables import pictures as table
from server.store.tables import portals, technicians


class Picture(msgspec.Struct, frozen=True):
    """What a browser gets."""

    media_type: str
    bytes: bytes


def add(conn: Connection, media_type: str, content: bytes, now: int) -> str:
    """A new one; returns its id."""
    picture_id = new_id()
    conn.execute(table.insert().values(id=picture_id, media_type=media_type, bytes=content, created_at=now))
    return picture_id


def get(conn: Connection, picture_id: str) -> Picture | None:
    """One, or None."""
    row = conn.execute(select(table.c.media_type, table.c.bytes).where(table.c.id == picture_id)).one_or_none()
    return Picture(row.media_type, row.bytes) if row else None


def exists(conn: Connection, picture_id: str) -> bool:
    """Whether there is one with this id."""
    return conn.execute(select(table.c.id).where(table.c.id == picture_id)).first() is not None


def sweep(conn: Connection, before: int) -> int:
    """Forget those made before this that nobody points at; returns how many."""
    logo = portals.c.settings["logo"].as_string()
    used = (
        select(logo)
        .where(logo.is_not(None))
        .union(select(technicians.c.picture_id).where(technicians.c.picture_id.is_not(None)))
    )
    return conn.execute(delete(table).where(table.c.created_at < before, table.c.id.not_in(used))).rowcount
