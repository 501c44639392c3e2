"""Messages in the groups of SQLite's writer: together where they stand together, in order, each with its own fate."""

import asyncio
import random
import sqlite3
import uuid
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import Connection, select, text, update

from server.errors import StorageFull
from server.store import search, sqlite_appending, sqlite_indexing, tickets, transcript
from server.store.appending import Append
from server.store.base import Announcement, Store, Tx
from server.store.outbox import Left
from server.store.sqlite_rows import driver
from server.store.tables import events
from server.store.tables import tickets as table
from server.store.transcript import EventRecord
from tests.store.conftest import Backend, Sqlite, Told, a_ticket, put
from tests.store.test_sqlite import Gate


@pytest.fixture
def backend(sqlite_backend: Sqlite) -> Backend:
    """A file, here."""
    return sqlite_backend


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many messages were stored together, each time."""
    found: list[int] = []
    append = sqlite_appending.append

    def noting(raw: sqlite3.Connection, messages: Sequence[Append]) -> list[EventRecord | None]:
        found.append(len(messages))
        return append(raw, messages)

    monkeypatch.setattr(sqlite_appending, "append", noting)
    return found


def apart(error: str) -> float:
    """How many writes went one by one for this reason."""
    return REGISTRY.get_sample_value("deskwire_writes_apart_total", {"of": "all", "error": error}) or 0


class Chat:
    """A ticket's customer, who has several tabs open."""

    def __init__(self, ticket_id: str, customer_id: str) -> None:
        self.ticket_id = ticket_id
        self.customer_id = customer_id

    @classmethod
    async def open(cls, store: Store, slug: str) -> "Chat":
        _company, ticket_id = await store.write(lambda tx: a_ticket(tx, slug))
        query = select(table.c.customer_id).where(table.c.id == ticket_id)
        return cls(ticket_id, await store.read(lambda conn: conn.execute(query).scalar_one()))

    def says(self, body: str, n: int = 1, tab: str = "a", event_id: str = "") -> Append:
        return Append(
            event_id=event_id or uuid.uuid4().hex,
            ticket_id=self.ticket_id,
            kind="message",
            author_role="customer",
            author_id=self.customer_id,
            author_name="",
            public_name="",
            body=body,
            client_id=str(uuid.uuid4()),
            stream=tab * 32,
            n=n,
            at=n,
            companies="",
            available=False,
        )


def tells(event: EventRecord) -> list[Announcement]:
    return [Announcement(event.body, event.staff_seq, b"{}")]


async def group(store: Store, several: list[Any]) -> list[Any]:
    """What came of messages and units that were given to the writer as one group."""
    gate = await Gate(store).closed()
    tasks = [
        asyncio.create_task(store.append(one, tells) if isinstance(one, Append) else store.write(one))
        for one in several
    ]
    await asyncio.sleep(0)  # all of them are waiting now
    await gate.open()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    return [one.body if isinstance(one, EventRecord) else one for one in found]


async def bodies(store: Store, chat: Chat) -> list[tuple[int, str]]:
    query = select(events.c.staff_seq, events.c.body).where(events.c.ticket_id == chat.ticket_id)
    return await store.read(lambda conn: [(seq, body) for seq, body in conn.execute(query.order_by("staff_seq"))])


async def test_what_waits_is_stored_together(store: Store, told: Told, sizes: list[int]) -> None:
    """G-26: whatever their number, messages of several chats take five statements; each chat has its own numbers."""
    chats = [await Chat.open(store, f"acme{number}") for number in range(20)]
    told.announcements.clear()
    assert await group(store, [chat.says(f"hello {place}") for place, chat in enumerate(chats)]) == told.topics
    assert sizes == [20]
    assert [await bodies(store, chat) for chat in chats] == [[(1, f"hello {place}")] for place in range(20)]


async def test_who_writes_twice_is_stored_in_order(store: Store, told: Told, sizes: list[int]) -> None:
    """A number waits for the one before it, which may stand in the same group."""
    chat, other = [await Chat.open(store, slug) for slug in ("acme", "other")]
    told.announcements.clear()
    given = [chat.says("one", 1), other.says("hello"), chat.says("two", 2), chat.says("mine too", 1, "b")]
    assert await group(store, given) == ["one", "hello", "two", "mine too"]
    assert sizes == [2, 1, 1]
    assert told.topics == ["one", "hello", "two", "mine too"]
    assert await bodies(store, chat) == [(1, "one"), (2, "two"), (3, "mine too")]


async def test_a_unit_between_two_messages_stays_between_them(store: Store, told: Told) -> None:
    """What was closed before a message came is closed, and what came before is stored."""
    chat, other = [await Chat.open(store, slug) for slug in ("acme", "other")]
    told.announcements.clear()

    def close(tx: Tx) -> None:
        tx.conn.execute(update(table).where(table.c.id == chat.ticket_id).values(status="done"))
        tx.announce("closed", 0, b"{}")

    given = [chat.says("before"), close, other.says("elsewhere"), chat.says("after", 2)]
    assert await group(store, given) == ["before", None, "elsewhere", None]
    assert told.topics == ["before", "closed", "elsewhere"]
    actor = chat.customer_id
    assert await store.read(lambda conn: transcript.last_n(conn, chat.ticket_id, actor, "a" * 32)) == 1


async def test_one_that_cannot_be_stored_does_not_spoil_its_neighbours(store: Store, told: Told) -> None:
    """A key that exists, as a defect anywhere would have it: the others of its group are stored, without a hole."""
    chats = [await Chat.open(store, f"acme{number}") for number in range(3)]
    [taken] = await group(store, [chats[0].says("taken", event_id="e" * 32)])
    told.announcements.clear()
    before = apart("IntegrityError")
    given = [chats[1].says("a"), chats[0].says("twice", 2, event_id="e" * 32), chats[2].says("b")]
    found = await group(store, [*given, chats[0].says("three", 2, "b"), lambda tx: put(tx, "unit")])
    assert [one if isinstance(one, str | None) else type(one) for one in found] == [
        "a",
        sqlite3.IntegrityError,
        "b",
        None,
        "unit",
    ]
    assert told.topics == ["a", "b", "unit"]
    assert apart("IntegrityError") == before + 5
    assert await bodies(store, chats[0]) == [(1, taken)]
    assert (await group(store, [chats[0].says("two", 2)])) == ["two"]
    assert await bodies(store, chats[0]) == [(1, taken), (2, "two")]


async def test_words_are_indexed_a_moment_later(store: Store) -> None:
    """C-35: in the order in which texts were stored, so many at a time, and each once; units' texts with the others."""
    chat = await Chat.open(store, "acme")
    for n in range(1, 8):
        await group(store, [chat.says(f"paper jam {n}", n)])

    def by_unit(tx: Tx) -> None:
        search.index(tx.conn, [Left(chat.ticket_id, None)])

    await store.write(by_unit)
    assert [await store.write(lambda tx: search.words(tx.conn, 5)) for _ in range(3)] == [5, 3, 0]
    await group(store, [chat.says("paper jam again", 8)])
    assert [await store.write(lambda tx: search.words(tx.conn, 5)) for _ in range(2)] == [1, 0]

    def check(tx: Tx) -> int:
        tx.conn.exec_driver_sql("INSERT INTO search_words (search_words, rank) VALUES ('integrity-check', 1)")
        hits = "SELECT count(*) FROM search_words WHERE search_words MATCH 'jam'"
        return int(tx.conn.exec_driver_sql(hits).scalar_one())

    assert await store.write(check) == 8


async def test_words_are_merged_little_at_a_time(store: Store) -> None:
    """Who writes meanwhile waits for a few pages, however many there are; and no part is left to itself for ever."""
    company, ticket_id = await store.write(lambda tx: a_ticket(tx, "acme"))
    pages: list[int] = []
    dice = random.Random(7)  # a word that everybody writes is one piece of the index, however long

    def note(statement: str) -> None:
        pages[-1] += "REPLACE INTO 'main'.'search_words_data'" in statement

    def step(number: int, tx: Tx) -> bool:
        raw = driver(tx.conn)
        said = [(f"{number}-{i}", dice.randbytes(20).hex(" ", 2)) for i in range(25)]
        sqlite_indexing.add(raw, [(company, ticket_id, event_id, 0, body) for event_id, body in said])
        pages.append(0)
        raw.set_trace_callback(note)
        search.words(tx.conn, 25)
        more = search.merge(tx.conn)
        raw.set_trace_callback(None)
        return more

    more = False
    for number in range(2_000):
        more = await store.write(partial(step, number))
    assert sqlite_indexing.MERGED < max(pages) < 3 * sqlite_indexing.MERGED
    while more:
        more = await store.write(lambda tx: search.merge(tx.conn))
    query = text("SELECT count(DISTINCT segid) FROM search_words_idx")
    assert await store.read(lambda conn: conn.execute(query).scalar_one()) <= 20


async def test_a_full_disk_is_said_so_to_each(backend: Sqlite, store: Store) -> None:
    """Pitfall 54: nothing of them is stored, and no number is used up."""
    chats = [await Chat.open(store, f"acme{number}") for number in range(3)]
    await backend.fill(store)
    found = await group(store, [chat.says("x" * 500_000) for chat in chats])
    assert [type(one) for one in found] == [StorageFull] * 3
    ids = [chat.ticket_id for chat in chats]

    def tails(conn: Connection) -> Any:
        return tickets.tails(conn, ids)

    assert await store.read(tails) == dict.fromkeys(ids, (0, 0))
    await backend.make_room(store)
    assert await group(store, [chat.says("small") for chat in chats]) == ["small"] * 3


async def test_what_cannot_be_told_holds_nothing_up(store: Store, told: Told) -> None:
    """It is on disk, who listens finds it by its number; and the others of its group are told."""
    chat, other = [await Chat.open(store, slug) for slug in ("acme", "other")]
    told.announcements.clear()

    def fails(_event: EventRecord) -> list[Announcement]:
        raise ValueError("no frame")

    gate = await Gate(store).closed()
    tasks = [
        asyncio.create_task(store.append(chat.says("untold"), fails)),
        asyncio.create_task(store.append(other.says("told"), tells)),
    ]
    await asyncio.sleep(0)
    await gate.open()
    async with asyncio.timeout(20):
        assert [event.body for event in await asyncio.gather(*tasks) if event] == ["untold", "told"]
    assert told.topics == ["told"]
    assert await bodies(store, chat) == [(1, "untold")]
