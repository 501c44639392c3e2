"""Sockets that vanish at random points leave nothing behind: no task, no file, no feed, no place in a count."""

import json
import random
import time
import uuid
from collections.abc import Iterator

from tests.support.office import open_office
from tests.support.people import Frame, open_ticket
from tests.wire.conftest import Start
from tests.wire.raw import CUSTOMER, HANDSHAKE, Meter, Peer, WebSocketPeer, eventually, framed

SOCKETS = 2_000
ROOM = 40
"""Sockets that the server admits in all: what leaked fifty times would be noticed by whoever comes next."""
CONSOLE = HANDSHAKE.replace(b"\r\n\r\n", b"\r\nAuthorization: Bearer %s\r\n\r\n")


def customers_life(portal: str, opened: Frame) -> Iterator[bytes]:
    """What a customer's page sends, step by step."""
    ticket = opened["ticket"]["id"]
    yield HANDSHAKE % CUSTOMER
    yield framed(json.dumps({"type": "hello", "portal": portal, "token": opened["token"]}))
    yield framed(json.dumps({"type": "watch", "ref": 1, "ticket": ticket}))
    yield framed(json.dumps({"type": "typing", "ticket": ticket}))
    message = {"client_id": str(uuid.uuid4()), "stream": uuid.uuid4().hex, "n": 1, "text": "still there?"}
    yield framed(json.dumps({"type": "send", "ref": 2, "ticket": ticket, **message}))
    yield framed(json.dumps({"type": "older", "ref": 3, "ticket": ticket, "before": 2}))


def technicians_life(token: str, opened: Frame) -> Iterator[bytes]:
    """What a console sends, step by step."""
    yield CONSOLE % (b"/ws/v1/console", token.encode())
    yield framed(json.dumps({"type": "hello"}))
    yield framed(json.dumps({"type": "availability", "ref": 1, "state": "available"}))
    yield framed(json.dumps({"type": "list", "ref": 2}))
    yield framed(json.dumps({"type": "watch", "ref": 3, "ticket": opened["ticket"]["id"]}))
    yield framed(json.dumps({"type": "search", "ref": 4, "query": "printer"}))


def vanish(peer: Peer, life: Iterator[bytes], chance: random.Random) -> None:
    """Live for a while: some steps, the last one perhaps only begun; then be gone, this way or that."""
    steps = list(life)[: chance.randint(0, 6)]
    for number, step in enumerate(steps, 1):
        whole = number < len(steps) or chance.random() < 0.5
        peer.send(step if whole else step[: chance.randrange(len(step))])
        if chance.random() < 0.7:
            peer.said_so_far()
    if chance.random() < 0.7:
        peer.reset()
    else:
        peer.socket.close()


async def test_two_thousand_that_vanish(start: Start) -> None:
    server = start(sockets=str(ROOM), first_message_seconds="2", first_byte_seconds="2", header_seconds="2")
    office = open_office(server.store)
    opened = await open_ticket(server, office)
    lena = office.worker("Lena")
    meter = Meter(server)
    seed = time.time_ns()
    print("seed", seed)
    chance = random.Random(seed)

    def live(times: int) -> None:
        for _ in range(times):
            peer = Peer(server)
            lives = customers_life(office.portal, opened), technicians_life(lena.token, opened)
            try:
                vanish(peer, chance.choice(lives), chance)
            except ConnectionError:  # the server was quicker
                peer.socket.close()

    def nobody_is_there() -> bool:
        return meter.sockets_are_gone() and meter.metric("connections", "http") == 1 and sockets() == 0

    def sockets() -> float:
        return meter.metric("sockets", "customer") + meter.metric("sockets", "console")

    before = meter.metric("feeds"), meter.metric("tasks"), meter.files
    live(SOCKETS)
    eventually(nobody_is_there)
    eventually(lambda: (meter.metric("feeds"), meter.metric("tasks"), meter.files) == before)
    crowd = [WebSocketPeer(server) for _ in range(ROOM)]
    for peer in crowd:
        peer.reset()
