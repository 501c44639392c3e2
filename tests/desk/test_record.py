"""Store.record against the unit that it saves, on both engines: the same transcripts, whatever was said."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, text
from structlog.testing import capture_logs

from server.desk import languages, to_translate
from server.desk.indexing import Indexer
from server.desk.to_translate import Work
from server.settings import Settings
from server.store.base import Announce, Announcement, OnCommit, Store
from server.store.outbox import Taken
from server.store.postgres import PostgresStore
from server.store.sqlite import SqliteStore
from server.store.transcript import EventRecord
from server.store.translated import Translated
from tests.desk.bureau import Bureau, made
from tests.desk.workshop import Workshop
from tests.support.database import new_database
from tests.support.postgres import Postgres


class Counting:
    """Remembers how many messages went the quick way; with ``quick`` off none does."""

    quick = True
    stored = 0

    async def record(self, translated: Translated, announce: Announce) -> list[EventRecord] | None:
        if not self.quick:
            return None
        found: list[EventRecord] | None = await super().record(translated, announce)  # type: ignore[misc]  # of the store
        self.stored += found is not None
        return found


class CountingSqlite(Counting, SqliteStore):
    """On a file."""


class CountingPostgres(Counting, PostgresStore):
    """On a server."""


OpenBureau = Callable[[], Any]


@pytest.fixture(params=["sqlite", "postgres"])
async def open_bureau(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[OpenBureau]:
    """Opens one on a database of its own, of each kind in turn."""
    opened: list[Bureau] = []

    def database() -> Callable[[OnCommit], Store]:
        if request.param == "sqlite":
            path = tmp_path / f"{len(opened)}.db"
            new_database(path)
            return lambda on_commit: CountingSqlite(path, on_commit)
        server: Postgres = request.getfixturevalue("postgres")
        url = server.migrated()
        return lambda on_commit: CountingPostgres(url, on_commit)

    async def open_one() -> Bureau:
        open_store, shops = database(), []
        for _ in range(2):
            told: list[Announcement] = []
            shops.append(await Workshop.on(open_store(told.extend), Settings(), told))
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
    query = text("SELECT language, language_chosen, CAST(language_heard AS TEXT) FROM tickets WHERE id = :id")
    return await bureau.shop.store.read(lambda conn: tuple(conn.execute(query, {"id": ticket.ticket.id}).one()))


async def indexed(bureau: Bureau) -> list[tuple[Any, ...]]:
    """What search finds of translations, once that is done."""
    indexer = Indexer(bureau.desk)
    while await indexer.step():
        pass
    query = "SELECT s.text FROM search s JOIN events e ON e.id = s.event_id WHERE e.kind = 'translation' ORDER BY 1"
    return await bureau.shop.store.read(lambda conn: [tuple(row) for row in conn.execute(text(query))])


async def test_the_quick_way_and_the_unit_say_the_same(open_bureau: OpenBureau) -> None:
    """B-23: transcripts, numbers, what the vote remembers, and what search finds."""
    quick, slow = await open_bureau(), await open_bureau()
    for office in (slow.one, slow.two):
        office.shop.store.quick = False
    assert await conversation(quick) == await conversation(slow)
    assert quick.one.shop.store.stored > 10
    assert await indexed(quick) == await indexed(slow) != []


async def a_message(shop: Workshop, bureau: Bureau, words: str) -> tuple[Taken, Work, Any]:
    """It is in the outbox, and looked at."""
    ticket = await bureau.opened("bonjour")
    await bureau.joins(bureau.lena, ticket)
    await bureau.ada(ticket, words)
    leased = await shop.store.lease("me", shop.clock, 60_000, 9)
    works = await to_translate.messages(shop.store, leased)
    row = leased[-1].row
    return row, works[row.id], ticket


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


async def test_what_has_changed_meanwhile_is_left_to_the_unit(open_bureau: OpenBureau) -> None:
    """B-22: nothing is stored of what was decided for another language, and its row stays."""
    bureau = await open_bureau()
    shop = bureau.shop
    row, work, ticket = await a_message(shop, bureau, "merci")
    await languages.set_customers(bureau.desk, bureau.lena, ticket.ticket.id, "nl")
    event = a_translation(shop, work)
    before = await bureau.record(ticket)
    decided = Translated(row.id, work.ticket, work.ticket.heard_as_stored, [event])
    assert await shop.store.record(decided, lambda _event: []) is None
    assert (await bureau.record(ticket)).staff_seq == before.staff_seq
    assert len(await shop.store.read(lambda conn: left(conn, row.id))) == 1


async def test_several_are_recorded_together(open_bureau: OpenBureau) -> None:
    """B-22: one that does not fit any more changes nothing of the others, each has its own numbers, and what search
    compares is stored with it.
    """
    bureau = await open_bureau()
    shop = bureau.shop
    rows = [await a_message(shop, bureau, "merci") for _ in range(12)]
    await languages.set_customers(bureau.desk, bureau.lena, rows[5][2].ticket.id, "nl")
    before = [(await bureau.record(ticket)).staff_seq for _row, _work, ticket in rows]
    shop.take()

    def tells(event: EventRecord) -> list[Announcement]:
        return [Announcement(event.ticket_id, event.staff_seq, b"")]

    async def recorded(row: Taken, work: Work) -> list[EventRecord] | None:
        decided = Translated(row.id, work.ticket, work.ticket.heard_as_stored, [a_translation(shop, work)])
        events: list[EventRecord] | None = await shop.store.record(decided, tells)
        return events

    found = await asyncio.gather(*(recorded(row, work) for row, work, _ticket in rows))
    numbers = [events[0].staff_seq if events else None for events in found]
    assert numbers == [None if place == 5 else seq + 1 for place, seq in enumerate(before)]
    told = {(one.topic, one.seq) for one in shop.take()}
    assert told == {(events[0].ticket_id, events[0].staff_seq) for events in found if events}
    waiting = [await shop.store.read(lambda conn, id_=row.id: left(conn, id_)) for row, _work, _ticket in rows]
    assert [len(one) for one in waiting] == [int(place == 5) for place in range(12)]
    compared = text(
        "SELECT s.ticket_id, s.text FROM search s JOIN events e ON e.id = s.event_id WHERE kind = 'translation'"
    )
    at_once = await shop.store.read(lambda conn: {tuple(one) for one in conn.execute(compared)})
    assert at_once == {(events[0].ticket_id, "thanks") for events in found if events}


async def test_what_cannot_be_told_holds_nothing_up(open_bureau: OpenBureau) -> None:
    """It is on disk, who listens finds it by its number; and the next one is stored."""
    bureau = await open_bureau()
    shop = bureau.shop

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
    errors = [entry["event"] for entry in logged if entry["log_level"] == "error"]
    assert [error for error in errors if not error.endswith("could not be told")] == []
    assert len(errors) == 1


async def test_of_two_who_say_the_same_one_is_heard(open_bureau: OpenBureau) -> None:
    """B-22: whoever comes second, with another row, finds it said; the first is told of its events."""
    bureau = await open_bureau()
    shop = bureau.shop
    row, work, ticket = await a_message(shop, bureau, "merci")
    event = a_translation(shop, work)
    first = Translated(row.id, work.ticket, work.ticket.heard_as_stored, [event])
    again = Translated(row.id, work.ticket, work.ticket.heard_as_stored, [msgspec.structs.replace(event, id="e" * 32)])
    found = [await shop.store.record(decided, lambda _event: []) for decided in (first, again)]
    assert [[one.id for one in events] if events else None for events in found] == [[event.id], None]
    assert found[0] is not None
    assert (await bureau.record(ticket)).staff_seq == found[0][0].staff_seq
