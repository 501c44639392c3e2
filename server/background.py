"""The loops that run beside the requests. A loop that dies ends the process loudly: half a desk is worse than none."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable

import structlog

from server.channels.door import Rooms
from server.metrics import LOOP_LAG
from server.tasks import Tasks

log = structlog.get_logger(__name__)

POSITION_CHECK = 5.0
"""Seconds between two looks whether a feed missed something."""
LAG_PROBE = 0.5


class Background:
    """One supervised set of loops."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks

    def add(self, name: str, loop: Callable[[], Awaitable[None]]) -> None:
        """Run the loop for ever."""
        self._tasks.spawn(self._supervised(name, loop), name)

    @staticmethod
    async def _supervised(name: str, loop: Callable[[], Awaitable[None]]) -> None:
        try:
            await loop()
        except Exception:
            log.exception("a background loop died; the server stops", loop=name)
            os.kill(os.getpid(), signal.SIGTERM)
            raise


async def heartbeats(rooms: Rooms) -> None:
    """Tell every socket where its feeds stand, spread over the interval so that they do not all wake at once."""
    while True:
        pause = rooms.settings.heartbeat_seconds
        doors = list(rooms.open)
        if not doors:
            await asyncio.sleep(pause)
            continue
        for door in doors:
            door.heartbeat()
            await asyncio.sleep(pause / len(doors))


async def position_checks(rooms: Rooms) -> None:
    """Compare open feeds with the store."""
    while True:
        await asyncio.sleep(POSITION_CHECK)
        await rooms.hub.check_positions()


async def lag_probe() -> None:
    """Measure how late the event loop runs."""
    loop = asyncio.get_running_loop()
    while True:
        before = loop.time()
        await asyncio.sleep(LAG_PROBE)
        LOOP_LAG.observe(max(0.0, loop.time() - before - LAG_PROBE))
