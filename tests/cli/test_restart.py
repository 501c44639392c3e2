"""SIGHUP: a restart that nobody notices, of one process and of several; and what keeps it from beginning."""

import http.client
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests.cli.conftest import Crew
from tests.support.office import open_office
from tests.support.people import customer
from tests.support.postgres import Postgres
from tests.support.server import DeskServer, alive, until

Start = Callable[..., DeskServer]


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Start]:
    """Starts one process on SQLite, with a file of settings."""
    running: list[DeskServer] = []

    def start(*before: str, toml: str = "") -> DeskServer:
        file = tmp_path / "deskwire.toml"
        file.write_text(toml)
        server = DeskServer(tmp_path / "data", DESKWIRE_CONFIG=str(file))
        server.before = before
        running.append(server.migrate().start())
        return server

    yield start
    for server in running:
        server.kill()


class Stranger:
    """Comes again and again, over a new connection each time, and never in vain."""

    def __init__(self, server: DeskServer) -> None:
        self._server = server
        self._enough = threading.Event()
        self.served = 0
        self.troubles: list[str] = []
        self.thread = threading.Thread(target=self._come)

    def _come(self) -> None:
        while not self._enough.is_set():
            line = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=30)
            try:
                line.request("GET", "/healthz")
                if line.getresponse().status == 200:
                    self.served += 1
            except (OSError, http.client.HTTPException) as error:
                self.troubles.append(repr(error))
            finally:
                line.close()

    def leave(self) -> None:
        self._enough.set()
        self.thread.join()


@contextmanager
def strangers(server: DeskServer, many: int = 3) -> Iterator[list[Stranger]]:
    """So many, as long as the block lasts; none of them met anything but an answer."""
    crowd = [Stranger(server) for _ in range(many)]
    for stranger in crowd:
        stranger.thread.start()
    try:
        yield crowd
    finally:
        for stranger in crowd:
            stranger.leave()
    assert [stranger.troubles for stranger in crowd] == [[]] * many


def renewed(server: DeskServer, old: list[int]) -> bool:
    """All old workers are gone, and as many serve as before."""
    now = server.workers()
    return len(now) == len(old) and not set(now) & set(old) and not any(alive(pid) for pid in old)


# --- one process --------------------------------------------------------------------------------------------------


async def test_one_process_restarts_in_place(alone: Start) -> None:
    """The same process id, new settings, and not one connection refused."""
    server = alone()
    assert server.process is not None
    assert httpx2.get(f"{server.url}/metrics").status_code == 200
    (server.data.parent / "deskwire.toml").write_text("metrics = false")
    with strangers(server) as crowd:
        async with customer(server, open_office(server.store)) as ada:
            for times in (2, 3, 4):
                before = sum(stranger.served for stranger in crowd)
                server.hang_up()
                until(lambda times=times: len(server.events("started")) == times)  # type: ignore[misc]
                until(lambda before=before: sum(one.served for one in crowd) > before + 10)  # type: ignore[misc]
            told = await ada.next("going_away")
            assert told["retry_after_ms"] <= 500, "the service goes on in a moment"
            assert (await ada.wait_closed())[0] == 1012
    assert server.process.poll() is None
    assert httpx2.get(f"{server.url}/metrics").status_code == 404
    assert server.stop() in (0, -signal.SIGTERM)
    assert "Traceback" not in server.log()


def test_many_hang_ups_at_once_are_one_restart_after_the_other(alone: Start) -> None:
    """One that comes while the next program is being loaded does not end it."""
    server = alone()
    while len(server.events("started")) < 3:
        server.hang_up()
        time.sleep(0.01)
    until(server.answers)
    assert server.stop() in (0, -signal.SIGTERM)


@pytest.mark.parametrize(
    ("toml", "reason"),
    [
        ("colour = 'blue'", "colour"),
        ("metrics = [", "deskwire.toml"),
        ("tls_cert = '/nowhere/a.pem'\ntls_key = '/nowhere/b.pem'", "/nowhere/a.pem does not exist"),
        ("tls_cert = '/'\ntls_key = '/'", "tls_cert: / does not exist or cannot be read"),
        ("workers = 2", "workers"),
        ("host = '0.0.0.0'", "host"),
        ("database_url = 'postgresql+asyncpg://u@h/d'", "database_url"),
    ],
)
def test_a_restart_that_would_fail_does_not_begin(alone: Start, toml: str, reason: str) -> None:
    """The server goes on as it is; the log says why."""
    server = alone()
    (server.data.parent / "deskwire.toml").write_text(toml)
    server.hang_up()
    until(lambda: "not restarted" in server.log())
    (line,) = [line for line in server.log().splitlines() if "not restarted" in line]
    assert reason in line
    assert server.answers()
    assert len(server.events("started")) == 1
    (server.data.parent / "deskwire.toml").write_text("")
    server.hang_up()
    until(lambda: len(server.events("started")) == 2)


def test_under_nohup_a_hang_up_means_nothing(alone: Start) -> None:
    server = alone("nohup")
    server.hang_up()
    assert server.answers()
    assert server.stop() in (0, -signal.SIGTERM)
    assert not server.events("restarting in place")


# --- several ------------------------------------------------------------------------------------------------------


def test_workers_are_renewed_one_after_the_other(crew: Crew) -> None:
    server = crew()
    old = server.workers()
    with strangers(server) as crowd:
        server.hang_up()
        until(lambda: renewed(server, old))
        before = sum(stranger.served for stranger in crowd)
        until(lambda: sum(stranger.served for stranger in crowd) > before + 10)
    assert len(server.events("a worker is gone")) == 2
    assert not server.events("a worker died")
    assert len(server.workers()) == 2


def test_a_new_worker_that_cannot_start_leaves_the_old_ones(crew: Crew, postgres: Postgres) -> None:
    """Here the tables are of a newer program, as after a migration that was too early."""
    server = crew()
    old, url = server.workers(), server.environment["DESKWIRE_DATABASE_URL"]
    [(revision,)] = postgres.ask("SELECT version_num FROM alembic_version", url=url)
    postgres.do("UPDATE alembic_version SET version_num = '9999'", url=url)
    server.hang_up()
    until(lambda: bool(server.events("the others are not replaced: a new worker could not start")))
    until(lambda: server.workers() == old)
    assert server.answers()
    postgres.do(f"UPDATE alembic_version SET version_num = '{revision}'", url=url)
    server.hang_up()
    until(lambda: renewed(server, old))


def test_a_stop_in_the_middle_of_a_renewal(crew: Crew) -> None:
    server = crew()
    server.hang_up()
    until(lambda: len(server.events("a worker starts")) == 3)
    assert server.stop() == 0
    assert "Traceback" not in server.log()


def test_an_old_worker_that_is_killed_in_the_middle_of_a_renewal(crew: Crew) -> None:
    server = crew()
    old = server.workers()
    server.hang_up()
    until(lambda: len(server.events("a worker starts")) == 3)
    os.kill(old[1], signal.SIGKILL)
    until(lambda: renewed(server, old))
    assert server.answers()
