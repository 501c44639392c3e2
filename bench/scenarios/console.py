"""The console's list in Chromium, with few and many tickets: while somebody scrolls it, and while others work."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
from playwright.async_api import Browser

from bench import bare_list, filling
from bench.bare_list import Looks
from bench.colleagues import RATE, Colleagues
from bench.figures import Figure, Goal, Results
from bench.ours import Desk
from bench.screen import Screen, Stretch
from bench.session import Session
from server.domain.ticket import Status
from server.store import technicians
from tests.support.browser import chromium
from tests.support.office import PASSWORD, Office, Worker

SCENARIO: Final = "console"
PATH: Final = ("dw-console", "dw-workplace", "dw-shared-list")
"""Where the list is, from shadow root to shadow root."""
BARE: Final = "bare page"
SCROLL_S: Final = 2.0
LIVE_S: Final = 5.0
WAYS: Final = {"wheel": Screen.wheel, "drag": Screen.drag, "keys": Screen.keys}
LIVE: Final = "while others work"
WORKING: Final = "wheel while others work"

Work = Callable[[float], Awaitable[int]]
"""Changes tickets for so many seconds; how many times."""


class Sample(msgspec.Struct):
    """One page."""

    scenario: str
    target: str = ""
    tickets: int = 0
    first_rows_ms: float = 0.0
    nodes: int = 0
    heap_mib: float = 0.0
    stretches: dict[str, Stretch] = {}
    """each way of scrolling; while others work; both"""
    rows_ms: float = 0.0
    """after the scroll bar was let go, until no row on the screen was empty"""
    changes: int = 0
    """made by others while nobody scrolled"""

    @property
    def change_ms(self) -> float:
        """Of the main thread, for one change."""
        return self.stretches[LIVE].main / self.changes


def run(session: Session, results: Results) -> None:
    """Two companies of one server, and a page that has nothing of ours but the looks."""
    sizes = session.options.queue[0], session.options.queue[-1]
    session.say(f"{SCENARIO}: {', '.join(f'{size:,}' for size in sizes)}")
    few, many, bare = asyncio.run(measured(session, *sizes))
    results.samples += [few, many, bare]

    def line(name: str, unit: str, of: Callable[[Sample], float], goal: Goal | None = None) -> None:
        others = {f"{few.tickets:,} tickets": of(few), BARE: of(bare)}
        results.figures.append(Figure(f"{SCENARIO} of {many.tickets:,} tickets", name, unit, of(many), others, goal))

    for way in (*WAYS, WORKING):
        line(f"{way}: from frame to frame, p50", "ms", _during(way, lambda one: one.p50))
        line(f"{way}: p95", "ms", _during(way, lambda one: one.p95), Goal(1.5, BARE))
        line(f"{way}: p99", "ms", _during(way, lambda one: one.p99))
        line(f"{way}: frames that were dropped", "%", _during(way, lambda one: one.dropped_percent))
        line(f"{way}: main thread for a frame", "ms", _during(way, lambda one: one.main / one.frames))
    line("longest task after loading", "ms", lambda s: max(one.longest_task for one in s.stretches.values()))
    hardest = Goal(50)
    line("its processor time, at most", "ms", lambda s: max(one.hardest_task for one in s.stretches.values()), hardest)
    line("scroll bar let go, until all rows are there", "ms", lambda s: s.rows_ms)
    same = Goal(1.25, f"{few.tickets:,} tickets")
    line("main thread for a change by others", "ms", lambda s: s.change_ms, same)
    line("to the first rows", "ms", lambda s: s.first_rows_ms)
    line("DOM nodes", "", lambda s: s.nodes)
    line("memory of scripts", "MiB", lambda s: s.heap_mib)


def _during(way: str, of: Callable[[Stretch], float]) -> Callable[[Sample], float]:
    return lambda sample: of(sample.stretches[way])


async def measured(session: Session, few: int, many: int) -> tuple[Sample, Sample, Sample]:
    """With few tickets, with many, and the bare page with as many."""
    desk = session.desk()
    small, large = _company(desk, few), _company(desk, many)
    with session.running(desk):
        async with chromium(ignore_default_args=["--hide-scrollbars"]) as browser:
            first, _looks, _change = await _console(session, browser, desk, small)
            second, looks, change = await _console(session, browser, desk, large)
            page = bare_list.written(session.folder(), looks, many)
            return first, second, await _bare(session, browser, page, many, change)


class Company(msgspec.Struct):
    """Whose tickets are looked at."""

    tickets: int
    office: Office
    lena: Worker
    """looks at the list"""
    noor: Worker
    """works elsewhere"""
    older: list[str]
    """half of its tickets, the oldest first"""


def _company(desk: Desk, size: int) -> Company:
    place = desk.place()
    filling.add_tickets(desk.write, place, 1, size, events=0, status=Status.OPEN, search=False)
    office = Office(desk.server.store, place.company, place.slug, place.slug, place.portal_id, place.prefix)
    lena, noor = office.worker("Lena"), office.worker("Noor")
    office.write(lambda conn: technicians.set_availability(conn, lena.id, "available"))
    return Company(size, office, lena, noor, [place.ticket(number) for number in range(1, size // 2)])


async def _console(session: Session, browser: Browser, desk: Desk, company: Company) -> tuple[Sample, Looks, str]:
    """Also what its list looks like, and the last change that it was told of."""
    session.say(f"    console, {company.tickets:,} tickets")
    colleagues = Colleagues(desk.server, company.office, company.older)
    screen = Screen(browser)
    await screen.open()
    await screen.sign_in(desk.server.url, company.lena.email, PASSWORD)
    first_rows_ms = await screen.show(f"{desk.server.url}/console", PATH)
    looks = await bare_list.taken(screen)
    async with colleagues.there(company.noor):
        found = await _watched(screen, colleagues.work)
    found.target, found.tickets, found.first_rows_ms = "Deskwire", company.tickets, first_rows_ms
    change = next(frame for frame in reversed(screen.received) if frame.startswith('{"type":"ticket"'))
    await screen.close()
    if screen.troubles:
        raise RuntimeError(f"the console complains: {screen.troubles}")
    return found, looks, change


async def _bare(session: Session, browser: Browser, page: str, count: int, change: str) -> Sample:
    session.say(f"    {BARE}")
    screen = Screen(browser)
    await screen.open()
    first_rows_ms = await screen.show(page, bare_list.PATH)

    async def work(seconds: float) -> int:
        timer = await screen.page.evaluate("([frame, every]) => change(frame, every)", [change, 1000 / RATE])
        await asyncio.sleep(seconds)
        await screen.page.evaluate("(timer) => clearInterval(timer)", timer)
        return round(seconds * RATE)

    found = await _watched(screen, work)
    found.target, found.tickets, found.first_rows_ms = BARE, count, first_rows_ms
    await screen.close()
    return found


async def _watched(screen: Screen, work: Work) -> Sample:
    """Scrolled each way, looked at while others work, and both at once."""
    found = Sample(SCENARIO)
    for name, way in WAYS.items():
        await screen.top()
        async with screen.measured() as found.stretches[name]:
            await way(screen, SCROLL_S)
            rows_ms = await screen.whole()
        if name == "drag":
            found.rows_ms = rows_ms
    await screen.top()
    async with screen.measured(frames=False) as found.stretches[LIVE]:
        found.changes = await work(LIVE_S)
    async with screen.measured() as found.stretches[WORKING]:
        await asyncio.gather(work(SCROLL_S), screen.wheel(SCROLL_S))
    found.nodes, found.heap_mib = await screen.held()
    return found
