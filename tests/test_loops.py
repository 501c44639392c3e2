"""Loops that run for ever: an expected error is waited out, a fault of ours ends the process."""

import asyncio
import os
import signal

import pytest

from server import loops
from server.errors import Busy, StorageFull
from server.tasks import Tasks


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "PAUSE_S", 0.001)


async def test_a_full_disk_is_waited_out() -> None:
    """Pitfall 54: the loop runs again until there is room, and the process stays."""
    turns: list[int] = []
    again = asyncio.Event()

    async def loop() -> None:
        turns.append(len(turns))
        if len(turns) < 4:
            raise StorageFull if len(turns) % 2 else Busy()
        again.set()
        await asyncio.Event().wait()

    tasks = Tasks()
    loops.Loops(tasks).add("test", loop)
    async with asyncio.timeout(10):
        await again.wait()
    assert turns == [0, 1, 2, 3]
    await tasks.close()


async def test_a_fault_ends_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a desk is worse than none: it stops in order, by SIGTERM, and says why."""
    killed: asyncio.Queue[tuple[int, int]] = asyncio.Queue()
    monkeypatch.setattr(os, "kill", lambda pid, how: killed.put_nowait((pid, how)))

    async def loop() -> None:
        raise ZeroDivisionError

    tasks = Tasks()
    loops.Loops(tasks).add("test", loop)
    async with asyncio.timeout(10):
        assert await killed.get() == (os.getpid(), signal.SIGTERM)
    await tasks.close()
