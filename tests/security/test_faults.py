"""Our own faults: an id that stands in the log, and nothing else; and a log that knows no secret and no text."""

import contextlib
import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from server import logs
from server.errors import BadInput
from server.http.middleware import Secure
from server.http.routes import ROUTES
from server.protocol import close
from server.settings import load
from tests.security.town import IDENTITY_SECRET, by_session, found, identity
from tests.support.office import PASSWORD, written
from tests.support.people import RefusedError, console, customer, http, open_ticket
from tests.support.server import DeskServer

# --- the outermost place --------------------------------------------------------------------------------------------


def broken() -> httpx2.AsyncClient:
    """An application whose handlers fail, behind our middleware."""

    async def fails(_request: Request) -> Response:
        raise ZeroDivisionError("a message of a library, with somebody's text in it")

    async def fails_later(_request: Request) -> Response:
        async def body() -> Any:
            yield b"half an ans"
            raise ZeroDivisionError

        return StreamingResponse(body())

    routes = [Route("/fails", fails), Route("/later", fails_later)]
    app = Starlette(routes=routes, middleware=[Middleware(Secure, tls=False)])
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://desk")


async def test_an_unexpected_error_is_an_id_for_the_client_and_a_traceback_for_us() -> None:
    with structlog.testing.capture_logs() as told:
        async with broken() as client:
            answer = await client.get("/fails")
    assert answer.status_code == 500
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    body = answer.json()
    assert body["code"] == "fault"
    (fault,) = re.findall(r"\(([0-9a-f]{12})\)", body["message"])
    assert "somebody" not in answer.text
    (line,) = told
    assert (line["fault"], line["path"], line["method"], line["log_level"]) == (fault, "/fails", "GET", "error")


async def test_an_answer_that_breaks_off_is_not_finished_with_something_else() -> None:
    with structlog.testing.capture_logs() as told:
        async with broken() as client:
            with pytest.raises(ZeroDivisionError):
                await client.get("/later")
    assert [line["path"] for line in told] == ["/later"]


# --- a real server whose database fails -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskServer]:
    """A server that logs all it can, and may log errors."""
    running = DeskServer(tmp_path_factory.mktemp("own"), DESKWIRE_LOG_LEVEL="debug").migrate().start()
    yield running
    running.stop()


@contextlib.contextmanager
def nothing_can_be_written(server: DeskServer) -> Iterator[None]:
    """Every new ticket, and every new line of a transcript, fails inside the database."""
    for table in ("events", "tickets"):
        trigger = (
            f"create trigger no_{table} before insert on {table} begin select raise(abort, 'broken on purpose'); end"
        )
        written(server.database, lambda conn, trigger=trigger: conn.exec_driver_sql(trigger))  # type: ignore[misc]
    try:
        yield
    finally:
        for table in ("events", "tickets"):
            words = f"drop trigger no_{table}"
            written(server.database, lambda conn, words=words: conn.exec_driver_sql(words))  # type: ignore[misc]


def lines(server: DeskServer) -> list[dict[str, Any]]:
    """The log, each line of it JSON."""
    return [json.loads(line) for line in server.log().splitlines()]


async def test_a_fault_over_http_and_on_a_socket_stands_in_the_log_without_what_was_said(own: DeskServer) -> None:
    acme = await found(own, "Acme")
    said = "nobody but Lena may read this sentence"
    async with customer(own, acme.office, opened=acme.ada) as ada, http(own, acme.lena.token) as client:
        with nothing_can_be_written(own):
            body = {"client_id": "0" * 8 + "-0000-4000-8000-" + "0" * 12, "text": said}
            answer = await client.post(f"/api/v1/tickets/{acme.ticket}/notes", json=body)
            form = {"client_id": str(uuid.uuid4()), "name": said, "subject": said, "description": said}
            opened = await client.post(f"/api/v1/portals/{acme.office.portal}/tickets", json=form)
            with pytest.raises(ConnectionError):
                await ada.say(ada.ticket, said)
        code, reason = await ada.wait_closed()
    assert (answer.status_code, opened.status_code, code) == (500, 500, close.INTERNAL)
    faulty = [answer.json()["message"], opened.json()["message"]]
    over_http = [fault for message in faulty for fault in re.findall(r"\(([0-9a-f]{12})\)", message)]
    assert len(over_http) == 2
    faults = {line["fault"]: line for line in lines(own) if line.get("fault")}
    for fault in (*over_http, reason):
        assert "broken on purpose" in faults[fault]["exception"]
        assert faults[fault]["level"] == "error"
    assert said not in own.log()
    assert own.process is not None
    assert own.process.poll() is None, "one fault does not end the server"


async def test_a_day_leaves_no_secret_and_no_text_in_the_log(own: DeskServer) -> None:
    """Every way to bring a secret, right and wrong, at the most talkative level (ASVS 16.2.5)."""
    acme = await found(own, "Acme")
    portal = f"/api/v1/portals/{acme.office.portal}"
    secrets = [*acme.secrets, PASSWORD, IDENTITY_SECRET]
    jwt, wrong_jwt = identity(), identity("some other secret that signs nothing here")
    session = by_session(acme.office, acme.lena)()
    async with http(own) as client:
        signed_in = await client.post("/api/v1/sign-in", json={"email": acme.lena.email, "password": PASSWORD})
        await client.post("/api/v1/sign-in", json={"email": acme.lena.email, "password": "wrong-pass-phrase"})
        made = await client.post("/api/v1/me/tokens", json={"name": "x"}, headers={"x-deskwire": "1"})
        totp = await client.post("/api/v1/me/totp", headers={"x-deskwire": "1"})
        client.cookies.clear()
        known = await client.post(f"{portal}/identify", json={"jwt": jwt})
        await client.post(f"{portal}/identify", json={"jwt": wrong_jwt})
        back = await client.post(f"{portal}/resume", json={"resume": acme.ada["resume"]})
        await client.post(f"{portal}/resume", json={"resume": acme.ada["resume"][:-1] + "x"})
        await client.get("/api/v1/me", headers={"authorization": f"Bearer {acme.lena.token}x"})
        await client.get(f"/api/v1/search?q={acme.adas[0]}", headers={"authorization": f"Bearer {acme.lena.token}"})
        await client.get("/api/v1/me", headers=session)
        await client.request("BREW", f"{portal}?token={acme.ada['token']}")
    for path in ("customer", "console"):
        with contextlib.suppress(InvalidStatus, ConnectionClosed):
            async with connect(f"{own.ws}/ws/v1/{path}?token={acme.ada['token']}", origin=None) as socket:
                await socket.send(json.dumps({"type": "hello", "token": acme.ada["token"], "portal": "x", "text": jwt}))
                await socket.recv()
        with contextlib.suppress(InvalidStatus):
            async with connect(
                f"{own.ws}/ws/v1/{path}?{jwt}",
                additional_headers={"origin": "https://evil.example", "authorization": f"Bearer {acme.lena.token}"},
            ):
                pass
    async with console(own, acme.lena) as lena:
        with contextlib.suppress(RefusedError):
            await lena.call("assign", ticket=acme.ticket)
        await lena.post("typing", ticket=acme.ticket)
        await lena.settled()
    tokens = [answer.json()["token"] for answer in (made, known, back)]
    cookies = [signed_in.headers["set-cookie"].partition("=")[2].partition(";")[0], session["cookie"].partition("=")[2]]
    log = own.log()
    assert lines(own)
    for secret in [*secrets, *tokens, *cookies, totp.json()["secret"], jwt, wrong_jwt, "wrong-pass-phrase"]:
        assert secret not in log, secret
    for line in lines(own):
        assert {"event", "level", "timestamp"} <= set(line)


async def test_what_a_client_types_cannot_make_a_line_of_the_log(own: DeskServer) -> None:
    """Log injection: line ends, escapes and control characters in everything that may be logged."""
    evil = '\r\n{"level":"error","event":"forged"}\x1b[31m'
    acme = await found(own, "Acme")
    await open_ticket(own, acme.office, name="a", subject="x", description=evil)
    async with http(own) as client:
        await client.get("/api/v1/%0d%0a%7b%22level%22:%22error%22,%22event%22:%22forged%22%7d")
        await client.post("/api/v1/sign-in", json={"email": evil, "password": evil})
        with nothing_can_be_written(own):
            body = {"client_id": "0" * 8 + "-0000-4000-8000-" + "1" * 12, "text": evil}
            path = f"/api/v1/customer/tickets/{acme.ticket}/messages"
            await client.post(path, json=body, headers={"authorization": f"Bearer {acme.ada['token']}"})
    assert not [line for line in lines(own) if line["event"] == "forged"]
    assert "\x1b" not in own.log()


# --- the last net ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "secret",
    [
        "0123456789abcdef" * 4,
        "dwt_" + "A1b2C3d4-_" * 4 + "xyz",
        "A1b2C3d4-_" * 4 + "xyz",
        identity(),
    ],
    ids=["customer's token, resume link", "API token", "session cookie", "signed identity"],
)
@pytest.mark.parametrize("around", ["{}", "token={}", "Bearer {}", '"{}"', "({})", "/path/{}?x", "a {} b", "\n{}\n"])
def test_what_looks_like_a_secret_is_not_written(secret: str, around: str) -> None:
    event = logs._redact(None, "", {"event": around.format(secret), "n": 1})
    assert secret not in event["event"]
    assert "[redacted]" in event["event"]


@pytest.mark.parametrize(
    "text", ["started", "0" * 32, "0" * 40, "f" * 12, "a failing unit does not spoil its group " * 4]
)
def test_other_words_are_written(text: str) -> None:
    assert logs._redact(None, "", {"event": text})["event"] == text


QUESTIONS = {"view", "sort", "descending", "offset", "limit", "after", "epoch", "wait", "q", "format", "notes"}
QUESTIONS |= {"name", "client_id", "original_of", "company", "object", "before", "search"}
QUESTIONS |= {"assignee", "queue", "lang", "seconds", "key"}  # key: of a ticket, as ACME-12


def test_a_level_that_is_none_is_said_at_the_start() -> None:
    with pytest.raises(BadInput, match="log_level is debug, info, warning or error"):
        load({"DESKWIRE_LOG_LEVEL": "loud"})
    assert load({"DESKWIRE_LOG_LEVEL": "DEBUG"}).log_level == "DEBUG"


def test_no_address_has_room_for_a_secret() -> None:
    """Paths and questions carry names, ids and numbers; secrets travel in headers and bodies (ASVS 14.2.1)."""
    parts = {part for route in ROUTES for part in re.findall("{(.*?)}", route.path)}
    questions = {name for route in ROUTES if route.query for name in route.query.__struct_fields__}
    assert parts == {"ticket", "portal", "token", "upload", "file", "item", "key", "notice", "picture"}
    assert questions <= QUESTIONS
    (by_key_id,) = {route.path for route in ROUTES if "{key}" in route.path}
    assert by_key_id == "/api/v1/session-keys/{key}", "the id of a key, not the key"
    (by_token_id,) = {route.path for route in ROUTES if "{token}" in route.path}
    assert by_token_id == "/api/v1/me/tokens/{token}", "the id of a token, not the token"


def test_pages_put_no_secret_into_an_address() -> None:
    """A resume link carries its secret behind the #, which no browser sends."""
    root = Path(logs.__file__).parents[1] / "static"
    code = "\n".join(file.read_text() for file in root.rglob("*.ts") if "dist" not in file.parts)
    assert "#resume=" in code
    assert not re.findall(r"[?&](?:token|resume|jwt|key|session)=", code)
