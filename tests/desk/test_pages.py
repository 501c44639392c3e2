"""Pages of transcripts that are asked for in the same moment, and answered by one read."""

import asyncio
import uuid

import pytest

from server.desk import messages, reading
from server.desk.messages import Written
from server.desk.opening import OpenedTicket
from server.desk.reading import Stretch
from server.errors import NotFound
from tests.desk.workshop import Workshop


def bodies(page: Stretch | BaseException) -> list[str]:
    assert isinstance(page, Stretch)
    return [event.body for event in page.events]


async def talk(shop: Workshop, opened: OpenedTicket, *texts: str) -> None:
    """The customer writes."""
    for text in texts:
        await messages.customer_writes(shop.desk, opened.customer, opened.ticket.id, Written(str(uuid.uuid4()), text))


async def test_each_is_answered_by_what_he_may_see(shop: Workshop) -> None:
    """Rights are looked at for each who asks, however many are answered together."""
    acme, other = await shop.portal("Acme"), await shop.portal("Other")
    lena, zed = await shop.technician("Lena", acme.company_id), await shop.technician("Zed", other.company_id)
    away = await shop.technician("Max", acme.company_id, available=False)
    ours, theirs = await shop.ticket(acme, words="ours"), await shop.ticket(other, words="theirs")
    staff = [reading.staff_page(shop.desk, who, ours.ticket.id, 0, None) for who in (lena, zed, away)]
    customers = [reading.customer_page(shop.desk, one.customer, theirs.ticket.id, 0, None) for one in (ours, theirs)]
    answers = await asyncio.gather(*staff, *customers, return_exceptions=True)
    assert bodies(answers[0]) == ["ours"]
    assert bodies(answers[4]) == ["theirs"]
    assert [type(answer) for answer in answers[1:4]] == [NotFound] * 3


@pytest.mark.parametrize("at_once", [1, 4, 500])
async def test_each_gets_what_it_lacks(shop: Workshop, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    """Of one ticket and of several, in one statement or in many: from each one's own number on, or all or nothing."""
    monkeypatch.setattr(reading, "EVENTS_AT_ONCE", at_once)
    portal = await shop.portal("Acme")
    lena = await shop.technician("Lena", portal.company_id)
    one, two = await shop.ticket(portal, words="a1"), await shop.ticket(portal, words="b1")
    await talk(shop, one, "a2", "a3")
    await talk(shop, two, "b2")
    wanted = [(one, 0), (two, 1), (one, 2), (one, 3), (two, 7), (one, None)]
    pages = await asyncio.gather(
        *(reading.staff_page(shop.desk, lena, opened.ticket.id, after, None) for opened, after in wanted)
    )
    assert [bodies(page) for page in pages] == [
        ["a1", "a2", "a3"],
        ["b2"],
        ["a3"],
        [],
        ["b1", "b2"],
        ["a1", "a2", "a3"],
    ]
    assert [page.recovered for page in pages] == [True, True, True, True, False, False]
    assert [page.tail for page in pages] == [3, 2, 3, 3, 2, 3]


async def test_newest_tickets_of_several_customers(shop: Workshop) -> None:
    """Each gets his own, newest first, and no more than there is room for."""
    portal, other = await shop.portal("Acme"), await shop.portal("Other")
    ada, bo = await shop.ticket(portal), await shop.ticket(other)
    for _ in range(reading.CUSTOMER_TICKETS):
        shop.clock.now += 1_000
        await shop.ticket(portal, ada.customer)
    first, second = await asyncio.gather(*(reading.greeting(shop.desk, who.customer) for who in (ada, bo)))
    assert len(first.tickets) == reading.CUSTOMER_TICKETS
    assert ada.ticket.id not in {ticket.id for ticket in first.tickets}
    times = [ticket.created_at for ticket in first.tickets]
    assert times == sorted(times, reverse=True)
    assert [ticket.id for ticket in second.tickets] == [bo.ticket.id]
    assert (first.portal.id, second.portal.id) == (portal.id, other.id)
