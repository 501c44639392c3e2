"""Everybody is cut at the same moment and comes back at once: how long until the last one has read what he missed."""

import time
from collections.abc import Callable
from functools import partial
from typing import Final

import msgspec

from bench.driven import Driver
from bench.driver import orders
from bench.driver.orders import Returned
from bench.figures import Figure, Goal, Results, median
from bench.session import WORKERS, Session
from bench.target import Contenders, Cost, Target

SCENARIO: Final = "all clients cut"
WATCHED: Final = 19
"""By each console: of 2,000 clients 1,900 are customers."""
MISSED: Final = 5
"""Events of each ticket, for each who comes back."""
BETWEEN_S: Final = 3.0
"""From one cut to the next: until the server has noticed, and done what is left to do."""


class Sample(msgspec.Struct):
    """One cut. Costs are ms for each client."""

    scenario: str
    target: str
    clients: int
    returned: Returned
    cost: Cost
    driver_ms: float


def run(session: Session, results: Results) -> None:
    """In one process, and in several."""
    _compare(session, results, "1 process", {"SQLite relay": partial(session.relay, "embedded")}, 1)
    relays: Contenders = {"plain relay": partial(session.relay, "plain"), "bare relay": partial(session.relay, "bare")}
    _compare(session, results, "2 workers", relays, WORKERS)


def _compare(session: Session, results: Results, kind: str, others: Contenders, workers: int) -> None:
    scenario = f"{SCENARIO}, {kind}"
    session.say(scenario)
    found: dict[str, list[Sample]] = {}
    contenders: Contenders = {**others, "Deskwire": partial(session.desk, workers)}
    for name, make in contenders.items():
        found[name] = _samples(session, scenario, make())
        results.samples += found[name]
    ours = found.pop("Deskwire")

    def line(name: str, unit: str, of: Callable[[Sample], float], goal: Goal | None = None) -> None:
        compared = {other: median(samples, of) for other, samples in found.items()}
        results.figures.append(Figure(scenario, name, unit, median(ours, of), compared, goal))

    line("all are back", "s", lambda s: s.returned.back.most / 1000, Goal(1.6) if workers > 1 else None)
    line("back, p50", "s", lambda s: s.returned.back.p50 / 1000)
    line("server CPU for a client", "ms", lambda s: s.cost.server)
    line("CPU for a client, together", "ms", lambda s: s.cost.all)
    line("attempts for a client", "", lambda s: s.returned.attempts / s.clients)
    line("did not get what they missed", "clients", lambda s: s.returned.wrong, Goal(0))


def _samples(session: Session, scenario: str, target: Target) -> list[Sample]:
    customers = session.options.sockets * WATCHED // (WATCHED + 1)
    seats = target.chats(customers, per_console=WATCHED).seats
    samples = []
    with session.running(target), Driver() as driver:
        driver.do(orders.Open(target.port, seats))
        for _ in range(session.options.rounds):
            time.sleep(BETWEEN_S)
            before = target.cost()
            answer, returned = driver.cut(MISSED)
            used, each = target.cost() - before, 1e3 / len(seats)
            cost = Cost(used.server * each, used.store * each, used.broker * each)
            samples.append(Sample(scenario, target.name, len(seats), returned, cost, answer.cpu_s * each))
    return samples
