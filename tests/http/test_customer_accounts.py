"""Customers with a password: coming in, what that opens, and colleagues who read and comment (S-01, S-13, S-23)."""

import io
import uuid
from typing import Any

import httpx2
import msgspec
import pytest
from PIL import Image

from server.clock import now_ms
from server.desk.administration.notices import Notices
from server.domain.portal import PortalSettings
from server.protocol.administration import NoticeDraft
from server.store import customer_accounts
from server.store.base import Tx
from tests.support.office import Office, open_office
from tests.support.people import RefusedError, console, customer, http
from tests.support.server import DeskServer

PASSWORD = "seven lanterns over the harbour"
REQUIRED = PortalSettings(sign_in="required", self_registration=True)

Answer = dict[str, Any]


@pytest.fixture
def closed_shop(server: DeskServer) -> Office:
    """A portal that takes tickets of people it knows only."""
    return open_office(server.store, REQUIRED)


def portal(office: Office, path: str) -> str:
    return f"/api/v1/portals/{office.portal}/{path}"


def form(**changed: Any) -> Answer:
    return {"client_id": str(uuid.uuid4()), "name": "Mallory", "subject": "Printer", "description": "Off"} | changed


async def registered(server: DeskServer, office: Office, name: str) -> Answer:
    """A new account; its session, with a token."""
    async with http(server) as client:
        body = {"email": f"{name.lower()}@example.com", "name": name, "password": PASSWORD}
        answer = await client.post(portal(office, "register"), json=body)
        assert answer.status_code == 200, answer.text
        found: Answer = answer.json()
        return found


async def opened(server: DeskServer, office: Office, token: str | None, **more: Any) -> httpx2.Response:
    async with http(server, token) as client:
        return await client.post(portal(office, "tickets"), json=form(**more))


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


def shown(office: Office) -> str:
    """A notice of the portal."""
    words = NoticeDraft(company=office.company, portals=[office.portal_id], name="Outage", lang="en", text="Slow")
    return office.write(lambda conn: Notices().add(Tx(conn), words, now_ms()))


async def test_a_colleague_reads_and_comments_until_removed(server: DeskServer, closed_shop: Office) -> None:
    office = closed_shop
    ada, bob = await registered(server, office, "Ada"), await registered(server, office, "Bob")
    opening = (await opened(server, office, ada["token"])).json()
    ticket = opening["ticket"]["id"]
    mine = f"/api/v1/customer/tickets/{ticket}"
    async with http(server, ada["token"]) as at_ada, http(server, bob["token"]) as at_bob:
        assert (await at_bob.get(f"{mine}/events")).status_code == 404
        shared = await at_ada.post(f"{mine}/shares", json={"email": "bob@example.com"})
        assert [one["name"] for one in shared.json()["shares"]] == ["Bob"]
        assert shared.json()["owner"]["account"] == ada["account"]
        nobody = await at_ada.post(f"{mine}/shares", json={"email": "eve@example.com"})
        assert nobody.json()["code"] == "cannot_share"
        listed = (await at_bob.get(portal(office, "my-tickets"))).json()["tickets"]
        assert [one["id"] for one in listed] == [ticket]

        async with customer(server, office, opened=opening | {"token": bob["token"]}) as bobs:
            await bobs.watch(ticket)
            await bobs.say(ticket, "I see the same")
            events = (await at_ada.get(f"{mine}/events")).json()["events"]
            assert [e["event"]["author"]["name"] for e in events if e["event"]["kind"] == "message"] == ["Ada", "Bob"]
            picture = io.BytesIO()
            Image.new("RGB", (9, 9), "red").save(picture, "PNG")
            query = {"name": "lamp.png", "client_id": str(uuid.uuid4())}
            sent = await at_bob.put(f"{mine}/files", params=query, content=picture.getvalue())
            assert sent.status_code == 200, sent.text
            events = (await at_ada.get(f"{mine}/events")).json()["events"]
            assert [e["event"]["author"]["name"] for e in events if e["event"]["kind"] == "file"] == ["Bob"]
            for forbidden in ("end_chat", "set_language"):
                with pytest.raises(RefusedError, match="not_found"):
                    await bobs.call(forbidden, ticket=ticket, **({"lang": "fr"} if "lang" in forbidden else {}))
            bodies = {"shares": {"email": "ada@example.com"}, "wait-for-news": {"notice": shown(office)}}
            leaving = await at_bob.put(f"{mine}/tell-later", json={"email": "bob@example.com"})
            assert leaving.status_code == 404, leaving.text
            for path, body in {"resume-link": None, "handover": None, **bodies}.items():
                answer = await at_bob.post(f"{mine}/{path}", json=body)
                assert answer.status_code in (404, 409), (path, answer.text)

            gone = await at_ada.delete(f"{mine}/shares/{bob['account']}")
            assert gone.status_code == 204, gone.text
            assert (await bobs.next("gone"))["ticket"] == ticket
            await at_ada.post(f"{mine}/messages", json={"client_id": str(uuid.uuid4()), "text": "between us"})
            assert not any("between us" in str(frame) for frame in bobs.of("event"))
        assert (await at_bob.get(f"{mine}/events")).status_code == 404


async def test_what_nobody_told_is_found_within_seconds(server: DeskServer, closed_shop: Office) -> None:
    """S-23: a share that is gone and an account that is signed out, by a process whose word did not arrive."""
    office = closed_shop
    ada, bob, cleo = [await registered(server, office, name) for name in ("Ada", "Bob", "Cleo")]
    opening = (await opened(server, office, ada["token"])).json()
    ticket = opening["ticket"]["id"]
    async with http(server, ada["token"]) as client:
        for guest in ("bob", "cleo"):
            shares = f"/api/v1/customer/tickets/{ticket}/shares"
            assert (await client.post(shares, json={"email": f"{guest}@example.com"})).status_code == 200
    async with (
        customer(server, office, opened=opening | {"token": ada["token"]}) as adas,
        customer(server, office, opened=opening | {"token": bob["token"]}) as bobs,
        customer(server, office, opened=opening | {"token": cleo["token"]}) as cleos,
    ):
        office.write(lambda conn: customer_accounts.unshare(conn, ticket, bob["account"]))
        office.write(lambda conn: customer_accounts.drop_tokens(conn, cleo["account"]))
        assert (await bobs.next("gone"))["ticket"] == ticket
        assert (await cleos.wait_closed())[0] == 4502
        await adas.say(ticket, "between us")
        await bobs.settled()
        assert not any("between us" in str(frame) for frame in bobs.of("event"))
        assert not adas.of("gone")


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
