"""Migrations make exactly the tables of tables.py, on a new database and on an old one with rows in it."""

import contextlib
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from server.store import migrate
from server.store.sqlite import engine_for
from server.store.tables import metadata
from tests.store.conftest import rows_of

REVISIONS = [step.revision for step in ScriptDirectory.from_config(migrate._config()).walk_revisions()]
FIRST = REVISIONS[-1]


def first_database(path: Path, *, orphan: bool = False) -> None:
    """As the first program left it: a company with a ticket, its events, a stream and a side effect."""
    with engine_for(path, write=True).connect() as conn:
        command.upgrade(migrate._config(conn), FIRST)
        conn.commit()
    stream_of = "gone" if orphan else "t"
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript(
            f"""
            INSERT INTO companies VALUES ('c', 'acme', 'Acme', 7, 0);
            INSERT INTO key_prefixes VALUES ('ACME', 'c', 1);
            INSERT INTO portals VALUES ('p', 'c', 'acme', 'Acme', 'ACME', '{{}}', 0);
            INSERT INTO queues VALUES ('q', 'c', 'portal', 'p');
            INSERT INTO customers VALUES ('u', 'c', 'p', NULL, 'Ada', NULL, 0, 0);
            INSERT INTO tickets (id, company_id, portal_id, queue_id, customer_id, key_prefix, key_no, client_id,
                client_hash, subject, customer_name, customer_sort, verified, status, chat, view, joined, created_at,
                queued_at, ip, user_agent, device_class, os, browser, list_seq, staff_seq, customer_seq,
                last_activity_at, customer_read, technician_read)
            VALUES ('t', 'c', 'p', 'q', 'u', 'ACME', 1, 'one', '', 'Printer', 'Ada', 'ada', 0, 'open', 'not_joined',
                'new', 0, 0, 0, '', '', 'desktop', '', '', 7, 2, 1, 0, 0, 0);
            INSERT INTO events VALUES ('e1', 'c', 't', 1, 1, 'message', 'customer', 'u', 'Ada', 'Ada', 'Hello', NULL,
                'one', 0);
            INSERT INTO events VALUES ('e2', 'c', 't', 2, NULL, 'note', 'technician', 'x', 'Lena', 'Lena', 'Hm', NULL,
                'two', 0);
            INSERT INTO streams (ticket_id, author_id, stream, last_n) VALUES ('{stream_of}', 'u', 's', 3);
            INSERT INTO outbox (kind, company_id, ticket_id, event_id) VALUES ('search', 'c', 't', 'e1');
            """
        )


def test_a_new_database_is_what_the_program_thinks_it_is(tmp_path: Path) -> None:
    path = tmp_path / "new" / "deskwire.db"
    assert not migrate.standing(path).ready
    before = migrate.upgrade(path)
    assert (before.current, before.known) == (None, True)
    assert migrate.standing(path).ready
    assert differences(path) == []


def differences(path: Path) -> list[object]:
    """Between the file and tables.py. The index over words keeps tables of its own, which Core does not know."""

    def ours(_object: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
        return not (kind == "table" and str(name).startswith("search_words"))

    with engine_for(path, write=False).connect() as conn:
        context = MigrationContext.configure(conn, opts={"include_object": ours, "compare_type": True})
        return list(compare_metadata(context, metadata))


def test_an_older_database_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "deskwire.db"
    first_database(path)
    assert migrate.upgrade(path).current == FIRST
    assert migrate.standing(path).ready
    assert differences(path) == []
    assert rows_of(path, "SELECT id, staff_seq, customer_seq, list_seq FROM tickets") == [("t", 2, 1, 7)]
    assert rows_of(path, "SELECT id, body FROM events ORDER BY staff_seq") == [("e1", "Hello"), ("e2", "Hm")]
    assert rows_of(path, "SELECT ticket_id, company_id, last_n FROM streams") == [("t", "c", 3)]
    assert rows_of(path, "SELECT id, ticket_id, event_id FROM outbox") == [(1, "t", "e1")]
    assert rows_of(path, "PRAGMA foreign_key_check") == []
    assert rows_of(path, "PRAGMA integrity_check") == [("ok",)]


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "deskwire.db"
    first_database(path, orphan=True)
    schema = rows_of(path, "SELECT name, sql FROM sqlite_master ORDER BY name")
    with pytest.raises(Exception, match=r"NOT NULL|point nowhere"):
        migrate.upgrade(path)
    assert migrate.standing(path).current == FIRST
    assert rows_of(path, "SELECT name, sql FROM sqlite_master ORDER BY name") == schema
    assert rows_of(path, "SELECT count(*) FROM events") == [(2,)]


def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "deskwire.db"
    migrate.upgrade(path)
    schema = rows_of(path, "SELECT name, sql FROM sqlite_master ORDER BY name")
    assert migrate.upgrade(path).ready
    assert rows_of(path, "SELECT name, sql FROM sqlite_master ORDER BY name") == schema


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "deskwire.db"
    migrate.upgrade(path)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
        db.commit()
    standing = migrate.standing(path)
    assert not standing.ready
    assert not standing.known
    with pytest.raises(RuntimeError, match="newer Deskwire"):
        migrate.upgrade(path)
    assert rows_of(path, "SELECT version_num FROM alembic_version") == [("9999",)]


def test_revisions_form_one_line() -> None:
    """Two heads mean that two changes met without knowing of each other."""
    script = ScriptDirectory.from_config(migrate._config())
    assert script.get_heads() == [REVISIONS[0]]
    assert script.get_bases() == [FIRST]
