"""Several people reach for one ticket; a list stays what it was while things change around it."""

import asyncio
import contextlib

import pytest

from tests.support.office import Office
from tests.support.people import Console, Frame, RefusedError, console, open_ticket
from tests.support.server import DeskServer


async def assign(person: Console, ticket: str) -> Frame | RefusedError:
    """``done``, or the refusal."""
    try:
        return await person.call("assign", ticket=ticket)
    except RefusedError as refused:
        return refused


@pytest.mark.parametrize("many", [2, 20])
async def test_one_of_several_gets_the_ticket_and_the_others_hear_who(
    server: DeskServer, office: Office, many: int
) -> None:
    """G-22: at the same moment, five times."""
    async with contextlib.AsyncExitStack() as stack:
        people = [
            await stack.enter_async_context(console(server, office.worker(f"Tech{number}"))) for number in range(many)
        ]
        for person in people:
            await person.call("list")
        for _ in range(5):
            ticket = (await open_ticket(server, office))["ticket"]["id"]
            outcomes = await asyncio.gather(*(assign(person, ticket) for person in people))
            [winner] = [
                person for person, got in zip(people, outcomes, strict=True) if not isinstance(got, RefusedError)
            ]
            refusals = [got for got in outcomes if isinstance(got, RefusedError)]
            assert {(got.code, got.frame["who"]) for got in refusals} == {("already_assigned", winner.worker.name)}
            assert len(refusals) == many - 1
            for person in people:
                taken = await person.next("ticket", lambda f, t=ticket: f["ticket"]["id"] == t and not f["fresh"])  # type: ignore[misc]
                assert taken["ticket"]["assignee"] == {"id": winner.worker.id, "name": winner.worker.name}
            mine = await winner.call("mine")
            assert ticket in {row["ticket"]["id"] for row in mine["rows"]}


async def test_give_back_and_take_at_the_same_moment_never_leaves_two_owners(
    server: DeskServer, office: Office
) -> None:
    """G-25: the transcript tells one story: assigned and given back in turn."""
    ticket = (await open_ticket(server, office))["ticket"]["id"]
    async with (
        console(server, office.worker("Lena")) as lena,
        console(server, office.worker("Tom")) as tom,
    ):

        async def grab_and_drop(person: Console) -> int:
            got = 0
            for _ in range(15):
                if not isinstance(await assign(person, ticket), RefusedError):
                    got += 1
                    await person.call("unassign", ticket=ticket)
            return got

        times = await asyncio.gather(grab_and_drop(lena), grab_and_drop(tom))
        (page, *more) = await lena.watch(ticket, after=0)
        lines = [line["event"] for one in (page, *more) for line in one["events"]][1:]
        assert [line["kind"] for line in lines] == ["assigned", "unassigned"] * sum(times)
        authors = [line["author"]["id"] for line in lines]
        assert authors[::2] == authors[1::2]


async def test_what_does_not_touch_the_order_does_not_move_a_row(server: DeskServer, office: Office) -> None:
    """G-12: messages, notes and steps, while somebody pages through a list by time, key, customer or company."""
    tickets = [(await open_ticket(server, office, name=f"Customer {n % 3}"))["ticket"]["id"] for n in range(30)]
    async with console(server, office.worker("Lena")) as lena, console(server, office.worker("Tom")) as tom:

        async def life(ticket: str) -> None:
            for step in ("assign", "join"):
                await tom.call(step, ticket=ticket)
            await tom.say(ticket, "Hello")
            await tom.say(ticket, "a note", kind="note")
            await tom.call("close", ticket=ticket)

        for sort in ("time", "key", "customer", "company"):
            order = [row["ticket"]["id"] for row in (await lena.call("list", sort=sort))["rows"]]
            rows: list[str] = []
            for offset in range(0, 30, 6):
                await life(tickets.pop())
                page = await lena.call("list", sort=sort, offset=offset, limit=6)
                rows += [row["ticket"]["id"] for row in page["rows"]]
            assert rows == order


async def test_a_page_and_the_frames_after_it_are_the_whole_list(server: DeskServer, office: Office) -> None:
    """Rows read in pages while tickets come and go, and the frames since: every ticket, in its latest state."""
    async with console(server, office.worker("Lena")) as lena, console(server, office.worker("Tom")) as tom:
        done = asyncio.Event()

        async def traffic() -> None:
            for number in range(24):
                ticket = (await open_ticket(server, office))["ticket"]["id"]
                if number % 2:
                    await tom.call("assign", ticket=ticket)
                if number % 4 == 3:
                    await tom.call("close", ticket=ticket)
            done.set()

        work = asyncio.create_task(traffic())
        known: dict[str, Frame] = {}
        position, start = -1, 0
        while position < 0 or not done.is_set():
            page = await lena.call("list", sort="key", descending=False, limit=200)
            known = {row["ticket"]["id"]: row["ticket"] for row in page["rows"]}
            position = page["positions"][office.company]
            start = lena.frames.index(page)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.3):
                    await done.wait()
        await work
        await lena.settled()
        for frame in lena.frames[start:]:  # one number may have taken the place of several (the ticket changed again)
            if frame["type"] == "ticket" and frame["seq"] > position:
                position = frame["seq"]
                known[frame["ticket"]["id"]] = frame["ticket"]
        fresh = await lena.call("list", limit=200)
        assert known == {row["ticket"]["id"]: row["ticket"] for row in fresh["rows"]}
        assert position == fresh["positions"][office.company]
