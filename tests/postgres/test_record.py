"""What Store.record does on PostgreSQL alone: one round trip under which no ticket waits, and no wait for a lock."""

import asyncio

from sqlalchemy import select
from sqlalchemy.util import await_only

from server.desk.translating import Translating
from server.store import tickets
from server.store.base import Tx
from server.store.tables import events
from server.store.translated import Translated
from tests.desk.bureau import Bureau, Dictionary, made
from tests.desk.test_record import a_message, left
from tests.postgres.conftest import OpenWorker
from tests.support.relay import relay


async def test_a_translation_is_one_round_trip(worker: OpenWorker, database: str) -> None:
    """Under a ticket's lock a translator says nothing and hears nothing: an original would wait for its next turn."""
    async with relay(database) as between:
        shop = await worker(between.url)
        bureau = await Bureau(shop, shop).settle()
        translating = Translating(shop.store, shop.clock, Dictionary())
        trips = []
        for words in ("merci", "merci merci"):
            row, work, ticket = await a_message(shop, bureau, words)
            before = between.trips
            assert await translating.message([row.id], work, final=False) is None
            trips.append(between.trips - before)
            assert f"<fr>en: {words}" in [words for _of, _lang, words in made(await bureau.staff(ticket))]
            assert await shop.store.read(lambda conn, row=row: left(conn, row.id)) == []  # type: ignore[misc]
        assert trips[-1] == 1  # the first connects and prepares


async def test_a_ticket_that_somebody_holds_is_not_waited_for(worker: OpenWorker) -> None:
    """The others of the same statement are stored; that one has to wait, and what waits is a unit."""
    shop, other = await worker(), await worker()
    bureau = await Bureau(shop, shop).settle()
    rows = [await a_message(shop, bureau, "merci") for _ in range(2)]
    held, done = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def hold(tx: Tx) -> None:
        tickets.lock(tx.conn, rows[0][1].ticket.id)
        loop.call_soon(held.set)
        await_only(done.wait())

    holding = asyncio.create_task(other.store.write(hold))
    await asyncio.wait_for(held.wait(), 20)
    found = await asyncio.gather(
        *(
            shop.store.record(Translated(row.id, work.ticket, work.ticket.heard_as_stored, []), lambda _event: [])
            for row, work, _ticket in rows
        )
    )
    assert found == [None, []]
    done.set()
    await holding
    kinds = select(events.c.kind).where(events.c.ticket_id == rows[0][1].ticket.id)
    assert "translation" not in await shop.store.read(lambda conn: list(conn.execute(kinds).scalars()))
