"""Away: not one frame of the shared list, however much happens. Available: all of it, at once (G-02..G-04)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from tests.support.office import Office
from tests.support.people import Console, Frame, RefusedError, console, customer, http, open_ticket
from tests.support.server import DeskServer

SHARED = ("ticket", "hint", "counts", "list")
"""Frames of the shared list."""


@contextlib.asynccontextmanager
async def busy_office(server: DeskServer, office: Office) -> AsyncIterator[list[str]]:
    """Customers open tickets and write, a colleague works, all without a pause; yields the tickets so far."""
    opened: list[str] = []

    async def customers() -> None:
        while True:
            ticket = await open_ticket(server, office)
            opened.append(ticket["ticket"]["id"])
            async with http(server, ticket["token"]) as client:
                body = {"client_id": "00000000-0000-4000-8000-000000000001", "text": "Is anybody there?"}
                await client.post(f"/api/v1/customer/tickets/{ticket['ticket']['id']}/messages", json=body)

    async def colleague(tom: Console) -> None:
        while True:
            page = await tom.call("list", view="new", limit=5)
            for row in page["rows"]:
                for step in ("assign", "join", "end_chat", "close"):
                    await tom.call(step, ticket=row["ticket"]["id"])
            await asyncio.sleep(0.05)

    async with console(server, office.worker("Tom")) as tom:
        work = [asyncio.create_task(customers()) for _ in range(2)] + [asyncio.create_task(colleague(tom))]
        try:
            yield opened
        finally:
            for task in work:
                task.cancel()
            outcomes = await asyncio.gather(*work, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {asyncio.CancelledError}


async def some_more(opened: list[str], count: int) -> None:
    """Wait until so many more tickets are there."""
    wanted = len(opened) + count
    async with asyncio.timeout(20):
        while len(opened) < wanted:  # noqa: ASYNC110 - of two tasks
            await asyncio.sleep(0.01)


def shared(frames: list[Frame]) -> list[Frame]:
    return [frame for frame in frames if frame["type"] in SHARED]


async def test_away_hears_nothing_of_a_busy_office(server: DeskServer, office: Office) -> None:
    """G-02, G-04: from the `done` on, in every window, again and again; and the backlog is whole each time."""
    worker = office.worker("Lena")
    async with (
        busy_office(server, office) as opened,
        console(server, worker) as lena,
        console(server, worker, available=False) as window,
    ):
        for turn in range(6):
            await lena.call("list", limit=200)
            await some_more(opened, 2)
            assert shared(lena.frames)
            await (lena if turn % 2 else window).call("availability", state="away")
            quiet = len(lena.frames)
            if turn % 2 == 0:  # it was said in the other window: this one is told
                told = await lena.find(lambda f: f["type"] == "availability" and f["state"] == "away", quiet - 5)
                quiet = max(quiet, lena.frames.index(told, quiet - 5))
            await some_more(opened, 2)
            for command in ({"kind": "list"}, {"kind": "watch", "ticket": opened[-1]}):
                with pytest.raises(RefusedError, match=r"not_available|not_found"):
                    await lena.call(**command)
            assert shared(lena.frames[quiet:]) == []
            async with http(server, worker.token) as client:
                assert (await client.get("/api/v1/tickets")).json()["code"] == "not_available"
                assert (await client.get("/api/v1/search", params={"q": "printer"})).json()["hits"] == []
            await lena.call("availability", state="available")
            known = set(opened)
            page = await lena.call("list", limit=200)
            assert known <= {row["ticket"]["id"] for row in page["rows"]}


async def test_what_arrived_meanwhile_is_there_and_live_again(server: DeskServer, office: Office) -> None:
    """G-03: exact rows and counts, and the first frame after the page is the next one."""
    async with console(server, office.worker("Lena"), available=False) as lena, customer(server, office) as ada:
        later = [await open_ticket(server, office, subject=f"Problem {number}") for number in range(3)]
        await lena.settled()
        assert shared(lena.frames) == []
        await lena.call("availability", state="available")
        page = await lena.call("list")
        assert {row["ticket"]["id"] for row in page["rows"]} == {ada.ticket, *(one["ticket"]["id"] for one in later)}
        counts = await lena.next("counts")
        assert (counts["new"], counts["active"], counts["completed"], counts["all"]) == (4, 0, 0, 4)
        await ada.call("end_chat", ticket=ada.ticket)
        frame = await lena.next("ticket")
        assert frame["seq"] > page["positions"][office.company]
        assert (frame["ticket"]["id"], frame["ticket"]["chat"]) == (ada.ticket, "ended")


async def test_own_tickets_stay_open_and_only_those(server: DeskServer, office: Office) -> None:
    """G-04: away, a chat goes on; a watched ticket that is not one's own is gone from the desk."""
    async with (
        console(server, office.worker("Lena")) as lena,
        customer(server, office) as ada,
        customer(server, office, name="Bob") as bob,
    ):
        for person in (ada, bob):
            await lena.watch(person.ticket)
        for step in ("assign", "join"):
            await lena.call(step, ticket=ada.ticket)
        await lena.call("availability", state="away")
        assert (await lena.next("gone"))["ticket"] == bob.ticket
        quiet = len(lena.frames)
        await bob.say(bob.ticket, "for nobody")
        await ada.say(ada.ticket, "for Lena")
        await lena.event("message", ticket=ada.ticket, text="for Lena")
        await lena.say(ada.ticket, "I am still here")
        await ada.event("message", text="I am still here")
        hint = await lena.next("hint", lambda f: f["hint"]["ticket"] == ada.ticket)
        assert hint["hint"]["unread"] >= 1
        await lena.settled()
        told = [frame for frame in lena.frames[quiet:] if bob.ticket in str(frame)]
        assert told == []
        assert len(lena.of("gone")) == 1
        (row,) = (await lena.call("mine"))["rows"]
        assert row["ticket"]["id"] == ada.ticket
