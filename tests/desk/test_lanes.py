"""How much a translator takes of what waits, and when: without a store, its rows are numbers."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from server.desk.interpreting import TOGETHER_S, Job, Lane
from server.tasks import Tasks


class Counter:
    """Rows that wait, taken by a lane, which is told how many of them are one piece of work."""

    def __init__(self, waiting: int, most: int, at_once: int, each: int = 1) -> None:
        self.waiting = waiting
        self.asked: list[int] = []
        self.at: list[float] = []
        self.done = 0
        self.running = 0
        self.finished = asyncio.Event()
        self.go = asyncio.Event()
        self.stuck = asyncio.Event()
        self.each = each
        self.tasks = Tasks()
        self.most = most
        self.lane = Lane("translate", most, at_once, self.take, self.work, lambda _job: None, self.tasks)

    async def take(self, limit: int) -> list[Job]:
        self.asked.append(limit)
        self.at.append(asyncio.get_running_loop().time())
        rows = list(range(min(limit, self.waiting)))
        self.waiting -= len(rows)
        return [Job(rows[first : first + self.each], "ticket", 1) for first in range(0, len(rows), self.each)]

    async def work(self, job: Job) -> None:
        self.running += 1
        if self.running == self.most:
            self.stuck.set()
        await self.go.wait()
        self.running -= 1
        self.done += len(job.rows)
        if not self.waiting and not self.running:
            self.finished.set()


@pytest.fixture
async def started() -> AsyncIterator[list[Counter]]:
    found: list[Counter] = []
    yield found
    for one in found:
        await one.tasks.close()


def start(started: list[Counter], counter: Counter) -> Counter:
    started.append(counter)
    counter.tasks.spawn(counter.lane.run(), "lane")
    counter.lane.ring()
    return counter


async def test_what_has_gathered_is_taken_a_few_at_a_look(started: list[Counter]) -> None:
    """A process that serves chats too: what waited for models does not come back to it all at once."""
    counter = Counter(20, most=64, at_once=8)
    counter.go.set()
    start(started, counter)
    async with asyncio.timeout(10):
        await counter.finished.wait()
    assert (counter.asked, counter.done) == ([8, 8, 8], 20)
    assert all(later - earlier >= TOGETHER_S * 0.9 for earlier, later in zip(counter.at, counter.at[1:], strict=False))


async def test_whoever_has_all_it_can_hold_goes_on_when_something_is_done(started: list[Counter]) -> None:
    counter = start(started, Counter(20, most=8, at_once=64))
    async with asyncio.timeout(10):
        await counter.stuck.wait()
        counter.go.set()
        await counter.finished.wait()
    assert counter.done == 20
    assert max(counter.asked) == 8, "no more than it can hold"


async def test_where_several_rows_are_one_piece_of_work_the_rest_is_not_forgotten(started: list[Counter]) -> None:
    """Two rows of the outbox were one ticket: fewer pieces than were asked for, and more may wait."""
    counter = Counter(6, most=2, at_once=2, each=2)
    counter.go.set()
    start(started, counter)
    async with asyncio.timeout(10):
        await counter.finished.wait()
    assert counter.done == 6
