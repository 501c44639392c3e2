"""Store.append against the units that it saves, on both engines: the same answers, numbers and rows."""

import asyncio
import random
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from server.desk import messages, steps
from server.desk.indexing import Indexer
from server.desk.messages import Written
from server.domain.people import Customer, Technician
from server.domain.ticket import Outcome, Step
from server.errors import DeskwireError
from server.settings import Settings
from server.store.appending import Append
from server.store.base import Announce, Announcement, OnCommit, Store
from server.store.postgres import PostgresStore
from server.store.sqlite import SqliteStore
from server.store.transcript import EventRecord
from tests.desk.workshop import Workshop
from tests.support.database import new_database
from tests.support.postgres import Postgres

TICKETS = 4
ROUNDS = 120
STEPS = [*Step, *[Step.ASSIGN, Step.JOIN, Step.REOPEN] * 3]
"""Those that let people write are taken more often than those that end it."""


class Noting:
    """Remembers how many messages went the quick way; with ``quick`` off none does."""

    quick = True
    stored = 0

    async def append(self, message: Append, announce: Announce) -> EventRecord | None:
        if not self.quick:
            return None
        event: EventRecord | None = await super().append(message, announce)  # type: ignore[misc]  # of the store
        self.stored += event is not None
        return event


class NotingSqlite(Noting, SqliteStore):
    """On a file."""


class NotingPostgres(Noting, PostgresStore):
    """On a server."""


OpenShop = Callable[[], Awaitable[Workshop]]


@pytest.fixture(params=["sqlite", "postgres"])
async def open_shop(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[OpenShop]:
    """Opens a desk on a database of its own, of each kind in turn."""
    opened: list[Workshop] = []

    def open_store(on_commit: OnCommit) -> Store:
        if request.param == "sqlite":
            path = tmp_path / f"{len(opened)}.db"
            new_database(path)
            return NotingSqlite(path, on_commit)
        server: Postgres = request.getfixturevalue("postgres")
        return NotingPostgres(server.migrated(), on_commit)

    async def open_one() -> Workshop:
        told: list[Announcement] = []
        opened.append(await Workshop.on(open_store(told.extend), Settings(), told))
        return opened[-1]

    yield open_one
    for shop in opened:
        await shop.close()


class Office:
    """The same people and tickets in each database; ids differ, places do not."""

    def __init__(self, shop: Workshop) -> None:
        self.shop = shop
        self.technicians: list[Technician] = []
        self.tickets: list[tuple[str, Customer]] = []

    async def furnish(self) -> "Office":
        """Lena is there, Tom is away, Eve belongs to another company."""
        portal, other = await self.shop.portal("Acme"), await self.shop.portal("Other")
        self.technicians = [
            await self.shop.technician("Lena", portal.company_id),
            await self.shop.technician("Tom", portal.company_id, available=False),
            await self.shop.technician("Eve", other.company_id),
        ]
        for number in range(TICKETS):
            opened = await self.shop.ticket(portal, name=f"Customer {number}")
            self.tickets.append((opened.ticket.id, opened.customer))
        for ticket in range(TICKETS // 2):
            assert [await self.step(ticket, 0, step) for step in (Step.ASSIGN, Step.JOIN)] == ["ok", "ok"]
        return self

    async def write(self, ticket: int, author: int, kind: str, written: Written) -> tuple[Any, ...]:
        """What the author is told. Author -1 is the ticket's customer, -2 that of the next ticket."""
        ticket_id, customer = self.tickets[ticket]
        if author == -2:
            customer = self.tickets[(ticket + 1) % TICKETS][1]
        try:
            if author < 0:
                event = await messages.customer_writes(self.shop.desk, customer, ticket_id, written)
            elif kind == "note":
                event = await messages.technician_notes(self.shop.desk, self.technicians[author], ticket_id, written)
            else:
                event = await messages.technician_writes(self.shop.desk, self.technicians[author], ticket_id, written)
        except DeskwireError as error:
            return (error.code, error.message, getattr(error, "resend_from", None))
        return tuple(value for name, value in _fields(event) if not name.endswith("id"))

    async def step(self, ticket: int, author: int, step: Step) -> str:
        """``ok`` or the rule."""
        ticket_id, customer = self.tickets[ticket]
        try:
            if author < 0:
                await steps.customer_step(self.shop.desk, customer, ticket_id, step)
            else:
                await steps.take_step(self.shop.desk, self.technicians[author], ticket_id, step, Outcome.RESOLVED)
        except DeskwireError as error:
            return error.code
        return "ok"

    async def rows(self) -> dict[str, list[Any]]:
        """All that is left in the database, without ids, when the texts are indexed."""
        indexer = Indexer(self.shop.desk)
        while await indexer.step():
            pass
        place = {ticket_id: place for place, (ticket_id, _customer) in enumerate(self.tickets)}

        def read(conn: Connection) -> dict[str, list[Any]]:
            found = {}
            for table, columns in TABLES.items():
                rows = conn.execute(text(f"SELECT ticket_id, {columns} FROM {table}")).all()
                found[table] = sorted((place[row[0]], *map(str, row[1:])) for row in rows)
            return found

        return await self.shop.store.read(read)


TABLES = {
    "(SELECT id AS ticket_id, * FROM tickets) AS t": "status, chat, view, joined, list_seq, staff_seq, customer_seq,"
    " last_activity_at, waiting_since, customer_read, technician_read",
    "events": "staff_seq, customer_seq, kind, author_role, author_name, public_name, body, data, client_id, at",
    "streams": "stream, last_n",
    "outbox": "kind, event_id IS NULL",
    "(SELECT * FROM search WHERE event_id <> '') AS s": "at, text",
}


MET = {"message by customer", "message by technician", "note by technician", "resend_from", "conflict", "not_found"}


def _fields(event: EventRecord) -> list[tuple[str, Any]]:
    return [(name, getattr(event, name)) for name in event.__struct_fields__ if name != "data"]


class Script:
    """Messages at random: mostly right, now and then repeated, out of turn, stolen or to the wrong ticket."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.last: dict[tuple[int, int, str], int] = {}
        self.sent: list[tuple[int, int, str, Written]] = []

    def batch(self) -> list[tuple[int, int, str, Written]]:
        """Up to a dozen, at most one of each stream and one of each client_id."""
        chosen: dict[object, tuple[int, int, str, Written]] = {}
        client_ids: set[str] = set()
        for _ in range(self.dice.randint(1, 12)):
            one = self.message()
            key = (one[0], one[1], one[3].stream)
            if key not in chosen and one[3].client_id not in client_ids:
                chosen[key] = one
                client_ids.add(one[3].client_id)
        return list(chosen.values())

    def message(self) -> tuple[int, int, str, Written]:
        if self.sent and self.dice.random() < 0.15:
            return self.repeated(self.dice.choice(self.sent))
        ticket, author = self.dice.randrange(TICKETS), self.dice.choice([-1, -1, -1, -2, 0, 0, 0, 1, 2])
        stream = f"{self.dice.randrange(2):032}"
        n = self.last.get((ticket, author, stream), 0) + 1
        if self.dice.random() < 0.1:
            n = max(1, n + self.dice.choice([-1, 1, 2]))
        kind = "note" if author >= 0 and self.dice.random() < 0.4 else "message"
        client_id = str(uuid.UUID(int=self.dice.getrandbits(128)))
        return ticket, author, kind, Written(client_id, f"words {self.dice.random()}", stream, n)

    def repeated(self, one: tuple[int, int, str, Written]) -> tuple[int, int, str, Written]:
        """As it was, with other words, or from another tab."""
        ticket, author, kind, written = one
        change = self.dice.choice(["nothing", "nothing", "text", "stream"])
        if change == "text":
            written = Written(written.client_id, "other words", written.stream, written.n)
        elif change == "stream":
            stream = f"{2 + self.dice.randrange(2):032}"
            written = Written(written.client_id, written.text, stream, self.last.get((ticket, author, stream), 0) + 1)
        return ticket, author, kind, written

    def learn(self, one: tuple[int, int, str, Written], answer: tuple[Any, ...]) -> None:
        """What a client knows after an answer."""
        ticket, author, _kind, written = one
        if len(answer) > 3 and written.stream is not None:
            self.sent.append(one)
            key = (ticket, author, written.stream)
            self.last[key] = max(self.last.get(key, 0), written.n or 0)


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_quick_way_and_the_units_answer_alike(open_shop: OpenShop, seed: int) -> None:
    """The same script, batches the quick way here and message by message there (G-26)."""
    quick = await Office(await open_shop()).furnish()
    slow = await Office(await open_shop()).furnish()
    store = slow.shop.store
    assert isinstance(store, Noting)
    store.quick = False
    dice, seen = random.Random(seed), set()
    script = Script(dice)
    for round_ in range(ROUNDS):
        for office in (quick, slow):
            office.shop.clock.now += 1_000
        if dice.random() < 0.35:
            ticket, author, step = dice.randrange(TICKETS), dice.choice([-1, 0, 0, 0]), dice.choice(STEPS)
            if (author < 0) != step.value.startswith("customer"):
                continue
            told = await quick.step(ticket, author, step)
            assert told == await slow.step(ticket, author, step)
            continue
        batch = script.batch()
        answers = await gathered(quick, batch)
        for one, answer in zip(batch, answers, strict=True):
            assert answer == await slow.write(*one), f"round {round_}, seed {seed}: {one}"
            script.learn(one, answer)
            seen.add(answer[0] if len(answer) == 3 else f"{one[2]} by {'customer' if one[1] < 0 else 'technician'}")
    assert await quick.rows() == await slow.rows()
    assert seen >= MET, "the script met too little"
    assert isinstance(quick.shop.store, Noting)
    assert quick.shop.store.stored > ROUNDS


async def gathered(office: Office, batch: list[tuple[int, int, str, Written]]) -> list[tuple[Any, ...]]:
    """All at once: together, for those that may be."""
    return await asyncio.gather(*(office.write(*one) for one in batch))
