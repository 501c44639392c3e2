"""200 sockets that read nothing while a chat goes on: each costs little, all go, and nobody else notices."""

import asyncio
import json
from contextlib import AsyncExitStack

from tests.support.office import open_office
from tests.support.people import Frame, customer, open_ticket
from tests.wire.conftest import Start
from tests.wire.raw import Meter, WebSocketPeer, eventually, texts

SLOW = 200
WRITERS = 5
EACH = 100
"""Messages of a writer: below what one socket may send at once. In all 4 MB, more than the system keeps for one."""
TEXT = "it still does not print " * 330


def numbers(frames: list[Frame]) -> list[int]:
    """The numbers of the events, in order of arrival: of pages and live."""
    found: list[int] = []
    for frame in frames:
        found += [event["seq"] for event in frame.get("events", [])]
        if frame["type"] == "event":
            found.append(frame["seq"])
    return found


async def test_a_crowd_that_reads_nothing(start: Start) -> None:
    """What the cut ones had read, and what they are given when they come back, is all there is, in order."""
    server = start(send_seconds="2", sockets_per_customer="1000")
    office = open_office(server.store)
    opened = await open_ticket(server, office)
    ticket = opened["ticket"]["id"]
    async with AsyncExitStack() as stack:
        writers = [await stack.enter_async_context(customer(server, office, opened=opened)) for _ in range(WRITERS)]
        crowd = [WebSocketPeer(server, narrow=True) for _ in range(SLOW)]
        heard = []
        for peer in crowd:
            peer.frame(json.dumps({"type": "hello", "portal": office.portal, "token": opened["token"]}))
            peer.frame(json.dumps({"type": "watch", "ref": 7, "ticket": ticket}))
            heard.append(peer.read(b'"ref":7'))
        meter = Meter(server)
        for n in range(EACH):
            await asyncio.gather(*(writer.say(ticket, f"{TEXT} {n}") for writer in writers))
        eventually(lambda: meter.metric("sockets", "customer") == WRITERS)
        eventually(lambda: meter.metric("connections", "websocket") == WRITERS)
        assert meter.grown_mib < SLOW * 1

        everything = list(range(1, 1 + EACH * WRITERS + 1))  # the description is the first
        for writer in writers:
            await writer.settled()
            assert numbers(writer.frames) == everything
        epoch = writers[0].of("page")[0]["epoch"]
        for peer, said in list(zip(crowd, heard, strict=True))[::20]:
            got = numbers([json.loads(text) for text in texts(said + peer.read())])
            assert got == everything[: len(got)]
            assert len(got) < len(everything)
            again = await stack.enter_async_context(customer(server, office, opened=opened, watch=False))
            await again.watch(ticket, after=got[-1], epoch=epoch)
            assert got + numbers(again.frames) == everything
        for peer in crowd:
            peer.socket.close()
