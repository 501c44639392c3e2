"""What translation costs a chat: the same messages with and without it, and while translators die or stand still.

Customers write English, technicians French: sentences of the phrasebook's corpus, each written once, translated by the
phrasebook. One process has the models in a child; beside several workers they are in one translator, which all share.

Everything takes place on one server, in turns of some seconds, so that what else the machine does meets all alike:

    without translation     the tickets are not translated; the translator is there, and has nothing to do
    as many more messages   the same, and for each translation that there would be another message: what any event costs
    on                      all is translated
    killed, frozen          on, and what translates is hurt as the turn begins; models every few seconds again

The order is another one in each round: no case has the same neighbour each time.
"""

import os
import random
import re
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Final

import httpx2
import msgspec
from sqlalchemy import Connection, update

from bench import processes
from bench.driven import Driver
from bench.driver import orders, stolen
from bench.driver.orders import ChatPlan, Talked
from bench.figures import FAULTS, Figure, Goal, Results
from bench.ours import Desk
from bench.resampling import Second, percentile, ratio
from bench.session import WORKERS, Options, Session
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
TEXTS: Final = 65_521
"""For each side; a prime, so that every writer comes to every text."""
ROUNDS: Final = 2
"""Turns of each kind, for each round of the other scenarios: that many seconds are drawn from."""
WARM_S: Final = 1.0
"""Before a turn counts; before the first one it is as long as everywhere."""
CALM_S: Final = 30.0
"""So long a turn waits for a quiet second before it counts; that others want the processors shows under load only."""
QUIET: Final = 0.01
"""Of a second in which the host took away more of the processors than this, no original counts: its time is that of
other machines. That goes for all cases alike."""
CLIENTS_NICE: Final = -15
"""People sit elsewhere: how late their side is here, beside models, is no part of how long an original takes."""
FEW: Final = 4
"""Seconds of a case, of which nothing can be said."""
AGAIN_S: Final = 3.0
"""From hurt to hurt of models: what replaces the killed has begun to translate by then. A translator that dies again so
soon is started ever more slowly, and would translate nothing for the most part: it is hurt once a turn.
"""
IMPATIENT: Final = {"DESKWIRE_TRANSLATION_DEADLINE_SECONDS": "4", "DESKWIRE_WORKER_SILENCE_SECONDS": "3"}
"""So that what was frozen is missed and replaced within a turn, and not after half a minute."""
READY_S: Final = 120.0
PATIENCE_S: Final = 60.0
"""What a dead translator had is taken over after 15 s."""

ON: Final = "on"
OFF: Final = "without translation"
MORE: Final = "as many more messages"
KILLED: Final = "translator killed"
FROZEN: Final = "translator frozen"
TRANSLATED: Final = (ON, KILLED, FROZEN)
CASES: Final = (OFF, MORE, *TRANSLATED)
HURT: Final = {KILLED: signal.SIGKILL, FROZEN: signal.SIGSTOP}
WORSE: Final = Goal(1.1)
"""What an original may take with translation, for each 1 without, and with a hurt translator, for each 1 with a sound
one; or what cannot be told from the same."""
SOON: Final = Goal(10)
"""Within so many ms 99 of 100 originals are there, whatever the translator does: as without translation."""
STALL: Final = Goal(10)


class Turn(msgspec.Struct):
    """Once. Costs are µs for each original."""

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
    """Both set-ups."""
    packages = session.folder()
    phrasebook.install_missing(packages)
    dice = random.Random(7)
    rounds = [dice.sample(CASES, len(CASES)) for _ in range(ROUNDS * session.options.rounds)]
    for scenario, workers in ((EMBEDDED, 1), (CLUSTER, WORKERS)):
        session.say(scenario)
        found = turns(session, packages, scenario, workers, [case for round_ in rounds for case in round_])
        results.figures += figures(scenario, found)
        for one in found:
            one.talked.to_other_ms = []  # all that follows from them is in the table
        results.samples += found


def turns(session: Session, packages: Path, scenario: str, workers: int, cases: Sequence[str]) -> list[Turn]:
    """Chats of a customer and a technician each."""
    desk = session.desk(workers, **IMPATIENT)
    crowd = desk.chats(session.options.chats, history=0)
    desk.write(lambda conn: _languages(conn, desk))
    shutil.copytree(packages, desk.server.data / "translation" / "packages")
    texts = [[pair.source for pair in islice(sentences(lang, 7), TEXTS)] for lang in ("en", "fr")]
    for side in texts:
        random.Random(7).shuffle(side)
    found = []
    with session.running(desk), Driver(CLIENTS_NICE) as driver:
        driver.do(orders.Open(desk.port, crowd.seats))
        time.sleep(session.options.warm)
        for number, case in enumerate(cases):
            session.say(f"        {case}")
            _until_ready(desk)
            first = number * (TEXTS // len(cases))  # what was translated in another turn would be known by heart
            own = [side[first:] + side[:first] for side in texts]
            found.append(_turn(desk, driver, crowd.chats, scenario, case, own, session.options))
    return found


def _turn(
    desk: Desk, driver: Driver, chats: list[ChatPlan], scenario: str, case: str, texts: list[list[str]], how: Options
) -> Turn:
    on, events = case in TRANSLATED, 2 if case == MORE else 1
    desk.write(lambda conn: conn.execute(update(t.tickets).values(translate=on)))
    driver.do(orders.Talk(chats, how.rate / SLOWER * events, texts=texts, translated=on, one_by_one=True))
    warm(min(WARM_S, how.warm))
    with _hurting(desk, case):
        before, apart_before, bounds = desk.cost(), processes.cpu_s(translating(desk)), _late(desk)
        answer = driver.do(orders.Measure(how.seconds))
        used, apart = desk.cost() - before, processes.cpu_s(translating(desk)) - apart_before
        late = _later(desk, bounds)
    _, talked = driver.hush(PATIENCE_S)
    each = 1e6 / answer.sent * events
    cost = Cost((used.server - apart) * each, used.store * each, used.broker * each)
    return Turn(scenario, case, cost, apart * each, answer.cpu_s * each, late * 1000, talked)


# --- the desk -------------------------------------------------------------------------------------------------------


def _languages(conn: Connection, desk: Desk) -> None:
    """Everybody has a language, technicians have opened their tickets, and the portals translate."""
    conn.execute(update(t.tickets).values(language="en"))
    for technician in technicians.all_accounts(conn):
        technicians.set_language(conn, technician.technician.id, "fr")
    for place in desk.places:
        portals.set_settings(conn, place.portal_id, PortalSettings(translation=True))


def _until_ready(desk: Desk) -> None:
    """Somebody translates, and what was there before is translated: no turn has work of the one before it."""

    def look(conn: Connection) -> bool:
        living = translators.living(conn, presence.now_ms(conn, now_ms))
        return bool(living) and not any(outbox.waiting(conn, kind) for kind in ("translate", CATCH_UP))

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


def warm(seconds: float) -> None:
    """Until everything is under way, and the host has left the processors to us for as long."""
    deadline = time.monotonic() + CALM_S
    quiet = False
    while not quiet and time.monotonic() < deadline:
        before = stolen.stolen_s()
        time.sleep(seconds)
        quiet = stolen.stolen_s() - before <= QUIET * seconds * (os.cpu_count() or 1)


@contextmanager
def _hurting(desk: Desk, case: str) -> Iterator[None]:
    """Kill or freeze what translates, now and, if it is models, again and again; who still sleeps in the end is
    woken.
    """
    hurt, over = HURT.get(case), threading.Event()
    pause_s = None if desk.server.translators() else AGAIN_S
    met: set[int] = set()

    def again() -> None:
        while hurt:
            met.update(pids := translating(desk))
            _send(pids, hurt)
            if over.wait(pause_s):
                return

    thread = threading.Thread(target=again)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        _send(met, signal.SIGCONT)


def _send(pids: Iterable[int], what: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):  # it was replaced
            os.kill(pid, what)


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


def figures(scenario: str, found: list[Turn]) -> list[Figure]:
    """The lines of the table: of all turns of a kind together."""
    cases = {case: [one for one in found if one.case == case] for case in CASES}
    seconds = {case: quiet(turns) for case, turns in cases.items()}
    counted = {case: float(len(found)) for case, found in seconds.items()}
    if min(counted.values()) < FEW:
        raise RuntimeError(f"the host was busy; of each case so many seconds were quiet: {counted}")
    return [
        Figure(scenario, "seconds that count", "", counted.pop(ON), counted),
        *_latencies(scenario, seconds),
        *_costs(scenario, cases),
        *_outcomes(scenario, cases),
        *_faults(scenario, found),
    ]


def quiet(turns: Sequence[Turn]) -> list[Second]:
    """Milliseconds of originals, by the seconds in which the host left the processors to us."""
    return [second.ms for one in turns for second in one.talked.to_other_ms if second.stolen <= QUIET]


def _latencies(scenario: str, measured: dict[str, list[Second]]) -> list[Figure]:
    made = []
    for name, share in _SHARES.items():
        values = {case: percentile(seconds, share) for case, seconds in measured.items()}
        made.append(Figure(scenario, f"an original to the other side, {name}", "ms", values.pop(ON), values))
    slow = {case: percentile(measured[case], _SHARES["p99"]) for case in TRANSLATED}
    made += [Figure(scenario, f"p99 of an original, {case}", "ms", value, {}, SOON) for case, value in slow.items()]
    for name in ("p50", "p99"):
        for (case, other), goal in _COMPARED.items():
            one = ratio(measured[case], measured[other], _SHARES[name])
            what = f"{name} of an original: {case}, against {other}"
            made.append(Figure(scenario, what, "×", one.itself, {}, goal, (one.least, one.most)))
    return made


def _costs(scenario: str, cases: dict[str, list[Turn]]) -> list[Figure]:
    def line(name: str, of: Callable[[Turn], float], *others: str) -> Figure:
        means = {case: sum(map(of, cases[case])) / len(cases[case]) for case in (ON, *others)}
        return Figure(scenario, name, "µs", means.pop(ON), means)

    made = [line("server CPU for an original", lambda one: one.cost.server, OFF, MORE)]
    if scenario != EMBEDDED:
        made.append(line("PostgreSQL CPU for an original", lambda one: one.cost.store, OFF, MORE))
    return [*made, line("CPU of the translator for an original", lambda one: one.translator_us)]


def _outcomes(scenario: str, cases: dict[str, list[Turn]]) -> list[Figure]:
    made = []
    for case in (KILLED, FROZEN):
        late = max(one.late_ms for one in cases[case])
        what = f"an event loop came late, {case}, at most, of two looks a second"
        made.append(Figure(scenario, what, "ms", late, _latest(cases), STALL))
    for name, of in _OUTCOMES.items():
        worst = {case: max(map(of, cases[case])) for case in TRANSLATED}
        made.append(Figure(scenario, name[0], name[1], worst.pop(ON), worst))
    return made


def _latest(cases: dict[str, list[Turn]]) -> dict[str, float]:
    return {case: max(one.late_ms for one in cases[case]) for case in (ON, OFF)}


def _faults(scenario: str, found: list[Turn]) -> list[Figure]:
    return [
        Figure(scenario, name, FAULTS, max(faults(one) for one in found), {}, Goal(0))
        for name, faults in _FAULTS.items()
    ]


_COMPARED: Final = {(ON, OFF): WORSE, (ON, MORE): None, (KILLED, ON): WORSE, (FROZEN, ON): WORSE}
_SHARES: Final = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "the longest": 1.0}
_OUTCOMES: Final[dict[tuple[str, str], Callable[[Turn], float]]] = {
    ("a translation to the reader, p50 of the worst turn", "ms"): lambda one: one.talked.to_translation.p50,
    ("a translation to the reader, p99 of the worst turn", "ms"): lambda one: one.talked.to_translation.p99,
    ("messages without a translation", "%"): lambda one: (
        100 - 100 * one.talked.translations.get("done", 0) / one.talked.sent
    ),
    ("the driver was late, p99 of the worst turn", "ms"): lambda one: one.talked.late.p99,
}
_FAULTS: Final[dict[str, Callable[[Turn], int]]] = {
    "lost": lambda one: one.talked.lost + one.talked.unanswered,
    "refused": lambda one: one.talked.refused,
    "doubled": lambda one: one.talked.doubled + one.talked.strayed,
    "out of order": lambda one: one.talked.disordered,
    "without a word about a translation": lambda one: (
        one.talked.sent - one.talked.refused - sum(one.talked.translations.values()) if one.case in TRANSLATED else 0
    ),
}
