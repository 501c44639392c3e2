"""One life of the two connections to Redis: from connecting to the first thing that goes wrong, then never again.

    pub/sub connection   reader         what comes, and nothing else
                         subscriber     every SUBSCRIBE and UNSUBSCRIBE
    second connection    publisher      what group commits produced, in order, many in one write
    both                 heart          a beat goes out on the second and must come back on the first

Four rules that each answer a way in which pub/sub over redis-py goes wrong silently:
the library may not reconnect by itself (nobody would learn that messages were lost); one task reads and one task
writes (a subscription may otherwise be forgotten); life is proven by the own heartbeat (a half-open connection never
fails); a cancelled command ends its connection (the next answer would be somebody else's).
"""

import asyncio
import math
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, NoReturn

from redis import asyncio as aioredis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.maint_notifications import MaintNotificationsConfig

from server.bus.outgoing import Message, Outgoing
from server.bus.subscriptions import Subscriptions
from server.metrics import BUS_SENT
from server.tasks import end

CONNECT: Final = 2.0
READ: Final = 5.0
BEAT: Final = 2.0
HEARD_WITHIN: Final = 6.0
"""Seconds without an own beat after which the connections are given up."""
TICK: Final = 1.0
AGAIN: Final = 0.1
HANG_UP: Final = 0.5
CHUNK: Final = 100
"""Topics per SUBSCRIBE; the next waits for the confirmations of this one. So they fit into the 16 KiB that a server
keeps for each client outside client-output-buffer-limit."""
TURN: Final = 50
"""Messages read before others get their turn: a full buffer is read without waiting, and would keep the loop."""


class Silent(Exception):
    """Redis is connected and says nothing."""


class Link:
    """Two connections and the tasks that live on them."""

    def __init__(
        self,
        url: str,
        channels: str,
        name: str,
        subscriptions: Subscriptions,
        outgoing: Outgoing,
        *,
        on_payload: Callable[[bytes], None],
        on_confirmed: Callable[[str], None],
        on_alive: Callable[[], None],
    ) -> None:
        self._channels = channels
        self._subscriptions = subscriptions
        self._outgoing = outgoing
        self._on_payload = on_payload
        self._on_confirmed = on_confirmed
        self._on_alive = on_alive
        self._beat_channel = f"{channels}beat/{name}"
        self._beat_heard = self._beat_channel.encode()
        self._unconfirmed: set[str] = set()
        self._all_confirmed = asyncio.Event()
        self._heard = asyncio.Event()
        pool = aioredis.ConnectionPool.from_url(url, client_name=f"deskwire-{name}", **_options())
        self._pubsub = PubSub(pool, push_handler_func=_as_it_is)
        # bare: a Pipeline object costs 43 µs for one message and 8 for each of fifty, this 17 and 6
        self._second = pool.make_connection()  # type: ignore[no-untyped-call]

    async def run(self) -> NoReturn:
        """Until something goes wrong, which is raised, or until cancelled."""
        tasks: list[asyncio.Task[NoReturn]] = []
        try:
            await self._pubsub.connect()  # type: ignore[no-untyped-call]
            self._subscriptions.start_over()
            works = (self._read, self._subscribe, self._publish, self._beat, self._feel)
            tasks = [asyncio.create_task(work(), name=f"redis bus: {work.__name__}") for work in works]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end(tasks, again_s=AGAIN)
            await self._hang_up()
        errors = [error for task in tasks if not task.cancelled() and (error := task.exception())]
        raise errors[0]

    # --- the pub/sub connection -----------------------------------------------------------------------------------

    async def _read(self) -> NoReturn:
        """Past get_message, whose timer and dictionaries cost more than the rest. Silence is seen by ``_feel``."""
        connection: Any = self._pubsub.connection
        while True:
            for _ in range(TURN):
                reply = await connection.read_response(timeout=math.inf, disconnect_on_error=False, push_request=True)
                if reply[0] == b"message":
                    self._hear(reply[1], reply[2])
                else:
                    self._note(await self._pubsub.handle_message(reply))  # type: ignore[no-untyped-call]
            await asyncio.sleep(0)

    def _hear(self, channel: bytes, payload: bytes) -> None:
        if channel == self._beat_heard:
            self._heard.set()
            self._on_alive()
        else:
            self._on_payload(payload)

    def _note(self, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":
            if message["channel"] == self._beat_heard:
                self._send_beat()
            else:
                self._confirm(message["channel"].decode().removeprefix(self._channels))

    def _confirm(self, topic: str) -> None:
        self._unconfirmed.discard(topic)
        if not self._unconfirmed:
            self._all_confirmed.set()
        self._on_confirmed(topic)

    async def _subscribe(self) -> NoReturn:
        await self._join()
        # last: when the first beat is heard, everything before it is subscribed
        await self._pubsub.subscribe(self._beat_channel)
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK):
                    await self._subscriptions.something_to_join.wait()
            await self._join()
            await self._leave()

    async def _join(self) -> None:
        while topics := self._subscriptions.joins(CHUNK):
            self._unconfirmed.update(topics)
            self._all_confirmed.clear()
            await self._pubsub.subscribe(*(self._channels + topic for topic in topics))
            async with asyncio.timeout(READ):
                await self._all_confirmed.wait()

    async def _leave(self) -> None:
        topics = self._subscriptions.leaves(asyncio.get_running_loop().time())
        if topics:
            await self._pubsub.unsubscribe(*(self._channels + topic for topic in topics))

    # --- the second connection ------------------------------------------------------------------------------------

    async def _publish(self) -> NoReturn:
        await self._second.connect()
        while True:
            batches = await self._outgoing.take()
            try:
                await self._send([message for batch in batches for message in batch.messages])
            except BaseException:
                self._outgoing.put_back(batches)
                raise
            self._outgoing.sent()

    async def _send(self, messages: list[Message]) -> None:
        commands = b"".join(_command(channel, payload) for channel, payload in messages)
        async with asyncio.timeout(READ):  # one for all answers
            await self._second.send_packed_command([commands])
            for _ in messages:
                await self._second.read_response(timeout=math.inf)
        BUS_SENT.inc(len(messages))

    # --- both -----------------------------------------------------------------------------------------------------

    def _send_beat(self) -> None:
        self._outgoing.put([(self._beat_channel, b"")])

    async def _beat(self) -> NoReturn:
        while True:
            await asyncio.sleep(BEAT)
            self._send_beat()

    async def _feel(self) -> NoReturn:
        while True:
            self._heard.clear()
            try:
                async with asyncio.timeout(HEARD_WITHIN):
                    await self._heard.wait()
            except TimeoutError:
                raise Silent(f"no heartbeat came back for {HEARD_WITHIN:.0f} s") from None

    async def _hang_up(self) -> None:
        """Close both, without waiting for a server that may be the one that hangs."""
        both = self._second.disconnect(nowait=True), self._pubsub.aclose()  # type: ignore[no-untyped-call]
        with suppress(TimeoutError):
            async with asyncio.timeout(HANG_UP):
                await asyncio.gather(*both, return_exceptions=True)


def _command(channel: str, payload: bytes) -> bytes:
    """PUBLISH as it travels (RESP). The library's packing costs half of the whole way to Redis."""
    name = channel.encode()
    return b"*3\r\n$7\r\nPUBLISH\r\n$%d\r\n%b\r\n$%d\r\n%b\r\n" % (len(name), name, len(payload), payload)


async def _as_it_is(push: Any) -> Any:
    """Instead of the library's handler, which writes each message to a debug log."""
    return push


def _options() -> dict[str, Any]:
    return {
        "protocol": 3,
        "socket_connect_timeout": CONNECT,
        "socket_timeout": READ,
        "health_check_interval": 0,  # it sends a PING and waits for no answer
        "retry": Retry(NoBackoff(), 0, ()),
        "driver_info": None,
        "maint_notifications_config": MaintNotificationsConfig(enabled=False),
    }
