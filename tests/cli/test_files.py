"""Files on the command line: a portal's rules, what a backup says of them, what the doctor finds."""

import io
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import Connection

from server.domain.files import MIB, FileRules, SenderRules
from server.store import files, portals
from server.store.base import Tx
from server.store.files import FileRecord
from tests.cli.conftest import Place
from tests.cli.test_doctor import Report
from tests.store.conftest import a_ticket
from tests.support.clamd import Clamd
from tests.support.office import written
from tests.uploads.buckets import bucket


@pytest.fixture
def acme(ready: Place) -> Place:
    """A company with a portal."""
    ready.call("company", "add", "acme", "Acme SA")
    ready.call("portal", "add", "help", "--company", "acme", "--name", "Acme help", "--prefix", "ACME")
    return ready


@pytest.fixture
def address() -> Iterator[str]:
    with bucket() as one:
        yield one


def rules(place: Place) -> FileRules:
    portal = written(place.database, lambda conn: portals.by_slug(conn, "help"))
    assert portal is not None
    return portal.settings.files


def test_what_may_be_sent_is_shown(acme: Place) -> None:
    """G-48: the defaults are the reference's lists."""
    lines = acme.done("portal", "files", "help").splitlines()
    assert lines[0].split() == ["WHO", "FILE", "PICTURE", "TYPES"]
    assert lines[1].split() == ["technicians", "25", "MiB", "10", "MiB", "all"]
    assert "ios          25 MiB  10 MiB   .jpeg .png .gif .bmp .tiff" in lines
    assert lines[-2:] == ["A customer may send 200 MiB within 24 hours.", "Pictures may have 40 megapixels."]
    assert rules(acme) == FileRules()


def test_what_may_be_sent_is_changed(acme: Place) -> None:
    change = ["portal", "files", "help", "--types", "ios=.png,JPG", "--mib", "ios=5", "--image-mib", "technicians=0.5"]
    text = acme.done(*change, "--day-mib", "50", "--megapixels", "12")
    assert "ios          5 MiB   5 MiB    .jpeg .png" in text
    changed = rules(acme)
    assert changed.customers == {"ios": SenderRules([".png", ".jpeg"], max_bytes=5 * MIB)}
    assert changed.technicians.image_max_bytes == MIB // 2
    assert (changed.customer_day_bytes, changed.max_pixels) == (50 * MIB, 12_000_000)
    acme.done("portal", "set", "help", "--accent", "#112233")
    assert rules(acme) == changed
    acme.done("portal", "files", "help", "--types", "ios=none", "--types", "android=default")
    assert rules(acme).customers["ios"].types == []
    assert "ios          5 MiB   5 MiB    none" in acme.done("portal", "files", "help")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--types", "iphone=.png"], "WHO is one of technicians, windows"),
        (["--types", "ios"], "is not WHO="),
        (["--types", "ios=.exe"], ".exe is no type"),
        (["--types", "ios=.heic"], ".heic is no type"),
        (["--mib", "ios=many"], "no number of MiB"),
        (["--mib", "ios=inf"], "no number of MiB"),
        (["--mib", "ios=0"], "out of bounds"),
        (["--mib", "ios=9999999"], "out of bounds"),
        (["--megapixels", "1000"], "out of bounds"),
    ],
)
def test_what_cannot_be_said_is_refused(acme: Place, options: list[str], sentence: str) -> None:
    assert sentence in acme.refused("portal", "files", "help", *options)
    assert rules(acme) == FileRules()


def test_a_portal_that_is_none(acme: Place) -> None:
    assert "There is no portal" in acme.refused("portal", "files", "nowhere")


# --- backup -----------------------------------------------------------------------------------------------------------


def test_a_backup_says_what_is_not_in_it(ready: Place, tmp_path: Path) -> None:
    assert "Not in it" not in ready.done("backup", str(tmp_path / "before.db"))

    def send(company: str, ticket: str) -> FileRecord:
        return FileRecord(
            id="f" * 32,
            company_id=company,
            ticket_id=ticket,
            name="a.log",
            media_type="text/plain",
            size=3 * MIB,
            sha256="",
            width=None,
            height=None,
            thumbnail=None,
            scanned=None,
            original_of=None,
            created_at=0,
        )

    def work(conn: Connection) -> None:
        tx = Tx(conn)
        files.add(tx.conn, send(*a_ticket(tx, "acme")))

    written(ready.database, work)
    text = ready.done("backup", str(tmp_path / "after.db"))
    assert f"Not in it: 1 files that people sent (3.0 MiB), in {ready.data / 'files'}." in text
    assert "after the database" in text
    assert "put your copy of them back there" in ready.done("restore", str(tmp_path / "after.db"))
    far = ready.done("backup", str(tmp_path / "far.db"), storage_url="s3://bucket/desk")
    assert "in s3://bucket/desk" in far


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 30), "green").save(out, "PNG")
    return out.getvalue()


def sent(place: Place) -> dict[str, bytes]:
    """What Ada sends through a running server, by the ids of the files."""
    server = place.start("demo", "--serve")
    made = {"app.log": b"fuser too hot\n" * 1000, "screen.png": picture()}
    ticket = {"client_id": str(uuid.uuid4()), "subject": "Printer", "description": "Smoke", "name": "Ada"}
    device = {"device": {"device_class": "windows"}}
    found = {}
    with server.client() as client:
        opened = client.post("/api/v1/portals/demo/tickets", json=ticket | device).json()
        client.headers["authorization"] = f"Bearer {opened['token']}"
        base = f"/api/v1/customer/tickets/{opened['ticket']['id']}/files"
        for name, data in made.items():
            answer = client.put(base, params={"name": name, "client_id": str(uuid.uuid4())}, content=data).json()
            found[answer["id"]] = client.get(f"{base}/{answer['id']}").content
    server.stop()
    return found


def kept(directory: Path) -> dict[str, bytes]:
    """What is in a copy, or in the storage."""
    return {path.name: path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def test_a_backup_with_files_is_whole_and_comes_back(place: Place, tmp_path: Path, address: str) -> None:
    """X-11: into an empty place, and from a directory into a bucket; the second time nothing is copied twice."""
    files_of_ada = sent(place)
    copy = tmp_path / "copy"
    text = place.done("backup", str(tmp_path / "a.db"), "--files", str(copy))
    assert "Copied 3 files" in text
    assert "0 were there already" in text
    assert files_of_ada.items() <= kept(copy).items()
    assert len(kept(copy)) == 3, "two files and a small picture; nothing else"
    assert "Copied 0 files (0.0 MiB)" in place.done("backup", str(tmp_path / "b.db"), "--files", str(copy))

    elsewhere = tmp_path / "new"
    back = ["restore", str(tmp_path / "b.db"), "--files", str(copy)]
    assert "Copied 3 files" in place.done(*back, data_dir=str(elsewhere))
    assert kept(elsewhere / "files") == kept(copy)

    place.environment |= {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    assert f"Copied 3 files (0.0 MiB) to {address}" in place.done(*back, storage_url=address)
    again = tmp_path / "again"
    place.done("backup", str(tmp_path / "c.db"), "--files", str(again), storage_url=address)
    assert kept(again) == kept(copy)


def test_files_that_are_lost_or_damaged_are_named_and_the_others_copied(place: Place, tmp_path: Path) -> None:
    ids = sent(place)
    lost, damaged = (next(place.data.rglob(f"files/*/{file}")) for file in ids)
    lost.unlink()
    damaged.write_bytes(damaged.read_bytes() + b"x")
    copy = tmp_path / "copy"
    text = place.refused("backup", str(tmp_path / "a.db"), "--files", str(copy))
    assert "2 files are missing where they should be, or damaged" in text
    assert lost.name in text
    assert damaged.name in text
    assert [path.suffix for path in copy.rglob("*") if path.is_file()] == [".thumbnail"]
    assert (tmp_path / "a.db").exists()


# --- the doctor -------------------------------------------------------------------------------------------------------


def test_a_directory_is_tried(ready: Place) -> None:
    assert Report(ready, "--quick").level("files") == "ok"
    files_directory = ready.data / "files"
    files_directory.rmdir()
    files_directory.write_text("in the way")
    complaint = Report(ready, "--quick").complaint("files")
    assert "cannot be used" in complaint


def test_a_bucket_is_tried(ready: Place, address: str) -> None:
    aws = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    ready.environment |= aws
    assert Report(ready, "--quick", storage_url=address).level("files") == "ok"
    missing = Report(ready, "--quick", storage_url="s3://no-such-bucket/desk").complaint("files")
    assert "AWS_ENDPOINT_URL" in missing


def test_the_virus_scanner_is_asked(ready: Place) -> None:
    scanner = Clamd()
    try:
        scanner.start()
        assert Report(ready, "--quick", clamd=scanner.address).level("virus scanner") == "ok"
        scanner.stop()
        held = Report(ready, "--quick", clamd=scanner.address)
        assert held.level("virus scanner") == "fail"
        assert "files wait for it" in held.complaint("virus scanner")
        passing = Report(ready, "--quick", clamd=scanner.address, scanner_down="pass")
        assert passing.level("virus scanner") == "warn"
    finally:
        scanner.close()
    assert Report(ready, "--quick").level("virus scanner") == "not checked"


def test_several_hosts_need_a_bucket(ready: Place) -> None:
    """Where database or Redis are elsewhere, there may be several; files in a directory are for one."""
    near = Report(ready, "--quick", redis_url="redis://127.0.0.1:1")
    assert near.level("files and hosts") == "not checked"
    far = Report(ready, "--quick", redis_url="redis://redis.invalid:1")
    assert "storage_url=s3://" in far.complaint("files and hosts")
    assert "Redis can be used by several hosts" in far.complaint("files and hosts")


@pytest.mark.parametrize(
    "setting",
    [
        {"storage_url": "/srv/files"},
        {"storage_url": "s3://"},
        {"storage_url": "s3://Bucket"},
        {"clamd": "/run/clamd.ctl"},
        {"clamd": "tcp://"},
        {"scanner_down": "ignore"},
    ],
)
def test_settings_that_are_none(ready: Place, setting: dict[str, str]) -> None:
    (name,) = setting
    assert name in ready.refused("serve", **setting)
