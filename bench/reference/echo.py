"""Says back what it hears: what uvicorn, the WebSocket protocol and the network of the machine cost by themselves."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from bench.reference.rooms import ready

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


async def app(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
    """Lifespan, or one connection."""
    if scope["type"] == "lifespan":
        await receive()
        ready()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"]})
