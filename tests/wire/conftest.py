"""Servers whose times are short, so that a bound is seen within seconds."""

from collections.abc import Callable, Iterator

import pytest

from tests.cli.conftest import place, ready
from tests.conftest import stopped_well
from tests.support.office import Office, open_office
from tests.support.server import DeskServer
from tests.wire.raw import Meter

__all__ = ["place", "ready"]  # a server that speaks TLS

SHORT = {
    "DESKWIRE_PING_SECONDS": "2",
    "DESKWIRE_SEND_SECONDS": "2",
    "DESKWIRE_ASSEMBLY_SECONDS": "1",
    "DESKWIRE_FIRST_BYTE_SECONDS": "1",
    "DESKWIRE_HEADER_SECONDS": "1",
    "DESKWIRE_BODY_SECONDS": "1",
    "DESKWIRE_KEEP_ALIVE_SECONDS": "1",
    "DESKWIRE_SOCKETS_PER_CUSTOMER": "1000",
}


Start = Callable[..., DeskServer]


@pytest.fixture(scope="package")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskServer]:
    """Short times, shared by all who only need those."""
    running = DeskServer(tmp_path_factory.mktemp("strict"), **SHORT).migrate().start()
    yield running
    stopped_well(running)


@pytest.fixture
def meter(strict: DeskServer) -> Meter:
    """What the strict server uses from here on."""
    return Meter(strict)


@pytest.fixture
def desk(strict: DeskServer) -> Office:
    """A company of this test's own on the strict server."""
    return open_office(strict.store)


@pytest.fixture
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts a server of this test's own with these settings."""
    running: list[DeskServer] = []

    def started(*before: str, **settings: str) -> DeskServer:
        environment = {f"DESKWIRE_{name.upper()}": value for name, value in settings.items()}
        server = DeskServer(tmp_path_factory.mktemp("own"), **environment)
        server.before = before
        running.append(server.migrate().start())
        return server

    yield started
    for server in running:
        stopped_well(server)
