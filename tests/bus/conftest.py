"""Buses over a real Valkey, and an ear that remembers what they say."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from server.bus.base import Bus
from server.bus.memory import MemoryBus
from server.bus.redis import RedisBus
from server.store.base import Announcement
from tests.support.server import free_port
from tests.support.valkey import Valkey

WAIT_S = 20.0
KEY = secrets.token_hex(32)
INSTALLATION = "0123456789ab"
EPOCH = "00f1c0ffee000001"


class Ear:
    """Everything one bus told its process."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.heard: list[Announcement] = []
        self.gaps: list[str] = []
        self._something = asyncio.Event()
        bus.on_message = self._hear
        bus.on_gap = self._gap

    def _hear(self, told: Announcement) -> None:
        self.heard.append(told)
        self._something.set()

    def _gap(self, topic: str) -> None:
        self.gaps.append(topic)
        self._something.set()

    async def until(self, fits: Callable[[], bool]) -> None:
        """Wait for it."""
        async with asyncio.timeout(WAIT_S):
            while not fits():
                self._something.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.02):  # health is no event that anybody tells
                        await self._something.wait()

    async def listen(self, *topics: str) -> None:
        """Subscribe, and wait until other processes are heard on all of them."""
        before = len(self.gaps)
        for topic in topics:
            self.bus.subscribe(topic)
        await self.until(lambda: set(topics) <= set(self.gaps[before:]))

    async def well(self) -> None:
        """The bus has a link that works."""
        await self.until(lambda: self.bus.healthy)

    def seqs(self, topic: str) -> list[int]:
        """Numbers heard on this topic."""
        return [told.seq for told in self.heard if told.topic == topic]


def a_bus(url: str, *, key: str = KEY, installation: str = INSTALLATION, epoch: str = EPOCH) -> RedisBus:
    """A bus as one process would have it."""
    bus = RedisBus(url, key=key, installation=installation, epoch=epoch)
    bus.start()
    return bus


@pytest.fixture(scope="session")
def shared_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """For tests that leave it as it is; flushed of nothing, because nothing is stored."""
    valkey = Valkey(tmp_path_factory.mktemp("valkey")).start()
    yield valkey
    valkey.stop()


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """For tests that hurt it."""
    valkey = Valkey(tmp_path).start()
    yield valkey
    valkey.kill()


@pytest.fixture(params=["memory", "redis", "redis away"])
async def bus(request: pytest.FixtureRequest, shared_valkey: Valkey) -> AsyncIterator[Bus]:
    """Each kind of bus in turn: add one here, and the whole contract runs on it."""
    made: Bus
    if request.param == "memory":
        made = MemoryBus()
    else:
        port = shared_valkey.port if request.param == "redis" else free_port()
        made = a_bus(f"redis://127.0.0.1:{port}")
    yield made
    await made.close()


@pytest.fixture
async def ears(valkey: Valkey) -> AsyncIterator[tuple[Ear, Ear]]:
    """Two processes on one Valkey; afterwards nothing failed that nobody looked at."""
    unhandled: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: unhandled.append(context))
    try:
        with capture_logs() as logs:
            both = Ear(a_bus(valkey.url)), Ear(a_bus(valkey.url))
            for ear in both:
                await ear.well()
            yield both
            for ear in both:
                await ear.bus.close()
    finally:
        loop.set_exception_handler(None)
    assert unhandled == []
    assert [entry for entry in logs if entry["log_level"] == "error"] == []
