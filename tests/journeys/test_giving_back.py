"""Unassign in each state of the chat, and somebody else takes over (G-25, G-26)."""

import pytest

from tests.support.office import Office
from tests.support.people import RefusedError, console, customer
from tests.support.server import DeskServer

STEPS = {"before joining": [], "after joining": ["join"], "after the end": ["join", "end_chat"]}


@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS)
async def test_a_ticket_given_back_is_anybodys(server: DeskServer, office: Office, steps: list[str]) -> None:
    """G-25, G-26: the transcript stays, the queue has it again, another technician goes on in the same chat."""
    async with (
        console(server, office.worker("Lena")) as lena,
        console(server, office.worker("Tom")) as tom,
        customer(server, office) as ada,
    ):
        await tom.call("list")
        await lena.call("assign", ticket=ada.ticket)
        for step in steps:
            await lena.call(step, ticket=ada.ticket)
        if "join" in steps and "end_chat" not in steps:
            await lena.say(ada.ticket, "I have to go, somebody else will help you.")
        await lena.call("unassign", ticket=ada.ticket)
        mine = await lena.call("mine")
        assert mine["rows"] == []
        given_back = await tom.next("ticket", lambda f: f["ticket"]["assignee"] is None and not f["fresh"])
        assert (given_back["ticket"]["status"], given_back["ticket"]["view"]) == ("open", "new")
        with pytest.raises(RefusedError, match="not_assigned_to_you"):
            await lena.call("join", ticket=ada.ticket)

        await tom.call("assign", ticket=ada.ticket)
        (page,) = await tom.watch(ada.ticket)
        assert page["events"][0]["event"]["text"] == "It will not print"
        await tom.call("join", ticket=ada.ticket)
        joined = await ada.next("event", lambda f: f["event"]["author"]["name"] == "Tom of support")
        assert joined["event"]["kind"] == "joined"
        await tom.say(ada.ticket, "Hello, I go on from here.")
        await ada.event("message", text="Hello, I go on from here.")
        await ada.say(ada.ticket, "Thank you")
        await tom.event("message", text="Thank you")


async def test_several_tickets_at_once(server: DeskServer, office: Office) -> None:
    """G-13, G-14, G-15: all of them under My tickets until given back or closed; each chat has its own events only."""
    async with (
        console(server, office.worker("Lena")) as lena,
        customer(server, office, name="One") as one,
        customer(server, office, name="Two") as two,
        customer(server, office, name="Three") as three,
    ):
        for person in (one, two, three):
            await lena.watch(person.ticket)
            await lena.call("assign", ticket=person.ticket)
            await lena.call("join", ticket=person.ticket)
        for person in (one, two, three):
            await lena.say(person.ticket, f"only for {person.key}")
            await person.event("message", text=f"only for {person.key}")
        for person in (one, two, three):
            await person.settled()
            texts = [frame["event"].get("text") for frame in person.of("event")]
            assert [text for text in texts if text] == [f"only for {person.key}"]
        assert len((await lena.call("mine"))["rows"]) == 3
        await lena.call("close", ticket=one.ticket)
        await lena.call("unassign", ticket=two.ticket)
        rows = (await lena.call("mine"))["rows"]
        assert [row["ticket"]["id"] for row in rows] == [three.ticket]
        done = (await lena.call("list", view="completed"))["rows"]
        assert [row["ticket"]["id"] for row in done] == [one.ticket]


async def test_end_and_close_can_be_undone(server: DeskServer, office: Office) -> None:
    """For 5 s, by who did it, and by nobody else."""
    async with (
        console(server, office.worker("Lena")) as lena,
        console(server, office.worker("Tom")) as tom,
        customer(server, office) as ada,
    ):
        for step in ("assign", "join", "end_chat"):
            await lena.call(step, ticket=ada.ticket)
        with pytest.raises(RefusedError, match="nothing_to_undo"):
            await tom.call("undo", ticket=ada.ticket)
        await lena.call("undo", ticket=ada.ticket)
        assert (await ada.event("chat_resumed"))["event"]["chat"] == "joined"
        await lena.call("close", ticket=ada.ticket, outcome="unresolved")
        assert (await ada.event("closed"))["event"]["outcome"] == "unresolved"
        await lena.call("undo", ticket=ada.ticket)
        assert (await ada.event("reopened"))["event"]["status"] == "in_progress"
        await lena.say(ada.ticket, "Still here")
        with pytest.raises(RefusedError, match="nothing_to_undo"):
            await lena.call("undo", ticket=ada.ticket)
