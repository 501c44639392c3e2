"""The driver, in its own process, against a server that lies, and one that lets nobody in."""

import asyncio
import os
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from bench.driven import Driver, DriverError
from bench.driver import orders
from bench.driver.orders import ChatPlan, SeatPlan
from tests.bench.liar import HONEST, LIED_TO, liar

SEATS = [SeatPlan("/", [ticket]) for ticket in (LIED_TO, LIED_TO, HONEST, HONEST)]
CHATS = [ChatPlan(LIED_TO, 0, 1), ChatPlan(HONEST, 2, 3)]
RATE = 400.0
PATIENCE_S = 0.5
"""For what never comes."""


@pytest.fixture
def driver() -> Iterator[Driver]:
    """Until the end of the test."""
    with Driver() as running:
        yield running


async def do(driver: Driver, order: orders.AnyOrder) -> orders.Answer:
    """While the server, in this loop, goes on."""
    return await asyncio.to_thread(driver.do, order)


async def test_every_lie_is_counted(driver: Driver) -> None:
    """Two writers are lied about, and each of two seats hears each of them: four ears for each lie."""
    async with liar(writers=4) as server:
        await do(driver, orders.Open(server.port, SEATS))
        await do(driver, orders.Talk(CHATS, RATE, translated=True))
        await do(driver, orders.Measure(0.1))
        await server.finished.wait()
        answer, talked = await asyncio.to_thread(driver.hush, PATIENCE_S)
    assert (talked.lost, talked.disordered, talked.strayed) == (4, 4, 2)
    assert talked.doubled == 4 + 2, "twice told, and twice acknowledged"
    assert (talked.unanswered, talked.refused, talked.codes) == (2, 2, {"busy": 2})
    assert talked.delivered == (talked.sent - 2) * 2 - 4
    assert talked.acknowledged == talked.sent - 4
    assert talked.translations == {}, "nobody translates here"
    assert not talked.sound
    assert 0 < talked.to_other.count <= talked.late.count
    assert answer.cut == 0


async def test_who_comes_back_and_is_not_told_everything(driver: Driver) -> None:
    """Two of four miss the last of what they missed."""
    async with liar(writers=4) as server:
        await do(driver, orders.Open(server.port, SEATS))
        _, returned = await asyncio.to_thread(driver.cut, 5)
    assert (returned.wrong, returned.attempts, returned.back.count) == (2, 4, 4)


async def test_a_connection_that_ends_by_itself_is_counted(driver: Driver) -> None:
    """Of those that nobody told to end."""

    async def leave(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.close(4008, "too slow")
        gone.set()

    gone = asyncio.Event()
    async with serve(leave, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        await do(driver, orders.Open(port, [SeatPlan("/", [])]))
        await do(driver, orders.Talk([ChatPlan("", 0, 0)], RATE))
        await gone.wait()
        answer, talked = await asyncio.to_thread(driver.hush, PATIENCE_S)
    assert answer.cut == 1
    assert talked.unanswered == talked.sent > 0


async def test_a_door_that_stays_shut_is_named(driver: Driver) -> None:
    """The order fails with the server's words."""

    def shut(connection: ServerConnection, _request: Request) -> Response:
        return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "full")

    async def nobody(_socket: ServerConnection) -> None:
        """Is let in."""

    async with serve(nobody, "127.0.0.1", 0, process_request=shut) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        with pytest.raises(DriverError, match="503"):
            await do(driver, orders.Open(port, [SeatPlan("/", [])]))


def test_it_goes_before_others_where_it_is_told_to_and_may() -> None:
    with Driver(19) as driver:
        assert os.getpriority(os.PRIO_PROCESS, driver.pid) == 19
