"""What came out: figures with what they are compared with, as one table and as JSON."""

import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
ROOT = Path(__file__).parents[1]


class Goal(msgspec.Struct, frozen=True):
    """At most so much, or so many times what a reference has."""

    most: float
    times: str = ""


class Figure(msgspec.Struct):
    """One line of the table."""

    scenario: str
    name: str
    unit: str
    ours: float
    others: dict[str, float] = {}
    goal: Goal | None = None
    between: tuple[float, float] | None = None
    """where the measurement leaves so much room: the goal is missed when all of that is beyond it"""

    @property
    def reached(self) -> bool | None:
        """None: there is no goal, or nothing to compare with."""
        if self.goal is None:
            return None
        if not self.goal.times:
            return (self.between[0] if self.between else self.ours) <= self.goal.most
        other = self.others.get(self.goal.times, 0.0)
        return self.ours <= self.goal.most * other if other else None


class Point(msgspec.Struct):
    """One point of a curve: ``y`` at ``x``."""

    curve: str
    line: str
    x: float
    y: float
    x_name: str
    y_name: str


class Results(msgspec.Struct):
    """Of one run."""

    machine: dict[str, Any]
    options: Any
    figures: list[Figure] = []
    points: list[Point] = []
    samples: list[Any] = []
    """everything that was measured, before anything was made of it"""
    broken: list[str] = []
    """scenarios that broke off"""

    @property
    def sound(self) -> bool:
        """Everything took place, and nothing of ours was lost, doubled or out of order."""
        return not self.broken and all(figure.ours == 0 for figure in self.figures if figure.unit == FAULTS)


FAULTS = "messages"
"""The unit of what must be nought."""


def median(samples: Sequence[T], of: Callable[[T], float]) -> float:
    """Of one thing about the rounds."""
    return statistics.median(of(sample) for sample in samples)


def machine() -> dict[str, Any]:
    """Where this was measured, and how quiet it was."""
    cpu = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "")
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return {
        "at": time.strftime("%Y-%m-%d %H:%M"),
        "cores": os.cpu_count(),
        "processor": cpu.partition(":")[2].strip(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "commit": commit.stdout.strip(),
        "load": round(os.getloadavg()[0], 2),
        "command": " ".join(sys.argv[1:]),
    }


# --- the table ------------------------------------------------------------------------------------------------------


def table(figures: Iterable[Figure]) -> str:
    """In Markdown."""
    lines = ["| scenario | figure | Deskwire | compared with | goal | |", "|---|---|---:|---|---|---|"]
    return "\n".join([*lines, *(_line(figure) for figure in figures)])


def _line(figure: Figure) -> str:
    others = ", ".join(_against(figure, name, value) for name, value in figure.others.items())
    verdict = {None: "", True: "yes", False: "**no**"}[figure.reached]
    value = f"{_number(figure.ours)} {figure.unit}"
    if figure.between:
        value += f" ({_number(figure.between[0])} to {_number(figure.between[1])})"
    return f"| {figure.scenario} | {figure.name} | {value} | {others} | {_goal(figure)} | {verdict} |"


def _goal(figure: Figure) -> str:
    if figure.goal is None:
        return ""
    if figure.goal.times:
        return f"≤ {figure.goal.most} × {figure.goal.times}"
    return f"≤ {figure.goal.most:g} {figure.unit}" if figure.goal.most else "0"


def _against(figure: Figure, name: str, value: float) -> str:
    if not value or figure.unit == FAULTS:
        return f"{name} {_number(value)}"
    return f"{name} {_number(value)} ({figure.ours / value:.2f} ×)"


def _number(value: float) -> str:
    """Three digits, or a whole number."""
    if value == round(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
