"""Backup while people write, restore, and the way from one engine to the other."""

import json
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from server.store import archive
from tests.cli.conftest import Place, password_in, place, sign_in
from tests.cli.test_backup import Writer
from tests.store.test_migrate import first_database
from tests.support.office import Database, open_office, written
from tests.support.people import customer
from tests.support.postgres import Postgres
from tests.support.server import ROOT, DeskServer

__all__ = ["place"]


@pytest.fixture
def there(place: Place, postgres: Postgres) -> Iterator[str]:
    """The address of an empty database that this place works with."""
    url = postgres.database()
    place.environment["DESKWIRE_DATABASE_URL"] = url
    yield url
    for server in place.servers:
        server.stop()


def values(database: Database, query: str) -> list[Any]:
    return written(database, lambda conn: [row[0] for row in conn.execute(text(query))])


def contents(database: Database, file: Path) -> dict[str, archive.Part]:
    """Digests of all tables but those that a restore changes on purpose."""
    manifest = written(database, lambda conn: archive.write(conn, file))
    return {name: part for name, part in manifest.tables.items() if name not in ("installation", "sessions")}


SUBJECTS = "SELECT subject FROM tickets ORDER BY key_no"
EPOCH = "SELECT value FROM installation WHERE name = 'epoch'"


def test_backup_while_writing_and_restore(place: Place, there: str, tmp_path: Path) -> None:
    server = place.start("demo", "--serve", tickets_per_address_hour="1000000")
    with server.client() as client:
        sign_in(client, "demo@example.com", password_in(server.text))
    file = tmp_path / "backup.zip"
    writer = Writer(server)
    before = writer.wait_for(20)
    assert "checked" in place.done("backup", str(file))
    after = writer.wait_for(len(writer.subjects) + 5)
    everything = list(writer.stop())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("backup*")] == ["backup.zip"], "one file, nothing beside it"

    assert "Stop" in place.refused("restore", str(file))
    assert "Stop all servers first" in place.refused("restore", str(file), data_dir=str(tmp_path / "elsewhere"))
    server.stop()
    old_epoch = values(there, EPOCH)
    told = place.done("restore", str(file))
    saved = values(there, SUBJECTS)
    assert saved == everything[: len(saved)], "a state that really was, without holes"
    assert len(before) <= len(saved) <= len(after)
    assert values(there, EPOCH) != old_epoch, "clients must not trust what they remember"
    assert values(there, "SELECT hash FROM sessions") == []
    (kept,) = values(there, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'deskwire_replaced%'")
    assert f"schema {kept}" in told
    assert values(there, f"SELECT subject FROM {kept}.tickets ORDER BY key_no") == everything

    again = place.start("serve", tickets_per_address_hour="1000000")
    writer = Writer(again)  # keys and ids go on where the backup ended
    writer.wait_for(5)
    assert "Ticket 5" in writer.stop()
    assert len(values(there, SUBJECTS)) >= len(saved) + 5


def fill(place: Place) -> None:
    """A demo with a few tickets."""
    server = place.start("demo", "--serve", tickets_per_address_hour="1000000")
    writer = Writer(server)
    writer.wait_for(8)
    writer.stop()
    server.stop()


def test_from_sqlite_to_postgres_and_back(place: Place, postgres: Postgres, tmp_path: Path) -> None:
    """A backup of the one is restored on the other: every row arrives as it was."""
    fill(place)
    small = tmp_path / "small.db"
    place.done("backup", str(small))
    url = postgres.database()
    place.done("restore", str(small), database_url=url)
    assert contents(place.database, tmp_path / "1.zip") == contents(url, tmp_path / "2.zip")
    large = tmp_path / "large.zip"
    place.done("backup", str(large), database_url=url)
    elsewhere = tmp_path / "elsewhere"
    place.done("restore", str(large), data_dir=str(elsewhere))
    assert contents(elsewhere / "deskwire.db", tmp_path / "3.zip") == contents(url, tmp_path / "4.zip")
    assert sorted(path.name for path in elsewhere.iterdir()) == ["deskwire.db", "deskwire.lock"]
    found = "SELECT count(*) FROM search_words WHERE search_words MATCH 'ticket'"
    assert values(elsewhere / "deskwire.db", found) == values(place.database, found)


def test_an_archive_of_an_older_program(place: Place, there: str, tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    first_database(old)
    file = tmp_path / "old.zip"
    written(old, lambda conn: archive.write(conn, file))
    for more in ({}, {"database_url": ""}):
        place.done("restore", str(file), **more)
    for database in (there, place.database):
        assert values(database, "SELECT body FROM events ORDER BY staff_seq") == ["Hello", "Hm"]
        assert values(database, "SELECT company_id FROM streams") == ["c"]


def damaged(archive: Path, change: Callable[[dict[str, bytes]], None], to: Path) -> Path:
    """The same archive with something changed."""
    with zipfile.ZipFile(archive) as old:
        members = {name: old.read(name) for name in old.namelist()}
    change(members)
    with zipfile.ZipFile(to, "w") as new:
        for name, content in members.items():
            new.writestr(name, content)
    return to


def newer(members: dict[str, bytes]) -> None:
    members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | {"revision": "9999"}).encode()


def forged(members: dict[str, bytes]) -> None:
    members["companies.jsonl"] = members["companies.jsonl"].replace(b"Acme", b"Evil")


def shortened(members: dict[str, bytes]) -> None:
    del members["companies.jsonl"]


def foreign(members: dict[str, bytes]) -> None:
    members.clear()
    members["word/document.xml"] = b"<document/>"


def test_restore_refuses_what_is_no_backup(place: Place, there: str, tmp_path: Path) -> None:
    """And leaves the database that is there as it is."""
    place.done("migrate")
    place.call("company", "add", "acme", "Acme")
    good = tmp_path / "good.zip"
    place.done("backup", str(good))
    before = contents(there, tmp_path / "before.zip")
    cut = tmp_path / "cut.zip"
    cut.write_bytes(good.read_bytes()[:-200])
    sentences = {
        damaged(good, newer, tmp_path / "newer.zip"): "newer Deskwire (revision 9999",
        damaged(good, forged, tmp_path / "forged.zip"): "companies is not what was written",
        damaged(good, shortened, tmp_path / "short.zip"): "is not a backup of Deskwire",
        damaged(good, foreign, tmp_path / "letter.docx"): "is not a backup of Deskwire",
        cut: "damaged or no database",
        tmp_path / "nowhere": "There is no file",
    }
    for file, sentence in sentences.items():
        assert sentence in place.refused("restore", str(file))
    assert contents(there, tmp_path / "after.zip") == before
    assert values(there, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'deskwire_replaced%'") == []
    assert "exists already" in place.refused("backup", str(good))


def test_a_restore_that_fails_half_way_changes_nothing(place: Place, there: str, tmp_path: Path) -> None:
    """One transaction: a row that the tables refuse is found after most of the work is done."""
    place.done("migrate")
    place.call("company", "add", "acme", "Acme")

    def orphan(conn: Connection) -> None:
        conn.execute(text("ALTER TABLE access DROP CONSTRAINT fk_access_company_id_companies"))
        conn.execute(text("ALTER TABLE access DROP CONSTRAINT fk_access_technician_id_technicians"))
        conn.execute(text("INSERT INTO access VALUES ('nobody', 'nothing')"))

    written(there, orphan)
    file = tmp_path / "orphan.zip"
    place.done("backup", str(file))
    assert "cannot be used" in place.refused("restore", str(file))
    assert values(there, "SELECT slug FROM companies") == ["acme"]
    assert values(there, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'deskwire_replaced%'") == []


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_a_client_that_is_ahead_starts_afresh(engine: str, postgres: Postgres, tmp_path: Path) -> None:
    """It remembers messages that the restored database never had: it reloads, and writes on."""
    environment = {"DESKWIRE_DATABASE_URL": postgres.database()} if engine == "postgres" else {}
    desk = DeskServer(tmp_path / "data", **environment).migrate().start()
    try:
        office = open_office(desk.store)
        async with customer(desk, office) as ada:
            await ada.say(ada.ticket, "before the backup")
            command(desk, "backup", str(tmp_path / "backup"))
            for n in range(5):
                await ada.say(ada.ticket, f"after it {n}")
            (page,) = await ada.watch(ada.ticket)
        desk.stop()
        command(desk, "restore", str(tmp_path / "backup"))
        desk.start()
        async with customer(desk, office, opened=ada.opened, watch=False) as back:
            (now,) = await back.watch(ada.ticket, after=page["tail"], epoch=page["epoch"])
            assert not now["recovered"]
            assert now["epoch"] != page["epoch"]
            assert now["tail"] == page["tail"] - 5
            assert [one["event"].get("text") for one in now["events"]][-1] == "before the backup"
            ack = await back.say(ada.ticket, "and on")
            assert ack["seq"] == now["tail"] + 1
    finally:
        desk.kill()


def command(desk: DeskServer, *arguments: str) -> None:
    """``deskwire …`` beside this server."""
    subprocess.run([sys.executable, "-m", "server", *arguments], env=desk.environment, cwd=ROOT, check=True)
