"""Doors at moments that no network test can hit: between commit and news, read and answer, cut and end."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from server.accounts import changes
from server.bus import topics
from server.channels.customer import CustomerDoor
from server.desk import availability, reading, steps
from server.desk.administration.roster import Roster
from server.domain import limits
from server.domain.people import Technician
from server.domain.ticket import Step
from server.errors import Busy
from server.protocol import close
from server.store import technicians as table
from server.store.tables import events, tickets
from tests.channels.conftest import Frame, Neighbour
from tests.support.office import Worker


class Held:
    """Lets a coroutine function do its work, and keeps the first answers back until told: each by its own event."""

    def __init__(self, work: Callable[..., Awaitable[Any]], times: int = 1) -> None:
        self._work = work
        self._calls = 0
        self.done = [asyncio.Event() for _ in range(times)]
        self.let_go = [asyncio.Event() for _ in range(times)]

    async def __call__(self, *args: Any, **kwargs: Any) -> Any:
        call, self._calls = self._calls, self._calls + 1
        answer = await self._work(*args, **kwargs)
        if call < len(self.done):
            self.done[call].set()
            await self.let_go[call].wait()
        return answer


async def bodies(place: Neighbour) -> list[str]:
    """Texts of all messages that were stored."""
    query = select(events.c.body).where(events.c.body != "").order_by(events.c.staff_seq)
    return await place.house.desk().store.read(lambda conn: list(conn.execute(query).scalars()))


# --- nothing is left behind -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(10))
async def test_a_lost_socket_leaves_nothing_behind(place: Neighbour, seed: int) -> None:
    """Whatever it had asked for last: no feed, no place in a queue's display, no count of open sockets."""
    dice = random.Random(seed)
    opened = await place.open()
    ticket = opened.ticket.id
    worker = place.office.worker("Lena")
    commands: list[tuple[str, dict[str, Any]]] = [
        ("watch", {"ticket": ticket}),
        ("watch", {"ticket": ticket, "after": 1}),
        ("watch", {"ticket": "0" * 32}),
        ("read", {"ticket": ticket, "event": "0" * 32}),
        ("typing", {"ticket": ticket}),
        ("older", {"ticket": ticket, "before": 1}),
    ]
    for_staff = [
        ("availability", {"state": "available"}),
        ("availability", {"state": "away"}),
        ("list", {}),
        ("unwatch", {"ticket": ticket}),
    ]
    for number in range(20):
        staff = number % 2 == 0
        wire = await (place.console(worker, available=False) if staff else place.customer(opened))
        for _ in range(dice.randint(1, 4)):
            kind, fields = dice.choice(commands + (for_staff if staff else []))
            without_answer = kind in ("read", "typing", "unwatch")
            wire.post(kind, **fields, **({} if without_answer else {"ref": 0}))
        for _ in range(dice.randint(0, 5)):
            await asyncio.sleep(0)
        wire.drop()
        await wire.gone()
    await asyncio.gather(*(task for task in place.house.tasks._running if task.get_name().startswith("look ")))
    rooms = place.house.rooms()
    assert rooms.hub.open_topics() == [topics.CONTROL]
    assert rooms.open == set()
    assert rooms.positions._waiting == {}
    assert (rooms.admission._open, dict(rooms.admission._unknown), dict(rooms.admission._people)) == (0, {}, {})


async def test_what_was_accepted_is_carried_out_though_the_socket_is_gone(place: Neighbour) -> None:
    opened = await place.open()
    ada = await place.customer(opened)
    for n in range(1, 11):
        ada.post(
            "send",
            ref=n,
            ticket=opened.ticket.id,
            client_id=f"00000000-0000-4000-8000-{n:012}",
            stream=ada.stream,
            n=n,
            text=f"message {n}",
        )
    ada.drop()
    await ada.gone()
    assert (await bodies(place))[1:] == [f"message {n}" for n in range(1, 11)]


async def test_a_command_after_the_cut_counts_no_more(place: Neighbour) -> None:
    """Signed out while the next command was on its way."""
    opened = await place.open()
    worker = place.office.worker("Lena")
    lena = await place.console(worker)
    await lena.call("watch", ticket=opened.ticket.id)
    lena.free.clear()  # the close frame cannot leave yet
    await Roster(place.house.desk().store).set_disabled(worker.email, disabled=True)
    [door] = place.house.rooms().open
    while door.socket._closing is None:  # noqa: ASYNC110 - the door has no event for it
        await asyncio.sleep(0)
    lena.post(
        "note",
        ref=99,
        ticket=opened.ticket.id,
        client_id="00000000-0000-4000-8000-000000000001",
        stream=lena.stream,
        n=1,
        text="one more thing",
    )
    lena.free.set()
    await lena.gone()
    assert lena.close == (close.UNAUTHENTICATED, "signed out")
    assert lena.of("signed_out")
    assert await bodies(place) == ["It will not print"]


async def test_a_revoked_token_ends_its_sockets_and_no_others(place: Neighbour) -> None:
    """By the announcement; a revocation that nobody was told of is found by the regular look (ASVS 8.3.2)."""
    store = place.house.desk().store
    own = place.house.desk().technicians.own
    told, found, max_ = [await place.console(place.office.worker(name)) for name in ("Lena", "Noor", "Max")]
    assert told.worker is not None
    assert found.worker is not None
    [token] = await own.tokens(told.worker.id)
    await own.revoke_token(told.worker.id, token.id)
    await told.gone()
    assert told.close == (close.UNAUTHENTICATED, "signed out")
    [token] = await own.tokens(found.worker.id)
    unheard = found.worker.id
    await store.write(lambda tx: table.remove_token(tx.conn, unheard, token.id))
    await found.gone()
    assert found.close == (close.UNAUTHENTICATED, "signed out")
    assert (await max_.call("list"))["type"] == "list"


# --- a peer that does not read --------------------------------------------------------------------------------------


async def test_who_falls_behind_is_cut_and_nobody_waits_for_it(place: Neighbour) -> None:
    opened = await place.open()
    slow, quick = [await place.customer(opened) for _ in range(2)]
    for wire in (slow, quick):
        await wire.call("watch", ticket=opened.ticket.id)
    slow.free.clear()
    for number in range(300):
        await place.write(opened, f"message {number}")
    await quick.find(lambda frame: frame["type"] == "event" and frame["seq"] == 301)
    heard = len(slow.frames)
    slow.free.set()
    await slow.gone()
    assert slow.close is not None
    assert slow.close[0] == close.SLOW
    assert len(slow.frames) <= heard + 1  # what waited was dropped: the client resumes
    assert quick.close is None


async def test_who_takes_nothing_at_all_is_let_go(place: Neighbour, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its place in the count of open sockets is free for the next window."""
    opened = await place.open()
    dead = await place.customer(opened)
    await dead.call("watch", ticket=opened.ticket.id)
    dead.free.clear()
    [door] = place.house.rooms().open
    monkeypatch.setattr(door.socket, "_settings", msgspec.structs.replace(place.house.settings, send_seconds=1))
    await place.write(opened, "are you there?")
    await dead.gone()
    assert dead.close is None


# --- away and available ---------------------------------------------------------------------------------------------


async def test_available_is_open_as_soon_as_it_is_answered(place: Neighbour) -> None:
    """G-03: `done`, and the list is there, and live."""
    lena = await place.console(place.office.worker("Lena"), available=False)
    for _ in range(20):
        assert (await lena.call("availability", state="available"))["type"] == "done"
        assert (await lena.call("list"))["type"] == "list"
        opened = await place.open()
        await lena.find(lambda f, t=opened.ticket.id: f["type"] == "ticket" and f["ticket"]["id"] == t)  # type: ignore[misc]
        assert (await lena.call("availability", state="away"))["type"] == "done"
        assert (await lena.call("list"))["code"] == "not_available"


async def test_an_old_look_at_a_person_does_not_open_the_list_again(
    place: Neighbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G-02: "available" was read, then came "away", and only then the first answer arrived."""
    lena = await place.console(place.office.worker("Lena"), available=False)
    technicians = place.house.desk().technicians
    held = Held(technicians.technician, times=2)
    monkeypatch.setattr(technicians, "technician", held)
    await lena.call("availability", state="available")
    await held.done[0].wait()
    monkeypatch.setattr(technicians, "technician", held._work)  # the other window is not held up
    second = await place.console_of_same(lena)
    monkeypatch.setattr(technicians, "technician", held)
    assert second.worker is not None
    await availability.set_availability(place.house.desk(), await technicians_own(place, second.worker), "away")
    before = len(lena.frames)
    held.let_go[0].set()
    await held.done[1].wait()  # it has looked again, and does not know the answer yet
    for _ in range(3):
        await place.open()
    assert shared(lena.frames[before:]) == []
    held.let_go[1].set()
    await lena.settled()
    assert shared(lena.frames[before:]) == []
    assert lena.of("availability")[-1]["state"] == "away"
    assert (await lena.call("list"))["code"] == "not_available"


def shared(frames: list[Frame]) -> list[Frame]:
    """Frames of the shared list."""
    return [frame for frame in frames if frame["type"] in ("ticket", "counts", "hint", "list")]


async def technicians_own(place: Neighbour, worker: Worker) -> Technician:
    """The account, read past whatever is held up."""
    account = await place.house.desk().store.read(lambda conn: table.by_id(conn, worker.id))
    if account is None:
        raise LookupError(worker.id)
    return account.technician


async def test_a_list_that_was_being_read_is_not_shown_after_away(
    place: Neighbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two windows of one person: the list was asked for in one, "away" chosen in the other."""
    await place.open()
    lena = await place.console(place.office.worker("Lena"))
    second = await place.console_of_same(lena)
    held = Held(reading.shared_list)
    monkeypatch.setattr(reading, "shared_list", held)
    answer = asyncio.create_task(lena.call("list"))
    await held.done[0].wait()
    await second.call("availability", state="away")
    await lena.find(lambda frame: frame["type"] == "availability" and frame["state"] == "away")
    held.let_go[0].set()
    assert (await answer)["code"] == "not_available"
    assert lena.of("list") == []


async def test_what_waited_for_a_list_is_forgotten_when_its_reader_goes_away(
    place: Neighbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    lena = await place.console(place.office.worker("Lena"))
    await lena.call("list")
    second = await place.console_of_same(lena)
    held = Held(reading.shared_list)
    monkeypatch.setattr(reading, "shared_list", held)
    answer = asyncio.create_task(lena.call("list"))
    await held.done[0].wait()
    before = len(lena.frames)
    await place.open()
    await second.call("availability", state="away")
    held.let_go[0].set()
    assert (await answer)["code"] == "not_available"
    await lena.settled()
    assert shared(lena.frames[before:]) == []


async def test_a_transcript_that_was_being_read_is_not_shown_after_away(
    place: Neighbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = await place.open()
    lena = await place.console(place.office.worker("Lena"))
    second = await place.console_of_same(lena)
    held = Held(reading.staff_page)
    monkeypatch.setattr(reading, "staff_page", held)
    answer = asyncio.create_task(lena.call("watch", ticket=opened.ticket.id))
    await held.done[0].wait()
    await second.call("availability", state="away")
    held.let_go[0].set()
    assert (await answer)["code"] == "not_found"
    ada = await place.customer(opened)
    await ada.say(opened.ticket.id, "is anybody there?")
    await lena.settled()
    assert lena.of("event") == []


async def test_away_an_own_ticket_that_somebody_reopens_is_gone(place: Neighbour) -> None:
    """G-04: it is nobody's now, so it belongs to the shared list, which is closed to who is away."""
    opened = await place.open()
    ticket = opened.ticket.id
    lena, max_ = place.office.worker("Lena"), place.office.worker("Max")
    hers, his = await place.console(lena), await place.console(max_)
    await hers.call("watch", ticket=ticket)
    for step in ("assign", "close"):
        assert (await hers.call(step, ticket=ticket))["type"] == "done"
    await hers.call("availability", state="away")
    assert (await his.call("reopen", ticket=ticket))["type"] == "done"
    await hers.find(lambda frame: frame["type"] == "gone" and frame["ticket"] == ticket)
    ada = await place.customer(opened)
    before = len(hers.of("event"))
    await ada.say(ticket, "still broken")
    await hers.settled()
    assert len(hers.of("event")) == before
    assert (await hers.call("watch", ticket=ticket))["code"] == "not_found"


async def test_away_giving_a_ticket_back_closes_it_in_every_window(place: Neighbour) -> None:
    opened = await place.open()
    ticket = opened.ticket.id
    one = await place.console(place.office.worker("Lena"))
    two = await place.console_of_same(one)
    for wire in (one, two):
        await wire.call("watch", ticket=ticket)
    await one.call("assign", ticket=ticket)
    await one.call("availability", state="away")
    await one.call("unassign", ticket=ticket)
    for wire in (one, two):
        await wire.find(lambda frame: frame["type"] == "gone")


# --- a page and what comes meanwhile --------------------------------------------------------------------------------


async def test_what_changes_while_a_list_is_read_is_told_after_its_page(
    place: Neighbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    """G-10: else the page, which is older, would take the change back on the screen."""
    opened = await place.open()
    lena, max_ = [await place.console(place.office.worker(name)) for name in ("Lena", "Max")]
    held = Held(reading.shared_list)
    monkeypatch.setattr(reading, "shared_list", held)
    answer = asyncio.create_task(lena.call("list"))
    await held.done[0].wait()
    await max_.call("list")
    await max_.call("assign", ticket=opened.ticket.id)
    held.let_go[0].set()
    page = await answer
    assert page["rows"][0]["ticket"]["assignee"] is None
    await lena.settled()
    after = lena.frames[lena.frames.index(page) :]
    [told] = [frame for frame in after if frame["type"] == "ticket"]
    assert told["seq"] > page["positions"][place.office.company]
    assert told["ticket"]["assignee"]["name"] == "Max"


async def test_what_changes_while_my_tickets_are_read_is_told_after_them(
    place: Neighbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = await place.open()
    lena = await place.console(place.office.worker("Lena"))
    second = await place.console_of_same(lena)
    held = Held(reading.my_tickets)
    monkeypatch.setattr(reading, "my_tickets", held)
    answer = asyncio.create_task(lena.call("mine"))
    await held.done[0].wait()
    await second.call("assign", ticket=opened.ticket.id)
    held.let_go[0].set()
    page = await answer
    assert page["rows"] == []
    await lena.settled()
    [told] = [frame for frame in lena.frames[lena.frames.index(page) :] if frame["type"] == "my_ticket"]
    assert told["ticket"]["id"] == opened.ticket.id


async def test_my_tickets_come_in_pages(place: Neighbour, monkeypatch: pytest.MonkeyPatch) -> None:
    """G-13: the answer says which page it is, and where the next one begins."""
    monkeypatch.setattr(limits, "MY_TICKETS", 1)
    opened = [await place.open() for _ in range(2)]
    lena = await place.console(place.office.worker("Lena"))
    for one in opened:
        await lena.call("assign", ticket=one.ticket.id)
    first = await lena.call("mine")
    rest = await lena.call("mine", before=first["more"])
    assert [first["before"], rest["before"], rest["more"]] == [None, first["more"], None]
    assert {row["ticket"]["id"] for page in (first, rest) for row in page["rows"]} == {one.ticket.id for one in opened}


# --- access ---------------------------------------------------------------------------------------------------------


async def test_access_taken_closes_list_tickets_and_news_of_own_tickets(place: Neighbour) -> None:
    """G-05: whatever is still assigned to this person there."""
    mine, theirs = await place.open(), await place.open()
    worker, max_ = place.office.worker("Lena", also=(place.other,)), place.office.worker("Max")
    lena, his = await place.console(worker), await place.console(max_)
    await lena.call("list")
    for opened in (mine, theirs):
        await lena.call("watch", ticket=opened.ticket.id)
    await lena.call("assign", ticket=mine.ticket.id)
    await Roster(place.house.desk().store).set_access(worker.email, take=(place.office.company_slug,))
    changed = await lena.find(lambda frame: frame["type"] == "access")
    assert [company["id"] for company in changed["companies"]] == [place.other.company]
    for opened in (mine, theirs):
        await lena.find(lambda f, t=opened.ticket.id: f["type"] == "gone" and f["ticket"] == t)  # type: ignore[misc]
    before = len(lena.frames)
    ada = await place.customer(mine)
    await ada.say(mine.ticket.id, "secret")
    await his.call("assign", ticket=theirs.ticket.id)
    await steps.customer_step(place.house.desk(), mine.customer, mine.ticket.id, Step.CUSTOMER_END)
    await place.open()
    await lena.settled()
    assert [frame for frame in lena.frames[before:] if frame["type"] != "pong"] == []
    assert (await lena.call("mine"))["rows"] == []
    assert (await lena.call("list"))["rows"] == []
    for kind in ("watch", "close", "join", "unassign"):
        assert (await lena.call(kind, ticket=mine.ticket.id))["code"] == "not_found"


async def test_access_given_opens_list_and_tickets(place: Neighbour) -> None:
    opened = await place.open()
    worker = place.other.worker("Lena")
    lena = await place.console(worker)
    assert (await lena.call("watch", ticket=opened.ticket.id))["code"] == "not_found"
    await Roster(place.house.desk().store).set_access(worker.email, give=(place.office.company_slug,))
    await lena.find(lambda frame: frame["type"] == "access" and len(frame["companies"]) == 2)
    assert [row["ticket"]["id"] for row in (await lena.call("list"))["rows"]] == [opened.ticket.id]
    later = await place.open()
    await lena.find(lambda frame: frame["type"] == "ticket" and frame["ticket"]["id"] == later.ticket.id)


async def test_who_cannot_be_looked_at_comes_back(place: Neighbour, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rights may have changed while the database did not answer: else the list would stay silent for ever."""
    mine = await place.open()
    worker, max_ = place.office.worker("Lena"), place.office.worker("Max")
    lena, his = await place.console(worker), await place.console(max_)
    await lena.call("list")
    for command in ("assign", "watch"):
        await his.call(command, ticket=mine.ticket.id)
    await his.call("availability", state="away")
    await his.settled()

    async def fails(*_args: object) -> None:
        raise Busy

    monkeypatch.setattr(place.house.desk().technicians, "technician", fails)
    await Roster(place.house.desk().store).set_role(worker.email, "administrator")
    monkeypatch.setattr(reading, "ticket", fails)
    await steps.customer_step(place.house.desk(), mine.customer, mine.ticket.id, Step.CUSTOMER_END)
    for one in (lena, his):
        await one.gone()
        assert one.close is not None
        assert one.close[0] == close.TRY_LATER


async def test_another_session_that_ends_costs_this_one_nothing(place: Neighbour) -> None:
    """Signing out elsewhere must not stop the live list here."""
    worker = place.office.worker("Lena")
    lena = await place.console(worker)
    await lena.call("list")
    await place.house.desk().store.write(lambda tx: changes.end_other_sessions(tx, worker.id, "keep"))
    opened = await place.open()
    await lena.find(lambda frame: frame["type"] == "ticket" and frame["ticket"]["id"] == opened.ticket.id)
    assert lena.of("access") == []


async def test_a_fault_of_ours_is_logged_and_said_also_past_asgi(
    place: Neighbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Messages come straight from the network: an error that goes up from here ends in the event loop."""
    ada = await place.customer(await place.open())
    [door] = [door for door in place.house.rooms().open if isinstance(door, CustomerDoor)]

    def fails(_data: object) -> None:
        raise ValueError("not foreseen")

    monkeypatch.setattr(door, "_take", fails)
    with capture_logs() as logged:
        door._hear("{}")
    await ada.gone()
    assert ada.close is not None
    assert ada.close[0] == close.INTERNAL
    assert [(entry["event"], entry["fault"]) for entry in logged] == [("a socket failed", ada.close[1])]


# --- queue ----------------------------------------------------------------------------------------------------------


async def test_a_place_that_changes_while_it_is_read_is_told(place: Neighbour, monkeypatch: pytest.MonkeyPatch) -> None:
    """C-12: the customer must not look at "1 before you" when nobody is."""
    first, second = await place.open(), await place.open()
    lena = await place.console(place.office.worker("Lena"))
    held = Held(reading.ahead)
    monkeypatch.setattr(reading, "ahead", held)
    ada = await place.customer(second)
    watching = asyncio.create_task(ada.call("watch", ticket=second.ticket.id))
    await held.done[0].wait()
    await lena.call("assign", ticket=first.ticket.id)
    held.let_go[0].set()
    await watching
    await ada.find(lambda frame: frame["type"] == "position" and frame["ahead"] == 0)
    assert ada.of("position")[-1]["ahead"] == 0


# --- hints ----------------------------------------------------------------------------------------------------------


async def test_hints_come_once_a_second_whatever_is_written(place: Neighbour) -> None:
    """Once in all, also to who hears the list and has the ticket; away, who has it still hears of it."""
    opened = await place.open()
    ticket = opened.ticket.id
    worker = place.office.worker("Lena")
    lena, max_ = await place.console(worker), await place.console(place.office.worker("Max"))
    for wire in (lena, max_):
        await wire.call("list")
    await lena.call("assign", ticket=ticket)
    await lena.call("join", ticket=ticket)
    for number in range(300):
        await place.write(opened, f"message {number}")
    activity = select(tickets.c.last_activity_at)
    at = await place.house.desk().store.read(lambda conn: conn.execute(activity).scalar_one())
    for wire in (lena, max_):
        final = await wire.find(lambda f: f["type"] == "hint" and f["hint"]["last_activity_at"] == at)
        assert final["hint"]["unread"] == 99  # nobody counts further
        await wire.settled()
        assert 300 // len(wire.of("hint")) > 10  # 300 messages, a handful of hints
    assert lena.of("hint") == max_.of("hint")
    await lena.call("availability", state="away")
    await lena.settled()
    before = len(lena.of("hint"))
    await place.write(opened, "more")
    await lena.find(lambda f: f["type"] == "hint" and f["hint"]["last_activity_at"] > at)
    assert len(lena.of("hint")) == before + 1
