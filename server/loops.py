"""Loops that run for ever, and what becomes of the process when one cannot.

A loop that dies ends the process loudly: half a desk is worse than none. A full disk or a database that is away is no
reason to die: reading goes on, and what was left to do is done later.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from server.errors import DeskwireError
from server.metrics import LOOP_PAUSES
from server.tasks import Tasks

log = structlog.get_logger(__name__)

PAUSE_S: Final = 1.0
"""After an error that was to be expected."""


class Loops:
    """One supervised set of loops."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks

    def add(self, name: str, loop: Callable[[], Awaitable[None]]) -> None:
        """Run the loop for ever."""
        self._tasks.spawn(self._supervised(name, loop), name)

    @staticmethod
    async def _supervised(name: str, loop: Callable[[], Awaitable[None]]) -> None:
        """An expected error (disk full, database away) is waited out; anything else is a fault of ours."""
        while True:
            try:
                await loop()
            except DeskwireError as error:
                LOOP_PAUSES.labels(loop=name).inc()
                log.warning("a background loop goes on in a moment", loop=name, code=error.code)
                await asyncio.sleep(PAUSE_S)
            except Exception:
                log.exception("a background loop died; the server stops", loop=name)
                os.kill(os.getpid(), signal.SIGTERM)
                raise
