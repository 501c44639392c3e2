"""Whether a peer takes what was said to it. Slowly is fine, not at all is not."""

import asyncio
from collections.abc import Callable
from typing import Final

PROGRESS_BYTES: Final = 4_096
"""To be taken in each stretch; with the default of 30 s that is 1.1 kbit/s."""


class Taking:
    """Looks at a transport's buffer now and then, from ``start`` to ``stop``."""

    def __init__(self, seconds: float, cut: Callable[[], None]) -> None:
        self._seconds = seconds
        self._cut = cut
        self._timer: asyncio.TimerHandle | None = None

    def start(self, transport: asyncio.WriteTransport) -> None:
        """What is in the buffer now must get less."""
        if self._timer is None:
            left = transport.get_write_buffer_size()
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._look, transport, left)

    def stop(self) -> None:
        """All is taken, or nobody waits any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self, transport: asyncio.WriteTransport, before: int) -> None:
        self._timer = None
        if before - transport.get_write_buffer_size() < PROGRESS_BYTES:
            self._cut()
        else:
            self.start(transport)
