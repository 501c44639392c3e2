"""A server is killed under a technician: the other one finds out and marks his tickets, and a colleague takes over."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.office import Office, open_office
from tests.support.people import console, customer, open_ticket
from tests.support.postgres import Postgres
from tests.support.server import DeskServer
from tests.support.valkey import Valkey

QUICK = {"DESKWIRE_PRESENCE_SECONDS": "3", "DESKWIRE_PING_SECONDS": "2"}
"""So that nobody has to wait for 35 s."""


@pytest.fixture
def servers(tmp_path: Path, postgres: Postgres, valkey: Valkey) -> Iterator[tuple[DeskServer, DeskServer]]:
    """Two on one PostgreSQL and one Valkey."""
    shared = {"DESKWIRE_DATABASE_URL": postgres.migrated(), "DESKWIRE_REDIS_URL": valkey.url, **QUICK}
    here, there = DeskServer(tmp_path / "here", **shared), DeskServer(tmp_path / "there", **shared)
    for server in (here, there):
        server.data.mkdir()
        server.start()
    yield here, there
    for server in (here, there):
        server.kill()


@pytest.mark.parametrize("redis", ["there", "dead"])
async def test_a_technician_whose_server_is_killed_is_taken_over_from(
    servers: tuple[DeskServer, DeskServer], valkey: Valkey, redis: str
) -> None:
    """C-08, X-9: kill -9 says no goodbye, with Redis or without; who comes back learns since when he was missed."""
    here, there = servers
    office = open_office(here.store)
    worker = office.worker("Lena")
    async with console(there, office.worker("Max")) as max_, customer(there, office) as ada:
        await max_.call("list")
        await max_.watch(ada.ticket)
        async with console(here, worker) as lena:
            await lena.call("assign", ticket=ada.ticket)
            await lena.call("join", ticket=ada.ticket)
            await ada.event("joined")
            if redis == "dead":
                valkey.kill()
            here.kill()
        gone = await max_.next("ticket", lambda f: f["ticket"]["absent_since"] is not None)
        assert (gone["ticket"]["id"], gone["ticket"]["assignee"]["name"]) == (ada.ticket, "Lena")
        await max_.call("assign", ticket=ada.ticket)
        taken = await max_.event("taken_over")
        assert taken["event"]["previous"] == "Lena"
        left = await ada.event("left")
        assert left["event"]["author"]["name"] == "Lena of support"
        await max_.call("join", ticket=ada.ticket)
        assert (await ada.event("joined"))["event"]["author"]["name"] == "Max of support"
        await max_.say(ada.ticket, "I go on where Lena stopped")
        await ada.event("message", text="I go on where Lena stopped")
        async with console(there, worker, available=False) as lena:
            assert lena.of("welcome")[0]["absent_since"] is not None
            assert (await lena.call("mine"))["rows"] == []


async def test_a_reload_is_not_seen_as_vanishing(servers: tuple[DeskServer, DeskServer]) -> None:
    """Gone from one server and back on the other within a lease: nobody is told anything."""
    here, there = servers
    office = open_office(here.store)
    worker = office.worker("Lena")
    async with console(there, office.worker("Max")) as max_, customer(there, office) as ada:
        await max_.call("list")
        async with console(here, worker) as lena:
            await lena.call("assign", ticket=ada.ticket)
        async with console(there, worker, available=False) as lena:
            assert lena.of("welcome")[0]["absent_since"] is None
            # whoever vanishes after her is found: so she would have been
            other = await _taken_and_left(there, office)
            await max_.next("ticket", lambda f: f["ticket"]["id"] == other and f["ticket"]["absent_since"] is not None)
        marks = [frame for frame in max_.of("ticket") if frame["ticket"]["id"] == ada.ticket]
        assert [frame["ticket"]["absent_since"] for frame in marks if frame["ticket"]["assignee"]] == [None]


async def test_whether_the_customer_is_connected_crosses_servers(servers: tuple[DeskServer, DeskServer]) -> None:
    """Asked on one, answered on the other, whichever of the two came first."""
    here, there = servers
    office = open_office(here.store)
    async with console(there, office.worker("Max")) as max_:
        async with customer(here, office) as ada:
            await max_.watch(ada.ticket)
            await max_.next("customer_here", lambda f: f["here"])
        await max_.next("customer_here", lambda f: not f["here"])
        async with customer(here, office, opened=ada.opened):
            await max_.next("customer_here", lambda f: f["here"])


async def _taken_and_left(server: DeskServer, office: Office) -> str:
    """A ticket whose technician took it and went."""
    ticket: str = (await open_ticket(server, office))["ticket"]["id"]
    async with console(server, office.worker("Bo")) as bo:
        await bo.call("assign", ticket=ticket)
    return ticket
