"""A chat with both sides in it, and what they do with files over HTTP."""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import msgspec

from server.store import technicians
from tests.support.office import Office, Worker
from tests.support.people import Frame, http, open_ticket
from tests.support.server import DeskServer

Answer = httpx2.Response


class Side:
    """One person in one ticket. ``base``: the ticket's address for this side."""

    def __init__(self, client: httpx2.AsyncClient, base: str) -> None:
        self.client = client
        self.base = base

    async def policy(self) -> dict[str, Any]:
        answer = await self.client.get(f"{self.base}/upload-policy")
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def begin(self, name: str, size: int, client_id: str | None = None, **more: Any) -> Answer:
        body = {"client_id": client_id or str(uuid.uuid4()), "name": name, "size": size, **more}
        return await self.client.post(f"{self.base}/uploads", json=body)

    async def begun(self, name: str, size: int, **more: Any) -> str:
        """The id of a new upload."""
        answer = await self.begin(name, size, **more)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def go_on(self, upload: str, offset: int, data: Any) -> Answer:
        headers = {"upload-offset": str(offset)}
        return await self.client.patch(f"{self.base}/uploads/{upload}", content=data, headers=headers)

    async def standing(self, upload: str) -> dict[str, Any]:
        answer = await self.client.get(f"{self.base}/uploads/{upload}")
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def reached(self, upload: str, offset: int) -> None:
        """So many of its bytes are stored."""
        async with asyncio.timeout(30):
            while True:
                if (await self.standing(upload))["offset"] >= offset:
                    return
                await asyncio.sleep(0.05)

    async def became(self, upload: str, *states: str) -> dict[str, Any]:
        """How it is, once it is in one of these states."""
        async with asyncio.timeout(30):
            while True:
                told = await self.standing(upload)
                if told["state"] in states:
                    return told
                await asyncio.sleep(0.05)

    async def send(self, name: str, data: Any, client_id: str | None = None, **more: str) -> Answer:
        """The whole file in one request."""
        query = {"name": name, "client_id": client_id or str(uuid.uuid4()), **more}
        return await self.client.put(f"{self.base}/files", params=query, content=data)

    async def sent(self, name: str, data: Any, **more: str) -> str:
        """The id of a file that was sent."""
        answer = await self.send(name, data, **more)
        assert answer.status_code == 200, answer.text
        assert answer.json()["state"] == "done"
        return str(answer.json()["id"])

    async def get(self, file: str, what: str = "", **headers: str) -> Answer:
        return await self.client.get(f"{self.base}/files/{file}{what}", headers=headers)

    async def lines(self) -> list[Frame]:
        """The transcript."""
        answer = await self.client.get(f"{self.base}/events", params={"after": 0})
        assert answer.status_code == 200, answer.text
        return [line["event"] for line in answer.json()["events"]]

    async def files(self) -> list[Frame]:
        """The files in it."""
        return [line["file"] for line in await self.lines() if line["kind"] == "file"]


class Chat(msgspec.Struct):
    """Ada asks, Lena answers."""

    server: DeskServer
    office: Office
    opened: Frame
    worker: Worker
    ada: Side
    lena: Side

    @property
    def ticket(self) -> str:
        return str(self.opened["ticket"]["id"])


@contextlib.asynccontextmanager
async def chat(
    server: DeskServer, office: Office, device_class: str = "windows", *, joined: bool = True
) -> AsyncIterator[Chat]:
    """A new ticket from this kind of device, with Lena in its chat."""
    opened = await open_ticket(server, office, device={"device_class": device_class})
    lena = office.worker("Lena")
    office.write(lambda conn: technicians.set_availability(conn, lena.id, "available"))
    ticket = opened["ticket"]["id"]
    async with http(server, opened["token"]) as hers, http(server, lena.token) as theirs:
        made = Chat(
            server=server,
            office=office,
            opened=opened,
            worker=lena,
            ada=Side(hers, f"/api/v1/customer/tickets/{ticket}"),
            lena=Side(theirs, f"/api/v1/tickets/{ticket}"),
        )
        for step in ("assign", "join") if joined else ():
            answer = await theirs.post(f"/api/v1/tickets/{ticket}/{step}")
            assert answer.status_code == 200, answer.text
        yield made


def problem(answer: Answer, status: int, code: str) -> dict[str, Any]:
    """It is this refusal."""
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
    told: dict[str, Any] = answer.json()
    return told


LINE = b"2026-03-04 05:06:07 host app[42]: message\n"


def log(size: int) -> bytes:
    """A text of exactly this size."""
    return (LINE * (size // len(LINE) + 1))[:size]
