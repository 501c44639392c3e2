"""One real server for all tests that only need one; each test has an office of its own in it."""

import signal
from collections.abc import Iterator

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
