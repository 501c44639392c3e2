"""The same journeys on every database: ``server`` is a process on SQLite, then one on PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.conftest import stopped_well
from tests.support.postgres import Postgres
from tests.support.server import DeskServer


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres: Postgres
) -> Iterator[DeskServer]:
    """A running server, shared by the journeys."""
    environment = {"DESKWIRE_DATABASE_URL": postgres.database()} if request.param == "postgres" else {}
    running = DeskServer(tmp_path_factory.mktemp(request.param), **environment).migrate().start()
    yield running
    stopped_well(running)
