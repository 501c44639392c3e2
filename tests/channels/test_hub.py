"""Feeds: whatever the bus does, a listener hears each number once and in order."""

import asyncio
import random

import pytest

from server.bus.base import OnGap, OnMessage
from server.channels import hub as hub_module
from server.channels.hub import AHEAD, Feed, Hub
from server.errors import Busy
from server.store.base import Announcement
from server.tasks import Tasks

TOPIC = "ticket/1/staff"


def told(seq: int) -> Announcement:
    return Announcement(TOPIC, seq, str(seq).encode())


class Store:
    """What a feed asks: rows 1..tail, some of which may be gone."""

    def __init__(self, tail: int = 0) -> None:
        self.tail = tail
        self.without_row: set[int] = set()
        self.asked: list[int] = []
        self.was_asked = asyncio.Event()
        self.answering = asyncio.Event()
        self.answering.set()
        self.broken = False

    async def missed(self, _topic: str, after: int) -> tuple[list[Announcement], int]:
        self.asked.append(after)
        self.was_asked.set()
        tail = self.tail
        await self.answering.wait()
        if self.broken:
            raise Busy
        return [told(seq) for seq in range(after + 1, tail + 1) if seq not in self.without_row], tail

    async def tails(self, topics: list[str]) -> dict[str, int]:
        return dict.fromkeys(topics, self.tail)


class Bus:
    """Notes what it was asked for."""

    healthy = True

    def __init__(self) -> None:
        self.subscribed: list[str] = []
        self.on_message: OnMessage = lambda _told: None
        self.on_gap: OnGap = lambda _topic: None

    def publish(self, announcements: list[Announcement]) -> None:
        raise NotImplementedError

    def subscribe(self, topic: str) -> None:
        self.subscribed.append(topic)

    def unsubscribe(self, topic: str) -> None:
        self.subscribed.remove(topic)

    async def close(self) -> None:
        raise NotImplementedError


class Ear:
    """A listener."""

    def __init__(self) -> None:
        self.heard: list[int] = []
        self._more = asyncio.Event()

    def __call__(self, announcement: Announcement) -> None:
        assert announcement.frame == str(announcement.seq).encode()
        self.heard.append(announcement.seq)
        self._more.set()

    async def up_to(self, seq: int) -> None:
        async with asyncio.timeout(10):
            while seq not in self.heard:
                self._more.clear()
                await self._more.wait()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "PATIENCE", 0.002)


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
def tasks() -> Tasks:
    return Tasks()


@pytest.fixture
def feed(store: Store, ear: Ear, tasks: Tasks) -> Feed:
    """A feed with one listener, at number 10."""
    feed = Feed(TOPIC, store.missed, tasks)
    feed.listeners[ear] = None
    feed.stand_at(10)
    return feed


async def test_numbers_in_order_go_through_and_the_store_is_not_asked(feed: Feed, ear: Ear, store: Store) -> None:
    for seq in (11, 12, 13):
        feed.accept(told(seq))
    assert ear.heard == [11, 12, 13]
    assert store.asked == []


async def test_what_came_before_is_dropped(feed: Feed, ear: Ear) -> None:
    for seq in (11, 11, 9, 12, 10, 11, 12, 13):
        feed.accept(told(seq))
    assert ear.heard == [11, 12, 13]


async def test_a_reordered_frame_is_waited_for(feed: Feed, ear: Ear, store: Store, tasks: Tasks) -> None:
    feed.accept(told(12))
    feed.accept(told(13))
    assert ear.heard == []
    feed.accept(told(11))
    assert ear.heard == [11, 12, 13]
    await asyncio.gather(*tasks._running)
    assert store.asked == []


async def test_a_hole_is_filled_from_the_store(feed: Feed, ear: Ear, store: Store) -> None:
    store.tail = 14
    feed.accept(told(14))
    await ear.up_to(14)
    assert ear.heard == [11, 12, 13, 14]
    assert store.asked == [10]
    feed.accept(told(12))
    feed.accept(told(15))
    assert ear.heard == [11, 12, 13, 14, 15]


async def test_what_arrives_while_a_hole_is_filled_is_neither_lost_nor_doubled(
    feed: Feed, ear: Ear, store: Store, tasks: Tasks
) -> None:
    store.tail = 13
    store.answering.clear()
    feed.accept(told(13))
    await store.was_asked.wait()
    for seq in (11, 14, 15, 12):
        feed.accept(told(seq))
    store.tail = 15
    store.answering.set()
    await asyncio.gather(*tasks._running)
    assert ear.heard == [11, 12, 13, 14, 15]


async def test_the_last_frame_can_be_lost_too(feed: Feed, ear: Ear, store: Store) -> None:
    """Nothing comes after it that would show the hole: the regular check does."""
    store.tail = 12
    feed.check(12)
    await ear.up_to(12)
    assert ear.heard == [11, 12]
    feed.check(12)
    assert store.asked == [10]


async def test_a_check_that_meets_a_wait_is_not_forgotten(feed: Feed, ear: Ear, store: Store) -> None:
    """The missing frame comes in time, and one that nobody knows of is missing behind it."""
    store.tail = 13
    feed.accept(told(12))
    feed.check(13)
    feed.accept(told(11))
    assert ear.heard == [11, 12]
    await ear.up_to(13)
    assert ear.heard == [11, 12, 13]


async def test_a_check_during_a_look_at_the_store_is_not_forgotten(feed: Feed, ear: Ear, store: Store) -> None:
    store.tail = 12
    store.answering.clear()
    feed.check(12)
    await store.was_asked.wait()
    store.tail = 13
    feed.check(13)
    store.answering.set()
    await ear.up_to(13)
    assert ear.heard == [11, 12, 13]


async def test_a_number_of_a_list_may_have_no_row_any_more(feed: Feed, ear: Ear, store: Store) -> None:
    """The ticket has changed again since: the later number tells all."""
    store.tail, store.without_row = 14, {11, 13}
    feed.accept(told(14))
    await ear.up_to(14)
    assert ear.heard == [12, 14]
    feed.accept(told(15))
    assert ear.heard == [12, 14, 15]
    assert store.asked == [10]


async def test_a_list_whose_last_numbers_have_no_row_goes_on_from_its_tail(
    feed: Feed, ear: Ear, store: Store, tasks: Tasks
) -> None:
    store.tail, store.without_row = 13, {11, 12, 13}
    feed.check(13)
    await asyncio.gather(*tasks._running)
    feed.accept(told(14))
    assert ear.heard == [14]


async def test_frames_without_a_number_go_straight_through(store: Store, ear: Ear, tasks: Tasks) -> None:
    feed = Feed(TOPIC, store.missed, tasks)
    feed.listeners[ear] = None
    feed.accept(told(0))
    feed.accept(told(7))
    feed.accept(told(0))
    assert ear.heard == [0, 0]


async def test_frames_that_come_before_anybody_knows_where_the_feed_stands_are_kept(
    store: Store, ear: Ear, tasks: Tasks
) -> None:
    feed = Feed(TOPIC, store.missed, tasks)
    feed.listeners[ear] = None
    for seq in (4, 6, 5, 7):
        feed.accept(told(seq))
    feed.stand_at(5)
    assert ear.heard == [6, 7]
    feed.stand_at(1)  # who listens later does not move it back
    assert ear.heard == [6, 7]


async def test_more_than_a_feed_can_keep_is_read_from_the_store(feed: Feed, ear: Ear, store: Store) -> None:
    store.tail = 12 + 3 * AHEAD
    for seq in range(12, store.tail + 1):
        feed.accept(told(seq))
    await ear.up_to(store.tail)
    assert ear.heard == list(range(11, store.tail + 1))


async def test_a_store_that_fails_is_asked_again_at_the_next_check(
    feed: Feed, ear: Ear, store: Store, tasks: Tasks
) -> None:
    store.tail, store.broken = 12, True
    feed.accept(told(12))
    await asyncio.gather(*tasks._running, return_exceptions=True)
    assert ear.heard == []
    store.broken = False
    feed.check(12)
    await ear.up_to(12)
    assert ear.heard == [11, 12]


@pytest.mark.parametrize("seed", range(20))
async def test_any_bus_that_loses_doubles_and_mixes_up(seed: int, store: Store, tasks: Tasks) -> None:
    """Every listener hears every number once and in order, from where it began."""
    dice = random.Random(seed)
    feed = Feed(TOPIC, store.missed, tasks)
    ears = [Ear(), Ear()]
    feed.listeners[ears[0]] = None
    feed.stand_at(0)
    pending: list[int] = []
    began = None
    for seq in range(1, 301):
        store.tail = seq
        if dice.random() < 0.8:
            pending += [seq] * dice.choice((1, 1, 1, 2))
        while pending and dice.random() < 0.6:
            feed.accept(told(pending.pop(dice.randrange(len(pending)))))
        if dice.random() < 0.05:
            feed.check(store.tail)
        if dice.random() < 0.1:
            await asyncio.sleep(0.003)
        if began is None and seq > 100 and feed.last is not None:
            began = feed.last
            feed.listeners[ears[1]] = None
    feed.check(store.tail)
    await ears[0].up_to(300)
    assert began is not None
    assert ears[0].heard == list(range(1, 301))
    assert ears[1].heard == list(range(began + 1, 301))


async def test_the_bus_is_told_at_the_first_listener_and_after_the_last(store: Store, tasks: Tasks) -> None:
    bus = Bus()
    hub = Hub(bus, store.missed, store.tails, tasks)
    one, two = Ear(), Ear()
    hub.listen(TOPIC, one)
    hub.listen(TOPIC, two)
    assert bus.subscribed == [TOPIC]
    hub.leave(TOPIC, one)
    hub.leave(TOPIC, one)
    assert bus.subscribed == [TOPIC]
    hub.leave(TOPIC, two)
    assert bus.subscribed == []
    hub.leave(TOPIC, two)
    hub.accept(told(1))
    assert hub.open_topics() == []


async def test_one_look_at_the_store_checks_every_open_feed(store: Store, tasks: Tasks) -> None:
    hub = Hub(Bus(), store.missed, store.tails, tasks)
    ear, idle = Ear(), Ear()
    hub.listen(TOPIC, ear).stand_at(10)
    hub.listen("ticket/2/staff", idle)  # nobody has said where it stands: nothing to compare
    store.tail = 12
    await hub.check_positions()
    await ear.up_to(12)
    assert ear.heard == [11, 12]
    assert idle.heard == []


async def test_a_listener_may_leave_while_it_is_being_told(store: Store, tasks: Tasks) -> None:
    hub = Hub(Bus(), store.missed, store.tails, tasks)
    ear = Ear()

    def leaves(_told: Announcement) -> None:
        hub.leave(TOPIC, leaves)

    hub.listen(TOPIC, leaves).stand_at(10)
    hub.listen(TOPIC, ear)
    hub.accept(told(11))
    hub.accept(told(12))
    assert ear.heard == [11, 12]
