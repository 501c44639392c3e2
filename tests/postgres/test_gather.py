"""Which messages share a statement: those that come right after another one has begun; and what becomes of the rest."""

import asyncio
import json
import uuid
from collections.abc import Callable, Sequence
from typing import Any, Self

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from structlog.testing import capture_logs

from server.bus import topics
from server.desk import messages
from server.desk.messages import Written
from server.store import appender
from server.store.appending import Append
from server.store.base import Tx
from server.store.postgres import PostgresStore
from tests.postgres.conftest import OpenWorker

TURNS = 5
"""Of the event loop, from a message that comes to the statement that takes it."""


class Statements:
    """How many messages are in each; none is answered before ``go``."""

    def __init__(self, store: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sizes: list[int] = []
        self.go = asyncio.Event()
        self._fetch = store._connections.fetch
        monkeypatch.setattr(store._connections, "fetch", self._held)

    async def _held(self, statement: str, argument: str) -> Sequence[Any]:
        self.sizes.append(len(json.loads(argument)))
        await self.go.wait()
        return await self._fetch(statement, argument)


@pytest.mark.parametrize(
    ("crowd", "pace", "most", "before", "after"),
    [
        pytest.param(0, 600.0, 5, [1, 5], [1, 5], id="in a crowd, until they are many"),
        pytest.param(0, 0.0, 32, [1, 1, 1, 1], [1, 1, 1, 1, 2], id="in a crowd, until it is time"),
        pytest.param(2, 600.0, 3, [1, 1, 1, 3], [1, 1, 1, 3], id="a crowd is several, one right after another"),
        pytest.param(32, 600.0, 32, [1, 1, 1, 1], [1, 1, 1, 1, 2], id="people who chat wait for nobody"),
    ],
)
async def test_who_comes_meanwhile_goes_together(
    worker: OpenWorker,
    monkeypatch: pytest.MonkeyPatch,
    crowd: int,
    pace: float,
    most: int,
    before: list[int],
    after: list[int],
) -> None:
    """A statement that does not come back holds up its own tickets only."""
    shop = await worker()
    portal = await shop.portal("Acme")
    opened = [await shop.ticket(portal, name=f"Customer {number}") for number in range(6)]
    assert isinstance(shop.store, PostgresStore)
    statements = Statements(shop.store, monkeypatch)
    monkeypatch.setattr(appender, "CROWD", crowd)
    monkeypatch.setattr(appender, "PACE_S", pace)
    monkeypatch.setattr(appender, "BATCH", most)
    writing = []
    for one in opened:
        written = Written(str(uuid.uuid4()), "words", "5" * 32, 1)
        writing.append(asyncio.create_task(messages.customer_writes(shop.desk, one.customer, one.ticket.id, written)))
        for _ in range(TURNS):
            await asyncio.sleep(0)
    assert statements.sizes == before
    statements.go.set()
    events = await asyncio.gather(*writing)
    assert [event.customer_seq for event in events] == [one.ticket.customer_seq + 1 for one in opened]
    assert statements.sizes == after


class LockedFor(Statements):
    """Somebody holds a ticket for so many statements."""

    def __init__(self, store: PostgresStore, monkeypatch: pytest.MonkeyPatch, ticket_id: str, statements: int) -> None:
        super().__init__(store, monkeypatch)
        self.go.set()
        self._ticket_id = ticket_id
        self._left = statements
        self._engine = create_async_engine(store.engine.url)
        self._conn: AsyncConnection | None = None

    async def __aenter__(self) -> Self:
        self._conn = await self._engine.connect()
        await self._conn.execute(text("SELECT 1 FROM tickets WHERE id = :id FOR UPDATE"), {"id": self._ticket_id})
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.let_go()
        await self._engine.dispose()

    async def let_go(self) -> None:
        if self._conn is not None:
            await self._conn.close()
            self._conn = None

    async def _held(self, statement: str, argument: str) -> Sequence[Any]:
        rows = await super()._held(statement, argument)
        self._left -= 1
        if self._left == 0:
            await self.let_go()
        return rows


@pytest.mark.parametrize(("held", "statements", "units"), [(2, 3, 0), (appender.TRIES + 1, appender.TRIES + 1, 1)])
async def test_who_meets_a_lock_is_in_the_next_statement(
    worker: OpenWorker, monkeypatch: pytest.MonkeyPatch, held: int, statements: int, units: int
) -> None:
    """After some of them he goes the long way, which waits."""
    shop = await worker()
    portal = await shop.portal("Acme")
    both = [await shop.ticket(portal, name=name) for name in ("Ann", "Bob")]
    store = shop.store
    assert isinstance(store, PostgresStore)
    long_ways: list[Any] = []
    write = store._write

    async def counted(unit: Callable[[Tx], Any]) -> Any:
        long_ways.append(unit)
        return await write(unit)

    monkeypatch.setattr(store, "_write", counted)
    monkeypatch.setattr(appender, "PACE_S", 0.0)
    async with LockedFor(store, monkeypatch, both[0].ticket.id, held) as locked:
        written = Written(str(uuid.uuid4()), "words", "5" * 32, 1)
        events = await asyncio.gather(
            *(messages.customer_writes(shop.desk, one.customer, one.ticket.id, written) for one in both)
        )
    assert [event.customer_seq for event in events] == [one.ticket.customer_seq + 1 for one in both]
    assert locked.sizes == [2, *[1] * (statements - 1)]
    assert len(long_ways) == units


async def test_a_statement_that_fails_is_counted_and_loses_nothing(
    worker: OpenWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of its messages goes the long way; nobody would see it but by the count."""
    shop = await worker()
    portal = await shop.portal("Acme")
    both = [await shop.ticket(portal, name=name) for name in ("Ann", "Bob")]
    monkeypatch.setattr(appender, "STATEMENT", "SELECT 1 / 0, $1::text")
    labels = {"of": "messages", "error": "DivisionByZeroError"}
    before = REGISTRY.get_sample_value("deskwire_writes_apart_total", labels) or 0
    written = Written(str(uuid.uuid4()), "words", "5" * 32, 1)
    events = await asyncio.gather(
        *(messages.customer_writes(shop.desk, one.customer, one.ticket.id, written) for one in both)
    )
    assert [event.customer_seq for event in events] == [one.ticket.customer_seq + 1 for one in both]
    assert REGISTRY.get_sample_value("deskwire_writes_apart_total", labels) == before + 2


async def test_who_goes_away_loses_nothing(worker: OpenWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is under way is stored and told, though nobody waits for it any more."""
    shop = await worker()
    one = await shop.ticket(await shop.portal("Acme"))
    assert isinstance(shop.store, PostgresStore)
    statements = Statements(shop.store, monkeypatch)
    written = Written(str(uuid.uuid4()), "words", "5" * 32, 1)
    writing = asyncio.create_task(messages.customer_writes(shop.desk, one.customer, one.ticket.id, written))
    for _ in range(TURNS):
        await asyncio.sleep(0)
    assert statements.sizes == [1]
    writing.cancel()
    await asyncio.wait([writing])
    statements.go.set()
    await shop.store._appender.close()
    event = await messages.customer_writes(shop.desk, one.customer, one.ticket.id, written)
    assert event.customer_seq == one.ticket.customer_seq + 1
    assert [told.seq for told in shop.told if told.topic == topics.customer(one.ticket.id)][-1] == event.customer_seq


async def test_what_cannot_be_told_is_answered_all_the_same(worker: OpenWorker) -> None:
    """It is on disk; who listens finds it by its number."""
    shop = await worker()
    one = await shop.ticket(await shop.portal("Acme"))

    def fails(_event: object) -> list[Any]:
        raise ValueError("no frame")

    message = Append(
        event_id="e" * 32,
        ticket_id=one.ticket.id,
        kind="message",
        author_role="customer",
        author_id=one.customer.id,
        author_name="",
        public_name="",
        body="words",
        client_id=str(uuid.uuid4()),
        stream="5" * 32,
        n=1,
        at=0,
        companies="",
        available=False,
    )
    with capture_logs() as logged:
        async with asyncio.timeout(20):
            event = await shop.store.append(message, fails)
            await shop.store.close()  # it looks at what has become of the statement after who waited for it
    assert event is not None
    assert event.id == message.event_id
    assert [str(entry["exc_info"]) for entry in logged] == ["no frame"]
