"""Desks on a database of PostgreSQL, as many as there would be workers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest

from server.settings import Settings
from server.store.base import Announcement
from server.store.postgres import PostgresStore
from tests.desk.workshop import Workshop
from tests.support.postgres import Postgres

OpenWorker = Callable[..., Awaitable[Workshop]]


@pytest.fixture
def database(postgres: Postgres) -> str:
    """The address of a new database with this program's tables."""
    return postgres.migrated()


@pytest.fixture
async def worker(database: str) -> AsyncIterator[OpenWorker]:
    """Opens a desk with a store of its own, here or at another address: one more worker."""
    opened: list[Workshop] = []

    async def open_one(url: str = database, kind: type[PostgresStore] = PostgresStore) -> Workshop:
        told: list[Announcement] = []
        opened.append(await Workshop.on(kind(url, told.extend), Settings(), told))
        return opened[-1]

    yield open_one
    for one in opened:
        await one.close()


async def waiting_for_locks(conn: asyncpg.Connection, count: int) -> None:
    """Returns when so many wait for somebody."""
    while await conn.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted") < count:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
