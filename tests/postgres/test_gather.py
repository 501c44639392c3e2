"""Which messages share a statement: those that come while another one is under way, unless it takes long."""

import asyncio
import uuid
from typing import Any

import pytest
from structlog.testing import capture_logs

from server.desk import messages
from server.desk.messages import Written
from server.store import appender
from server.store.appending import Append
from server.store.postgres import PostgresStore
from tests.postgres.conftest import OpenWorker

TURNS = 5
"""Of the event loop, from a message that comes to the statement that takes it."""


class Statements:
    """How many messages are in each; none is answered before ``go``."""

    def __init__(self, store: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sizes: list[int] = []
        self.go = asyncio.Event()
        self._fetch = store._appender.fetch
        monkeypatch.setattr(store._appender, "fetch", self._held)

    async def _held(self, statement: str, *columns: list[Any]) -> list[Any]:
        self.sizes.append(len(columns[0]))
        await self.go.wait()
        return await self._fetch(statement, *columns)


@pytest.mark.parametrize(("patience", "before", "after"), [(60.0, [1], [1, 5]), (0.0, [1, 1, 1, 1], [1, 1, 1, 1, 2])])
async def test_who_comes_meanwhile_goes_together(
    worker: OpenWorker, monkeypatch: pytest.MonkeyPatch, patience: float, before: list[int], after: list[int]
) -> None:
    """One connection does for many; one that does not come back holds up its own tickets and no others."""
    shop = await worker()
    portal = await shop.portal("Acme")
    opened = [await shop.ticket(portal, name=f"Customer {number}") for number in range(6)]
    assert isinstance(shop.store, PostgresStore)
    statements = Statements(shop.store, monkeypatch)
    monkeypatch.setattr(appender, "PATIENCE_S", patience)
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
    assert event is not None
    assert event.id == message.event_id
    assert [str(entry["exc_info"]) for entry in logged] == ["no frame"]
