"""Opening hours over HTTP and on open pages: who is let in while a portal is closed, and who is told that it closes."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from server.clock import now_ms
from tests.support.office import Office
from tests.support.people import console, customer, http
from tests.support.server import DeskServer

ADMIN = "/api/v1/admin"


def hours(begins: datetime, ends: datetime) -> list[dict[str, Any]]:
    """Open between two moments of this week, on clocks in UTC."""
    return [
        {
            "from_day": begins.weekday(),
            "from_time": begins.strftime("%H:%M"),
            "to_day": ends.weekday(),
            "to_time": ends.strftime("%H:%M"),
        }
    ]


def from_now(begins: int, ends: int) -> list[dict[str, Any]]:
    """Open from so many hours from now to so many."""
    now = datetime.now(UTC)
    return hours(now + timedelta(hours=begins), now + timedelta(hours=ends))


async def put(admin: httpx2.AsyncClient, path: str, **changes: Any) -> None:
    """Change some fields of a thing."""
    item = (await admin.get(f"{ADMIN}/{path}")).json()
    draft = {name: value for name, value in item.items() if name not in ("id", "version", "identity_secrets")}
    answer = await admin.put(f"{ADMIN}/{path}", json=draft | changes)
    assert answer.status_code == 200, answer.text


async def scheduled(admin: httpx2.AsyncClient, office: Office, open_: list[dict[str, Any]], **setup: Any) -> str:
    """The office's portal has a schedule from now on."""
    draft = {"company": office.company, "name": "Hours", "time_zone": "UTC", "hours": open_}
    made = await admin.post(f"{ADMIN}/schedules", json=draft)
    assert made.status_code == 201, made.text
    portal = (await admin.get(f"{ADMIN}/portals/{office.portal_id}")).json()
    await put(admin, f"portals/{office.portal_id}", schedule=made.json()["id"], setup=portal["setup"] | setup)
    return str(made.json()["id"])


def form(**more: Any) -> dict[str, Any]:
    return {"client_id": str(uuid.uuid4()), "subject": "Help", "description": "Please", "name": "Ada", **more}


async def test_b_60_b_61_closed_no_way_in_is_shown_or_taken_but_a_session_key(
    server: DeskServer, office: Office
) -> None:
    lena, portal = office.worker("Lena"), f"/api/v1/portals/{office.portal}"
    async with http(server, office.worker("Olga", "administrator").token) as admin, http(server) as visitor:
        kind = await admin.post(f"{ADMIN}/issue-types", json={"portal": office.portal_id, "names": {"en": "Network"}})
        texts = {"closed": {"en": "We sleep until {opens}.", "nl": "Wij slapen tot {opens}."}}
        ways = {"form": True, "technicians": True, "only_available": False, "keys": True}
        await scheduled(admin, office, from_now(2, 3), texts=texts, ways=ways)

        shown = (await visitor.get(portal, params={"lang": "nl"})).json()
        assert (shown["open"], shown["closes_at"], shown["closed"]) == (False, None, "Wij slapen tot {opens}.")
        assert 3_600_000 < shown["opens_at"] - now_ms() <= 2 * 3_600_000
        assert shown["ways"] == {"form": False, "technicians": False, "keys": True}
        assert (shown["issue_types"], shown["people"]) == ([], [])
        for way in ({}, {"issue_type": kind.json()["id"]}, {"technician": lena.id}):
            answer = await visitor.post(f"{portal}/tickets", json=form(**way))
            assert (answer.status_code, answer.json()["code"]) == (409, "portal_closed")

        async with http(server, lena.token) as hers:
            key = (await hers.post("/api/v1/session-keys", json={"portal": office.portal})).json()["key"]
        answer = await visitor.post(f"{portal}/tickets", json=form(session_key=key))
        assert answer.status_code == 201, answer.text

        await put(admin, f"portals/{office.portal_id}", schedule=None)
        assert (await visitor.get(portal)).json()["open"] is True
        answer = await visitor.post(f"{portal}/tickets", json=form(issue_type=kind.json()["id"]))
        assert answer.status_code == 201, answer.text


async def test_b_63_who_waits_is_told_once_and_stays_in_the_queue_and_a_chat_goes_on(
    server: DeskServer, office: Office
) -> None:
    lena = office.worker("Lena")
    async with (
        http(server, office.worker("Olga", "administrator").token) as admin,
        customer(server, office) as waiting,
        customer(server, office) as served,
        console(server, lena) as hers,
    ):
        schedule = await scheduled(admin, office, from_now(-1, 1), amber_minutes=2, red_minutes=4)
        await hers.call("assign", ticket=served.ticket)
        await hers.call("join", ticket=served.ticket)
        await put(admin, f"schedules/{schedule}", hours=from_now(2, 3))
        told = (await waiting.event("portal_closed"))["event"]
        assert told["status"] == "open"
        [portal] = (await admin.get("/api/v1/news")).json()["portals"]
        assert told["opens_at"] == portal["opens_at"]
        assert (portal["amber_minutes"], portal["red_minutes"]) == (2, 4), "consoles mark who waits too long"

        await put(admin, f"schedules/{schedule}", name="The same hours")
        await served.say(served.ticket, "Are you still there?")
        await hers.watch(served.ticket)
        await hers.say(served.ticket, "Of course", kind="send")
        await served.event("message", text="Of course")
        await waiting.say(waiting.ticket, "I am here")
        await waiting.event("message", text="I am here")
        closings = [one["event"]["kind"] for one in waiting.of("event")].count("portal_closed")
        assert closings == 1
        assert "portal_closed" not in [one["event"]["kind"] for one in served.of("event")]
        assert (await waiting.watch(waiting.ticket))[0]["ticket"]["chat"] == "not_joined"
        assert waiting.opened["ahead"] == 0
        await hers.call("assign", ticket=waiting.ticket)


async def test_b_50_this_is_mine_over_http_and_technicians_see_the_count_live(
    server: DeskServer, office: Office, other_office: Office
) -> None:
    lena = office.worker("Lena")
    async with (
        http(server, office.worker("Olga", "administrator").token) as admin,
        http(server, lena.token) as hers,
        http(server) as visitor,
        console(server, lena) as console_,
        customer(server, office) as ada,
        http(server, ada.token) as adas,
    ):
        draft = {"company": office.company, "portals": [office.portal_id], "name": "Outage", "lang": "en"}
        texts = {"text": "**Mail** is slow.", "texts": {"nl": "**Mail** is traag."}}
        notice = (await admin.post(f"{ADMIN}/notices", json=draft | texts)).json()["id"]
        await ada.next("portal_changed")
        portal = f"/api/v1/portals/{office.portal}"
        [shown] = (await visitor.get(portal, params={"lang": "nl-BE"})).json()["notices"]
        assert (shown["text"], shown["lang"], shown["machine_translated"]) == ("**Mail** is traag.", "nl", False)

        await console_.next("setup_changed")
        counted = len(console_.of("setup_changed"))
        assert (
            await adas.post(f"/api/v1/customer/tickets/{ada.ticket}/wait-for-news", json={"notice": notice})
        ).is_success
        assert (await visitor.post(f"{portal}/notices/{notice}/mine")).status_code == 204
        await console_.find(lambda _f: len(console_.of("setup_changed")) == counted + 2)
        [told] = (await hers.get("/api/v1/news")).json()["notices"]
        assert (told["id"], told["portals"], told["waiting"]) == (notice, [office.portal], 2)
        await ada.event("waits_for_news")
        assert len(ada.of("portal_changed")) == 1, "how many wait is not the customers' affair"

        there = f"/api/v1/portals/{other_office.portal}/notices/{notice}/mine"
        assert (await visitor.post(there)).status_code == 404
        presses = [(await visitor.post(f"{portal}/notices/{notice}/mine")).status_code for _ in range(4)]
        assert presses == [204] * 3 + [429]
        async with http(server, other_office.worker("Eve").token) as eves:
            assert (await eves.get("/api/v1/news")).json()["notices"] == []
