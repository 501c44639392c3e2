"""What is not looked at costs nothing: CPU for a message while ever more chats are open, and more tickets stored."""

import time
from collections.abc import Callable
from typing import Final

import msgspec

from bench.driven import Driver
from bench.driver import orders
from bench.driver.orders import SeatPlan, Talked
from bench.figures import Figure, Point, Results, median
from bench.ours import Desk
from bench.scenarios import messages
from bench.session import WORKERS, Options, Session
from bench.target import Crowd
from server.domain.ticket import Status

OPEN: Final = "open chats"
STORED: Final = "stored tickets"
TALKING: Final = 10
"""Of all chats that are open, so many are written in."""
QUIET_RATE: Final = 200.0
"""Messages a second, so that what is open and silent would show."""
PER_CONSOLE: Final = 100
"""Silent chats that one console watches."""
CHATS: Final = 50
STORED_RATE: Final = 500.0
FIRST: Final = 1_001
"""Number of the first stored ticket: in the company of some of those who talk."""


class Silence(msgspec.Struct):
    """Some chats open. CPU: µs for each message besides what the silence costs, and for each silent second."""

    scenario: str
    chats: int
    us_a_message: float
    us_a_quiet_second: float
    talked: Talked


def run(session: Session, results: Results) -> None:
    """Curves: one point for each size. A round measures each of them anew, one after the other."""
    _open_chats(session, results)
    for workers, kind in ((1, "SQLite"), (WORKERS, "PostgreSQL")):
        _stored_tickets(session, results, workers, kind)


# --- open chats -----------------------------------------------------------------------------------------------------


def _open_chats(session: Session, results: Results) -> None:
    sizes = session.options.open_chats
    session.say(f"{OPEN}: {', '.join(f'{size:,}' for size in sizes)}")
    rooms = {size: _room(session, size) for size in sizes}
    found: dict[int, list[Silence]] = {size: [] for size in sizes}
    for _ in range(session.options.rounds):
        for size, room in rooms.items():
            found[size].append(_silence(session, size, *room))
    results.samples += [one for several in found.values() for one in several]

    def line(curve: str, name: str, unit: str, of: Callable[[Silence], float]) -> None:
        x = "chats that are open"
        results.points += [Point(curve, name, size, median(found[size], of), x, unit) for size in sizes]

    line(f"{OPEN} cpu", "server CPU for a message", "µs", lambda one: one.us_a_message)
    line(f"{OPEN} time", "to the other side, p50", "ms", lambda one: one.talked.to_other.p50)
    few, many = sizes[0], sizes[-1]
    scenario, compared = f"{many:,} open chats, {TALKING} talk", f"{few} open chats"

    def figure(name: str, unit: str, of: Callable[[Silence], float]) -> None:
        others = {compared: median(found[few], of)}
        results.figures.append(Figure(scenario, name, unit, median(found[many], of), others))

    figure("server CPU for a message", "µs", lambda one: one.us_a_message)
    figure("server CPU for an open chat", "µs/s", lambda one: one.us_a_quiet_second / one.chats)
    figure("p99", "ms", lambda one: one.talked.to_other.p99)


def _room(session: Session, size: int) -> tuple[Desk, Crowd, list[SeatPlan]]:
    """A desk, the chats in which people will write, and who is silent."""
    desk = session.desk()
    talking = desk.chats(TALKING)
    return desk, talking, desk.chats(size - TALKING, PER_CONSOLE).seats if size > TALKING else []


def _silence(session: Session, size: int, desk: Desk, talking: Crowd, silent: list[SeatPlan]) -> Silence:
    options = session.options
    with session.running(desk), Driver() as driver:
        driver.do(orders.Open(desk.port, talking.seats + silent))
        _, quiet_s = _measured(desk, driver, options)
        driver.do(orders.Talk(talking.chats, QUIET_RATE))
        sent, used_s = _measured(desk, driver, options)
        _, talked = driver.hush()
    return Silence(OPEN, size, (used_s - quiet_s) * 1e6 / sent, quiet_s * 1e6 / options.quiet, talked)


def _measured(desk: Desk, driver: Driver, options: Options) -> tuple[int, float]:
    """(messages sent, CPU of the server in seconds) of as long a time, with messages and without."""
    time.sleep(options.warm)
    before = desk.cost()
    answer = driver.do(orders.Measure(options.quiet))
    return answer.sent, (desk.cost() - before).server


# --- stored tickets -------------------------------------------------------------------------------------------------


def _stored_tickets(session: Session, results: Results, workers: int, kind: str) -> None:
    sizes = session.options.stored_tickets
    session.say(f"{STORED} in {kind}: {', '.join(f'{size:,}' for size in sizes)}")
    desks = {size: _desk(session, workers, size) for size in sizes}
    found: dict[int, list[messages.Sample]] = {size: [] for size in sizes}
    for _ in range(session.options.rounds):
        for size, (desk, crowd) in desks.items():
            found[size].append(_with(session, desk, crowd))
    results.samples += [one for several in found.values() for one in several]

    def line(name: str, of: Callable[[messages.Sample], float]) -> None:
        x = "tickets that are stored"
        results.points += [Point(STORED, name, size, median(found[size], of), x, "µs") for size in sizes]

    if workers == 1:  # SQLite works inside of the server
        line(f"{kind}: CPU for a message", lambda one: one.cost.server)
    else:
        line(f"{kind}: the servers alone", lambda one: one.cost.server)
        line(f"{kind}: together", lambda one: one.cost.all)
    few, many = sizes[0], sizes[-1]
    scenario = f"{many:,} tickets, {many * session.options.events:,} events in {kind}"

    def figure(name: str, unit: str, of: Callable[[messages.Sample], float]) -> None:
        others = {f"{few:,} tickets": median(found[few], of)}
        results.figures.append(Figure(scenario, name, unit, median(found[many], of), others))

    figure("CPU for a message, together", "µs", lambda one: one.cost.all)
    figure("to the other side, p50", "ms", lambda one: one.talked.to_other.p50)
    figure("to the other side, p99", "ms", lambda one: one.talked.to_other.p99)


def _desk(session: Session, workers: int, size: int) -> tuple[Desk, Crowd]:
    """With so many tickets stored, and chats."""
    begin = time.perf_counter()
    desk = session.desk(workers)
    crowd = desk.chats(CHATS)
    desk.tickets(desk.places[0], FIRST, FIRST + size - 1, session.options.events, Status.DONE)
    session.say(f"    {size:,} tickets after {time.perf_counter() - begin:.0f} s")
    return desk, crowd


def _with(session: Session, desk: Desk, crowd: Crowd) -> messages.Sample:
    with session.running(desk):
        return messages.sample(session, STORED, desk, crowd, rate=STORED_RATE)
