"""Statements about what administrators set up, for tables whose rows are drafts with an id and a version.

A draft calls what it points at by its noun (``company``), a column by its key (``company_id``).
"""

from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, delete, select, update
from sqlalchemy.exc import IntegrityError

from server.domain.ids import new_id
from server.store.sqlstate import FOREIGN_KEY, state_of

Values = dict[str, Any]


class Rows:
    """The rows of one table."""

    def __init__(self, table: Table, *order: ColumnElement[Any]) -> None:
        self._table = table
        self._order = order
        self._names = {
            str(column.name).removesuffix("_id" if column.foreign_keys else ""): column for column in table.c
        }

    def all(
        self, conn: Connection, company_id: str | None, *wanted: ColumnElement[bool], most: int | None = None
    ) -> list[Values]:
        """Of one company, or of every one; the first so many of them, where somebody wants a page."""
        query = select(self._table).where(*wanted).order_by(*self._order, self._table.c.id).limit(most)
        if company_id is not None:
            query = query.where(self._table.c.company_id == company_id)
        return [self._values(row) for row in conn.execute(query)]

    def get(self, conn: Connection, row_id: str) -> Values | None:
        """One row, or None."""
        row = conn.execute(select(self._table).where(self._table.c.id == row_id)).one_or_none()
        return self._values(row) if row else None

    def add(self, conn: Connection, values: Values) -> str:
        """A new row; returns its id."""
        row_id = new_id()
        conn.execute(self._table.insert().values(id=row_id, **self._columns(values)))
        return row_id

    def change(self, conn: Connection, row_id: str, version: int, values: Values) -> bool:
        """False: somebody else has changed it since this version."""
        changed = conn.execute(
            update(self._table)
            .where(self._table.c.id == row_id, self._table.c.version == version)
            .values(version=version + 1, **self._columns(values))
        )
        return changed.rowcount == 1

    def remove(self, conn: Connection, row_id: str) -> None:
        """The row, which nothing points at."""
        conn.execute(delete(self._table).where(self._table.c.id == row_id))

    def is_of(self, conn: Connection, row_id: str, company_id: str) -> bool:
        """Whether there is such a row of this company."""
        query = select(self._table.c.id).where(self._table.c.id == row_id, self._table.c.company_id == company_id)
        return conn.execute(query).first() is not None

    def _values(self, row: Any) -> Values:
        return {name: row._mapping[column.name] for name, column in self._names.items()}

    def _columns(self, values: Values) -> Values:
        return {self._names[name].name: value for name, value in values.items() if name in self._names}


def drop(conn: Connection, column: Column[Any], value: str) -> None:
    """Rows of a table that go with something."""
    conn.execute(delete(column.table).where(column == value))


def dangles(error: IntegrityError) -> bool:
    """Whether a row would have pointed at nothing."""
    return state_of(error) == FOREIGN_KEY or "FOREIGN KEY" in str(error.orig)
