"""Statements that run for every message: written in Core, compiled once, executed on the bare driver.

SQLAlchemy's own execution costs about 80 µs a statement, the driver's 5. What runs a few times a minute stays in Core.
Values come and go as the driver has them: booleans are 0 and 1 on SQLite, JSON is text.
"""

import json
from typing import Any

from sqlalchemy import Connection, Executable
from sqlalchemy.sql.compiler import SQLCompiler


class Prepared:
    """A statement with ``bindparam`` names, callable with their values."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, list[str], dict[str, Any]]] = {}

    def __call__(self, conn: Connection, **values: Any) -> list[tuple[Any, ...]]:
        """Run it; the rows, or an empty list for a statement that returns none."""
        sql, names, constants = self._compiled.get(conn.dialect.name) or self._compile(conn)
        cursor = conn.connection.cursor()
        try:
            cursor.execute(sql, [values[name] if name in values else constants[name] for name in names])
            return list(cursor.fetchall())
        finally:
            cursor.close()

    def _compile(self, conn: Connection) -> tuple[str, list[str], dict[str, Any]]:
        compiled = self._statement.compile(dialect=conn.dialect)  # type: ignore[attr-defined]  # every Core statement has it
        if not isinstance(compiled, SQLCompiler):
            raise TypeError("not a statement that can be prepared")
        made = (str(compiled), list(compiled.positiontup or []), dict(compiled.params))
        self._compiled[conn.dialect.name] = made
        return made


def as_json(value: Any) -> str | None:
    """A JSON column's value for the bare driver."""
    return None if value is None else json.dumps(value)


def from_json(value: Any) -> Any:
    """A JSON column's value from the bare driver."""
    return json.loads(value) if isinstance(value, str) else value
