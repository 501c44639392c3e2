"""Pages that are open before there is a ticket are told of what they show, and of nothing else (B-33)."""

from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import update

from server.bus.control import SetupChanged
from server.desk.administration.noun import Noun
from server.desk.administration.nouns import NOUNS
from server.desk.onlookers import Onlooker
from server.domain.portal import Ways
from server.store import technicians
from server.store.tables import technicians as table
from tests.desk.workshop import Workshop

NAMES = Ways(technicians=True)
SHOWN = ("company", "portal", "issue_type", "form", "schedule", "notice")
"""What of a company a portal shows, besides names."""


async def told(*pages: Onlooker) -> list[bool]:
    """Which of them were told something since the last look."""
    return [await page.changed(0) for page in pages]


async def set_up(shop: Workshop, technician_id: str, **values: Any) -> None:
    change = update(table).where(table.c.id == technician_id).values(**values)
    await shop.store.write(lambda tx: tx.conn.execute(change))


async def test_a_technician_is_told_of_where_a_list_shows_him(shop: Workshop) -> None:
    """Name, picture, place, whether he is listed, disabled, let in: to pages with names of companies that he sees."""
    acme, umbrella = await shop.portal("Acme", ways=NAMES), await shop.portal("Umbrella", ways=NAMES)
    plain = await shop.portal("Plain")
    lena = await shop.technician("Lena", acme.company_id, plain.company_id)
    onlookers = shop.desk.onlookers
    with ExitStack() as stack:
        pages = [stack.enter_context(onlookers.look(portal, "192.0.2.1")) for portal in (acme, umbrella, plain)]
        for page in pages:
            await onlookers.begin(page)
        await onlookers.step()
        await told(*pages)  # what was missed between looking and listening

        async def seen() -> list[bool]:
            onlookers.hear(SetupChanged(1, "technician", lena.id, None))
            await onlookers.step()
            return await told(*pages)

        await set_up(shop, lena.id, public_name="Nobody sees it")
        assert await seen() == [False, False, False]
        await set_up(shop, lena.id, listed=True)
        assert await seen() == [True, False, False]
        for change in ({"public_name": "Lena"}, {"display_no": 1}, {"availability": "away"}, {"disabled": True}):
            await seen()  # the look after a change tells once more, for who looked between two of them
            await set_up(shop, lena.id, **change)
            assert await seen() == [True, False, False], change
        await set_up(shop, lena.id, disabled=False)
        await seen()
        await seen()
        await set_up(shop, lena.id, capacity=9, name="For colleagues")
        assert await seen() == [False, False, False]
        both = frozenset({acme.company_id, umbrella.company_id})
        await shop.store.write(lambda tx: technicians.set_access(tx.conn, lena.id, both))
        assert await seen() == [False, True, False]


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.name)
async def test_what_portals_do_not_show_wakes_nobody(shop: Workshop, noun: Noun[Any, Any]) -> None:
    acme, umbrella = await shop.portal("Acme"), await shop.portal("Umbrella")
    with ExitStack() as stack:
        pages = [stack.enter_context(shop.desk.onlookers.look(portal, "192.0.2.1")) for portal in (acme, umbrella)]
        shop.desk.onlookers.hear(SetupChanged(1, noun.name, "0" * 32, acme.company_id))
        assert await told(*pages) == [noun.name in SHOWN, False]
        shop.desk.onlookers.hear(SetupChanged(0, noun.name, "0" * 32, acme.company_id, staff=True))
        assert await told(*pages) == [False, False]
