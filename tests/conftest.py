"""One real server for all tests that only need one; each test has an office of its own in it."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.office import Office, open_office
from tests.support.postgres import Postgres
from tests.support.server import DeskServer


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskServer]:
    """A running server, shared: do not stop it, and make no assumption about what else is in it."""
    running = DeskServer(tmp_path_factory.mktemp("server")).migrate().start()
    yield running
    stopped_well(running)


def stopped_well(running: DeskServer) -> None:
    """Stop the server; it ended in order and had no error to tell."""
    log = running.log()
    code = running.stop()
    # uvicorn stops in order and then ends by the signal itself
    assert code in (0, -signal.SIGTERM), f"the server ended with {code}:\n{log[-4000:]}"
    assert '"level": "error"' not in log, "the server logged an error:\n" + log[-8000:]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL of this test run's own."""
    running = Postgres()
    yield running
    running.stop()


@pytest.fixture
def office(server: DeskServer) -> Office:
    """A company of this test's own."""
    return open_office(server.store)


@pytest.fixture
def other_office(server: DeskServer) -> Office:
    """Another company, whose people must not see anything of the first."""
    return open_office(server.store, name="Other")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """For localhost, signed by nobody."""
    directory = tmp_path_factory.mktemp("tls")
    cert, key = directory / "cert.pem", directory / "key.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    files = ["-keyout", str(key), "-out", str(cert)]
    subprocess.run([*command.split(), "-addext", names, *files], check=True, capture_output=True)
    return cert, key
