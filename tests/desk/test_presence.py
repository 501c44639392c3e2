"""Who vanishes is found out once, by whichever process; the tickets are marked, taken over, or go back (C-08, X-9).

Two desks share a database, SQLite and PostgreSQL in turn, as two processes would.
"""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select, update

from server.accounts import changes
from server.bus import topics
from server.desk import messages, presence, reading, steps
from server.desk.administration.roster import Roster
from server.desk.desk import staff
from server.desk.messages import Written
from server.desk.opening import OpenedTicket
from server.domain.people import Technician
from server.domain.portal import PortalSettings
from server.domain.ticket import Chat, Status, Step, View
from server.errors import Refused
from server.metrics import TICKETS_UNATTENDED, TICKETS_UNATTENDED_SECONDS
from server.protocol import codec
from server.store import portals, tickets
from server.store import technicians as accounts
from server.store.base import Announcement
from server.store.portals import PortalRecord
from server.store.presence import Seen
from server.store.tables import events, technicians
from server.store.tickets import TicketRecord
from tests.desk.replicas import decoded
from tests.desk.workshop import Workshop

GRACE_S = 60


class Town:
    """Two desks, a portal of each kind, and who is there."""

    def __init__(self, one: Workshop, two: Workshop) -> None:
        self.one = one
        self.two = two

    async def settle(self) -> "Town":
        self.portal = await self.one.portal("Acme")
        self.impatient = await self.one.portal("Other", return_to_queue_seconds=GRACE_S)
        companies = (self.portal.company_id, self.impatient.company_id)
        self.lena = await self.one.technician("Lena", *companies)
        self.max = await self.one.technician("Max", *companies)
        return self

    async def later(self, seconds: float, *gone: Technician) -> None:
        """So much later nothing was heard of these."""
        ms = int(seconds * 1000)
        everybody = [self.lena, self.max]
        columns = {name: technicians.c[name] - ms for name in ("present_at", "present_until", "absent_since")}
        await self.one.store.write(lambda tx: tx.conn.execute(update(technicians).values(columns)))
        await presence.renew(self.one.desk, [self.one.seen(one.id) for one in everybody if one not in gone])

    async def sweep(self) -> list[Announcement]:
        """Both look at the same moment; what both of them said."""
        self.told()
        await asyncio.gather(*(presence.sweep(shop.desk, only_let_go=False) for shop in (self.one, self.two)))
        return self.told()

    def told(self) -> list[Announcement]:
        return self.one.take() + self.two.take()

    async def taken(self, portal: PortalRecord | None = None, *also: Step) -> OpenedTicket:
        """A ticket that Lena has; she is in the chat."""
        opened = await self.one.ticket(portal or self.portal)
        for step in (Step.ASSIGN, Step.JOIN, *also):
            await steps.take_step(self.one.desk, self.lena, opened.ticket.id, step)
        return opened

    async def ticket(self, opened: OpenedTicket) -> TicketRecord:
        """As the other process knows it."""
        return await self.two.store.read(lambda conn: tickets.unscoped(conn, opened.ticket.id))

    async def lines(self, opened: OpenedTicket) -> list[dict[str, Any]]:
        """The transcript for its customer."""
        page = await reading.customer_page(self.two.desk, opened.customer, opened.ticket.id, None, None)
        return [decoded(codec.encode(line.event)) for line in reading.customer_numbered(page.events)]


@pytest.fixture
async def town(two_shops: tuple[Workshop, Workshop]) -> Town:
    return await Town(*two_shops).settle()


def frames(told: list[Announcement], kind: str) -> list[dict[str, Any]]:
    found = [decoded(one.frame) for one in told]
    return [frame for frame in found if frame["type"] == kind]


# --- there, or gone ---------------------------------------------------------------------------------------------------


async def test_who_is_heard_of_within_a_lease_is_there(town: Town) -> None:
    """A reload, a restart, a tunnel: nobody notices."""
    opened = await town.taken()
    await town.later(34, town.lena)
    assert await town.sweep() == []
    await presence.renew(town.two.desk, [town.one.seen(town.lena.id)])
    await town.later(34, town.lena)
    assert await town.sweep() == []
    assert (await town.ticket(opened)).absent_since is None


async def test_who_is_not_heard_of_is_gone_and_one_process_says_so(town: Town) -> None:
    """Both look at once: one of them marks her, and tells of each of her tickets, once."""
    opened = [await town.taken() for _ in range(3)]
    done = await town.taken(None, Step.CLOSE)
    await town.later(36, town.lena)
    told = await town.sweep()
    assert sorted(frame["ticket"]["id"] for frame in frames(told, "ticket")) == sorted(o.ticket.id for o in opened)
    assert all(frame["ticket"]["absent_since"] for frame in frames(told, "ticket") + frames(told, "my_ticket"))
    assert {one.topic for one in told if decoded(one.frame)["type"] == "my_ticket"} == {topics.person(town.lena.id)}
    assert await town.sweep() == []
    assert (await town.ticket(done)).absent_since is None
    lena = await town.two.person(town.lena.id)
    assert (lena.availability, lena.reachable) == ("available", False)


async def test_who_comes_back_is_what_he_was(town: Town) -> None:
    """C-14: her choice has been kept; her windows learn since when she had counted as gone."""
    opened = await town.taken()
    await town.later(36, town.lena)
    await town.sweep()
    since = (await town.ticket(opened)).absent_since
    await presence.renew(town.two.desk, [town.one.seen(town.lena.id)])
    told = town.told()
    assert [frame["ticket"]["absent_since"] for frame in frames(told, "ticket")] == [None]
    assert [frame["absent_since"] for frame in frames(told, "back")] == [since]
    assert (await town.two.person(town.lena.id)).reachable
    assert await presence.arrive(town.one.desk, town.lena.id) is None
    assert town.told() == []


async def test_a_silent_connection_keeps_nobody(town: Town) -> None:
    """A laptop that was shut: the socket is open still, and nothing has been heard on it."""
    await town.later(20, town.lena)
    await presence.renew(town.one.desk, [town.one.seen(town.lena.id, 20_000)])
    await town.later(16, town.lena)
    await presence.renew(town.one.desk, [town.one.seen(town.lena.id, 36_000)])
    await town.sweep()
    assert not (await town.two.person(town.lena.id)).reachable
    await presence.renew(town.one.desk, [town.one.seen(town.lena.id, 37_000)])
    assert not (await town.two.person(town.lena.id)).reachable
    await presence.renew(town.one.desk, [town.one.seen(town.lena.id, 37_000), town.one.seen(town.lena.id, 100)])
    assert (await town.two.person(town.lena.id)).reachable


async def test_who_acts_is_there(town: Town) -> None:
    """Nobody is found gone while he works, whatever has become of the lease."""
    opened = await town.taken()
    await town.later(36, town.lena)
    await town.sweep()
    await steps.take_step(town.two.desk, town.lena, opened.ticket.id, Step.END_CHAT)
    assert (await town.ticket(opened)).absent_since is None
    await town.later(36, town.lena)
    await town.sweep()
    with pytest.raises(Refused):  # a refusal does nothing, and so it does not bring her back either
        await steps.take_step(town.two.desk, town.lena, opened.ticket.id, Step.END_CHAT)
    assert (await town.ticket(opened)).absent_since is not None


async def test_a_process_that_has_not_watched_says_nothing(town: Town) -> None:
    """After a start it cannot tell who has vanished from who could not reach it."""
    await town.later(500, town.lena)
    await presence.sweep(town.one.desk, only_let_go=True)
    assert (await town.two.person(town.lena.id)).reachable


async def test_a_sign_of_life_that_cannot_be_noted_turns_nobody_away(town: Town) -> None:
    """The disk is full, or the database is away: people go on."""
    await town.later(36, town.lena)
    await town.one.store.close()
    assert await presence.arrive(town.one.desk, town.lena.id) is None


# --- sessions ---------------------------------------------------------------------------------------------------------


async def sign_in(shop: Workshop, person: Technician, session: str) -> None:
    await shop.store.write(
        lambda tx: accounts.add_session(
            tx.conn, session=session, technician_id=person.id, now=0, expires_at=2**60, ip="", user_agent=""
        )
    )


async def test_signing_out_of_the_last_session_ends_it_at_once(town: Town) -> None:
    await sign_in(town.one, town.lena, "laptop")
    await sign_in(town.one, town.lena, "phone")
    await town.one.store.write(lambda tx: changes.end_session(tx, town.lena.id, "laptop"))
    assert frames(town.told(), "lease_ended") == []
    await presence.sweep(town.two.desk, only_let_go=True)
    assert (await town.two.person(town.lena.id)).reachable
    await town.one.store.write(lambda tx: changes.end_session(tx, town.lena.id, "phone"))
    assert len(frames(town.told(), "lease_ended")) == 1
    await presence.renew(town.two.desk, [Seen(town.lena.id, "phone", 0)])  # it has not heard of it yet
    await presence.sweep(town.two.desk, only_let_go=True)
    assert not (await town.two.person(town.lena.id)).reachable


async def test_a_disabled_account_is_gone_at_once(town: Town) -> None:
    opened = await town.taken()
    account = await town.one.store.read(lambda conn: accounts.by_id(conn, town.lena.id))
    assert account is not None
    await Roster(town.one.store).set_disabled(account.technician.email, disabled=True)
    await presence.renew(town.two.desk, [town.one.seen(town.lena.id)])
    await presence.sweep(town.two.desk, only_let_go=True)
    assert (await town.ticket(opened)).absent_since is not None
    await steps.take_step(town.two.desk, town.max, opened.ticket.id, Step.ASSIGN)


async def test_a_new_account_is_not_there_yet(town: Town) -> None:
    email = "new@example.com"
    await Roster(town.one.store).add(email, "New", "New")
    account = await town.one.store.read(lambda conn: accounts.by_email(conn, email))
    assert account is not None
    assert account.technician.absent_since is not None


# --- taking over ------------------------------------------------------------------------------------------------------


async def test_a_colleague_takes_over_from_who_is_gone(town: Town) -> None:
    """C-08: not while she is there; then the transcript says from whom, and the customer that she has left."""
    opened = await town.taken()
    with pytest.raises(Refused, match="taken"):
        await steps.take_step(town.two.desk, town.max, opened.ticket.id, Step.ASSIGN)
    await town.later(36, town.lena)
    await town.sweep()
    taken = await steps.take_step(town.two.desk, town.max, opened.ticket.id, Step.ASSIGN)
    assert (taken.state.assignee, taken.state.joined, taken.state.chat) == (town.max.id, False, Chat.NOT_JOINED)
    told = town.told()
    [line] = [frame["event"] for frame in frames(told, "event") if frame["event"]["kind"] == "taken_over"]
    assert (line["author"]["name"], line["previous"]) == ("Max Internal", "Lena Internal")
    mine = {one.topic for one in told if decoded(one.frame)["type"] == "my_ticket"}
    assert mine == {topics.person(town.lena.id), topics.person(town.max.id)}
    left = (await town.lines(opened))[-1]
    assert (left["kind"], left["author"]["name"]) == ("left", "Lena of support")
    await presence.renew(town.one.desk, [town.one.seen(town.lena.id)])
    assert (await reading.my_tickets(town.one.desk, town.lena)).rows == []
    with pytest.raises(Refused) as refused:
        await steps.take_step(town.one.desk, town.lena, opened.ticket.id, Step.ASSIGN)
    assert refused.value.who == "Max Internal"


async def test_a_customer_does_not_learn_of_a_technician_he_never_met(town: Town) -> None:
    """She had the ticket and was not in the chat: for the customer nothing has changed."""
    opened = await town.one.ticket(town.portal)
    await steps.take_step(town.one.desk, town.lena, opened.ticket.id, Step.ASSIGN)
    before = await town.lines(opened)
    await town.later(36, town.lena)
    await town.sweep()
    await steps.take_step(town.two.desk, town.max, opened.ticket.id, Step.ASSIGN)
    assert await town.lines(opened) == before


async def test_of_two_who_take_over_at_once_one_wins(town: Town) -> None:
    """G-23, C-08: the other is told who."""
    bo = await town.one.technician("Bo", town.portal.company_id)
    opened = await town.taken()
    await town.later(36, town.lena)
    await town.sweep()
    outcomes = await asyncio.gather(
        steps.take_step(town.one.desk, town.max, opened.ticket.id, Step.ASSIGN),
        steps.take_step(town.two.desk, bo, opened.ticket.id, Step.ASSIGN),
        return_exceptions=True,
    )
    [winner] = [outcome for outcome in outcomes if isinstance(outcome, TicketRecord)]
    [refused] = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert (refused.code, refused.who) == ("already_assigned", winner.assignee_name)


async def test_coming_back_and_being_taken_over_at_once(town: Town) -> None:
    """Whichever was first: what is told last is what is stored."""
    for _ in range(10):
        opened = await town.taken()
        await town.later(36, town.lena)
        await town.sweep()
        await asyncio.gather(
            presence.renew(town.one.desk, [town.one.seen(town.lena.id)]),
            steps.take_step(town.two.desk, town.max, opened.ticket.id, Step.ASSIGN),
            return_exceptions=True,
        )
        told = [frame for frame in frames(town.told(), "ticket") if frame["ticket"]["id"] == opened.ticket.id]
        last = max(told, key=lambda frame: int(frame["seq"]))["ticket"]
        now = await town.ticket(opened)
        assert (last["assignee"]["id"], last["absent_since"]) == (now.state.assignee, now.absent_since)
        assert now.absent_since is None


async def test_vanishing_while_taking_a_ticket(town: Town) -> None:
    """X-9: a sweep that meets a step of the same person: no ticket is somebody's who is gone, unmarked."""
    for _ in range(10):
        opened = await town.one.ticket(town.portal)
        await town.later(36, town.lena)
        await asyncio.gather(
            steps.take_step(town.one.desk, town.lena, opened.ticket.id, Step.ASSIGN),
            presence.sweep(town.two.desk, only_let_go=False),
        )
        told = [frame for frame in frames(town.told(), "ticket") if frame["ticket"]["id"] == opened.ticket.id]
        last = max(told, key=lambda frame: int(frame["seq"]))["ticket"]
        assert last["absent_since"] == (await town.ticket(opened)).absent_since


# --- back to the queue ------------------------------------------------------------------------------------------------


async def gone_for_good(town: Town) -> list[Announcement]:
    await town.later(36, town.lena)
    await town.sweep()
    await town.later(30, town.lena)
    return await town.sweep()


async def test_a_ticket_goes_back_into_its_old_place_and_the_customer_is_told(town: Town) -> None:
    """C-08, X-9: once, though both look; before who came later; and its technician may have it back."""
    opened = await town.taken(town.impatient)
    town.one.clock.now = town.two.clock.now = town.one.clock.now + 1
    later = await town.one.ticket(town.impatient)
    await town.later(36, town.lena)
    await town.sweep()
    await town.later(20, town.lena)
    assert await town.sweep() == [], "56 s are not 60"
    await town.later(5, town.lena)
    told = await town.sweep()
    now = await town.ticket(opened)
    assert (now.state.view, now.state.status, now.state.chat) == (View.NEW, Status.OPEN, Chat.NOT_JOINED)
    order = await town.two.queue(town.impatient.queue_id)
    assert order == [opened.ticket.id, later.ticket.id]
    assert len(frames(told, "queue_changed")) == 1
    returned = [frame["event"] for frame in frames(told, "event")]
    assert [(one["kind"], one["author"]["role"], one.get("previous")) for one in returned] == [
        ("returned", "system", "Lena Internal"),
        ("returned", "system", None),
    ]
    assert (await town.lines(opened))[-1]["kind"] == "returned"
    assert await town.sweep() == []
    await steps.take_step(town.two.desk, town.lena, opened.ticket.id, Step.ASSIGN)


async def test_without_the_setting_a_ticket_stays(town: Town) -> None:
    opened = await town.taken()
    await town.later(36, town.lena)
    await town.sweep()
    await town.later(100_000, town.lena)
    assert await town.sweep() == []
    assert (await town.ticket(opened)).state.assignee == town.lena.id


async def test_a_chat_that_has_ended_waits_for_nobody(town: Town) -> None:
    """Its ticket stays, marked; when the customer goes on with the chat, he does wait, and it goes back."""
    ended = await town.taken(town.impatient, Step.END_CHAT)
    closed = await town.taken(town.impatient, Step.CLOSE)
    assert await gone_for_good(town) == []
    assert (await town.ticket(ended)).absent_since is not None
    await steps.customer_step(town.one.desk, ended.customer, ended.ticket.id, Step.CUSTOMER_RESUME)
    await town.sweep()
    assert (await town.ticket(ended)).state.waits_in_queue
    assert (await town.ticket(closed)).state.status is Status.DONE


async def test_a_look_that_is_overtaken_gives_nothing_back(town: Town) -> None:
    """What was looked at has changed before it could be done: she is back, he has it, it is closed, nobody wants it."""
    opened = await town.taken(town.impatient)
    give_back = presence._give_back
    await town.later(100, town.lena)
    await presence.sweep(town.one.desk, only_let_go=False)

    async def tried() -> bool:
        ticket, person = opened.ticket.id, town.lena.id
        town.told()
        await town.two.store.write(lambda tx: give_back(town.two.desk, ticket, person, tx))
        return bool(town.told())

    patient = PortalSettings()
    before = town.impatient.settings
    await town.one.store.write(lambda tx: portals.set_settings(tx.conn, town.impatient.id, patient))
    assert not await tried()
    await town.one.store.write(lambda tx: portals.set_settings(tx.conn, town.impatient.id, before))
    await presence.renew(town.one.desk, [town.one.seen(town.lena.id)])
    assert not await tried()
    await town.later(100, town.lena)
    await presence.sweep(town.one.desk, only_let_go=False)
    await steps.take_step(town.one.desk, town.max, opened.ticket.id, Step.ASSIGN)
    assert not await tried()


# --- the counter ------------------------------------------------------------------------------------------------------


async def test_tickets_that_nobody_answers_for_are_counted(town: Town) -> None:
    """X-9: how many, and for how long; 0 as soon as somebody has them."""

    def measured() -> tuple[float, float]:
        [count], [seconds] = TICKETS_UNATTENDED.collect(), TICKETS_UNATTENDED_SECONDS.collect()
        return count.samples[0].value, seconds.samples[0].value

    opened = await town.taken()
    await town.later(36, town.lena)
    await town.sweep()
    await town.later(64, town.lena)
    await town.sweep()
    count, seconds = measured()
    assert count == 1
    assert 100 <= seconds < 200
    await steps.take_step(town.one.desk, town.max, opened.ticket.id, Step.ASSIGN)
    await town.sweep()
    assert measured() == (0, 0)


async def test_messages_of_somebody_who_is_gone_still_arrive(town: Town) -> None:
    """A socket that is thought dead and is not: what it accepted is stored, and nobody is lost."""
    opened = await town.taken()
    await town.later(36, town.lena)
    await town.sweep()
    await messages.technician_writes(
        town.one.desk, town.lena, opened.ticket.id, Written("00000000-0000-4000-8000-000000000001", "Here I am")
    )
    query = select(func.count()).select_from(events).where(events.c.body == "Here I am")
    assert await town.two.store.read(lambda conn: conn.execute(query).scalar_one()) == 1
    found = await town.two.store.read(lambda conn: tickets.get(conn, staff(town.max), opened.ticket.id))
    assert found is not None
