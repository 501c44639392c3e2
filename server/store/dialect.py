"""What the two engines spell differently."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Integer, Subquery, Table, Text, bindparam, cast, literal_column, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


def insert(conn: Connection, table: Table) -> Any:
    """An INSERT that knows ``on_conflict_do_nothing`` and ``on_conflict_do_update``, in this engine's form."""
    return (sqlite if conn.dialect.name == "sqlite" else postgresql).insert(table)


def exclusive(conn: Connection, name: str) -> None:
    """Until the end of this transaction nobody else passes this line with the same name.

    For what reads, thinks and writes without a row to lock. SQLite has one writer and needs nothing.
    """
    if conn.dialect.name != "sqlite":
        conn.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


# --- a table that comes as one parameter ------------------------------------------------------------------------------


def given(name: str, /, **columns: TypeEngine[Any]) -> Subquery:
    """A table whose rows are the parameter ``name``, made by ``rows``: one text of SQL, however many there are.

    The limit is what there is, and leaves nothing out. PostgreSQL takes the JSON for 100 rows without it, and for 10
    with it: enough to look for each by its index, where it would read a whole table of 40,000 rows.
    """
    given_rows = bindparam(name, type_=Text)
    each = _Elements(given_rows).table_valued("value")
    fields = [
        cast(each.c.value.op("->>")(literal_column(str(place))), kind).label(column)
        for place, (column, kind) in enumerate(columns.items())
    ]
    return select(*fields).limit(_Length(given_rows)).subquery(name)


def rows(values: Iterable[Sequence[Any]]) -> str:
    """The parameter of ``given``."""
    return msgspec.json.encode(list(values)).decode()


class _Elements(FunctionElement[Any]):
    """One row for each element of a JSON array."""

    inherit_cache = True


class _Length(FunctionElement[int]):
    """How many elements a JSON array has."""

    type = Integer()
    inherit_cache = True


@compiles(_Elements, "sqlite")
def _on_sqlite(element: _Elements, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(_Elements, "postgresql")
def _on_postgresql(element: _Elements, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_array_elements(CAST({compiler.process(element.clauses, **options)} AS JSON))"


@compiles(_Length, "sqlite")
def _length_on_sqlite(element: _Length, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_array_length({compiler.process(element.clauses, **options)})"


@compiles(_Length, "postgresql")
def _length_on_postgresql(element: _Length, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_array_length(CAST({compiler.process(element.clauses, **options)} AS JSON))"
