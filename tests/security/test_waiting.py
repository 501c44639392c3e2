"""Whoever waits over HTTP for the next event gets it only if it is still his to read when it comes (ASVS 8.3.2)."""

import asyncio
from collections.abc import Callable

import httpx2
import pytest
from sqlalchemy import Connection

from server.accounts.customers import hashed
from server.store import customers, technicians
from tests.security.town import Company, by_token
from tests.support.people import Customer, customer
from tests.support.server import DeskServer


async def waiting(client: httpx2.AsyncClient, path: str, token: str) -> "asyncio.Task[httpx2.Response]":
    """A request that waits for what comes after the last event."""
    tail = (await client.get(path, headers=by_token(token)())).json()["tail"]
    url = f"{path}?after={tail}&wait=20"
    task = asyncio.get_running_loop().create_task(client.get(url, headers=by_token(token)()))
    await asyncio.sleep(0)
    return task


async def until_it_waits(client: httpx2.AsyncClient, ada: Customer, path: str, token: str) -> None:
    """Another request that is sent later and comes back means that the one before has been taken up."""
    await client.get(path, headers=by_token(token)())
    await ada.settled()


@pytest.mark.parametrize("what", ["access", "availability", "disabled", "token"])
async def test_a_technician_who_lost_his_right_meanwhile_reads_nothing(
    server: DeskServer, client: httpx2.AsyncClient, acme: Company, what: str
) -> None:
    omar = acme.office.worker("Omar")
    changes: dict[str, Callable[[Connection], object]] = {
        "access": lambda conn: technicians.set_access(conn, omar.id, frozenset()),
        "availability": lambda conn: technicians.set_availability(conn, omar.id, "away"),
        "disabled": lambda conn: technicians.set_disabled(conn, omar.id, disabled=True),
        "token": lambda conn: technicians.remove_token(conn, omar.id, technicians.tokens_of(conn, omar.id)[0].id),
    }
    acme.office.write(lambda conn: technicians.set_availability(conn, omar.id, "available"))
    async with customer(server, acme.office) as ada:
        path = f"/api/v1/tickets/{ada.ticket}/events"
        asked = await waiting(client, path, omar.token)
        await until_it_waits(client, ada, path, omar.token)
        acme.office.write(changes[what])
        await ada.say(ada.ticket, "not for Omar any more")
        answer = await asked
        assert answer.status_code == (404 if what in ("access", "availability") else 401)
        assert "not for Omar" not in answer.text


async def test_a_customer_who_was_forgotten_meanwhile_reads_nothing(
    server: DeskServer, client: httpx2.AsyncClient, acme: Company
) -> None:
    async with customer(server, acme.office) as ada:
        path = f"/api/v1/customer/tickets/{ada.ticket}/events"
        asked = await waiting(client, path, ada.token)
        await until_it_waits(client, ada, path, ada.token)
        acme.office.write(lambda conn: customers.drop_token(conn, hashed(ada.token)))
        await ada.say(ada.ticket, "said on another device")
        answer = await asked
        assert answer.status_code == 401
        assert "said on another device" not in answer.text
