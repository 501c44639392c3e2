"""A shift of technicians on two workers: what they and their customers may do at any moment, each over a socket.

``tests/support/journal.py`` tells what came of it.
"""

import asyncio
import contextlib
import random
from collections.abc import Coroutine, Iterable
from typing import Any, Final

import httpx2
import pytest
from sqlalchemy import Connection, select, update
from sqlalchemy.ext.asyncio import AsyncEngine
from websockets.exceptions import ConnectionClosed

from server.domain.portal import PortalSettings
from server.store.tables import queues, technicians
from tests.support import journal
from tests.support.journal import Queue, Story, Ticket
from tests.support.office import Office, Worker, open_office
from tests.support.people import Console, Frame, RefusedError, console, customer, http, open_ticket
from tests.support.server import DeskServer

SECONDS: Final = 30
"""What a starved machine may need until everything is given, or somebody counts as gone."""
CAPACITIES: Final = {"Ann": 1, "Bob": 2, "Cid": 1, "Dee": 2, "Eve": 1}


async def together(acts: Iterable[Coroutine[Any, Any, Any]]) -> None:
    """At the same moment."""
    async with asyncio.TaskGroup() as group:
        for act in acts:
            group.create_task(act)


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
        assert self.console is not None
        return self.server.worker_of(self.console.connection.local_address[1])

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
        async with http(self.server, self.office.worker("Olga", "administrator").token) as admin:
            await self._set_up(admin, list(self.people))
        await self.spread()

    async def _set_up(self, admin: httpx2.AsyncClient, ids: list[str]) -> None:
        async def made(noun: str, **draft: Any) -> str:
            answer = await admin.post(f"/api/v1/admin/{noun}", json=draft)
            assert answer.status_code == 201, answer.text
            return str(answer.json()["id"])

        async def team(name: str, automatic: bool, members: list[str]) -> str:
            who, company = [{"technician": one} for one in members], self.office.company
            return await made("teams", company=company, name=name, automatic=automatic, members=who)

        quick, slow = await team("Quick", True, ids[:3]), await team("Slow", False, ids[2:4])
        self.giving = {("team", quick): frozenset(ids[:3]), ("portal", self.office.portal_id): frozenset(ids)}
        ways: list[dict[str, Any]] = [
            *({"team": quick, "priority": priority} for priority in (0, 1)),
            *({"priority": priority} for priority in (-1, 0, 2)),
            {"team": slow},
            {"technician": ids[4]},
        ]
        for way in ways:
            kind = await made("issue-types", portal=self.office.portal_id, names={"en": "Something"}, **way)
            self.kinds.append(kind)

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
