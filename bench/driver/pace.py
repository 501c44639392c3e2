"""When to send. The schedule is kept whatever the server does: number k is due at ``begin + k / rate``."""

import asyncio
import signal
import time
from collections.abc import Callable
from typing import Final

SOON_S: Final = 20e-6
"""The shortest time for which the timer is set: 0 would switch it off."""
BURST: Final = 64
"""After so many that were late the loop reads what has come."""


class Pace:
    """Calls ``send(k)`` when k is due. By the system's interval timer: those of event loops round to milliseconds."""

    def __init__(self, rate: float, send: Callable[[int], None], most: int | None = None) -> None:
        self.next = 0
        """the first that has not been sent"""
        self._rate = rate
        self._send = send
        self._most = most
        self._begin = 0.0
        self._stopped = False

    def due(self, k: int) -> float:
        """By the clock of ``time.perf_counter``."""
        return self._begin + k / self._rate

    def start(self) -> None:
        """Number 0 is due now."""
        self._begin = time.perf_counter()
        asyncio.get_running_loop().add_signal_handler(signal.SIGALRM, self._ring)
        self._ring()

    def stop(self) -> None:
        """No more. A signal may have come that the loop has not told of yet: it must not set the timer again."""
        self._stopped = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        asyncio.get_running_loop().remove_signal_handler(signal.SIGALRM)

    def _ring(self) -> None:
        for _ in range(BURST):
            if self._stopped or self.next == self._most:
                return
            wait = self.due(self.next) - time.perf_counter()
            if wait > 0:
                break
            self._send(self.next)
            self.next += 1
        signal.setitimer(signal.ITIMER_REAL, max(self.due(self.next) - time.perf_counter(), SOON_S))
