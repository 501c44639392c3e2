"""A relay as a good tutorial leads to: Starlette, redis.asyncio, asyncpg."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from typing import Final

from redis import asyncio as aioredis
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from bench.reference import frames
from bench.reference.door import door, tell
from bench.reference.frames import Send, Watch
from bench.reference.rooms import Rooms, ready
from bench.reference.storing import Storing

REDIS_URL: Final = "BENCH_REDIS_URL"


class House:
    """What the process has."""

    storing: Storing
    redis: aioredis.Redis
    heard: aioredis.client.PubSub

    def __init__(self) -> None:
        self.rooms: Rooms[WebSocket] = Rooms()
        self._subscribing = asyncio.Lock()

    async def watch(self, socket: WebSocket, command: Watch) -> None:
        """Hear of it first, then read."""
        if self.rooms.join(command.ticket, socket):
            async with self._subscribing:
                await self.heard.subscribe(command.ticket)
        rows, tail = await self.storing.after(command)
        await socket.send_text(frames.page(command, rows, tail).decode())

    async def send(self, socket: WebSocket, command: Send) -> None:
        """Store it, tell everybody, then who wrote it."""
        seq, at = await self.storing.append(command)
        await self.redis.publish(command.ticket, frames.event(command, seq, at))
        await socket.send_text(frames.ack(command, seq).decode())

    async def hear(self) -> None:
        """What was published, here or elsewhere."""
        while True:
            message = await self.heard.get_message(ignore_subscribe_messages=True, timeout=1)
            if message is None:
                continue
            await tell(self.rooms, message["channel"].decode(), message["data"].decode())


house = House()


@contextlib.asynccontextmanager
async def lifespan(_app: Starlette) -> AsyncIterator[None]:
    """PostgreSQL and Redis."""
    house.storing = await Storing.opened()
    house.redis = aioredis.Redis.from_url(os.environ[REDIS_URL])
    house.heard = house.redis.pubsub()
    await house.heard.subscribe("nobody")  # get_message wants to be subscribed to something
    hearing = asyncio.get_running_loop().create_task(house.hear())
    ready()
    yield
    hearing.cancel()
    await asyncio.wait([hearing])
    await house.heard.aclose()  # type: ignore[no-untyped-call]
    await house.redis.aclose()
    await house.storing.close()


app = Starlette(routes=[WebSocketRoute("/chat", door(house))], lifespan=lifespan)
