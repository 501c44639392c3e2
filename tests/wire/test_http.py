"""Bounds on one HTTP connection, each broken by a raw peer against a real server."""

import asyncio
import contextlib
import gc
import socket
import struct
import weakref
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from uvicorn.server import ServerState

from server.http import pages
from server.settings import Settings
from server.wire import http as wire_http
from server.wire.config import Config
from server.wire.http import PIPELINE, HttpProtocol
from tests.support.server import DeskServer
from tests.wire.raw import Meter, Peer, eventually

HOST = b"Host: 127.0.0.1\r\n"
HEALTH = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
POST = b"POST /api/v1/sign-in HTTP/1.1\r\nx-deskwire: 1\r\ncontent-type: application/json\r\n" + HOST
OK = b"HTTP/1.1 200 OK"
MIB = 1024 * 1024


def biggest_file() -> bytes:
    """The address of the largest file of the front end."""
    file = max(pages.DIST.glob("*.js"), key=lambda path: path.stat().st_size)
    return f"/static/{file.name}".encode()


# --- silence --------------------------------------------------------------------------------------------------------


def test_who_says_nothing_is_gone(strict: DeskServer, meter: Meter) -> None:
    with Peer(strict) as peer:
        assert peer.read() == b""
    assert meter.cut("first_byte") == 1


def test_blank_lines_are_no_request(strict: DeskServer, meter: Meter) -> None:
    with Peer(strict) as peer:
        assert peer.drip(b"\r\n") == b""
    assert meter.cut("first_byte") == 1


def test_a_header_must_become_whole(strict: DeskServer, meter: Meter) -> None:
    with Peer(strict) as peer:
        peer.send(HEALTH[:-2])
        assert peer.drip(b"x: y\r\n").startswith(b"HTTP/1.1 408 ")
    assert meter.cut("header") == 1


@pytest.mark.parametrize("more", [b"", b" "], ids=["nothing", "a byte now and then"])
def test_a_body_must_get_on(strict: DeskServer, meter: Meter, more: bytes) -> None:
    with Peer(strict) as peer:
        peer.send(POST + b"content-length: 60000\r\n\r\n{")
        answer = peer.drip(more) if more else peer.read()
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert meter.cut("body") == 1


def test_a_slow_body_that_gets_on_is_waited_for(strict: DeskServer) -> None:
    """For longer than one stretch, and at last an answer."""
    with Peer(strict) as peer:
        peer.send(POST + b"content-length: 50000\r\n\r\n")
        answer = peer.drip_in(b" " * 2_000, times=25, seconds=0.08)
    assert answer.startswith(b"HTTP/1.1 400 ")


def test_an_answered_connection_waits_a_little(strict: DeskServer) -> None:
    with Peer(strict) as peer:
        peer.send(HEALTH)
        assert OK in peer.read(b'"ok"}')
        peer.send(HEALTH)
        assert OK in peer.read(b'"ok"}')
        assert peer.read() == b""


def test_who_is_answered_before_the_end_of_the_body_does_not_stay(strict: DeskServer, meter: Meter) -> None:
    """Too large: refused at once, and whatever still comes is heard for a while only."""
    with Peer(strict) as peer:
        peer.send(POST + b"content-length: 100000000\r\n\r\n")
        assert b"HTTP/1.1 413 " in peer.read(b"}")
        assert peer.flood(b"x" * 65_536, 2_000 * MIB) < 2_000 * MIB
    assert meter.grown_mib < 5


def test_an_early_answer_and_then_the_rest_of_the_body_is_as_any_other(strict: DeskServer) -> None:
    """The timer that waits for the next request is there again."""
    with Peer(strict) as peer:
        peer.send(POST + b"content-length: 70000\r\n\r\n")
        assert b"HTTP/1.1 413 " in peer.read(b"}")
        peer.send(b"x" * 70_000)
        assert peer.read() == b""


# --- size -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /healthz HTTP/1.1\r\nx: " + b"y" * 17_000 + b"\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n" + b"x: y\r\n" * 4_000 + b"\r\n",
        b"GET /" + b"z" * 17_000 + b" HTTP/1.1\r\n\r\n",
    ],
    ids=["a long field", "many fields", "a long address"],
)
def test_a_header_has_a_size(strict: DeskServer, meter: Meter, request_: bytes) -> None:
    with Peer(strict) as peer:
        peer.send(request_)
        assert peer.read().startswith(b"HTTP/1.1 431 ")
    assert meter.cut("header_bytes") == 1


def test_a_header_of_just_that_size_is_fine(strict: DeskServer) -> None:
    with Peer(strict) as peer:
        peer.send(HEALTH[:-2] + b"x: " + b"y" * 16_000 + b"\r\n\r\n")
        assert OK in peer.read(b'"ok"}')


@pytest.mark.parametrize(
    ("begun", "flood"),
    [
        (b"GET /healthz HTTP/1.1\r\nx: ", b"y" * 65_536),
        (b"GET /", b"z" * 65_536),
        (POST + b"transfer-encoding: chunked\r\n\r\n0\r\n", b"x: " + b"y" * 1_000 + b"\r\n"),
        (POST + b"transfer-encoding: chunked\r\n\r\n0\r\nx: ", b"y" * 65_536),
        (POST + b"transfer-encoding: chunked\r\n\r\n1;", b"e" * 65_536),
    ],
    ids=["a field", "an address", "trailers", "a trailer", "a chunk's extension"],
)
def test_nothing_without_end_is_kept(strict: DeskServer, meter: Meter, begun: bytes, flood: bytes) -> None:
    with Peer(strict) as peer:
        peer.send(begun)
        assert peer.flood(flood, 100 * MIB) < 100 * MIB
    assert meter.cut("header_bytes") == 1
    assert meter.grown_mib < 5


def test_requests_before_their_answers(strict: DeskServer, meter: Meter) -> None:
    with Peer(strict) as peer:
        peer.send(HEALTH * PIPELINE)
        answers = b""
        while answers.count(b'"ok"}') < PIPELINE:
            answers += peer.read(b'"ok"}')
    assert answers.count(OK) == PIPELINE
    with Peer(strict) as peer:
        assert peer.flood(HEALTH * 10_000, 60 * MIB) < 60 * MIB
    assert meter.cut("pipeline") == 1
    assert meter.grown_mib < 5


def test_what_is_malformed_is_answered_and_not_logged(strict: DeskServer, meter: Meter) -> None:
    before = meter.metric("faults_of_peers_total", "http")
    with Peer(strict) as peer:
        peer.send(b"\x16\x03\x01\x02\x00 what?\r\n\r\n")
        assert peer.read().startswith(b"HTTP/1.1 400 ")
    assert meter.metric("faults_of_peers_total", "http") == before + 1
    assert "Invalid HTTP" not in strict.log()


# --- taking ---------------------------------------------------------------------------------------------------------


def test_an_answer_must_be_taken(strict: DeskServer, meter: Meter) -> None:
    with Peer(strict, narrow=True) as peer:
        peer.send(b"GET %s HTTP/1.1\r\n%s\r\n" % (biggest_file(), HOST) * PIPELINE)
        eventually(lambda: meter.metric("connections", "http") == 1)  # who asks
    assert meter.cut("taking") == 1


def test_an_answer_that_is_taken_slowly_is_whole(strict: DeskServer) -> None:
    address = biggest_file()
    size = (pages.DIST / Path(address.decode()).name).stat().st_size
    with Peer(strict, narrow=True) as peer:
        peer.send(b"GET %s HTTP/1.1\r\n%sconnection: close\r\n\r\n" % (address, HOST))
        answer = peer.read_slowly(piece=4_096, seconds=0.02)
    assert len(answer.partition(b"\r\n\r\n")[2]) == size


def test_who_leaves_while_being_answered_is_no_error(strict: DeskServer) -> None:
    """With a second request waiting behind the first, uvicorn went on writing to who was gone."""
    for _ in range(20):
        peer = Peer(strict, narrow=True)
        peer.send(b"GET %s HTTP/1.1\r\n%s\r\n" % (biggest_file(), HOST) * 2)
        assert OK in peer.read(b"\r\n\r\n")
        peer.reset()
    with Peer(strict) as peer:
        peer.send(HEALTH)
        assert OK in peer.read(b'"ok"}')
    assert '"level": "error"' not in strict.log()


# --- the end --------------------------------------------------------------------------------------------------------


Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


@contextlib.asynccontextmanager
async def listening(application: Any, made: weakref.WeakSet[HttpProtocol]) -> AsyncIterator[tuple[str, int]]:
    """Our protocol in this process, in front of a small application; connections are kept alive for ever."""
    settings = Settings(keep_alive_seconds=600)
    config = Config(settings, http=HttpProtocol, ws="none", interface="asgi3", timeout_keep_alive=600, log_config=None)
    config.loaded, config.loaded_app, config.ws_protocol_class = True, application, None

    def make() -> HttpProtocol:
        protocol = HttpProtocol(config, ServerState(), {})
        made.add(protocol)
        return protocol

    async with await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()


async def test_trailers_are_not_taken_for_headers() -> None:
    """uvicorn adds them to the request's headers, while the application looks at those."""
    seen: list[bytes] = []

    async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        seen.extend(name for name, _value in scope["headers"])
        await send({"type": "http.response.start", "status": 204, "headers": [(b"connection", b"close")]})
        await send({"type": "http.response.body"})

    async with listening(application, weakref.WeakSet()) as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(POST + b"transfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nauthorization: Bearer x\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 204")
        writer.close()
        await writer.wait_closed()
    assert seen == [b"x-deskwire", b"content-type", b"host", b"transfer-encoding"]


async def test_at_a_stop_who_has_just_come_may_still_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that was let in is not thrown away before it has said anything; it is served once, and closed."""
    monkeypatch.setattr(wire_http, "LAST_SECONDS", 60.0)

    async def application(_scope: object, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    made: weakref.WeakSet[HttpProtocol] = weakref.WeakSet()
    async with listening(application, made) as address:
        reader, writer = await asyncio.open_connection(*address)
        while not made:  # noqa: ASYNC110 - accepted by this very event loop
            await asyncio.sleep(0)
        for protocol in made:
            protocol.shutdown()
        writer.write(HEALTH + HEALTH)
        said = await reader.read()
        assert said.count(b"HTTP/1.1 204") == 1
        assert b"connection: close" in said
        writer.close()
        await writer.wait_closed()


async def test_a_reset_leaves_nothing_behind() -> None:
    """A connection that was kept alive and is reset takes its timers with it, and with them its memory."""

    async def application(_scope: object, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    made: weakref.WeakSet[HttpProtocol] = weakref.WeakSet()
    async with listening(application, made) as address:
        for _ in range(5):
            reader, writer = await asyncio.open_connection(*address)
            writer.write(HEALTH)
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 204")
            reset = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
            writer.transport.abort()
            await writer.wait_closed()
        assert len(made) > 0
        async with asyncio.timeout(20):
            while made:
                await asyncio.sleep(0.01)
                gc.collect()
