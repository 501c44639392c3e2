"""Messages on their way to Redis: a queue that never blocks and never grows without end.

What it drops is found by the others when they compare their positions with the store.
"""

import asyncio
from collections import deque
from typing import Final

import msgspec

from server.metrics import BUS_DROPPED

ROOM: Final = 8_388_608
"""Bytes that may wait: some seconds of the heaviest traffic."""
OVERHEAD: Final = 512
"""What a waiting message costs besides its bytes."""
TOO_LATE: Final = 5.0
"""Seconds after which a message is not worth sending: everybody has looked at the store since."""
TOGETHER: Final = 256
"""Messages after which no further batch is added to a pipeline."""

Message = tuple[str, bytes]
"""(channel, payload)"""


class Batch(msgspec.Struct):
    """What belongs together: one group commit."""

    messages: list[Message]
    at: float
    size: int


class Outgoing:
    """First in, first out; the oldest batch is dropped when there is no room."""

    def __init__(self) -> None:
        self._batches: deque[Batch] = deque()
        self._size = 0
        self._something = asyncio.Event()
        self._nothing = asyncio.Event()
        self._nothing.set()

    def put(self, messages: list[Message]) -> None:
        """Queue messages that go out together."""
        size = sum(OVERHEAD + len(payload) for _channel, payload in messages)
        self._batches.append(Batch(messages, asyncio.get_running_loop().time(), size))
        self._grow(size)

    def put_back(self, batches: list[Batch]) -> None:
        """They may not have arrived: they go first, and perhaps a second time."""
        self._batches.extendleft(reversed(batches))
        self._grow(sum(batch.size for batch in batches))

    async def take(self) -> list[Batch]:
        """Wait for something; then the next batches, in order, those that are too late left out."""
        while True:
            await self._something.wait()
            taken: list[Batch] = []
            count = 0
            while self._batches and count < TOGETHER:
                batch = self._next()
                if asyncio.get_running_loop().time() - batch.at > TOO_LATE:
                    BUS_DROPPED.labels(reason="late").inc(len(batch.messages))
                else:
                    taken.append(batch)
                    count += len(batch.messages)
            if taken:
                return taken
            self.sent()

    def sent(self) -> None:
        """What was taken needs no more care."""
        if not self._batches:
            self._nothing.set()

    async def emptied(self) -> None:
        """Wait until everything has arrived."""
        await self._nothing.wait()

    def _grow(self, size: int) -> None:
        self._size += size
        while self._size > ROOM:
            BUS_DROPPED.labels(reason="overflow").inc(len(self._next().messages))
        if self._batches:
            self._something.set()
            self._nothing.clear()

    def _next(self) -> Batch:
        batch = self._batches.popleft()
        self._size -= batch.size
        if not self._batches:
            self._something.clear()
        return batch
