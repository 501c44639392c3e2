"""A portal with a host name of its own (B-08): page, API and socket work there; the console stays where it is."""

import asyncio
import secrets
import uuid
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.datastructures import Headers
from websockets.exceptions import InvalidStatus

from tests.support.office import Office
from tests.support.people import http
from tests.support.server import DeskServer

ADMIN = "/api/v1/admin"


async def give(admin: httpx2.AsyncClient, office: Office, **change: Any) -> httpx2.Response:
    """Change the office's portal."""
    portal = (await admin.get(f"{ADMIN}/portals/{office.portal_id}")).json()
    draft = {name: value for name, value in portal.items() if name not in ("id", "version", "identity_secrets")}
    return await admin.put(f"{ADMIN}/portals/{office.portal_id}", json=draft | change)


async def first_page(server: DeskServer, host: str, status: int) -> httpx2.Response:
    """What the host shows, once it has this status: the server hears of a change in its own time."""
    async with asyncio.timeout(20), httpx2.AsyncClient(base_url=server.url) as browser:
        while (page := await browser.get("/", headers={"host": host})).status_code != status:  # noqa: ASYNC110 - over HTTP
            await asyncio.sleep(0.02)
    return page


async def handshake(server: DeskServer, path: str, origin: str, host: str) -> int:
    try:
        async with connect(server.ws + path, additional_headers=Headers({"Origin": origin, "Host": host})):
            return 101
    except InvalidStatus as refusal:
        return refusal.response.status_code


async def test_a_portal_at_its_own_host(
    server: DeskServer, admin: httpx2.AsyncClient, office: Office, other_office: Office
) -> None:
    """B-08: what belongs to the portal works there, from its own pages only; a host has one portal."""
    port = server.url.rpartition(":")[2]
    name = f"help-{secrets.token_hex(4)}.example.com"
    host, origin = f"{name}:{port}", f"http://{name}:{port}"
    assert (await give(admin, office, hosts=[name])).status_code == 200
    assert f'data-portal="{office.portal}"' in (await first_page(server, host, 200)).text

    answer = await give(admin, other_office, hosts=[name])
    assert (answer.status_code, answer.json()["code"]) == (409, "name_taken")
    assert (answer.json()["field"], answer.json()["values"]) == ("hosts", {"host": name})

    ticket = {"client_id": str(uuid.uuid4()), "name": "Ada", "subject": "Help", "description": "Please"}
    async with httpx2.AsyncClient(base_url=server.url, headers={"host": host, "x-deskwire": "1"}) as browser:
        tickets = f"/api/v1/portals/{office.portal}/tickets"
        for foreign in (f"https://{name}:{port}", f"http://{name}", f"http://x.{name}:{port}", "http://evil.example"):
            assert (await browser.post(tickets, json=ticket, headers={"origin": foreign})).status_code == 403, foreign
        assert (await browser.post(tickets, json=ticket, headers={"origin": origin})).status_code == 201
        console = await browser.get("/console")
        assert (console.status_code, console.headers["location"]) == (303, f"{server.url}/console")
        assert (await browser.get(f"/p/{other_office.portal}")).status_code == 200, "addresses work everywhere"

    assert await handshake(server, "/ws/v1/customer", origin, host) == 101
    assert await handshake(server, "/ws/v1/customer", origin, name) == 101, "a proxy may pass on the bare name"
    assert await handshake(server, "/ws/v1/customer", origin, f"{name}:1") == 403
    assert await handshake(server, "/ws/v1/customer", origin, "evil.example") == 403
    assert await handshake(server, "/ws/v1/customer", f"http://{name}", host) == 403
    assert await handshake(server, "/ws/v1/console", origin, host) == 403, "the console stays at the public address"

    await give(admin, office, hosts=[])
    await first_page(server, host, 303)
    assert await handshake(server, "/ws/v1/customer", origin, host) == 403


async def test_the_address_of_the_desk_is_no_portals(admin: httpx2.AsyncClient, office: Office) -> None:
    """It would have no effect: what is there is the console."""
    answer = await give(admin, office, hosts=["help.example.com", "127.0.0.1"])
    told = answer.json()
    assert (answer.status_code, told["code"], told["field"]) == (400, "bad_input", "hosts")
    assert (told["reason"], told["values"]) == ("host_of_desk", {"host": "127.0.0.1"})


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "a" * 300, "[::1", "..", "demo", "127.0.0.1:1"])
async def test_a_host_that_nobody_has_shows_no_portal(server: DeskServer, host: str) -> None:
    """What a client types as Host becomes part of no answer."""
    async with httpx2.AsyncClient(base_url=server.url) as browser:
        answer = await browser.get("/", headers={"host": host})
    assert (answer.status_code, answer.headers["location"]) == (303, "/console")


async def test_a_portal_that_is_closed_for_good(server: DeskServer, admin: httpx2.AsyncClient, office: Office) -> None:
    """Nobody can open a ticket any more; the page says so, and running chats go on."""
    ticket = {"client_id": str(uuid.uuid4()), "name": "Ada", "subject": "Help", "description": "Please"}
    async with http(server) as ada:
        opened = (await ada.post(f"/api/v1/portals/{office.portal}/tickets", json=ticket)).json()
        assert (await give(admin, office, disabled=True)).status_code == 200
        ticket["client_id"] = str(uuid.uuid4())
        answer = await ada.post(f"/api/v1/portals/{office.portal}/tickets", json=ticket)
        assert (answer.status_code, answer.json()["code"]) == (409, "portal_disabled")
        shown = (await ada.get(f"/api/v1/portals/{office.portal}")).json()
        assert (shown["disabled"], shown["open"], any(shown["ways"].values())) == (True, False, False)
        assert (await ada.get(f"/p/{office.portal}")).status_code == 410
        message = {"client_id": str(uuid.uuid4()), "text": "Still there?"}
        headers = {"authorization": f"Bearer {opened['token']}"}
        place = f"/api/v1/customer/tickets/{opened['ticket']['id']}/messages"
        assert (await ada.post(place, json=message, headers=headers)).status_code == 200
