"""The application learns when anything came from a peer, pongs included, of which ASGI tells nothing."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

from uvicorn.server import ServerState
from websockets.asyncio.client import connect

from server.channels.socket import LINE, Receive, Scope, Send, Socket
from server.settings import Settings
from server.tasks import Tasks
from server.wire.config import Config
from server.wire.http import HttpProtocol
from server.wire.websocket import SocketProtocol

WAIT_S = 10.0


async def test_a_pong_is_a_sign_of_life() -> None:
    """Pitfall 20: whether a peer is there is what it says, and not what its connection looks like."""
    scopes: asyncio.Queue[Scope] = asyncio.Queue()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        scopes.put_nowait(scope)
        message: MutableMapping[str, Any] = {"type": ""}
        while message["type"] != "websocket.disconnect":
            message = await receive()

    config = Config(Settings(), app, http=HttpProtocol, ws=SocketProtocol, ws_ping_interval=None, log_config=None)
    config.load()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SocketProtocol(config, ServerState(), {}), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, connect(f"ws://127.0.0.1:{port}/") as peer, asyncio.timeout(WAIT_S):
        scope = await scopes.get()
        line = scope["extensions"][LINE]
        socket = Socket(_nothing, _nothing, config.settings, Tasks(), line)
        line.heard_at -= 100
        assert socket.silence >= 100
        await peer.pong(b"unasked")
        while socket.silence >= 100:  # noqa: ASYNC110 - that is what is watched
            await asyncio.sleep(0.01)


async def _nothing(*_: Any) -> Any:
    """Neither heard nor said."""
