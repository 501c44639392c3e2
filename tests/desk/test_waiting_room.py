"""While a customer waits: the portal's own first line, an honest range beside the place, and leaving to be told."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from server.desk import canned, estimates, leaving, opening, reading, shapes, steps
from server.desk.administration.canned_replies import CannedReplies
from server.domain.estimate import MINUTE_MS, WINDOW_MS, Wait
from server.domain.portal import PortalTexts
from server.domain.texts import fill
from server.domain.ticket import Step
from server.protocol import shared
from server.protocol.administration import CannedReplyDraft
from server.protocol.rest import OpenTicket
from tests.desk.workshop import SOURCE, Workshop, code_of


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Workshop]:
    opened = await Workshop.open(tmp_path)
    yield opened
    await opened.close()


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("fr", "Bonjour Ada {key}, ici Acme: {key} de {opens}"),
        ("nl", "Hello Ada {key}, {key} at Acme"),
    ],
)
async def test_the_first_line_is_the_portals(shop: Workshop, lang: str, said: str) -> None:
    """In the customer's language where there is one; a name that looks like a placeholder stays what it is."""
    greeting = {"fr": "Bonjour {name}, ici {portal}: {key} de {opens}", "en": "Hello {name}, {key} at {portal}"}
    portal = await shop.portal("Acme", texts=PortalTexts(greeting=greeting))
    form = OpenTicket("00000000-0000-4000-8000-000000000001", "Help", "It is off", name="Ada {key}", lang=lang)
    opened = await opening.open_ticket(shop.desk, portal, None, form, SOURCE)
    page = await reading.customer_page(shop.desk, opened.customer, opened.ticket.id, None, None)
    first, second = [line.event for line in reading.customer_numbered(page.events)]
    expected = fill(said, {"key": opened.ticket.key}).replace(f"Ada {opened.ticket.key}", "Ada {key}")
    assert isinstance(first, shared.Message)
    assert (first.author.role, first.author.name, first.text) == ("system", "Acme", expected)
    assert isinstance(second, shared.Message)
    assert second.text == "It is off"
    assert opened.ticket.waiting_since == shop.clock()  # nobody has answered yet


async def test_the_range_comes_from_measured_pickups(shop: Workshop) -> None:
    """Of this queue, of the last hours; and from nothing where those who wait now wait longer."""
    portal, elsewhere = await shop.portal("Acme"), await shop.portal("Globex")
    lena = await shop.technician("Lena", portal.company_id, elsewhere.company_id)
    for minutes in (2, 3, 3, 4, 9):
        opened = await shop.ticket(portal)
        shop.clock.now += minutes * MINUTE_MS
        await steps.take_step(shop.desk, lena, opened.ticket.id, Step.ASSIGN)
    waiting = await shop.ticket(portal)
    [line] = await estimates.lines(shop.desk, {portal.queue_id: [waiting.ticket.id]})
    assert (line.places, line.wait(0), line.wait(1), line.wait(None)) == (
        {waiting.ticket.id: 0},
        Wait(3, 4),
        None,
        None,
    )
    assert await estimates.wait(shop.desk, elsewhere.queue_id, 0) is None
    shop.clock.now += 4 * MINUTE_MS + 1
    assert await estimates.wait(shop.desk, portal.queue_id, 0) is None
    await steps.take_step(shop.desk, lena, waiting.ticket.id, Step.ASSIGN)
    assert await estimates.wait(shop.desk, portal.queue_id, 0) == Wait(4, 5)
    shop.clock.now += WINDOW_MS
    assert await estimates.wait(shop.desk, portal.queue_id, 0) is None


async def test_who_leaves_keeps_the_place_and_is_marked(shop: Workshop) -> None:
    portal = await shop.portal("Acme", tell_later=True)
    lena = await shop.technician("Lena", portal.company_id)
    first, second = await shop.ticket(portal), await shop.ticket(portal)
    ticket = first.ticket.id
    left = await leaving.tell_later(shop.desk, first.customer, ticket, "ada@example.com")
    again = await leaving.tell_later(shop.desk, first.customer, ticket, "ada@example.com")
    assert (left.tell_later, left.email, again.staff_seq) == (True, "ada@example.com", left.staff_seq)
    assert await shop.queue(portal.queue_id) == [ticket, second.ticket.id]
    seen = await reading.ticket(shop.desk, lena, ticket)
    assert shapes.summary(seen).tell_later
    assert await code_of(leaving.tell_later(shop.desk, second.customer, ticket, "eve@example.com")) == "not_found"

    assert not (await leaving.stay(shop.desk, first.customer, ticket)).tell_later
    page = await reading.customer_page(shop.desk, first.customer, ticket, None, None)
    said = [type(line.event) for line in reading.customer_numbered(page.events)]
    assert said[-2:] == [shared.TellLater, shared.Stays]
    await steps.take_step(shop.desk, lena, ticket, Step.ASSIGN)
    assert await code_of(leaving.tell_later(shop.desk, first.customer, ticket, "ada@example.com")) == "not_waiting"


async def test_only_where_the_portal_offers_it_and_never_over_a_signed_address(shop: Workshop) -> None:
    plain = await shop.ticket(await shop.portal("Acme"))
    assert await code_of(leaving.tell_later(shop.desk, plain.customer, plain.ticket.id, "a@example.com")) == (
        "tell_later_off"
    )
    portal = await shop.portal("Globex", tell_later=True)
    opened = await shop.ticket(portal)
    signed = msgspec.structs.replace(opened.customer, verified=True, email="signed@example.com")
    known = await shop.ticket(portal, signed)
    left = await leaving.tell_later(shop.desk, signed, known.ticket.id, "typed@example.com")
    assert left.email == "signed@example.com"


async def test_canned_replies_are_read_by_those_who_may_see_the_company(shop: Workshop) -> None:
    portal = await shop.portal("Acme")
    lena = await shop.technician("Lena", portal.company_id)
    eve = await shop.technician("Eve", (await shop.portal("Globex")).company_id)
    draft = CannedReplyDraft(
        company=portal.company_id, category="Hello", title="Welcome", texts={"en": "Hi {customer}"}
    )
    await shop.store.write(lambda tx: CannedReplies().add(tx, draft, shop.clock()))
    [reply] = await canned.of_company(shop.desk, lena, portal.company_id)
    assert (reply.title, reply.texts) == ("Welcome", {"en": "Hi {customer}"})
    assert await code_of(canned.of_company(shop.desk, eve, portal.company_id)) == "not_found"
