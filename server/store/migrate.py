"""Brings a database to this program's schema, and says where it stands. Downgrades are restores from a backup."""

from pathlib import Path
from typing import Final

import msgspec
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from server.store import sqlite

HEAD: Final = "head"


class Standing(msgspec.Struct, frozen=True):
    """Where a database stands. ``current`` is None for an empty one; ``known`` is false for one of a newer program."""

    current: str | None
    head: str
    known: bool

    @property
    def ready(self) -> bool:
        """Whether this program can work with it."""
        return self.current == self.head


def to(conn: Connection, revision: str) -> None:
    """Run the migrations up to a revision, inside the connection's transaction."""
    command.upgrade(_config(conn), revision)


def _config(conn: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    if conn is not None:
        config.attributes["connection"] = conn
    return config


def standing(path: Path) -> Standing:
    """Where the SQLite file stands. The file need not exist."""
    if not path.exists():
        return standing_on(None)
    engine = sqlite.engine_for(path, write=False)
    with engine.connect() as conn:
        return standing_on(conn)


def standing_on(conn: Connection | None) -> Standing:
    """Where the database behind a connection stands; None: there is none yet."""
    return standing_of(MigrationContext.configure(conn).get_current_revision() if conn is not None else None)


def standing_of(current: str | None) -> Standing:
    """Where a database of this revision stands."""
    script = ScriptDirectory.from_config(_config())
    head = script.get_current_head() or ""
    known = current is None or any(step.revision == current for step in script.walk_revisions())
    return Standing(current, head, known)


def upgrade(path: Path) -> Standing:
    """Run the missing migrations; returns where the database stood before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = sqlite.engine_for(path, write=True)
    with engine.connect() as conn:
        return upgrade_on(conn)


def upgrade_on(conn: Connection) -> Standing:
    """Run the missing migrations on a connection; returns where the database stood before."""
    before = standing_on(conn)
    conn.rollback()  # looking began a transaction
    if not before.known:
        raise RuntimeError(
            f"The database is of a newer Deskwire (revision {before.current}); this one knows {before.head}."
        )
    if before.ready:
        return before
    if conn.dialect.name == "sqlite":
        _run_on_sqlite(conn)
    else:
        command.upgrade(_config(conn), HEAD)
        conn.commit()
    return before


def _run_on_sqlite(conn: Connection) -> None:
    """SQLite changes a constraint by making the table anew; keys that point at it must look away meanwhile."""
    raw = conn.connection.cursor()
    raw.execute("PRAGMA foreign_keys = OFF")
    with conn.begin():  # around all of it: Alembic would commit each migration before anybody has looked
        command.upgrade(_config(conn), HEAD)
        broken = conn.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"The database holds rows that point nowhere: {broken[:5]}")
    raw.execute("PRAGMA foreign_keys = ON")
