"""A whole chat through a proxy: over sockets, over HTTP alone, and at a host name of the portal's own."""

import asyncio
import uuid
from http import HTTPStatus

import httpx2

from tests.support.office import Office
from tests.support.people import console, customer, http, open_ticket
from tests.support.server import DeskServer


async def over_sockets(front: DeskServer, office: Office) -> None:
    """From the first word to the closed ticket."""
    async with console(front, office.worker("Lena")) as lena, customer(front, office) as ada:
        await lena.watch(ada.ticket)
        await lena.call("assign", ticket=ada.ticket)
        await lena.call("join", ticket=ada.ticket)
        await lena.say(ada.ticket, "Hello Ada")
        await ada.event("message", text="Hello Ada")
        await ada.say(ada.ticket, "Hello")
        await lena.event("message", text="Hello")
        await lena.call("close", ticket=ada.ticket, outcome="resolved")
        await ada.event("closed")


async def without_socket(front: DeskServer, office: Office) -> None:
    """Each waits for the other's message over HTTP."""
    opened = await open_ticket(front, office)
    ticket = opened["ticket"]["id"]
    async with http(front, opened["token"]) as ada, http(front, office.worker("Lena").token) as lena:
        await lena.put("/api/v1/me/availability", json={"state": "available"})
        for step in ("assign", "join"):
            assert (await lena.post(f"/api/v1/tickets/{ticket}/{step}")).status_code == 200
        address = f"/api/v1/customer/tickets/{ticket}/events"
        tail = (await ada.get(address, params={"after": 1})).json()["tail"]
        waiting = asyncio.create_task(ada.get(address, params={"after": tail, "wait": 20}))
        sent = await lena.post(
            f"/api/v1/tickets/{ticket}/messages", json={"client_id": str(uuid.uuid4()), "text": "Hello"}
        )
        answer = (await waiting).json()
        assert [line["event"]["id"] for line in answer["events"]] == [sent.json()["id"]]


async def at_its_own_host(front: DeskServer, office: Office, name: str) -> None:
    """B-08: a portal has this name; its page writes to us from there, with the port of the public address."""
    port = front.url.rpartition(":")[2]
    place = f"/api/v1/admin/portals/{office.portal_id}"
    async with http(front, office.worker("Olga", "administrator").token) as olga:
        portal = (await olga.get(place)).json()
        draft = {part: value for part, value in portal.items() if part not in ("id", "version", "identity_secrets")}
        assert (await olga.put(place, json=draft | {"hosts": [name]})).status_code == HTTPStatus.OK
    here = {"host": f"{name}:{port}", "origin": f"https://{name}:{port}", "x-deskwire": "1"}
    async with asyncio.timeout(20), httpx2.AsyncClient(base_url=front.url, headers=here) as page:
        while (await page.get("/")).status_code != HTTPStatus.OK:  # noqa: ASYNC110 - over HTTP
            await asyncio.sleep(0.02)
        form = {"client_id": str(uuid.uuid4()), "name": "Ada", "subject": "Help", "description": "Please"}
        sent = await page.post(f"/api/v1/portals/{office.portal}/tickets", json=form)
        assert sent.status_code == HTTPStatus.CREATED, sent.text
