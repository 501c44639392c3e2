"""What a message costs, and how long it takes: chats of one customer and one technician each, at a set rate."""

import time
from collections.abc import Callable
from functools import partial
from typing import Final

import msgspec

from bench.driven import Driver
from bench.driver import orders
from bench.driver.orders import Talked
from bench.figures import FAULTS, Figure, Goal, Results, median
from bench.session import WORKERS, Session
from bench.target import Contenders, Cost, Crowd, Target

EMBEDDED: Final = "messages, one process on SQLite"
CLUSTER: Final = "messages, 2 workers on PostgreSQL and Valkey"
LISTS: Final = "the same with the shared list open and read marks"


class Sample(msgspec.Struct):
    """One target, once. Costs are µs for each message."""

    scenario: str
    target: str
    rate: float
    cost: Cost
    driver_us: float
    talked: Talked


def run(session: Session, results: Results) -> None:
    """Each round measures each target anew, one after the other."""
    embedded: Contenders = {"echo": session.echo, "SQLite relay": partial(session.relay, "embedded")}
    _compare(session, results, EMBEDDED, embedded, 1)
    relays: Contenders = {"plain relay": partial(session.relay, "plain"), "bare relay": partial(session.relay, "bare")}
    _compare(session, results, CLUSTER, relays, WORKERS)
    _compare(session, results, LISTS, {}, WORKERS, people=True)


def _compare(
    session: Session,
    results: Results,
    scenario: str,
    others: Contenders,
    workers: int,
    *,
    people: bool = False,
) -> None:
    session.say(scenario)
    samples: dict[str, list[Sample]] = {}
    contenders: Contenders = {**others, "Deskwire": partial(session.desk, workers)}
    for _ in range(session.options.rounds):
        for name, make in contenders.items():
            target = make()
            crowd = target.chats(session.options.chats, available=people)
            with session.running(target):
                samples.setdefault(name, []).append(sample(session, scenario, target, crowd, marks=people))
    results.samples += [one for several in samples.values() for one in several]
    results.figures += figures(scenario, samples.pop("Deskwire"), samples)


def sample(
    session: Session, scenario: str, target: Target, crowd: Crowd, *, marks: bool = False, rate: float = 0.0
) -> Sample:
    """Talk for a while with a server that runs; at the rate of the options, or another one."""
    options = session.options
    rate = rate or options.rate
    with Driver() as driver:
        driver.do(orders.Open(target.port, crowd.seats))
        driver.do(orders.Talk(crowd.chats, rate, marks))
        time.sleep(options.warm)
        before = target.cost()
        answer = driver.do(orders.Measure(options.seconds))
        used = target.cost() - before
        _, talked = driver.hush()
    each = 1e6 / answer.sent
    cost = Cost(used.server * each, used.store * each, used.broker * each)
    return Sample(scenario, target.name, rate, cost, answer.cpu_s * each, talked)


def figures(scenario: str, ours: list[Sample], others: dict[str, list[Sample]]) -> list[Figure]:
    """The lines of the table."""
    made = []

    def line(name: str, unit: str, of: Callable[[Sample], float], goal: Goal | None = None) -> None:
        compared = {other: median(samples, of) for other, samples in others.items()}
        made.append(Figure(scenario, name, unit, median(ours, of), compared, goal))

    against = {EMBEDDED: Goal(1.5, "SQLite relay"), CLUSTER: Goal(1.0, "plain relay")}.get(scenario)
    line("server CPU for a message", "µs", lambda s: s.cost.server, against)
    if scenario != EMBEDDED:
        line("PostgreSQL CPU for a message", "µs", lambda s: s.cost.store)
        line("Valkey CPU for a message", "µs", lambda s: s.cost.broker)
        line("CPU for a message, together", "µs", lambda s: s.cost.all, against)
    line("to the other side, p50", "ms", lambda s: s.talked.to_other.p50)
    line("to the other side, p90", "ms", lambda s: s.talked.to_other.p90)
    line("to the other side, p99", "ms", lambda s: s.talked.to_other.p99, Goal(10) if scenario == CLUSTER else None)
    line("to the ack, p50", "ms", lambda s: s.talked.to_ack.p50)
    line("to the ack, p99", "ms", lambda s: s.talked.to_ack.p99)
    for name, of in _FAULTS.items():
        worst = {other: float(max(of(sample.talked) for sample in samples)) for other, samples in others.items()}
        made.append(Figure(scenario, name, FAULTS, max(of(sample.talked) for sample in ours), worst, Goal(0)))
    line("the driver's own CPU for a message", "µs", lambda s: s.driver_us)
    line("the driver was late, p99", "ms", lambda s: s.talked.late.p99)
    return made


_FAULTS: Final[dict[str, Callable[[Talked], int]]] = {
    "lost": lambda t: t.lost + t.unanswered,
    "refused": lambda t: t.refused,
    "doubled": lambda t: t.doubled + t.strayed,
    "out of order": lambda t: t.disordered,
}
