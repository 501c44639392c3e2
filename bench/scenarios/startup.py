"""From the start of the process to its first answer, and the memory that it has then."""

import time
from collections.abc import Callable
from typing import Final

import msgspec

from bench import processes
from bench.figures import Figure, Goal, Results, median
from bench.session import WORKERS, Session
from bench.target import Target

SCENARIO: Final = "start"


class Sample(msgspec.Struct):
    """One start."""

    scenario: str
    target: str
    workers: int
    seconds: float
    """until a request is answered; of several workers, until all serve"""
    worker_mib: float
    """of the largest one"""
    all_mib: float


def run(session: Session, results: Results) -> None:
    """Of an installation that was started before."""
    session.say(SCENARIO)
    echo, one, several = session.echo(), session.desk(), session.desk(WORKERS)
    found = {name: _starts(session, target) for name, target in (("echo", echo), ("one", one), ("several", several))}
    results.samples += [sample for samples in found.values() for sample in samples]

    def line(name: str, unit: str, which: str, of: Callable[[Sample], float], goal: Goal | None = None) -> None:
        compared = {"echo": median(found["echo"], of)}
        results.figures.append(Figure(SCENARIO, name, unit, median(found[which], of), compared, goal))

    line("one process: to the first answer", "s", "one", lambda s: s.seconds, Goal(2.5))
    line("one process: memory", "MiB", "one", lambda s: s.all_mib, Goal(110))
    line(f"{WORKERS} workers: until all serve", "s", "several", lambda s: s.seconds)
    line(f"{WORKERS} workers: memory of one", "MiB", "several", lambda s: s.worker_mib, Goal(110))
    line(f"{WORKERS} workers: memory together", "MiB", "several", lambda s: s.all_mib)


def _starts(session: Session, target: Target) -> list[Sample]:
    samples = []
    for _ in range(session.options.rounds + 1):
        begin = time.perf_counter()
        with session.running(target):
            seconds = time.perf_counter() - begin
            mib = [processes.pss_kib(pid) / 1024 for pid in processes.family(target.root)]
            samples.append(Sample(SCENARIO, target.name, target.workers, seconds, max(mib), sum(mib)))
    return samples[1:]  # the first one filled the system's cache
