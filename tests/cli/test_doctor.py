"""The doctor on a healthy installation, and on each kind of broken one."""

import json
import os
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.cli.conftest import Place


class Report:
    """What the doctor found, by check."""

    def __init__(self, place: Place, *options: str, **settings: str) -> None:
        result = place.call("doctor", "--json", *options, **settings)
        assert result.code in (0, 1), result
        assert result.out, result.err
        told = json.loads(result.out)
        assert told["ok"] == (result.code == 0)
        self.ok = told["ok"]
        self.findings = told["findings"]

    def level(self, check: str) -> str:
        """The worst that was said of a check."""
        levels = [finding["level"] for finding in self.findings if finding["check"] == check]
        return max(levels, key=["ok", "warn", "fail"].index) if levels else "not checked"

    def complaint(self, check: str) -> str:
        """Text and advice of what is wrong with a check."""
        complaints = [one for one in self.findings if one["level"] != "ok"]
        of_check = [one for one in complaints if one["check"] == check]
        assert len(of_check) == 1, f"nothing, or too much, is said of {check}: {complaints}"
        (wrong,) = of_check
        assert wrong["advice"], "a complaint says what to change"
        return f"{wrong['text']} -> {wrong['advice']}"


@pytest.fixture
def demo(place: Place) -> Place:
    """An installation with everything, not running."""
    assert place.call("demo", port="8123").code == 0
    return place


def test_a_healthy_installation(place: Place) -> None:
    server = place.start("demo", "--serve")
    port = server.url.rpartition(":")[2]
    result = place.run("doctor", port=port)
    assert result.code == 0, result
    assert "FAIL" not in result.out
    assert "WARN" not in result.out
    assert "websocket" in result.out
    report = Report(place, port=port)
    assert {finding["level"] for finding in report.findings} == {"ok"}
    for check in ("python", "packages", "pages", "open files", "data directory", "clock", "disk", "database"):
        assert report.level(check) == "ok"
    for check in ("revision", "accounts", "portals", "tls", "address", "websocket"):
        assert report.level(check) == "ok"


def test_an_empty_place(place: Place) -> None:
    report = Report(place)
    assert not report.ok
    assert "deskwire migrate" in report.complaint("data directory")


def test_no_database(place: Place) -> None:
    place.data.mkdir(mode=0o700)
    assert "deskwire demo" in Report(place).complaint("database")


def test_nobody_and_no_door(ready: Place) -> None:
    report = Report(ready)
    assert report.ok, "it works, so it is a warning"
    assert "deskwire technician add" in report.complaint("accounts")
    assert "deskwire portal add" in report.complaint("portals")


def test_open_to_others(demo: Place) -> None:
    demo.data.chmod(0o755)
    demo.database.chmod(0o644)
    config = demo.data.parent / "deskwire.toml"
    config.write_text('metrics_token = "secret"\n')
    config.chmod(0o644)
    report = Report(demo, config=str(config))
    assert f"chmod 700 {demo.data}" in report.complaint("data directory")
    assert f"chmod 600 {demo.database}" in report.complaint("database file")
    assert f"chmod 600 {config}" in report.complaint("settings file")


def test_a_damaged_database(demo: Place) -> None:
    pages = bytearray(demo.database.read_bytes())
    for offset in range(4096 * 2, len(pages), 4096):
        pages[offset : offset + 64] = b"\xff" * 64
    demo.database.write_bytes(bytes(pages))
    report = Report(demo)
    assert not report.ok
    assert "deskwire restore FILE" in report.complaint("database")


@contextmanager
def nobody(place: Place) -> Iterator[None]:
    """For this process the data directory is somebody else's."""
    if os.geteuid() != 0:
        place.data.chmod(0)
        yield
        place.data.chmod(0o700)
        return
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_asked_by_somebody_else_than_the_user_that_runs_it() -> None:
    """An administrator's own account: neither a traceback, nor the advice to restore a backup."""
    with tempfile.TemporaryDirectory() as directory:
        place = Place(Path(directory))
        assert place.call("demo").code == 0
        Report(place)  # what has to be loaded is, before this process may do less
        place.data.parent.chmod(0o755)
        with nobody(place):
            report = Report(place)
            migrated = place.refused("migrate")
        assert not report.ok
        for check in ("data directory", "database", "address"):
            assert "as the user that runs Deskwire" in report.complaint(check)
        assert "cannot be used" in migrated
        place.done("company", "list")


@pytest.mark.parametrize(("revision", "advice"), [("9999", "Install that version again"), (None, "deskwire migrate")])
def test_tables_of_another_version(demo: Place, revision: str | None, advice: str) -> None:
    with closing(sqlite3.connect(demo.database)) as conn, conn:
        conn.execute("DELETE FROM alembic_version")
        if revision:
            conn.execute("INSERT INTO alembic_version VALUES (?)", (revision,))
    report = Report(demo)
    assert not report.ok
    assert advice in report.complaint("revision")


def test_little_room(demo: Place) -> None:
    report = Report(demo, min_free_mib="1000000000")
    assert not report.ok
    assert "Make room" in report.complaint("disk")


def test_more_sockets_than_files(demo: Place) -> None:
    assert "LimitNOFILE" in Report(demo, sockets="10000000").complaint("open files")


def test_not_running_is_said_and_no_failure(demo: Place) -> None:
    report = Report(demo, port="8123")
    assert report.ok
    assert "Start it" in report.complaint("address")
    assert report.level("websocket") == "not checked"


def test_plain_http_for_others(demo: Place) -> None:
    report = Report(demo, public_url="http://desk.example.com")
    assert not report.ok
    assert "nobody can sign in" in report.complaint("tls")
    allowed = Report(demo, public_url="http://desk.example.com", insecure_http="1")
    assert allowed.ok
    assert "readable" in allowed.complaint("tls")


def test_a_proxy_that_nobody_named(demo: Place) -> None:
    settings = {"public_url": "https://desk.example.com"}
    assert "DESKWIRE_FORWARDED_ALLOW_IPS=" in Report(demo, **settings).complaint("client address")
    assert Report(demo, **settings, forwarded_allow_ips="127.0.0.1").level("client address") == "not checked"


def test_tls_files(demo: Place, certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    key.chmod(0o644)
    report = Report(demo, tls_cert=str(cert), tls_key=str(key))
    assert report.level("tls") == "ok"
    assert f"chmod 600 {key}" in report.complaint("tls key")
    assert "PEM" in Report(demo, tls_cert=str(cert), tls_key=str(cert)).complaint("tls")


def test_a_certificate_that_browsers_do_not_trust(place: Place, certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    settings = {"tls_cert": str(cert), "tls_key": str(key)}
    server = place.start("demo", "--serve", **settings)
    report = Report(place, **settings, port=server.url.rpartition(":")[2])
    assert not report.ok
    assert "certificate" in report.complaint("address")


# --- the public address -----------------------------------------------------------------------------------------------


class Proxy(BaseHTTPRequestHandler):
    """Passes requests on as far as ``/healthz`` goes, and knows nothing of WebSockets."""

    status = 200
    date = ""

    def do_GET(self) -> None:
        status = self.status if self.path == "/healthz" else 400
        self.send_response_only(status)
        if self.date:
            self.send_header("date", self.date)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def proxy(status: int = 200, date: str = "") -> Iterator[str]:
    handler = type("Handler", (Proxy,), {"status": status, "date": date})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{http.server_port}"
        finally:
            http.shutdown()
            thread.join()


@pytest.fixture
def running(place: Place) -> Place:
    place.start("demo", "--serve")
    return place


def test_an_address_that_does_not_answer(running: Place) -> None:
    report = Report(running, public_url="http://127.0.0.1:9")
    assert not report.ok
    assert "does not answer" in report.complaint("address")
    assert report.level("websocket") == "not checked"


def test_an_address_that_is_somebody_else(running: Place) -> None:
    with proxy(status=404) as url:
        assert "answers 404" in Report(running, public_url=url).complaint("address")


def test_a_proxy_that_does_not_upgrade(running: Place) -> None:
    with proxy() as url:
        report = Report(running, public_url=url)
    assert not report.ok
    assert report.level("address") == "ok"
    assert "proxy_set_header Upgrade $http_upgrade;" in report.complaint("websocket")
    assert report.level("proxy") == "not checked"


def test_a_clock_that_is_wrong(running: Place) -> None:
    with proxy(date="Sun, 06 Nov 1994 08:49:37 GMT") as url:
        assert "time server" in Report(running, public_url=url).complaint("clock at the address")


def test_a_portal_that_nobody_translates_for(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """C-23: what is missing, one after the other; while no portal translates nothing is."""
    assert place.call("migrate").code == 0
    assert Report(place).level("translation") == "ok"
    assert place.call("company", "add", "acme", "Acme").code == 0
    door = ("--company", "acme", "--name", "Help", "--prefix", "ACME", "--translation")
    assert place.call("portal", "add", "help", *door).code == 0
    assert "0 messages and 0 whole tickets wait" in Report(place).complaint("translation")
    assert "deskwire translate install" in Report(place).complaint("translation")
    assert "deskwire translator" in Report(place, translators="0").complaint("translation")
    package = place.data / "translation" / "packages" / "translate-en_fr-1_0"
    package.mkdir(parents=True)
    (package / "metadata.json").write_text("{}")
    assert Report(place).level("translation") == "ok"
    monkeypatch.setattr("server.translation.base.LIBRARIES", ("no_such_library",))
    said = Report(place).complaint("translation")
    assert "requirements.lock" in said
    assert "deskwire[translate]" not in said, "it brings 3 GB of CUDA"
