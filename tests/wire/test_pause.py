"""When a socket is read and written and when not, on a transport that only remembers."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from uvicorn.server import ServerState
from websockets.frames import Opcode

from server.settings import Settings
from server.wire.config import Config
from server.wire.websocket import AHEAD, WRITE_BUFFER_BYTES, SocketProtocol
from tests.wire.raw import CUSTOMER, HANDSHAKE, framed


class Remembers(asyncio.Transport):
    """A transport into nowhere."""

    def __init__(self) -> None:
        super().__init__()
        self.reading = True
        self.high = 0
        self.gone = False
        self.written = b""

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self.high = high or 0

    def get_write_buffer_size(self) -> int:
        return 0

    def write(self, data: Any) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self.gone

    def close(self) -> None:
        self.gone = True

    abort = close


@pytest.fixture
async def socket() -> AsyncIterator[SocketProtocol]:
    """An accepted socket."""
    accepted = asyncio.Event()

    async def accepts(_scope: object, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        accepted.set()
        await asyncio.Event().wait()

    config = Config(Settings(), http="none", ws=SocketProtocol, interface="asgi3", log_config=None)
    config.loaded, config.loaded_app = True, accepts
    state = ServerState()
    protocol = SocketProtocol(config, state, {})
    protocol.connection_made(Remembers())
    protocol.data_received(HANDSHAKE % CUSTOMER)
    await accepted.wait()
    yield protocol
    for task in state.tasks:
        task.cancel()
    await asyncio.wait(state.tasks)
    protocol.connection_lost(None)


def reads(socket: SocketProtocol) -> bool:
    """Whether the socket is read."""
    transport = socket.transport
    assert isinstance(transport, Remembers)
    return transport.reading


FULL = b"".join(framed(f"message {number}") for number in range(AHEAD))
"""As many messages as may wait."""


async def taken(socket: SocketProtocol) -> None:
    """The application has taken all of them."""
    for number in range(AHEAD):
        assert (await socket.receive()).get("text") == f"message {number}"


async def test_nothing_more_is_read_while_messages_wait(socket: SocketProtocol) -> None:
    assert reads(socket)
    socket.data_received(FULL)
    assert not reads(socket)
    socket.data_received(framed("was under way"))
    assert not reads(socket)
    await taken(socket)
    assert not reads(socket)
    assert (await socket.receive()).get("text") == "was under way"
    assert reads(socket)


async def test_who_takes_nothing_is_not_heard(socket: SocketProtocol) -> None:
    assert isinstance(socket.transport, Remembers)
    assert socket.transport.high == WRITE_BUFFER_BYTES
    socket.pause_writing()
    assert not reads(socket)
    socket.data_received(framed("?", Opcode.PING))  # was under way
    socket.resume_writing()
    assert reads(socket)


async def test_both_reasons_must_be_over(socket: SocketProtocol) -> None:
    """The application takes its messages while the buffer is full, or the buffer empties while they wait."""
    socket.data_received(FULL)
    socket.pause_writing()
    await taken(socket)
    assert not reads(socket)
    socket.resume_writing()
    assert reads(socket)
    socket.pause_writing()
    socket.data_received(FULL)
    socket.resume_writing()
    assert not reads(socket)
    await taken(socket)
    assert reads(socket)


async def test_a_closing_transport_is_left_alone(socket: SocketProtocol) -> None:
    socket.pause_writing()
    socket.transport.close()
    socket.resume_writing()
    assert not reads(socket)


async def test_a_frame_is_taken_where_it_need_not_wait(socket: SocketProtocol) -> None:
    """Past ASGI; who is behind, has said goodbye or is gone gets it from a writer that waits, or not at all."""
    transport = socket.transport
    assert isinstance(transport, Remembers)
    assert socket.take(b"one")
    assert transport.written.endswith(b"\x81\x03one")
    socket.pause_writing()
    assert not socket.take(b"two")
    socket.resume_writing()
    assert socket.take(b"three")
    assert transport.written.endswith(b"\x81\x03one\x81\x05three")
    socket.data_received(framed("", Opcode.CLOSE))
    assert not socket.take(b"four")
    assert b"four" not in transport.written
