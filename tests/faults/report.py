"""Figures of a run: how much, how often, and how long people were away."""

from statistics import quantiles

from tests.faults.cast import count
from tests.faults.evidence import Participant, Run


def summary(run: Run) -> str:
    """One line."""
    away = sorted(seconds for participant in run.participants for seconds in absences(participant))
    p50, p99 = percentiles(away)
    return (
        f"{count(run, 'acked')} acknowledged, lost 0, doubled 0, reordered 0;"
        f" {count(run, 'connected')} connections, {count(run, 'again')} events came twice and were known,"
        f" {count(run, 'refused')} refusals; back after {p50:.2f} s (p50), {p99:.2f} s (p99)"
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


def upper_bound(losses: int, chances: int) -> float:
    """The 95 % upper bound of a rate that was seen to be zero: the rule of three."""
    if losses:
        raise ValueError("the rule of three is for what never happened")
    return min(1.0, 3 / chances)
