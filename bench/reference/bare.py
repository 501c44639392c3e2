"""The same relay with nothing between it and the protocols: bare ASGI, one connection to Redis, its writes joined."""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final, cast
from urllib.parse import urlsplit

import hiredis

from bench.reference import frames
from bench.reference.frames import Watch
from bench.reference.plain import REDIS_URL
from bench.reference.rooms import Rooms, ready
from bench.reference.storing import Storing

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
RESP3: Final = b"*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n"


def command(*words: bytes) -> bytes:
    """In the language of Redis."""
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words)


class Redis(asyncio.Protocol):
    """Subscribed and publishing over one connection, as its third protocol allows. What one turn of the loop writes
    goes out as one piece."""

    def __init__(self, tell: Callable[[str, str], None]) -> None:
        self._tell = tell
        self._reader = hiredis.Reader(encoding="utf-8")
        self._out: list[bytes] = []
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say which protocol."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(RESP3)

    def data_received(self, data: bytes) -> None:
        """Answers, which nobody waits for, and messages."""
        self._reader.feed(data)
        while (reply := self._reader.gets()) is not False:
            if isinstance(reply, hiredis.PushNotification) and reply[0] == "message":
                self._tell(reply[1], reply[2])
            elif isinstance(reply, hiredis.ReplyError):
                raise reply

    def write(self, *words: bytes) -> None:
        """With whatever else this turn of the loop writes."""
        if not self._out:
            asyncio.get_running_loop().call_soon(self._flush)
        self._out.append(command(*words))

    def _flush(self) -> None:
        out, self._out = self._out, []
        if self._transport is not None:
            self._transport.write(b"".join(out))


class House:
    """What the process has."""

    storing: Storing
    redis: Redis

    def __init__(self) -> None:
        self.rooms: Rooms[Send] = Rooms()
        self._heard: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self._telling: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """PostgreSQL and Redis."""
        self.storing = await Storing.opened()
        where = urlsplit(os.environ[REDIS_URL])
        loop = asyncio.get_running_loop()
        _, self.redis = await loop.create_connection(
            lambda: Redis(lambda ticket, text: self._heard.put_nowait((ticket, text))),
            str(where.hostname),
            where.port or 6379,
        )
        self._telling = loop.create_task(self._tell())
        ready()

    async def stop(self) -> None:
        """Tell nobody any more."""
        if self._telling is not None:
            self._telling.cancel()
        await self.storing.close()

    async def _tell(self) -> None:
        while True:
            ticket, text = await self._heard.get()
            for send in self.rooms.of(ticket):
                with contextlib.suppress(OSError, RuntimeError):  # it is leaving
                    await send({"type": "websocket.send", "text": text})

    async def take(self, send: Send, text: str, joined: set[str]) -> None:
        """A command."""
        said = frames.decode(text)
        if isinstance(said, Watch):
            joined.add(said.ticket)
            if self.rooms.join(said.ticket, send):
                self.redis.write(b"SUBSCRIBE", said.ticket.encode())
            rows, tail = await self.storing.after(said)
            answer = frames.page(said, rows, tail)
        else:
            seq, at = await self.storing.append(said)
            self.redis.write(b"PUBLISH", said.ticket.encode(), frames.event(said, seq, at))
            answer = frames.ack(said, seq)
        await send({"type": "websocket.send", "text": answer.decode()})


house = House()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Lifespan, or one connection."""
    if scope["type"] == "lifespan":
        await receive()
        await house.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await house.stop()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await receive()
    await send({"type": "websocket.accept"})
    joined: set[str] = set()
    while (message := await receive())["type"] == "websocket.receive":
        await house.take(send, message["text"], joined)
    house.rooms.leave(joined, send)
