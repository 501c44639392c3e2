"""The two clocks: wall time for what is stored and shown, monotonic time for waiting."""

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Milliseconds since 1970, UTC. Order never depends on it."""


def now_ms() -> int:
    """Wall time."""
    return time.time_ns() // 1_000_000
