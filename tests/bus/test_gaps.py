"""What may have been missed is looked up: a gap is a check, many gaps one query; without Redis the store is polled."""

import asyncio
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest

from server import background
from server.bus.memory import MemoryBus
from server.channels.hub import Hub
from server.store.base import Announcement
from server.tasks import Tasks
from tests.bus.conftest import Ear, a_bus
from tests.support.valkey import Valkey


class Store:
    """Two numbered topics, and who asked for them."""

    def __init__(self) -> None:
        self.tails = {"ticket/1/staff": 3, "list/1": 7}
        self.asked: list[list[str]] = []

    async def tails_of(self, names: list[str]) -> dict[str, int]:
        self.asked.append(names)
        return {name: self.tails[name] for name in names if name in self.tails}

    async def missed(self, topic: str, after: int) -> tuple[list[Announcement], int]:
        tail = self.tails[topic]
        return [Announcement(topic, seq, b"filled") for seq in range(after + 1, tail + 1)], tail


async def settled(tasks: Tasks) -> None:
    while tasks._running:
        await asyncio.wait(tasks._running)


async def test_gaps_at_the_same_time_are_one_query() -> None:
    store, tasks, bus = Store(), Tasks(), MemoryBus()
    hub = Hub(bus, store.missed, store.tails_of, tasks)
    heard: list[int] = []
    hub.listen("ticket/1/staff", lambda told: heard.append(told.seq))
    hub.listen("list/1", lambda told: heard.append(told.seq))
    hub.stand_at("ticket/1/staff", 1)
    hub.stand_at("list/1", 7)
    for topic in ["ticket/1/staff", "list/1", "ticket/1/staff", "nobody listens"]:
        bus.on_gap(topic)
    await settled(tasks)
    assert [sorted(names) for names in store.asked] == [["list/1", "ticket/1/staff"]]
    assert heard == [2, 3]
    bus.on_gap("list/1")
    await settled(tasks)
    assert store.asked[1:] == [["list/1"]]


async def test_a_gap_before_the_first_page_is_not_forgotten() -> None:
    """The page ends at 1; 2 and 3 are committed elsewhere, the topic is confirmed, and only now the page is out."""
    store, tasks, bus = Store(), Tasks(), MemoryBus()
    hub = Hub(bus, store.missed, store.tails_of, tasks)
    heard: list[int] = []
    hub.listen("ticket/1/staff", lambda told: heard.append(told.seq))
    bus.on_gap("ticket/1/staff")
    await settled(tasks)
    hub.stand_at("ticket/1/staff", 1)
    await settled(tasks)
    assert heard == [2, 3]


async def test_after_a_restart_all_feeds_are_compared_and_filled(valkey: Valkey) -> None:
    store, tasks, bus = Store(), Tasks(), a_bus(valkey.url)
    ear = Ear(bus)
    hub = Hub(bus, store.missed, store.tails_of, tasks)
    heard: list[tuple[str, int]] = []
    for topic, tail in store.tails.items():
        hub.listen(topic, lambda told: heard.append((told.topic, told.seq)))
        hub.stand_at(topic, tail)
    await ear.until(lambda: {name for names in store.asked for name in names} == set(store.tails))
    valkey.kill()
    await ear.until(lambda: not bus.healthy)
    store.tails = {"ticket/1/staff": 5, "list/1": 8}
    valkey.start()
    await ear.until(lambda: len(heard) == 3)
    assert sorted(heard) == [("list/1", 8), ("ticket/1/staff", 4), ("ticket/1/staff", 5)]
    await bus.close()
    await tasks.close()


async def test_the_store_is_looked_at_five_times_as_often_while_others_are_not_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(background, "PACE", 0.0)
    bus = MemoryBus()
    rooms: Any = SimpleNamespace(bus=bus)
    seconds: list[int] = []
    async for second in background.looks(rooms):
        seconds.append(second)
        bus.healthy = not 5 <= second < 12
        if second >= 20:
            break
    assert seconds == [0, 5, 6, 7, 8, 9, 10, 11, 12, 15, 20]


async def test_each_look_compares_feeds_and_places_in_queues(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "PACE", 0.0)
    looked: list[str] = []
    enough = asyncio.Event()

    async def check_positions() -> None:
        looked.append("feeds")
        enough.set()

    rooms: Any = SimpleNamespace(
        bus=MemoryBus(),
        hub=SimpleNamespace(check_positions=check_positions),
        positions=SimpleNamespace(look_again=lambda: looked.append("queues")),
    )
    checks = asyncio.create_task(background.position_checks(rooms))
    await enough.wait()
    checks.cancel()
    with suppress(asyncio.CancelledError):
        await checks
    assert looked[:2] == ["queues", "feeds"]
