"""What translation costs a chat: the same messages with and without it, and while translators die or stand still.

Customers write English, technicians French: sentences of the phrasebook's corpus, each written once, translated by the
phrasebook. One process has the models in a child; beside several workers they are in one translator, which all share.
"""

import os
import random
import re
import shutil
import signal
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Final

import httpx2
import msgspec
from sqlalchemy import Connection, update

from bench import processes
from bench.driven import Driver
from bench.driver import orders
from bench.driver.orders import Talked
from bench.figures import FAULTS, Figure, Goal, Results, median
from bench.ours import Desk
from bench.session import WORKERS, Session
from bench.target import Cost
from server.clock import now_ms
from server.domain.portal import PortalSettings
from server.store import outbox, portals, presence, technicians, translators
from server.store import tables as t
from server.store.translation import CATCH_UP
from server.translation import phrasebook

sys.path.append(str(Path(__file__).parents[2] / "scripts"))
from phrasebook.corpus import sentences

EMBEDDED: Final = "translation, one process on SQLite"
CLUSTER: Final = "translation, 2 workers on PostgreSQL and Valkey"
SLOWER: Final = 20
"""Of so many messages of the other scenarios one is written here: people who chat, not a load test of the models."""
TEXTS: Final = 4_093
"""For each side; a prime, so that every writer comes to every text."""
READY_S: Final = 60.0
PATIENCE_S: Final = 60.0
"""What a dead translator had is taken over after 15 s."""

ON: Final = "on"
OFF: Final = "without translation"
KILLED: Final = "translator killed"
FROZEN: Final = "translator frozen"


class Sample(msgspec.Struct):
    """Once. Costs are µs for each message."""

    scenario: str
    case: str
    cost: Cost
    """of the server without what only translates"""
    translator_us: float
    """Of one that was killed it stays unknown."""
    driver_us: float
    late_ms: float
    """No event loop was later than this: a bound of the metric's buckets."""
    talked: Talked


def run(session: Session, results: Results) -> None:
    """Off and on in turn; the mishaps once."""
    packages = session.folder()
    phrasebook.install_missing(packages)
    for scenario, workers in ((EMBEDDED, 1), (CLUSTER, WORKERS)):
        session.say(scenario)
        cases = [OFF, ON] * session.options.rounds + [KILLED, FROZEN]
        found = [sample(session, packages, scenario, workers, case) for case in cases]
        results.samples += found
        results.figures += figures(scenario, found)


def sample(session: Session, packages: Path, scenario: str, workers: int, case: str) -> Sample:
    """Chats of a customer and a technician each."""
    options, on = session.options, case != OFF
    desk = session.desk(workers)
    desk.name = f"{desk.name}: {case}"
    crowd = desk.chats(options.chats, history=0)
    desk.write(lambda conn: _languages(conn, desk, on=on))
    shutil.copytree(packages, desk.server.data / "translation" / "packages")
    texts = [[pair.source for pair in islice(sentences(lang, 7), TEXTS)] for lang in ("en", "fr")]
    for side in texts:
        random.Random(7).shuffle(side)
    with session.running(desk), Driver() as driver:
        if on:
            _until_ready(desk)
        driver.do(orders.Open(desk.port, crowd.seats))
        driver.do(orders.Talk(crowd.chats, options.rate / SLOWER, texts=texts, translated=on))
        time.sleep(options.warm)
        hurt = _hurt(desk, case)
        before, apart_before, bounds = desk.cost(), processes.cpu_s(translating(desk)), _late(desk)
        answer = driver.do(orders.Measure(options.seconds))
        used, apart = desk.cost() - before, processes.cpu_s(translating(desk)) - apart_before
        late = _later(desk, bounds)
        for pid in hurt:
            os.kill(pid, signal.SIGCONT)
        _, talked = driver.hush(PATIENCE_S)
    each = 1e6 / answer.sent
    cost = Cost((used.server - apart) * each, used.store * each, used.broker * each)
    return Sample(scenario, case, cost, apart * each, answer.cpu_s * each, late * 1000, talked)


# --- the desk -------------------------------------------------------------------------------------------------------


def _languages(conn: Connection, desk: Desk, *, on: bool) -> None:
    """Everybody has a language; the portals translate, or do not."""
    conn.execute(update(t.tickets).values(language="en"))
    for technician in technicians.all_accounts(conn):
        technicians.set_language(conn, technician.technician.id, "fr")
    for place in desk.places:
        portals.set_settings(conn, place.portal_id, PortalSettings(translation=on))


def _until_ready(desk: Desk) -> None:
    """Somebody translates, and what was there before is translated."""

    def look(conn: Connection) -> bool:
        living = translators.living(conn, presence.now_ms(conn, now_ms))
        return bool(living) and not outbox.waiting(conn, CATCH_UP)

    deadline = time.monotonic() + READY_S
    while not desk.write(look):
        if time.monotonic() > deadline:
            raise TimeoutError("nobody translates")
        time.sleep(0.1)


def translating(desk: Desk) -> list[int]:
    """What only translates: the translator of several workers with its models, or the models of the one process."""
    return desk.server.translators() or [pid for pid in processes.family(desk.root) if _has_models(pid)]


def _has_models(pid: int) -> bool:
    try:
        return b"server.translation.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it has just ended
        return False


def _hurt(desk: Desk, case: str) -> list[int]:
    """Kill or freeze what translates; who has to be woken afterwards."""
    if case == KILLED:
        for pid in translating(desk):
            os.kill(pid, signal.SIGKILL)
    if case != FROZEN:
        return []
    frozen = translating(desk)
    for pid in frozen:
        os.kill(pid, signal.SIGSTOP)
    return frozen


def _late(desk: Desk) -> dict[float, float]:
    """How often the event loops of all workers came at most so late: seconds -> times, since the start."""
    page = httpx2.get(f"{desk.server.url}/metrics").text
    found = re.findall(r'^deskwire_loop_lag_seconds_bucket\{le="([^"]+)"\} (\S+)$', page, re.MULTILINE)
    return {float(bound): float(times) for bound, times in found}


def _later(desk: Desk, before: dict[float, float]) -> float:
    """The lowest bound above all that was measured since then."""
    since = {bound: times - before[bound] for bound, times in _late(desk).items()}
    return min(bound for bound, times in since.items() if times == max(since.values()))


# --- the table ------------------------------------------------------------------------------------------------------


def figures(scenario: str, found: list[Sample]) -> list[Figure]:
    """The lines of the table."""
    made = []

    def of_case(case: str) -> list[Sample]:
        return [one for one in found if one.case == case]

    def line(name: str, unit: str, of: Callable[[Sample], float], *others: str) -> None:
        compared = {other: median(of_case(other), of) for other in others}
        made.append(Figure(scenario, name, unit, median(of_case(ON), of), compared))

    for name, of in _LATENCIES.items():
        line(f"an original to the other side, {name}", "ms", of, OFF, KILLED, FROZEN)
    line("an event loop came late, at most", "ms", lambda s: s.late_ms, OFF, KILLED, FROZEN)
    line("server CPU for a message", "µs", lambda s: s.cost.server, OFF)
    line("CPU of the translator for a message", "µs", lambda s: s.translator_us, OFF)
    if scenario != EMBEDDED:
        line("PostgreSQL CPU for a message", "µs", lambda s: s.cost.store, OFF)
    line("a translation to the reader, p50", "ms", lambda s: s.talked.to_translation.p50, KILLED, FROZEN)
    line("a translation to the reader, p99", "ms", lambda s: s.talked.to_translation.p99, KILLED, FROZEN)
    line("messages whose translation came", "%", _share, KILLED, FROZEN)
    for name, faults in _FAULTS.items():
        made.append(Figure(scenario, name, FAULTS, max(faults(one) for one in found), {}, Goal(0)))
    line("the driver was late, p99", "ms", lambda s: s.talked.late.p99, OFF)
    return made


def _share(one: Sample) -> float:
    return 100 * one.talked.translations.get("done", 0) / one.talked.sent


_LATENCIES: Final[dict[str, Callable[[Sample], float]]] = {
    "p50": lambda s: s.talked.to_other.p50,
    "p90": lambda s: s.talked.to_other.p90,
    "p99": lambda s: s.talked.to_other.p99,
}
_FAULTS: Final[dict[str, Callable[[Sample], int]]] = {
    "lost": lambda s: s.talked.lost + s.talked.unanswered,
    "refused": lambda s: s.talked.refused,
    "doubled": lambda s: s.talked.doubled + s.talked.strayed,
    "out of order": lambda s: s.talked.disordered,
    "without a word about a translation": lambda s: (
        0 if s.case == OFF else s.talked.sent - s.talked.refused - sum(s.talked.translations.values())
    ),
}
