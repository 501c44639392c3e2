"""When SQLite's writer waits for more before it writes: a commit costs a flush of the disk, and much of Python."""

import math
import time
from collections.abc import Callable
from typing import Final

GATHER_S = 0.002
"""Where much comes, a group waits for more of it for so long: two messages together cost little more than one."""
ENOUGH: Final = 8
"""A group of so many waits for no more."""
TRY: Final = 32
"""So many groups in quick succession, without a pause, and the last one finds out whether waiting pays. A hundred
messages a second, people who chat, never are that."""


class Gathering:
    """Whether a group waits for more before it is written. Who comes alone, or one after the other, never does."""

    def __init__(self, now: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep) -> None:
        self._now = now
        self._sleep = sleep
        self._ended = -math.inf
        """when the last group was written"""
        self._in_succession = 0
        self._waited = False
        self._pays = False

    def wait(self, others: int) -> None:
        """For what may come, where so many others are there already."""
        self._waited = False
        if self._now() - self._ended > GATHER_S:
            self._in_succession = 0
            return
        self._in_succession += 1
        if others < ENOUGH and (self._pays or self._in_succession % TRY == 0):
            self._waited = True
            self._sleep(GATHER_S)

    def wrote(self, jobs: int) -> None:
        """A group is written, be it one of which ``wait`` was not asked."""
        if self._waited:
            self._pays, self._waited = jobs > 1, False
        self._ended = self._now()
