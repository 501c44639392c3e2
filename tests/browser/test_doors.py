"""Each way into a portal, as people take it: a type with its form and files, a name of the list, a key; live, kept."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.async_api import Locator, Route, expect
from sqlalchemy import update

from server.clock import now_ms
from server.domain.portal import PortalSettings, PortalTexts, Ways
from server.store import technicians
from server.store.tables import technicians as people_table
from tests.browser.customer import Visitor
from tests.browser.looks import fits_everybody
from tests.browser.people import People
from tests.browser.site import Shopper, Site, running_site
from tests.support.office import Office, Worker, open_office
from tests.support.people import http
from tests.support.server import DeskServer

ADMIN = "/api/v1/admin"
BUG = [
    {"key": "impact", "kind": "choice", "labels": {"en": "Impact"}, "required": True}
    | {"options": [{"key": "low", "labels": {"en": "Low"}}, {"key": "high", "labels": {"en": "High"}}]},
    {"key": "steps", "kind": "long_text", "labels": {"en": "Steps"}, "help": {"en": "One by one"}, "required": True},
    {"key": "users", "kind": "number", "labels": {"en": "Users"}, "least": 1},
    {"key": "log", "kind": "file", "labels": {"en": "Log"}},
]
SMALL = {"viewport": {"width": 360, "height": 740}}


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Somebody else's shop, with the widget in its corner."""
    with running_site() as running:
        yield running


@pytest.fixture
def office(server: DeskServer, site: Site) -> Office:
    texts = PortalTexts(title={"en": "Welcome to Acme", "nl": "Welkom bij Acme"}, welcome={"en": "Nice to see you."})
    return open_office(server.store, PortalSettings(ways=Ways(technicians=True), texts=texts, origins=[site.origin]))


@pytest.fixture
async def admin(server: DeskServer, office: Office) -> AsyncIterator[httpx2.AsyncClient]:
    async with http(server, office.worker("Olga", "administrator").token) as client:
        yield client


async def made(admin: httpx2.AsyncClient, noun: str, **draft: Any) -> dict[str, Any]:
    answer = await admin.post(f"{ADMIN}/{noun}", json=draft)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def listed(office: Office, name: str) -> Worker:
    """Somebody on the portal's list, available and there."""
    worker = office.worker(name)
    values = {"listed": True, "availability": "available", "absent_since": None, "present_until": now_ms() + 3_600_000}
    office.write(lambda conn: conn.execute(update(people_table).where(people_table.c.id == worker.id).values(values)))
    return worker


def door(visitor: Visitor, name: str) -> Locator:
    return visitor.face.get_by_role("button", name=name)


def asked(visitor: Visitor, label: str) -> Locator:
    """A question of the form, required or not."""
    return visitor.face.get_by_label(re.compile(rf"^\s*{label}\s*(\*|\(optional\))?\s*$"))


async def describe(visitor: Visitor, subject: str) -> None:
    for label, text in (("Your name", "Ada Byron"), ("Subject", subject), ("Description", "It broke")):
        await asked(visitor, label).fill(text)


async def test_a_type_with_a_form_and_a_file(
    server: DeskServer, office: Office, admin: httpx2.AsyncClient, people: People, tmp_path: Path
) -> None:
    """B-30, S-16, S-20, S-21, S-24, S-30: what is asked, what is kept over a reload, and what becomes of it."""
    form = await made(admin, "forms", company=office.company, name="Bug", fields=BUG)
    bug = {"portal": office.portal_id, "names": {"en": "A bug"}, "form": form["id"], "priority": 2}
    await made(admin, "issue-types", **bug)
    log = tmp_path / "trace.txt"
    log.write_text("something went wrong\n")

    ada = await people.visitor(server, office, **SMALL)
    await expect(ada.page.get_by_role("heading", name="Welcome to Acme")).to_be_visible()
    await describe(ada, "Crash")  # with one type there is nothing to choose
    await made(admin, "issue-types", portal=office.portal_id, names={"en": "Something else"})
    await expect(door(ada, "Something else")).to_be_visible()  # without a reload
    await fits_everybody(ada)
    await door(ada, "A bug").click()
    await expect(ada.page.get_by_role("heading", name="A bug")).to_be_focused()
    await expect(asked(ada, "Subject")).to_have_value("Crash")
    await ada.send_form()
    await expect(ada.page.get_by_role("alert")).to_contain_text("2 fields need your attention")
    await expect(asked(ada, "Steps")).to_have_accessible_description(re.compile("One by one.*Steps: this is needed"))
    await asked(ada, "Impact").select_option("High")
    await asked(ada, "Steps").fill("open, click")
    await asked(ada, "Users").fill("none")
    await expect(ada.page.get_by_role("alert")).to_contain_text("Users: enter a number.")
    await asked(ada, "Users").fill("12")
    await asked(ada, "Log").set_input_files(log)
    await expect(ada.page.get_by_role("listitem").filter(has_text="trace.txt")).to_have_attribute("aria-busy", "false")
    await fits_everybody(ada)

    await ada.page.reload()
    await expect(asked(ada, "Steps")).to_have_value("open, click")
    await expect(asked(ada, "Impact")).to_have_value("high")
    await expect(ada.page.get_by_text("trace.txt")).to_be_visible()
    await ada.send_form()
    key = await ada.key()
    await expect(ada.conversation.get_by_text("trace.txt").first).to_be_visible()
    await ada.page.get_by_text("What you have told us").click()
    await expect(ada.page.get_by_label("What you have told us")).to_have_text(re.compile("Impact.*High.*Steps", re.S))
    await fits_everybody(ada)

    lena = await people.technician(server, office.worker("Lena"))
    await lena.open(key)
    await expect(lena.row(key)).to_contain_text("A bug · Crash")
    known = lena.page.get_by_role("region", name="The form")
    await expect(known).to_contain_text(re.compile("A bug.*Urgent.*Impact.*High.*Steps.*open, click.*Users.*12", re.S))
    await expect(lena.page.get_by_role("region", name="Files")).to_contain_text("trace.txt")
    await ada.choose("New request")
    await door(ada, "A bug").click()
    await expect(asked(ada, "Steps")).to_have_value("")
    await expect(asked(ada, "Your name")).to_have_value("Ada Byron")


async def test_a_name_and_a_key(server: DeskServer, office: Office, site: Site, people: People) -> None:
    """B-02, B-05, B-07, B-33, G-36: somebody is chosen, and gone a moment later; a key leads to whoever made it."""
    lena = listed(office, "Lena")
    ada = await people.visitor(server, office)
    await door(ada, "Lena of support").click()
    await describe(ada, "For Lena")
    office.write(lambda conn: technicians.set_availability(conn, lena.id, "away"))
    await expect(ada.page.get_by_role("alert")).to_contain_text("“Lena of support” cannot be chosen any more")
    await expect(asked(ada, "Subject")).to_have_value("For Lena")
    office.write(lambda conn: technicians.set_availability(conn, lena.id, "available"))
    await door(ada, "Lena of support").click()
    await ada.send_form()
    await ada.key()

    async with http(server, lena.token) as client:
        made_key = (await client.post("/api/v1/session-keys", json={"portal": office.portal})).json()
    noor = await people.join(Shopper(server, office, site))
    await noor.visit()
    await noor.open_widget()
    await expect(door(noor, "Lena of support")).to_be_visible()
    await door(noor, "I have a key").click()
    await noor.face.get_by_role("textbox", name="Key").fill(made_key["key"].lower())
    await door(noor, "Go on").click()
    await expect(noor.face.get_by_role("heading", name="Your key leads to Lena of support")).to_be_visible()
    await door(noor, "Change").click()  # something else after all
    await expect(door(noor, "Lena of support")).to_be_visible()
    await door(noor, "I have a key").click()
    await noor.face.get_by_role("textbox", name="Key").fill(made_key["key"])
    await door(noor, "Go on").click()
    await expect(noor.face.get_by_role("heading", name="Your key leads to Lena of support")).to_be_visible()
    await describe(noor, "By key")
    await noor.send_form()
    await noor.key()
    async with http(server, lena.token) as client:
        rows = (await client.get("/api/v1/tickets/mine")).json()["rows"]
        assert sorted(row["ticket"]["subject"] for row in rows) == ["By key", "For Lena"]

    late = await people.join(Visitor(server, office))
    late.expect_trouble(r"status of 409 .*/session-keys/check$")
    await late.visit(f"#key={made_key['key']}")
    await expect(late.stands("This key is not valid, or not any more")).to_be_visible()


async def test_the_plain_form_below_names(server: DeskServer, office: Office, people: People) -> None:
    """B-30: who chooses nobody writes to everybody."""
    lena = listed(office, "Lena")
    ada = await people.visitor(server, office)
    await expect(door(ada, "Lena of support")).to_be_visible()
    await describe(ada, "For anybody")
    await ada.send_form()
    await ada.key()
    async with http(server, lena.token) as client:
        assert (await client.get("/api/v1/tickets/mine")).json()["rows"] == []


async def test_a_plain_form_that_is_not_enough_any_more(server: DeskServer, people: People) -> None:
    """S-24: a page that could hear nothing looks again when it is refused; what was typed goes on in the new form."""
    office = open_office(server.store)
    ada = await people.join(Visitor(server, office))
    ada.expect_trouble(r"/changes$|status of 400 .*/tickets$")
    await ada.context.route("**/changes", lambda route: route.abort())
    await ada.visit()
    await ada.describe("Crash")
    async with http(server, office.worker("Olga", "administrator").token) as admin:
        for name in ("A bug", "Something else"):
            await made(admin, "issue-types", portal=office.portal_id, names={"en": name})
    await ada.send_form()
    await door(ada, "Something else").click()
    await expect(asked(ada, "Subject")).to_have_value("Crash")
    await ada.send_form()
    await ada.key()


async def test_what_was_so_for_a_moment(server: DeskServer, people: People) -> None:
    """B-07: a page that saw what was over a moment later looks once more, for the server may have seen no change."""
    office = open_office(server.store)
    ada = await people.visitor(server, office)
    looks: list[Route] = []

    async def look(route: Route) -> None:
        answer = await route.fetch()
        portal = await answer.json()
        if portal["issue_types"]:
            portal["welcome"] = portal["welcome"] if looks else "Only for a moment"
            looks.append(route)
        await route.fulfill(response=answer, json=portal)

    await ada.page.route(f"**/{office.portal}?lang=*", look)
    async with http(server, office.worker("Olga", "administrator").token) as admin:
        await made(admin, "issue-types", portal=office.portal_id, names={"en": "A bug"})
    await expect(ada.page.get_by_text("Only for a moment")).to_be_visible()
    await expect(ada.page.get_by_text("Only for a moment")).to_be_hidden()


async def test_an_open_page_asks_only_when_it_is_told(
    server: DeskServer, office: Office, admin: httpx2.AsyncClient, people: People
) -> None:
    """Nothing polls: a look at the beginning, one when the page can hear, one for a change, and one a little later."""
    ada = await people.join(Visitor(server, office))
    looks: list[str] = []
    ada.page.on(
        "request", lambda request: looks.append(request.url) if f"/{office.portal}?lang=" in request.url else None
    )
    async with ada.page.expect_response("**/changes"):
        await ada.visit()
    await expect(ada.page.get_by_text("Nice to see you.")).to_be_visible()
    portal = (await admin.get(f"{ADMIN}/portals/{office.portal_id}")).json()
    draft = {name: value for name, value in portal.items() if name not in ("id", "version", "identity_secrets")}
    draft["setup"]["texts"]["welcome"] = {"en": "We are here."}
    assert (await admin.put(f"{ADMIN}/portals/{office.portal_id}", json=draft)).status_code == 200
    await expect(ada.page.get_by_text("We are here.")).to_be_visible()
    assert 2 <= len(looks) <= 5, looks
