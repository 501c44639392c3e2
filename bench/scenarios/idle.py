"""What a socket costs that nobody writes on: memory once it is signed in, once it watches its ticket, and CPU."""

import time
from typing import Final

import msgspec

from bench.driven import Driver
from bench.driver import orders
from bench.driver.orders import SeatPlan
from bench.figures import Figure, Goal, Results
from bench.session import Session
from bench.target import Target

SCENARIO: Final = "idle sockets"
FIRST: Final = 10
"""Sockets that come and go before: what is made for the first ones is not theirs alone."""
STILL: Final = 0.002
"""Memory that changes by less than this share within PAUSE_S does not change."""
PAUSE_S: Final = 1.0
PATIENCE: Final = 30


class Sample(msgspec.Struct):
    """Of one kind of socket."""

    scenario: str
    target: str
    kind: str
    sockets: int
    signed_in_kib: float
    watching_kib: float
    us_each_second: float
    """CPU"""


def run(session: Session, results: Results) -> None:
    """Customers, consoles, and what a socket costs in itself."""
    session.say(SCENARIO)
    count = session.options.sockets
    echo, customers, consoles = session.echo(), session.desk(), session.desk()
    bare = _sample(session, echo, "bare", echo.chats(count + FIRST).seats)
    of_customers = _sample(session, customers, "customers", customers.chats(count + FIRST, per_console=100).seats)
    chats = count // 2 + FIRST
    of_consoles = _sample(session, consoles, "consoles", consoles.chats(chats).seats[chats:])
    results.samples += [bare, of_customers, of_consoles]
    compared = {"echo": bare.signed_in_kib}
    cpu = {"echo": bare.us_each_second}
    for one in (of_customers, of_consoles):
        signed_in = Goal(28) if one is of_customers else None
        results.figures += [
            Figure(SCENARIO, f"memory, {one.kind} signed in", "KiB", one.signed_in_kib, compared, signed_in),
            Figure(SCENARIO, f"memory, {one.kind} watching a ticket", "KiB", one.watching_kib, compared),
            Figure(SCENARIO, f"CPU, {one.kind}", "µs/s", one.us_each_second, cpu),
        ]


def _sample(session: Session, target: Target, kind: str, seats: list[SeatPlan]) -> Sample:
    first, seats = seats[:FIRST], seats[FIRST : FIRST + session.options.sockets]
    tickets = [seat.tickets for seat in seats]
    with session.running(target):
        with Driver() as driver:
            driver.do(orders.Open(target.port, first))
        before = settled_kib(target)
        with Driver() as driver:
            for seat in seats:
                seat.tickets = []
            driver.do(orders.Open(target.port, seats))
            signed_in = settled_kib(target)
            driver.do(orders.Watch(tickets))
            watching = settled_kib(target)
            time.sleep(session.options.warm)
            cost, seconds = target.cost(), session.options.quiet
            driver.do(orders.Measure(seconds))
            used = target.cost() - cost
    each = 1 / len(seats)
    return Sample(
        scenario=SCENARIO,
        target=target.name,
        kind=kind,
        sockets=len(seats),
        signed_in_kib=(signed_in - before) * each,
        watching_kib=(watching - before) * each,
        us_each_second=used.all * 1e6 * each / seconds,
    )


def settled_kib(target: Target) -> int:
    """Memory of the server when it has come to rest."""
    before = target.memory_kib()
    for _ in range(PATIENCE):
        time.sleep(PAUSE_S)
        now = target.memory_kib()
        if abs(now - before) <= STILL * before:
            return now
        before = now
    return before
