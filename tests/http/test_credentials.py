"""What administrators are shown once, and what happens to people whose account they change."""

import time
from typing import Any

import httpx2
import jwt
import pytest

from server.domain.bug_report import FIELDS
from tests.support.office import PASSWORD, Office
from tests.support.people import console, http
from tests.support.server import DeskServer

ADMIN = "/api/v1/admin"


def draft_of(item: dict[str, Any], **change: Any) -> dict[str, Any]:
    """The item as it is put back."""
    apart = ("id", "version", "second_factor", "one_time_password", "identity_secrets")
    return {name: value for name, value in item.items() if name not in apart} | change


async def sign_in(server: DeskServer, email: str, password: str) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=server.url) as browser:
        return await browser.post("/api/v1/sign-in", json={"email": email, "password": password})


async def test_a_one_time_password_is_shown_once_and_lets_in(
    server: DeskServer, admin: httpx2.AsyncClient, office: Office
) -> None:
    draft = {"email": f"pia@{office.portal}.example", "name": "Pia Berg", "public_name": "Pia"}
    made = (await admin.post(f"{ADMIN}/technicians", json=draft)).json()
    assert (await sign_in(server, draft["email"], made["one_time_password"])).status_code == 200
    place = f"{ADMIN}/technicians/{made['id']}"
    assert (await admin.get(place)).json()["one_time_password"] is None

    again = (await admin.post(f"{place}/password")).json()["one_time_password"]
    assert (await sign_in(server, draft["email"], again)).status_code == 200
    assert (await sign_in(server, draft["email"], made["one_time_password"])).status_code == 401
    log = (await admin.get(f"{ADMIN}/changes", params={"object": made["id"]})).text
    assert '"password"' in log
    assert made["one_time_password"] not in log
    assert again not in log


async def test_who_is_disabled_is_out_at_once(server: DeskServer, admin: httpx2.AsyncClient, office: Office) -> None:
    tom = office.worker("Tom")
    place = f"{ADMIN}/technicians/{tom.id}"
    item = (await admin.get(place)).json()
    async with console(server, tom) as desk:
        await admin.put(place, json=draft_of(item, companies=[], name="Tom Waits"))
        await desk.next("access")
        await admin.put(place, json=draft_of(item, disabled=True))
        await desk.next("signed_out")
    assert (await sign_in(server, tom.email, PASSWORD)).status_code == 401
    async with http(server, tom.token) as program:
        assert (await program.get("/api/v1/me")).status_code == 401


async def test_whoever_loses_a_company_leaves_its_teams_and_no_others(
    admin: httpx2.AsyncClient, office: Office, other_office: Office
) -> None:
    tom = office.worker("Tom", also=(other_office,))
    teams = []
    for place in (office, other_office):
        team = {"company": place.company, "name": "All", "members": [{"technician": tom.id}]}
        teams.append((await admin.post(f"{ADMIN}/teams", json=team)).json()["id"])
    where = f"{ADMIN}/technicians/{tom.id}"
    item = (await admin.get(where)).json()
    assert (await admin.put(where, json=draft_of(item, companies=[office.company]))).status_code == 200
    members = [(await admin.get(f"{ADMIN}/teams/{team}")).json()["members"] for team in teams]
    assert members == [[{"technician": tom.id, "supervisor": False}], []]


async def test_an_identity_secret_is_shown_once_and_signs(admin: httpx2.AsyncClient, office: Office) -> None:
    place, identify = f"{ADMIN}/portals/{office.portal_id}", f"/api/v1/portals/{office.portal}/identify"

    async def known(secret: str) -> int:
        claims = {"sub": "u-1", "exp": int(time.time()) + 600, "name": "Ida"}
        return (await admin.post(identify, json={"jwt": jwt.encode(claims, secret, "HS256")})).status_code

    secrets = [(await admin.post(f"{place}/identity-secret")).json()["secret"] for _ in range(3)]
    assert [await known(secret) for secret in secrets] == [403, 200, 200], "two at a time, for rotation"
    portal = await admin.get(place)
    assert portal.json()["identity_secrets"] == 2
    assert (await admin.put(place, json=draft_of(portal.json(), name="Renamed"))).json()["identity_secrets"] == 2
    assert (await admin.delete(f"{place}/identity-secret")).status_code == 204
    assert [await known(secret) for secret in secrets] == [403, 403, 200]
    log = (await admin.get(f"{ADMIN}/changes", params={"object": office.portal_id})).text
    assert not [secret for secret in secrets if secret in log + portal.text]


async def test_the_bug_report_becomes_a_form_of_the_company(
    admin: httpx2.AsyncClient, office: Office, other_office: Office
) -> None:
    where = f"{ADMIN}/forms/templates/bug-report"
    made = await admin.post(where, params={"company": office.company})
    assert (made.status_code, made.json()["company"], len(made.json()["fields"])) == (201, office.company, len(FIELDS))
    assert (await admin.post(where, params={"company": office.company})).json()["code"] == "name_taken"
    assert (await admin.post(where, params={"company": other_office.company})).status_code == 201
    assert (await admin.post(where, params={"company": "0" * 32})).json()["field"] == "company"


@pytest.mark.parametrize("text", ["a\0b", "\\ud800"])
async def test_what_no_database_can_store_is_refused_in_every_part(
    admin: httpx2.AsyncClient, office: Office, text: str
) -> None:
    body = '{"company": "%s", "category": "All", "title": "x", "texts": {"en": "%s"}}'
    content = (body % (office.company, text.replace("\0", "\\u0000"))).encode()
    answer = await admin.post(f"{ADMIN}/canned-replies", content=content)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_input")
