"""Customers with a password, and what they had before: each database, two processes (S-01, S-34)."""

import asyncio
import uuid
from functools import partial

import msgspec
import pytest
from sqlalchemy import select, text, update

from server.accounts.customer_accounts import Browser
from server.desk import handover, messages, reading, searching, steps
from server.desk.indexing import Indexer
from server.desk.messages import Written
from server.desk.opening import OpenedTicket
from server.desk.taking_along import take_along
from server.domain.people import Customer
from server.domain.ticket import Step
from server.errors import DeskwireError, NotFound
from server.store import tables, tickets
from server.store.portals import PortalRecord
from server.store.sqlite import SqliteStore
from tests.desk.replicas import decoded
from tests.desk.workshop import Workshop
from tests.support.accounts import PASSWORD

Shops = tuple[Workshop, Workshop]
TAB = "a" * 32


async def registers(shop: Workshop, portal: PortalRecord, before: Customer | None = None) -> Customer:
    """Ada makes an account, and takes along what she had."""
    entering = partial(take_along, before=before) if before else None
    browser = Browser("192.0.2.7", "linux", entering)
    customer, _token = await shop.desk.accounts.register(portal, "ada@example.com", "Ada King", PASSWORD, browser)
    return customer


async def writes(shop: Workshop, who: Customer, opened: OpenedTicket, written: Written) -> str:
    """The id of the line."""
    return (await messages.customer_writes(shop.desk, who, opened.ticket.id, written)).id


async def test_what_was_said_before_is_known_under_the_account(two_shops: Shops) -> None:
    """The ack got lost, and meanwhile she has signed in: the message comes again, and is there once."""
    shop, other = two_shops
    portal = await shop.portal("Acme", sign_in="offered", self_registration=True)
    opened = await shop.ticket(portal)
    hers = [Written(str(uuid.uuid4()), text, TAB, n) for n, text in enumerate(("one", "two", "three"), start=1)]
    said = [await writes(shop, opened.customer, opened, one) for one in hers[:2]]
    lena = await shop.technician("Lena", portal.company_id)
    await steps.take_step(shop.desk, lena, opened.ticket.id, Step.ASSIGN)
    key = await handover.make(shop.desk, opened.customer, opened.ticket.id)
    shop.take()
    ada = await registers(shop, portal, opened.customer)

    told = [decoded(one.frame) for one in shop.take() if one.topic == f"list/{portal.company_id}"]
    assert [(frame["ticket"]["customer"], frame["fresh"]) for frame in told] == [("Ada King", False)]
    with pytest.raises(NotFound):
        await writes(other, opened.customer, opened, hers[2])
    assert [await writes(other, ada, opened, one) for one in hers[:2]] == said
    await writes(other, ada, opened, hers[2])
    rows = select(tables.events.c.body, tables.events.c.author_id).where(tables.events.c.author_role == "customer")
    found = await shop.store.read(lambda conn: conn.execute(rows.order_by(tables.events.c.staff_seq)).all())
    assert [tuple(row) for row in found][1:] == [(text, ada.id) for text in ("one", "two", "three")]
    with pytest.raises(NotFound):
        await handover.join(shop.desk, portal, key.key, "linux", "192.0.2.9")


async def test_a_message_of_the_same_moment_is_taken_along_or_refused(two_shops: Shops) -> None:
    """Never under who she was: between two others of the same tab it is decided which."""
    shop, other = two_shops
    portal = await shop.portal("Acme", sign_in="offered", self_registration=True)
    opened = await shop.ticket(portal)

    async def chatters() -> list[str]:
        """What she got an answer for, until she is somebody else."""
        stored: list[str] = []
        for n in range(1, 1_000):
            written = Written(str(uuid.uuid4()), "and then", TAB, n)
            try:
                stored.append(await writes(other, opened.customer, opened, written))
            except DeskwireError:
                return stored
        raise AssertionError("nobody has signed in")

    stored, ada = await asyncio.gather(chatters(), registers(shop, portal, opened.customer))
    query = select(tables.events.c.id, tables.events.c.author_id).where(tables.events.c.body == "and then")
    found = await shop.store.read(lambda conn: conn.execute(query.order_by(tables.events.c.staff_seq)).all())
    assert [tuple(row) for row in found] == [(one, ada.id) for one in stored]
    await writes(other, ada, opened, Written(str(uuid.uuid4()), "I am here", TAB, len(stored) + 1))


async def test_who_has_an_identity_of_another_kind_keeps_his_tickets(two_shops: Shops) -> None:
    """Whoever is signed in already, or vouched for by another site, is somebody else."""
    shop, _other = two_shops
    portal = await shop.portal("Acme", sign_in="offered", self_registration=True)
    elsewhere = await shop.portal("Elsewhere")
    opened = await shop.ticket(portal)
    ada = await registers(shop, portal)
    for field, value in {"account_id": ada.account_id, "verified": True, "portal_id": elsewhere.id}.items():
        before = msgspec.structs.replace(opened.customer, **{field: value})
        await shop.store.write(partial(take_along, to=ada, before=before))
        ticket = await shop.store.read(lambda conn: tickets.unscoped(conn, opened.ticket.id))
        assert ticket.customer_id == opened.customer.id


async def test_search_finds_a_ticket_under_the_name_it_has_now(two_shops: Shops) -> None:
    """Who signs in brings a name and an address along; what was found before is found once."""
    shop, _other = two_shops
    portal = await shop.portal("Acme", sign_in="offered", self_registration=True)
    lena = await shop.technician("Lena", portal.company_id)
    other = await shop.ticket(portal, name="Somebody")
    opened = await shop.ticket(portal, name="Nobody")
    indexer = Indexer(shop.desk)
    await indexer.step()
    ada = await registers(shop, portal, opened.customer)
    assert ada.name is not None
    assert ada.email is not None
    await indexer.step()
    for words in (ada.name, ada.email, opened.ticket.key):
        found = await searching.find(shop.desk, lena, words)
        assert [hit.ticket.id for hit in found.hits] == [opened.ticket.id], words
    assert (await searching.find(shop.desk, lena, "Nobody")).hits == []
    assert [hit.ticket.id for hit in (await searching.find(shop.desk, lena, "Somebody")).hits] == [other.ticket.id]
    if isinstance(shop.store, SqliteStore):  # words of rows that are gone would be found under whatever comes there
        check = text("INSERT INTO search_words (search_words, rank) VALUES ('integrity-check', 1)")
        await shop.store.write(lambda tx: tx.conn.execute(check))


async def test_pages_of_own_tickets_lose_none_of_the_same_moment(
    two_shops: Shops, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-34: more were opened in one millisecond than a page holds."""
    monkeypatch.setattr(reading, "OWN_TICKETS", 2)
    shop, _other = two_shops
    portal = await shop.portal("Acme", sign_in="offered", self_registration=True)
    ada = await registers(shop, portal)
    ids = {(await shop.ticket(portal, ada)).ticket.id for _ in range(5)}
    await shop.store.write(lambda tx: tx.conn.execute(update(tables.tickets).values(created_at=1)))
    seen: list[str] = []
    more = True
    while more:
        page = await reading.own_tickets(shop.desk, ada, seen[-1] if seen else None, None)
        seen += [ticket.id for ticket in page.tickets]
        more = page.more
    assert seen == sorted(ids, reverse=True)
    stranger = await shop.ticket(await shop.portal("Elsewhere"))
    assert (await reading.own_tickets(shop.desk, ada, stranger.ticket.id, None)).tickets == []
