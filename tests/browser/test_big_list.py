"""50,000 tickets: the list is opened, scrolled, sorted by every column, and stays still while tickets come."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Final

import msgspec
import pytest
from playwright.async_api import WebSocketRoute, expect

from tests.browser.crowd import HALF, Ranked, fill, ordered
from tests.browser.people import People
from tests.browser.technician import Technician
from tests.support.browser import PATIENCE_MS
from tests.support.office import Office, Worker, open_office
from tests.support.people import console, open_ticket
from tests.support.server import DeskServer

MOST_ROWS: Final = 60
"""Rows in the page, whatever the length of the list: a screen of them and some above and below."""

SCREEN_PX: Final = 900

DRAWN: Final = """
(grid) => grid.ariaBusy === "true" ? [] : [...grid.querySelectorAll('[role="row"][aria-rowindex]')].slice(1)
  .map((row) => [Number(row.getAttribute("aria-rowindex")) - 2, row.textContent, row.getBoundingClientRect().top])
"""


class Town(msgspec.Struct):
    """A server of its own, and who and what is in it."""

    server: DeskServer
    office: Office
    worker: Worker
    crowd: list[Ranked]


@pytest.fixture(scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """Two companies with 25,000 tickets each."""
    server = DeskServer(tmp_path_factory.mktemp("town")).migrate().start()
    office, other = open_office(server.database, name="Acme"), open_office(server.database, name="Zeta")
    lena, noor, otto = (office.worker(name, also=(other,)) for name in ("Lena", "Noor", "Otto"))
    for one in (office, other):
        await open_ticket(server, one)
    yield Town(server, office, lena, fill(office, other, (noor, otto)))
    server.stop()


async def drawn(lena: Technician) -> dict[int, tuple[str, float]]:
    """Slot -> key and place, of all rows in the page; waits until they are on the screen and none is still empty."""
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while True:
            rows = await lena.list.evaluate(DRAWN)
            keys = [re.search(r"T[0-9A-F]{8}-\d+", text) for _slot, text, _top in rows]
            if any(0 < top < SCREEN_PX for _slot, _text, top in rows) and all(keys):
                assert len(rows) <= MOST_ROWS
                return {slot: (key[0], top) for (slot, _text, top), key in zip(rows, keys, strict=True) if key}
            await asyncio.sleep(0.02)


async def scroll_to(lena: Technician, part: float) -> None:
    """Drag the scroll bar there."""
    await lena.list.evaluate(
        "(grid, part) => { grid.scrollTop = (grid.scrollHeight - grid.clientHeight) * part }", part
    )


async def test_every_order_from_top_to_bottom(town: Town, people: People) -> None:
    """G-12: six columns, both ways; at the top, in the middle and at the end stand the right tickets."""
    lena = await people.technician(town.server, town.worker)
    await expect(lena.list).to_have_attribute("aria-rowcount", str(2 * HALF + 1))
    for column in ("Key", "Customer", "Company", "Status", "Assignee", "Time"):
        header = lena.list.get_by_role("columnheader", name=column)
        for descending in (True, False) if column == "Time" else (False, True):
            await header.get_by_role("button").click()
            await expect(header).to_have_attribute("aria-sort", "descending" if descending else "ascending")
            expected = ordered(town.crowd, column.lower(), descending=descending)
            for part in (0, 0.5, 1, 0.25):
                await scroll_to(lena, part)
                rows = await drawn(lena)
                assert abs(max(rows) - part * len(expected)) < MOST_ROWS
                assert {slot: key for slot, (key, _top) in rows.items()} == {slot: expected[slot] for slot in rows}


async def test_views_show_their_tickets(town: Town, people: People) -> None:
    """G-11: a view is a part of the same list, with its own length."""
    lena = await people.technician(town.server, town.worker)
    for view in ("New", "Active", "Completed"):
        await lena.view(view)
        part = [one for one in town.crowd if one.view == view.lower()]
        await expect(lena.list).to_have_attribute("aria-rowcount", str(len(part) + 1))
        expected = ordered(part, "time", descending=True)
        await scroll_to(lena, 1)
        assert {slot: key for slot, (key, _top) in (await drawn(lena)).items()}.items() <= dict(
            enumerate(expected)
        ).items()


async def test_nothing_moves_while_tickets_come(town: Town, people: People) -> None:
    """G-10, G-12: in the middle of the list rows stay where they are; a change shows in place, what is new waits."""
    lena = await people.technician(town.server, town.worker)
    await drawn(lena)
    await scroll_to(lena, 0.5)
    before = await drawn(lena)
    visible = [key for key, top in before.values() if SCREEN_PX / 4 < top < SCREEN_PX * 3 / 4]
    await lena.row(visible[3]).hover()
    changed = next(one for one in town.crowd if one.key in visible and one.status == "open")
    async with console(town.server, town.worker) as elsewhere:
        fresh = [await open_ticket(town.server, town.office, name=f"Newcomer {n}") for n in range(3)]
        await elsewhere.call("assign", ticket=changed.id)
        await expect(lena.page.get_by_role("button", name="3 new")).to_be_visible()
        await expect(lena.row(changed.key)).to_contain_text("In progress")
        assert await drawn(lena) == before
        await lena.page.get_by_role("button", name="3 new").click()
        for answer in fresh:
            await expect(lena.row(answer["ticket"]["key"])).to_be_visible()
        await elsewhere.call("unassign", ticket=changed.id)
    await expect(lena.list).to_have_attribute("aria-rowcount", str(2 * HALF + 4))


async def test_nothing_moves_over_a_break(town: Town, people: People) -> None:
    """G-12: in the middle of the list the same rows stand where they stood before, though tickets came meanwhile."""
    lena = await people.technician(town.server, town.worker)
    way = asyncio.Event()
    way.set()
    lines: list[WebSocketRoute] = []

    async def line(route: WebSocketRoute) -> None:
        await way.wait()
        route.connect_to_server()
        lines.append(route)

    await lena.page.route_web_socket(re.compile("/ws/v1/console$"), line)
    await lena.page.reload()
    await drawn(lena)
    await scroll_to(lena, 0.5)
    before = dict((await drawn(lena)).values())
    visible = {key: top for key, top in before.items() if 0 < top < SCREEN_PX}
    rows = int(await lena.list.get_attribute("aria-rowcount") or 0)
    way.clear()
    await lines[-1].close(code=4008)
    for _ in range(3):
        await open_ticket(town.server, town.office)
    way.set()
    await expect(lena.list).to_have_attribute("aria-rowcount", str(rows + 3))
    after = dict((await drawn(lena)).values())
    assert {key: after.get(key) for key in visible} == visible
