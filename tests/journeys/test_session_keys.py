"""Session keys from both sides: a technician makes one, a customer comes in by it, once, also while it is closed."""

import asyncio
import uuid
from typing import Any

import httpx2
import pytest
from sqlalchemy import Connection

from server.domain.ids import new_id
from server.store.tables import portals, schedules
from tests.support.office import Office
from tests.support.people import RefusedError, console, customer, http
from tests.support.server import DeskServer

KEYS = "/api/v1/session-keys"


def close_for_good(office: Office) -> None:
    """A schedule without a single hour."""

    def work(conn: Connection) -> None:
        schedule = new_id()
        values = {"company_id": office.company, "name": "Never", "time_zone": "Europe/Amsterdam"}
        conn.execute(schedules.insert().values(id=schedule, hours=[], exceptions=[], **values))
        conn.execute(portals.update().where(portals.c.id == office.portal_id).values(schedule_id=schedule))

    office.write(work)


def form(key: str | None = None, **changed: Any) -> dict[str, Any]:
    said = {"client_id": str(uuid.uuid4()), "name": "Ada", "subject": "Printer", "description": "As told"}
    return {**said, **({"session_key": key} if key else {}), **changed}


async def send(client: httpx2.AsyncClient, office: Office, body: dict[str, Any]) -> httpx2.Response:
    return await client.post(f"/api/v1/portals/{office.portal}/tickets", json=body)


async def test_a_key_opens_a_closed_portal_into_its_makers_queue(server: DeskServer, office: Office) -> None:
    """B-05, B-06, B-07, B-61, G-36: she is away, is told at once, and the list of her keys names the ticket."""
    close_for_good(office)
    worker = office.worker("Lena")
    async with (
        console(server, worker, available=False) as lena,
        console(server, office.worker("Tom")) as tom,
        http(server, worker.token) as client,
        http(server) as ada,
    ):
        assert (await send(ada, office, form())).json()["code"] == "portal_closed"
        made = (await client.post(KEYS, json={"portal": office.portal, "note": "Ada, by phone"})).json()
        plain = made["key"].replace("-", "")
        assert made["url"] == f"{server.url}/p/{office.portal}#key={plain}"

        looked = await ada.post(
            f"/api/v1/portals/{office.portal}/session-keys/check", json={"key": made["key"].lower()}
        )
        whose = {"kind": "session", "technician": "Lena of support", "expires_at": made["session_key"]["expires_at"]}
        assert looked.json() == whose
        opened = (await send(ada, office, form(made["key"]))).json()
        ticket = opened["ticket"]["id"]
        told = await lena.next("my_ticket", lambda frame: frame["ticket"]["id"] == ticket)
        assert told["ticket"]["assignee"] is None
        [mine] = (await lena.call("mine"))["rows"]
        assert mine["ticket"]["id"] == ticket
        [listed] = (await client.get(KEYS)).json()["keys"]
        assert (listed["ticket_id"], listed["note"]) == (ticket, "Ada, by phone")

        again = await send(ada, office, form(made["key"]))
        assert (again.status_code, again.json()["code"]) == (409, "key_invalid")
        await lena.call("assign", ticket=ticket)
        await lena.call("join", ticket=ticket)
        async with customer(server, office, opened=opened) as person:
            await lena.say(ticket, "Here I am")
            await person.event("message", text="Here I am")
        with pytest.raises(RefusedError, match="already_assigned"):
            await tom.call("assign", ticket=ticket)


async def test_of_many_at_the_same_moment_one_comes_in(server: DeskServer, office: Office) -> None:
    """On either database: the key is used up by one statement."""
    async with http(server, office.worker("Lena").token) as client, http(server) as crowd:
        key = (await client.post(KEYS, json={"portal": office.portal, "minutes": 60})).json()["key"]
        answers = await asyncio.gather(*(send(crowd, office, form(key)) for _ in range(8)))
        assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]
        assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"key_invalid"}


async def test_what_a_technician_cannot_do(server: DeskServer, office: Office, other_office: Office) -> None:
    """Keys for other companies, for longer than a week, and keys of colleagues."""
    async with http(server, office.worker("Lena").token) as lena, http(server, other_office.worker("Eve").token) as eve:
        made = (await lena.post(KEYS, json={"portal": office.portal})).json()["session_key"]
        assert (await eve.post(KEYS, json={"portal": office.portal})).status_code == 404
        assert (await eve.delete(f"{KEYS}/{made['id']}")).status_code == 404
        assert (await lena.post(KEYS, json={"portal": office.portal, "minutes": 10_081})).status_code == 400
        assert (await lena.delete(f"{KEYS}/{made['id']}")).status_code == 204
        assert (await lena.delete(f"{KEYS}/{made['id']}")).status_code == 404
