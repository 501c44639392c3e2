"""Two processes on one database: a customer on one, technicians on the other, with Redis and after it has died."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from server import background
from server.app import House
from server.settings import Settings
from server.store import migrate
from server.tasks import end
from tests.channels.conftest import WAIT_S, Frame, Neighbour, Wire
from tests.support.office import open_office
from tests.support.valkey import Valkey


class Processes:
    """Two houses. What they share is the database and, as long as it lives, Redis."""

    def __init__(self, here: Neighbour, there: Neighbour) -> None:
        self.here = here
        self.there = there


@pytest.fixture
async def processes(tmp_path: Path, valkey: Valkey) -> AsyncIterator[Processes]:
    """Both have found Redis."""
    settings = msgspec.structs.replace(
        Settings(), data_dir=str(tmp_path / "data"), redis_url=valkey.url, customer_burst=1_000, technician_burst=1_000
    )
    (tmp_path / "data").mkdir()
    migrate.upgrade(settings.database_path)
    office, other = open_office(settings.database_path), open_office(settings.database_path, name="Other")
    places = []
    for _ in range(2):
        house = House(settings)
        await house.start()
        places.append(Neighbour(house, office, other))
        await until_healthy(house)
    yield Processes(*places)
    for place in places:
        for wire in place.wires:
            wire.drop()
        for wire in place.wires:
            await wire.gone()
        await place.house.stop()


async def until_healthy(house: House) -> None:
    async with asyncio.timeout(WAIT_S):
        while not house.rooms().bus.healthy:  # noqa: ASYNC110 - it is no event that anybody tells
            await asyncio.sleep(0.01)


@pytest.fixture(params=["with Redis", "Redis is dead", "Redis comes and goes"])
async def redis(request: pytest.FixtureRequest, processes: Processes, valkey: Valkey) -> AsyncIterator[None]:
    """Whatever it does, everything comes, sooner or later."""

    async def come_and_go() -> None:
        while True:
            valkey.kill()
            await asyncio.sleep(0.1)
            valkey.start()
            await asyncio.sleep(0.4)

    trouble = None
    if request.param == "Redis is dead":
        valkey.kill()
    elif request.param == "Redis comes and goes":
        trouble = asyncio.create_task(come_and_go())
    yield
    if trouble is not None:
        await end([trouble], again_s=1)


async def hears(wire: Wire, kind: str, text: str | None = None) -> Frame:
    """Wait for an event in a transcript."""
    return await wire.find(
        lambda f: f["type"] == "event" and f["event"]["kind"] == kind and text in (None, f["event"].get("text"))
    )


@pytest.mark.usefixtures("redis")
async def test_a_chat_between_two_processes(processes: Processes) -> None:
    opened = await processes.here.open()
    ticket = opened.ticket.id
    ada = await processes.here.customer(opened)
    await ada.call("watch", ticket=ticket)
    lena = await processes.there.console(processes.there.office.worker("Lena"))
    await lena.call("list")
    await lena.call("watch", ticket=ticket)
    assert (await lena.call("assign", ticket=ticket))["type"] == "done"
    assert (await lena.call("join", ticket=ticket))["type"] == "done"
    await hears(ada, "joined")
    for number in range(1, 21):
        assert (await ada.say(ticket, f"question {number}"))["type"] == "ack"
        assert (await lena.say(ticket, f"answer {number}"))["type"] == "ack"
    for wire in (ada, lena):
        await hears(wire, "message", text="question 20")
        await hears(wire, "message", text="answer 20")
        seqs = [frame["seq"] for frame in wire.of("event")]
        assert seqs == list(range(seqs[0], seqs[0] + len(seqs))), "each number once and in order"
    assert (await lena.call("end_chat", ticket=ticket))["type"] == "done"
    await hears(ada, "chat_ended")


async def test_who_types_is_seen_in_the_other_process(processes: Processes, valkey: Valkey) -> None:
    """It has no number: what is said before the other process listens, or without Redis, is never said again."""
    opened = await processes.here.open()
    ticket = opened.ticket.id
    ada = await processes.here.customer(opened)
    lena = await processes.there.console(processes.there.office.worker("Lena"))
    for wire in (ada, lena):
        await wire.call("watch", ticket=ticket)
    for step in ("assign", "join"):
        await lena.call(step, ticket=ticket)
    async with asyncio.timeout(WAIT_S):
        while len([name for name in valkey.channels() if f"ticket/{ticket}/" in name]) < 2:  # noqa: ASYNC110 - Valkey's
            await asyncio.sleep(0.01)
    ada.post("typing", ticket=ticket)
    assert (await lena.find(lambda f: f["type"] == "typing"))["author"]["name"] == "Ada Byron"
    lena.post("typing", ticket=ticket)
    assert (await ada.find(lambda f: f["type"] == "typing"))["author"]["name"] == "Lena of support"


@pytest.mark.usefixtures("redis")
async def test_the_shared_list_and_the_queue(processes: Processes) -> None:
    lena = await processes.there.console(processes.there.office.worker("Lena"))
    await lena.call("list")
    first, second = await processes.here.open(), await processes.here.open()
    for opened in (first, second):
        await lena.find(lambda f, t=opened.ticket.id: f["type"] == "ticket" and f["ticket"]["id"] == t)  # type: ignore[misc]
    ada = await processes.here.customer(second)
    await ada.call("watch", ticket=second.ticket.id)
    await ada.find(lambda f: f["type"] == "position" and f["ahead"] == 1)
    assert (await lena.call("assign", ticket=first.ticket.id))["type"] == "done"
    await ada.find(lambda f: f["type"] == "position" and f["ahead"] == 0)


@pytest.mark.usefixtures("redis")
async def test_two_technicians_reach_for_one_ticket(processes: Processes) -> None:
    opened = await processes.here.open()
    ticket = opened.ticket.id
    consoles = [await place.console(place.office.worker("Lena")) for place in (processes.here, processes.there)]
    for console in consoles:
        await console.call("list")
    answers = [await console.call("assign", ticket=ticket) for console in consoles]
    assert [answer["type"] for answer in answers] == ["done", "refused"]
    assert answers[1]["who"] == "Lena"
    for console in consoles:
        await console.find(lambda f: f["type"] == "ticket" and f["ticket"]["assignee"] is not None)


@pytest.mark.usefixtures("redis")
async def test_availability_holds_in_every_window(processes: Processes) -> None:
    """Also in the window on the other process nothing of the shared list arrives while away (G-02)."""
    worker = processes.here.office.worker("Lena")
    here = await processes.here.console(worker)
    there = await processes.there.console(worker, available=False)
    await there.call("list")
    await here.call("availability", state="away")
    await there.find(lambda f: f["type"] == "availability" and f["state"] == "away")
    await there.settled()
    before = len(there.of("ticket"))
    await processes.here.open()
    await processes.there.open()
    await there.settled()
    assert len(there.of("ticket")) == before
    assert (await there.call("list"))["code"] == "not_available"


async def test_my_tickets_follow_while_redis_is_dead(processes: Processes, valkey: Valkey) -> None:
    """They carry no numbers; so they are looked up: what a customer writes, and what another window gives back."""
    opened = await processes.here.open()
    ticket = opened.ticket.id
    worker = processes.here.office.worker("Lena")
    lena = await processes.there.console(worker)
    assert (await lena.call("assign", ticket=ticket))["type"] == "done"
    await lena.call("availability", state="away")
    await lena.call("watch", ticket=ticket)
    window = await processes.here.console(worker, available=False)
    valkey.kill()
    await processes.here.write(opened, "Is anybody there?")
    await lena.find(
        lambda f: (
            f["type"] == "mine"
            and f["ref"] is None
            and [(row["ticket"]["id"], row["hint"]["unread"]) for row in f["rows"]] == [(ticket, 2)]
        )
    )
    assert (await window.call("unassign", ticket=ticket))["type"] == "done"
    await lena.find(lambda f: f["type"] == "mine" and f["ref"] is None and f["rows"] == [])
    await lena.find(lambda f: f["type"] == "gone" and f["ticket"] == ticket)


@pytest.fixture
def no_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody compares anything with the store from time to time."""
    monkeypatch.setattr(background, "PACE", 3600.0)


@pytest.mark.usefixtures("no_looks")
async def test_what_was_missed_without_a_number_is_told_after_a_gap(processes: Processes, valkey: Valkey) -> None:
    """Counts and My tickets of commits that were never announced, as if their process had died after them."""
    opened = await processes.here.open()
    lena = await processes.there.console(processes.there.office.worker("Lena"))
    await lena.call("list")
    assert (await lena.call("assign", ticket=opened.ticket.id))["type"] == "done"
    processes.here.hold_back()
    await processes.here.write(opened, "Is anybody there?")
    later = await processes.here.open()
    valkey.restart()
    await lena.find(lambda f: f["type"] == "ticket" and f["ticket"]["id"] == later.ticket.id)
    await lena.find(lambda f: f["type"] == "counts" and f["all"] == 2)
    await lena.find(lambda f: f["type"] == "mine" and [row["hint"]["unread"] for row in f["rows"]] == [2])
