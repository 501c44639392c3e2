"""Ways in: where a ticket goes by the one that was chosen, what is asked there, and what is refused (B-02 to B-07)."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from sqlalchemy import select, update

from server.clock import now_ms
from server.domain.portal import PortalSettings, PortalTexts, Ways
from server.store import portals, technicians
from server.store.tables import issue_types, queues, tickets
from server.store.tables import portals as portal_table
from server.store.tables import technicians as people
from tests.support.office import Office, Worker, open_office
from tests.support.people import console, http
from tests.support.server import DeskServer

ADMIN = "/api/v1/admin"
BUG = [
    {"key": "impact", "kind": "choice", "labels": {"en": "Impact", "nl": "Gevolgen"}, "required": True}
    | {"options": [{"key": "low", "labels": {"en": "Low"}}, {"key": "high", "labels": {"en": "High", "nl": "Hoog"}}]},
    {"key": "steps", "kind": "long_text", "labels": {"en": "Steps"}, "help": {"en": "One by one"}, "required": True},
    {"key": "version", "kind": "text", "labels": {"en": "Version"}},
    {"key": "users", "kind": "number", "labels": {"en": "Users"}, "least": 1},
    {"key": "log", "kind": "file", "labels": {"en": "Log"}},
]
ANSWERS = {"impact": "high", "steps": "open\n<click>", "users": "12", "log": "trace.txt"}


class Shop:
    """A portal with every way in, and those who set it up and use it."""

    def __init__(self, office: Office, admin: httpx2.AsyncClient, visitor: httpx2.AsyncClient) -> None:
        self.office = office
        self.admin = admin
        self.visitor = visitor
        self.address = f"/api/v1/portals/{office.portal}"

    async def made(self, noun: str, **draft: Any) -> str:
        answer = await self.admin.post(f"{ADMIN}/{noun}", json=draft)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def issue_type(self, name: str, **more: Any) -> str:
        return await self.made("issue-types", portal=self.office.portal_id, names={"en": name}, **more)

    async def team(self, name: str, *members: Worker) -> str:
        return await self.made(
            "teams", company=self.office.company, name=name, members=[{"technician": one.id} for one in members]
        )

    def listed(self, name: str, number: int = 100, *, available: bool = True) -> Worker:
        """Somebody on the portal's list, who is there."""
        worker = self.office.worker(name)
        state = "available" if available else "away"
        self.office.write(
            lambda conn: conn.execute(
                update(people)
                .where(people.c.id == worker.id)
                .values(
                    listed=True,
                    display_no=number,
                    availability=state,
                    absent_since=None,
                    present_until=now_ms() + 3_600_000,
                )
            )
        )
        return worker

    async def seen(self, lang: str = "en") -> dict[str, Any]:
        answer = await self.visitor.get(self.address, params={"lang": lang})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def send(self, **form: Any) -> httpx2.Response:
        whole = {"client_id": str(uuid.uuid4()), "name": "Ada", "subject": "Printer", "description": "It is off"}
        return await self.visitor.post(f"{self.address}/tickets", json=whole | form)

    async def opened(self, **form: Any) -> dict[str, Any]:
        answer = await self.send(**form)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def refused(self, code: str, field: str | None = None, **form: Any) -> None:
        answer = await self.send(**form)
        told = answer.json()
        assert (told.get("code"), told.get("field")) == (code, field), answer.text

    async def place(self, **form: Any) -> tuple[str, str, str, int]:
        """(kind and owner of the queue, way, priority) of the ticket that this opens."""
        ticket = (await self.opened(**form))["ticket"]["id"]
        columns = (queues.c.kind, queues.c.owner_id, tickets.c.way, tickets.c.priority)
        query = select(*columns).join(tickets, tickets.c.queue_id == queues.c.id).where(tickets.c.id == ticket)
        kind, owner, way, priority = self.office.write(lambda conn: conn.execute(query).one())
        return kind, owner, way, priority


@pytest.fixture
async def shop(server: DeskServer) -> AsyncIterator[Shop]:
    settings = PortalSettings(
        ways=Ways(technicians=True), texts=PortalTexts(title={"en": "Welcome", "nl": "Welkom"}), languages=["en", "nl"]
    )
    office = open_office(server.store, settings)
    async with (
        http(server, office.worker("Olga", "administrator").token) as admin,
        httpx2.AsyncClient(base_url=server.url, timeout=30) as visitor,
    ):
        yield Shop(office, admin, visitor)


async def test_a_type_leads_to_its_team_with_its_priority_and_its_form(server: DeskServer, shop: Shop) -> None:
    """B-05, B-30, S-16, S-22, S-30: answers are kept apart, in the customer's words, for both sides and in files."""
    lena = shop.office.worker("Lena")
    team = await shop.team("Bugs", lena)
    form = await shop.made("forms", company=shop.office.company, name="Bug", fields=BUG)
    names = {"en": "A bug", "nl": "Een fout"}
    bug = await shop.made(
        "issue-types", portal=shop.office.portal_id, names=names, form=form, team=team, priority=2, position=1
    )
    await shop.issue_type("Something else", position=2)
    seen = await shop.seen("nl")
    assert (seen["title"], [one["name"] for one in seen["issue_types"]]) == ("Welkom", ["Een fout", "Something else"])
    asked = seen["issue_types"][0]["fields"]
    assert [(one["label"], one["required"]) for one in asked[:2]] == [("Gevolgen", True), ("Steps", True)]
    assert [one["label"] for one in asked[0]["options"]] == ["Low", "Hoog"]

    opened = await shop.opened(issue_type=bug, answers=ANSWERS, lang="nl", client_id=str(uuid.uuid4()))
    ticket = opened["ticket"]["id"]
    expected = [("Gevolgen", "Hoog"), ("Steps", "open\n<click>"), ("Users", "12"), ("Log", "trace.txt")]
    async with console(server, lena) as desk:
        page = (await desk.watch(ticket))[0]
        assert [(one["label"], one["shown"]) for one in page["ticket"]["answers"]] == expected
        summary = page["ticket"]["summary"]
        assert (summary["issue_type"], summary["priority"], page["ticket"]["way"]) == ("Een fout", 2, "form")
    mine = {"authorization": f"Bearer {opened['token']}"}
    own = (await shop.visitor.get(f"/api/v1/customer/tickets/{ticket}/events", headers=mine)).json()
    assert own["ticket"]["issue_type"] == "Een fout"
    assert [(one["label"], one["shown"]) for one in own["answers"]] == expected
    files = {
        name: (await shop.visitor.get(f"/api/v1/customer/tickets/{ticket}/transcript?format={name}", headers=mine)).text
        for name in ("text", "html", "json")
    }
    assert "Gevolgen: Hoog\n" in files["text"]
    assert "<dt>Steps</dt><dd>open<br>&lt;click&gt;</dd>" in files["html"]
    assert [one["label"] for one in json.loads(files["json"])["answers"]] == [label for label, _shown in expected]
    kind, owner, way, priority = await shop.place(issue_type=bug, answers=ANSWERS)
    assert (kind, owner, way, priority) == ("team", team, "form", 2)


async def test_search_finds_answers_and_types(server: DeskServer, shop: Shop) -> None:
    """G-06: what was answered is found like what was written."""
    lena = shop.listed("Lena")
    form = await shop.made("forms", company=shop.office.company, name="Bug", fields=BUG)
    bug = await shop.issue_type("Zeppelin", form=form)
    opened = await shop.opened(issue_type=bug, answers=ANSWERS | {"version": "quokka 4.2"})
    async with http(server, lena.token) as client:
        for words in ("zeppelin", "quokka"):
            hits: list[dict[str, Any]] = []
            async with asyncio.timeout(10):  # the index follows within two seconds
                while not hits:
                    hits = (await client.get(f"/api/v1/search?q={words}")).json()["hits"]
                    await asyncio.sleep(0.1)
            assert [hit["ticket"]["id"] for hit in hits] == [opened["ticket"]["id"]]


async def test_a_name_leads_to_that_person_where_the_portal_lists_him(shop: Shop) -> None:
    """B-05, B-33: order, public name, and only those who can be reached, by setting."""
    lena, omar = shop.listed("Lena", 5), shop.listed("Omar", 1)
    away, hidden = shop.listed("Away", available=False), shop.office.worker("Hidden")
    seen = await shop.seen()
    assert [(one["name"], one["available"]) for one in seen["people"]] == [
        ("Omar of support", True),
        ("Lena of support", True),
    ]
    assert "@" not in json.dumps(seen["people"])
    assert await shop.place(technician=lena.id) == ("technician", lena.id, "technician", 0)
    for nobody in (away.id, hidden.id, "0" * 32):
        await shop.refused("bad_input", "technician", technician=nobody)
    await shop.refused("bad_input", "answers.x", technician=omar.id, answers={"x": "y"})

    everybody = PortalSettings(ways=Ways(technicians=True, only_available=False))
    shop.office.write(lambda conn: portals.set_settings(conn, shop.office.portal_id, everybody))
    assert [one["available"] for one in (await shop.seen())["people"]] == [True, True, False]
    assert await shop.place(technician=away.id) == ("portal", shop.office.portal_id, "technician", 0)
    team = await shop.team("Second line", lena)
    fallback = update(portal_table).where(portal_table.c.id == shop.office.portal_id).values(fallback_team_id=team)
    shop.office.write(lambda conn: conn.execute(fallback))
    assert await shop.place(technician=away.id) == ("team", team, "technician", 0)


async def test_what_cannot_take_a_ticket_is_passed_over(shop: Shop) -> None:
    """B-71, B-72: an empty team and somebody whose account is closed lead to the fallback team, else to the portal."""
    omar, lena = shop.listed("Omar"), shop.listed("Lena")
    nobody = await shop.issue_type("Nobody", team=await shop.team("Empty"))
    gone = await shop.issue_type("Gone", technician=omar.id)
    assert await shop.place(issue_type=gone) == ("technician", omar.id, "form", 0)
    shop.office.write(lambda conn: technicians.set_disabled(conn, omar.id, disabled=True))
    portal = ("portal", shop.office.portal_id, "form", 0)
    assert [await shop.place(issue_type=nobody), await shop.place(issue_type=gone)] == [portal, portal]
    team = await shop.team("Second line", lena)
    fallback = update(portal_table).where(portal_table.c.id == shop.office.portal_id).values(fallback_team_id=team)
    shop.office.write(lambda conn: conn.execute(fallback))
    second = ("team", team, "form", 0)
    assert [await shop.place(issue_type=nobody), await shop.place(issue_type=gone)] == [second, second]


async def test_what_a_portal_does_not_offer_is_refused(shop: Shop, other_office: Office, server: DeskServer) -> None:
    """B-02, B-30: the API refuses what the page does not show, and names the field."""
    lena = shop.listed("Lena")
    assert await shop.place() == ("portal", shop.office.portal_id, "form", 0)
    form = await shop.made("forms", company=shop.office.company, name="Bug", fields=BUG)
    bug = await shop.issue_type("A bug", form=form)
    hidden = await shop.issue_type("Hidden", hidden=True)
    async with http(server, other_office.worker("Boss", "administrator").token) as boss:
        draft = {"portal": other_office.portal_id, "names": {"en": "Theirs"}}
        theirs = (await boss.post(f"{ADMIN}/issue-types", json=draft)).json()["id"]
    await shop.refused("bad_input", "issue_type")
    for unknown in (hidden, theirs, "0" * 32):
        await shop.refused("bad_input", "issue_type", issue_type=unknown)
    await shop.refused("bad_input", "answers.impact", issue_type=bug)
    await shop.refused("bad_input", "answers.impact", issue_type=bug, answers=ANSWERS | {"impact": "none"})
    await shop.refused("bad_input", "answers.other", issue_type=bug, answers=ANSWERS | {"other": "x"})
    await shop.refused("bad_input", "technician", issue_type=bug, technician=lena.id)
    shop.office.write(
        lambda conn: portals.set_settings(
            conn, shop.office.portal_id, PortalSettings(ways=Ways(form=False, keys=False))
        )
    )
    seen = await shop.seen()
    assert (seen["ways"], seen["issue_types"], seen["people"]) == (
        {"form": False, "technicians": False, "keys": False},
        [],
        [],
    )
    await shop.refused("way_closed")
    await shop.refused("way_closed", issue_type=bug, answers=ANSWERS)
    await shop.refused("way_closed", technician=lena.id)
    shop.office.write(
        lambda conn: conn.execute(
            update(portal_table).where(portal_table.c.id == shop.office.portal_id).values(disabled=True)
        )
    )
    await shop.refused("portal_disabled")


async def test_the_same_request_again_gives_the_same_ticket_only_with_the_same_answers(shop: Shop) -> None:
    form = await shop.made("forms", company=shop.office.company, name="Bug", fields=BUG)
    bug, client_id = await shop.issue_type("A bug", form=form), str(uuid.uuid4())
    first = await shop.opened(client_id=client_id, issue_type=bug, answers=ANSWERS)
    shop.office.write(lambda conn: conn.execute(update(issue_types).where(issue_types.c.id == bug).values(hidden=True)))
    turned = dict(reversed(ANSWERS.items()))
    again = await shop.opened(client_id=client_id, issue_type=bug, answers=turned)
    assert (again["ticket"]["id"], again["token"]) == (first["ticket"]["id"], first["token"])
    await shop.refused("conflict", client_id=client_id, issue_type=bug, answers=ANSWERS | {"users": "13"})


# --- live -------------------------------------------------------------------------------------------------------------


async def news(stream: httpx2.Response) -> AsyncIterator[str]:
    """Each block of an EventSource."""
    block: list[str] = []
    async for line in stream.aiter_lines():
        if line:
            block.append(line)
        elif block:
            yield "\n".join(block)
            block = []


async def test_an_open_page_is_told_when_the_portal_changes_or_somebody_can_be_reached(shop: Shop) -> None:
    """B-33: by an EventSource that carries no content."""
    lena = shop.listed("Lena", available=False)
    async with (
        shop.visitor.stream("GET", f"{shop.address}/changes") as stream,
        asyncio.timeout(15),
    ):
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-store"
        told = news(stream)
        assert await anext(told) == ":"
        await shop.issue_type("A bug")
        assert await anext(told) == "event: changed\ndata: {}"
        assert await anext(told) == ":"
        shop.office.write(lambda conn: technicians.set_availability(conn, lena.id, "available"))
        assert await anext(told) == "event: changed\ndata: {}"
    assert (await shop.visitor.get(f"{shop.address}/changes", params={"seconds": 0})).text == ":\n\n"
    assert (await shop.visitor.head(f"{shop.address}/changes")).status_code == 200
    assert (await shop.visitor.get("/api/v1/portals/nowhere/changes")).status_code == 404
