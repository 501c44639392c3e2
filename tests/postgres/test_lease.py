"""Store.lease on PostgreSQL: one round trip, and the same as the steps that SQLite takes."""

import asyncio

import msgspec

from server.store import leasing, outbox, presence
from server.store.base import Tx
from server.store.leasing import Leased
from tests.desk.bureau import Bureau
from tests.postgres.conftest import OpenWorker
from tests.support.relay import relay

NOT_HELD = -1
"""ms of a lease that has run out: whoever looks next takes the same."""


async def conversation(bureau: Bureau) -> None:
    """Messages of both sides in a ticket that two people read, one that nobody reads, and what is no message."""
    read, unread = await bureau.opened("bonjour"), await bureau.opened("bonjour", lang=None)
    await bureau.joins(bureau.lena, read)
    bureau.shop.clock.now += 1_000
    await bureau.looks(bureau.max, read)
    for words in ("merci", "hello merci"):
        await bureau.ada(read, words)
        await bureau.says(bureau.lena, read, words)
    await bureau.ada(unread, "merci")
    event = next(line["id"] for line in await bureau.staff(read) if line["kind"] not in ("message", "translation"))

    def strange(tx: Tx) -> None:
        for ticket_id, event_id in ((read.ticket.id, event), (read.ticket.id, None), ("f" * 32, "e" * 32)):
            outbox.add(tx.conn, leasing.KIND, bureau.portal.company_id, ticket_id, event_id)

    await bureau.shop.store.write(strange)


async def test_the_statement_finds_what_the_steps_find(worker: OpenWorker) -> None:
    """B-22: rows, messages with their authors' languages, tickets with what was heard and who reads them."""
    shop = await worker()
    bureau = await Bureau(shop, shop).settle()
    await conversation(bureau)
    quick = await shop.store.lease("me", shop.clock, NOT_HELD, 99)

    def steps(tx: Tx) -> list[Leased]:
        return leasing.lease(tx.conn, "me", presence.now_ms(tx.conn, shop.clock), NOT_HELD, 99)

    slow = await shop.store.write(steps)
    assert [one.row.attempts for one in quick] == [1] * len(quick)
    assert [msgspec.structs.replace(one, row=one.row._replace(attempts=2)) for one in quick] == slow
    assert [one.original is None for one in quick[-3:]] == [True] * 3
    assert {tuple(one.ticket.languages.readers) for one in quick if one.ticket} >= {(), ("nl", "en")}
    assert {one.original.technician for one in quick if one.original} == {None, "en"}


async def test_a_look_is_one_round_trip(worker: OpenWorker, database: str) -> None:
    """Translators look twenty times a second, beside the chats."""
    async with relay(database) as between:
        shop = await worker(between.url)
        bureau = await Bureau(shop, shop).settle()
        await conversation(bureau)
        trips = []
        for _ in range(2):
            before = between.trips
            assert len(await shop.store.lease("me", shop.clock, NOT_HELD, 99)) > 5
            trips.append(between.trips - before)
        assert trips[-1] == 1  # the first connects and prepares


async def test_two_who_look_at_once_take_each_row_once(worker: OpenWorker) -> None:
    """B-22: and what is held nobody else takes."""
    one, other = await worker(), await worker()
    bureau = await Bureau(one, other).settle()
    await conversation(bureau)
    everything = await one.store.lease("me", one.clock, NOT_HELD, 99)
    for _ in range(20):
        looks = (shop.store.lease(name, shop.clock, 60_000, 3) for shop in (one, other) for name in ("me", "you"))
        found = [leased.row.id for rows in await asyncio.gather(*looks) for leased in rows]
        found += [leased.row.id for leased in await other.store.lease("they", other.clock, 60_000, 99)]
        assert sorted(found) == [leased.row.id for leased in everything]
        assert await one.store.lease("me", one.clock, 60_000, 99) == []
        for name in ("me", "you", "they"):
            await one.store.write(lambda tx, name=name: outbox.release(tx.conn, name))  # type: ignore[misc]
