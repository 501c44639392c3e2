"""What happens at a moment and without anybody: portals close and open, notices expire. Two processes, one database.

SQLite and PostgreSQL in turn, for each moment has to be noticed by every process and written by one of them.
"""

import asyncio
import uuid
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from server.bus.control import SetupChanged
from server.desk import hours, moments, notices, reading, steps
from server.desk.administration import editing
from server.desk.administration.notices import Notices
from server.desk.administration.schedules import Schedules
from server.desk.moments import Moments
from server.desk.opening import OpenedTicket
from server.domain import schedule
from server.domain.schedule import Hours, Timetable
from server.domain.ticket import Chat, Step
from server.errors import NotFound, Refused
from server.protocol import codec
from server.protocol.administration import Notice, NoticeDraft, Schedule, ScheduleDraft
from server.store import tickets
from server.store.base import Tx
from server.store.schedules import Door
from server.store.tables import portals
from server.store.tickets import TicketRecord
from tests.desk.replicas import decoded
from tests.desk.workshop import Workshop

MINUTE = 60_000
WEEKDAYS = [Hours(day, "08:00", day, "09:00") for day in range(5)]
"""The clock of a workshop begins on a Thursday at 08:53:20 UTC."""


class House:
    """Two processes, a portal of one company, and a technician."""

    def __init__(self, one: Workshop, two: Workshop) -> None:
        self.shops = [one, two]
        self.one = one
        self.told: list[SetupChanged] = []
        self.moments = [Moments(shop.store, self.clock, self.told.append) for shop in self.shops]

    def clock(self) -> int:
        return self.one.clock()

    async def settle(self) -> "House":
        self.portal = await self.one.portal("Acme")
        self.lena = await self.one.technician("Lena", self.portal.company_id)
        await self.look()
        return self

    def passes(self, minutes: float) -> None:
        for shop in self.shops:
            shop.clock.now += int(minutes * MINUTE)

    async def look(self) -> float:
        """Every process looks, at the same time; when the next look is due."""
        return min(await asyncio.gather(*(one.look() for one in self.moments)))

    async def schedule(self, *hours: Hours) -> Schedule:
        """The portal is open at these hours."""
        draft = ScheduleDraft(company=self.portal.company_id, name="Hours", time_zone="UTC", hours=[*hours])

        def work(tx: Tx) -> Schedule:
            made: Schedule = editing.added(tx, Schedules(), editing.COMMAND_LINE, draft, self.clock())
            tx.conn.execute(update(portals).where(portals.c.id == self.portal.id).values(schedule_id=made.id))
            return made

        return await self.one.store.write(work)

    async def notice(self, **fields: Any) -> Notice:
        """The portal shows one."""
        draft = NoticeDraft(
            **{"company": self.portal.company_id, "portals": [self.portal.id], "name": "Outage", "lang": "en"}
            | {"text": "**Mail** is slow.", **fields}
        )
        added = partial(editing.added, noun=Notices(), editor=editing.COMMAND_LINE, draft=draft, now=self.clock())
        made: Notice = await self.one.store.write(added)
        return made

    async def change(self, notice: Notice, **fields: Any) -> None:
        known = {name: getattr(notice, name) for name in NoticeDraft.__struct_fields__}
        draft = NoticeDraft(**known | fields)
        await self.one.store.write(
            lambda tx: editing.changed(tx, Notices(), editing.COMMAND_LINE, notice.id, draft, None, self.clock())
        )

    async def lines(self, opened: OpenedTicket, *kinds: str) -> list[dict[str, Any]]:
        """Lines of these kinds, as the customer reads them."""
        page = await reading.customer_page(self.one.desk, opened.customer, opened.ticket.id, None, None)
        found = [decoded(codec.encode(line.event)) for line in reading.customer_numbered(page.events)]
        return [line for line in found if line["kind"] in kinds]

    async def ticket(self, opened: OpenedTicket) -> TicketRecord:
        return await self.one.store.read(lambda conn: tickets.unscoped(conn, opened.ticket.id))

    async def waits(self, opened: OpenedTicket, notice: Notice) -> None:
        await notices.wait(self.one.desk, opened.customer, opened.ticket.id, notice.id)

    async def waiting(self, notice: Notice) -> int:
        """As technicians are told."""
        [told] = (await notices.for_technician(self.one.desk, self.lena)).notices
        assert told.id == notice.id
        return told.waiting


@pytest.fixture
async def house(two_shops: tuple[Workshop, Workshop]) -> House:
    return await House(*two_shops).settle()


# --- portals ----------------------------------------------------------------------------------------------------------


async def test_b_63_at_closing_time_who_waits_is_told_once_and_a_chat_goes_on(house: House) -> None:
    await house.schedule(*WEEKDAYS)
    waiting, served, gone = [await house.one.ticket(house.portal) for _ in range(3)]
    for step in (Step.ASSIGN, Step.JOIN):
        await steps.take_step(house.one.desk, house.lena, served.ticket.id, step)
    await steps.customer_step(house.one.desk, gone.customer, gone.ticket.id, Step.CUSTOMER_END)
    assert await house.look() == moments.LONGEST_S
    house.passes(6.5)
    assert 0 < await house.look() <= 10.0
    assert house.told == []
    house.passes(0.5)

    await house.look()
    [told] = await house.lines(waiting, "portal_closed")
    assert (told["status"], told["chat"]) == ("open", "not_joined")
    assert told["opens_at"] == house.clock() - house.clock() % (60 * MINUTE) + 23 * 60 * MINUTE
    assert [await house.lines(one, "portal_closed") for one in (served, gone)] == [[], []]
    assert house.told == [SetupChanged(0, "portal", house.portal.id, house.portal.company_id)] * 2
    assert (await house.ticket(waiting)).state.waits_in_queue
    with pytest.raises(Refused) as refused:
        await house.one.ticket(house.portal)
    assert refused.value.code == "portal_closed"

    house.passes(23 * 60)  # and opens, and closes again
    await house.look()
    assert len(house.told) == 4
    await house.one.ticket(house.portal)
    house.passes(61)
    await house.look()
    assert len(await house.lines(waiting, "portal_closed")) == 2


async def test_b_63_what_closed_while_nobody_ran_is_told_by_whoever_starts(house: House) -> None:
    await house.schedule(*WEEKDAYS)
    waiting = await house.one.ticket(house.portal)
    house.passes(60)
    house.moments = [Moments(shop.store, house.clock, house.told.append) for shop in house.shops]
    await house.look()
    await house.look()
    assert len(await house.lines(waiting, "portal_closed")) == 1


def test_how_a_portal_stands_is_reckoned_once_until_it_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """B-60: however many ask. Where a clock was put back it is reckoned anew."""
    asked: list[int] = []
    reckon = schedule.standing

    def counted(timetable: Timetable, at: int) -> schedule.Standing:
        asked.append(at)
        return reckon(timetable, at)

    monkeypatch.setattr(schedule, "standing", counted)
    edges: list[tuple[Door, int]] = []
    for zone, days in (("UTC", WEEKDAYS), ("Europe/Amsterdam", []), ("Asia/Kolkata", WEEKDAYS[:1])):
        door = Door("portal", "company", "help", was_open=True, timetable=Timetable(zone, days))
        for minute in (*range(0, 20_000, 97), *range(3, 20_000, 501)):
            at = 1_760_000_000_000 + minute * MINUTE
            right = reckon(Timetable(zone, days), at)
            assert hours.standing_of(door, at) == right
            edges += [(door, at), (door, right.changes_at or at)]
    assert len(asked) < 150
    for door, at in edges:
        assert hours.standing_of(door, at) == reckon(door.timetable or Timetable("UTC"), at)


# --- notices ----------------------------------------------------------------------------------------------------------


async def test_b_50_this_is_mine_frees_the_queue_and_the_way_back_is_open(house: House) -> None:
    notice = await house.notice()
    mine, behind = await house.one.ticket(house.portal), await house.one.ticket(house.portal)
    assert behind.ahead == 1
    await house.waits(mine, notice)
    await house.waits(mine, notice)  # twice is once
    assert await reading.ahead(house.one.desk, behind.ticket.id) == 0
    ticket = await house.ticket(mine)
    assert (ticket.news, ticket.state.chat, ticket.state.view) == (True, Chat.ENDED, "new")
    assert await house.waiting(notice) == 1
    assert [line["notice"] for line in await house.lines(mine, "waits_for_news")] == [notice.id]

    await steps.customer_step(house.one.desk, mine.customer, mine.ticket.id, Step.CUSTOMER_RESUME)
    ticket = await house.ticket(mine)
    assert (ticket.news, ticket.state.waits_in_queue) == (False, True)
    assert await reading.ahead(house.one.desk, behind.ticket.id) == 1  # the old place
    assert await house.waiting(notice) == 0

    await steps.take_step(house.one.desk, house.lena, mine.ticket.id, Step.ASSIGN)
    with pytest.raises(Refused) as refused:
        await house.waits(mine, notice)
    assert refused.value.code == "not_waiting"


async def test_b_50_news_reach_those_who_wait_for_them(house: House) -> None:
    notice = await house.notice()
    mine, other = await house.one.ticket(house.portal), await house.one.ticket(house.portal)
    await house.waits(mine, notice)
    await house.change(notice, name="Only its name")
    assert await house.lines(mine, "news") == []
    await house.change(notice, text="Mail is back in an hour.")
    [news] = await house.lines(mine, "news")
    assert (news["change"], news["notice"], news["chat"]) == ("changed", notice.id, "ended")
    assert await house.waiting(notice) == 1

    await house.change(notice, portals=[])
    await house.look()
    assert [line["change"] for line in await house.lines(mine, "news")] == ["changed", "over"]
    assert not (await house.ticket(mine)).news
    assert await house.lines(other, "news") == []


async def test_b_51_a_notice_expires_at_its_moment_and_those_who_wait_are_asked_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "AT_ONCE", 1)  # there is more than one transaction
    notice = await house.notice(expires_at=house.clock() + 5 * MINUTE)
    *waiting, late = [await house.one.ticket(house.portal) for _ in range(6)]
    for ticket in waiting:
        await house.waits(ticket, notice)
    house.passes(4.9)
    assert 0 < await house.look() <= 6.0
    assert await house.lines(waiting[0], "news") == []
    house.passes(0.1)
    with pytest.raises(NotFound):  # before anybody has looked
        await house.waits(late, notice)
    with pytest.raises(NotFound):
        await notices.visitor_waits(house.one.desk, house.portal, notice.id)

    await house.look()
    await house.look()
    for ticket in waiting:
        assert [line["change"] for line in await house.lines(ticket, "news")] == ["over"]
    assert house.told == [SetupChanged(0, "notice", notice.id, house.portal.company_id)] * 2


async def test_a_notice_that_is_taken_away_asks_those_who_wait(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some in each transaction; from the first one on it is shown nowhere, and nobody begins to wait."""
    monkeypatch.setattr(notices, "AT_ONCE", 2)
    notice = await house.notice()
    mine, *others, late = [await house.one.ticket(house.portal) for _ in range(4)]
    for ticket in (mine, *others):
        await house.waits(ticket, notice)
    await notices.visitor_waits(house.one.desk, house.portal, notice.id)
    assert await house.waiting(notice) == 4
    removed = partial(
        editing.removed, noun=Notices(), editor=editing.COMMAND_LINE, item_id=notice.id, now=house.clock()
    )
    assert not await house.one.store.write(removed)
    told = [bool(await house.lines(ticket, "news")) for ticket in (mine, *others)]
    assert sorted(told) == [False, True, True]
    with pytest.raises(NotFound):
        await house.waits(late, notice)
    assert await house.one.store.write(removed)
    for ticket in (mine, *others):
        assert [line["change"] for line in await house.lines(ticket, "news")] == ["over"]
    assert not (await house.ticket(mine)).news
    with pytest.raises(NotFound):
        await notices.wait(house.one.desk, mine.customer, mine.ticket.id, str(uuid.uuid4().hex))
