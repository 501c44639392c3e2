"""Limits: whoever sends too much, too often or too long is told so, and nobody else notices."""

import asyncio
import contextlib
import json
import sqlite3
import uuid
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx2
import pytest
from starlette.requests import Request
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from server.domain import limits
from server.http.routing import Call
from server.protocol import close
from tests.security.town import by_session
from tests.support.office import Office, open_office
from tests.support.people import Person, RefusedError, console, customer, open_ticket
from tests.support.server import DeskServer

TIGHT = {
    "DESKWIRE_CUSTOMER_BURST": "3",
    "DESKWIRE_TECHNICIAN_BURST": "4",
    "DESKWIRE_TICKETS_PER_ADDRESS_HOUR": "30",
    "DESKWIRE_SOCKETS": "12",
    "DESKWIRE_SOCKETS_PER_ADDRESS": "3",
    "DESKWIRE_SOCKETS_PER_CUSTOMER": "2",
    "DESKWIRE_SOCKETS_PER_TECHNICIAN": "2",
    "DESKWIRE_FIRST_MESSAGE_SECONDS": "3",
    "DESKWIRE_REQUESTS_PER_SECOND_CALLER": "2",
    "DESKWIRE_REQUESTS_PER_SECOND_ADDRESS": "20",
}


@pytest.fixture(scope="module")
def tight(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskServer]:
    """A server with low limits; each test comes from addresses of its own."""
    running = DeskServer(tmp_path_factory.mktemp("tight"), **TIGHT).migrate().start()
    yield running
    log = running.log()
    running.stop()
    assert '"level": "error"' not in log, "reaching a limit is no error:\n" + log[-4000:]


@pytest.fixture
def office(tight: DeskServer) -> Office:
    return open_office(tight.database)


def at(server: DeskServer, address: str) -> httpx2.AsyncClient:
    transport = httpx2.AsyncHTTPTransport(local_address=address, verify=False)
    return httpx2.AsyncClient(base_url=server.url, transport=transport, timeout=20)


def form(**changed: str) -> dict[str, str]:
    return {"client_id": str(uuid.uuid4()), "name": "Ada", "subject": "s", "description": "d"} | changed


# --- messages -------------------------------------------------------------------------------------------------------


async def until_refused(person: Person, ticket: str, burst: int, kind: str = "send") -> tuple[int, RefusedError]:
    """(n of the message that was refused, the refusal). More than the burst may pass, as time passes too."""
    for n in range(1, burst + 20):
        try:
            await person.say(ticket, f"message {n}", kind=kind, n=n)
        except RefusedError as refusal:
            return n, refusal
    raise AssertionError("never refused")


async def refused_and_taken_later(person: Person, ticket: str, burst: int, kind: str = "send") -> None:
    """Refused with a time; nothing is stored and no number used up; after that time the same message is taken."""
    n, refusal = await until_refused(person, ticket, burst, kind)
    assert n > burst
    assert refusal.code == "too_many"
    wait_ms = refusal.frame["retry_after_ms"]
    assert 0 < wait_ms <= 1_001
    await asyncio.sleep(wait_ms / 1_000)
    await person.say(ticket, f"message {n}", kind=kind, n=n)
    pages = await person.watch(ticket)
    texts = [one["event"].get("text") for page in pages for one in page["events"]]
    assert [text for text in texts if text and text.startswith("message")] == [f"message {i}" for i in range(1, n + 1)]


async def test_a_customer_writes_so_fast_and_no_faster(tight: DeskServer, office: Office) -> None:
    async with customer(tight, office) as ada:
        await refused_and_taken_later(ada, ada.ticket, 3)


@pytest.mark.parametrize("kind", ["send", "note"])
async def test_a_technician_writes_so_fast_and_no_faster(tight: DeskServer, office: Office, kind: str) -> None:
    async with console(tight, office.worker("Lena")) as lena, customer(tight, office) as ada:
        await lena.call("assign", ticket=ada.ticket)
        await lena.call("join", ticket=ada.ticket)
        await refused_and_taken_later(lena, ada.ticket, 4, kind)


async def test_over_http_too(tight: DeskServer, office: Office) -> None:
    opened = await open_ticket(tight, office)
    lena = office.worker("Lena")
    office.write(lambda conn: conn.exec_driver_sql("update technicians set availability = 'available'"))
    paths = {
        f"/api/v1/customer/tickets/{opened['ticket']['id']}/messages": opened["token"],
        f"/api/v1/tickets/{opened['ticket']['id']}/notes": lena.token,
    }
    async with at(tight, "127.0.20.1") as client:
        for path, token in paths.items():
            headers = {"authorization": f"Bearer {token}"}
            answers: list[httpx2.Response] = []
            while not answers or answers[-1].status_code in (200, 201):
                body = {"client_id": str(uuid.uuid4()), "text": "a message"}
                answers.append(await client.post(path, json=body, headers=headers))
                assert len(answers) < 40
            check_too_many(answers[-1], most_s=1)
            assert len(answers) > 3


def check_too_many(answer: httpx2.Response, most_s: int) -> None:
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many"), answer.text
    assert 0 <= answer.json()["retry_after_ms"] <= most_s * 1000
    assert 1 <= int(answer.headers["retry-after"]) <= most_s


# --- requests, tickets, guesses -------------------------------------------------------------------------------------


async def test_an_address_opens_so_many_tickets_an_hour(tight: DeskServer, office: Office) -> None:
    path = f"/api/v1/portals/{office.portal}/tickets"
    async with at(tight, "127.0.21.1") as client, at(tight, "127.0.21.2") as neighbour:
        for _ in range(30):
            assert (await client.post(path, json=form())).status_code == 201
        check_too_many(await client.post(path, json=form()), most_s=120)
        assert (await neighbour.post(path, json=form())).status_code == 201
        assert (await client.get(f"/api/v1/portals/{office.portal}")).status_code == 200, "looking is still free"


async def test_ten_guesses_at_resume_links_and_then_a_pause(tight: DeskServer, office: Office) -> None:
    """128 bits need no more; but nobody gets to try."""
    opened = await open_ticket(tight, office)
    path = f"/api/v1/portals/{office.portal}/resume"
    async with at(tight, "127.0.22.1") as client, at(tight, "127.0.22.2") as owner:
        for number in range(10):
            last = (int(opened["resume"][-2:], 16) + 1 + number) % 256
            wrong = {"resume": opened["resume"][:-2] + f"{last:02x}"}
            assert (await client.post(path, json=wrong)).status_code == 404
        right = {"resume": opened["resume"]}
        check_too_many(await client.post(path, json=right), most_s=12)
        assert (await owner.post(path, json=right)).status_code == 200


async def test_an_address_and_a_caller_ask_so_often(tight: DeskServer, office: Office) -> None:
    lena, omar = office.worker("Lena"), office.worker("Omar")
    async with at(tight, "127.0.23.1") as client, at(tight, "127.0.23.2") as neighbour:
        for worker, status in ((lena, 429), (omar, 200)):
            headers = {"authorization": f"Bearer {worker.token}"}
            answers = [await client.get("/api/v1/me", headers=headers) for _ in range(40 if worker is lena else 1)]
            assert answers[-1].status_code == status
            assert {answer.status_code for answer in answers} <= {200, 429}
        while (answer := await client.get("/healthz")).status_code == 200:
            pass
        check_too_many(answer, most_s=1)
        assert (await neighbour.get("/healthz")).status_code == 200


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:aaaa:bbbb:cccc:dddd", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("", "unknown"),
    ],
)
def test_whoever_has_a_network_of_addresses_counts_once(address: str, network: str) -> None:
    """Of IPv6 everybody has 2^64 addresses."""
    request = Request({"type": "http", "headers": [], "client": (address, 1), "method": "GET", "path": "/"})
    assert Call(request, None).network == network  # type: ignore[arg-type]


# --- sockets --------------------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def socket(server: DeskServer, address: str, door: str = "customer", **headers: str) -> AsyncIterator[Any]:
    async with connect(
        f"{server.ws}/ws/v1/{door}", local_addr=(address, 0), additional_headers=headers, max_size=None
    ) as connection:
        yield connection


async def refusal(server: DeskServer, address: str) -> tuple[int, str]:
    """(status, reason) of a refused handshake."""
    with pytest.raises(InvalidStatus) as error:
        async with socket(server, address):
            pass
    response = error.value.response
    assert 1 <= int(response.headers["retry-after"]) <= 60
    return response.status_code, (response.body or b"").decode()


async def closed(connection: ClientConnection) -> int:
    """The close code, when it comes."""
    async with asyncio.timeout(10):
        await connection.wait_closed()
    return connection.close_code or 1006


async def test_an_address_has_so_many_sockets_that_nobody_knows(tight: DeskServer, office: Office) -> None:
    """Those that have said who they are count for the person: an office shares an address."""
    opened = await open_ticket(tight, office)
    hello = json.dumps({"type": "hello", "portal": office.portal, "token": opened["token"]})
    async with contextlib.AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(socket(tight, "127.0.24.1")) for _ in range(3)]
        assert await refusal(tight, "127.0.24.1") == (503, "address")
        async with socket(tight, "127.0.24.2"):
            pass
        await sockets[0].send(hello)
        assert '"welcome"' in await sockets[0].recv()
        async with socket(tight, "127.0.24.1") as another:
            assert await refusal(tight, "127.0.24.1") == (503, "address")
            await another.close()
        assert await closed(sockets[1]) == close.NO_HELLO
        async with socket(tight, "127.0.24.1"):
            pass


async def test_a_server_has_so_many_sockets(tight: DeskServer) -> None:
    async with contextlib.AsyncExitStack() as stack:
        for number in range(12):
            await stack.enter_async_context(socket(tight, f"127.0.25.{number // 3 + 1}"))
        assert await refusal(tight, "127.0.25.9") == (503, "full")
        async with at(tight, "127.0.25.9") as client:
            assert (await client.get("/healthz")).status_code == 200
    async with socket(tight, "127.0.25.9"):
        pass


async def greet(connection: ClientConnection, **hello: str) -> str | int:
    await connection.send(json.dumps({"type": "hello", **hello}))
    try:
        return str(json.loads(await connection.recv())["type"])
    except ConnectionClosed:
        return connection.close_code or 1006


async def test_a_person_has_so_many_sockets(tight: DeskServer, office: Office) -> None:
    """The one too many is told so; the others go on; a closed one makes room."""
    opened = await open_ticket(tight, office)
    hello = {"portal": office.portal, "token": opened["token"]}
    for door, greeting, headers in (
        ("customer", hello, {}),
        ("console", {}, {"authorization": f"Bearer {office.worker('Lena').token}"}),
    ):
        async with socket(tight, "127.0.26.1", door, **headers) as one:
            async with socket(tight, "127.0.26.2", door, **headers) as two:
                assert [await greet(one, **greeting), await greet(two, **greeting)] == ["welcome", "welcome"]
                async with socket(tight, "127.0.26.3", door, **headers) as three:
                    assert await greet(three, **greeting) == close.TOO_MANY_SOCKETS
                await two.send('{"type":"ping"}')
                assert json.loads(await two.recv())["type"] == "pong"
            async with socket(tight, "127.0.26.3", door, **headers) as three:
                assert await greet(three, **greeting) == "welcome"


# --- one socket -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("door", ["customer", "console"])
async def test_who_says_nothing_is_closed(tight: DeskServer, door: str) -> None:
    async with socket(tight, "127.0.27.1", door) as connection:
        assert await closed(connection) == close.NO_HELLO


def too_long(hello: dict[str, Any], filler: str) -> str:
    """A hello of just more bytes than it may have."""
    room = limits.HELLO_BYTES + 1 - len(json.dumps(hello | {"portal": ""}, ensure_ascii=False))
    return json.dumps(hello | {"portal": filler * (room // len(filler.encode()) + 1)}, ensure_ascii=False)


@pytest.mark.parametrize("filler", ["x", "ж", "😀"])
async def test_a_hello_is_small(server: DeskServer, filler: str) -> None:
    """In bytes, whatever the letters."""
    async with connect(f"{server.ws}/ws/v1/customer") as connection:
        await connection.send(too_long({"type": "hello"}, filler))
        assert await closed(connection) == close.NO_HELLO
        assert connection.close_reason == "A hello is small."


async def test_a_message_is_at_most_64_kib_in_one_piece_or_many(server: DeskServer, office: Office) -> None:
    whole = json.dumps({"type": "ping"}).ljust(limits.FRAME_BYTES)
    for message in (whole + " ", [whole[:30_000], whole[30_000:], " "]):
        async with console(server, open_office(server.database).worker("Lena")) as lena:
            with contextlib.suppress(ConnectionClosed):
                await lena.connection.send(message)
            assert (await lena.wait_closed())[0] == 1009
    async with console(server, open_office(server.database).worker("Lena")) as lena:
        await lena.connection.send(whole)
        await lena.next("pong")


async def test_a_flood_of_commands_is_cut(server: DeskServer) -> None:
    office = open_office(server.database)
    async with console(server, office.worker("Lena")) as lena, console(server, office.worker("Omar")) as omar:
        with contextlib.suppress(ConnectionClosed):
            for _ in range(160):  # few enough for the frames of a second, which have a limit of their own
                await lena.post("ping")
        assert (await lena.wait_closed())[0] == close.FLOOD
        await omar.settled()


BAD: dict[str, str | bytes] = {
    "no JSON": "hello?",
    "nothing": "",
    "a list": "[]",
    "null": "null",
    "no type": "{}",
    "unknown type": '{"type": "fly"}',
    "type is a list": '{"type": ["ping"]}',
    "a frame of ours": '{"type": "welcome", "epoch": "x"}',
    "unknown field": '{"type": "ping", "x": 1}',
    "a long unknown field": json.dumps({"type": "ping", "x" * 500: 1}),
    "an unknown field in Russian": json.dumps({"type": "ping", "ж" * 200: 1}, ensure_ascii=False),
    "an unknown field of emoji": json.dumps({"type": "ping", "😀" * 200: 1}, ensure_ascii=False),
    "a lone surrogate as a field": '{"type": "ping", "\\ud800": 1}',
    "a lone surrogate as a type": '{"type": "\\ud800"}',
    "a long type": json.dumps({"type": "ж" * 300}, ensure_ascii=False),
    "ref is negative": '{"type": "mine", "ref": -1}',
    "ref is huge": '{"type": "mine", "ref": ' + "9" * 5_000 + "}",
    "deep": '{"type": "ping", "x": ' + "[" * 20_000,
    "NaN": '{"type": "older", "ref": 1, "ticket": "' + "0" * 32 + '", "before": NaN}',
    "bytes that are no UTF-8": b"\xff\xfe\x00",
    "bytes": b"[1]",
    "an id with a line end": json.dumps({"type": "unwatch", "ticket": "0" * 32 + "\n"}),
}


@pytest.mark.parametrize("frame", BAD.values(), ids=BAD)
async def test_what_is_no_command_closes_the_socket_with_a_reason(server: DeskServer, frame: str | bytes) -> None:
    """A close frame has room for 123 bytes: the reason is cut to fit, in whole characters."""
    office = open_office(server.database)
    async with console(server, office.worker("Lena"), available=False) as lena:
        await lena.connection.send(frame)
        code, reason = await lena.wait_closed()
    assert code == close.BAD_FRAME
    assert 0 < len(reason.encode()) <= 123
    opened = await open_ticket(server, office)
    async with customer(server, office, opened=opened) as ada:
        await ada.connection.send(frame)
        assert (await ada.wait_closed())[0] == close.BAD_FRAME
    async with connect(f"{server.ws}/ws/v1/customer") as stranger:
        await stranger.send(frame)
        assert await closed(stranger) == close.NO_HELLO


async def test_text_that_is_no_utf_8_closes_the_socket(server: DeskServer) -> None:
    async with console(server, open_office(server.database).worker("Lena")) as lena:
        await lena.connection.send(b"\xff\xfe", text=True)
        assert (await lena.wait_closed())[0] in (1007, close.BAD_FRAME)


async def test_a_busy_database_at_hello_sends_nobody_away_for_good(server: DeskServer) -> None:
    """Codes from 4500 on mean "do not come back"; this one means "in a moment"."""
    office = open_office(server.database)
    headers = by_session(office, office.worker("Lena"), idle_ms=61_000)()  # so that hello has something to write
    with contextlib.closing(sqlite3.connect(server.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with connect(
            f"{server.ws}/ws/v1/console", additional_headers={"cookie": headers["cookie"], "origin": server.url}
        ) as lena:
            assert await greet(lena) == close.TRY_LATER
        other.execute("ROLLBACK")


# --- pages that wait for news -----------------------------------------------------------------------------------------


async def test_one_address_waits_at_so_many_pages_and_a_page_that_goes_makes_room(
    tight: DeskServer, office: Office
) -> None:
    changes = f"/api/v1/portals/{office.portal}/changes"
    async with at(tight, "127.0.0.77") as crowd, contextlib.AsyncExitStack() as stay, asyncio.timeout(20):
        pages = [await stay.enter_async_context(crowd.stream("GET", changes)) for _ in range(3)]
        assert [page.status_code for page in pages] == [200, 200, 200]
        one_more = await crowd.get(changes)
        assert (one_more.status_code, one_more.json()["code"]) == (429, "too_many")
        async with at(tight, "127.0.0.78") as elsewhere:
            assert (await elsewhere.get(changes, params={"seconds": 0})).status_code == 200
        await pages[0].aclose()
        while (await crowd.get(changes, params={"seconds": 0})).status_code == 429:  # noqa: ASYNC110 - nobody tells us
            await asyncio.sleep(0.1)
