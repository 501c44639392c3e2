"""The bus of several processes: local delivery as in one process, and Redis (or Valkey) pub/sub for the others.

    publish ──┬─> MemoryBus ──> listeners of this process
              └─> Outgoing ──> Link ══ Redis ══> Links of the others ──> Seal.open ──> their MemoryBus

With Redis away nothing changes for this process; ``healthy`` is false, and whoever needs news of other processes looks
at the store more often. Redis is told nothing that is not in the store, and is believed nothing without our MAC.
"""

import asyncio
import random
from contextlib import suppress
from typing import Final

import structlog
from redis import asyncio as aioredis
from redis.exceptions import RedisError

from server.bus.base import OnGap, OnMessage
from server.bus.frame import Rejected, Seal
from server.bus.link import Link, Silent
from server.bus.memory import MemoryBus
from server.bus.outgoing import Message, Outgoing
from server.bus.subscriptions import Subscriptions
from server.errors import BadInput
from server.metrics import BUS_DROPPED, BUS_LINKS, BUS_RECEIVED, BUS_REJECTED
from server.store.base import Announcement
from server.tasks import end

log = structlog.get_logger(__name__)

FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 5.0
LAST_WORDS: Final = 0.5
"""Seconds that a stop waits for what is still on its way."""
END_AGAIN: Final = 1.0
"""Longer than a link needs to hang up."""


def channels(installation: str) -> str:
    """What the names of an installation's channels begin with."""
    return f"deskwire:{installation}:"


def check(url: str) -> None:
    """Raises BadInput when the address cannot be one, or has options that a connection does not know."""
    try:
        aioredis.ConnectionPool.from_url(url).make_connection()  # type: ignore[no-untyped-call]
    except (ValueError, TypeError) as error:
        raise BadInput(f"Settings: redis_url: {error}.") from None


class RedisBus:
    """See base.Bus for the promise. ``start`` before use."""

    def __init__(self, url: str, *, key: str, installation: str, epoch: str) -> None:
        """``key``: 64 hex digits that only this installation knows; ``installation``: part of the channels' names.

        Raises BadInput when the address cannot be one.
        """
        check(url)
        self.on_gap: OnGap = lambda _topic: None
        self.healthy = False
        self._url = url
        self._channels = channels(installation)
        self._seal = Seal(key, epoch)
        self._local = MemoryBus()
        self._subscriptions = Subscriptions()
        self._outgoing = Outgoing()
        self._closing = False
        self._complaint = ""
        self._task: asyncio.Task[None] | None = None

    @property
    def on_message(self) -> OnMessage:
        """Who hears what arrives, from here and from elsewhere."""
        return self._local.on_message

    @on_message.setter
    def on_message(self, listener: OnMessage) -> None:
        self._local.on_message = listener

    def start(self) -> None:
        """Begin to look for Redis; it need not be there."""
        self._task = asyncio.get_running_loop().create_task(self._keep_linked(), name="redis bus")

    def publish(self, announcements: list[Announcement]) -> None:
        """To this process at once, to the others as soon as Redis takes it."""
        messages: list[Message] = []
        for told in announcements:
            try:
                messages.append((self._channels + told.topic, self._seal.close(told)))
            except Rejected as refusal:
                BUS_DROPPED.labels(reason=refusal.reason).inc()
        if messages:
            self._outgoing.put(messages)
        self._local.publish(announcements)

    def subscribe(self, topic: str) -> None:
        """Here at once; from other processes when Redis has confirmed it, which ``on_gap`` tells."""
        self._local.subscribe(topic)
        self._subscriptions.want(topic)

    def unsubscribe(self, topic: str) -> None:
        """Here at once; Redis is told some seconds later."""
        self._local.unsubscribe(topic)
        self._subscriptions.drop(topic, asyncio.get_running_loop().time())

    async def close(self) -> None:
        """Send what waits, if Redis takes it quickly, then stop."""
        if self._task is None:
            return
        if self.healthy:
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_WORDS):
                    await self._outgoing.emptied()
        self._closing = True
        await end([self._task], again_s=END_AGAIN)
        self._task = None

    # --- the connection -------------------------------------------------------------------------------------------

    async def _keep_linked(self) -> None:
        """Link after link, with growing pauses; ends only with close."""
        pause = FIRST_PAUSE
        while not self._closing:
            BUS_LINKS.inc()
            try:
                await self._link().run()
            except Exception as error:  # noqa: BLE001 - whatever it was, the next link may do better
                self._complain(error)
            if self.healthy:
                self.healthy, pause = False, FIRST_PAUSE
            if not self._closing:  # a cancellation may be lost on its way through a driver
                await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - not a secret
                pause = min(LONGEST_PAUSE, pause * 2)

    def _link(self) -> Link:
        return Link(
            self._url,
            self._channels,
            self._seal.sender,
            self._subscriptions,
            self._outgoing,
            on_payload=self._hear,
            on_confirmed=self._confirmed,
            on_alive=self._alive,
        )

    def _alive(self) -> None:
        if not self.healthy:
            self.healthy = True
            self._complaint = ""
            log.info("the bus is linked")

    def _complain(self, error: Exception) -> None:
        """Once for each kind of trouble, not for each attempt."""
        kind = type(error).__name__
        if kind == self._complaint:
            return
        self._complaint = kind
        if isinstance(error, (RedisError, OSError, Silent)):
            log.warning(
                "the bus has no link; other processes are heard by looking at the store", reason=f"{kind}: {error}"
            )
        else:
            log.error("the bus failed", exc_info=error)

    # --- what arrives ---------------------------------------------------------------------------------------------

    def _hear(self, payload: bytes) -> None:
        try:
            told = self._seal.open(payload)
        except Rejected as refusal:
            BUS_REJECTED.labels(reason=refusal.reason).inc()
            return
        if told is None:
            return
        BUS_RECEIVED.inc()
        try:
            self._local.publish([told])
        except Exception:
            log.exception("a listener failed", topic=told.topic)

    def _confirmed(self, topic: str) -> None:
        try:
            self.on_gap(topic)
        except Exception:
            log.exception("a listener failed", topic=topic)
