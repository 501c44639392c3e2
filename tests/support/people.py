"""Customer and Console: people on real sockets, in the words of the protocol.

``call`` sends a command and waits for the reply with its ref; ``next`` waits for a frame that fits. Nothing sleeps.
"""

import asyncio
import contextlib
import json
import secrets
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.office import Office, Worker
from tests.support.server import DeskServer

Frame = dict[str, Any]
WAIT_S = 10.0


class RefusedError(Exception):
    """A command was refused."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(f"{frame['code']}: {frame['message']}")
        self.frame = frame
        self.code: str = frame["code"]


class Person:
    """One socket. ``frames``: everything that came, in order."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[Frame] = []
        self.closed: tuple[int, str] | None = None
        self.stream = secrets.token_hex(16)
        self._n: dict[str, int] = {}
        self._ref = 0
        self._seen = 0
        self._arrived = asyncio.Event()
        self._reader = asyncio.get_running_loop().create_task(self._read())

    async def _read(self) -> None:
        try:
            async for message in self.connection:
                self.frames.append(json.loads(message))
                self._arrived.set()
        except ConnectionClosed:
            pass
        finally:
            self.closed = (self.connection.close_code or 1006, self.connection.close_reason or "")
            self._arrived.set()

    async def post(self, kind: str, **fields: Any) -> None:
        """Send a command that has no answer."""
        await self.connection.send(json.dumps({"type": kind, **fields}))

    async def call(self, kind: str, **fields: Any) -> Frame:
        """Send a command and return its reply. Raises RefusedError."""
        self._ref += 1
        ref = self._ref
        await self.post(kind, ref=ref, **fields)
        reply = await self.find(lambda frame: frame.get("ref") == ref)
        if reply["type"] == "refused":
            raise RefusedError(reply)
        return reply

    async def find(self, fits: Callable[[Frame], bool], start: int = 0) -> Frame:
        """The first frame from ``start`` on that fits; waits for it."""
        async with asyncio.timeout(WAIT_S):
            at = start
            while True:
                while at < len(self.frames):
                    if fits(self.frames[at]):
                        return self.frames[at]
                    at += 1
                if self.closed is not None:
                    raise ConnectionError(f"closed with {self.closed}; frames: {self.frames[-5:]}")
                self._arrived.clear()
                await self._arrived.wait()

    async def next(self, kind: str, fits: Callable[[Frame], bool] = lambda _frame: True) -> Frame:
        """The next frame of this type that fits, after the last one that ``next`` returned."""
        frame = await self.find(lambda f: f["type"] == kind and fits(f), self._seen)
        self._seen = self.frames.index(frame, self._seen) + 1
        return frame

    async def event(self, kind: str, ticket: str | None = None, text: str | None = None) -> Frame:
        """The next transcript event of this kind (and text)."""
        return await self.next(
            "event",
            lambda f: (
                f["event"]["kind"] == kind
                and (ticket is None or f["ticket"] == ticket)
                and (text is None or f["event"].get("text") == text)
            ),
        )

    async def settled(self) -> None:
        """Everything that the server had to say before now has arrived."""
        count = sum(frame["type"] == "pong" for frame in self.frames)
        await self.post("ping")
        await self.find(lambda _f: sum(frame["type"] == "pong" for frame in self.frames) > count)

    async def say(self, ticket: str, text: str, kind: str = "send", **fields: Any) -> Frame:
        """Send a message (or a note) with its stream's next number; returns the ack."""
        n = fields.pop("n", self._n.get(ticket, 0) + 1)
        reply = await self.call(
            kind,
            ticket=ticket,
            client_id=fields.pop("client_id", None) or str(uuid.uuid4()),
            stream=fields.pop("stream", self.stream),
            n=n,
            text=text,
            **fields,
        )
        self._n[ticket] = n
        return reply

    async def watch(self, ticket: str, **fields: Any) -> list[Frame]:
        """Open or resume a ticket; returns all pages."""
        pages = [await self.call("watch", ticket=ticket, **fields)]
        while pages[-1]["more"]:
            last = pages[-1]
            after = last["events"][-1]["seq"]
            pages.append(await self.call("watch", ticket=ticket, after=after, epoch=last["epoch"]))
        return pages

    async def wait_closed(self) -> tuple[int, str]:
        """(code, reason)"""
        async with asyncio.timeout(WAIT_S):
            await asyncio.wait([self._reader])
        assert self.closed is not None
        return self.closed

    async def close(self) -> None:
        """Leave."""
        await self.connection.close()
        await asyncio.wait([self._reader])

    def of(self, kind: str) -> list[Frame]:
        """Frames of this type so far."""
        return [frame for frame in self.frames if frame["type"] == kind]


class Customer(Person):
    """A customer with a ticket."""

    ticket: str
    key: str
    token: str
    portal: str
    opened: Frame


class Console(Person):
    """A technician's console."""

    worker: Worker


def http(server: DeskServer, token: str | None = None) -> httpx2.AsyncClient:
    """A client of the HTTP API, with a bearer token or without."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return httpx2.AsyncClient(base_url=server.url, headers=headers, timeout=20)


async def open_ticket(server: DeskServer, office: Office, **form: Any) -> Frame:
    """Open a ticket over HTTP; returns the answer."""
    body = {"client_id": str(uuid.uuid4()), "subject": "Printer offline", "description": "It will not print", **form}
    body.setdefault("name", "Ada Byron")
    async with http(server) as client:
        answer = await client.post(f"/api/v1/portals/{office.portal}/tickets", json=body)
    assert answer.status_code == 201, answer.text
    opened: Frame = answer.json()
    return opened


@contextlib.asynccontextmanager
async def customer(
    server: DeskServer, office: Office, *, opened: Frame | None = None, watch: bool = True, **form: Any
) -> AsyncIterator[Customer]:
    """A customer who has opened a ticket (or comes back to one) and watches it."""
    opened = opened or await open_ticket(server, office, **form)
    async with connect(f"{server.ws}/ws/v1/customer") as connection:
        person = Customer(connection)
        person.opened = opened
        person.ticket, person.key = opened["ticket"]["id"], opened["ticket"]["key"]
        person.token, person.portal = opened["token"], office.portal
        await person.post("hello", portal=office.portal, token=person.token)
        await person.next("welcome")
        if watch:
            await person.watch(person.ticket)
        yield person
        await person.close()


@contextlib.asynccontextmanager
async def console(server: DeskServer, worker: Worker, *, available: bool = True) -> AsyncIterator[Console]:
    """A technician's console, by bearer token; Available unless told otherwise."""
    headers = {"authorization": f"Bearer {worker.token}"}
    async with connect(f"{server.ws}/ws/v1/console", additional_headers=headers, max_size=None) as connection:
        person = Console(connection)
        person.worker = worker
        await person.post("hello")
        await person.next("welcome")
        if available:
            await person.call("availability", state="available")
            await person.next("availability", lambda f: f["state"] == "available")
        yield person
        await person.close()
