"""What waits for Redis: bounded, in order, and never in anybody's way."""

import asyncio

import pytest
from prometheus_client import REGISTRY

from server.bus import outgoing
from server.bus.outgoing import OVERHEAD, ROOM, TOGETHER, TOO_LATE, Batch, Message, Outgoing


def names(batches: list[Batch]) -> list[list[str]]:
    return [[channel for channel, _payload in batch.messages] for batch in batches]


def dropped(reason: str) -> float:
    return REGISTRY.get_sample_value("deskwire_bus_dropped_total", {"reason": reason}) or 0


def some(*channels: str) -> list[Message]:
    return [(channel, b"x") for channel in channels]


async def test_batches_come_out_whole_and_in_order() -> None:
    queue = Outgoing()
    queue.put(some("a", "b"))
    queue.put(some("c"))
    assert names(await queue.take()) == [["a", "b"], ["c"]]


async def test_a_batch_is_never_split_and_a_pipeline_not_endless() -> None:
    queue = Outgoing()
    for _ in range(4):
        queue.put(some(*"x" * (TOGETHER - 1)))
    assert [len(batch) for batch in names(await queue.take())] == [TOGETHER - 1] * 2
    assert len(await queue.take()) == 2


async def test_the_oldest_go_when_there_is_no_room() -> None:
    queue = Outgoing()
    before = dropped("overflow")
    size = ROOM // 4 - OVERHEAD
    for name in "abcdef":
        queue.put([(name, b"x" * size)])
    assert names(await queue.take()) == [["c"], ["d"], ["e"], ["f"]]
    assert dropped("overflow") - before == 2


async def test_what_does_not_fit_at_all_goes_too() -> None:
    queue = Outgoing()
    queue.put([("a", b"x" * ROOM)])
    queue.put(some("b"))
    assert names(await queue.take()) == [["b"]]


async def test_what_failed_goes_first_once_more() -> None:
    queue = Outgoing()
    queue.put(some("a"))
    queue.put(some("b"))
    taken = await queue.take()
    queue.put(some("c"))
    queue.put_back(taken)
    assert names(await queue.take()) == [["a"], ["b"], ["c"]]


async def test_what_waited_too_long_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Outgoing()
    before = dropped("late")
    queue.put(some("a", "b"))
    queue.put_back([Batch(some("older"), asyncio.get_running_loop().time() - TOO_LATE - 1, OVERHEAD)])
    assert names(await queue.take()) == [["a", "b"]]
    assert dropped("late") - before == 1
    monkeypatch.setattr(outgoing, "TOO_LATE", -1.0)
    queue.put(some("c"))
    taking = asyncio.create_task(queue.take())
    await queue.emptied()
    assert not taking.done()
    taking.cancel()


async def test_emptied_means_arrived() -> None:
    queue = Outgoing()
    await queue.emptied()
    queue.put(some("a"))
    emptied = asyncio.create_task(queue.emptied())
    taken = await queue.take()
    await asyncio.sleep(0)
    assert not emptied.done()
    queue.put_back(taken)
    await queue.take()
    queue.sent()
    await emptied
