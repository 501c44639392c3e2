"""Translations in the transcript: who gets which, exactly once, whatever happens to those who make them.

On SQLite and PostgreSQL in turn, with two desks on one database, as two processes would be.
"""

from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest

from server.settings import Settings
from server.store.base import Announcement, OnCommit, Store
from server.store.postgres import PostgresStore
from server.store.sqlite import SqliteStore
from tests.desk.bureau import Bureau, made
from tests.desk.workshop import Workshop
from tests.support.database import new_database
from tests.support.postgres import Postgres


@pytest.fixture(params=["sqlite", "postgres"])
async def bureau(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bureau]:
    open_store: Callable[[OnCommit], Store]
    if request.param == "sqlite":
        new_database(tmp_path / "deskwire.db")
        open_store = partial(SqliteStore, tmp_path / "deskwire.db")
    else:
        server: Postgres = request.getfixturevalue("postgres")
        open_store = partial(PostgresStore, server.migrated())
    shops = []
    for _ in range(2):
        told: list[Announcement] = []
        shops.append(await Workshop.on(open_store(told.extend), Settings(), told))
    opened = await Bureau(*shops).settle()
    yield opened
    await opened.one.close()
    await opened.two.close()


async def test_each_side_reads_its_own_language(bureau: Bureau) -> None:
    bureau.one.open()
    ticket = await bureau.opened("bonjour")
    await bureau.joins(bureau.lena, ticket)
    asked = await bureau.ada(ticket, "merci")
    answered = await bureau.says(bureau.lena, ticket, "hello")
    await bureau.done()
    staff, customer = await bureau.staff(ticket), await bureau.customer(ticket)
    first = staff[0]["id"]
    assert sorted(made(staff), key=str) == sorted(
        [
            (None, "en", "<fr>en: 1234"),
            (first, "en", "<fr>en: bonjour"),
            (asked, "en", "<fr>en: merci"),
            (answered, "fr", "<en>fr: hello"),
        ],
        key=str,
    )
    assert made(customer) == [(answered, "fr", "<en>fr: hello")]
