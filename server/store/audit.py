"""Statements about the audit log: who changed what in the set-up. It only grows."""

from typing import Any

from sqlalchemy import Connection, func, select

from server.store.tables import AnyRow, audit


def add(conn: Connection, **values: Any) -> int:
    """A line; returns its number."""
    return int(conn.execute(audit.insert().values(**values).returning(audit.c.id)).scalar_one())


def last(conn: Connection) -> int:
    """Number of the last line; 0: there is none."""
    return int(conn.execute(select(func.max(audit.c.id))).scalar_one_or_none() or 0)


def after(conn: Connection, number: int, limit: int) -> list[AnyRow]:
    """Lines after a number, oldest first."""
    return list(conn.execute(select(audit).where(audit.c.id > number).order_by(audit.c.id).limit(limit)))


def page(
    conn: Connection, *, before: int | None, company_id: str | None, object_id: str | None, limit: int
) -> list[AnyRow]:
    """Lines before a number, newest first; of a company or of one thing, where that is asked for."""
    query = select(audit).order_by(audit.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(audit.c.id < before)
    if company_id is not None:
        query = query.where(audit.c.company_id == company_id)
    if object_id is not None:
        query = query.where(audit.c.object_id == object_id)
    return list(conn.execute(query))
