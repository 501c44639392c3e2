"""What people see of each other: places in the queue, read marks, typing."""

import asyncio

import pytest
from sqlalchemy import select

from server.channels import marks as marks_module
from server.desk.opening import OpenedTicket
from server.store.tables import events, tickets
from tests.channels.conftest import Neighbour, Wire


async def places(wires: list[Wire], wanted: list[int | None]) -> None:
    """Until each has been told this place last."""
    async with asyncio.timeout(10):
        while [wire.of("position")[-1]["ahead"] for wire in wires] != wanted:  # noqa: ASYNC110 - of several sockets
            await asyncio.sleep(0.01)


async def waiting(place: Neighbour, count: int) -> tuple[list[OpenedTicket], list[Wire]]:
    """Customers who wait, each with the chat open."""
    opened = [await place.open() for _ in range(count)]
    wires = [await place.customer(one) for one in opened]
    for one, wire in zip(opened, wires, strict=True):
        await wire.call("watch", ticket=one.ticket.id)
        await wire.find(lambda frame: frame["type"] == "position")
    return opened, wires


async def test_everybody_moves_up_when_somebody_is_taken_or_goes(place: Neighbour) -> None:
    """C-12: live, for those who still wait; who came back has the old place."""
    opened, wires = await waiting(place, 4)
    await places(wires, [0, 1, 2, 3])
    lena = await place.console(place.office.worker("Lena"))
    await lena.call("assign", ticket=opened[1].ticket.id)
    await places(wires, [0, None, 1, 2])
    await wires[0].call("end_chat", ticket=opened[0].ticket.id)
    await places(wires, [None, None, 0, 1])
    await wires[0].call("resume_chat", ticket=opened[0].ticket.id)
    await lena.call("unassign", ticket=opened[1].ticket.id)
    await places(wires, [0, 1, 2, 3])


async def test_only_who_has_moved_is_told(place: Neighbour) -> None:
    opened, wires = await waiting(place, 3)
    lena = await place.console(place.office.worker("Lena"))
    before = [len(wire.of("position")) for wire in wires]
    await lena.call("assign", ticket=opened[2].ticket.id)
    await places(wires, [0, 1, None])
    assert [len(wire.of("position")) - many for wire, many in zip(wires, before, strict=True)] == [0, 0, 1]


async def test_read_marks_move_forward_and_reach_both_sides(place: Neighbour, monkeypatch: pytest.MonkeyPatch) -> None:
    """C-06: "read" is a fact of the server; a page that was opened late cannot take it back."""
    monkeypatch.setattr(marks_module, "INTERVAL", 0.0)
    opened = await place.open()
    ticket = opened.ticket.id
    ada = await place.customer(opened)
    lena = await place.console(place.office.worker("Lena"))
    for wire in (ada, lena):
        await wire.call("watch", ticket=ticket)
    for step in ("assign", "join"):
        await lena.call(step, ticket=ticket)
    await lena.say(ticket, "a note that gives each side numbers of its own", kind="note")
    acks = [await lena.say(ticket, f"answer {number}") for number in range(3)]
    note = await lena.say(ticket, "a note", kind="note")

    ada.post("read", ticket=ticket, event=acks[1]["id"])
    for wire in (ada, lena):
        mark = await wire.find(lambda f: f["type"] == "read" and f["by"] == "customer")
        assert mark["event"] == acks[1]["id"]
    assert lena.of("read")[-1]["seq"] == acks[1]["seq"]
    assert ada.of("read")[-1]["seq"] == acks[1]["seq"] - 1
    for event in (acks[0]["id"], note["id"], "0" * 32):  # back, on what is hidden, on what there is not
        ada.post("read", ticket=ticket, event=event)
        await marks_are_stored(place, ada)
    assert len(lena.of("read")) == 1
    page = await ada.call("watch", ticket=ticket)
    assert page["read"]["customer"] == acks[1]["id"]
    assert page["ticket"]["unread"] == 1

    first = page["events"][0]["event"]["id"]
    lena.post("read", ticket=ticket, event=first)
    await ada.find(lambda f: f["type"] == "read" and f["by"] == "technician" and f["event"] == first)
    lena.post("read", ticket=ticket, event=note["id"])
    await lena.find(lambda f: f["type"] == "read" and f["by"] == "technician" and f["event"] == note["id"])
    shown = await ada.find(lambda f: f["type"] == "read" and f["by"] == "technician" and f["event"] != first)
    assert shown["event"] == acks[2]["id"], "the customer is told of the last line that is his too"
    details = await lena.call("watch", ticket=ticket)
    assert details["read"] == {"customer": acks[1]["id"], "technician": note["id"]}


async def marks_are_stored(place: Neighbour, wire: Wire) -> None:
    """Read marks are stored beside the commands: wait for those tasks."""
    await wire.settled()
    await asyncio.gather(*(task for task in place.house.tasks._running if task.get_name() == "read marks"))


async def test_marks_in_a_row_are_stored_as_the_last_one(place: Neighbour, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first at once, then at most one a second: a long transcript that scrolls by must not be a storm of writes."""
    monkeypatch.setattr(marks_module, "INTERVAL", 0.1)
    opened = await place.open()
    ticket = opened.ticket.id
    for number in range(20):
        await place.write(opened, f"message {number}")
    lena = await place.console(place.office.worker("Lena"))
    await lena.call("assign", ticket=ticket)
    page = await lena.call("watch", ticket=ticket)
    lines = [line["event"]["id"] for line in page["events"]]
    for event in lines:
        lena.post("read", ticket=ticket, event=event)
    await marks_are_stored(place, lena)
    assert lena.of("read")[-1]["event"] == lines[-1]
    assert len(lena.of("read")) <= 3


async def test_somebody_elses_look_is_no_answer_to_the_customer(
    place: Neighbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marks_module, "INTERVAL", 0.0)
    opened = await place.open()
    ticket = opened.ticket.id
    ada, max_ = await place.customer(opened), await place.console(place.office.worker("Max"))
    page = await max_.call("watch", ticket=ticket)
    await ada.call("watch", ticket=ticket)
    max_.post("read", ticket=ticket, event=page["events"][0]["event"]["id"])
    await marks_are_stored(place, max_)
    query = select(tickets.c.technician_read)
    assert await place.house.desk().store.read(lambda conn: conn.execute(query).scalar_one()) == 0
    assert ada.of("read") == []


async def test_typing_is_told_and_not_stored(place: Neighbour) -> None:
    """C-16: to the other side, once in a while; from a technician only who is in the chat."""
    opened = await place.open()
    ticket = opened.ticket.id
    ada = await place.customer(opened)
    worker = place.office.worker("Lena")
    lena, max_ = await place.console(worker), await place.console(place.office.worker("Max"))
    for wire in (ada, lena, max_):
        await wire.call("watch", ticket=ticket)
    ada.post("typing", ticket=ticket)
    for wire in (lena, max_):
        told = await wire.find(lambda frame: frame["type"] == "typing")
        assert told["author"] == {"role": "customer", "name": "Ada Byron", "id": opened.customer.id}
    assert ada.of("typing") == []

    for wire in (lena, max_):
        wire.post("typing", ticket=ticket)
        await wire.settled()
    assert ada.of("typing") == [], "nobody is in the chat"
    for step in ("assign", "join"):
        await lena.call(step, ticket=ticket)
    for wire in (max_, lena):
        wire.post("typing", ticket=ticket)
        await wire.settled()
    told = await ada.find(lambda frame: frame["type"] == "typing")
    assert told["author"] == {"role": "technician", "name": "Lena of support", "id": None}
    assert len(ada.of("typing")) == 1

    for _ in range(20):
        lena.post("typing", ticket=ticket)
    await lena.settled()
    assert len(ada.of("typing")) < 5, "a key held down is told once in a while"
    query = select(events.c.kind)
    kinds = await place.house.desk().store.read(lambda conn: list(conn.execute(query).scalars()))
    assert sorted(kinds) == ["assigned", "joined", "message"]


async def test_typing_of_a_stranger_reaches_nobody(place: Neighbour) -> None:
    opened, other = await place.open(), await place.open()
    lena = await place.console(place.office.worker("Lena"))
    await lena.call("watch", ticket=opened.ticket.id)
    eve = await place.customer(other)
    await eve.call("watch", ticket=opened.ticket.id)
    eve.post("typing", ticket=opened.ticket.id)
    await eve.settled()
    nora = await place.console(place.other.worker("Nora"))
    nora.post("typing", ticket=opened.ticket.id)
    await nora.settled()
    assert lena.of("typing") == []
