"""``deskwire serve`` and ``deskwire demo`` as processes: what they refuse, what they print, how they end."""

import signal
import socket
import sqlite3
import subprocess
import uuid
from contextlib import closing
from pathlib import Path

import pytest

from server.store import migrate
from tests.cli.conftest import Place, Server, password_in, sign_in

NEW = "seven lamps on a bridge"


def set_revision(place: Place, revision: str | None) -> None:
    with closing(sqlite3.connect(place.database)) as conn, conn:
        conn.execute("DELETE FROM alembic_version")
        if revision is not None:
            conn.execute("INSERT INTO alembic_version VALUES (?)", (revision,))


def translated(server: Server, password: str) -> str:
    """What the demo's technician reads of a French message."""
    form = {"client_id": str(uuid.uuid4()), "subject": "Imprimante", "name": "Camille", "lang": "fr"}
    form["description"] = "Bonjour, mon imprimante ne fonctionne pas"
    with server.client() as camille, server.client() as technician:
        opened = camille.post("/api/v1/portals/demo/tickets", json=form)
        assert opened.status_code == 201, opened.text
        path = f"/api/v1/tickets/{opened.json()['ticket']['id']}"
        sign_in(technician, "demo@example.com", password)
        technician.headers["x-deskwire"] = "1"
        technician.put("/api/v1/me/availability", json={"state": "available"}).raise_for_status()
        technician.post(f"{path}/assign").raise_for_status()
        after = 0
        while True:
            answer = technician.get(f"{path}/events", params={"after": after, "wait": 25}).raise_for_status()
            events = answer.json()["events"]
            assert events, "nothing has been translated"
            after = events[-1]["seq"]
            for event in (one["event"] for one in events):
                if event["kind"] == "translation" and event["of"] is not None:
                    return str(event["text"])


def test_the_demo_is_one_command_and_keeps_its_data(place: Place) -> None:
    first = place.start("demo", "--serve")
    password = password_in(first.text)
    for address in (f"{first.url}/p/demo", f"{first.url}/demo/widget", f"{first.url}/console"):
        assert address in first.text
    with first.client() as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/p/demo").status_code == 200
        assert sign_in(client, "demo@example.com", password)["must_change_password"]
        change = {"current": password, "new": NEW}
        assert client.post("/api/v1/me/password", json=change, headers={"x-deskwire": "1"}).status_code == 204
        me = client.get("/api/v1/me").json()
    assert (me["me"]["role"], me["must_change_password"]) == ("administrator", False)
    assert me["me"]["language"] == "en"
    assert "demo phrasebook, en to fr and fr to en" in first.text
    assert len(place.done("translate", "list").splitlines()) == 3
    assert translated(first, NEW) == "Hello, my printer does not work"
    first.stop()

    second = place.start("demo", "--serve")
    assert password not in second.text
    assert "deskwire technician password demo@example.com" in second.text
    assert "as installed: deskwire translate list" in second.text
    with second.client() as client:
        sign_in(client, "demo@example.com", NEW)
    assert len(place.call("portal", "list").out.splitlines()) == 2
    assert len(place.call("technician", "list").out.splitlines()) == 2


def test_one_server_per_data_directory(place: Place) -> None:
    server = place.start("demo", "--serve")
    answer = place.refused("serve", port="0")
    assert f"process {server.process.pid}" in answer
    assert "Stop it first" in place.refused("restore", __file__)
    server.stop(signal.SIGKILL)
    place.start("serve").stop()  # the lock goes with the process, however it ended


def test_a_taken_port_is_one_sentence(ready: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = ready.refused("serve", port=str(port))
    assert f"port {port}: Address already in use" in answer
    assert "Cannot listen on 192.0.2.1" in ready.refused("serve", host="192.0.2.1")


def test_serve_wants_exactly_its_own_tables(ready: Place) -> None:
    set_revision(ready, None)
    assert "is behind" in ready.refused("serve")
    set_revision(ready, "9999")
    for command in ("serve", "migrate", "demo"):
        assert "newer Deskwire (revision 9999" in ready.refused(command)
    set_revision(ready, migrate.standing(ready.database).head)
    ready.start("serve").stop()


def test_migrate_does_not_change_tables_under_a_server(ready: Place) -> None:
    server = ready.start("serve")
    assert "is up to date" in ready.done("migrate")
    set_revision(ready, None)
    assert "Stop it first" in ready.refused("migrate")
    server.stop()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(ready: Place, how: signal.Signals) -> None:
    server = ready.start("serve")
    assert server.stop(how) in (0, -how)
    assert "Traceback" not in server.text
    assert '"event":"stopped"' in server.text.replace(" ", "")
    assert not ready.database.with_name("deskwire.db-wal").exists(), "everything is in the one file"


def test_options_override_settings(place: Place) -> None:
    other = place.data.parent / "elsewhere"
    place.done("migrate", data_dir=str(other))
    server = place.start("serve", "--data-dir", str(other), "--host", "localhost", host="192.0.2.1")
    assert server.url.startswith("http://localhost:")
    assert not place.data.exists()


def test_sign_in_over_a_readable_line_is_refused_with_what_to_do(place: Place) -> None:
    server = place.start("demo", "--serve")
    body = {"email": "demo@example.com", "password": password_in(server.text)}
    with server.client() as client:
        answer = client.post("/api/v1/sign-in", json=body, headers={"host": "desk.example.com"})
    assert answer.status_code == 409
    assert answer.json()["code"] == "tls_required"
    assert "public_url" in answer.json()["message"]
    server.stop()
    allowed = place.start("serve", insecure_http="1")
    with allowed.client() as client:
        answer = client.post("/api/v1/sign-in", json=body, headers={"host": "desk.example.com"})
    assert answer.status_code == 200


def test_tls_binds_the_cookie_to_this_host(place: Place, certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    server = place.start("demo", "--serve", "--tls-cert", str(cert), "--tls-key", str(key))
    assert server.url.startswith("https://127.0.0.1:")
    with server.client(verify=False) as client:
        sign_in(client, "demo@example.com", password_in(server.text))
        (made,) = client.cookies.jar
        assert made.name == "__Host-deskwire_session"
        assert (made.secure, made.path, made.domain_specified) == (True, "/", False)
        assert client.get("/api/v1/me").status_code == 200


def test_tls_files_that_cannot_be_used_are_one_sentence(ready: Place, certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    locked = ready.data / "locked.pem"
    asked = ["openssl", "pkey", "-in", str(key), "-aes256", "-passout", "pass:secret", "-out", str(locked)]
    subprocess.run(asked, check=True, capture_output=True)
    assert "pass phrase" in ready.refused("serve", port="0", tls_cert=str(cert), tls_key=str(locked))
    assert "cannot be read" in ready.refused("serve", port="0", tls_cert=str(cert), tls_key=str(key.parent))
    missing = ready.refused("serve", port="0", tls_cert="/nowhere/cert.pem", tls_key="/nowhere/key.pem")
    assert "/nowhere/cert.pem does not exist" in missing
    assert "cannot be used together" in ready.refused("serve", port="0", tls_cert=str(cert), tls_key=str(cert))
