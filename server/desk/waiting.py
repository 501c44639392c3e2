"""Waiting for the next event without a socket: the same feed, asked over HTTP (C-03)."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sized
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TypeVar

from server.errors import Busy, TooMany

LONGEST_S = 25
"""Proxies cut an idle answer at 30 or 60 s."""
EACH = 5
"""Requests of one person that may wait at the same time."""


class News(Protocol):
    """A place in a feed."""

    async def after(self, seq: int, seconds: float) -> None:
        """Returns as soon as a number above ``seq`` is there, at the latest after ``seconds``."""
        ...


class Found(Protocol):
    """What somebody read: a stretch of a transcript."""

    @property
    def events(self) -> Sized: ...

    @property
    def recovered(self) -> bool: ...

    @property
    def tail(self) -> int: ...


F = TypeVar("F", bound=Found)

Listen = Callable[[str], AbstractContextManager[News]]
"""topic -> a place in its feed"""


class Waiting:
    """Who waits, and how many may."""

    def __init__(self, listen: Listen, most: int) -> None:
        self._listen = listen
        self._most = most
        self._people: Counter[str] = Counter()
        self._bounds: set[asyncio.Timeout] = set()
        self._stopping = False

    async def for_news(self, topic: str, person: str, read: Callable[[], Awaitable[F]], seconds: float) -> F:
        """What ``read`` finds; when that is nothing new, what it finds once there is news, or after ``seconds``.

        Raises TooMany when this person waits too often already, and whatever ``read`` raises.
        """
        if not seconds:
            return await read()
        with self._listen(topic) as news:  # heard first, then read: what comes in between is not missed
            found = await read()
            if found.events or not found.recovered or self._stopping:
                return found
            with self._one_more(person):
                await self._until_stopped(news.after(found.tail, min(seconds, LONGEST_S)))
            return await read()  # also without news: rights and read marks may have changed meanwhile

    @contextmanager
    def _one_more(self, person: str) -> Iterator[None]:
        if self._people[person] >= EACH:
            raise TooMany(1)
        if self._people.total() >= self._most:
            raise Busy
        self._people[person] += 1
        try:
            yield
        finally:
            self._people[person] -= 1
            if not self._people[person]:
                del self._people[person]

    async def _until_stopped(self, wait: Awaitable[None]) -> None:
        bound = asyncio.timeout(None)
        self._bounds.add(bound)
        try:
            async with bound:
                await wait
        except TimeoutError:
            if not bound.expired():
                raise
        finally:
            self._bounds.discard(bound)

    def stop(self) -> None:
        """Nobody waits from now on; who does is answered."""
        self._stopping = True
        bounds, self._bounds = self._bounds, set()
        for bound in bounds:
            bound.reschedule(asyncio.get_running_loop().time())
