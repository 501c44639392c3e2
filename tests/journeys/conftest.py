"""The same journeys on every database: ``server`` is a process on SQLite, then one on PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.conftest import stopped_well
from tests.support.postgres import Postgres
from tests.support.server import DeskServer


@pytest.fixture(scope="session")
def on_postgres(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[DeskServer]:
    """A running server on PostgreSQL, shared by the journeys."""
    environment = {"DESKWIRE_DATABASE_URL": postgres.database()}
    running = DeskServer(tmp_path_factory.mktemp("postgres"), **environment).migrate().start()
    yield running
    stopped_well(running)


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def server(request: pytest.FixtureRequest, server: DeskServer) -> DeskServer:
    """Both go on running while files take turns with the two: a start costs seconds."""
    if request.param == "sqlite":
        return server
    running: DeskServer = request.getfixturevalue("on_postgres")
    return running
