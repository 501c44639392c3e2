"""Opening a ticket: what the form asks, the same request again, keys without holes, and whose ticket it is then."""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from server.domain.portal import FIELDS, FieldSetting, PortalSettings
from server.origin import customer_cookie
from server.store import portals
from tests.support.office import Office, open_office
from tests.support.people import console, customer
from tests.support.server import DeskServer

IPAD = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Safari/605.1.15"
)
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
)


@pytest.fixture
async def client(server: DeskServer) -> AsyncIterator[httpx2.AsyncClient]:
    limits = httpx2.Limits(max_connections=60)
    async with httpx2.AsyncClient(base_url=server.url, verify=False, timeout=30, limits=limits) as one:
        yield one


def form(**changed: Any) -> dict[str, Any]:
    whole = {"client_id": str(uuid.uuid4()), "name": "Ada", "subject": "Printer", "description": "It is off"} | changed
    return {name: value for name, value in whole.items() if value is not None}


async def send(client: httpx2.AsyncClient, office: Office, body: dict[str, Any], **headers: str) -> httpx2.Response:
    given = {name.replace("_", "-"): text for name, text in headers.items()}
    return await client.post(f"/api/v1/portals/{office.portal}/tickets", json=body, headers=given)


async def opened(client: httpx2.AsyncClient, office: Office, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    answer = await send(client, office, body, **headers)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def details(server: DeskServer, office: Office, ticket: str) -> dict[str, Any]:
    async with console(server, office.worker("Lena")) as lena:
        found: dict[str, Any] = (await lena.watch(ticket))[0]["ticket"]
        return found


# --- the form -------------------------------------------------------------------------------------------------------

SETTINGS = {"hidden": FieldSetting(shown=False), "shown": FieldSetting(), "required": FieldSetting(required=True)}
FILLED = {"name": "Ada Byron", "email": "ada@example.com", "company": "Analytical Engines", "company_code": "AE-1843"}
BLANKS = ["  ", "\t", "\u00a0"]


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("state", SETTINGS)
async def test_each_field_is_hidden_shown_or_required(
    server: DeskServer, client: httpx2.AsyncClient, field: str, state: str
) -> None:
    """B-31, B-32: what the portal says, and what becomes of the field."""
    fields: Any = dict.fromkeys(FIELDS, FieldSetting(shown=False)) | {field: SETTINGS[state]}
    office = open_office(server.database, PortalSettings(fields=fields))
    told = (await client.get(f"/api/v1/portals/{office.portal}")).json()["fields"]
    assert [one["name"] for one in told] == list(FIELDS), "in the order of the form"
    assert [(one["shown"], one["required"]) for one in told if one["name"] == field] == [
        (SETTINGS[state].shown, SETTINGS[state].required)
    ]
    missing = await send(client, office, form(name=None))
    if state == "required":
        assert (missing.status_code, missing.json()["code"], missing.json()["field"]) == (400, "bad_input", field)
    else:
        assert missing.status_code == 201
    filled = await opened(client, office, form(**FILLED))
    found = await details(server, office, filled["ticket"]["id"])
    kept = {
        "name": found["summary"]["customer"],
        "email": found["email"],
        "company": found["company_name"],
        "company_code": found["company_code"],
    }
    nothing = {"name": "?", "email": None, "company": None, "company_code": None}
    assert kept == nothing | ({} if state == "hidden" else {field: FILLED[field]})


@pytest.mark.parametrize("field", ["name", "company", "company_code"])
@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
async def test_blanks_are_no_answer(server: DeskServer, client: httpx2.AsyncClient, field: str, blank: str) -> None:
    """G-10"""
    fields: Any = dict.fromkeys(FIELDS, FieldSetting()) | {field: FieldSetting(required=True)}
    office = open_office(server.database, PortalSettings(fields=fields))
    answer = await send(client, office, form(**{field: blank}))
    assert (answer.status_code, answer.json()["field"]) == (400, field)
    answer = await send(client, office, form(**{field: f"{blank}x{blank}"}))
    assert answer.status_code == 201


@pytest.mark.parametrize("field", ["subject", "description"])
@pytest.mark.parametrize("blank", ["", *BLANKS], ids=ascii)
async def test_a_problem_without_words_is_none(
    client: httpx2.AsyncClient, office: Office, field: str, blank: str
) -> None:
    answer = await send(client, office, form(**{field: blank}))
    assert (answer.status_code, answer.json()["field"]) == (400, field)


async def test_a_ticket_has_what_was_said(server: DeskServer, client: httpx2.AsyncClient, office: Office) -> None:
    text = "It is off.\n\n<b>Really</b> 😀 " + "x" * 7_000
    found = await opened(client, office, form(subject="Ünïcode & <i>", description=text, lang="fr"))
    assert (found["ticket"]["subject"], found["ticket"]["status"]) == ("Ünïcode & <i>", "open")
    assert found["ahead"] == 0
    assert re.fullmatch("[0-9a-f]{64}", found["token"])
    async with customer(server, office, opened=found) as ada:
        (event,) = ada.of("page")[0]["events"]
        assert (event["seq"], event["event"]["text"], event["event"]["author"]["name"]) == (1, text, "Ada")
    assert (await details(server, office, found["ticket"]["id"]))["language"] == "fr"


# --- the same again -------------------------------------------------------------------------------------------------


async def test_the_same_request_again_is_the_same_ticket_with_the_same_token(
    server: DeskServer, client: httpx2.AsyncClient, office: Office
) -> None:
    """The answer got lost; the client asks again, and may do so after a restart of its own."""
    body = form()
    first = await opened(client, office, body)
    again = await opened(client, office, body)
    assert again == first
    with_its_token = await opened(client, office, body, authorization=f"Bearer {first['token']}")
    assert with_its_token == first
    async with customer(server, office, opened=first) as ada:
        assert len(ada.of("welcome")[0]["tickets"]) == 1
    other = await opened(client, office, form())
    assert other["ticket"]["key"] == f"{office.prefix}-2", "the repetitions took no number"


async def test_the_same_request_fifty_times_at_once_is_one_ticket(client: httpx2.AsyncClient, office: Office) -> None:
    body = form()
    answers = await asyncio.gather(*(opened(client, office, body) for _ in range(50)))
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize("changed", [{"subject": "Other"}, {"description": "Other"}, {"name": "Eve"}, {"email": "e@x"}])
async def test_the_same_client_id_for_something_else_is_a_conflict(
    client: httpx2.AsyncClient, office: Office, changed: dict[str, str]
) -> None:
    body = form()
    await opened(client, office, body)
    answer = await send(client, office, body | changed)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert "token" not in answer.json()


async def test_a_client_id_counts_at_its_portal_only(server: DeskServer, client: httpx2.AsyncClient) -> None:
    body = form()
    one, two = open_office(server.database), open_office(server.database)
    first, second = await opened(client, one, body), await opened(client, two, body)
    assert first["ticket"]["id"] != second["ticket"]["id"]
    assert first["token"] != second["token"]


async def test_a_forgotten_browser_gets_no_token_by_asking_again(client: httpx2.AsyncClient, office: Office) -> None:
    body = form()
    first = await opened(client, office, body)
    headers = {"authorization": f"Bearer {first['token']}"}
    assert (await client.post(f"/api/v1/portals/{office.portal}/forget", headers=headers)).status_code == 204
    again = await opened(client, office, body)
    assert again["token"] is None
    session = await client.get(f"/api/v1/portals/{office.portal}/session", headers=headers)
    assert session.json()["known"] is False


# --- keys -----------------------------------------------------------------------------------------------------------


def numbers(found: list[dict[str, Any]], prefix: str) -> list[int]:
    keys = [one["ticket"]["key"].rpartition("-") for one in found]
    assert {key[0] for key in keys} == {prefix}
    return sorted(int(key[2]) for key in keys)


async def test_keys_count_without_holes_whatever_is_refused_in_between(
    client: httpx2.AsyncClient, office: Office
) -> None:
    """S-34, C-12"""
    made = []
    for number in range(6):
        body = form()
        made.append(await opened(client, office, body))
        assert (await send(client, office, form(name=" "))).status_code == 400
        assert (await send(client, office, body | {"subject": f"other {number}"})).status_code == 409
    assert numbers(made, office.prefix) == [1, 2, 3, 4, 5, 6]


async def test_fifty_at_once_get_fifty_numbers_and_the_queue_has_them_in_order(
    server: DeskServer, client: httpx2.AsyncClient, office: Office
) -> None:
    made = await asyncio.gather(*(opened(client, office, form(name=f"Customer {n}")) for n in range(50)))
    assert numbers(list(made), office.prefix) == list(range(1, 51))
    assert len({one["token"] for one in made}) == 50
    assert sorted(one["ahead"] for one in made) == list(range(50))
    async with console(server, office.worker("Lena")) as lena:
        assert (await lena.call("list", view="new"))["total"] == 50


async def test_two_portals_of_one_company_may_share_a_prefix(
    server: DeskServer, client: httpx2.AsyncClient, office: Office
) -> None:
    slug = f"second-{uuid.uuid4().hex[:8]}"
    settings = PortalSettings()
    office.write(lambda conn: portals.add_portal(conn, office.company, slug, "Second", office.prefix, settings, 0))
    second = Office(office.database, office.company, office.company_slug, slug, "", office.prefix)
    made = await asyncio.gather(
        *(opened(client, office if n % 2 else second, form(name=f"Customer {n}")) for n in range(20))
    )
    assert numbers(list(made), office.prefix) == list(range(1, 21))
    tickets = {one["ticket"]["id"]: n for n, one in enumerate(made)}
    async with console(server, office.worker("Lena")) as lena:
        rows = (await lena.call("list", view="new"))["rows"]
    assert {row["ticket"]["portal"] for row in rows} == {office.portal, slug}
    for row in rows:
        assert row["ticket"]["portal"] == (office.portal if tickets[row["ticket"]["id"]] % 2 else slug)


async def test_another_company_cannot_take_a_prefix(server: DeskServer, office: Office, other_office: Office) -> None:
    with pytest.raises(ValueError, match="belongs to another company"):
        other_office.write(
            lambda conn: portals.add_portal(
                conn, other_office.company, "thief-of-prefixes", "Thief", office.prefix, PortalSettings(), 0
            )
        )


# --- whose it is ----------------------------------------------------------------------------------------------------


async def test_who_comes_back_with_the_cookie_is_the_same_customer(
    server: DeskServer, client: httpx2.AsyncClient, office: Office
) -> None:
    """C-01"""
    first = await send(client, office, form(storage="cookie"))
    assert first.json()["token"] is None, "no script reads it"
    (header,) = first.headers.get_list("set-cookie")
    attributes = {part.strip().lower() for part in header.split(";")[1:]}
    assert header.startswith(f"{customer_cookie(office.portal)}=")
    assert {"httponly", "path=/", "samesite=lax", f"max-age={30 * 86_400}"} <= attributes
    second = await send(client, office, form(storage="cookie", subject="Another"), x_deskwire="1")
    assert second.status_code == 201
    session = (await client.get(f"/api/v1/portals/{office.portal}/session")).json()
    keys = [f"{office.prefix}-2", f"{office.prefix}-1"]
    assert (session["known"], [ticket["key"] for ticket in session["tickets"]]) == (True, keys)
    lost = await client.post(f"/api/v1/portals/{office.portal}/tickets", json=form(storage="cookie"))
    assert lost.status_code == 403, "a cookie without our header is what a foreign page would send"


async def test_forgetting_takes_the_cookie_away(client: httpx2.AsyncClient, office: Office) -> None:
    await send(client, office, form(storage="cookie"))
    token = client.cookies[customer_cookie(office.portal)]
    answer = await client.post(f"/api/v1/portals/{office.portal}/forget", headers={"x-deskwire": "1"})
    assert answer.status_code == 204
    assert customer_cookie(office.portal) not in client.cookies
    headers = {"authorization": f"Bearer {token}"}
    session = await client.get(f"/api/v1/portals/{office.portal}/session", headers=headers)
    assert session.json()["known"] is False


async def test_without_a_cookie_everybody_is_a_newcomer(client: httpx2.AsyncClient, office: Office) -> None:
    first, second = await opened(client, office, form()), await opened(client, office, form())
    assert first["token"] != second["token"]
    headers = {"authorization": f"Bearer {first['token']}"}
    session = (await client.get(f"/api/v1/portals/{office.portal}/session", headers=headers)).json()
    assert [ticket["id"] for ticket in session["tickets"]] == [first["ticket"]["id"]]


# --- the device -----------------------------------------------------------------------------------------------------


async def source(server: DeskServer, office: Office, found: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = (await details(server, office, found["ticket"]["id"]))["source"]
    return told


async def test_a_browser_cannot_declare_its_class(
    server: DeskServer, client: httpx2.AsyncClient, office: Office
) -> None:
    """A page has an Origin, and mostly a cookie; what it says of itself is a hint."""
    device = {"device_class": "android", "os": "Android 15", "app": "Deskwire 2"}
    browser = await opened(client, office, form(device=device), user_agent=WINDOWS, origin=server.url)
    assert await source(server, office, browser) == {
        "ip": "127.0.0.1",
        "device_class": "windows",
        "os": "Windows 10",
        "browser": "Chrome 126.0",
        "user_agent": WINDOWS,
    }
    cookie = {"cookie": "some=other", "x_deskwire": "1"}
    with_cookie = await opened(client, office, form(device=device), user_agent=WINDOWS, **cookie)
    assert (await source(server, office, with_cookie))["device_class"] == "windows"


async def test_a_native_client_declares_its_class(
    server: DeskServer, client: httpx2.AsyncClient, office: Office
) -> None:
    """G-17"""
    device = {"device_class": "android", "os": "Android 15", "app": "Deskwire 2"}
    app = await opened(client, office, form(device=device), user_agent="okhttp/4.12.0")
    told = await source(server, office, app)
    assert (told["device_class"], told["os"], told["browser"]) == ("android", "Android 15", "Deskwire 2")


async def test_an_ipad_is_told_by_its_touch_screen(
    server: DeskServer, client: httpx2.AsyncClient, office: Office
) -> None:
    hints = {"max_touch_points": 5, "platform": "MacIntel"}
    tablet = await opened(client, office, form(device=hints), user_agent=IPAD, origin=server.url)
    assert (await source(server, office, tablet))["device_class"] == "ios"
    desktop = await opened(client, office, form(device=hints | {"max_touch_points": 0}), user_agent=IPAD)
    assert (await source(server, office, desktop))["device_class"] == "macos"


async def test_a_hostile_user_agent_is_kept_as_text(
    server: DeskServer, client: httpx2.AsyncClient, office: Office
) -> None:
    evil = '"><script>alert(1)</script>' + "A" * 2_000
    told = await source(server, office, await opened(client, office, form(), user_agent=evil))
    assert told["user_agent"] == evil[:512]
    assert told["device_class"] == "unknown"
