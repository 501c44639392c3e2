"""Store.record against the unit that it saves: the same transcripts, and one round trip under which no ticket waits."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.util import await_only
from structlog.testing import capture_logs

from server.desk import languages, to_translate
from server.desk.to_translate import Work
from server.desk.translating import Translating
from server.settings import Settings
from server.store import outbox, tickets
from server.store.base import Announce, Announcement, Tx
from server.store.outbox import Taken
from server.store.postgres import PostgresStore
from server.store.tables import events
from server.store.transcript import EventRecord
from server.store.translated import Translated
from tests.desk.bureau import Bureau, Dictionary, made
from tests.desk.workshop import Workshop
from tests.postgres.conftest import OpenWorker
from tests.support.postgres import Postgres
from tests.support.relay import relay


class Counting(PostgresStore):
    """Remembers which messages went the quick way."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.quick = 0

    async def record(self, translated: Translated, announce: Announce) -> list[EventRecord] | None:
        found = await super().record(translated, announce)
        self.quick += found is not None
        return found


class UnitsOnly(PostgresStore):
    """Every message goes the long way."""

    async def record(self, _translated: Translated, _announce: Announce) -> list[EventRecord] | None:
        return None


OpenBureau = Callable[..., Any]


@pytest.fixture
async def bureaus(postgres: Postgres) -> AsyncIterator[OpenBureau]:
    """Opens one on a new database, with stores of a kind."""
    opened: list[Bureau] = []

    async def open_one(kind: type[PostgresStore]) -> Bureau:
        url, shops = postgres.migrated(), []
        for _ in range(2):
            told: list[Announcement] = []
            shops.append(await Workshop.on(kind(url, told.extend), Settings(), told))
        opened.append(await Bureau(*shops).settle())
        return opened[-1]

    yield open_one
    for one in opened:
        await one.one.close()
        await one.two.close()


async def conversation(bureau: Bureau) -> list[list[tuple[Any, ...]]]:
    """The lines of three tickets: two readers, a language that changes, and what needs no translation."""
    bureau.one.open()
    opened = [await bureau.opened("bonjour") for _ in range(3)]
    for ticket in opened:
        await bureau.joins(bureau.lena, ticket)
    await bureau.looks(bureau.max, opened[1])
    await bureau.done()
    for ticket in opened:
        for words in ("merci", "hello merci", "4711", "goedemorgen"):
            await bureau.ada(ticket, words)
            await bureau.done()  # one after the other: numbers would depend on who is faster
            await bureau.says(bureau.lena, ticket, words)
            await bureau.done()
    await asyncio.gather(*(bureau.says(bureau.lena, ticket, "hello") for ticket in opened))
    await bureau.done()
    found = []
    for ticket in opened:
        staff = await bureau.staff(ticket)
        place = {line["id"]: number for number, line in enumerate(staff)} | {None: None}
        record = await bureau.record(ticket)
        customer = [(place[of], lang, words) for of, lang, words in made(await bureau.customer(ticket))]
        lines = sorted((str(place[of]), lang, words) for of, lang, words in made(staff))
        found.append([*lines, *sorted(customer), (record.staff_seq, record.customer_seq), await heard(bureau, ticket)])
    return found


async def heard(bureau: Bureau, ticket: Any) -> Any:
    query = text("SELECT language, language_chosen, language_heard::text FROM tickets WHERE id = :id")
    return await bureau.shop.store.read(lambda conn: tuple(conn.execute(query, {"id": ticket.ticket.id}).one()))


async def test_the_statement_and_the_unit_say_the_same(bureaus: OpenBureau) -> None:
    """B-23: transcripts, numbers and what the vote remembers."""
    quick, slow = await bureaus(Counting), await bureaus(UnitsOnly)
    assert await conversation(quick) == await conversation(slow)
    assert quick.one.shop.store.quick > 10


async def a_message(shop: Workshop, bureau: Bureau, words: str) -> tuple[Taken, Work, Any]:
    """It is in the outbox, and looked at."""
    ticket = await bureau.opened("bonjour")
    await bureau.joins(bureau.lena, ticket)
    await bureau.ada(ticket, words)
    rows = await shop.store.write(lambda tx: outbox.take(tx.conn, "translate", "me", shop.clock(), 60_000, 9))
    works = await shop.store.read(lambda conn: to_translate.messages(conn, rows))
    return rows[-1], works[rows[-1].id], ticket


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
            assert await translating.message([row.id], work, final=False)
            trips.append(between.trips - before)
            assert f"<fr>en: {words}" in [words for _of, _lang, words in made(await bureau.staff(ticket))]
            assert await shop.store.read(lambda conn, row=row: left(conn, row.id)) == []  # type: ignore[misc]
        assert trips[-1] == 1  # the first connects and prepares


def left(conn: Connection, row_id: int) -> list[Any]:
    return list(conn.execute(text("SELECT id FROM outbox WHERE id = :id"), {"id": row_id}))


def a_translation(shop: Workshop, work: Work) -> EventRecord:
    return EventRecord(
        id=uuid.uuid4().hex,
        company_id=work.ticket.company_id,
        ticket_id=work.ticket.id,
        staff_seq=0,
        customer_seq=None,
        kind="translation",
        author_role="system",
        author_id="translator",
        author_name="",
        public_name="",
        body="thanks",
        data={"of": work.original.of},
        client_id=str(uuid.uuid4()),
        at=shop.clock(),
    )


async def test_what_has_changed_meanwhile_is_left_to_the_unit(worker: OpenWorker) -> None:
    """B-22: nothing is stored of what was decided for another language, and its row stays."""
    shop = await worker()
    bureau = await Bureau(shop, shop).settle()
    row, work, ticket = await a_message(shop, bureau, "merci")
    await languages.set_customers(bureau.desk, bureau.lena, ticket.ticket.id, "nl")
    event = a_translation(shop, work)
    before = await bureau.record(ticket)
    decided = Translated(row.id, work.ticket, work.ticket.heard_as_stored, [event])
    assert await shop.store.record(decided, lambda _event: []) is None
    assert (await bureau.record(ticket)).staff_seq == before.staff_seq
    assert len(await shop.store.read(lambda conn: left(conn, row.id))) == 1


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


async def test_what_cannot_be_told_holds_nothing_up(worker: OpenWorker) -> None:
    """It is on disk, who listens finds it by its number; and the next one is stored."""
    shop = await worker()
    bureau = await Bureau(shop, shop).settle()

    def fails(_event: EventRecord) -> list[Announcement]:
        raise ValueError("no frame")

    announces: list[Announce] = [fails, lambda _event: []]
    with capture_logs() as logged:
        for announce in announces:
            row, work, _ticket = await a_message(shop, bureau, "merci")
            event = a_translation(shop, work)
            decided = Translated(row.id, work.ticket, work.ticket.heard_as_stored, [event])
            async with asyncio.timeout(20):
                stored = await shop.store.record(decided, announce)
            assert [one.id for one in stored or []] == [event.id]
    assert [entry["event"] for entry in logged if entry["log_level"] == "error"] == [
        "of translations that are stored could not be told"
    ]
