"""A whole database in one file that either engine can read: a ZIP with one file of JSON lines for each table.

``manifest.json`` stands last and says the revision, and of each table its columns, rows and SHA-256. Rows are arrays in
the order of the columns; a JSON column travels as its text, so that nothing about it changes on the way.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
from sqlalchemy import JSON, Connection, MetaData, Table, Text, bindparam, cast, insert, inspect, select, text
from sqlalchemy.types import TypeEngine

from server.errors import BadInput
from server.store import migrate

T = TypeVar("T")

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
VERSIONS: Final = "alembic_version"
CHUNK: Final = 500


class Part(msgspec.Struct, frozen=True):
    """A table."""

    columns: list[str]
    rows: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What the file holds."""

    format: int
    revision: str
    tables: dict[str, Part]


def is_archive(file: Path) -> bool:
    """By its content, not by its name."""
    return zipfile.is_zipfile(file)


def write(conn: Connection, file: Path) -> Manifest:
    """Everything that this connection sees; it should see one snapshot."""
    parts: dict[str, Part] = {}
    with zipfile.ZipFile(file, "x", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        file.chmod(0o600)
        for table in _tables(conn):
            parts[str(table.name)] = _write_table(conn, table, archive)
        revision = conn.execute(text(f"SELECT version_num FROM {VERSIONS}")).scalar_one()
        manifest = Manifest(FORMAT, str(revision), parts)
        archive.writestr(MANIFEST, msgspec.json.encode(manifest))
    return manifest


def check(file: Path) -> Manifest:
    """Read all of it. Raises BadInput when it is damaged or something else."""
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = msgspec.json.decode(archive.read(MANIFEST), type=Manifest)
            if manifest.format != FORMAT:
                raise BadInput(f"{file} is of a newer Deskwire (format {manifest.format}).")
            for name, part in manifest.tables.items():
                rows, digest = 0, hashlib.sha256()
                for line in _lines(archive, name):
                    rows += 1
                    digest.update(line)
                if (rows, digest.hexdigest()) != (part.rows, part.sha256):
                    raise BadInput(f"{file} is damaged: {name} is not what was written.")
    except KeyError:
        raise BadInput(f"{file} is not a backup of Deskwire.") from None
    except (zipfile.BadZipFile, msgspec.DecodeError, OSError, EOFError, ValueError) as error:
        raise BadInput(f"{file} is damaged: {error}.") from error
    return manifest


def load(conn: Connection, file: Path, manifest: Manifest) -> None:
    """Into a database without our tables: those of the archive's revision, and its rows. Migrations come after."""
    migrate.to(conn, manifest.revision)
    with zipfile.ZipFile(file) as archive:
        for table in _tables(conn):
            conn.execute(table.delete())  # what a migration may have put there
        for table in _tables(conn):
            part = manifest.tables.get(table.name)
            if part is not None:
                _load_table(conn, table, part, archive)


def _tables(conn: Connection) -> list[Table]:
    """Ours, as they are in this database now; what is pointed at comes first."""
    found = MetaData()
    known = [name for name in inspect(conn).get_table_names() if not name.startswith(("search_words", VERSIONS))]
    found.reflect(conn, only=known)
    return list(found.sorted_tables)


def _write_table(conn: Connection, table: Table, archive: zipfile.ZipFile) -> Part:
    columns = [cast(column, Text) if isinstance(column.type, JSON) else column for column in table.columns]
    rows, digest = 0, hashlib.sha256()
    result = conn.execution_options(yield_per=CHUNK).execute(select(*columns).order_by(*table.primary_key.columns))
    with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as out:
        for row in result:
            line = json.dumps(list(row), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            out.write(line)
            digest.update(line)
            rows += 1
    return Part([str(column.name) for column in table.columns], rows, digest.hexdigest())


def _load_table(conn: Connection, table: Table, part: Part, archive: zipfile.ZipFile) -> None:
    names = [f"new_{name}" for name in part.columns]
    values = {
        column: _as_written(conn, table.columns[column].type, name)
        for column, name in zip(part.columns, names, strict=True)
    }
    statement = insert(table).values(values)
    lines = (json.loads(line) for line in _lines(archive, table.name))
    for chunk in _chunks(lines):
        conn.execute(statement, [dict(zip(names, row, strict=True)) for row in chunk])
    if conn.dialect.name == "postgresql" and "id" in table.columns and table.columns["id"].autoincrement is True:
        conn.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'),"
                f" coalesce(max(id), 0) + 1, false) FROM {table.name}"
            )
        )
    if conn.dialect.name == "sqlite" and table.name == "search":
        conn.execute(text("INSERT INTO search_words(search_words) VALUES ('rebuild')"))


def _as_written(conn: Connection, kind: TypeEngine[Any], name: str) -> Any:
    if not isinstance(kind, JSON):
        return bindparam(name, type_=kind)
    value = bindparam(name, type_=Text())
    return cast(value, kind) if conn.dialect.name == "postgresql" else value


def _lines(archive: zipfile.ZipFile, table: str) -> Iterator[bytes]:
    with archive.open(f"{table}.jsonl") as file:
        yield from file


def _chunks(rows: Iterator[T]) -> Iterator[list[T]]:
    chunk: list[T] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
