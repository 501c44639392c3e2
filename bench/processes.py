"""What processes have used, out of /proc: a process and all its descendants count as one."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

TICKS: Final = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """The process and its descendants."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:  # a thread that has just ended
            continue
        for child in children:
            found += family(int(child))
    return found


def cpu_s(roots: Iterable[int]) -> float:
    """Processor seconds so far, in the system's as well, those of descendants that have ended included."""
    return sum(_ticks(pid) for root in roots for pid in family(root)) / TICKS


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # it has just ended; whoever waited for it has its time
        return 0
    return sum(int(field) for field in fields[11:15])  # utime stime cutime cstime


def memory_kib(roots: Iterable[int]) -> int:
    """Memory that is there because of these processes: what they share with others counts in part (PSS)."""
    return sum(pss_kib(pid) for root in roots for pid in family(root))


def pss_kib(pid: int) -> int:
    """Of one process."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
