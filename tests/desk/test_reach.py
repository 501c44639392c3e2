"""Whoever has no business with a ticket gets the same answer from every use case: there is no such ticket."""

import importlib
import inspect
import pkgutil
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

import server.desk
from server.desk import (
    availability,
    downloads,
    handover,
    invitations,
    languages,
    leaving,
    marks,
    messages,
    notices,
    policies,
    reading,
    receiving,
    searching,
    sharing,
    steps,
    supervising,
    transfers,
    uploading,
)
from server.desk.desk import Desk
from server.desk.indexing import Indexer
from server.desk.messages import Written
from server.desk.opening import OpenedTicket
from server.desk.uploading import New
from server.domain.people import Customer, Technician
from server.domain.ticket import Step, View
from server.errors import NotFound, Refused, Unauthenticated
from server.protocol import codec
from server.protocol.technician import Target
from server.store import technicians
from tests.desk.workshop import Workshop

WORDS = "a very private matter"
WRITTEN = Written("00000000-0000-4000-8000-000000000001", "let me in", "a" * 32, 1)

FILE = New("00000000-0000-4000-8000-000000000002", "a.txt", 3)
NO_FILE = "0" * 32


async def nothing() -> AsyncIterator[bytes]:
    """The bytes of nobody's file."""
    yield b"abc"


Use = Callable[[Desk, Any, OpenedTicket, str], Awaitable[Any]]
"""(desk, person, somebody else's ticket, id of its first event)"""

BY_EITHER: dict[str, Use] = {
    "handover.make": lambda d, p, t, _e: handover.make(d, p, t.ticket.id),
    "handover.revoke": lambda d, p, t, _e: handover.revoke(d, p, t.ticket.id),
    "policies.policy": lambda d, p, t, _e: policies.policy(d, p, t.ticket.id),
    "policies.file": lambda d, p, t, _e: policies.file(d, p, t.ticket.id, NO_FILE),
    "uploading.begin": lambda d, p, t, _e: uploading.begin(d, p, t.ticket.id, FILE),
    "uploading.standing": lambda d, p, t, _e: uploading.standing(d, p, t.ticket.id, NO_FILE),
    "uploading.cancel": lambda d, p, t, _e: uploading.cancel(d, p, t.ticket.id, NO_FILE),
    "sharing.shared_with": lambda d, p, t, _e: sharing.shared_with(d, p, t.ticket.id),
    "sharing.share": lambda d, p, t, _e: sharing.share(d, p, t.ticket.id, "eve@example.com"),
    "sharing.unshare": lambda d, p, t, _e: sharing.unshare(d, p, t.ticket.id, NO_FILE),
    "receiving.receive": lambda d, p, t, _e: receiving.receive(d, p, t.ticket.id, NO_FILE, 0, nothing()),
    "receiving.receive_whole": lambda d, p, t, _e: receiving.receive_whole(d, p, t.ticket.id, FILE, nothing()),
}
"""Files that exist are tried in tests/uploads and tests/security."""
BY_TECHNICIAN: dict[str, Use] = {
    **BY_EITHER,
    "messages.technician_writes": lambda d, p, t, _e: messages.technician_writes(d, p, t.ticket.id, WRITTEN),
    "messages.technician_notes": lambda d, p, t, _e: messages.technician_notes(d, p, t.ticket.id, WRITTEN),
    **{
        f"steps.take_step {step}": lambda d, p, t, _e, step=step: steps.take_step(d, p, t.ticket.id, step)  # type: ignore[misc]
        for step in Step
        if step not in (Step.CUSTOMER_END, Step.CUSTOMER_RESUME)
    },
    "languages.set_customers": lambda d, p, t, _e: languages.set_customers(d, p, t.ticket.id, "fr"),
    "transfers.offer": lambda d, p, t, _e: transfers.offer(d, p, t.ticket.id, Target(technician=NO_FILE), None),
    "transfers.withdraw": lambda d, p, t, _e: transfers.withdraw(d, p, t.ticket.id),
    "transfers.accept": lambda d, p, t, _e: transfers.accept(d, p, t.ticket.id),
    "transfers.decline": lambda d, p, t, _e: transfers.decline(d, p, t.ticket.id),
    "supervising.give": lambda d, p, t, _e: supervising.give(d, p, t.ticket.id, NO_FILE),
    "supervising.take_away": lambda d, p, t, _e: supervising.take_away(d, p, t.ticket.id),
    "invitations.invite": lambda d, p, t, _e: invitations.invite(d, p, t.ticket.id, NO_FILE, None),
    "invitations.remove": lambda d, p, t, _e: invitations.remove(d, p, t.ticket.id, NO_FILE),
    "invitations.come": lambda d, p, t, _e: invitations.come(d, p, t.ticket.id),
    "invitations.leave": lambda d, p, t, _e: invitations.leave(d, p, t.ticket.id),
    "steps.undo": lambda d, p, t, _e: steps.undo(d, p, t.ticket.id),
    "marks.technician_read": lambda d, p, t, e: marks.technician_read(d, p, t.ticket.id, e),
    "marks.technician_types": lambda d, p, t, _e: marks.technician_types(d, p, t.ticket.id),
    "reading.ticket": lambda d, p, t, _e: reading.ticket(d, p, t.ticket.id),
    "reading.staff_page": lambda d, p, t, _e: reading.staff_page(d, p, t.ticket.id, 0, None),
    "reading.staff_older": lambda d, p, t, _e: reading.staff_older(d, p, t.ticket.id, 9),
    "downloads.for_technician": lambda d, p, t, _e: downloads.for_technician(d, p, t.ticket.id, "json", notes=True),
}
BY_CUSTOMER: dict[str, Use] = {
    **BY_EITHER,
    "messages.customer_writes": lambda d, p, t, _e: messages.customer_writes(d, p, t.ticket.id, WRITTEN),
    "steps.customer_step end": lambda d, p, t, _e: steps.customer_step(d, p, t.ticket.id, Step.CUSTOMER_END),
    "steps.customer_step resume": lambda d, p, t, _e: steps.customer_step(d, p, t.ticket.id, Step.CUSTOMER_RESUME),
    "languages.customer_speaks": lambda d, p, t, _e: languages.customer_speaks(d, p, t.ticket.id, "fr"),
    "marks.customer_read": lambda d, p, t, e: marks.customer_read(d, p, t.ticket.id, e),
    "marks.customer_types": lambda d, p, t, _e: marks.customer_types(d, p, t.ticket.id),
    "reading.customer_page": lambda d, p, t, _e: reading.customer_page(d, p, t.ticket.id, 0, None),
    "reading.customer_older": lambda d, p, t, _e: reading.customer_older(d, p, t.ticket.id, 9),
    "leaving.tell_later": lambda d, p, t, _e: leaving.tell_later(d, p, t.ticket.id, "eve@example.com"),
    "leaving.stay": lambda d, p, t, _e: leaving.stay(d, p, t.ticket.id),
    "notices.wait": lambda d, p, t, _e: notices.wait(d, p, t.ticket.id, NO_FILE),
    "downloads.for_customer": lambda d, p, t, _e: downloads.for_customer(d, p, t.ticket.id, "text"),
}
NOT_FOR_PEOPLE = {"reading.ahead", "reading.reaches"}
"""What the server asks by itself."""


def test_every_use_case_of_one_ticket_is_in_the_tables() -> None:
    found = set()
    for module in pkgutil.iter_modules(server.desk.__path__):
        for name, function in vars(importlib.import_module(f"server.desk.{module.name}")).items():
            if (
                inspect.iscoroutinefunction(function)
                and function.__module__ == f"server.desk.{module.name}"
                and not name.startswith("_")
                and "ticket_id" in inspect.signature(function).parameters
            ):
                found.add(f"{module.name}.{name}")
    covered = {name.partition(" ")[0] for name in (*BY_TECHNICIAN, *BY_CUSTOMER)}
    assert found == covered | NOT_FOR_PEOPLE


class Town:
    """A ticket of one company, and people who have nothing to do with it."""

    def __init__(self, shop: Workshop) -> None:
        self.shop = shop

    @classmethod
    async def build(cls, shop: Workshop) -> "Town":
        town = cls(shop)
        acme, other = await shop.portal("Acme"), await shop.portal("Other")
        town.ticket = await shop.ticket(acme, words=WORDS, name="Ada Private")
        town.owner = await shop.technician("Lena", acme.company_id)
        await steps.take_step(shop.desk, town.owner, town.ticket.ticket.id, Step.ASSIGN)
        page = await reading.staff_page(shop.desk, town.owner, town.ticket.ticket.id, 0, None)
        town.event = page.events[0].id
        colleague_away = await shop.technician("Max", acme.company_id, available=False)
        former = await shop.technician("Bo", acme.company_id)
        await shop.store.write(lambda tx: technicians.set_access(tx.conn, former.id, frozenset({other.company_id})))
        town.technicians = {
            "of another company": await shop.technician("Zed", other.company_id),
            "of no company": await shop.technician("Nobody"),
            "away, of the same company": colleague_away,
            "whose access was taken": await shop.person(former.id),
        }
        town.customers = {
            "of another company": (await shop.ticket(other)).customer,
            "of the same portal": (await shop.ticket(acme)).customer,
        }
        shop.take()
        return town

    ticket: OpenedTicket
    owner: Technician
    event: str
    technicians: dict[str, Technician]
    customers: dict[str, Customer]


async def contents(shop: Workshop) -> list[Any]:
    """Everything that a use case may change."""
    tables = (
        "tickets",
        "ticket_languages",
        "events",
        "streams",
        "outbox",
        "companies",
        "uploads",
        "files",
        "handovers",
    )
    return await shop.store.read(
        lambda conn: [tuple(row) for table in tables for row in conn.execute(text(f"SELECT * FROM {table}"))]
    )


@pytest.mark.parametrize("name", BY_TECHNICIAN)
async def test_a_technician_without_business_finds_no_such_ticket(shop: Workshop, name: str) -> None:
    """G-02, G-05."""
    town = await Town.build(shop)
    before = await contents(shop)
    for stranger in town.technicians.values():
        with pytest.raises(NotFound) as refused:
            await BY_TECHNICIAN[name](shop.desk, stranger, town.ticket, town.event)
        unknown = msgspec.structs.replace(town.ticket.ticket, id="0" * 32)
        with pytest.raises(NotFound) as nothing:
            await BY_TECHNICIAN[name](
                shop.desk, stranger, msgspec.structs.replace(town.ticket, ticket=unknown), town.event
            )
        assert str(refused.value) == str(nothing.value)
    assert shop.take() == []
    assert await contents(shop) == before


@pytest.mark.parametrize("name", BY_CUSTOMER)
async def test_another_customer_finds_no_such_ticket(shop: Workshop, name: str) -> None:
    town = await Town.build(shop)
    before = await contents(shop)
    for stranger in town.customers.values():
        with pytest.raises(NotFound):
            await BY_CUSTOMER[name](shop.desk, stranger, town.ticket, town.event)
    assert shop.take() == []
    assert await contents(shop) == before


@pytest.mark.parametrize("name", [name for name in BY_TECHNICIAN if name.startswith(("steps.", "languages."))])
async def test_a_step_looks_the_person_up_again(shop: Workshop, name: str) -> None:
    """A socket may remember rights that were taken a moment ago; a disabled account has none at all."""
    town = await Town.build(shop)
    remembered = town.owner
    await shop.store.write(lambda tx: technicians.set_access(tx.conn, remembered.id, frozenset()))
    with pytest.raises(NotFound):
        await BY_TECHNICIAN[name](shop.desk, remembered, town.ticket, town.event)
    await shop.store.write(lambda tx: technicians.set_disabled(tx.conn, remembered.id, disabled=True))
    with pytest.raises(Unauthenticated):
        await BY_TECHNICIAN[name](shop.desk, remembered, town.ticket, town.event)


async def test_lists_and_search_show_nothing_of_others(shop: Workshop) -> None:
    """G-05, G-06: neither rows nor numbers."""
    town = await Town.build(shop)
    await index(shop)
    for who, stranger in town.technicians.items():
        assert (await reading.my_tickets(shop.desk, stranger)).rows == []
        assert (await searching.find(shop.desk, stranger, "private")).hits == []
        assert (await searching.find(shop.desk, stranger, town.ticket.ticket.key)).hits == []
        if stranger.available:
            window = await reading.shared_list(
                shop.desk, stranger, View.ALL, "time", descending=True, offset=0, limit=200
            )
            assert town.ticket.ticket.company_id not in window.positions, who
            assert window.total == len(window.rows)
            assert b"rivate" not in b"".join(codec.encode(row) for row in window.rows)
    for customer in town.customers.values():
        own = await reading.customer_tickets(shop.desk, customer)
        assert town.ticket.ticket.id not in {ticket.id for ticket in own}
    assert len((await searching.find(shop.desk, town.owner, "private")).hits) == 2


async def test_away_the_owner_keeps_what_is_his_and_nothing_else(shop: Workshop) -> None:
    """G-03, G-04."""
    town = await Town.build(shop)
    await index(shop)
    await shop.ticket(await shop.portal("Third"))
    owner = await availability.set_availability(shop.desk, town.owner, "away")
    with pytest.raises(Refused, match="away"):
        await reading.shared_list(shop.desk, owner, View.ALL, "time", descending=True, offset=0, limit=50)
    assert [row.ticket.id for row in (await reading.my_tickets(shop.desk, owner)).rows] == [town.ticket.ticket.id]
    found = await searching.find(shop.desk, owner, "printer")
    assert {hit.ticket.id for hit in found.hits} == {town.ticket.ticket.id}
    await steps.take_step(shop.desk, owner, town.ticket.ticket.id, Step.JOIN)
    await messages.technician_writes(shop.desk, owner, town.ticket.ticket.id, WRITTEN)


async def index(shop: Workshop) -> None:
    """Everything so far can be found."""
    while await Indexer(shop.desk).step():
        pass
