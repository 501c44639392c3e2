"""Several technicians at one ticket: transfers, invitations, supervisors, and people's own queues."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import update

from server.bus.control import AbilityChanged
from server.desk import (
    availability,
    downloads,
    invitations,
    messages,
    presence,
    reading,
    steps,
    supervising,
    transfers,
)
from server.desk.administration import editing
from server.desk.administration.editing import COMMAND_LINE
from server.desk.administration.teams import Teams
from server.desk.messages import Written
from server.desk.opening import OpenedTicket
from server.desk.routing import route
from server.domain import limits
from server.domain.people import Technician
from server.domain.ticket import HELPERS, Step, View
from server.errors import Refused
from server.protocol import codec
from server.protocol.administration import Member, TeamDraft
from server.protocol.technician import Target
from server.store import queues, routing, tickets
from server.store.base import Tx
from server.store.lists import Only
from server.store.portals import PortalRecord
from server.store.tables import tickets as table
from server.store.tickets import TicketRecord
from tests.desk.replicas import decoded
from tests.desk.workshop import Workshop, code_of


class Hall:
    """A company, a ticket that Lena has and chats in, colleagues, and a team that Max supervises."""

    def __init__(self, shop: Workshop) -> None:
        self.shop = shop
        self.desk = shop.desk
        self.portal: PortalRecord
        self.lena: Technician
        self.max: Technician
        self.bo: Technician
        self.opened: OpenedTicket
        self.team = ""

    async def open(self) -> "Hall":
        self.portal = await self.shop.portal("Acme")
        company = self.portal.company_id
        self.lena, self.max, self.bo = [await self.shop.technician(name, company) for name in ("Lena", "Max", "Bo")]
        members = [Member(self.lena.id), Member(self.bo.id), Member(self.max.id, supervisor=True)]
        draft = TeamDraft(company=company, name="Printers", members=members)
        self.team = (await self.shop.store.write(lambda tx: editing.added(tx, Teams(), COMMAND_LINE, draft, 1))).id
        self.opened = await self.shop.ticket(self.portal)
        for step in (Step.ASSIGN, Step.JOIN):
            await steps.take_step(self.desk, self.lena, self.id, step)
        return self

    @property
    def id(self) -> str:
        return self.opened.ticket.id

    async def ticket(self) -> TicketRecord:
        return await self.shop.store.read(lambda conn: tickets.unscoped(conn, self.id))

    async def mine(self, person: Technician) -> list[str]:
        """Ids under this person's tickets."""
        page = await reading.my_tickets(self.desk, await self.shop.person(person.id))
        return [row.ticket.id for row in page.rows]

    async def away(self, person: Technician) -> Technician:
        return await availability.set_availability(self.desk, person, "away")

    async def customer_reads(self) -> list[tuple[str, str]]:
        """(kind, name) of each line that the customer sees; nothing internal is among them."""
        page = await reading.customer_page(self.desk, self.opened.customer, self.id, None, None)
        lines = [decoded(codec.encode(line.event)) for line in reading.customer_numbered(page.events)]
        assert "Internal" not in str(lines)
        assert "be kind" not in str(lines)
        return [(line["kind"], line["author"]["name"]) for line in lines]

    async def waits_for(self, person: Technician, way: str) -> TicketRecord:
        """A new ticket in this person's own queue."""
        opened = await self.shop.ticket(self.portal)

        def move(tx: Tx) -> TicketRecord:
            tickets.move(
                tx.conn, opened.ticket.id, queues.ensure(tx.conn, self.portal.company_id, "technician", person.id)
            )
            tx.conn.execute(update(table).where(table.c.id == opened.ticket.id).values(way=way))
            return tickets.unscoped(tx.conn, opened.ticket.id)

        return await self.shop.store.write(move)


@pytest.fixture
async def hall(shop: Workshop) -> Hall:
    return await Hall(shop).open()


# --- transfers --------------------------------------------------------------------------------------------------------


async def test_the_first_who_accepts_has_it(hall: Hall) -> None:
    """G-33, B-73: it stays with its owner meanwhile; the customer reads who left and who came, and no comment."""
    away = await hall.away(hall.bo)
    await transfers.offer(hall.desk, hall.lena, hall.id, Target(team=hall.team), "be kind")
    assert (await hall.ticket()).state.assignee == hall.lena.id
    assert await hall.mine(hall.bo) == await hall.mine(hall.max) == [hall.id]
    accepted = await asyncio.gather(
        *(code_of(transfers.accept(hall.desk, who, hall.id)) for who in (hall.max, away)),
    )
    assert sorted(accepted) == ["already_assigned", "ok"]
    ticket = await hall.ticket()
    assert ticket.state.joined
    assert ticket.offer is None
    loser = hall.bo if ticket.state.assignee == hall.max.id else hall.max
    with pytest.raises(Refused) as lost:
        await transfers.accept(hall.desk, loser, hall.id)
    assert lost.value.who == ticket.assignee_name
    assert await hall.mine(loser) == await hall.mine(hall.lena) == []
    assert (await hall.customer_reads())[-2:] == [
        ("left", "Lena of support"),
        ("joined", str(ticket.assignee_public_name)),
    ]


async def test_an_offer_ends(hall: Hall) -> None:
    """G-33: declined by the one who was asked, by all of a team, withdrawn, or with the owner."""
    to = Target(technician=hall.bo.id)
    for declined in (True, False):
        await transfers.offer(hall.desk, hall.lena, hall.id, to, None)
        again = transfers.offer(hall.desk, hall.lena, hall.id, Target(team=hall.team), None)
        assert await code_of(again) == "already_offered"
        if declined:
            await transfers.decline(hall.desk, hall.bo, hall.id)
        else:
            await transfers.withdraw(hall.desk, hall.lena, hall.id)
        assert await code_of(transfers.accept(hall.desk, hall.bo, hall.id)) == "not_offered"
    await transfers.offer(hall.desk, hall.lena, hall.id, Target(team=hall.team), None)
    await transfers.decline(hall.desk, hall.bo, hall.id)
    assert await hall.mine(hall.bo) == []
    for answer in (transfers.accept, transfers.decline):
        assert await code_of(answer(hall.desk, hall.bo, hall.id)) == "not_offered"
    offer = (await hall.ticket()).offer
    assert offer is not None
    assert offer.to
    for who in offer.to:
        await transfers.decline(hall.desk, await hall.shop.person(who), hall.id)
    assert (await hall.ticket()).offer is None
    await transfers.offer(hall.desk, hall.lena, hall.id, Target(team=hall.team), None)
    await steps.take_step(hall.desk, hall.lena, hall.id, Step.CLOSE)
    assert (await hall.ticket()).offer is None


async def test_who_may_offer_to_whom(hall: Hall) -> None:
    """B-73: only the owner, or a supervisor of his; to somebody who can take it."""
    stranger = await hall.shop.technician("Eve", (await hall.shop.portal("Other")).company_id)
    for to in (Target(technician=stranger.id), Target(technician=hall.lena.id), Target(team=hall.portal.id)):
        assert await code_of(transfers.offer(hall.desk, hall.lena, hall.id, to, None)) == "cannot_take"
    for to in (Target(), Target(team=hall.team, technician=hall.bo.id)):
        assert await code_of(transfers.offer(hall.desk, hall.lena, hall.id, to, None)) == "bad_input"
    to = Target(technician=hall.bo.id)
    assert await code_of(transfers.offer(hall.desk, hall.bo, hall.id, to, None)) == "not_assigned_to_you"
    assert await code_of(transfers.offer(hall.desk, hall.max, hall.id, to, None)) == "ok"


# --- invitations ------------------------------------------------------------------------------------------------------


async def test_who_is_invited_writes_to_the_customer(hall: Hall) -> None:
    """G-34: under the own name, from when he comes until he goes; also somebody who is away."""
    bo = await hall.away(hall.bo)
    note = Written("00000000-0000-4000-8000-000000000001", "Hello, I am Bo")
    assert await code_of(messages.technician_writes(hall.desk, bo, hall.id, note)) == "not_found"
    await invitations.invite(hall.desk, hall.lena, hall.id, bo.id, "be kind")
    assert await hall.mine(bo) == [hall.id]
    assert await code_of(messages.technician_writes(hall.desk, bo, hall.id, note)) == "not_assigned_to_you"
    await invitations.come(hall.desk, bo, hall.id)
    await messages.technician_writes(hall.desk, bo, hall.id, note)
    await invitations.leave(hall.desk, bo, hall.id)
    assert await code_of(invitations.leave(hall.desk, bo, hall.id)) == "not_found"
    assert (await hall.customer_reads())[-3:] == [(kind, "Bo of support") for kind in ("came", "message", "went")]
    assert (await hall.ticket()).state.assignee == hall.lena.id


@pytest.mark.parametrize("end", [Step.END_CHAT, Step.UNASSIGN, Step.CLOSE, None])
async def test_an_invitation_ends_with_the_chat(hall: Hall, end: Step | None) -> None:
    """G-34: and when nobody has the ticket any more; the owner can do without somebody, too."""
    await invitations.invite(hall.desk, hall.lena, hall.id, hall.bo.id, None)
    await invitations.come(hall.desk, hall.bo, hall.id)
    if end is None:
        await invitations.remove(hall.desk, hall.lena, hall.id, hall.bo.id)
    else:
        await steps.take_step(hall.desk, hall.lena, hall.id, end)
    assert (await hall.ticket()).helpers == []
    text = Written("00000000-0000-4000-8000-000000000001", "Am I still here?")
    assert await code_of(messages.technician_writes(hall.desk, hall.bo, hall.id, text)) != "ok"


async def test_how_many_may_be_invited(hall: Hall) -> None:
    """G-34: seven; each of them once."""
    guests = [await hall.shop.technician(f"Guest{n}", hall.portal.company_id) for n in range(HELPERS + 1)]
    codes = [await code_of(invitations.invite(hall.desk, hall.lena, hall.id, one.id, None)) for one in guests]
    assert codes == ["ok"] * HELPERS + ["too_many_helpers"]
    assert await code_of(invitations.invite(hall.desk, hall.lena, hall.id, guests[0].id, None)) == "already_invited"


# --- supervisors ------------------------------------------------------------------------------------------------------


async def test_supervisors_order_the_work_of_their_teams(hall: Hall) -> None:
    """They give what waits and what members have, and take it away; nobody else does."""
    for refused in (
        supervising.give(hall.desk, hall.lena, hall.id, hall.bo.id),
        supervising.take_away(hall.desk, hall.bo, hall.id),
    ):
        assert await code_of(refused) == "not_your_team"
    await supervising.give(hall.desk, hall.max, hall.id, hall.bo.id)
    ticket = await hall.ticket()
    assert (ticket.state.assignee, ticket.state.joined) == (hall.bo.id, False)
    [bo] = await hall.shop.store.read(lambda conn: routing.free(conn, [hall.bo.id]))
    assert bo.idle_since == hall.shop.clock(), "he would be given the next one at once"
    assert (await hall.customer_reads())[-1] == ("left", "Lena of support")
    await supervising.take_away(hall.desk, hall.max, hall.id)
    waiting = await hall.ticket()
    assert (waiting.state.assignee, waiting.queued_at) == (None, hall.opened.ticket.queued_at)
    outsider = await hall.shop.technician("Ina", hall.portal.company_id)
    assert await code_of(supervising.give(hall.desk, hall.max, hall.id, outsider.id)) == "not_your_team"
    await steps.take_step(hall.desk, outsider, hall.id, Step.ASSIGN)
    assert await code_of(supervising.take_away(hall.desk, hall.max, hall.id)) == "not_your_team"


async def test_a_part_of_the_list(hall: Hall) -> None:
    """A supervisor looks at what waits with his teams and what their members have; counts come with it."""
    waiting = await hall.waits_for(hall.bo, "key")
    other = await hall.shop.ticket(hall.portal)
    both, none = Only([waiting.queue_id], [hall.lena.id]), Only([], [hall.bo.id])
    for only, wanted in ((both, {waiting.id, hall.id}), (none, set()), (None, {waiting.id, hall.id, other.ticket.id})):
        window = await reading.shared_list(
            hall.desk, hall.max, View.ALL, "time", descending=True, offset=0, limit=50, only=only
        )
        assert ({row.ticket.id for row in window.rows}, window.total) == (wanted, len(wanted))


async def test_my_tickets_come_in_pages(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """G-13: newest first, also of those of the same moment; what waits for a word of mine is on the first page."""
    monkeypatch.setattr(limits, "MY_TICKETS", 2)
    await transfers.offer(hall.desk, hall.lena, hall.id, Target(technician=hall.bo.id), None)
    taken: list[str] = []
    for moment in (1, 1, 1, 2):
        hall.shop.clock.now += moment - 1
        opened = await hall.shop.ticket(hall.portal)
        await steps.take_step(hall.desk, hall.bo, opened.ticket.id, Step.ASSIGN)
        taken = [opened.ticket.id, *taken]
    same_moment = sorted([*taken[1:], hall.id], reverse=True)
    pages, before = [], None
    for _ in range(3):
        page = await reading.my_tickets(hall.desk, hall.bo, before)
        pages.append([row.ticket.id for row in page.rows])
        before = page.more
    assert before is None
    in_order = [taken[0], *same_moment]
    first = in_order[:2] if hall.id in in_order[:2] else [*in_order[:2], hall.id]
    assert pages == [first, in_order[2:4], in_order[4:]]


async def test_saved_transcripts_tell_of_it(hall: Hall) -> None:
    """G-33, G-34: comments only where notes are wanted, too."""
    desk, lena, bo = hall.desk, hall.lena, hall.bo
    to = Target(technician=bo.id)
    await transfers.offer(desk, lena, hall.id, to, "be kind")
    await transfers.decline(desk, bo, hall.id)
    await transfers.offer(desk, lena, hall.id, to, "be kind")
    await transfers.withdraw(desk, lena, hall.id)
    await invitations.invite(desk, lena, hall.id, bo.id, "be kind")
    await invitations.leave(desk, bo, hall.id)
    await supervising.give(desk, hall.max, hall.id, bo.id)
    await supervising.take_away(desk, hall.max, hall.id)

    async def saved(kind: downloads.Format, *, notes: bool) -> str:
        return (await downloads.for_technician(desk, lena, hall.id, kind, notes=notes)).content.decode()

    told = await saved("text", notes=True)
    for line in (
        "Lena Internal offers the ticket to Bo Internal: be kind",
        "Bo Internal declined the ticket",
        "Lena Internal keeps the ticket",
        "Lena Internal invited Bo Internal into the chat: be kind",
        "Bo Internal does not come into the chat",
        "Max Internal gave the ticket to Bo Internal",
        "Max Internal put the ticket of Bo Internal back into the queue",
    ):
        assert line in told
    for kind in downloads.MEDIA:
        assert "be kind" not in await saved(kind, notes=False)
        assert (
            "be kind" not in (await downloads.for_customer(desk, hall.opened.customer, hall.id, kind)).content.decode()
        )


# --- people's own queues ----------------------------------------------------------------------------------------------


async def test_what_waits_for_somebody_is_under_his_tickets(hall: Hall) -> None:
    """B-05, B-06: while he is away, too; he opens it and takes it."""
    away = await hall.away(hall.bo)
    waiting = await hall.waits_for(away, "key")
    assert await hall.mine(away) == [waiting.id]
    assert (await reading.ticket(hall.desk, away, waiting.id)).waits_for == away.id
    assert await code_of(reading.ticket(hall.desk, away, hall.id)) == "not_found"
    taken = await steps.take_step(hall.desk, away, waiting.id, Step.ASSIGN)
    assert (taken.state.assignee, taken.picked_at) == (away.id, hall.shop.clock())


Leaves = Callable[[Hall], Awaitable[Any]]


async def _goes_away(hall: Hall) -> None:
    await hall.away(hall.bo)


async def _vanishes(hall: Hall) -> None:
    hall.shop.clock.now += 36_000
    await presence.sweep(hall.desk, only_let_go=False)


@pytest.mark.parametrize(
    ("leaves", "way", "goes"),
    [
        (_goes_away, "technician", True),
        (_goes_away, "key", False),
        (_vanishes, "technician", True),
        (_vanishes, "form", True),
    ],
)
async def test_a_queue_whose_owner_has_left(hall: Hall, leaves: Leaves, way: str, goes: bool) -> None:
    """B-71, B-72: it waits in the portal's queue, as long as it has waited; who was told a name is told of it."""
    waiting = await hall.waits_for(hall.bo, way)
    await leaves(hall)
    await hall.shop.store.write(lambda tx: route(hall.desk, hall.portal.company_id, tx))
    after = await hall.shop.store.read(lambda conn: tickets.unscoped(conn, waiting.id))
    assert (after.queue_id == hall.portal.queue_id) is goes
    assert after.queued_at == waiting.queued_at
    assert (after.customer_seq - waiting.customer_seq) == (1 if goes and way == "technician" else 0)


# --- given automatically ----------------------------------------------------------------------------------------------


async def _does_not_come(hall: Hall) -> None:
    hall.shop.clock.now += 61_000
    for one in (hall.lena, hall.max, hall.bo):
        await presence.arrive(hall.desk, one.id)
    hall.shop.take()
    await presence.sweep(hall.desk, only_let_go=False)
    assert [told.frame for told in hall.shop.take()] == [codec.encode(AbilityChanged(hall.bo.id))], "nobody looks"


@pytest.mark.parametrize("leaves", [_goes_away, _vanishes, _does_not_come])
async def test_what_was_given_goes_back_where_nobody_comes(shop: Workshop, leaves: Leaves) -> None:
    """C-07, X-9: into its old place, and to the next one; of all that the customer reads the status."""
    hall = Hall(shop)
    hall.portal = await shop.portal("Acme", automatic=True, return_to_queue_seconds=60)
    company = hall.portal.company_id
    hall.bo = await shop.technician("Bo", company)
    hall.opened = await shop.ticket(hall.portal)
    await shop.store.write(lambda tx: route(hall.desk, company, tx))
    given = await hall.ticket()
    assert (given.state.assignee, given.routed_at, given.picked_at) == (hall.bo.id, shop.clock(), shop.clock())
    hall.lena, hall.max = [await shop.technician(name, company) for name in ("Lena", "Max")]
    await leaves(hall)
    for one in (hall.lena, hall.max):
        await presence.arrive(hall.desk, one.id)
    for _ in range(2):
        await shop.store.write(lambda tx: route(hall.desk, company, tx))
    again = await hall.ticket()
    assert again.state.assignee in (hall.lena.id, hall.max.id)
    assert again.queued_at == given.queued_at
    assert {kind for kind, _name in await hall.customer_reads()} == {"message", "status"}
