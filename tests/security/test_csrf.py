"""No site but ours acts with somebody's cookie, and looking changes nothing."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx2
import pytest

from server.http.routes import ROUTES
from server.http.routing import CSRF_HEADER, Endpoint, Permission
from tests.security.town import Bring, Company, Remembered, address_of, ask, by_customer_cookie, by_session, by_token
from tests.support.server import DeskServer

UNSAFE = [route for route in ROUTES if route.method not in ("GET", "HEAD", "OPTIONS")]
every_unsafe_route = pytest.mark.parametrize("route", UNSAFE, ids=lambda route: f"{route.method} {route.path}")

SENT_BY_OTHERS: dict[str, dict[str, str]] = {
    "an image, a form, a link: no header of ours": {},
    "another site": {"origin": "https://evil.example", CSRF_HEADER: "1"},
    "a sandboxed frame": {"origin": "null", CSRF_HEADER: "1"},
    "a page that hides behind a prefix": {"origin": "http://127.0.0.1.evil.example", CSRF_HEADER: "1"},
    "another port of this host": {"origin": "http://127.0.0.1:1", CSRF_HEADER: "1"},
    "cross-site, as the browser says": {"sec-fetch-site": "cross-site", CSRF_HEADER: "1"},
    "a sibling domain, as the browser says": {"sec-fetch-site": "same-site", CSRF_HEADER: "1"},
    "something that browsers do not say": {"sec-fetch-site": "", CSRF_HEADER: "1"},
}


@pytest.fixture(scope="module")
def remembered(acme: Company) -> Remembered:
    return acme.office.write(Remembered.of)


@pytest.fixture(scope="module", autouse=True)
def nobody_there(acme: Company) -> None:
    """All consoles are closed, of the tests before, too. Their leases last 35 s more: one that runs out in the middle
    of a test, on a busy machine, would change the database. So everybody has been gone for a while."""
    acme.office.write(lambda conn: conn.exec_driver_sql("update technicians set absent_since = present_at"))


def cookies_for(route: Endpoint, company: Company) -> Bring:
    """The cookie that this route believes."""
    if route.permission is Permission.CUSTOMER or route.path.startswith("/api/v1/portals/"):
        return by_customer_cookie(company.ada["token"], company.office.portal)
    return by_session(company.office, company.lena)


@every_unsafe_route
async def test_no_other_site_acts_with_a_cookie(client: httpx2.AsyncClient, acme: Company, route: Endpoint) -> None:
    before = _digest(acme.office.database)
    for who, headers in SENT_BY_OTHERS.items():
        cookie = {"cookie": cookies_for(route, acme)()["cookie"]}
        answer = await ask(client, route, acme, headers | cookie)
        assert answer.status_code == 403, who
        assert answer.json()["code"] == "forbidden"
    assert _digest(acme.office.database) == before


@every_unsafe_route
async def test_no_other_site_acts_without_a_cookie_either(
    client: httpx2.AsyncClient, acme: Company, route: Endpoint
) -> None:
    """Nobody is signed in, identified or given a ticket by a foreign page; and not asked to sign in by one."""
    for who, headers in SENT_BY_OTHERS.items():
        if headers:
            assert (await ask(client, route, acme, headers)).status_code == 403, who


@every_unsafe_route
async def test_our_own_pages_and_programs_do(
    server: DeskServer, client: httpx2.AsyncClient, acme: Company, remembered: Remembered, route: Endpoint
) -> None:
    """Not refused as foreign: whatever else the answer says is the handler's."""
    ours = cookies_for(route, acme)() | {"origin": server.url, "sec-fetch-site": "same-origin"}
    token = acme.ada["token"] if route.permission is Permission.CUSTOMER else acme.lena.token
    for headers in (ours, by_token(token)() | {"origin": "https://some.app.example", "sec-fetch-site": "cross-site"}):
        if route.permission is Permission.PUBLIC and headers is not ours:
            continue
        acme.office.write(remembered.restore)
        answer = await ask(client, route, acme, headers)
        if route.path == "/api/v1/portals/{portal}/change-password":  # Ada has no password here
            assert answer.status_code == 401
            continue
        assert answer.status_code not in (401, 403) or "session of the console" in answer.text, answer.text


async def test_a_browser_that_asks_first_is_not_told_yes(client: httpx2.AsyncClient, acme: Company) -> None:
    """No CORS: a foreign page can neither read answers nor send our header."""
    for route in ROUTES:
        asked = {
            "origin": "https://evil.example",
            "access-control-request-method": route.method,
            "access-control-request-headers": CSRF_HEADER,
        }
        path = address_of(route, acme)
        for method in ("OPTIONS", "GET"):
            answer = await client.request(method, path, headers=asked)
            assert not [name for name in answer.headers if name.startswith("access-control-")], path


async def test_looking_changes_nothing(client: httpx2.AsyncClient, acme: Company) -> None:
    """Every GET by everybody who may: not a byte of the database differs, but for when somebody was seen."""
    people = [by_token(acme.lena.token), by_token(acme.ada["token"])]
    session = by_session(acme.office, acme.lena)()
    before = _digest(acme.office.database)
    for route in ROUTES:
        if route.method == "GET":
            for headers in (*(bring() for bring in people), session, {}):
                await ask(client, route, acme, headers)
    assert _digest(acme.office.database) == before


FOR_REQUESTS = ("notices", "notice_portals", "pictures", "session_keys")
"""The town makes a new one for each request that is about one."""


def _digest(database: Path | str) -> dict[str, str]:
    """Of each table, without the columns that say when somebody was seen, and without work that is being done."""
    seen = {"api_tokens": "id, hash, technician_id, name"}
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as conn:
        tables = [name for (name,) in conn.execute("select name from sqlite_master where type = 'table'")]
        busy = ("search", "outbox", "sqlite_", "sessions")
        kept = [name for name in tables if not name.startswith(busy) and name not in FOR_REQUESTS]
        rows = {name: conn.execute(f"select {seen.get(name, '*')} from {name}").fetchall() for name in kept}
    return {name: hashlib.sha256(repr(sorted(found, key=repr)).encode()).hexdigest() for name, found in rows.items()}
