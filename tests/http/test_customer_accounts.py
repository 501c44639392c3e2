"""Customers with a password: coming in, what that opens, and how it ends (S-01, S-02, S-13)."""

from collections.abc import Iterator
from typing import Any

import httpx2
import msgspec
import pytest

from server.domain.ids import new_id
from server.store import portals
from server.store.tables import customer_accounts
from tests.conftest import stopped_well
from tests.support.accounts import PASSWORD, REQUIRED, opened, portal, registered
from tests.support.office import Office, open_office
from tests.support.people import console, customer, http
from tests.support.server import DeskServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskServer]:
    """A server of these tests: who follows links that are none has ten tries, and then one in 12 s."""
    running = DeskServer(tmp_path_factory.mktemp("accounts")).migrate().start()
    yield running
    stopped_well(running)


@pytest.fixture
def closed_shop(server: DeskServer) -> Office:
    """A portal that takes tickets of people it knows only."""
    return open_office(server.store, REQUIRED)


async def test_an_invited_customer_chooses_a_password_once(server: DeskServer, closed_shop: Office) -> None:
    office = closed_shop
    async with http(server, office.worker("Olga", "administrator").token) as admin, http(server) as client:
        draft = {"company": office.company, "email": "Ada@Example.com", "name": "Ada"}
        account = (await admin.post("/api/v1/admin/customers", json=draft)).json()
        assert not account["has_password"]
        link = (await admin.post(f"/api/v1/admin/customers/{account['id']}/link")).json()["link"]
        assert link.startswith(f"{server.url}/p/{office.portal}#invitation=")
        secret = link.partition("=")[2]
        assert secret not in (await admin.get("/api/v1/admin/changes", params={"object": account["id"]})).text
        whose = (await client.post(portal(office, "invitation"), json={"link": secret})).json()
        assert whose == {"email": "ada@example.com", "name": "Ada"}
        body = {"link": secret, "password": PASSWORD}
        session = (await client.post(portal(office, "password"), json=body)).json()
        assert (session["account"], session["name"]) == (account["id"], "Ada")
        assert (await client.post(portal(office, "password"), json=body)).status_code == 404

        # another link: what was known before is worth nothing at once
        await admin.post(f"/api/v1/admin/customers/{account['id']}/link")
        again = await client.post(portal(office, "sign-in"), json={"email": "ada@example.com", "password": PASSWORD})
        assert again.status_code == 401
        assert (await opened(server, office, session["token"])).json()["code"] == "sign_in_required"


async def test_where_sign_in_is_required_nobody_else_opens_a_ticket(server: DeskServer, closed_shop: Office) -> None:
    """B-13: with a key neither, and the key is not used up by it."""
    worker = closed_shop.worker("Lena")
    async with http(server, worker.token) as lena:
        key = (await lena.post("/api/v1/session-keys", json={"portal": closed_shop.portal})).json()["key"]
    for way in ({}, {"session_key": key}):
        refused = await opened(server, closed_shop, None, **way)
        assert (refused.status_code, refused.json()["code"]) == (409, "sign_in_required")
    ada = await registered(server, closed_shop, "Ada")
    assert (await opened(server, closed_shop, ada["token"], session_key=key)).status_code == 201
    ticket = (await opened(server, closed_shop, ada["token"], email="mallory@example.com")).json()["ticket"]
    async with console(server, worker) as desk:
        details = (await desk.watch(ticket["id"]))[0]["ticket"]
    # what was typed over the account's own name is not taken (B-11)
    assert (details["summary"]["customer"], details["email"]) == ("Ada", "ada@example.com")


async def test_nobody_learns_who_has_an_account(server: DeskServer, closed_shop: Office, other_office: Office) -> None:
    await registered(server, closed_shop, "Ada")
    async with http(server) as client:
        wrong = await client.post(
            portal(closed_shop, "sign-in"), json={"email": "ada@example.com", "password": "not this one"}
        )
        unknown = await client.post(
            portal(closed_shop, "sign-in"), json={"email": "eve@example.com", "password": "not this one"}
        )
        assert (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json()) == (401, wrong.json())
        body = {"email": "ada@example.com", "password": PASSWORD}
        assert (await client.post(portal(other_office, "sign-in"), json=body)).status_code == 404, "offers no sign-in"


async def test_tickets_of_before_come_along_where_that_is_wanted(server: DeskServer) -> None:
    office = open_office(server.store, msgspec.structs.replace(REQUIRED, sign_in="offered"))
    before = (await opened(server, office, None)).json()
    async with (
        http(server, before["token"]) as client,
        customer(server, office, opened=before) as other_tab,
        console(server, office.worker("Lena")) as lena,
    ):
        await lena.call("list", view="new", sort="time", descending=True, offset=0, limit=10)
        body = {"email": "ada@example.com", "name": "Ada", "password": PASSWORD, "take_along": True}
        ada = (await client.post(portal(office, "register"), json=body)).json()
        assert (await other_tab.next("gone"))["ticket"] == before["ticket"]["id"]
        assert (await lena.next("ticket", lambda frame: frame["ticket"]["customer"] == "Ada"))["fresh"] is False
    assert [ticket["id"] for ticket in ada["tickets"]] == [before["ticket"]["id"]]
    async with http(server, ada["token"]) as client:
        mine = (await client.get(portal(office, "my-tickets"), params={"key": before["ticket"]["key"]})).json()
        assert [ticket["id"] for ticket in mine["tickets"]] == [before["ticket"]["id"]]


async def test_a_disabled_account_is_out_at_once(server: DeskServer, closed_shop: Office) -> None:
    office = closed_shop
    ada = await registered(server, office, "Ada")
    opening = (await opened(server, office, ada["token"])).json() | {"token": ada["token"]}
    async with (
        http(server, office.worker("Olga", "administrator").token) as admin,
        customer(server, office, opened=opening) as at_home,
    ):
        draft = {"company": office.company, "email": "ada@example.com", "name": "Ada", "disabled": True}
        assert (await admin.put(f"/api/v1/admin/customers/{ada['account']}", json=draft)).status_code == 200
        code, _reason = await at_home.wait_closed()
        assert code == 4502
    async with http(server, ada["token"]) as client:
        assert not (await client.get(portal(office, "session"))).json()["known"]


async def bug_type(admin: httpx2.AsyncClient, office: Office) -> str:
    """What the portal asks about, with the product's bug report."""
    form = await admin.post("/api/v1/admin/forms/templates/bug-report", params={"company": office.company})
    draft = {"portal": office.portal_id, "names": {"en": "A bug"}, "form": form.json()["id"]}
    return str((await admin.post("/api/v1/admin/issue-types", json=draft)).json()["id"])


BUG = {"impact": "hinders", "steps": "Print", "expected": "Paper", "actual": "Fire"}


def shared(bug: str, *addresses: str) -> dict[str, Any]:
    return {"issue_type": bug, "answers": BUG | {"share_with": ", ".join(addresses)}}


async def test_the_bug_form_shares_the_ticket_that_it_opens(
    server: DeskServer, closed_shop: Office, other_office: Office
) -> None:
    """S-13: opened and shared at once, or, where one of the people is none, neither."""
    office = closed_shop
    ada, bob, cleo = [await registered(server, office, name) for name in ("Ada", "Bob", "Cleo")]
    async with (
        http(server, office.worker("Olga", "administrator").token) as admin,
        http(server, other_office.worker("Boss", "administrator").token) as boss,
        http(server, ada["token"]) as client,
    ):
        bug = await bug_type(admin, office)
        stranger = {"company": other_office.company, "email": "dan@example.com", "name": "Dan"}
        assert (await boss.post("/api/v1/admin/customers", json=stranger)).status_code == 201
        for nobody in ("eve@example.com", "dan@example.com", "ada@example.com"):
            refused = await opened(server, office, ada["token"], **shared(bug, "bob@example.com", nobody))
            told = refused.json()
            assert (refused.status_code, told["code"], told["field"], told["who"]) == (
                (409, "cannot_share", "answers.share_with", nobody)
            ), told
        assert (await opened(server, office, ada["token"], **shared(bug, "Bob"))).json()["code"] == "bad_input"
        assert (await client.get(portal(office, "my-tickets"))).json()["tickets"] == []

        whole = shared(bug, "Bob@Example.com", "cleo@example.com", "bob@example.com")
        made = await opened(server, office, ada["token"], **whole)
        assert made.status_code == 201, made.text
        ticket = made.json()["ticket"]
        assert ticket["key"].endswith("-1"), "what was refused has used up no number"
        shares = (await client.get(f"/api/v1/customer/tickets/{ticket['id']}/shares")).json()["shares"]
        assert [one["account"] for one in shares] == [bob["account"], cleo["account"]]
        told = (await client.get(f"/api/v1/customer/tickets/{ticket['id']}/events")).json()
        assert [line["event"]["kind"] for line in told["events"]] == ["message", "shared", "shared"]
        assert [one["shown"] for one in told["answers"] if one["key"] == "share_with"] == [
            "Bob@Example.com\ncleo@example.com\nbob@example.com"
        ]
    async with http(server, bob["token"]) as colleague:
        assert [one["id"] for one in (await colleague.get(portal(office, "my-tickets"))).json()["tickets"]] == [
            ticket["id"]
        ]


async def test_only_who_can_share_is_asked_with_whom(server: DeskServer) -> None:
    """S-13: neither where the portal does not let people share, nor of somebody who has not signed in."""
    office = open_office(server.store, msgspec.structs.replace(REQUIRED, sign_in="offered"))
    ada, _bob = await registered(server, office, "Ada"), await registered(server, office, "Bob")
    async with http(server, office.worker("Olga", "administrator").token) as admin, http(server) as client:
        bug = await bug_type(admin, office)

        async def asked() -> list[str]:
            [kind] = (await client.get(portal(office, "").rstrip("/"))).json()["issue_types"]
            return [field["key"] for field in kind["fields"]]

        assert "share_with" in await asked()
        unknown = (await opened(server, office, None, **shared(bug, "bob@example.com"))).json()
        assert (unknown["code"], unknown["field"]) == ("sign_in_required", None)
        for off in ({"share_with": False}, {"sign_in": "off"}):
            settings = msgspec.structs.replace(REQUIRED, **{"sign_in": "offered"} | off)
            office.write(lambda conn, settings=settings: portals.set_settings(conn, office.portal_id, settings))  # type: ignore[misc]
            assert "share_with" not in await asked()
            refused = (await opened(server, office, ada["token"], **shared(bug, "bob@example.com"))).json()
            assert (refused["code"], refused["field"]) == ("bad_input", "answers.share_with")


NEW: dict[str, Any] = {"password_hash": None, "disabled": False, "created_at": 1}


async def test_customers_come_in_pages_and_are_found_by_address_or_name(
    server: DeskServer, office: Office, other_office: Office
) -> None:
    """There may be any number of them: no answer has more than a hundred."""
    many = [f"{number:03}@example.com" for number in range(205)]
    names = {"017@example.com": "Zoë Ångström", "018@example.com": "Иван 100%"}
    for place, addresses in ((office, many), (other_office, many[:3])):
        rows = [
            {"id": new_id(), "company_id": place.company, "email": email, "name": names.get(email, "Ada"), **NEW}
            for email in reversed(addresses)
        ]
        place.write(lambda conn, rows=rows: conn.execute(customer_accounts.insert(), rows))  # type: ignore[misc]
    async with http(server, office.worker("Olga", "administrator").token) as admin:

        async def found(**query: str) -> tuple[list[str], bool]:
            answer = await admin.get("/api/v1/admin/customers", params={"company": office.company, **query})
            assert answer.status_code == 200, answer.text
            ids.extend(one["id"] for one in answer.json()["items"])
            return [one["email"] for one in answer.json()["items"]], answer.json()["more"]

        ids: list[str] = []
        assert await found() == (many[:100], True)
        assert await found(after=ids[-1]) == (many[100:200], True)
        assert await found(after=ids[-1]) == (many[200:], False)
        assert await found(search="17@EXAMPLE") == (["017@example.com", "117@example.com"], False)
        assert await found(search="ångström 017") == (["017@example.com"], False)
        for words in ("иван", "Иван", "100%"):
            assert await found(search=words) == (["018@example.com"], False), words
        assert await found(search="_") == ([], False)
