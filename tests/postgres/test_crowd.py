"""Two workers on one database, people who write and take steps at once, and connections that are cut under them."""

import asyncio
import random
import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import asyncpg
from sqlalchemy import text, update

from server.bus import topics
from server.desk import messages, steps
from server.desk.messages import Written
from server.domain.people import Customer, Technician
from server.domain.ticket import Step
from server.errors import Busy, DeskwireError, Refused, ResendFrom
from server.store.postgres import address
from server.store.tables import technicians
from server.store.transcript import EventRecord
from tests.desk.workshop import Workshop
from tests.postgres.conftest import OpenWorker, waiting_for_locks
from tests.support.postgres import Postgres

TICKETS = 6
MESSAGES = 25


class Author:
    """Somebody with a tab of his own, who sends five at once and repeats what is not answered, like a real client."""

    def __init__(self, shop: Workshop, person: Customer | Technician, ticket: str, dice: random.Random) -> None:
        self.shop, self.person, self.ticket, self.dice = shop, person, ticket, dice
        self.stream = f"{dice.getrandbits(128):032x}"
        self.answers: dict[str, EventRecord] = {}
        self.words = [str(uuid.UUID(int=dice.getrandbits(128))) for _ in range(MESSAGES)]

    async def write(self) -> None:
        """Everything, in order."""
        window = asyncio.Semaphore(5)
        waiting = [asyncio.create_task(self.one(n, window)) for n in range(1, MESSAGES + 1)]
        await asyncio.gather(*waiting)

    async def one(self, n: int, window: asyncio.Semaphore) -> None:
        client_id = self.words[n - 1]
        written = Written(client_id, f"{n} of {self.stream}", self.stream, n)
        async with window:
            while client_id not in self.answers:
                try:
                    self.answers[client_id] = await self.send(written)
                except (ResendFrom, Busy, Refused):  # Refused: the chat is over for a moment
                    await asyncio.sleep(self.dice.uniform(0, 0.02))

    async def send(self, written: Written) -> EventRecord:
        if isinstance(self.person, Customer):
            return await messages.customer_writes(self.shop.desk, self.person, self.ticket, written)
        return await messages.technician_notes(self.shop.desk, self.person, self.ticket, written)


class Crowd:
    """A customer on one worker, a technician on the other, and somebody who takes steps, at each ticket."""

    def __init__(self, one: Workshop, two: Workshop, seed: int) -> None:
        self.shops = (one, two)
        self.dice = random.Random(seed)
        self.authors: list[Author] = []
        self.tickets: list[str] = []
        self.lena: Technician

    async def gather(self) -> None:
        one = self.shops[0]
        portal = await one.portal("Acme")
        self.lena = await one.technician("Lena", portal.company_id)
        for number in range(TICKETS):
            opened = await one.ticket(portal, name=f"Customer {number}")
            self.tickets.append(opened.ticket.id)
            for shop in self.dice.sample(self.shops, 2):
                self.authors.append(Author(shop, opened.customer, opened.ticket.id, self.dice))
                self.authors.append(Author(shop, self.lena, opened.ticket.id, self.dice))

    async def busy(self) -> None:
        """Until everybody has written everything."""
        stepping = [asyncio.create_task(self.step(shop)) for shop in self.shops]
        try:
            await asyncio.gather(*(author.write() for author in self.authors))
        finally:
            for task in stepping:
                task.cancel()
            await asyncio.gather(*stepping, return_exceptions=True)

    async def step(self, shop: Workshop) -> None:
        """Any step, again and again; an ended chat is opened again, or its customer could never finish."""
        while True:
            ticket = self.dice.choice(self.tickets)
            for step in (self.dice.choice([Step.ASSIGN, Step.JOIN, Step.UNASSIGN, Step.CLOSE]), Step.REOPEN):
                try:
                    await steps.take_step(shop.desk, self.lena, ticket, step)
                except DeskwireError:
                    continue
            await asyncio.sleep(self.dice.uniform(0, 0.01))

    async def check(self) -> None:
        """Nothing lost, doubled, changed, out of order; numbers without holes; as answered."""
        rows = await self.shops[0].store.read(
            lambda conn: conn.execute(
                text("SELECT ticket_id, staff_seq, customer_seq, id, client_id, body FROM events ORDER BY staff_seq")
            ).all()
        )
        by_ticket: dict[str, list[Any]] = defaultdict(list)
        for row in rows:
            by_ticket[row.ticket_id].append(row)
        stored = {row.client_id: row for row in rows if row.client_id}
        for events in by_ticket.values():
            assert [row.staff_seq for row in events] == list(range(1, len(events) + 1))
            shown = [row.customer_seq for row in events if row.customer_seq is not None]
            assert shown == list(range(1, len(shown) + 1))
        for author in self.authors:
            numbers = []
            for client_id in author.words:
                row, answer = stored[client_id], author.answers[client_id]
                assert (row.id, row.staff_seq, row.body) == (answer.id, answer.staff_seq, answer.body)
                numbers.append(row.staff_seq)
            assert numbers == sorted(numbers), "a tab's messages changed places"
        assert sum(bool(row.client_id) for row in rows) == len(self.authors) * MESSAGES

    def told(self) -> dict[str, list[int]]:
        """Numbers that the staff's feeds of the tickets were told, by ticket, in the order in which they came."""
        numbers: dict[str, list[int]] = defaultdict(list)
        for shop in self.shops:
            for told in shop.told:
                if told.seq and told.topic in {topics.staff(ticket) for ticket in self.tickets}:
                    numbers[told.topic].append(told.seq)
        return numbers


async def test_two_workers_and_no_deadlock(worker: OpenWorker, postgres: Postgres, database: str) -> None:
    """Any order of people and workers; every announcement is made once."""
    crowd = Crowd(await worker(), await worker(), 7)
    await crowd.gather()
    await crowd.busy()
    await crowd.check()
    for numbers in crowd.told().values():
        assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert len(crowd.told()) == TICKETS
    await no_deadlock(crowd.shops, postgres, database)


async def no_deadlock(shops: Iterable[Workshop], postgres: Postgres, database: str) -> None:
    """There was none, up to the end of these workers."""
    for shop in shops:
        await shop.close()  # PostgreSQL counts what a connection did at its end
    name = database.partition("?")[0].rpartition("/")[2]
    query = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'"
    while await asyncio.to_thread(postgres.ask, query) != [(0,)]:
        pass
    assert postgres.ask(f"SELECT deadlocks FROM pg_stat_database WHERE datname = '{name}'") == [(0,)]


async def test_who_comes_back_by_taking_a_ticket_is_in_nobodys_way(
    worker: OpenWorker, postgres: Postgres, database: str
) -> None:
    """C-08: all tickets are locked before the first of them is told of; somebody else has this one meanwhile."""
    shop = await worker()
    portal = await shop.portal("Acme")
    lena = await shop.technician("Lena", portal.company_id)
    hers, other = [(await shop.ticket(portal)).ticket.id for _ in range(2)]
    await steps.take_step(shop.desk, lena, hers, Step.ASSIGN)
    gone = update(technicians).where(technicians.c.id == lena.id).values(absent_since=1)
    await shop.store.write(lambda tx: tx.conn.execute(gone))
    conn = await asyncpg.connect(address(database))
    async with conn.transaction():
        await conn.execute("SELECT 1 FROM tickets WHERE id = $1 FOR NO KEY UPDATE", other)
        taking = asyncio.create_task(steps.take_step(shop.desk, lena, other, Step.ASSIGN))
        await asyncio.wait_for(waiting_for_locks(conn, 1), 20)
        await conn.execute("UPDATE companies SET list_seq = list_seq + 1 WHERE id = $1", portal.company_id)
    assert (await taking).state.assignee == lena.id
    await conn.close()
    await no_deadlock([shop], postgres, database)


async def test_messages_of_a_ticket_are_announced_in_order(worker: OpenWorker) -> None:
    """One worker, many tabs at one ticket: the feed has no hole to fill."""
    shop = await worker()
    portal = await shop.portal("Acme")
    opened = await shop.ticket(portal)
    lena = await shop.technician("Lena", portal.company_id)
    dice = random.Random(3)
    people: list[Customer | Technician] = [opened.customer, lena, opened.customer, lena]
    authors = [Author(shop, person, opened.ticket.id, dice) for person in people]
    await asyncio.gather(*(author.write() for author in authors))
    topic = topics.staff(opened.ticket.id)
    told = [one.seq for one in shop.told if one.topic == topic]
    assert told == list(range(1, len(authors) * MESSAGES + 2))


async def test_connections_that_are_cut_lose_nothing(worker: OpenWorker, postgres: Postgres, database: str) -> None:
    """P-02: any backend at any moment, so also between a COMMIT and its answer."""
    crowd = Crowd(await worker(), await worker(), 11)
    await crowd.gather()
    name = database.partition("?")[0].rpartition("/")[2]
    cut = 0
    writing = asyncio.create_task(crowd.busy())
    while not writing.done():
        await asyncio.sleep(0.1)
        cut += len(await asyncio.to_thread(postgres.ask, CUT_ONE.format(name)))
    await writing
    assert cut > 20, "nobody was met"
    await crowd.check()


CUT_ONE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}' AND state <> 'idle'"
    " ORDER BY random() LIMIT 2"
)
