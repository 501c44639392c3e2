"""Customers with a password, for tests: a portal that wants one, people who have one, what they open."""

import uuid
from typing import Any

import httpx2

from server.domain.portal import PortalSettings
from tests.support.office import Office
from tests.support.people import http
from tests.support.server import DeskServer

PASSWORD = "seven lanterns over the harbour"
REQUIRED = PortalSettings(sign_in="required", self_registration=True)

Answer = dict[str, Any]


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
