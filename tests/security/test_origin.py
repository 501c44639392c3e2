"""Cross-site WebSocket hijacking: a browser's socket must come from our own pages, and a cookie alone is not enough."""

import json
import uuid
from collections.abc import Iterator

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed, InvalidStatus

from server.origin import SESSION_COOKIE, cookie, customer_cookie, origin_of, portal_origin, same_origin
from server.protocol import close
from tests.security.town import Company, by_session, found
from tests.support.office import PASSWORD
from tests.support.server import DeskServer

PATHS = {"customer": "/ws/v1/customer", "console": "/ws/v1/console"}
PUBLIC = "https://desk.example.com"

every_door = pytest.mark.parametrize("door", PATHS)


def foreign_to(origin: str) -> list[str]:
    """Origins that look like this one and are not, and what else a hostile client may send."""
    scheme, _, host = origin.partition("://")
    name, _, port = host.partition(":")
    return [
        "null",
        "https://evil.example",
        f"{scheme}://evil.{host}",
        f"{scheme}://{name}.evil.example" + (f":{port}" if port else ""),
        f"{scheme}://evil{host}",
        f"{scheme}://{name}evil" + (f":{port}" if port else ""),
        f"{scheme}://evil.example/{host}",
        f"{scheme}://evil.example#{origin}",
        f"{scheme}://evil.example?{origin}",
        f"{scheme}://{name}:1",
        f"{scheme}://{name}:080",
        f"{'http' if scheme == 'https' else 'https'}://{host}",
        f"ftp://{host}",
        f"ws://{host}",
        f"file://{host}",
        host,
        f"//{host}",
        f"{origin}/",
        f"{origin}/console",
        f"{origin}?",
        f"{origin}#",
        f"{origin}#x",
        f"{origin} https://evil.example",
        f"https://evil.example {origin}",
        f"{origin},https://evil.example",
        f"{origin}.",
        f"{scheme}://{name}." + (f":{port}" if port else ""),
        f"{scheme}://user@{host}",
        f"{scheme}://@{host}",
        f"{scheme}://user:secret@{host}",
        f"{scheme}://{host}@evil.example",
        f"{scheme}:\\\\{host}",
        f"{scheme}:/{host}",
        f"{scheme}:///{host}",
        f"{scheme}://{host}:",
        f"{scheme.upper()}://{host}",
        f"{scheme}://{host.upper()}" if host.upper() != host else f"{scheme.title()}://{host}",
        f"{scheme}://xn--{name}",
        f"{scheme}://[::ffff:127.0.0.1]" + (f":{port}" if port else ""),
        f"{scheme}://2130706433" + (f":{port}" if port else ""),
        f"{scheme}://0x7f.1" + (f":{port}" if port else ""),
        f"{scheme}://[",
        f"{scheme}://{name}:99999",
        "undefined",
        "*",
        "about:blank",
        "chrome-extension://abcdefghijklmnop",
    ]


# --- the comparison -------------------------------------------------------------------------------------------------

OURS = [
    (PUBLIC, "desk.example.com", PUBLIC),
    (PUBLIC + "/", "desk.example.com", PUBLIC),
    ("https://desk.example.com:443", "desk.example.com", PUBLIC),
    ("https://Desk.Example.COM", "desk.example.com", PUBLIC),
    ("https://desk.example.com:8443", "desk.example.com:8443", "https://desk.example.com:8443"),
    ("https://bücher.example", "xn--bcher-kva.example", "https://xn--bcher-kva.example"),
    ("http://127.0.0.1:8000", "127.0.0.1:8000", "http://127.0.0.1:8000"),
    ("http://127.0.0.1:8000", "localhost:8000", "http://localhost:8000"),
    ("http://127.0.0.1:8000", "localhost:9000", "http://localhost:9000"),
    ("http://[::1]:8000", "[::1]:8000", "http://[::1]:8000"),
    ("http://localhost", "localhost", "http://localhost"),
]


@pytest.mark.parametrize(("url", "host", "origin"), OURS)
def test_our_own_address_however_it_is_configured(url: str, host: str, origin: str) -> None:
    assert same_origin(origin, url, host)
    assert origin_of(origin) == origin


@pytest.mark.parametrize("ours", [PUBLIC, "http://127.0.0.1:8000", "http://localhost:8000", "https://bücher.example"])
def test_nothing_else_is_ours(ours: str) -> None:
    host = ours.partition("://")[2]
    for origin in foreign_to(ours):
        assert not same_origin(origin, ours, host), origin


def test_another_letter_that_looks_the_same_is_another_site() -> None:
    for origin in ("https://dеsk.example.com", "https://ｄesk.example.com", "https://desk。example.com"):
        assert not same_origin(origin, PUBLIC, "desk.example.com")


def test_a_name_that_is_pointed_at_loopback_does_not_become_ours() -> None:
    """DNS rebinding: Origin and Host agree, but neither is us."""
    for ours in ("http://127.0.0.1:8000", PUBLIC):
        for host in ("evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example", "127.0.0.2", "[", ""):
            assert not same_origin(f"http://{host}", ours, host)
    assert not same_origin("http://localhost:8000", PUBLIC, "localhost:8000")


@pytest.mark.parametrize("public", [PUBLIC, "https://desk.example.com:8443", "http://127.0.0.1:8000"])
def test_a_portals_own_host_is_ours_to_the_letter(public: str) -> None:
    """B-08: scheme and port of the public address, the name of a portal, and what was asked for."""
    scheme, _, rest = origin_of(public).partition("://")
    port = f":{rest.partition(':')[2]}" if ":" in rest else ""
    host, portals = f"help.example.com{port}", {"help.example.com"}
    assert portal_origin(f"{scheme}://{host}", public, host, portals)
    for origin in foreign_to(f"{scheme}://{host}"):
        assert not portal_origin(origin, public, host, portals), origin
    for asked in ("desk.example.com", "evil.example", "help.example.com:1", "help.example.com.", ""):
        assert not portal_origin(f"{scheme}://{host}", public, asked, portals), asked
    assert not portal_origin(f"{scheme}://{host}", public, host, ())


# --- cookies --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        "deskwire_session=ours",
        "a=b; deskwire_session=ours; c=d",
        "path=/app; deskwire_session=ours",
        'json={"a":1}; deskwire_session=ours',
        "novalue; deskwire_session=ours",
        "=; ;; deskwire_session=ours;",
        "version=1;deskwire_session=ours",
        "ключ=значение; deskwire_session=ours",
        "xdeskwire_session=theirs; deskwire_session=ours; deskwire_session=later",
    ],
)
def test_no_other_cookie_of_this_host_hides_ours(header: str) -> None:
    assert cookie({"cookie": header}, SESSION_COOKIE, "http://127.0.0.1:8000") == "ours"


@pytest.mark.parametrize(
    "header", ["", "deskwire_session", "deskwire_sessions=x", "x=deskwire_session=y", "DESKWIRE_SESSION=x"]
)
def test_what_is_not_our_cookie(header: str) -> None:
    assert cookie({"cookie": header}, SESSION_COOKIE, "http://127.0.0.1:8000") is None
    assert cookie({}, SESSION_COOKIE, "http://127.0.0.1:8000") is None


# --- real handshakes ------------------------------------------------------------------------------------------------


async def shake(url: str, path: str, origin: str | None, **more: str) -> int:
    """The HTTP status of a handshake; 101 when the socket was accepted."""
    headers = Headers(more)
    if origin is not None:
        headers["Origin"] = origin
    try:
        async with connect(url + path, additional_headers=headers):
            return 101
    except InvalidStatus as refusal:
        return refusal.response.status_code


@every_door
async def test_a_foreign_page_is_refused_before_the_socket_is_accepted(server: DeskServer, door: str) -> None:
    host = server.url.partition("://")[2]
    for origin in foreign_to(server.url):
        assert await shake(server.ws, PATHS[door], origin) == 403, origin
        assert await shake(server.ws, PATHS[door], origin, Cookie=f"{SESSION_COOKIE}=x") == 403, origin
    for origin in (server.url, f"http://{host}"):
        assert await shake(server.ws, PATHS[door], origin) == 101


@every_door
async def test_an_address_with_a_query_or_another_path_is_no_way_around(server: DeskServer, door: str) -> None:
    for path in (f"{PATHS[door]}?origin={server.url}", f"{PATHS[door]}?token=x"):
        assert await shake(server.ws, path, "https://evil.example") == 403


async def hello(server: DeskServer, door: str, company: Company, **headers: str) -> str | int:
    """Type of the first frame, or the close code."""
    portal = {"portal": company.office.portal} if door == "customer" else {}
    async with connect(server.ws + PATHS[door], additional_headers=Headers(headers)) as socket:
        await socket.send(json.dumps({"type": "hello"} | portal))
        try:
            return str(json.loads(await socket.recv())["type"])
        except ConnectionClosed:
            return socket.close_code or 0


@every_door
async def test_a_cookie_counts_from_our_own_pages_only(server: DeskServer, acme: Company, door: str) -> None:
    """No Origin means no browser; such a client has to bring a token."""
    if door == "customer":
        given, token = f"{customer_cookie(acme.office.portal)}={acme.ada['token']}", acme.ada["token"]
    else:
        given, token = by_session(acme.office, acme.lena)()["cookie"], acme.lena.token
    assert await hello(server, door, acme, Cookie=given) == close.UNAUTHENTICATED
    assert await hello(server, door, acme, Cookie=given, Origin=server.url) == "welcome"
    assert await hello(server, door, acme, Authorization=f"Bearer {token}") == "welcome"
    assert await hello(server, door, acme, Authorization=f"Bearer {token}", Cookie="x=y") == "welcome"


@pytest.mark.parametrize("name", ["token", "access_token", "key", "authorization", "deskwire_session"])
async def test_a_secret_in_the_address_opens_nothing(server: DeskServer, acme: Company, name: str) -> None:
    for door, token in (("customer", acme.ada["token"]), ("console", acme.lena.token)):
        portal = {"portal": acme.office.portal} if door == "customer" else {}
        async with connect(f"{server.ws}{PATHS[door]}?{name}={token}", origin=None) as socket:
            await socket.send(json.dumps({"type": "hello"} | portal))
            with pytest.raises(ConnectionClosed):
                await socket.recv()
            assert socket.close_code == close.UNAUTHENTICATED


# --- behind a public address ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskServer]:
    """A server that is reached as https://desk.example.com through a proxy."""
    running = DeskServer(tmp_path_factory.mktemp("public"), DESKWIRE_PUBLIC_URL=PUBLIC).migrate().start()
    yield running
    running.stop()


@every_door
async def test_behind_a_proxy_only_the_public_address_is_ours(public: DeskServer, door: str) -> None:
    for origin in [*foreign_to(PUBLIC), public.url, "http://localhost", "https://127.0.0.1"]:
        assert await shake(public.ws, PATHS[door], origin) == 403, origin
    assert await shake(public.ws, PATHS[door], PUBLIC) == 101


async def test_over_tls_a_cookie_without_the_host_prefix_counts_for_nothing(public: DeskServer) -> None:
    """Any page of a sibling domain can plant a plain cookie: it would put our visitor into the planter's chat."""
    acme = await found(public, "Acme")
    token = acme.ada["token"]
    name = customer_cookie(acme.office.portal)
    plain = f"{name}={token}"
    assert await hello(public, "customer", acme, Origin=PUBLIC, Cookie=plain) == close.UNAUTHENTICATED
    prefixed = f"{name}=planted; __Host-{name}={token}"
    assert await hello(public, "customer", acme, Origin=PUBLIC, Cookie=prefixed) == "welcome"


async def test_over_tls_cookies_are_bound_to_our_host(public: DeskServer) -> None:
    acme = await found(public, "Acme")
    asked = {"client_id": str(uuid.uuid4()), "subject": "s", "description": "d", "name": "Ada", "storage": "cookie"}
    async with httpx2.AsyncClient(base_url=public.url, verify=False) as client:
        opened = await client.post(f"/api/v1/portals/{acme.office.portal}/tickets", json=asked)
        body = {"email": acme.lena.email, "password": PASSWORD}
        signed_in = await client.post("/api/v1/sign-in", json=body)
        for answer, name, site in (
            (opened, customer_cookie(acme.office.portal), "none"),
            (signed_in, SESSION_COOKIE, "lax"),
        ):
            (header,) = answer.headers.get_list("set-cookie")
            assert header.startswith(f"__Host-{name}=")
            attributes = {part.strip().lower() for part in header.split(";")[1:]}
            assert {"secure", "httponly", "path=/", f"samesite={site}"} <= attributes
            assert not any(part.startswith("domain") for part in attributes)
        assert "partitioned" in opened.headers["set-cookie"].lower()
        assert opened.json()["token"] is None
        client.cookies.clear()
        planted = signed_in.headers["set-cookie"].partition(";")[0].removeprefix("__Host-")
        assert (await client.get("/api/v1/me", headers={"cookie": planted})).status_code == 401
        assert (await client.get("/api/v1/me", headers={"cookie": f"__Host-{planted}"})).status_code == 200
