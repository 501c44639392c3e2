"""The doctor on PostgreSQL: healthy, and each thing that can be wrong with it."""

import re
from collections.abc import Iterator

import msgspec
import pytest
from sqlalchemy import make_url

from server.cli.doctor import postgres as doctor
from server.settings import Settings
from server.store.probe import Facts
from tests.cli.conftest import Place, place
from tests.cli.test_doctor import Report
from tests.postgres.pooler import pgbouncer
from tests.support.postgres import Postgres

__all__ = ["place"]


@pytest.fixture(scope="module")
def own() -> Iterator[Postgres]:
    """A server whose settings are this test's."""
    running = Postgres(own=True)
    yield running
    running.stop()


@pytest.fixture
def demo(place: Place, own: Postgres) -> Place:
    """An installation with everything, not running."""
    place.environment["DESKWIRE_DATABASE_URL"] = own.database()
    assert place.call("demo", port="8123").code == 0
    return place


HEALTHY = (
    "database",
    "latency",
    "encoding",
    "database clock",
    "fsync",
    "full_page_writes",
    "synchronous_commit",
    "pooler",
)


def test_a_healthy_database(demo: Place) -> None:
    report = Report(demo, port="8123")
    assert report.ok
    for check in (*HEALTHY, "connections", "revision", "accounts", "portals", "data directory"):
        assert report.level(check) == "ok", check
    assert report.level("database file") == "not checked"


def test_settings_that_lose_data(demo: Place, own: Postgres) -> None:
    names = ("fsync", "full_page_writes", "synchronous_commit")
    own.do(*(f"ALTER SYSTEM SET {name} = off" for name in names), "ALTER SYSTEM SET max_connections = 20")
    own.restart()
    try:
        report = Report(demo)
    finally:
        own.do("ALTER SYSTEM RESET ALL")
        own.restart()
    assert not report.ok
    assert "Set fsync = on in postgresql.conf" in report.complaint("fsync")
    assert "Set full_page_writes = on in postgresql.conf" in report.complaint("full_page_writes")
    assert report.level("synchronous_commit") == "warn", "Deskwire's own connections switch it on"
    assert "Set max_connections = 25" in report.complaint("connections")


def test_no_answer(demo: Place) -> None:
    nowhere = "postgresql+asyncpg://deskwire:secret@/desk?host=/nowhere"
    complaint = Report(demo, database_url=nowhere).complaint("database")
    assert "does not answer" in complaint
    assert "secret" not in complaint


def test_an_encoding_that_cannot_hold_every_language(place: Place, own: Postgres) -> None:
    own.do("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    url = make_url(own.url).set(database="latin").render_as_string(hide_password=False)
    place.environment["DESKWIRE_DATABASE_URL"] = url
    place.call("migrate")
    assert "createdb --encoding UTF8" in Report(place).complaint("encoding")


@pytest.mark.parametrize(
    ("change", "check", "words"),
    [
        ({"version": 130_012}, "database", "14 or newer"),
        ({"late_ms": 40.0}, "latency", "near its database"),
        ({"clock_ahead_s": -90.0}, "database clock", "-90 s away"),
        ({"synchronous_commit": "off"}, "synchronous_commit", "loses what was acknowledged"),
    ],
)
def test_what_no_test_can_do_to_a_server(change: dict[str, object], check: str, words: str) -> None:
    facts = Facts(160_000, "16.1", True, True, "on", "on", 100, 3, "UTF8", 0.0, 0.2)
    changed = msgspec.structs.replace(facts, **change)
    settings = Settings(database_url="postgresql+asyncpg://x@db.example.com/desk")
    found = [*doctor._server(settings, changed), *doctor._losses(changed)]
    (wrong,) = [one for one in found if one.level != "ok"]
    assert wrong.check == check
    assert words in f"{wrong.text} -> {wrong.advice}"


# --- a pooler in between ----------------------------------------------------------------------------------------------

SESSIONS = "pool_mode = session"


def test_a_pooler_that_refuses_what_we_ask_for(demo: Place, own: Postgres) -> None:
    with pgbouncer(own, demo.environment["DESKWIRE_DATABASE_URL"], SESSIONS) as url:
        complaint = Report(demo, database_url=url).complaint("database")
    assert doctor.IGNORE in complaint
    assert "ALTER ROLE postgres SET synchronous_commit = on;" in complaint


def test_a_pooler_that_keeps_back_what_we_ask_for_and_the_lines_that_help(demo: Place, own: Postgres) -> None:
    with pgbouncer(own, demo.environment["DESKWIRE_DATABASE_URL"], SESSIONS, doctor.IGNORE) as url:
        complaint = Report(demo, database_url=url).complaint("pooler")
        assert "idle_in_transaction_session_timeout, lock_timeout" in complaint
        own.do(*re.findall(r"ALTER ROLE [^;]+;", complaint))
    try:
        with pgbouncer(own, demo.environment["DESKWIRE_DATABASE_URL"], SESSIONS, doctor.IGNORE) as url:
            report = Report(demo, database_url=url)
    finally:
        own.do("ALTER ROLE postgres RESET ALL")
    assert report.ok
    for check in (*HEALTHY, "connections", "revision"):
        assert report.level(check) == "ok", check


def test_a_pooler_that_mixes_sessions(demo: Place, own: Postgres) -> None:
    with pgbouncer(own, demo.environment["DESKWIRE_DATABASE_URL"], "pool_mode = transaction", doctor.IGNORE) as url:
        report = Report(demo, database_url=url)
    assert not report.ok
    assert "pool_mode = session" in report.complaint("pooler")
