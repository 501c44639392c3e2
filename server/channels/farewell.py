"""Taking leave of all sockets: each is told when to come back, and closed when what was accepted from it is done."""

import asyncio
import random
from typing import Final

from server.channels.door import Rooms

BATCH: Final = 200
PAUSE_S: Final = 0.02
"""Between two batches: others are served meanwhile."""
STOP_SPREAD_MS: Final = 10_000
"""Nobody serves here for a while: everybody comes back within so long."""
EACH_MS: Final = 2
"""Others go on: a socket every 2 ms, half of what one process lets in (handshakes_per_second)."""
SHORTEST_SPREAD_MS: Final = 500
PATIENCE_S: Final = 2.0
"""For peers to take their last frames and close. Who takes nothing is not waited for: he resumes elsewhere."""


async def farewell(rooms: Rooms, goes_on: bool) -> None:
    """Returns when all are gone. ``goes_on``: the service does, by another process."""
    rooms.stopping = True
    rooms.desk.waiting.stop()
    rooms.desk.onlookers.stop()
    doors = list(rooms.open)
    spread = spread_ms(len(doors), goes_on)
    leaving = []
    for start in range(0, len(doors), BATCH):
        for door in doors[start : start + BATCH]:
            delay = random.randint(0, spread)  # noqa: S311 - spread, no secret
            leaving.append(rooms.tasks.start(door.go_away(delay), "farewell"))
        await asyncio.sleep(PAUSE_S)
    if leaving:
        await asyncio.wait(leaving)
    await _gone(rooms)


def spread_ms(sockets: int, goes_on: bool) -> int:
    """Within what time so many come back."""
    if not goes_on:
        return STOP_SPREAD_MS
    return min(STOP_SPREAD_MS, max(SHORTEST_SPREAD_MS, sockets * EACH_MS))


async def _gone(rooms: Rooms) -> None:
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    while rooms.open and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110 - bounded, once in a process' life
        await asyncio.sleep(PAUSE_S)
