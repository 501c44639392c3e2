"""Health, readiness and metrics: what load balancers and monitoring see, and nobody else."""

import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from server import metrics
from tests.support.office import open_office
from tests.support.people import console, customer
from tests.support.server import DeskServer


def get(server: DeskServer, path: str, address: str = "127.0.0.1", **headers: str) -> httpx2.Response:
    """A request from one of this machine's addresses."""
    with httpx2.Client(transport=httpx2.HTTPTransport(local_address=address, verify=False)) as client:
        raw = [(name.replace("_", "-").encode(), text.encode("latin-1")) for name, text in headers.items()]
        return client.get(server.url + path, headers=raw)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[DeskServer]:
    """A server that this test may break."""
    running = DeskServer(tmp_path / "data").migrate().start()
    yield running
    running.kill()


def test_alive_and_ready(server: DeskServer) -> None:
    for path in ("/healthz", "/readyz"):
        answer = get(server, path)
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_not_ready_when_the_database_is_gone_and_ready_when_it_is_back(own: DeskServer) -> None:
    assert get(own, "/readyz").status_code == 200, "somebody has read from it, and holds the file open"
    aside = own.data / "aside.db"
    own.database.rename(aside)
    answer = get(own, "/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert get(own, "/healthz").status_code == 200
    aside.rename(own.database)
    assert get(own, "/readyz").status_code == 200


def test_not_ready_when_the_database_is_no_database(own: DeskServer) -> None:
    """It says so, or has ended, loudly, because a loop came first. The -shm file stays: it is the processes' memory."""
    for file in (own.database, own.database.with_name("deskwire.db-wal")):
        file.write_bytes(b"not a database " * 1000)
    try:
        answer = get(own, "/readyz")
    except httpx2.TransportError:
        assert own.process is not None
        assert own.process.wait(30) == -signal.SIGTERM
        assert "a background loop died; the server stops" in own.log()
        return
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert str(own.data) not in answer.text, "strangers may ask; they need not know where things are"


def test_not_ready_when_the_data_directory_is_gone(own: DeskServer) -> None:
    shutil.rmtree(own.data, ignore_errors=True)
    assert get(own, "/readyz").status_code == 503


def test_not_ready_when_the_disk_is_nearly_full(tmp_path: Path) -> None:
    full = DeskServer(tmp_path / "data", DESKWIRE_MIN_FREE_MIB="1000000000").migrate().start()
    try:
        answer = get(full, "/readyz")
        assert (answer.status_code, answer.json()["code"]) == (503, "busy")
        assert answer.headers["content-type"] == "application/json"
    finally:
        full.stop()


# --- metrics --------------------------------------------------------------------------------------------------------


def value(server: DeskServer, name: str, **labels: str) -> float:
    """Of one sample; 0 when it is not there yet."""
    wanted = ",".join(f'{key}="{text}"' for key, text in sorted(labels.items()))
    for line in get(server, "/metrics").text.splitlines():
        found = re.fullmatch(rf"{name}(?:{{(.*)}})? (\S+)", line)
        if found and ",".join(sorted((found[1] or "").split(","))) == wanted:
            return float(found[2])
    return 0.0


def test_metrics_are_for_this_machine_only(server: DeskServer) -> None:
    answer = get(server, "/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert get(server, "/metrics", address="127.0.0.9").status_code == 404, "another address"


@pytest.mark.parametrize("header", ["x_forwarded_for", "forwarded", "x_real_ip"])
def test_a_proxy_on_this_machine_does_not_make_everybody_local(server: DeskServer, header: str) -> None:
    assert get(server, "/metrics", **{header: "203.0.113.9"}).status_code == 404


def test_metrics_with_a_token(tmp_path: Path) -> None:
    token = "monitoring may look"
    guarded = DeskServer(tmp_path / "data", DESKWIRE_METRICS_TOKEN=token).migrate().start()
    try:
        for address in ("127.0.0.1", "127.0.0.9"):
            assert get(guarded, "/metrics", address, authorization=f"Bearer {token}").status_code == 200
            for wrong in ("", "Bearer", "Bearer x", f"Bearer {token}x", f"Basic {token}", token, "Bearer é"):
                answer = get(guarded, "/metrics", address, authorization=wrong)
                assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    finally:
        guarded.stop()


def test_metrics_switched_off(tmp_path: Path) -> None:
    quiet = DeskServer(tmp_path / "data", DESKWIRE_METRICS="false", DESKWIRE_METRICS_TOKEN="t").migrate().start()
    try:
        assert get(quiet, "/metrics", authorization="Bearer t").status_code == 404
    finally:
        quiet.stop()


async def test_the_counts_move(own: DeskServer) -> None:
    office = open_office(own.database)
    before = {name: value(own, name, **labels) for name, labels in _moving().items()}
    async with console(own, office.worker("Lena")) as lena, customer(own, office) as ada:
        assert value(own, "deskwire_sockets", door="console") == 1
        assert value(own, "deskwire_sockets", door="customer") == 1
        await lena.call("assign", ticket=ada.ticket)
        await ada.say(ada.ticket, "hello")
    for name, labels in _moving().items():
        assert value(own, name, **labels) > before[name], name
    assert value(own, "deskwire_requests_total", method="POST", status="201") == 1


def _moving() -> dict[str, dict[str, str]]:
    return {
        "deskwire_commands_total": {"door": "customer", "command": "send", "result": "ok"},
        "deskwire_events_total": {"audience": "customer"},
        "deskwire_write_seconds_count": {},
    }


async def test_no_label_is_an_id_or_what_somebody_typed(own: DeskServer) -> None:
    office = open_office(own.database)
    async with console(own, office.worker("Lena")) as lena, customer(own, office, name="Secretname") as ada:
        await lena.call("list")
        with httpx2.Client(verify=False) as client:
            for method in ("GET", "PROPFIND", "MKCALENDAR", "BREW"):
                client.request(method, f"{own.url}/api/v1/tickets/{ada.ticket}?secretquery=1")
            client.get(f"{own.url}/p/{office.portal}", headers={"user-agent": "Secretagent"})
        text = get(own, "/metrics").text
        for secret in (ada.ticket, ada.key, office.company, office.portal, lena.worker.id, "Secret", "secretquery"):
            assert secret not in text
    labels = re.findall(r'(\w+)="([^"]*)"', "\n".join(line for line in text.splitlines() if "deskwire_" in line))
    for label, text in labels:
        assert re.fullmatch(r"[a-z_]{1,24}|[0-9.e+-]{1,8}|\+Inf|[A-Z]{3,7}", text), (label, text)
    assert {text for label, text in labels if label == "method"} <= {*_methods(), "other"}


def _methods() -> tuple[str, ...]:
    return ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


def test_every_metric_is_used() -> None:
    """A number that nothing raises is worse than none."""
    root = Path(metrics.__file__).parent
    code = "\n".join(file.read_text() for file in root.rglob("*.py") if file.name != "metrics.py")
    unused = [name for name in vars(metrics) if name.isupper() and not re.search(rf"\b{name}\b", code)]
    assert not unused
