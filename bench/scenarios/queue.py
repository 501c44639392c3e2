"""A ticket of the shared list is taken: until all consoles show it, and what that costs, with few and many tickets."""

import json
import time
import uuid
from collections.abc import Callable
from typing import Final

import msgspec

from bench.driven import Driver
from bench.driver import orders
from bench.driver.orders import SeatPlan, Talked
from bench.figures import FAULTS, Figure, Goal, Point, Results
from bench.ours import console
from bench.session import WORKERS, Session
from bench.target import Cost, Target
from server.domain.ticket import Status

SCENARIO: Final = "queue"
RATE: Final = 5.0
"""Changes a second: each reaches every console."""
EVENTS: Final = 2
"""Of each ticket."""


class Sample(msgspec.Struct):
    """One size of the queue. Costs are µs for each change and each console that hears of it."""

    scenario: str
    target: str
    tickets: int
    consoles: int
    cost: Cost
    driver_us: float
    talked: Talked


def run(session: Session, results: Results) -> None:
    """Few tickets, many tickets, and a message in a room of as many sockets."""
    sizes, consoles = session.options.queue, session.options.technicians
    session.say(f"{SCENARIO}: {', '.join(f'{size:,}' for size in sizes)}")
    found = [sample(session, size) for size in sizes]
    room = _room(session)
    results.samples += [*found, room]
    x = "tickets in the list"
    for one in found:
        results.points += [
            Point("queue cpu", "CPU for a change and a console, together", one.tickets, one.cost.all, x, "µs"),
            Point(
                "queue time", f"to the last of {consoles} consoles, p50", one.tickets, one.talked.to_all.p50, x, "ms"
            ),
        ]
    few, many = found[0], found[-1]

    def line(name: str, unit: str, of: Callable[[Sample], float], goal: Goal | None = None) -> None:
        others = {f"{few.tickets:,} tickets": of(few), f"bare relay, room of {consoles}": of(room)}
        results.figures.append(Figure(f"{SCENARIO} of {many.tickets:,} tickets", name, unit, of(many), others, goal))

    line(f"to the last of {consoles} consoles, p50", "ms", lambda s: s.talked.to_all.p50)
    line(f"to the last of {consoles} consoles, p99", "ms", lambda s: s.talked.to_all.p99)
    line("to a console, p50", "ms", lambda s: s.talked.to_other.p50)
    line("CPU for a change and a console, together", "µs", lambda s: s.cost.all)
    line("lost or refused", FAULTS, lambda s: s.talked.lost + s.talked.unanswered + s.talked.refused, Goal(0))
    line("doubled or out of order", FAULTS, lambda s: s.talked.doubled + s.talked.disordered, Goal(0))


def sample(session: Session, size: int, workers: int = WORKERS) -> Sample:
    """A queue of so many tickets, all of one company, whose technicians all look at it."""
    desk = session.desk(workers)
    place = desk.place()
    people = desk.people(place, session.options.technicians, available=True)
    desk.tickets(place, 1, size, EVENTS, Status.OPEN)
    seats = [console(person, [], available=True) for person in people]
    taken = [place.ticket(number) for number in range(1, _count(session) + 1)]
    commands = [json.dumps({"type": "assign", "ref": "{ref}", "ticket": ticket}) for ticket in taken]
    return changed(session, desk, size, seats, commands, taken)


def _room(session: Session) -> Sample:
    relay = session.relay("bare")
    relay.chats(1)
    seats = [SeatPlan("/chat", ["chat-0"]) for _ in range(session.options.technicians)]
    known = [str(uuid.uuid4()) for _ in range(_count(session))]
    said = {"type": "send", "ref": "{ref}", "ticket": "chat-0", "stream": "", "n": 0, "text": "Somebody has taken it."}
    return changed(session, relay, 0, seats, [json.dumps({**said, "client_id": one}) for one in known], known)


def _count(session: Session) -> int:
    return int(RATE * (session.options.warm + session.options.seconds + 5))


def changed(
    session: Session, target: Target, size: int, seats: list[SeatPlan], commands: list[str], marks: list[str]
) -> Sample:
    """Changes by everybody in turn."""
    with session.running(target), Driver() as driver:
        driver.do(orders.Open(target.port, seats))
        driver.do(orders.Change(commands, list(range(len(seats))), marks, RATE))
        time.sleep(session.options.warm)
        before = target.cost()
        answer = driver.do(orders.Measure(session.options.seconds))
        used = target.cost() - before
        _, talked = driver.hush()
    each = 1e6 / (answer.sent * len(seats))
    cost = Cost(used.server * each, used.store * each, used.broker * each)
    return Sample(SCENARIO, target.name, size, len(seats), cost, answer.cpu_s * each, talked)
