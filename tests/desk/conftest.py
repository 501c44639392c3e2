"""Workshops of this test's own."""

from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest

from server.settings import Settings
from server.store.base import Announcement, OnCommit, Store
from server.store.postgres import PostgresStore
from server.store.sqlite import SqliteStore
from tests.desk.workshop import Workshop
from tests.support.database import new_database
from tests.support.postgres import Postgres


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Workshop]:
    """A desk on a new database."""
    opened = await Workshop.open(tmp_path)
    yield opened
    await opened.close()


@pytest.fixture(params=["sqlite", "postgres"])
async def two_shops(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Workshop, Workshop]]:
    """Two processes on one new database, of each kind."""
    open_store: Callable[[OnCommit], Store]
    if request.param == "sqlite":
        new_database(tmp_path / "deskwire.db")
        open_store = partial(SqliteStore, tmp_path / "deskwire.db")
    else:
        server: Postgres = request.getfixturevalue("postgres")
        open_store = partial(PostgresStore, server.migrated())

    async def one() -> Workshop:
        told: list[Announcement] = []
        return await Workshop.on(open_store(told.extend), Settings(), told)

    shops = await one(), await one()
    yield shops
    for shop in shops:
        await shop.close()
