"""What the doctor may ask and nobody else: see server/accounts/probe."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, MutableMapping
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from server.accounts import probe
from server.channels import quiet
from server.clock import now_ms
from server.http.probe import MOST_BYTES, PATH
from server.store import installation
from tests.support.office import written
from tests.support.server import DeskServer

DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def secret(server: DeskServer) -> str:
    """The installation's."""
    return written(server.store, lambda conn: installation.get(conn, "secret"))


@pytest.fixture
async def client(server: DeskServer) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=server.url, timeout=20, verify=False) as one:
        yield one


def proof(secret: str, at_ms: int = 0) -> dict[str, str]:
    return {probe.HEADER: probe.made(secret, at_ms or now_ms())}


def not_ours(secret: str) -> Iterator[dict[str, str]]:
    """Everything that is no proof, or not one of now."""
    good = proof(secret)[probe.HEADER]
    until, _, mac = good.partition(".")
    yield {}
    broken = (good[:-1], good + "0", f"{until}.", f".{mac}", f"{int(until) + 1}.{mac}", f"+{good}")
    for value in ("", ".", "1" * 5000, *broken):
        yield {probe.HEADER: value}
    yield {probe.HEADER: probe.made("00" * 32, now_ms())}
    yield proof(secret, now_ms() - DAY_MS)
    yield proof(secret, now_ms() + DAY_MS)


async def test_nobody_else_finds_anything(server: DeskServer, client: httpx2.AsyncClient, secret: str) -> None:
    """No waiting, no large body, no socket without the installation's secret."""
    nothing = await client.get("/api/v1/nothing")
    for headers in not_ours(secret):
        for answer in (
            await client.get(f"{PATH}?wait=25", headers=headers),
            await client.put(PATH, content=b"x", headers=headers),
        ):
            assert (answer.status_code, answer.text) == (404, nothing.text)
        if headers:
            with pytest.raises(InvalidStatus, match="404"):
                await connect(f"{server.ws}/ws/v1/customer", additional_headers=headers)


async def test_how_a_request_arrives(client: httpx2.AsyncClient, secret: str) -> None:
    headers = proof(secret) | {"x-forwarded-for": "203.0.113.7, 198.51.100.9:1234"}
    seen = (await client.get(PATH, headers=headers)).json()
    assert seen["address"] == "127.0.0.1", "nobody's word is believed"
    assert seen["forwarded"] == ["203.0.113.7", "198.51.100.9:1234"]
    assert seen["host"] == client.base_url.netloc.decode()


async def test_how_a_body_arrives(client: httpx2.AsyncClient, secret: str) -> None:
    pause = asyncio.Event()

    async def halves() -> AsyncIterator[bytes]:
        yield bytes(1000)
        asyncio.get_running_loop().call_later(0.3, pause.set)
        await pause.wait()
        yield bytes(500)

    seen = (await client.put(PATH, content=halves(), headers=proof(secret))).json()
    assert seen["bytes"] == 1500
    assert seen["spread_ms"] >= 150


async def test_a_body_has_an_end(client: httpx2.AsyncClient, secret: str) -> None:
    answer = await client.put(PATH, content=bytes(MOST_BYTES + 1), headers=proof(secret))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("query", ["wait=26", "wait=-1", "wait=x", "much=1"])
async def test_what_may_be_asked(client: httpx2.AsyncClient, secret: str, query: str) -> None:
    assert (await client.get(f"{PATH}?{query}", headers=proof(secret))).status_code == 400


async def test_an_answer_may_be_waited_for(client: httpx2.AsyncClient, secret: str) -> None:
    began = time.monotonic()
    assert (await client.get(f"{PATH}?wait=0.3", headers=proof(secret))).status_code == 200
    assert time.monotonic() - began >= 0.3


async def test_a_doctor_who_leaves_is_not_waited_for(server: DeskServer, secret: str) -> None:
    async def tasks() -> float:
        async with httpx2.AsyncClient(base_url=server.url, verify=False) as other:
            text = (await other.get("/metrics")).text
        return next(float(line.split()[1]) for line in text.splitlines() if line.startswith("deskwire_tasks "))

    before = await tasks()
    with pytest.raises(httpx2.ReadTimeout):
        async with httpx2.AsyncClient(base_url=server.url, timeout=0.3, verify=False) as impatient:
            await impatient.get(f"{PATH}?wait=25", headers=proof(secret))
    async with asyncio.timeout(10):
        while await tasks() > before:  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # a gauge is no event that anybody tells


async def test_a_quiet_socket_stays_and_counts_as_one(server: DeskServer, secret: str) -> None:
    """Nothing is said, whatever comes; it is let go of when the doctor leaves."""
    async with connect(f"{server.ws}/ws/v1/customer", additional_headers=proof(secret)) as socket:
        await socket.send("anything")
        pong = await socket.ping()
        await pong
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.recv(), 0.2)
    assert socket.close_code == 1000


async def test_a_quiet_socket_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiet, "LONGEST_S", 0.05)
    said: list[str] = []

    async def receive() -> dict[str, str]:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: MutableMapping[str, Any]) -> None:
        said.append(message["type"])

    await quiet.hold(receive, send)
    assert said == ["websocket.accept", "websocket.close"]
