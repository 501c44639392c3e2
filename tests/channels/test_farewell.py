"""Before a stop everybody is told; what was accepted is carried out and answered, what comes later is not."""

import asyncio
import threading
from typing import Any

from server.channels import farewell as taking_leave
from server.channels.customer import CustomerDoor
from server.channels.door import Endpoint
from server.channels.farewell import farewell, spread_ms
from server.protocol import close
from tests.channels.conftest import Neighbour, Wire


def say(ada: Wire, ticket: str, n: int) -> None:
    """A message, without waiting for its ack."""
    client_id = f"00000000-0000-4000-8000-{n:012}"
    ada.post("send", ref=1_000 + n, ticket=ticket, client_id=client_id, stream=ada.stream, n=n, text=f"message {n}")


async def test_everybody_is_told_when_to_come_back(place: Neighbour) -> None:
    opened = await place.open()
    wires = [await place.customer(opened) for _ in range(4)] + [await place.console(place.office.worker("Lena"))]
    await farewell(place.house.rooms(), goes_on=False)
    delays = set()
    for wire in wires:
        last = wire.frames[-1]
        assert last["type"] == "going_away"
        assert 0 <= last["retry_after_ms"] <= taking_leave.STOP_SPREAD_MS
        delays.add(last["retry_after_ms"])
        assert wire.close == (close.GOING_AWAY, "the server stops")
        await wire.gone()
    assert len(delays) > 1, "all of them would come back at the same moment"
    assert place.house.rooms().open == set()


async def test_what_was_accepted_is_answered_and_what_comes_later_is_not(place: Neighbour) -> None:
    opened = await place.open()
    ticket = opened.ticket.id
    ada = await place.customer(opened)
    [door] = place.house.rooms().open
    gate = threading.Event()
    blocked = asyncio.create_task(place.house.desk().store.write(lambda _tx: gate.wait(10)))
    for n in (1, 2, 3):
        say(ada, ticket, n)
    while len(door._inbox._waiting) < 2:  # noqa: ASYNC110 - one is under way; the door has no event for it
        await asyncio.sleep(0)
    leaving = asyncio.create_task(farewell(place.house.rooms(), goes_on=True))
    await ada.find(lambda frame: frame["type"] == "going_away")
    say(ada, ticket, 4)
    await asyncio.sleep(0)
    assert ada.close is None, "closed before it had its answers"
    gate.set()
    await leaving
    await blocked
    assert [frame["ref"] for frame in ada.of("ack")] == [1_001, 1_002, 1_003]
    assert not any(frame.get("ref") == 1_004 for frame in ada.frames)
    assert ada.close == (close.GOING_AWAY, "the server stops")


async def test_who_has_not_said_hello_is_closed_as_well(place: Neighbour) -> None:
    wire = Wire(place.house, CustomerDoor, {})
    place.wires.append(wire)
    while not place.house.rooms().open:  # noqa: ASYNC110 - the door has no event for it
        await asyncio.sleep(0)
    await farewell(place.house.rooms(), goes_on=True)
    assert wire.close == (close.GOING_AWAY, "the server stops")


async def test_nobody_is_let_in_any_more(place: Neighbour) -> None:
    await farewell(place.house.rooms(), goes_on=True)
    said: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        said.append(message)

    scope = {"type": "websocket", "client": ("192.0.2.1", 1), "headers": []}
    await Endpoint(CustomerDoor, place.house.rooms)(scope, receive, send)
    assert said[0]["status"] == 503
    assert (b"retry-after", b"1") in said[0]["headers"]


async def test_more_than_a_batch(place: Neighbour, monkeypatch: Any) -> None:
    monkeypatch.setattr(taking_leave, "BATCH", 2)
    opened = await place.open()
    wires = [await place.customer(opened) for _ in range(5)]
    await farewell(place.house.rooms(), goes_on=True)
    assert [wire.close for wire in wires] == [(close.GOING_AWAY, "the server stops")] * 5


def test_where_others_go_on_people_are_back_as_fast_as_they_can_be_let_in() -> None:
    assert [spread_ms(sockets, goes_on=True) for sockets in (0, 1, 250, 1_000, 5_000, 100_000)] == [
        500,
        500,
        500,
        2_000,
        10_000,
        10_000,
    ]
    assert spread_ms(1, goes_on=False) == 10_000
