"""Each kind of thing that administrators set up, through its whole life, the same for all of them."""

import secrets
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from sqlalchemy import Connection, event

from server.desk.administration.customer_accounts import CUSTOMER_ACCOUNTS
from server.desk.administration.nouns import NOUNS
from tests.support.office import Office
from tests.support.people import console, http
from tests.support.server import DeskServer

ADMIN = "/api/v1/admin"
Draft = dict[str, Any]


def mark() -> str:
    return secrets.token_hex(4)


def of(office: Office, **more: Any) -> Draft:
    return {"company": office.company, **more}


DRAFTS: dict[str, Callable[[Office], Draft]] = {
    "companies": lambda _office: {"slug": f"c-{mark()}", "name": "Company"},
    "portals": lambda office: of(office, slug=f"p-{mark()}", name="Door", key_prefix=office.prefix),
    "technicians": lambda office: {
        "email": f"{mark()}@example.com",
        "name": "Pia Berg",
        "public_name": "Pia",
        "companies": [office.company],
    },
    "teams": lambda office: of(office, name=f"Team {mark()}"),
    "issue-types": lambda office: {"portal": office.portal_id, "names": {"en": "Printer", "fr": "Imprimante"}},
    "forms": lambda office: of(
        office, name=f"Form {mark()}", fields=[{"key": "serial", "kind": "text", "labels": {"en": "Serial number"}}]
    ),
    "schedules": lambda office: of(
        office,
        name=f"Hours {mark()}",
        time_zone="Europe/Amsterdam",
        hours=[{"from_day": 0, "from_time": "09:00", "to_day": 0, "to_time": "17:00"}],
    ),
    "notices": lambda office: of(office, portals=[office.portal_id], name="Mail is slow", lang="en", text="We know."),
    "canned-replies": lambda office: of(office, category="All", title="Hello", texts={"en": "Hello {customer}"}),
    "customers": lambda office: of(office, email=f"{mark()}@example.com", name="Ada"),
}
CHANGES: dict[str, Draft] = {
    "companies": {"name": "Renamed"},
    "portals": {"name": "Renamed", "setup": {"accent": "#112233", "ways": {"technicians": True}}},
    "technicians": {"name": "Pia Dahl", "capacity": 7, "listed": True, "companies": [], "language": "nl"},
    "teams": {"automatic": True},
    "issue-types": {"names": {"en": "Scanner"}, "priority": 2, "position": 3},
    "forms": {"fields": []},
    "schedules": {"time_zone": "Asia/Kolkata", "hours": []},
    "notices": {"text": "**Solved.**", "texts": {"fr": "Résolu"}, "expires_at": 4_000_000_000_000},
    "canned-replies": {"title": "Good day", "texts": {"en": "Good day", "nl": "Goedendag"}},
    "customers": {"name": "Ada L.", "disabled": True},
}
WRONG: dict[str, tuple[Draft, str]] = {
    "companies": ({"slug": "Not An Address"}, "slug"),
    "portals": ({"schedule": "0" * 32}, "schedule"),
    "technicians": ({"companies": ["0" * 32]}, "companies"),
    "teams": ({"members": [{"technician": "0" * 32}]}, "members"),
    "issue-types": ({"team": "0" * 32}, "team"),
    "forms": ({"fields": [{"key": "a", "kind": "choice", "labels": {"en": "A"}}]}, "fields.0.options"),
    "schedules": ({"time_zone": "Europe/Nowhere"}, "time_zone"),
    "notices": ({"text": "x" * 1_021}, "text"),
    "canned-replies": ({"texts": {}}, "texts"),
    "customers": ({"email": "nobody"}, "email"),
}
each = pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.name)


def code(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def holds(whole: Any, part: Any) -> bool:
    """Whether what was said is there; objects may have more fields."""
    if isinstance(part, dict):
        return all(holds(whole[name], value) for name, value in part.items())
    if isinstance(part, list):
        return len(whole) == len(part) and all(map(holds, whole, part))
    return bool(whole == part)


@each
async def test_a_life(server: DeskServer, admin: httpx2.AsyncClient, office: Office, noun: Any) -> None:
    """Added, read, changed by whoever has seen the last change, removed; each step stands in the log."""
    where, draft = f"{ADMIN}/{noun.plural}", DRAFTS[noun.plural](office)
    added = await admin.post(where, json=draft)
    assert added.status_code == 201, added.text
    one = added.json()
    assert holds(one, draft)
    one |= {name: None for name in ("one_time_password", "link") if name in one}  # shown once
    place = f"{where}/{one['id']}"
    assert (await admin.get(place)).json() == one
    paged = {"search": one["email"]} if noun is CUSTOMER_ACCOUNTS else {}
    assert one in (await admin.get(where, params=paged)).json()["items"]
    if "company" in one:
        assert one in (await admin.get(where, params={"company": one["company"]})).json()["items"]
        assert (await admin.get(where, params={"company": "0" * 32})).json()["items"] == []

    seen = {"if-match": added.headers["etag"]}
    changed = await admin.put(place, json=draft | CHANGES[noun.plural], headers=seen)
    assert changed.status_code == 200, changed.text
    assert holds(changed.json(), CHANGES[noun.plural])
    assert code(await admin.put(place, json=draft, headers=seen)) == (409, "changed_meanwhile")
    assert (await admin.get(place)).json() == changed.json()

    wrong, field = WRONG[noun.plural]
    answer = await admin.put(place, json=draft | wrong)
    assert (code(answer), answer.json()["field"]) == ((400, "bad_input"), field), answer.text
    for name in noun.fixed:
        answer = await admin.put(place, json=draft | {name: "0" * 32})
        assert (answer.status_code, answer.json()["field"]) == (400, name)

    assert (await admin.delete(place)).status_code == 204
    assert code(await admin.get(place)) == code(await admin.put(place, json=draft)) == (404, "not_found")
    assert code(await admin.delete(place)) == (404, "not_found")
    log = (await admin.get(f"{ADMIN}/changes", params={"object": one["id"]})).json()["changes"]
    assert [(line["action"], line["actor"], line["noun"]) for line in log] == [
        (action, "Olga", noun.name) for action in ("removed", "changed", "added")
    ]
    told = {change["field"] for change in log[1]["changes"]}
    assert set(CHANGES[noun.plural]) <= told
    assert not told & {"id", "version", "password_hash", "one_time_password", "link"}


@each
async def test_it_is_told_to_colleagues_and_nobody_else_may(
    server: DeskServer, admin: httpx2.AsyncClient, office: Office, noun: Any
) -> None:
    """Open consoles look again; a technician finds none of these addresses."""
    where = f"{ADMIN}/{noun.plural}"
    chief, tom = office.worker("Chief", "administrator"), office.worker("Tom")
    async with console(server, chief, available=False) as watching, http(server, tom.token) as technician:
        one = (await admin.post(where, json=DRAFTS[noun.plural](office))).json()
        told = await watching.next("setup_changed")
        assert (told["noun"], told["id"]) == (noun.name, one["id"])
        for method, place in (
            ("GET", where),
            ("POST", where),
            ("GET", f"{where}/{one['id']}"),
            ("PUT", f"{where}/{one['id']}"),
            ("DELETE", f"{where}/{one['id']}"),
        ):
            body = DRAFTS[noun.plural](office) if method in ("POST", "PUT") else None
            assert code(await technician.request(method, place, json=body)) == (404, "not_found")


@each
async def test_a_list_asks_as_much_for_many_as_for_one(admin: httpx2.AsyncClient, office: Office, noun: Any) -> None:
    for _ in range(4):
        added = await admin.post(f"{ADMIN}/{noun.plural}", json=DRAFTS[noun.plural](office))
        assert added.status_code == 201, added.text

    def statements(conn: Connection) -> list[str]:
        asked: list[str] = []

        def heard(_conn: object, _cursor: object, statement: str, *_: object) -> None:
            asked.append(statement)

        event.listen(conn, "before_cursor_execute", heard)
        assert len(noun.items(conn, None)) >= 4
        return asked

    assert len(office.write(statements)) <= 3


async def test_what_is_needed_stays(admin: httpx2.AsyncClient, office: Office) -> None:
    async def add(plural: str, **more: Any) -> str:
        answer = await admin.post(f"{ADMIN}/{plural}", json=DRAFTS[plural](office) | more)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    form, team, hours = await add("forms"), await add("teams"), await add("schedules")
    kind = await add("issue-types", form=form, team=team)
    await add("portals", schedule=hours, fallback_team=team)
    for place in (f"forms/{form}", f"teams/{team}", f"schedules/{hours}", f"companies/{office.company}"):
        assert code(await admin.delete(f"{ADMIN}/{place}")) == (409, "in_use"), place
    assert (await admin.delete(f"{ADMIN}/issue-types/{kind}")).status_code == 204
    assert (await admin.delete(f"{ADMIN}/forms/{form}")).status_code == 204


async def test_names_are_there_once(admin: httpx2.AsyncClient, office: Office, other_office: Office) -> None:
    for plural in ("companies", "portals", "technicians", "teams", "forms", "schedules", "customers"):
        draft = DRAFTS[plural](office)
        assert (await admin.post(f"{ADMIN}/{plural}", json=draft)).status_code == 201
        assert code(await admin.post(f"{ADMIN}/{plural}", json=draft)) == (409, "name_taken"), plural
    foreign = DRAFTS["portals"](other_office) | {"key_prefix": office.prefix}
    assert code(await admin.post(f"{ADMIN}/portals", json=foreign)) == (409, "name_taken")


async def test_nothing_points_into_another_company(
    admin: httpx2.AsyncClient, office: Office, other_office: Office
) -> None:
    async def theirs(plural: str) -> str:
        return str((await admin.post(f"{ADMIN}/{plural}", json=DRAFTS[plural](other_office))).json()["id"])

    stranger = other_office.worker("Eve").id
    for plural, field, value in (
        ("portals", "schedule", await theirs("schedules")),
        ("portals", "fallback_team", await theirs("teams")),
        ("issue-types", "form", await theirs("forms")),
        ("issue-types", "team", await theirs("teams")),
        ("issue-types", "technician", stranger),
        ("notices", "portals", [other_office.portal_id]),
        ("teams", "members", [{"technician": stranger}]),
    ):
        answer = await admin.post(f"{ADMIN}/{plural}", json=DRAFTS[plural](office) | {field: value})
        assert (answer.status_code, answer.json()["field"]) == (400, field), plural


async def test_a_portal_shows_ten_notices_at_a_time(admin: httpx2.AsyncClient, office: Office) -> None:
    """B-51: what has expired does not count, nor does the one that is changed."""
    draft = DRAFTS["notices"](office)
    made = [await admin.post(f"{ADMIN}/notices", json=draft) for _ in range(10)]
    assert {answer.status_code for answer in made} == {201}
    assert code(await admin.post(f"{ADMIN}/notices", json=draft)) == (409, "too_many_notices")
    last = f"{ADMIN}/notices/{made[-1].json()['id']}"
    assert (await admin.put(last, json=draft | {"text": "Still the same."})).status_code == 200
    assert (await admin.put(last, json=draft | {"expires_at": 1})).status_code == 200
    assert (await admin.post(f"{ADMIN}/notices", json=draft)).status_code == 201
