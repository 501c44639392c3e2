"""What is not looked at costs nothing: CPU for a message while ever more chats are open, and more tickets stored."""

import time
from typing import Final

import msgspec

from bench.driven import Driver
from bench.driver import orders
from bench.driver.orders import Talked
from bench.figures import Figure, Point, Results
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
    """Curves: one point for each size."""
    _open_chats(session, results)
    _stored_tickets(session, results)


# --- open chats -----------------------------------------------------------------------------------------------------


def _open_chats(session: Session, results: Results) -> None:
    sizes = session.options.open_chats
    session.say(f"{OPEN}: {', '.join(f'{size:,}' for size in sizes)}")
    found = [_silence(session, size) for size in sizes]
    results.samples += found
    x = "chats that are open"
    for one in found:
        results.points += [
            Point(f"{OPEN} cpu", "server CPU for a message", one.chats, one.us_a_message, x, "µs"),
            Point(f"{OPEN} time", "to the other side, p50", one.chats, one.talked.to_other.p50, x, "ms"),
        ]
    first, last = found[0], found[-1]
    scenario, compared = f"{last.chats:,} open chats, {TALKING} talk", f"{first.chats} open chats"
    results.figures += [
        Figure(scenario, "server CPU for a message", "µs", last.us_a_message, {compared: first.us_a_message}),
        Figure(scenario, "server CPU for a silent chat", "µs/s", last.us_a_quiet_second / last.chats),
        Figure(scenario, "p99", "ms", last.talked.to_other.p99, {compared: first.talked.to_other.p99}),
    ]


def _silence(session: Session, size: int) -> Silence:
    desk, options = session.desk(), session.options
    talking = desk.chats(TALKING)
    silent = desk.chats(size - TALKING, PER_CONSOLE).seats if size > TALKING else []
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


def _stored_tickets(session: Session, results: Results) -> None:
    options, x = session.options, "tickets that are stored"
    for workers, kind in ((1, "SQLite"), (WORKERS, "PostgreSQL")):
        session.say(f"{STORED} in {kind}: {', '.join(f'{size:,}' for size in options.stored_tickets)}")
        desk = session.desk(workers)
        crowd, stored, costs = desk.chats(CHATS), 0, []
        for size in options.stored_tickets:
            begin = time.perf_counter()
            desk.tickets(desk.places[0], FIRST + stored, FIRST + size - 1, options.events, Status.DONE)
            stored = size
            session.say(f"    {size:,} tickets after {time.perf_counter() - begin:.0f} s")
            one = _with(session, desk, crowd)
            costs.append((size, one))
            results.samples.append(one)
            lines = {f"{kind}: CPU for a message": one.cost.server}
            if workers > 1:  # SQLite works inside of the server
                lines = {f"{kind}: the servers alone": one.cost.server, f"{kind}: together": one.cost.all}
            results.points += [Point(STORED, line, size, value, x, "µs") for line, value in lines.items()]
        (few, first), (many, last) = costs[0], costs[-1]
        scenario, compared = f"{many:,} tickets, {many * options.events:,} events in {kind}", f"{few:,} tickets"
        results.figures += [
            Figure(scenario, "CPU for a message, together", "µs", last.cost.all, {compared: first.cost.all}),
            Figure(
                scenario,
                "to the other side, p99",
                "ms",
                last.talked.to_other.p99,
                {compared: first.talked.to_other.p99},
            ),
        ]


def _with(session: Session, desk: Desk, crowd: Crowd) -> messages.Sample:
    with session.running(desk):
        return messages.sample(session, STORED, desk, crowd, rate=STORED_RATE)
