"""How a relay on Starlette takes its sockets."""

import contextlib
from collections.abc import Awaitable, Callable
from typing import Protocol

from starlette.websockets import WebSocket, WebSocketDisconnect

from bench.reference import frames
from bench.reference.frames import Send, Watch
from bench.reference.rooms import Rooms


class House(Protocol):
    """What a relay has."""

    rooms: Rooms[WebSocket]

    async def watch(self, socket: WebSocket, command: Watch) -> None:
        """Let it hear, then read."""

    async def send(self, socket: WebSocket, command: Send) -> None:
        """Store it, tell everybody, then who wrote it."""


def door(house: House) -> Callable[[WebSocket], Awaitable[None]]:
    """The endpoint."""

    async def chat(socket: WebSocket) -> None:
        await socket.accept()
        joined: set[str] = set()
        try:
            while True:
                command = frames.decode(await socket.receive_text())
                if isinstance(command, Watch):
                    joined.add(command.ticket)
                    await house.watch(socket, command)
                else:
                    await house.send(socket, command)
        except WebSocketDisconnect:
            pass
        finally:
            house.rooms.leave(joined, socket)

    return chat


async def tell(rooms: Rooms[WebSocket], ticket: str, text: str) -> None:
    """Everybody here who watches it."""
    for socket in rooms.of(ticket):
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # it is leaving
            await socket.send_text(text)
