"""Backup while people write, and a restore after which every client starts afresh."""

import sqlite3
import stat
import threading
import uuid
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Place, Server, password_in, sign_in
from tests.support.disk import MOUNTABLE, small_disk


def values(database: Path, query: str) -> list[str]:
    with closing(sqlite3.connect(database)) as conn:
        return [row[0] for row in conn.execute(query)]


def epoch(database: Path) -> str:
    return values(database, "SELECT value FROM installation WHERE name = 'epoch'")[0]


class Writer:
    """Opens one ticket after the other and keeps what was acknowledged."""

    def __init__(self, server: Server) -> None:
        self.subjects: list[str] = []
        self.wrote = threading.Condition()
        self._server = server
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._write)
        self._thread.start()

    def _write(self) -> None:
        with self._server.client() as client:
            while not self._stopping.is_set():
                subject = f"Ticket {len(self.subjects) + 1}"
                ticket = {"client_id": str(uuid.uuid4()), "subject": subject, "description": "x" * 500, "name": "Ada"}
                answer = client.post("/api/v1/portals/demo/tickets", json=ticket)
                assert answer.status_code < 300, answer.text
                with self.wrote:
                    self.subjects.append(subject)
                    self.wrote.notify_all()

    def wait_for(self, count: int) -> list[str]:
        """All that is acknowledged, once it is so many."""
        with self.wrote:
            assert self.wrote.wait_for(lambda: len(self.subjects) >= count, timeout=60)
            return list(self.subjects)

    def stop(self) -> list[str]:
        self._stopping.set()
        self._thread.join(60)
        return self.subjects


def test_backup_while_writing_and_restore(place: Place, tmp_path: Path) -> None:
    server = place.start("demo", "--serve", tickets_per_address_hour="1000000")
    with server.client() as client:
        sign_in(client, "demo@example.com", password_in(server.text))
    file = tmp_path / "backup.db"
    writer = Writer(server)
    before = writer.wait_for(20)
    text = place.done("backup", str(file))
    after = writer.wait_for(len(writer.subjects) + 5)
    everything = list(writer.stop())
    assert "checked" in text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not list(tmp_path.glob("backup.db?*")), "one file, nothing beside it"
    assert values(file, "PRAGMA integrity_check") == ["ok"]
    saved = values(file, "SELECT subject FROM tickets ORDER BY key_no")
    assert saved == everything[: len(saved)], "a state that really was, without holes"
    assert len(before) <= len(saved) <= len(after)

    assert "Stop it first" in place.refused("restore", str(file))
    server.stop()
    old_epoch = epoch(place.database)
    text = place.done("restore", str(file))
    assert values(place.database, "SELECT subject FROM tickets ORDER BY key_no") == saved
    assert epoch(place.database) not in (old_epoch, epoch(file)), "clients must not trust what they remember"
    assert values(place.database, "SELECT hash FROM sessions") == []
    assert stat.S_IMODE(place.database.stat().st_mode) == 0o600
    (kept,) = place.data.glob("deskwire.db.replaced-*")
    assert str(kept) in text
    assert values(kept, "SELECT subject FROM tickets ORDER BY key_no") == everything

    again = place.start("serve")
    with again.client() as client:
        assert client.get("/readyz").status_code == 200


def test_a_backup_is_never_written_over(ready: Place, tmp_path: Path) -> None:
    file = tmp_path / "backup.db"
    ready.done("backup", str(file))
    before = file.read_bytes()
    assert "exists already" in ready.refused("backup", str(file))
    assert file.read_bytes() == before
    assert "There is no directory" in ready.refused("backup", str(tmp_path / "nowhere" / "backup.db"))


def test_a_backup_that_cannot_be_written_says_so_of_itself(ready: Place, tmp_path: Path) -> None:
    """And not that something is wrong with the database."""
    (tmp_path / "a.db.part").mkdir()
    nowhere = Path("/proc/deskwire.db")  # no user may make a file there
    for file in (tmp_path / "a.db", nowhere):
        assert f"The backup {file} cannot be written" in ready.refused("backup", str(file))


@pytest.mark.skipif(not MOUNTABLE, reason="root may mount a small disk")
def test_a_full_disk_is_said_of_the_place_and_not_of_the_backup(ready: Place, tmp_path: Path) -> None:
    """Somebody who restores is in trouble already: nobody may tell him that his backup is damaged."""
    file = tmp_path / "good.db"
    ready.done("backup", str(file))
    with small_disk(1) as disk:
        disk.fill()
        for text in (
            ready.refused("backup", str(disk.path / "copy.db")),
            ready.refused("restore", str(file), data_dir=str(disk.path)),
        ):
            assert str(disk.path) in text
            assert "the disk is full" in text
            assert "damaged" not in text
        disk.make_room()
        ready.done("restore", str(file), data_dir=str(disk.path))


def test_restore_into_an_empty_place(ready: Place, tmp_path: Path) -> None:
    """A new machine: no database yet, not even a directory."""
    ready.call("company", "add", "acme", "Acme")
    file = tmp_path / "backup.db"
    ready.done("backup", str(file))
    elsewhere = tmp_path / "new"
    text = ready.done("restore", str(file), data_dir=str(elsewhere))
    assert "is kept as" not in text
    assert "acme" in ready.call("company", "list", data_dir=str(elsewhere)).out
    assert sorted(path.name for path in elsewhere.iterdir()) == ["deskwire.db", "deskwire.lock"]


def test_restore_refuses_what_is_no_backup(ready: Place, tmp_path: Path) -> None:
    """And leaves the database that is there as it is."""
    ready.call("company", "add", "acme", "Acme")
    good = tmp_path / "good.db"
    ready.call("backup", str(good))

    text = tmp_path / "text"
    text.write_text("not a database, " * 1000)
    foreign = tmp_path / "foreign.db"
    with closing(sqlite3.connect(foreign)) as conn:
        conn.execute("CREATE TABLE notes (text)")
    newer = tmp_path / "newer.db"
    newer.write_bytes(good.read_bytes())
    with closing(sqlite3.connect(newer)) as conn, conn:
        conn.execute("UPDATE alembic_version SET version_num = '9999'")
    damaged = tmp_path / "damaged.db"
    pages = bytearray(good.read_bytes())
    for offset in range(4096 * 8, len(pages), 4096):
        pages[offset : offset + 64] = b"\xff" * 64
    damaged.write_bytes(bytes(pages))

    sentences = {
        text: "or no database",
        foreign: "is not a backup of Deskwire",
        newer: "newer Deskwire (revision 9999",
        damaged: "is damaged",
        tmp_path / "nowhere": "There is no file",
        ready.database: "is the database itself",
    }
    for file, sentence in sentences.items():
        assert sentence in ready.refused("restore", str(file))
    assert "acme" in ready.call("company", "list").out
    assert not list(ready.data.glob("*.restoring*"))
    assert not list(ready.data.glob("*.replaced*"))
