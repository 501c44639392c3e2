"""Servers to be treated badly: one on SQLite, and a cluster on PostgreSQL and Valkey that many tests share."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.faults.cluster import Cluster
from tests.support.postgres import Postgres
from tests.support.server import DeskServer


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DeskServer]:
    """A migrated `deskwire serve` on SQLite; start it, kill it."""
    server = DeskServer(tmp_path / "data").migrate()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def own() -> Iterator[Postgres]:
    """A PostgreSQL that may be treated badly."""
    running = Postgres(own=True)
    yield running
    running.stop()


@pytest.fixture(scope="module")
async def cluster(tmp_path_factory: pytest.TempPathFactory, own: Postgres) -> AsyncIterator[Cluster]:
    """Two servers on one PostgreSQL and one Valkey. Whoever hurts them heals them."""
    made = await asyncio.to_thread(Cluster, tmp_path_factory.mktemp("cluster"), own, servers=2)
    try:
        await asyncio.to_thread(made.start)
        yield made
    finally:
        await asyncio.to_thread(made.close)
