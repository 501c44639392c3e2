"""``deskwire migrate`` on PostgreSQL where there are several: commands at once, and programs of two versions."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from server.store.postgres import address
from tests.cli.conftest import Place, Result, place
from tests.cli.test_doctor import Report
from tests.support.postgres import Postgres, run

__all__ = ["place"]

WAIT_S = 60
LOCK = "hashtextextended('deskwire migrate', 0)"


@pytest.fixture
def there(place: Place, postgres: Postgres) -> Place:
    """A place whose settings name an empty database."""
    place.environment["DESKWIRE_DATABASE_URL"] = postgres.database()
    return place


async def while_locked(url: str, commands: int, begin: Callable[[], None]) -> None:
    """Hold the lock of migrations until so many commands wait for it."""
    conn = await asyncpg.connect(address(url))
    try:
        await conn.execute(f"SELECT pg_advisory_lock({LOCK})")
        begin()
        waiting = (
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
            " WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"
        )
        deadline = time.monotonic() + WAIT_S
        while await conn.fetchval(waiting) < commands:
            assert time.monotonic() < deadline, "they did not wait for each other"
            await conn.execute("SELECT pg_sleep(0.02)")
    finally:
        await conn.close()


def test_of_two_at_once_one_makes_the_tables_and_the_other_finds_them(there: Place, tmp_path: Path) -> None:
    """Two machines whose release phases run together."""
    results: list[Result] = []

    def migrate(directory: Path) -> None:
        results.append(there.run("migrate", data_dir=str(directory)))

    threads = [threading.Thread(target=migrate, args=(tmp_path / name,)) for name in ("one", "other")]

    def begin() -> None:
        for thread in threads:
            thread.start()

    run(lambda: while_locked(there.environment["DESKWIRE_DATABASE_URL"], 2, begin))
    for thread in threads:
        thread.join(WAIT_S)
    assert [result.code for result in results] == [0, 0], results
    assert sorted(result.out.split()[0] for result in results) == ["Made", "The"]
    assert sum("is up to date" in result.out for result in results) == 1


def test_an_older_program_says_what_to_do_with_newer_tables(there: Place, postgres: Postgres) -> None:
    """A server that was left behind by an upgrade: it does not start, and the doctor says why."""
    there.done("migrate")
    url = there.environment["DESKWIRE_DATABASE_URL"]
    postgres.do("UPDATE alembic_version SET version_num = '9999'", url=url)
    for command in ("serve", "migrate"):
        assert "is of a newer Deskwire (revision 9999" in there.refused(command)
    report = Report(there)
    assert not report.ok
    assert "Install that version again" in report.complaint("revision")
