"""What the host of a virtual machine took away while something was measured, second by second."""

import asyncio
import os
from pathlib import Path
from typing import Final

STAT: Final = Path("/proc/stat")
STEAL: Final = 8
"""The field of the first line, all processors, in ticks: somebody wanted to run, and the host let others run."""
TICKS: Final = os.sysconf("SC_CLK_TCK")
SECOND_S: Final = 1.0


def stolen_s() -> float:
    """Of all processors together, since the machine was started; 0 where nobody says so."""
    try:
        return int(STAT.read_text().split(maxsplit=STEAL + 1)[STEAL]) / TICKS
    except OSError:
        return 0.0


class Watch:
    """Looks once a second."""

    def __init__(self) -> None:
        self._looks: list[float] = []
        self._alarm: asyncio.TimerHandle | None = None
        self._begun = 0.0

    def begin(self) -> None:
        """Second 0 begins."""
        self._begun = asyncio.get_running_loop().time()
        self._looks = []
        self._look()

    def end(self) -> None:
        """The last second has ended, if early."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._looks.append(stolen_s())

    def share(self, second: int) -> float:
        """Of all processors, 0 to 1. Of what nobody watched, nothing."""
        if second + 1 >= len(self._looks):
            return 0.0
        return (self._looks[second + 1] - self._looks[second]) / (os.cpu_count() or 1) / SECOND_S

    def _look(self) -> None:
        self._looks.append(stolen_s())
        due = self._begun + len(self._looks) * SECOND_S
        self._alarm = asyncio.get_running_loop().call_at(due, self._look)
