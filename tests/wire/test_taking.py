"""Peers whose window is closed: they take nothing, and each of three bounds alone lets them go."""

import json
import signal

import pytest

from tests.support.office import Office, open_office
from tests.support.people import Customer, customer
from tests.support.server import DeskServer
from tests.wire.conftest import Start
from tests.wire.raw import Meter, WebSocketPeer, eventually

NEVER = "600"
PATIENT = {
    "ping_seconds": NEVER,
    "presence_seconds": "900",
    "send_seconds": NEVER,
    "dead_peer_seconds": NEVER,
    "body_seconds": NEVER,
    "keep_alive_seconds": NEVER,
    "outbox_bytes": "100000000",
}
"""Nothing ends a connection but the bound under test."""
TEXT = "no window is open " * 440


async def long_ticket(server: DeskServer, office: Office) -> Customer:
    """A ticket with a page's worth of text in it; its customer has left."""
    async with customer(server, office) as ada:
        for _ in range(40):
            await ada.say(ada.ticket, TEXT)
    return ada


def greedy(server: DeskServer, ada: Customer) -> WebSocketPeer:
    """Asks for 6 MB and takes none of it."""
    peer = WebSocketPeer(server, narrow=True)
    peer.frame(json.dumps({"type": "hello", "portal": ada.portal, "token": ada.token}))
    for ref in range(1, 25):
        peer.frame(json.dumps({"type": "watch", "ref": ref, "ticket": ada.ticket}))
    return peer


@pytest.mark.parametrize("bound", ["ping_seconds", "send_seconds", "dead_peer_seconds"])
async def test_who_takes_nothing_is_let_go(start: Start, bound: str) -> None:
    """Closing politely waits until everything is out: never."""
    server = start(**{**PATIENT, bound: "1"})
    ada = await long_ticket(server, open_office(server.store))
    meter = Meter(server)
    peers = [greedy(server, ada) for _ in range(3)]
    eventually(lambda: meter.metric("connections", "websocket") == len(peers))
    eventually(meter.sockets_are_gone)
    assert meter.metric("sockets", "customer") == 0
    for peer in peers:
        peer.socket.close()


async def test_a_stop_does_not_wait_for_who_takes_nothing(start: Start) -> None:
    server = start(**PATIENT)
    ada = await long_ticket(server, open_office(server.store))
    meter = Meter(server)
    with greedy(server, ada):
        eventually(lambda: meter.metric("sockets", "customer") == 1)
        assert server.stop() in (0, -signal.SIGTERM)
    assert '"level": "error"' not in server.log()  # uvicorn's complaint about tasks that it had to cancel
