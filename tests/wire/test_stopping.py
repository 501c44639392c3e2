"""What a stop does to connections: who has begun is served, who waits is answered, and it does not take for ever."""

import asyncio
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from server.store.postgres import address
from tests.support.office import open_office
from tests.support.people import customer, http, open_ticket
from tests.support.postgres import Postgres
from tests.support.server import DeskServer, until
from tests.wire.conftest import Start
from tests.wire.raw import Meter, Peer

HEALTH = b"GET /healthz HTTP/1.1\r\nhost: x\r\n"
ANSWERED = b'{"status":"ok"}'
NEVER_WHOLE = b"POST /api/v1/sign-in HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{"
ENDED = (0, -signal.SIGTERM)


@pytest.fixture
def patient(start: Start) -> Iterator[DeskServer]:
    """Takes ten minutes for a stop, if somebody lets it."""
    server = start(graceful_seconds="600", body_seconds="600")
    yield server
    server.kill()


def begin_to_stop(server: DeskServer) -> None:
    """Send the signal, and wait until nobody new is let in."""

    def refused() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", server.port)) != 0

    assert server.process is not None
    server.process.send_signal(signal.SIGTERM)
    until(refused)


def ends(server: DeskServer) -> int:
    assert server.process is not None
    return server.process.wait(30)


def test_a_request_that_has_begun_is_served(patient: DeskServer) -> None:
    with Peer(patient) as first, Peer(patient) as second, Peer(patient) as answered:
        for peer in (second, answered):
            peer.send(HEALTH + b"\r\n")
            assert ANSWERED in peer.read(ANSWERED)
        first.send(HEALTH)
        second.send(HEALTH)
        until(lambda: Meter(patient).metric("connections", "http") >= 3)
        begin_to_stop(patient)
        assert answered.read() == b"", "it waits for nothing, and is let go"
        for peer in (first, second):
            peer.send(b"\r\n")
            said = peer.read()
            assert ANSWERED in said
            assert b"connection: close" in said
    assert ends(patient) in ENDED


async def test_a_request_that_waits_for_news_is_answered(patient: DeskServer) -> None:
    opened = await open_ticket(patient, open_office(patient.store))
    async with http(patient, opened["token"]) as ada:
        path = f"/api/v1/customer/tickets/{opened['ticket']['id']}/events"
        meter = Meter(patient)
        at_rest = meter.metric("feeds")
        waiting = asyncio.create_task(ada.get(path, params={"after": 1, "wait": 25}))
        await asyncio.to_thread(until, lambda: meter.metric("feeds") == at_rest + 1)
        await asyncio.to_thread(begin_to_stop, patient)
        answer = await waiting
    assert (answer.status_code, answer.json()["events"]) == (200, [])
    assert await asyncio.to_thread(ends, patient) in ENDED


async def test_people_are_told_over_a_real_socket(patient: DeskServer) -> None:
    async with customer(patient, open_office(patient.store)) as ada:
        await asyncio.to_thread(begin_to_stop, patient)
        await ada.next("going_away")
        assert await ada.wait_closed() == (1012, "the server stops")
    assert await asyncio.to_thread(ends, patient) in ENDED


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_it_at_once(patient: DeskServer, second: signal.Signals) -> None:
    """Not after ten minutes; a request that is under way is not waited for."""
    with Peer(patient) as peer:
        peer.send(NEVER_WHOLE)
        until(lambda: Meter(patient).metric("connections", "http") >= 2)
        begin_to_stop(patient)
        assert patient.process is not None
        patient.process.send_signal(second)
        assert ends(patient) == -second
    patient.start()


def test_a_stop_waits_no_longer_than_it_may(start: Start) -> None:
    server = start(graceful_seconds="1", body_seconds="600")
    with Peer(server) as peer:
        peer.send(NEVER_WHOLE)
        until(lambda: Meter(server).metric("connections", "http") >= 2)
        begin_to_stop(server)
        assert ends(server) in ENDED
    assert server.events("stopped")


async def test_a_stop_that_hangs_ends_all_the_same(tmp_path: Path, postgres: Postgres) -> None:
    """A command waits for a lock that nobody lets go of, again and again. It was not answered, and is not stored."""
    url = postgres.migrated()
    server = DeskServer(tmp_path / "data", DESKWIRE_DATABASE_URL=url, DESKWIRE_GRACEFUL_SECONDS="1")
    server.data.mkdir()
    other = await asyncpg.connect(address(url))
    try:
        await asyncio.to_thread(server.start)
        async with customer(server, open_office(url)) as ada:
            await other.execute("BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
            await ada.post("end_chat", ref=99, ticket=ada.ticket)
            waits = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            while not await other.fetchval(waits):  # noqa: ASYNC110 - the database tells nobody
                await asyncio.sleep(0.02)
            await asyncio.to_thread(begin_to_stop, server)
            assert await asyncio.to_thread(ends, server) == 1
            assert not [frame for frame in ada.frames if frame.get("ref") == 99]
    finally:
        await other.close()
        server.kill()
    assert server.events("the stop takes too long; the process ends as it is")
