"""Automatic routing while two workers do whatever people do, at the same time, on one database (C-07, C-15, X-9).

After each burst, as soon as nothing is left to do: nothing waits while somebody who may take it has room, nothing is
owned by somebody who is not there, nobody was given too much, nothing was given twice, and nothing was overtaken.
"""

import asyncio
import random
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import asyncpg
import msgspec
import pytest
from sqlalchemy import Connection, func, select, update

from server.desk import availability, opening, presence, steps, transfers
from server.desk.administration import editing
from server.desk.administration.editing import COMMAND_LINE
from server.desk.administration.issue_types import IssueTypes
from server.desk.administration.news import News
from server.desk.administration.teams import Teams
from server.desk.routing import AT_ONCE, Router, route
from server.domain.people import Availability
from server.domain.ticket import Step
from server.errors import DeskwireError
from server.protocol.administration import IssueTypeDraft, Member, TeamDraft
from server.protocol.rest import OpenTicket
from server.protocol.technician import Target
from server.store import routing
from server.store.base import Announcement
from server.store.portals import PortalRecord
from server.store.postgres import address
from server.store.tables import technicians, tickets
from tests.desk.workshop import SOURCE, Workshop
from tests.postgres.conftest import OpenWorker, waiting_for_locks
from tests.support.journal import check_owners

SECONDS = 20
"""What a starved machine may need to route a burst."""


class Worker:
    """A process: a desk with a router that hears what it commits, and the audit log."""

    def __init__(self, shop: Workshop) -> None:
        self.shop = shop
        self.desk = shop.desk
        self.router = Router(shop.desk)
        self.news = News(shop.store)
        self.news.listen(self.router.hear)
        shop.store.on_commit = self._commit
        self.running = asyncio.create_task(self.router.run())

    def _commit(self, told: list[Announcement]) -> None:
        self.router.notice(told)

    async def stop(self) -> None:
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)


class Office:
    """A portal that gives by itself, a team that does, a team that does not, and six people."""

    def __init__(self, workers: list[Worker], dice: random.Random) -> None:
        self.workers = workers
        self.dice = dice
        self.people: list[str] = []
        self.teams: list[str] = []
        self.kinds: list[str | None] = [None]
        self.portal: PortalRecord
        self.customers: dict[str, Any] = {}

    @property
    def any(self) -> Worker:
        return self.dice.choice(self.workers)

    async def open(self) -> "Office":
        shop = self.workers[0].shop
        self.portal = await shop.portal("Acme", automatic=True)
        company = self.portal.company_id
        for name in ("Ann", "Bob", "Cid", "Dee", "Eve", "Fay"):
            person = await shop.technician(name, company)
            self.people.append(person.id)

        def set_up(tx: Any) -> None:
            some = (("Quick", True, self.people[:3]), ("Slow", False, self.people[2:4]))
            for name, automatic, members in some:
                draft = TeamDraft(company=company, name=name, automatic=automatic, members=[Member(m) for m in members])
                self.teams.append(editing.added(tx, Teams(), COMMAND_LINE, draft, 1).id)
            tx.conn.execute(update(technicians).where(technicians.c.id == self.people[0]).values(capacity=1))
            where: list[dict[str, Any]] = [
                {"team": self.teams[0], "priority": 1},
                {"team": self.teams[0]},
                {"team": self.teams[1]},
                {"technician": self.people[5]},
            ]
            for one in where:
                kind = IssueTypeDraft(portal=self.portal.id, names={"en": "Something"}, **one)
                self.kinds.append(editing.added(tx, IssueTypes(), COMMAND_LINE, kind, 1).id)

        await shop.store.write(set_up)
        return self

    # --- what happens ---------------------------------------------------------------------------------------------

    async def ticket_comes(self) -> None:
        words = OpenTicket(str(uuid.UUID(int=self.dice.getrandbits(128))), "Help", "It is broken", name="Ada")
        kind = self.dice.choice(self.kinds[1:])
        form = msgspec.structs.replace(words, issue_type=kind)
        opened = await opening.open_ticket(self.any.desk, self.portal, None, form, SOURCE)
        self.customers[opened.ticket.id] = opened.customer

    async def availability_changes(self) -> None:
        states: tuple[Availability, ...] = ("available", "available", "away")
        worker, state = self.any, self.dice.choice(states)
        person = await worker.shop.person(self.dice.choice(self.people))
        await availability.set_availability(worker.desk, person, state)

    async def somebody_vanishes(self) -> None:
        worker, who = self.any, technicians.c.id == self.dice.choice(self.people)
        lapsed = update(technicians).where(who).values(present_until=technicians.c.present_at)
        await worker.shop.store.write(lambda tx: tx.conn.execute(lapsed))
        await presence.sweep(worker.desk, only_let_go=True)

    async def somebody_is_back(self) -> None:
        await presence.arrive(self.any.desk, self.dice.choice(self.people))

    async def owner_acts(self) -> None:
        """Joins, ends, closes, gives back, or offers it to somebody, who accepts."""
        worker = self.any
        owned = await worker.shop.store.read(_owned)
        if not owned:
            return
        ticket, owner = self.dice.choice(owned)
        person, what = await worker.shop.person(owner), self.dice.choice((*_STEPS, "transfer"))
        if what == "transfer":
            to = self.dice.choice(self.people)
            await transfers.offer(worker.desk, person, ticket, Target(technician=to), "please")
            await transfers.accept(self.any.desk, await worker.shop.person(to), ticket)
            return
        await steps.take_step(worker.desk, person, ticket, Step(what))

    async def somebody_takes_one(self) -> None:
        worker = self.any
        waiting = await worker.shop.store.read(_waiting)
        if waiting:
            person = await worker.shop.person(self.dice.choice(self.people))
            await steps.take_step(worker.desk, person, self.dice.choice(waiting), Step.ASSIGN)

    async def customer_ends(self) -> None:
        if self.customers:
            ticket = self.dice.choice(sorted(self.customers))
            step = self.dice.choice((Step.CUSTOMER_END, Step.CUSTOMER_RESUME))
            await steps.customer_step(self.any.desk, self.customers[ticket], ticket, step)

    async def set_up_changes(self) -> None:
        """Members come and go; the portal gives by itself, or does not."""
        worker, automatic = self.any, self.dice.random() < 0.7
        members = [Member(who) for who in self.people if self.dice.random() < 0.5]
        draft = TeamDraft(company=self.portal.company_id, name="Quick", automatic=automatic, members=members)
        team = self.teams[0]
        await worker.shop.store.write(lambda tx: editing.changed(tx, Teams(), COMMAND_LINE, team, draft, None, 1))
        await worker.news.look()

    # --- what must hold -------------------------------------------------------------------------------------------

    async def settled(self) -> None:
        """Waits until nothing is left to do; whatever was left names itself."""
        left: list[str] = ["nothing was looked at"]
        try:
            async with asyncio.timeout(SECONDS):
                while left:
                    left = await self.workers[0].shop.store.read(self._left_to_do)
                    await asyncio.sleep(0.01)
        except TimeoutError:
            pytest.fail(f"left to do: {left}")

    def _left_to_do(self, conn: Connection) -> list[str]:
        company = self.portal.company_id
        waiting = routing.waiting(conn, company, routing.free(conn, self.people), AT_ONCE)
        left = [f"{one.ticket} waits while {sorted(one.may_take)} have room" for one in waiting]
        here = routing.people(conn, company, self.people)
        for one in routing.owned(conn, company):
            who = here[one.technician]
            if not (who.present and who.sees and (who.available or one.since is None)):
                left.append(f"{one.ticket} waits for {one.technician}, who does not come")
        return left

    async def check(self) -> None:
        """Nobody has two chats more than fit, and no ticket two owners."""
        await self.workers[0].shop.store.read(self._check)

    def _check(self, conn: Connection) -> None:
        check_owners(conn, self.portal.company_id)
        routed = select(tickets.c.assignee_id, func.count()).where(tickets.c.routed_at.is_not(None))
        for who, count in conn.execute(routed.group_by(tickets.c.assignee_id)):
            most = conn.execute(select(technicians.c.capacity).where(technicians.c.id == who)).scalar_one()
            assert count <= most, "given more than fits"


_STEPS = ("join", "join", "end_chat", "close", "unassign")


def _owned(conn: Connection) -> list[tuple[str, str]]:
    query = select(tickets.c.id, tickets.c.assignee_id).where(tickets.c.view == "active").order_by(tickets.c.id)
    return [(ticket, owner) for ticket, owner in conn.execute(query) if owner]


def _waiting(conn: Connection) -> list[str]:
    return list(conn.execute(select(tickets.c.id).where(tickets.c.view == "new").order_by(tickets.c.id)).scalars())


@pytest.fixture
async def workers(worker: OpenWorker) -> AsyncIterator[list[Worker]]:
    both = [Worker(await worker()), Worker(await worker())]
    yield both
    for one in both:
        await one.stop()


@pytest.mark.parametrize("seed", range(2))
async def test_whatever_people_do(workers: list[Worker], seed: int) -> None:
    """C-07, C-15, X-9: see the module."""
    dice = random.Random(seed)
    office = await Office(workers, dice).open()
    some: list[Callable[[], Awaitable[None]]] = [
        *[office.ticket_comes] * 4,
        *[office.owner_acts] * 5,
        *[office.availability_changes] * 2,
        office.somebody_vanishes,
        *[office.somebody_is_back] * 2,
        office.somebody_takes_one,
        office.customer_ends,
        office.set_up_changes,
    ]
    for _burst in range(12):
        done = await asyncio.gather(*(dice.choice(some)() for _ in range(8)), return_exceptions=True)
        unexpected = [one for one in done if isinstance(one, BaseException) and not isinstance(one, DeskwireError)]
        assert not unexpected, unexpected
        await office.settled()
        await office.check()


async def test_one_person_in_two_companies(workers: list[Worker]) -> None:
    """C-07, C-15: what comes to both at the same moment, by both workers, is still no more than fits."""
    shop = workers[0].shop
    offices = [await shop.portal(name, automatic=True) for name in ("Acme", "Other")]
    person = await shop.technician("Ann", *(one.company_id for one in offices))
    one_at_a_time = update(technicians).where(technicians.c.id == person.id).values(capacity=1)
    await shop.store.write(lambda tx: tx.conn.execute(one_at_a_time))
    held = select(tickets.c.id).where(tickets.c.assignee_id == person.id, tickets.c.view == "active")
    free = update(tickets).where(tickets.c.assignee_id == person.id).values(view="completed")
    for _ in range(8):
        await asyncio.gather(*(one.shop.ticket(office) for one, office in zip(workers, offices, strict=True)))
        for one in workers:
            await one.router.look()
        # routers run by themselves: under the person's lock all that they have begun is done
        await shop.store.write(lambda tx: routing.locked(tx.conn, {person.id}))
        assert len(await shop.store.read(lambda conn: conn.execute(held).all())) <= 1
        await shop.store.write(lambda tx: tx.conn.execute(free))


async def test_the_order_is_kept(workers: list[Worker]) -> None:
    """C-07: whoever becomes free is given the more urgent first, then first come, first served, by either worker."""
    office = await Office(workers, random.Random(1)).open()
    shop = workers[0].shop
    for who in office.people:
        await availability.set_availability(workers[1].desk, await shop.person(who), "away")
    kinds = [office.kinds[2], office.kinds[2], office.kinds[1], office.kinds[2], office.kinds[1]]
    came = []
    for kind in kinds:
        form = OpenTicket(str(uuid.uuid4()), "Help", "It is broken", name="Ada", issue_type=kind)
        came.append((await opening.open_ticket(office.any.desk, office.portal, None, form, SOURCE)).ticket.id)
    await office.settled()
    lena, given = await shop.person(office.people[0]), []  # who has room for one at a time
    await availability.set_availability(workers[0].desk, lena, "available")
    for _ in came:
        await office.settled()
        [(ticket, _owner)] = await shop.store.read(_owned)
        given.append(ticket)
        await steps.take_step(office.any.desk, lena, ticket, Step.CLOSE)
    assert given == [came[2], came[4], came[0], came[1], came[3]]


# --- two looks at the same moment -------------------------------------------------------------------------------------


class Ann:
    """She may take two at a time, of a portal that gives by itself; nobody looks before the test says so."""

    def __init__(self, shops: tuple[Workshop, Workshop], database: str) -> None:
        self.shops = shops
        self._database = database
        self.portal: PortalRecord
        self.id = ""

    async def comes(self) -> "Ann":
        shop = self.shops[0]
        self.portal = await shop.portal("Acme", automatic=True)
        self.id = (await shop.technician("Ann", self.portal.company_id)).id
        two_at_a_time = update(technicians).where(technicians.c.id == self.id).values(capacity=2)
        await shop.store.write(lambda tx: tx.conn.execute(two_at_a_time))
        return self

    async def ticket(self, priority: int = 0) -> str:
        self.shops[1].clock.now += 1
        opened = await self.shops[1].ticket(self.portal)
        urgent = update(tickets).where(tickets.c.id == opened.ticket.id).values(priority=priority)
        await self.shops[1].store.write(lambda tx: tx.conn.execute(urgent))
        return opened.ticket.id

    @asynccontextmanager
    async def held_by_another(self, looks: int) -> AsyncIterator[None]:
        """Her row is locked for the block, in which so many looks begin; it begins when all of them wait for her."""
        async with asyncio.TaskGroup() as group:
            conn = await asyncpg.connect(address(self._database))
            try:
                held = conn.transaction()
                await held.start()
                await conn.execute("SELECT 1 FROM technicians WHERE id = $1 FOR NO KEY UPDATE", self.id)
                for shop in self.shops[:looks]:
                    group.create_task(shop.store.write(partial(route, shop.desk, self.portal.company_id)))
                await asyncio.wait_for(waiting_for_locks(conn, looks), SECONDS)
                yield
                await held.commit()
            finally:
                await conn.close()

    async def has(self) -> set[str]:
        return {ticket for ticket, _owner in await self.shops[0].store.read(_owned)}


@pytest.fixture
async def ann(worker: OpenWorker, database: str) -> Ann:
    return await Ann((await worker(), await worker()), database).comes()


async def test_of_two_looks_at_once_each_gives_what_the_other_left(ann: Ann) -> None:
    """C-07: both have seen the same tickets waiting, and that she has room; the rows of people are the lock."""
    first, second, third = [await ann.ticket() for _ in range(3)]
    async with ann.held_by_another(looks=2):
        pass
    assert await ann.has() == {first, second}, third


async def test_what_came_while_a_look_waited_is_not_overtaken(ann: Ann) -> None:
    """C-07: what is more urgent comes first, though the look had begun when it was not there."""
    plain = [await ann.ticket() for _ in range(2)]
    async with ann.held_by_another(looks=1):
        urgent = await ann.ticket(priority=5)
    assert await ann.has() == {urgent, plain[0]}
