"""Exactly once and in order, whatever a client repeats and however many do something at the same moment."""

import asyncio
import uuid
from typing import Any

import pytest
from sqlalchemy import func, select

from server.desk import messages, steps
from server.desk.messages import Written
from server.desk.opening import OpenedTicket
from server.domain.people import Technician
from server.domain.ticket import Step
from server.errors import Conflict, Refused, ResendFrom
from server.store.tables import events, tickets
from tests.desk.workshop import Workshop

TAB, OTHER_TAB = "a" * 32, "b" * 32


def written(text: str = "hello", n: int | None = 1, stream: str | None = TAB, client_id: str | None = None) -> Written:
    return Written(client_id or str(uuid.uuid4()), text, stream if n else None, n)


async def stored(shop: Workshop) -> list[tuple[str, int]]:
    """(text, staff number) of all messages and notes but the first."""
    query = select(events.c.body, events.c.staff_seq).where(events.c.body != "").order_by(events.c.staff_seq).offset(1)
    return await shop.store.read(lambda conn: [(row.body, row.staff_seq) for row in conn.execute(query)])


@pytest.fixture
async def opened(shop: Workshop) -> OpenedTicket:
    """Ada's ticket."""
    return await shop.ticket(await shop.portal("Acme"))


@pytest.fixture
async def lena(shop: Workshop, opened: OpenedTicket) -> Technician:
    """Who is in the chat."""
    technician = await shop.technician("Lena", opened.ticket.company_id)
    for step in (Step.ASSIGN, Step.JOIN):
        await steps.take_step(shop.desk, technician, opened.ticket.id, step)
    return technician


async def test_a_repeated_message_gets_its_first_answer_even_after_the_end(
    shop: Workshop, opened: OpenedTicket, lena: Technician
) -> None:
    """The ack was lost, and the chat has ended since: the message is there, and the client must hear so."""
    message = written()
    first = await messages.customer_writes(shop.desk, opened.customer, opened.ticket.id, message)
    answer = written()
    reply = await messages.technician_writes(shop.desk, lena, opened.ticket.id, answer)
    await steps.take_step(shop.desk, lena, opened.ticket.id, Step.CLOSE)
    shop.take()
    again = await messages.customer_writes(shop.desk, opened.customer, opened.ticket.id, message)
    assert (again.id, again.customer_seq) == (first.id, first.customer_seq)
    again = await messages.technician_writes(shop.desk, lena, opened.ticket.id, answer)
    assert (again.id, again.staff_seq) == (reply.id, reply.staff_seq)
    assert shop.take() == []
    with pytest.raises(Refused, match="closed"):
        await messages.customer_writes(shop.desk, opened.customer, opened.ticket.id, written("new", n=2))


@pytest.mark.parametrize(
    "other",
    [
        {"text": "other words"},
        {"text": "other words", "n": 2},
        {"text": "other words", "n": 1, "stream": OTHER_TAB},
        {"text": "other words", "n": None},
    ],
)
async def test_the_same_id_for_other_words_is_a_conflict(
    shop: Workshop, opened: OpenedTicket, other: dict[str, Any]
) -> None:
    message = written()
    await messages.customer_writes(shop.desk, opened.customer, opened.ticket.id, message)
    with pytest.raises(Conflict):
        await messages.customer_writes(
            shop.desk, opened.customer, opened.ticket.id, written(client_id=message.client_id, **other)
        )
    assert [text for text, _seq in await stored(shop)] == ["hello"]


async def test_a_note_and_a_message_are_not_the_same(shop: Workshop, opened: OpenedTicket, lena: Technician) -> None:
    note = written("careful")
    await messages.technician_notes(shop.desk, lena, opened.ticket.id, note)
    with pytest.raises(Conflict):
        await messages.technician_writes(shop.desk, lena, opened.ticket.id, note)


async def test_a_message_that_overtakes_is_sent_back_to_the_first_missing_one(
    shop: Workshop, opened: OpenedTicket
) -> None:
    """C-17: nothing is stored out of order."""
    customer, ticket = opened.customer, opened.ticket.id
    await messages.customer_writes(shop.desk, customer, ticket, written("one", 1))
    with pytest.raises(ResendFrom) as refused:
        await messages.customer_writes(shop.desk, customer, ticket, written("three", 3))
    assert refused.value.resend_from == 2
    await messages.customer_writes(shop.desk, customer, ticket, written("two", 2))
    await messages.customer_writes(shop.desk, customer, ticket, written("three", 3))
    assert [text for text, _seq in await stored(shop)] == ["one", "two", "three"]


async def test_a_refusal_uses_up_no_number(shop: Workshop, opened: OpenedTicket, lena: Technician) -> None:
    customer, ticket = opened.customer, opened.ticket.id
    await steps.take_step(shop.desk, lena, ticket, Step.END_CHAT)
    late = written("one")
    with pytest.raises(Refused, match="ended"):
        await messages.customer_writes(shop.desk, customer, ticket, late)
    await steps.customer_step(shop.desk, customer, ticket, Step.CUSTOMER_RESUME)
    await messages.customer_writes(shop.desk, customer, ticket, late)
    assert [text for text, _seq in await stored(shop)] == ["one"]


async def test_a_tab_that_adopts_anothers_messages_goes_on_counting(shop: Workshop, opened: OpenedTicket) -> None:
    """Sent under one stream, its ack lost, sent again under the stream that adopted it: once, and the next one fits."""
    customer, ticket = opened.customer, opened.ticket.id
    orphan = written("one")
    await messages.customer_writes(shop.desk, customer, ticket, orphan)
    adopted = Written(orphan.client_id, "one", OTHER_TAB, 1)
    await messages.customer_writes(shop.desk, customer, ticket, adopted)
    await messages.customer_writes(shop.desk, customer, ticket, written("two", 2, OTHER_TAB))
    assert [text for text, _seq in await stored(shop)] == ["one", "two"]


async def test_the_same_request_twenty_times_at_once_is_one_message(shop: Workshop, opened: OpenedTicket) -> None:
    message = written()
    shop.take()
    answers = await asyncio.gather(
        *(messages.customer_writes(shop.desk, opened.customer, opened.ticket.id, message) for _ in range(20))
    )
    assert len({answer.id for answer in answers}) == 1
    assert len(await stored(shop)) == 1
    assert sum(told.seq > 0 for told in shop.take()) == 2  # for either side


async def test_two_tabs_at_once_keep_each_ones_order_and_leave_no_hole(shop: Workshop, opened: OpenedTicket) -> None:
    async def tab(stream: str) -> None:
        for n in range(1, 51):
            await messages.customer_writes(
                shop.desk, opened.customer, opened.ticket.id, written(f"{stream[0]}{n}", n, stream)
            )

    await asyncio.gather(tab(TAB), tab(OTHER_TAB))
    found = await stored(shop)
    assert [seq for _text, seq in found] == list(range(2, 102))
    for stream in "ab":
        assert [text for text, _seq in found if text.startswith(stream)] == [f"{stream}{n}" for n in range(1, 51)]


async def test_of_twenty_who_assign_at_once_one_wins_and_the_others_are_told_who(
    shop: Workshop, opened: OpenedTicket
) -> None:
    """G-22: settled in the database; a group of writes changes nothing about it."""
    people = [await shop.technician(f"Tech{n}", opened.ticket.company_id) for n in range(20)]
    outcomes = await asyncio.gather(
        *(steps.take_step(shop.desk, person, opened.ticket.id, Step.ASSIGN) for person in people),
        return_exceptions=True,
    )
    [winner] = [person for person, outcome in zip(people, outcomes, strict=True) if not isinstance(outcome, Exception)]
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert [(refusal.code, refusal.who) for refusal in refusals] == [("already_assigned", winner.name)] * 19
    assigned = select(tickets.c.assignee_id)
    assert await shop.store.read(lambda conn: conn.execute(assigned).scalar_one()) == winner.id


async def test_the_same_ticket_opened_twenty_times_at_once_is_one(shop: Workshop) -> None:
    portal = await shop.portal("Acme")
    client_id = str(uuid.uuid4())
    opened = await asyncio.gather(*(shop.ticket(portal, client_id=client_id) for _ in range(20)))
    assert len({one.ticket.id for one in opened}) == 1
    assert len({one.token for one in opened}) == 1
    count = select(func.count()).select_from(tickets)
    assert await shop.store.read(lambda conn: conn.execute(count).scalar_one()) == 1


async def test_keys_count_without_a_hole_however_many_open_at_once(shop: Workshop) -> None:
    """S-34."""
    portal = await shop.portal("Acme")
    opened = await asyncio.gather(*(shop.ticket(portal) for _ in range(50)))
    assert sorted(int(one.ticket.key.rpartition("-")[2]) for one in opened) == list(range(1, 51))
