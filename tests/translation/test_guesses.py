"""What is asked in one moment is one order; where a process dies over it, each is asked alone once more."""

import asyncio

from server.domain.language import Guess
from server.tasks import Tasks
from server.translation.guesses import MOST, Guesses
from server.translation.orders import Answer, Detect, Detected, Order, Prose


class Process:
    """Takes the first candidate for the language; dies over the word "poison", and when it is killed."""

    def __init__(self) -> None:
        self.orders: list[int] = []
        self.again: list[bool] = []
        self.kills = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def run(self, order: Order, again: bool) -> Answer | None:
        assert isinstance(order, Detect)
        self.again.append(again)
        self.orders.append(len(order.several))
        await self.gate.wait()
        if self.kills:
            self.kills -= 1
            return None
        if any(one.text == "poison" for one in order.several):
            return None
        return Detected([Guess(one.candidates[0], 1.0, 1) for one in order.several])


def proses(count: int) -> list[Prose]:
    return [Prose(f"text {number}", [f"l{number}"]) for number in range(count)]


async def test_those_of_one_moment_are_one_order() -> None:
    process, tasks = Process(), Tasks()
    guesses = Guesses(process.run, 1, tasks)
    found = await asyncio.gather(*(guesses.ask(one) for one in proses(5)))
    assert [one and one.lang for one in found] == [f"l{number}" for number in range(5)]
    assert process.orders == [5]
    found = await asyncio.gather(*(guesses.ask(one) for one in proses(MOST + 1)))
    assert [one and one.lang for one in found] == [f"l{number}" for number in range(MOST + 1)]
    assert process.orders == [5, MOST, 1]


async def test_one_that_hangs_holds_up_nobody_else() -> None:
    """There are as many orders as processes."""
    process, tasks = Process(), Tasks()
    guesses = Guesses(process.run, 2, tasks)
    process.gate.clear()
    first = asyncio.create_task(guesses.ask(proses(1)[0]))
    while not process.orders:  # noqa: ASYNC110 - the other task
        await asyncio.sleep(0)
    second = [asyncio.create_task(guesses.ask(one)) for one in proses(3)]
    while len(process.orders) < 2:  # noqa: ASYNC110 - the other task
        await asyncio.sleep(0)
    assert process.orders == [1, 3]
    process.gate.set()
    await asyncio.gather(first, *second)


async def test_one_that_kills_costs_no_other_its_answer() -> None:
    process, tasks = Process(), Tasks()
    guesses = Guesses(process.run, 1, tasks)
    several = [*proses(2), Prose("poison", ["en"])]
    found = await asyncio.gather(*(guesses.ask(one) for one in several))
    assert [one and one.lang for one in found] == ["l0", "l1", None]
    assert process.orders == [3, 1, 1, 1]
    assert process.again == [False, True, True, True]


async def test_one_that_was_killed_is_asked_once_more() -> None:
    """What two processes died over could not be asked, which is not the same as nothing to say."""
    process, tasks = Process(), Tasks()
    guesses = Guesses(process.run, 1, tasks)
    process.kills = 1
    assert await guesses.ask(Prose("text", ["en"])) == Guess("en", 1.0, 1)
    assert process.orders == [1, 1]
    process.orders.clear()
    process.kills = 2
    assert await guesses.ask(Prose("text", ["en"])) is None
    assert process.orders == [1, 1]


async def test_who_asks_when_it_ends_gets_an_answer() -> None:
    process, tasks = Process(), Tasks()
    guesses = Guesses(process.run, 1, tasks)
    process.gate.clear()
    asked = [asyncio.create_task(guesses.ask(one)) for one in proses(MOST + 1)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert process.orders == [MOST]
    await tasks.close()
    assert await asyncio.gather(*asked) == [None] * (MOST + 1)
