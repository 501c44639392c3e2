"""Automatic routing while people on two workers do whatever they do, over their sockets (C-07, C-15, X-9).

The two routers know nothing of each other. After each burst, as soon as nobody writes any more and nothing is left to
do, the journal of the whole run is told again: ``tests/support/journal.py`` has the rules.
"""

import asyncio
import contextlib
import os
import random
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Connection, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from websockets.exceptions import ConnectionClosed

from server.domain.portal import PortalSettings
from server.store.tables import queues, technicians
from tests.faults.cluster import Cluster
from tests.support import journal
from tests.support.journal import Queue, Story, Ticket
from tests.support.office import Office, Worker, open_office
from tests.support.people import Console, Frame, RefusedError, console, customer, http, open_ticket
from tests.support.postgres import Postgres
from tests.support.server import DeskServer

SEED: Final = int(os.environ.get("ROUTING_SEED", "7"))
BURSTS: Final = 8
SECONDS: Final = 30
"""What a starved machine may need until everything is given, or somebody counts as gone."""
CAPACITIES: Final = {"Ann": 1, "Bob": 2, "Cid": 1, "Dee": 2, "Eve": 1}
SHORT_LEASE: Final = {"DESKWIRE_PING_SECONDS": "2", "DESKWIRE_PRESENCE_SECONDS": "3"}


def worker_of(server: DeskServer, person: Console) -> int:
    """The process that has the other end of this socket, as the system knows it."""
    here = f"0100007F:{person.connection.local_address[1]:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    (inode,) = [row[9] for row in rows if row[1] == f"0100007F:{server.port:04X}" and row[2] == here]
    for pid in server.workers():
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                if str(link.readlink()) == f"socket:[{inode}]":
                    return pid
    raise AssertionError("no worker has this socket")


class Colleague:
    """A technician, whose console comes and vanishes."""

    def __init__(self, server: DeskServer, worker: Worker) -> None:
        self.server = server
        self.worker = worker
        self.console: Console | None = None
        self._open = contextlib.AsyncExitStack()
        self._turn = asyncio.Lock()

    @property
    def here(self) -> bool:
        return self.console is not None and self.console.closed is None

    async def come(self, wanted: int | None = None) -> None:
        """Open a console, on this worker if it matters."""
        async with self._turn:
            while not self.here or (wanted is not None and self._worker != wanted):
                await self._cut()
                self.console = await self._open.enter_async_context(console(self.server, self.worker, available=False))

    async def vanish(self) -> None:
        """Nobody says good-bye."""
        async with self._turn:
            await self._cut()

    async def _cut(self) -> None:
        if self.console is not None:
            self.console.connection.transport.abort()
            self.console = None
            await self._open.aclose()

    @property
    def _worker(self) -> int:
        return worker_of(self.server, self.console) if self.console is not None else 0

    async def call(self, command: str, **fields: Any) -> Frame | None:
        """None: refused, or the line was cut before there was an answer. Others were faster, as in life."""
        if self.console is None:
            return None
        try:
            return await self.console.call(command, **fields)
        except (RefusedError, ConnectionError, ConnectionClosed):
            return None


class Shift:
    """Everybody of an office: what they do, and what must hold."""

    def __init__(self, server: DeskServer, engine: AsyncEngine, dice: random.Random) -> None:
        self.server, self.engine, self.dice = server, engine, dice
        self.office: Office
        self.people: dict[str, Colleague] = {}
        self.kinds: list[str] = []
        self.giving: dict[tuple[str, str], frozenset[str]] = {}
        """(kind, owner) of the queues that are emptied automatically, with those who are given something out of them"""
        self.opened: dict[str, Frame] = {}
        self.story = Story({})

    async def begin(self) -> None:
        """A portal and a team that give by themselves, a team that does not, and people on both workers."""
        self.office = open_office(self.server.store, PortalSettings(automatic=True))
        for name, capacity in CAPACITIES.items():
            worker = self.office.worker(name)
            self.people[worker.id] = Colleague(self.server, worker)
            most = update(technicians).where(technicians.c.id == worker.id).values(capacity=capacity)
            self.office.write(lambda conn, most=most: conn.execute(most))  # type: ignore[misc]
        ids = list(self.people)
        async with http(self.server, self.office.worker("Olga", "administrator").token) as admin:

            async def made(noun: str, **draft: Any) -> str:
                answer = await admin.post(f"/api/v1/admin/{noun}", json=draft)
                assert answer.status_code == 201, answer.text
                return str(answer.json()["id"])

            teams = []
            for name, automatic, members in (("Quick", True, ids[:3]), ("Slow", False, ids[2:4])):
                who = [{"technician": one} for one in members]
                company = self.office.company
                teams.append(await made("teams", company=company, name=name, automatic=automatic, members=who))
            ways: list[dict[str, Any]] = [
                *({"team": teams[0], "priority": priority} for priority in (0, 1)),
                *({"priority": priority} for priority in (-1, 0, 2)),
                {"team": teams[1]},
                {"technician": ids[4]},
            ]
            self.giving = {("team", teams[0]): frozenset(ids[:3]), ("portal", self.office.portal_id): frozenset(ids)}
            self.kinds = [
                await made("issue-types", portal=self.office.portal_id, names={"en": "Something"}, **way)
                for way in ways
            ]
        await self.spread()

    async def spread(self) -> None:
        """Everybody is there; every second one is on the other worker."""
        first, second = self.server.workers()
        for turn, one in enumerate(self.people.values()):
            await one.come(second if turn % 2 else first)

    async def leave(self) -> None:
        for one in self.people.values():
            await one.vanish()

    # --- what happens -------------------------------------------------------------------------------------------------

    async def ticket_comes(self) -> None:
        opened = await open_ticket(self.server, self.office, issue_type=self.dice.choice(self.kinds))
        self.opened[opened["ticket"]["id"]] = opened

    async def availability_changes(self) -> None:
        await self.somebody.call("availability", state=self.dice.choice(("available", "available", "away")))

    async def somebody_vanishes(self) -> None:
        await self.somebody.vanish()

    async def somebody_comes(self) -> None:
        gone = [one for one in self.people.values() if not one.here]
        if gone:
            await self.dice.choice(gone).come()

    async def owner_acts(self) -> None:
        """Joins, ends, closes, gives back."""
        if owned := self.owned():
            ticket = self.dice.choice(owned)
            for step in self.dice.choice((["join"], ["join", "end_chat"], ["close"], ["close"], ["unassign"])):
                await self.people[str(ticket.assignee_id)].call(step, ticket=ticket.id)

    async def owner_is_done(self, ticket: Ticket) -> None:
        """Closes it. While it is looked at who is next, the owner, or somebody else, takes what would be given next."""
        owner = self.people[str(ticket.assignee_id)]
        waiting = sorted((one for one in self.story.tickets.values() if one.waits), key=lambda one: one.order)
        close = owner.call("close", ticket=ticket.id)
        if not waiting or self.dice.random() < 0.4:
            await close
        elif self.dice.random() < 0.5:
            await close
            await owner.call("assign", ticket=self.dice.choice(waiting[:3]).id)
        else:
            await together((close, self.somebody.call("assign", ticket=self.dice.choice(waiting[:3]).id)))

    async def owner_transfers(self) -> None:
        if owned := self.owned():
            ticket, to = self.dice.choice(owned), self.somebody
            where = {"technician": to.worker.id}
            await self.people[str(ticket.assignee_id)].call("offer", ticket=ticket.id, to=where, comment="please")
            await to.call("accept_offer", ticket=ticket.id)

    async def somebody_takes_one(self) -> None:
        if waiting := [one for one in self.story.tickets.values() if one.waits]:
            await self.somebody.call("assign", ticket=self.dice.choice(waiting).id)

    async def customer_ends(self) -> None:
        if self.opened:
            opened = self.opened.pop(self.dice.choice(list(self.opened)))
            async with customer(self.server, self.office, opened=opened, watch=False) as ada:
                with contextlib.suppress(RefusedError):
                    await ada.call("end_chat", ticket=ada.ticket)

    @property
    def somebody(self) -> Colleague:
        return self.dice.choice(list(self.people.values()))

    def owned(self) -> list[Ticket]:
        """Tickets that somebody had when all was quiet."""
        return [one for one in self.story.tickets.values() if one.view == "active" and one.assignee_id in self.people]

    # --- what must hold -----------------------------------------------------------------------------------------------

    async def quiet(self, *, gone: bool = False) -> None:
        """Waits until nobody writes and nothing is left to do, and checks everything that has happened so far.

        ``gone``: until whoever has no console counts as gone, too.
        """
        left: list[str] = []
        try:
            async with asyncio.timeout(SECONDS):
                while True:
                    async with self.engine.connect() as conn:
                        story = await conn.run_sync(self._look)
                        left = ["somebody writes"] if story is None else story.left_to_do()
                        if story is not None and gone:
                            left += [
                                who for who, one in self.people.items() if not one.here and story.people[who].there
                            ]
                        if story is not None and not left:
                            self.story = story
                            await conn.commit()
                            return
                    await asyncio.sleep(0.05)
        except TimeoutError:
            pytest.fail(f"left to do: {left}")

    def _look(self, conn: Connection) -> Story | None:
        company = self.office.company
        journal.check_owners(conn, company)
        rows = conn.execute(select(queues.c.id, queues.c.kind, queues.c.owner_id).where(queues.c.company_id == company))
        known = {
            queue: Queue(self.giving.get((kind, owner), frozenset()), owner if kind == "technician" else None)
            for queue, kind, owner in rows
        }
        return journal.marked(conn, company, known)

    async def told(self) -> None:
        """My tickets are, on either worker, what the journal says."""
        for who, one in self.people.items():
            answer = await one.call("mine")
            assert answer is not None
            mine = {row["ticket"]["id"] for row in answer["rows"]}
            assert {ticket.id for ticket in self.owned() if ticket.assignee_id == who} <= mine


@pytest.fixture
def crew(tmp_path: Path, postgres: Postgres) -> Iterator[DeskServer]:
    """One server with two workers, which soon sees who is gone."""
    made = Cluster(tmp_path, postgres, servers=1, DESKWIRE_WORKERS="2", **SHORT_LEASE)
    try:
        made.start()
        yield made.servers[0]
    finally:
        made.close()


@pytest.fixture
async def shift(crew: DeskServer) -> AsyncIterator[Shift]:
    journal.install(str(crew.store))
    engine = create_async_engine(str(crew.store))
    made = Shift(crew, engine, random.Random(SEED))
    await made.begin()
    yield made
    await made.leave()
    await engine.dispose()


async def together(acts: Iterable[Coroutine[Any, Any, Any]]) -> None:
    async with asyncio.TaskGroup() as group:
        for act in acts:
            group.create_task(act)


async def test_whatever_people_on_two_workers_do(shift: Shift) -> None:
    """C-07, C-15, X-9: see the module."""
    print(f"ROUTING_SEED={SEED}")
    people = list(shift.people.values())
    await together(shift.ticket_comes() for _ in range(12))  # to people who are all away
    await shift.quiet()
    await together(one.call("availability", state="available") for one in people)
    await shift.quiet()
    some: list[Callable[[], Coroutine[Any, Any, None]]] = [
        *[shift.ticket_comes] * 4,
        *[shift.owner_acts] * 6,
        *[shift.owner_transfers] * 2,
        *[shift.availability_changes] * 3,
        shift.somebody_vanishes,
        *[shift.somebody_comes] * 2,
        shift.somebody_takes_one,
        shift.customer_ends,
    ]
    for burst in range(BURSTS):
        await together(shift.dice.choice(some)() for _ in range(10))
        await shift.quiet(gone=burst == BURSTS - 1)

    await shift.spread()
    await together(one.call("availability", state="available") for one in people)
    await together(shift.ticket_comes() for _ in range(12))
    await shift.quiet()
    await shift.told()
    turn = 0
    while owned := shift.owned():  # everything is done, by people of one worker at a time: they are given the next
        await shift.spread()  # a starved machine may have cut somebody's line
        acting = {one.worker.id for one in people[turn % 2 :: 2]}
        await together(shift.owner_is_done(one) for one in owned if one.assignee_id in acting)
        await shift.quiet()
        turn += 1
    story = shift.story
    print(f"{len(story.tickets)} tickets, {story.given} given, {story.overtakable} might have overtaken another")
    assert story.given > 20
    assert story.overtakable > 20
