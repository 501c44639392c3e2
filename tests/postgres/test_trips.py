"""What a message costs on the wire, and what happens when PostgreSQL's answer to a COMMIT never arrives."""

import asyncio
import uuid

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from server import backends
from server.desk import messages, steps
from server.desk.messages import Written
from server.domain.ticket import Step
from server.settings import Settings
from server.store import rested
from server.store.postgres import engine_for
from server.store.probe import ASIDE
from tests.desk.workshop import code_of
from tests.postgres.conftest import OpenWorker
from tests.support.relay import relay

STREAM = "5" * 32


def written(n: int) -> Written:
    return Written(str(uuid.UUID(int=n)), f"words {n}", STREAM, n)


async def test_a_message_is_one_round_trip(worker: OpenWorker, database: str) -> None:
    """Also of several that come at once."""
    async with relay(database) as between:
        shop = await worker(between.url)
        portal = await shop.portal("Acme")
        opened = [await shop.ticket(portal, name=f"Customer {number}") for number in range(20)]
        one = opened[0]
        await messages.customer_writes(shop.desk, one.customer, one.ticket.id, written(1))  # connects and prepares
        before = between.trips
        for n in range(2, 12):
            await messages.customer_writes(shop.desk, one.customer, one.ticket.id, written(n))
        assert between.trips - before == 10
        before = between.trips
        await asyncio.gather(
            *(messages.customer_writes(shop.desk, two.customer, two.ticket.id, written(1)) for two in opened[1:])
        )
        assert between.trips - before == 1


async def test_a_connection_that_was_just_used_is_not_looked_at(worker: OpenWorker, database: str) -> None:
    """A transaction is what is said in it, its beginning and its end."""
    async with relay(database) as between:
        store = (await worker(between.url)).store
        for _ in range(2):  # connects, prepares
            await store.read(lambda conn: conn.execute(text("SELECT 1")).all())
        before = between.trips
        for _ in range(10):
            await store.read(lambda conn: conn.execute(text("SELECT 1")).all())
        assert between.trips - before == 10 * 3


async def test_a_connection_that_died_while_it_rested_is_given_to_nobody(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a restart, or when an administrator has ended it: it is noticed, and so are all that are as old."""
    monkeypatch.setattr(rested, "RESTED_S", 0)
    engine, owner = engine_for(database), create_async_engine(database)
    try:
        async with engine.connect() as one, engine.connect() as two:
            pids = [await conn.scalar(text("SELECT pg_backend_pid()")) for conn in (one, two)]
        async with owner.connect() as conn:
            for pid in pids:
                await conn.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        async with engine.connect() as one, engine.connect() as two:
            again = [await conn.scalar(text("SELECT pg_backend_pid()")) for conn in (one, two)]
        assert not {*pids} & {*again}
    finally:
        await engine.dispose()
        await owner.dispose()


async def test_a_translator_keeps_its_connections(database: str) -> None:
    """Many transactions at once share few connections, again and again: a new one costs more than what it is for."""
    settings = msgspec.structs.replace(Settings(), database_url=database)
    store = backends.open_store_aside(settings, lambda _told: None)

    async def once() -> int:
        return int(await store.write(lambda tx: tx.conn.execute(text("SELECT pg_backend_pid()")).scalar_one()))

    try:
        rounds = [await asyncio.gather(*(once() for _ in range(40))) for _ in range(3)]
    finally:
        await store.close()
    assert 1 < len({pid for pids in rounds for pid in pids}) <= ASIDE


async def test_a_lost_answer_to_a_message(worker: OpenWorker, database: str) -> None:
    """It is stored, its sender is told so with its number, and the next one follows without a gap."""
    async with relay(database) as between:
        shop = await worker(between.url)
        opened = await shop.ticket(await shop.portal("Acme"))
        ticket, customer = opened.ticket.id, opened.customer
        first = await messages.customer_writes(shop.desk, customer, ticket, written(1))
        between.lose_answer_to(b"words 2")
        second = await messages.customer_writes(shop.desk, customer, ticket, written(2))
        third = await messages.customer_writes(shop.desk, customer, ticket, written(3))
        assert between.lost == 1
        assert [e.customer_seq for e in (first, second, third)] == [2, 3, 4]
        rows = await shop.store.read(
            lambda conn: conn.execute(text("SELECT body FROM events ORDER BY at, staff_seq")).all()
        )
        assert [row[0] for row in rows] == ["It will not print", "words 1", "words 2", "words 3"]


async def test_a_lost_answer_to_a_commit(worker: OpenWorker, database: str) -> None:
    """A ticket is opened once; a step that was taken is not taken twice."""
    async with relay(database) as between:
        shop = await worker(between.url)
        portal = await shop.portal("Acme")
        between.lose_answer_to(b"COMMIT")
        opened = await shop.ticket(portal)
        assert opened.ticket.key.endswith("-1")
        assert between.lost == 1
        lena = await shop.technician("Lena", portal.company_id)
        between.lose_answer_to(b"COMMIT")
        told = await code_of(steps.take_step(shop.desk, lena, opened.ticket.id, Step.ASSIGN))
        assert told in ("ok", "already_yours")
        count = await shop.store.read(
            lambda conn: conn.execute(text("SELECT count(*) FROM events WHERE kind = 'assigned'")).scalar_one()
        )
        assert count == 1
