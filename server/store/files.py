"""Statements about files: what was accepted. Each takes a scope where a person asks."""

import msgspec
from sqlalchemy import Connection, and_, func, select, tuple_

from server.store.scope import Scope
from server.store.tables import files, tickets


class FileRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``files``. ``thumbnail``: its media type, where there is one. ``scanned``: None without a scanner."""

    id: str
    company_id: str
    ticket_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    width: int | None
    height: int | None
    thumbnail: str | None
    scanned: bool | None
    original_of: str | None
    created_at: int

    @property
    def key(self) -> str:
        """Where the storage has its bytes."""
        return key_of(self.company_id, self.id)


def key_of(company_id: str, file_id: str) -> str:
    """Where the storage has a file's bytes. What people called it never gets there."""
    return f"{company_id}/{file_id}"


def thumbnail_key(company_id: str, file_id: str) -> str:
    """Where the storage has its thumbnail."""
    return f"{company_id}/{file_id}.thumbnail"


def add(conn: Connection, record: FileRecord) -> None:
    """A new file."""
    conn.execute(files.insert().values(msgspec.structs.asdict(record)))


def get(conn: Connection, scope: Scope, ticket_id: str, file_id: str) -> FileRecord | None:
    """A file of this ticket, if this scope reaches the ticket."""
    query = (
        select(files)
        .join(tickets, and_(tickets.c.id == files.c.ticket_id, tickets.c.company_id == files.c.company_id))
        .where(files.c.id == file_id, files.c.ticket_id == ticket_id, scope.sees_ticket())
    )
    row = conn.execute(query).one_or_none()
    return FileRecord(**row._mapping) if row else None


def known(conn: Connection, file_ids: list[str]) -> set[str]:
    """Those of the ids that are files."""
    return set(conn.execute(select(files.c.id).where(files.c.id.in_(file_ids))).scalars())


def total(conn: Connection) -> tuple[int, int]:
    """(how many there are, their bytes)"""
    row = conn.execute(select(func.count(), func.coalesce(func.sum(files.c.size), 0)).select_from(files)).one()
    return int(row[0]), int(row[1])


def page(conn: Connection, after: FileRecord | None, limit: int) -> list[FileRecord]:
    """The files behind this one, in order of their keys."""
    query = select(files).order_by(files.c.company_id, files.c.id).limit(limit)
    if after is not None:
        query = query.where(tuple_(files.c.company_id, files.c.id) > (after.company_id, after.id))
    return [FileRecord(**row._mapping) for row in conn.execute(query)]
