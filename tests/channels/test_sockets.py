"""Real sockets under pressure: readers that do not read, senders that do not wait."""

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from server.protocol import close
from tests.conftest import stopped_well
from tests.support.office import Office, open_office
from tests.support.people import Customer, RefusedError, console, customer, http, open_ticket
from tests.support.server import DeskServer

BIG = "x" * 8_000


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskServer]:
    """A server that gives a slow socket little room."""
    data: Path = tmp_path_factory.mktemp("narrow")
    running = DeskServer(data, DESKWIRE_OUTBOX_FRAMES="16", DESKWIRE_SEND_SECONDS="60").migrate().start()
    yield running
    stopped_well(running)


async def test_a_slow_reader_is_cut_and_resumes_with_nothing_missing(narrow: DeskServer) -> None:
    """C-01: nobody waits for the slowest, and the slowest loses nothing."""
    office = open_office(narrow.database)
    opened = await open_ticket(narrow, office)
    ticket = opened["ticket"]["id"]
    async with connect(f"{narrow.ws}/ws/v1/customer", max_queue=1) as slow:  # reads no further by itself
        await slow.send(json.dumps({"type": "hello", "portal": office.portal, "token": opened["token"]}))
        await slow.send(json.dumps({"type": "watch", "ref": 1, "ticket": ticket}))
        page = {"type": ""}
        while page["type"] != "page":
            page = json.loads(await slow.recv())
        async with http(narrow, opened["token"]) as client:
            await asyncio.gather(*(write_many(client, ticket) for _ in range(8)))
        frames = [json.loads(frame) async for frame in ended(slow)]
        assert slow.close_code == close.SLOW
    heard = [1, *(frame["seq"] for frame in frames if frame["type"] == "event")]
    assert heard == list(range(1, len(heard) + 1))
    assert len(heard) < 801
    async with customer(narrow, office, opened=opened, watch=False) as again:
        pages = await again.watch(ticket, after=heard[-1], epoch=page["epoch"])
        assert all(page["recovered"] for page in pages)
        heard += [line["seq"] for page in pages for line in page["events"]]
        assert heard == list(range(1, 802))
        await again.say(ticket, "quick again")
        assert (await again.event("message", text="quick again"))["seq"] == 802


async def write_many(client: httpx2.AsyncClient, ticket: str) -> None:
    """A hundred messages of 8,000 characters, one after the other."""
    for _ in range(100):
        body = {"client_id": str(uuid.uuid4()), "text": BIG}
        answer = await client.post(f"/api/v1/customer/tickets/{ticket}/messages", json=body)
        assert answer.is_success


async def ended(connection: ClientConnection) -> AsyncIterator[str | bytes]:
    """Everything that still comes, until the other side closes."""
    with contextlib.suppress(ConnectionClosed):
        async for message in connection:
            yield message


async def test_more_commands_than_fit_are_refused_as_busy_and_cost_nothing(server: DeskServer, office: Office) -> None:
    """One write with fifty messages in it: those without room are refused, sent again, and there once, in order."""
    async with customer(server, office) as ada:
        messages = {n: str(uuid.uuid4()) for n in range(1, 51)}
        for n, client_id in messages.items():
            await ada.post("send", **message(ada, n, client_id))
        replies = [await ada.find(lambda f, n=n: f.get("ref") == n) for n in messages]  # type: ignore[misc]
        refused = {frame["code"] for frame in replies if frame["type"] == "refused"}
        assert "busy" in refused
        assert refused <= {"busy", "resend_from"}
        for n, client_id in messages.items():
            async with asyncio.timeout(10):
                while not await stored(ada, n, client_id):  # noqa: ASYNC110 - until there is room
                    await asyncio.sleep(0.05)
        (page,) = await ada.watch(ada.ticket, after=1, epoch=ada.of("page")[0]["epoch"])
        assert [line["event"]["text"] for line in page["events"]] == [f"message {n}" for n in messages]


def message(ada: Customer, n: int, client_id: str) -> dict[str, object]:
    return {
        "ref": n,
        "ticket": ada.ticket,
        "client_id": client_id,
        "stream": ada.stream,
        "n": n,
        "text": f"message {n}",
    }


async def stored(ada: Customer, n: int, client_id: str) -> bool:
    """Sent once more, with a reference of its own."""
    fields = message(ada, n, client_id)
    del fields["ref"]
    try:
        await ada.call("send", **fields)
    except RefusedError as refused:
        assert refused.code == "busy"  # noqa: PT017 - the only refusal that may be met
        return False
    return True


async def test_a_socket_lost_in_the_middle_of_a_burst_keeps_what_was_accepted(
    server: DeskServer, office: Office
) -> None:
    """Nothing twice and nothing out of order, however much of it the server has read."""
    opened = await open_ticket(server, office)
    ids = {n: str(uuid.uuid4()) for n in range(1, 31)}
    stream = uuid.uuid4().hex
    async with customer(server, office, opened=opened) as ada:
        ada.stream = stream
        for n, client_id in ids.items():
            await ada.post("send", **message(ada, n, client_id))
        ada.connection.transport.abort()
        await ada.wait_closed()
    async with customer(server, office, opened=opened) as ada, console(server, office.worker("Lena")) as lena:
        ada.stream = stream
        for n, client_id in ids.items():
            assert await stored(ada, n, client_id)
        (page,) = await lena.watch(ada.ticket)
        texts = [line["event"]["text"] for line in page["events"]]
        assert texts == ["It will not print", *(f"message {n}" for n in ids)]
