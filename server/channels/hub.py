"""Feeds: one ordered stream per topic inside this process.

The bus may lose, repeat or delay; a feed delivers strictly the next number. It waits 50 ms for a missing one, then
fills the hole from the store. A frame with number 0 carries no order and goes straight through.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

import structlog

from server.bus import topics
from server.bus.base import Bus
from server.bus.control import GAP
from server.metrics import FEED_DUPLICATES, FEED_FILLS, FEEDS
from server.store.base import Announcement
from server.tasks import Tasks

log = structlog.get_logger(__name__)

Listener = Callable[[Announcement], None]
Missed = Callable[[str, int], Awaitable[tuple[list[Announcement], int]]]
"""(topic, number) -> what came after it, and the topic's last number"""
Tails = Callable[[list[str]], Awaitable[dict[str, int]]]

PATIENCE: Final = 0.05
"""Seconds to wait for a missing number: a reordered frame comes within a millisecond, a lost one never."""
TOGETHER: Final = 0.02
"""Seconds in which wanted checks gather: after a lost connection all feeds want one."""
AT_ONCE: Final = 500
"""Feeds compared in one read: others get their turn in between, however many are open."""
AHEAD: Final = 1_000
"""Most frames that a feed keeps while it waits."""


class Feed:
    """One numbered stream. ``last`` is None until the first listener has said where it stands."""

    def __init__(self, topic: str, missed: Missed, tasks: Tasks) -> None:
        self.topic = topic
        self.last: int | None = None
        self.listeners: dict[Listener, None] = {}
        self._missed = missed
        self._tasks = tasks
        self._ahead: dict[int, Announcement] = {}
        self._tail = 0
        """the store has at least this number"""
        self._filling: asyncio.Task[None] | None = None

    def accept(self, told: Announcement) -> None:
        """An announcement from the bus."""
        if told.seq == 0:
            self._tell(told)
        elif self.last is not None and told.seq <= self.last:
            FEED_DUPLICATES.inc()
        elif not self._ahead and self._tail < told.seq and told.seq - 1 == self.last:  # as nearly always
            self.last = told.seq
            self._tell(told)
        else:
            if len(self._ahead) < AHEAD:
                self._ahead[told.seq] = told
            self._drain()

    def stand_at(self, tail: int) -> None:
        """The store's last number when the first listener looked."""
        if self.last is None:
            self.last = tail
            self._drain()

    def check(self, tail: int) -> None:
        """The store's last number now: whether something never arrived."""
        self._tail = max(self._tail, tail)
        if self._is_behind():
            self._fill_later(0)

    def _is_behind(self) -> bool:
        return self.last is not None and (bool(self._ahead) or self._tail > self.last)

    def _drain(self) -> None:
        if self.last is None:
            return
        while self.last + 1 in self._ahead:
            self.last += 1
            self._tell(self._ahead.pop(self.last))
        for seq in [seq for seq in self._ahead if seq <= self.last]:
            del self._ahead[seq]
        if self._is_behind():
            self._fill_later(PATIENCE)

    def _fill_later(self, delay: float) -> None:
        if self._filling is None:
            self._filling = self._tasks.start(self._fill(delay), f"fill {self.topic}")

    async def _fill(self, delay: float) -> None:
        try:
            await asyncio.sleep(delay)
            before = self.last
            if before is None or not self._is_behind():
                return
            FEED_FILLS.inc()
            found, tail = await self._missed(self.topic, before)
            for told in found:
                if self.last is not None and told.seq > self.last:
                    self.last = told.seq
                    self._tell(told)
            # numbers of a list that nobody needs any more (the ticket changed again) leave no row behind
            self.last = max(self.last or 0, tail)
        finally:
            self._filling = None
        self._drain()

    def _tell(self, told: Announcement) -> None:
        for listener in list(self.listeners):
            listener(told)


class Place:
    """Somebody who waits for the next number of a topic (desk/waiting.py)."""

    def __init__(self, hub: "Hub", topic: str) -> None:
        self._hub = hub
        self._topic = topic
        self._last = 0
        self._came = asyncio.Event()

    def hear(self, told: Announcement) -> None:
        """From the feed."""
        if told.seq:
            self._last = max(self._last, told.seq)
            self._came.set()

    async def after(self, seq: int, seconds: float) -> None:
        """Returns as soon as a number above ``seq`` is there, at the latest after ``seconds``."""
        self._hub.stand_at(self._topic, seq)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._last <= seq:
                    self._came.clear()
                    await self._came.wait()


class Hub:
    """All feeds of this process."""

    def __init__(self, bus: Bus, missed: Missed, tails: Tails, tasks: Tasks) -> None:
        self._bus = bus
        self._missed = missed
        self._tails = tails
        self._tasks = tasks
        self._feeds: dict[str, Feed] = {}
        self._suspects: set[str] = set()
        self.on_fill: Callable[[list[Announcement]], None] = lambda _found: None
        """Called with what had to be fetched: whoever wrote it was not heard, in nothing that it said"""
        bus.on_message = self.accept
        bus.on_gap = self.check_soon

    def accept(self, told: Announcement) -> None:
        """An announcement from the bus."""
        feed = self._feeds.get(told.topic)
        if feed is not None:
            feed.accept(told)

    def listen(self, topic: str, listener: Listener) -> Feed:
        """Call the listener for each announcement of the topic from now on; the bus is told at the first."""
        feed = self._feeds.get(topic)
        if feed is None:
            feed = self._feeds[topic] = Feed(topic, self._fetch, self._tasks)
            self._bus.subscribe(topic)
            FEEDS.inc()
        feed.listeners[listener] = None
        return feed

    async def _fetch(self, topic: str, after: int) -> tuple[list[Announcement], int]:
        found, tail = await self._missed(topic, after)
        self.on_fill(found)
        return found, tail

    def leave(self, topic: str, listener: Listener) -> None:
        """Stop; the bus is told after the last."""
        feed = self._feeds.get(topic)
        if feed is None:
            return
        feed.listeners.pop(listener, None)
        if not feed.listeners:
            del self._feeds[topic]
            self._bus.unsubscribe(topic)
            FEEDS.dec()

    def stand_at(self, topic: str, tail: int) -> None:
        """As Feed.stand_at, where the topic has listeners."""
        feed = self._feeds.get(topic)
        if feed is not None:
            feed.stand_at(tail)

    @contextmanager
    def place(self, topic: str) -> Iterator["Place"]:
        """Listen as long as the block lasts, for who waits for a number and needs no frames."""
        place = Place(self, topic)
        self.listen(topic, place.hear)
        try:
            yield place
        finally:
            self.leave(topic, place.hear)

    def open_topics(self) -> list[str]:
        """Topics with listeners."""
        return list(self._feeds)

    async def check_positions(self) -> None:
        """Compare every numbered feed with the store."""
        await self._check([topic for topic, feed in self._feeds.items() if feed.last is not None])

    def check_soon(self, topic: str) -> None:
        """This feed may have missed anything until now."""
        feed = self._feeds.get(topic)
        if feed is None:
            return
        if not topics.numbered(topic):
            feed.accept(Announcement(topic, 0, GAP))
            return
        if not self._suspects:
            self._tasks.spawn(self._check_suspects(), "check positions")
        self._suspects.add(topic)

    async def _check_suspects(self) -> None:
        await asyncio.sleep(TOGETHER)
        suspects, self._suspects = self._suspects, set()
        # also those that do not know yet where they stand: what was read for them may be older than the gap
        await self._check([topic for topic in suspects if topic in self._feeds])

    async def _check(self, suspects: list[str]) -> None:
        for start in range(0, len(suspects), AT_ONCE):
            for topic, tail in (await self._tails(suspects[start : start + AT_ONCE])).items():
                feed = self._feeds.get(topic)
                if feed is not None:
                    feed.check(tail)
