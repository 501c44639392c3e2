"""A process with two pipes: under both event loops, and nothing of it is left."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable

import pytest
import uvloop

from server.piped import ENVIRONMENT, Piped

ECHO = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)"


async def begins_and_ends(*, killed: bool) -> None:
    process = await Piped.start([sys.executable, "-c", ECHO], ENVIRONMENT)
    pid = process.pid
    assert pid is not None
    for order in (b"one\n", b"two\n"):
        process.tell(order)
        assert await process.answers.readline() == order
    if killed:
        os.kill(pid, signal.SIGKILL)
        assert await process.answers.read() == b""
        process.tell(b"nobody hears it\n")
    await process.end()
    await process.end()  # twice is once
    assert process.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize("killed", [False, True])
@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_a_process_begins_and_ends(loop: Callable[[], asyncio.AbstractEventLoop], killed: bool) -> None:
    forks: list[str] = []
    os.register_at_fork(before=lambda: forks.append("uvloop would start processes so: the server is copied"))
    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(begins_and_ends(killed=killed))
    assert forks == []


async def test_it_stands_back_from_its_first_moment() -> None:
    """What it imports would hold up chats more than much of what it does later."""
    process = await Piped.start([sys.executable, "-c", ECHO], ENVIRONMENT, nice=7)
    pid = process.pid
    assert pid is not None
    assert os.getpriority(os.PRIO_PROCESS, pid) == max(7, os.getpriority(os.PRIO_PROCESS, 0))
    assert os.sched_getscheduler(pid) == os.SCHED_BATCH
    await process.end()


async def test_where_nobody_may_stand_back_it_runs_like_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container may forbid it: a supervisor that ended over it would take all workers with it."""

    def forbidden(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setscheduler", forbidden)
    process = await Piped.start([sys.executable, "-c", ECHO], ENVIRONMENT, nice=7)
    assert process.pid is not None
    await process.end()


async def test_what_cannot_be_started_says_so() -> None:
    with pytest.raises(FileNotFoundError):
        await Piped.start(["/nowhere/python"], ENVIRONMENT)
