"""A whole house in this process, and wires into it: sockets whose every step a test decides."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable, MutableMapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from server.app import House
from server.channels.customer import CustomerDoor
from server.channels.door import Door, Endpoint
from server.channels.technician import TechnicianDoor
from server.desk import messages, opening
from server.desk.messages import Written
from server.desk.opening import OpenedTicket, Source
from server.domain.devices import Device
from server.protocol.rest import OpenTicket
from server.settings import Settings
from server.store import portals
from server.store.base import Announcement
from tests.support.database import new_database
from tests.support.office import Office, Worker, open_office

Frame = dict[str, Any]
WAIT_S = 10.0


class Wire:
    """The peer's end of one socket, without a network in between. ``stuck`` is a peer that reads nothing."""

    def __init__(self, house: House, door: type[Door], headers: dict[str, str]) -> None:
        self.frames: list[Frame] = []
        self.close: tuple[int, str] | None = None
        self.free = asyncio.Event()
        self.free.set()
        self.worker: Worker | None = None
        self.stream = uuid.uuid4().hex
        self._n: dict[str, int] = {}
        self._ref = 0
        self._arrived = asyncio.Event()
        self._incoming: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
        self._incoming.put_nowait({"type": "websocket.connect"})
        scope = {
            "type": "websocket",
            "client": ("192.0.2.1", 1),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        endpoint = Endpoint(door, house.rooms)
        self.task = asyncio.create_task(endpoint(scope, self._incoming.get, self._send))

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        await self.free.wait()
        if message["type"] == "websocket.send":
            self.frames.append(json.loads(message["text"]))
        elif message["type"] == "websocket.close":
            self.close = (message["code"], message["reason"])
            self._incoming.put_nowait({"type": "websocket.disconnect", "code": message["code"]})
        self._arrived.set()

    def post(self, kind: str, **fields: Any) -> None:
        """Send a command and do not wait."""
        self._incoming.put_nowait({"type": "websocket.receive", "text": json.dumps({"type": kind, **fields})})

    def drop(self) -> None:
        """The line is cut."""
        self._incoming.put_nowait({"type": "websocket.disconnect", "code": 1006})

    async def call(self, kind: str, **fields: Any) -> Frame:
        """Send a command and return its reply, a refusal too."""
        self._ref += 1
        ref = self._ref
        self.post(kind, ref=ref, **fields)
        return await self.find(lambda frame: frame.get("ref") == ref)

    async def say(self, ticket: str, text: str, kind: str = "send") -> Frame:
        """The next message of this stream."""
        n = self._n[ticket] = self._n.get(ticket, 0) + 1
        return await self.call(kind, ticket=ticket, client_id=str(uuid.uuid4()), stream=self.stream, n=n, text=text)

    async def find(self, fits: Callable[[Frame], bool]) -> Frame:
        """The first frame that fits; waits for it."""
        async with asyncio.timeout(WAIT_S):
            while True:
                for frame in self.frames:
                    if fits(frame):
                        return frame
                if self.close is not None:
                    raise ConnectionError(f"closed with {self.close}; frames: {self.frames[-5:]}")
                self._arrived.clear()
                await self._arrived.wait()

    async def settled(self) -> None:
        """Every command so far was carried out."""
        pongs = sum(frame["type"] == "pong" for frame in self.frames)
        self.post("ping")
        await self.find(lambda _frame: sum(frame["type"] == "pong" for frame in self.frames) > pongs)

    def of(self, kind: str) -> list[Frame]:
        """Frames of this type so far."""
        return [frame for frame in self.frames if frame["type"] == kind]

    async def gone(self) -> None:
        """The door has let go of this socket."""
        async with asyncio.timeout(WAIT_S):
            await asyncio.wait([self.task])
        self.task.result()


class Neighbour:
    """A house, an office in it, and wires that are cut at the end."""

    def __init__(self, house: House, office: Office, other: Office) -> None:
        self.house = house
        self.office = office
        self.other = other
        self.wires: list[Wire] = []
        self._late: list[list[Announcement]] | None = None
        self._on_commit = house.desk().store.on_commit

    async def open(self, words: str = "It will not print") -> OpenedTicket:
        """A ticket of a new customer."""
        portal = await self.house.desk().store.read(lambda conn: portals.by_slug(conn, self.office.portal))
        if portal is None:
            raise LookupError(self.office.portal)
        form = OpenTicket(str(uuid.uuid4()), "Printer offline", words, name="Ada Byron")
        source = Source("192.0.2.1", "", Device("unknown", "", ""))
        return await opening.open_ticket(self.house.desk(), portal, None, form, source)

    async def write(self, opened: OpenedTicket, text: str) -> None:
        """The customer writes, past all limits of a socket."""
        await messages.customer_writes(
            self.house.desk(), opened.customer, opened.ticket.id, Written(str(uuid.uuid4()), text)
        )

    async def customer(self, opened: OpenedTicket) -> Wire:
        """A socket of the ticket's customer, after hello."""
        wire = self._wire(CustomerDoor, {})
        wire.post("hello", portal=self.office.portal, token=opened.token)
        await wire.find(lambda frame: frame["type"] == "welcome")
        return wire

    async def console(self, worker: Worker, *, available: bool = True) -> Wire:
        """A console, after hello; Available unless told otherwise."""
        wire = self._wire(TechnicianDoor, {"authorization": f"Bearer {worker.token}"})
        wire.worker = worker
        wire.post("hello")
        await wire.find(lambda frame: frame["type"] == "welcome")
        if available:
            await wire.call("availability", state="available")
            await wire.settled()
        return wire

    async def console_of_same(self, wire: Wire) -> Wire:
        """A second window of the same person, who stays what he is."""
        if wire.worker is None:
            raise ValueError("a customer has no console")
        return await self.console(wire.worker, available=False)

    def _wire(self, door: type[Door], headers: dict[str, str]) -> Wire:
        wire = Wire(self.house, door, headers)
        self.wires.append(wire)
        return wire

    def hold_back(self) -> None:
        """The bus is slow from now on: commits are answered, and announced only after ``let_go``."""
        self._late = []
        self.house.desk().store.on_commit = self._late.append

    def let_go(self) -> None:
        """What was held back arrives, and the bus is quick again."""
        late, self._late = self._late or [], None
        self.house.desk().store.on_commit = self._on_commit
        for announcements in late:
            self._on_commit(announcements)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Neighbour]:
    """A started house with two companies."""
    settings = msgspec.structs.replace(
        Settings(), data_dir=str(tmp_path), customer_burst=10_000, technician_burst=10_000, sockets_per_technician=100
    )
    new_database(settings.database_path)
    house = House(settings)
    await house.start()
    place = Neighbour(house, open_office(settings.database_path), open_office(settings.database_path, name="Other"))
    yield place
    for wire in place.wires:
        wire.free.set()
        wire.drop()
    for wire in place.wires:
        await wire.gone()
    await house.stop()
