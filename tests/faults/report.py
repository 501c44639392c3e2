"""Figures of a run: how much, how often, and how long people were away."""

import re
from statistics import quantiles

import msgspec

from tests.faults.cast import count
from tests.faults.evidence import Participant, Run

HEAD = """\
| fault | servers | times | acknowledged | lost | doubled | reordered | other | connections | back p50 | p99 | seed |
|---|---|---|---|---|---|---|---|---|---|---|---|"""
STORED = re.compile(r"is stored (\d+) times")


class Row(msgspec.Struct, frozen=True):
    """A line of the table."""

    fault: str
    servers: str
    times: int
    acked: int
    lost: int
    doubled: int
    reordered: int
    other: int
    """Violations that are none of these."""
    connections: int
    p50: float
    p99: float
    seed: int

    @classmethod
    def of(cls, fault: str, servers: str, times: int, seed: int, run: Run, violations: list[str]) -> "Row":
        """Of a judged run."""
        stored = [int(match[1]) for violation in violations if (match := STORED.search(violation))]
        reordered = sum(violation.startswith("V3") for violation in violations)
        unanswered = count(run, "sent") - count(run, "acked")
        p50, p99 = percentiles([s for participant in run.participants for s in absences(participant)])
        return cls(
            fault,
            servers,
            times,
            count(run, "acked"),
            stored.count(0),
            sum(copies > 1 for copies in stored),
            reordered,
            len(violations) - len(stored) - reordered + unanswered,
            count(run, "connected"),
            p50,
            p99,
            seed,
        )

    @property
    def sound(self) -> bool:
        """Nothing is wrong."""
        return not (self.lost or self.doubled or self.reordered or self.other)

    def __str__(self) -> str:
        figures = (self.lost, self.doubled, self.reordered, self.other, f"{self.connections:,}")
        times = (f"{self.p50:.2f} s", f"{self.p99:.2f} s", self.seed)
        return (
            f"| {' | '.join(map(str, (self.fault, self.servers, self.times, f'{self.acked:,}', *figures, *times)))} |"
        )


def absences(participant: Participant) -> list[float]:
    """Seconds from each loss of the connection until everything was there again."""
    found: list[float] = []
    since: float | None = None
    for line in participant.journal:
        if line["what"] == "disconnected":
            since = since if since is not None else line["at"]
        elif line["what"] == "live" and since is not None:
            found.append(line["at"] - since)
            since = None
    return found


def percentiles(values: list[float]) -> tuple[float, float]:
    """p50 and p99."""
    if len(values) < 2:
        return (values[0], values[0]) if values else (0.0, 0.0)
    cuts = quantiles(values, n=100, method="inclusive")
    return cuts[49], cuts[98]
