"""A chat without WebSocket: the events of a ticket, asked for over HTTP as they come (C-03)."""

import asyncio
import uuid

import httpx2

from tests.support.office import Office
from tests.support.people import console, customer, http, open_ticket
from tests.support.server import DeskServer


async def events(client: httpx2.AsyncClient, ticket: str, after: int, wait: float) -> httpx2.Response:
    """What came after a number, waiting for it."""
    return await client.get(f"/api/v1/customer/tickets/{ticket}/events", params={"after": after, "wait": wait})


async def test_the_next_event_answers_a_request_that_waits(server: DeskServer, office: Office) -> None:
    """C-03: both sides write, neither has a socket; each answer comes with the other's message."""
    opened = await open_ticket(server, office)
    ticket = opened["ticket"]["id"]
    worker = office.worker("Lena")
    async with http(server, opened["token"]) as ada, http(server, worker.token) as lena:
        await lena.put("/api/v1/me/availability", json={"state": "available"})
        for step in ("assign", "join"):
            assert (await lena.post(f"/api/v1/tickets/{ticket}/{step}")).status_code == 200
        seen = (await events(ada, ticket, 1, 0)).json()
        assert [line["event"]["kind"] for line in seen["events"]] == ["status", "joined"]

        waiting = asyncio.create_task(events(ada, ticket, seen["tail"], 20))
        sent = await lena.post(
            f"/api/v1/tickets/{ticket}/messages", json={"client_id": str(uuid.uuid4()), "text": "Hello"}
        )
        answer = (await waiting).json()
        assert [line["event"]["id"] for line in answer["events"]] == [sent.json()["id"]]

        staff = f"/api/v1/tickets/{ticket}/events"
        tail = (await lena.get(staff, params={"after": 1})).json()["tail"]
        waiting = asyncio.create_task(lena.get(staff, params={"after": tail, "wait": 20}))
        await ada.post(
            f"/api/v1/customer/tickets/{ticket}/messages", json={"client_id": str(uuid.uuid4()), "text": "Hi"}
        )
        assert [line["event"]["text"] for line in (await waiting).json()["events"]] == ["Hi"]


async def test_without_news_the_answer_is_empty_and_continues_where_it_was(server: DeskServer, office: Office) -> None:
    opened = await open_ticket(server, office)
    async with http(server, opened["token"]) as ada:
        answer = (await events(ada, opened["ticket"]["id"], 1, 0.05)).json()
    assert (answer["events"], answer["recovered"], answer["more"], answer["tail"]) == ([], True, False, 1)


async def test_a_request_that_waits_and_a_socket_hear_the_same(server: DeskServer, office: Office) -> None:
    async with customer(server, office) as ada, console(server, office.worker("Lena")) as lena:
        await lena.watch(ada.ticket)
        async with http(server, ada.token) as slow:
            waiting = asyncio.create_task(events(slow, ada.ticket, 1, 20))
            await lena.call("assign", ticket=ada.ticket)
            live = await ada.event("status")
            assert (await waiting).json()["events"] == [{"seq": live["seq"], "event": live["event"]}]


async def test_waiting_is_bounded_and_nobody_waits_at_a_foreign_ticket(
    server: DeskServer, office: Office, other_office: Office
) -> None:
    """A person may have five requests waiting; the sixth is told so at once, and so is a stranger."""
    opened, foreign = await open_ticket(server, office), await open_ticket(server, other_office)
    ticket = opened["ticket"]["id"]
    async with http(server, opened["token"]) as ada, http(server, foreign["token"]) as stranger:
        waiting = {asyncio.create_task(events(ada, ticket, 1, 20)) for _ in range(6)}
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        assert [task.result().status_code for task in done] == [429]
        assert (await events(stranger, ticket, 1, 20)).status_code == 404
        await ada.post(
            f"/api/v1/customer/tickets/{ticket}/messages", json={"client_id": str(uuid.uuid4()), "text": "x"}
        )
        assert [answer.status_code for answer in await asyncio.gather(*waiting)] == [200] * 5


async def test_each_answer_says_how_the_ticket_stands(server: DeskServer, office: Office) -> None:
    """C-12, C-06: place in the queue, state and read marks come with the events."""
    first, opened = await open_ticket(server, office), await open_ticket(server, office)
    ticket = opened["ticket"]["id"]
    worker = office.worker("Lena")
    async with http(server, opened["token"]) as ada, console(server, worker) as lena:
        await lena.watch(ticket)
        before = (await events(ada, ticket, 0, 0)).json()
        assert (before["ahead"], before["ticket"]["status"], before["ticket"]["technician"]) == (1, "open", None)
        assert before["read"] == {"customer": None, "technician": None}

        await lena.call("assign", ticket=first["ticket"]["id"])
        assert (await events(ada, ticket, 1, 0)).json()["ahead"] == 0
        for step in ("assign", "join"):
            await lena.call(step, ticket=ticket)
        await lena.say(ticket, "Hello")
        seen = before["events"][0]["event"]["id"]
        await lena.post("read", ticket=ticket, event=seen)
        await lena.settled()
        after = (await events(ada, ticket, 1, 0)).json()
        assert (after["ahead"], after["ticket"]["chat"], after["ticket"]["unread"]) == (None, "joined", 1)
        assert after["ticket"]["technician"] == "Lena of support"

        hello = after["events"][-1]["event"]["id"]
        assert (await ada.post(f"/api/v1/customer/tickets/{ticket}/read", json={"event": hello})).status_code == 204
        assert (await lena.next("read", lambda frame: frame["by"] == "customer"))["event"] == hello
        read = (await events(ada, ticket, after["tail"], 0)).json()
        assert (read["read"]["customer"], read["ticket"]["unread"]) == (hello, 0)


async def test_marks_reach_who_waits_at_the_latest_with_the_end_of_the_wait(server: DeskServer, office: Office) -> None:
    """C-06: a read mark is no event, so it ends no wait; but the answer carries it."""
    async with customer(server, office) as ada, console(server, office.worker("Lena")) as lena:
        page = (await lena.watch(ada.ticket))[0]
        await lena.call("assign", ticket=ada.ticket)
        await ada.event("status")
        async with http(server, ada.token) as slow:
            waiting = asyncio.create_task(events(slow, ada.ticket, 2, 2))
            await lena.next("slow_path")
            await lena.post("read", ticket=ada.ticket, event=page["events"][0]["event"]["id"])
            await ada.next("read")
            answer = (await waiting).json()
        assert answer["events"] == []
        assert answer["read"]["technician"] == page["events"][0]["event"]["id"]


async def test_what_is_not_in_the_customers_transcript_cannot_be_marked(
    server: DeskServer, office: Office, other_office: Office
) -> None:
    """Unknown, internal or somebody else's: one answer."""
    opened, foreign = await open_ticket(server, office), await open_ticket(server, other_office)
    async with http(server, opened["token"]) as ada, console(server, office.worker("Lena")) as lena:
        ticket = opened["ticket"]["id"]
        await lena.watch(ticket)
        note = await lena.say(ticket, "a difficult one", kind="note")
        theirs = foreign["ticket"]["id"]
        first = (await events(ada, ticket, 0, 0)).json()["events"][0]["event"]["id"]
        for where, event in ((ticket, note["id"]), (ticket, "0" * 32), (theirs, first), ("x", first)):
            answer = await ada.post(f"/api/v1/customer/tickets/{where}/read", json={"event": event})
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_technicians_are_told_of_a_customer_without_a_socket_now_and_then(
    server: DeskServer, office: Office, other_office: Office
) -> None:
    """C-03: at the first wait, not at each; not for one who only asks, and not for a stranger who tries."""
    opened, foreign = await open_ticket(server, office), await open_ticket(server, other_office)
    ticket = opened["ticket"]["id"]
    async with http(server, opened["token"]) as ada, console(server, office.worker("Lena")) as lena:
        await lena.watch(ticket)
        async with http(server, foreign["token"]) as stranger:
            assert (await events(stranger, ticket, 1, 0.05)).status_code == 404
        await events(ada, ticket, 1, 0)
        await lena.settled()
        assert [frame for frame in lena.frames if frame["type"] == "slow_path"] == []
        for _ in range(3):
            await events(ada, ticket, 1, 0.05)
        await lena.next("slow_path")
        await lena.settled()
        assert [frame for frame in lena.frames if frame["type"] == "slow_path"] == [
            {"type": "slow_path", "ticket": ticket}
        ]
