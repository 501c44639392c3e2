"""Customers with a password: coming in, what that opens, and how it ends (S-01, S-02)."""

import msgspec
import pytest

from tests.support.accounts import PASSWORD, REQUIRED, opened, portal, registered
from tests.support.office import Office, open_office
from tests.support.people import console, customer, http
from tests.support.server import DeskServer


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
    refused = await opened(server, closed_shop, None)
    assert (refused.status_code, refused.json()["code"]) == (409, "sign_in_required")
    ada = await registered(server, closed_shop, "Ada")
    ticket = (await opened(server, closed_shop, ada["token"], email="mallory@example.com")).json()["ticket"]
    async with console(server, closed_shop.worker("Lena")) as lena:
        details = (await lena.watch(ticket["id"]))[0]["ticket"]
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
    async with http(server, before["token"]) as client:
        body = {"email": "ada@example.com", "name": "Ada", "password": PASSWORD, "take_along": True}
        ada = (await client.post(portal(office, "register"), json=body)).json()
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
