"""Sign-in and the own account over HTTP, against a real server."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pyotp
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from server.accounts.passwords import one_time_password
from server.clock import now_ms
from server.protocol import close
from server.store import technicians as table
from tests.support.office import PASSWORD, Office, Worker
from tests.support.people import http
from tests.support.server import DeskServer

OURS = {"x-deskwire": "1"}
"""What our own pages send with everything that changes something."""
COOKIE = "deskwire_session"


@pytest.fixture
def lena(office: Office) -> Worker:
    return office.worker("Lena")


@asynccontextmanager
async def signed_in(server: DeskServer, worker: Worker) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser with a session."""
    async with http(server) as client:
        answer = await client.post("/api/v1/sign-in", json={"email": worker.email, "password": PASSWORD}, headers=OURS)
        assert answer.status_code == 200, answer.text
        yield client


async def test_the_session_travels_in_a_cookie_no_script_can_read(server: DeskServer, lena: Worker) -> None:
    async with http(server) as client:
        answer = await client.post("/api/v1/sign-in", json={"email": lena.email, "password": PASSWORD})
        (header,) = answer.headers.get_list("set-cookie")
        name, _, rest = header.partition("=")
        attributes = {part.strip().lower() for part in rest.split(";")[1:]}
        assert name == COOKIE
        assert {"httponly", "path=/", "samesite=lax", "max-age=43200"} <= attributes
        assert not any(part.startswith("domain") for part in attributes)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json()["me"] | {"id": lena.id} == answer.json()["me"]
        me = (await client.get("/api/v1/me")).json()
        assert me == answer.json()
        assert (me["me"]["email"], me["me"]["availability"], me["must_change_password"]) == (lena.email, "away", False)


async def test_wrong_password_and_unknown_address_are_one_answer(server: DeskServer, lena: Worker) -> None:
    nobody = f"nobody.{secrets.token_hex(4)}@example.com"
    async with http(server) as client:
        answers = [
            await client.post("/api/v1/sign-in", json={"email": email, "password": "wrong but long enough"})
            for email in (lena.email, nobody)
        ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json() == answers[1].json()
    assert not any("set-cookie" in answer.headers for answer in answers)


async def test_a_throttled_sign_in_says_when_to_come_back(server: DeskServer, lena: Worker) -> None:
    body = {"email": lena.email, "password": "wrong but long enough"}
    async with http(server) as client:
        await client.post("/api/v1/sign-in", json=body)
        answer = await client.post("/api/v1/sign-in", json=body)
    assert answer.status_code == 429
    assert answer.json()["code"] == "too_many"
    assert 0 < answer.json()["retry_after_ms"] <= 1000
    assert answer.headers["retry-after"] == "1"


async def test_a_planted_cookie_is_not_taken_over(server: DeskServer, lena: Worker) -> None:
    """Session fixation."""
    async with http(server) as client:
        client.cookies.set(COOKIE, "planted", domain="127.0.0.1")
        await client.post("/api/v1/sign-in", json={"email": lena.email, "password": PASSWORD}, headers=OURS)
        made = {cookie.value for cookie in client.cookies.jar if cookie.name == COOKIE}
    assert made - {"planted"}
    async with http(server) as other:
        other.cookies.set(COOKIE, "planted", domain="127.0.0.1")
        assert (await other.get("/api/v1/me")).status_code == 401


async def test_signing_in_again_ends_the_session_before(server: DeskServer, lena: Worker) -> None:
    async with signed_in(server, lena) as client, http(server) as old:
        before = client.cookies[COOKIE]
        await client.post("/api/v1/sign-in", json={"email": lena.email, "password": PASSWORD}, headers=OURS)
        assert client.cookies[COOKIE] != before
        old.cookies.set(COOKIE, before)
        assert (await old.get("/api/v1/me")).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://evil.example", **OURS},
        {"origin": "null", **OURS},
        {"sec-fetch-site": "cross-site", **OURS},
        {"sec-fetch-site": "same-site", **OURS},
    ],
)
async def test_another_site_cannot_act_with_the_cookie(
    server: DeskServer, lena: Worker, headers: dict[str, str]
) -> None:
    async with signed_in(server, lena) as client:
        for path in ("/api/v1/sign-out", "/api/v1/sign-out-everywhere", "/api/v1/me/totp"):
            assert (await client.post(path, headers=headers)).status_code == 403
        assert (await client.get("/api/v1/me")).status_code == 200


async def test_another_site_cannot_sign_somebody_in(server: DeskServer, lena: Worker) -> None:
    async with http(server) as client:
        answer = await client.post(
            "/api/v1/sign-in",
            json={"email": lena.email, "password": PASSWORD},
            headers={"origin": "https://evil.example"},
        )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_sign_out(server: DeskServer, lena: Worker) -> None:
    async with signed_in(server, lena) as client:
        value = client.cookies[COOKIE]
        assert (await client.post("/api/v1/sign-out", headers=OURS)).status_code == 204
        assert COOKIE not in client.cookies, "the browser drops it"
        client.cookies.set(COOKIE, value)
        assert (await client.get("/api/v1/me")).status_code == 401, "and the server does not take it any more"


async def test_sign_out_everywhere_cuts_open_consoles(server: DeskServer, lena: Worker) -> None:
    async with signed_in(server, lena) as here, signed_in(server, lena) as there:
        headers = {"cookie": f"{COOKIE}={there.cookies[COOKIE]}", "origin": server.url}
        async with connect(f"{server.ws}/ws/v1/console", additional_headers=headers) as socket:
            await socket.send('{"type":"hello"}')
            assert '"welcome"' in str(await socket.recv())
            assert (await here.post("/api/v1/sign-out-everywhere", headers=OURS)).status_code == 204
            await socket.wait_closed()
            assert socket.close_code == close.UNAUTHENTICATED
        assert (await there.get("/api/v1/me")).status_code == 401


async def test_a_one_time_password_opens_nothing_but_its_change(server: DeskServer, office: Office) -> None:
    omar = office.worker("Omar")
    hashed = office.write(lambda conn: table.by_id(conn, omar.id))
    assert hashed is not None
    office.write(lambda conn: table.set_password(conn, omar.id, hashed.password_hash, one_time_since=now_ms()))
    async with signed_in(server, omar) as client:
        assert (await client.get("/api/v1/me")).json()["must_change_password"]
        for path in ("/api/v1/search?q=printer", "/api/v1/tickets", "/api/v1/me/tokens"):
            assert (await client.get(path)).status_code == 403
        headers = {"cookie": f"{COOKIE}={client.cookies[COOKIE]}", "origin": server.url}
        async with connect(f"{server.ws}/ws/v1/console", additional_headers=headers) as socket:
            await socket.send('{"type":"hello"}')
            with pytest.raises(ConnectionClosed):
                await socket.recv()
        change = {"current": PASSWORD, "new": one_time_password()}
        assert (await client.post("/api/v1/me/password", json=change, headers=OURS)).status_code == 204
        assert not (await client.get("/api/v1/me")).json()["must_change_password"]
        assert (await client.get("/api/v1/me/tokens")).status_code == 200


async def test_a_bad_new_password_names_the_field(server: DeskServer, lena: Worker) -> None:
    async with signed_in(server, lena) as client:
        for new in (lena.email, "passwordpassword", "short"):
            answer = await client.post("/api/v1/me/password", json={"current": PASSWORD, "new": new}, headers=OURS)
            assert (answer.status_code, answer.json()["field"]) == (400, "new")


async def test_tokens_come_and_go(server: DeskServer, lena: Worker, office: Office) -> None:
    omar = office.worker("Omar")
    async with signed_in(server, lena) as client:
        made = await client.post("/api/v1/me/tokens", json={"name": "import"}, headers=OURS)
        assert made.status_code == 201
        token = made.json()
        async with http(server, token["token"]) as program:
            assert (await program.get("/api/v1/me")).json()["me"]["id"] == lena.id
        listed = (await client.get("/api/v1/me/tokens")).json()["tokens"]
        assert [one["name"] for one in listed] == ["test", "import"]
        assert token["token"] not in str(listed)
        async with signed_in(server, omar) as stranger:
            assert (await stranger.delete(f"/api/v1/me/tokens/{token['id']}", headers=OURS)).status_code == 404
        assert (await client.delete(f"/api/v1/me/tokens/{token['id']}", headers=OURS)).status_code == 204
        async with http(server, token["token"]) as program:
            assert (await program.get("/api/v1/me")).status_code == 401


async def test_a_token_cannot_change_how_its_owner_signs_in(server: DeskServer, lena: Worker) -> None:
    async with http(server, lena.token) as program:
        for path, body in {
            "/api/v1/me/password": {"current": PASSWORD, "new": one_time_password()},
            "/api/v1/me/totp": None,
            "/api/v1/me/totp/confirm": {"code": "123456"},
            "/api/v1/me/totp/off": {"password": PASSWORD},
            "/api/v1/me/tokens": {"name": "another"},
            "/api/v1/sign-out": None,
            "/api/v1/sign-out-everywhere": None,
        }.items():
            assert (await program.post(path, json=body)).status_code == 403
        assert (await program.get("/api/v1/me")).status_code == 200


async def test_the_second_factor_over_http(server: DeskServer, lena: Worker) -> None:
    async with signed_in(server, lena) as client:
        started = (await client.post("/api/v1/me/totp", headers=OURS)).json()
        assert pyotp.parse_uri(started["uri"]).secret == started["secret"]
        code = {"code": pyotp.TOTP(started["secret"]).now()}
        assert (await client.post("/api/v1/me/totp/confirm", json=code, headers=OURS)).status_code == 204
        body = {"email": lena.email, "password": PASSWORD}
        asked = await client.post("/api/v1/sign-in", json=body, headers=OURS)
        assert (asked.status_code, asked.json()["code"]) == (409, "code_required")
        used = await client.post("/api/v1/sign-in", json=body | code, headers=OURS)
        assert used.status_code == 401, "the code that switched it on is used up"
        assert (await client.get("/api/v1/me")).json()["me"]["totp"]
        off = await client.post("/api/v1/me/totp/off", json={"password": PASSWORD}, headers=OURS)
        assert off.status_code == 204
        assert (await client.post("/api/v1/sign-in", json=body, headers=OURS)).status_code == 200
