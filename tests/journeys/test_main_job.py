"""The main job over real sockets: open, queue, assign, join, chat, give back, take over, close, reopen."""

import pytest

from tests.support.office import Office
from tests.support.people import RefusedError, console, customer
from tests.support.server import DeskServer


async def test_a_ticket_is_opened_taken_answered_and_closed(server: DeskServer, office: Office) -> None:
    """G-10, G-22, G-24, G-27, G-29, S-34: the walk through one ticket, seen from both sides."""
    async with console(server, office.worker("Lena")) as lena:
        await lena.call("list", view="new")
        async with customer(server, office) as ada:
            assert ada.key == f"{office.prefix}-1"
            fresh = await lena.next("ticket", lambda f: f["ticket"]["id"] == ada.ticket)
            assert fresh["fresh"]
            assert fresh["ticket"]["view"] == "new"
            assert (await ada.next("position"))["ahead"] == 0

            await lena.watch(ada.ticket)
            await lena.call("assign", ticket=ada.ticket)
            assert (await ada.event("status"))["event"]["status"] == "in_progress"
            assert (await ada.next("position"))["ahead"] is None
            await lena.call("join", ticket=ada.ticket)
            joined = (await ada.event("joined"))["event"]
            assert joined["author"] == {"role": "technician", "name": "Lena of support", "id": None}

            ack = await lena.say(ada.ticket, "Hello Ada")
            heard = await ada.event("message", text="Hello Ada")
            assert heard["event"]["id"] == ack["id"]
            await ada.say(ada.ticket, "Hello")
            await lena.event("message", text="Hello")

            await lena.call("end_chat", ticket=ada.ticket)
            assert (await ada.event("chat_ended"))["event"]["chat"] == "ended"
            await lena.call("close", ticket=ada.ticket, outcome="resolved")
            assert (await ada.event("closed"))["event"]["status"] == "done"
            with pytest.raises(RefusedError, match="ticket_done"):
                await ada.say(ada.ticket, "One more thing")
            await lena.call("reopen", ticket=ada.ticket)
            await ada.event("reopened")
            await ada.say(ada.ticket, "Thank you")
