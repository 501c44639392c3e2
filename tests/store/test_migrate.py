"""Migrations make exactly the tables of tables.py, on a new database and on an old one with rows in it, everywhere."""

import contextlib
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from server.store import migrate, postgres
from server.store.migrate import Standing
from server.store.tables import metadata
from tests.support.office import Database, written
from tests.support.postgres import Postgres, run

REVISIONS = [step.revision for step in ScriptDirectory.from_config(migrate._config()).walk_revisions()]
FIRST = REVISIONS[-1]


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """One without tables."""
    if request.param == "sqlite":
        return tmp_path / "deskwire.db"
    server: Postgres = request.getfixturevalue("postgres")
    return server.database()


def upgrade(database: Database) -> Standing:
    """As ``deskwire migrate``."""
    if isinstance(database, str):
        return run(lambda: postgres.upgrade(database))
    return migrate.upgrade(database)


def standing(database: Database) -> Standing:
    if isinstance(database, str):
        return run(lambda: postgres.standing(database))
    return migrate.standing(database)


def rows(database: Database, query: str) -> list[tuple[object, ...]]:
    """What somebody else finds in it."""
    return written(database, lambda conn: [tuple(row) for row in conn.execute(text(query))])


def schema(database: Database) -> list[tuple[object, ...]]:
    """Every table, column and constraint, as the engine tells them."""
    if isinstance(database, Path):
        return rows(database, "SELECT name, sql FROM sqlite_master ORDER BY name")
    columns = rows(
        database,
        "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
        " WHERE table_schema = 'public' ORDER BY 1, 2",
    )
    return columns + rows(database, "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint ORDER BY 1, 2")


def first_database(database: Database, *, orphan: bool = False) -> None:
    """As the first program left it: a company with a ticket, its events, a stream and a side effect."""
    stream_of = "gone" if orphan else "t"

    script = f"""
        INSERT INTO companies VALUES ('c', 'acme', 'Acme', 7, 0);
        INSERT INTO key_prefixes VALUES ('ACME', 'c', 1);
        INSERT INTO portals VALUES ('p', 'c', 'acme', 'Acme', 'ACME', '{{}}', 0);
        INSERT INTO queues VALUES ('q', 'c', 'portal', 'p');
        INSERT INTO customers VALUES ('u', 'c', 'p', NULL, 'Ada', NULL, false, 0);
        INSERT INTO tickets (id, company_id, portal_id, queue_id, customer_id, key_prefix, key_no, client_id,
            client_hash, subject, customer_name, customer_sort, verified, status, chat, view, joined, created_at,
            queued_at, ip, user_agent, device_class, os, browser, list_seq, staff_seq, customer_seq,
            last_activity_at, customer_read, technician_read)
        VALUES ('t', 'c', 'p', 'q', 'u', 'ACME', 1, 'one', '', 'Printer', 'Ada', 'ada', false, 'open',
            'not_joined', 'new', false, 0, 0, '', '', 'desktop', '', '', 7, 2, 1, 0, 0, 0);
        INSERT INTO events VALUES ('e1', 'c', 't', 1, 1, 'message', 'customer', 'u', 'Ada', 'Ada', 'Hello', NULL,
            'one', 0);
        INSERT INTO events VALUES ('e2', 'c', 't', 2, NULL, 'note', 'technician', 'x', 'Lena', 'Lena', 'Hm', NULL,
            'two', 0);
        INSERT INTO streams (ticket_id, author_id, stream, last_n) VALUES ('{stream_of}', 'u', 's', 3);
        INSERT INTO outbox (kind, company_id, ticket_id, event_id) VALUES ('search', 'c', 't', 'e1');
    """

    def without_keys(conn: Connection) -> None:
        if orphan:
            conn.execute(text("ALTER TABLE streams DROP CONSTRAINT fk_streams_ticket_id_tickets"))
        for statement in script.strip().removesuffix(";").split(";\n"):
            conn.exec_driver_sql(statement)

    written(database, lambda conn: command.upgrade(migrate._config(conn), FIRST))
    if isinstance(database, str):
        written(database, without_keys)
        return
    with contextlib.closing(sqlite3.connect(database)) as db:  # which does not look at foreign keys
        db.executescript(script)


def differences(database: Database) -> list[object]:
    """Between the database and tables.py. Core does not know an index over words: tables of its own on SQLite."""

    def ours(_object: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
        return not (kind in ("table", "index") and str(name).startswith(("search_words", "ix_search_words")))

    def compare(conn: Connection) -> list[object]:
        context = MigrationContext.configure(conn, opts={"include_object": ours, "compare_type": True})
        return list(compare_metadata(context, metadata))

    return written(database, compare)


def test_a_new_database_is_what_the_program_thinks_it_is(database: Database) -> None:
    assert not standing(database).ready
    before = upgrade(database)
    assert (before.current, before.known) == (None, True)
    assert standing(database).ready
    assert differences(database) == []


def test_an_older_database_keeps_its_rows(database: Database) -> None:
    first_database(database)
    assert upgrade(database).current == FIRST
    assert standing(database).ready
    assert differences(database) == []
    assert rows(database, "SELECT id, staff_seq, customer_seq, list_seq FROM tickets") == [("t", 2, 1, 7)]
    assert rows(database, "SELECT id, body FROM events ORDER BY staff_seq") == [("e1", "Hello"), ("e2", "Hm")]
    assert rows(database, "SELECT ticket_id, company_id, last_n FROM streams") == [("t", "c", 3)]
    assert rows(database, "SELECT id, ticket_id, event_id FROM outbox") == [(1, "t", "e1")]
    if isinstance(database, Path):
        assert rows(database, "PRAGMA foreign_key_check") == []
        assert rows(database, "PRAGMA integrity_check") == [("ok",)]


def test_a_migration_that_fails_changes_nothing(database: Database) -> None:
    first_database(database, orphan=True)
    before = schema(database)
    with pytest.raises(Exception, match=r"NOT NULL|not-null|null values|point nowhere"):
        upgrade(database)
    assert standing(database).current == FIRST
    assert schema(database) == before
    assert rows(database, "SELECT count(*) FROM events") == [(2,)]


def test_a_migration_that_leaves_rows_pointing_nowhere_changes_nothing(tmp_path: Path) -> None:
    """SQLite looks away while a table is made anew; afterwards everything is looked at."""
    path = tmp_path / "deskwire.db"
    first_database(path)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE events SET ticket_id = 'gone' WHERE id = 'e2'")
        db.commit()
    before = schema(path)
    with pytest.raises(RuntimeError, match="point nowhere"):
        upgrade(path)
    assert standing(path).current == FIRST
    assert schema(path) == before


def test_migrating_again_changes_nothing(database: Database) -> None:
    upgrade(database)
    before = schema(database)
    assert upgrade(database).ready
    assert schema(database) == before


def test_a_newer_database_is_left_alone(database: Database) -> None:
    upgrade(database)
    written(database, lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    now = standing(database)
    assert not now.ready
    assert not now.known
    with pytest.raises(RuntimeError, match="newer Deskwire"):
        upgrade(database)
    assert rows(database, "SELECT version_num FROM alembic_version") == [("9999",)]


def test_revisions_form_one_line() -> None:
    """Two heads mean that two changes met without knowing of each other."""
    script = ScriptDirectory.from_config(migrate._config())
    assert script.get_heads() == [REVISIONS[0]]
    assert script.get_bases() == [FIRST]
