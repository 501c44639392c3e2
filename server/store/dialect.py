"""What the two engines spell differently."""

from typing import Any

from sqlalchemy import Connection, Table, text
from sqlalchemy.dialects import postgresql, sqlite


def insert(conn: Connection, table: Table) -> Any:
    """An INSERT that knows ``on_conflict_do_nothing`` and ``on_conflict_do_update``, in this engine's form."""
    return (sqlite if conn.dialect.name == "sqlite" else postgresql).insert(table)


def exclusive(conn: Connection, name: str) -> None:
    """Until the end of this transaction nobody else passes this line with the same name.

    For what reads, thinks and writes without a row to lock. SQLite has one writer and needs nothing.
    """
    if conn.dialect.name != "sqlite":
        conn.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
