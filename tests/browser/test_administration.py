"""The set-up in a browser: from an empty installation to a second portal without a file, live, for everybody's eyes."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.async_api import expect

from tests.browser.administrator import Administrator
from tests.browser.customer import Visitor
from tests.browser.looks import DESK, PHONE, axe, sideways
from tests.browser.people import People
from tests.conftest import stopped_well
from tests.support.office import PASSWORD, Office, Worker
from tests.support.people import http
from tests.support.server import ROOT, DeskServer

ADMIN = "/api/v1/admin"
LONG = "Wolfeschlegelsteinhausenbergerdorff " * 3
PORTAL_PAGES = ("look", "doors", "queue", "files")
"""Those whose parts stand nowhere else."""


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[DeskServer]:
    """An installation in which nothing was ever done."""
    running = DeskServer(tmp_path / "desk").migrate().start()
    yield running
    stopped_well(running)


def first_administrator(server: DeskServer, name: str) -> tuple[Worker, str]:
    """Added on the command line; with the one-time password that it prints."""
    email = f"{name.lower()}@example.com"
    command = [sys.executable, "-m", "server", "technician", "add", email, "--name", name, "--role", "administrator"]
    said = subprocess.run(command, cwd=ROOT, env=server.environment, check=True, capture_output=True, text=True).stdout
    found = re.search(r"One-time password: (\S+)", said)
    assert found, said
    return Worker(id="", email=email, name=name, token=""), found[1]


async def test_from_an_empty_installation_to_a_second_portal_without_a_file(empty: DeskServer, people: People) -> None:
    """B-08, B-30, B-50, S-20: all of it in the console, seen live by a colleague, and used by a customer."""
    worker, one_time = first_administrator(empty, "Olga")
    olga = await people.join(Administrator(empty, worker))
    await olga.visit()
    await olga.choose_password(one_time, PASSWORD)
    page = olga.page

    # the guide: company, portal, somebody who answers, each time from the overview and back to it
    await page.get_by_role("region", name="Ticket", exact=True).get_by_role("link", name="Administration").click()
    await expect(page.get_by_role("heading", name="Set up your desk")).to_be_visible()
    await page.get_by_role("link", name="Add a company").click()
    await olga.field("Name").fill("Acme")
    await expect(olga.field("Short name")).to_have_value("acme")
    await olga.thing.get_by_role("button", name="Add", exact=True).click()
    await page.get_by_role("link", name="Add a portal").click()
    await olga.field("Name").fill("Acme support")
    await olga.thing.get_by_role("button", name="Add", exact=True).click()
    await page.get_by_role("button", name="I answer myself").click()
    await expect(page.get_by_text("Customers can write to you here.")).to_be_visible()

    # a colleague, by a password that is shown once
    await olga.begin("Technicians")
    await olga.field("Name").fill("Max Power")
    await expect(olga.field("Public name")).to_have_value("Max")
    await olga.field("E-mail address").fill("max@example.com")
    await olga.field("Role").select_option("Administrator")
    await olga.thing.get_by_role("button", name="Add", exact=True).click()
    secret = await olga.shown_once("One-time password of Max Power")
    max_ = await people.join(Administrator(empty, Worker(id="", email="max@example.com", name="Max Power", token="")))
    await max_.visit()
    await max_.choose_password(secret, PASSWORD)
    await max_.administrate("Teams")
    await expect(max_.page.get_by_text("No team yet.")).to_be_visible()

    # what a second portal needs
    await olga.begin("Teams")
    await olga.field("Name").fill("Billing")
    await olga.thing.get_by_role("checkbox", name="Max Power", exact=True).check()
    await olga.add("Billing")
    await expect(max_.listed("Billing")).to_be_visible()  # by itself
    await olga.begin("Schedules")
    await olga.field("Name").fill("Day and night")
    await olga.thing.get_by_role("button", name="Day and night").click()
    await expect(olga.thing.get_by_text("Open now, and never closes.")).to_be_visible()
    await olga.add("Day and night")
    await olga.begin("Forms")
    await olga.field("Name").fill("Invoice")
    await olga.thing.get_by_role("button", name="Add a question").click()
    await olga.field("Question").fill("Invoice number")
    await olga.thing.get_by_role("checkbox", name="Required").check()
    await olga.add("Invoice")
    await olga.begin("Portals")
    await olga.field("Name").fill("Acme billing")
    await olga.field("Address").fill("billing")
    await olga.field("Keys of tickets begin with").fill("BILL")
    await olga.add("Acme billing")
    await olga.page_of("Look and words")
    await olga.field("Title").fill("Questions about an invoice?")
    await olga.page_of("Hours and queue")
    await olga.field("Schedule").select_option("Day and night")
    await olga.save_changes()
    await olga.begin("Issue types")
    await olga.field("Portal").select_option("Acme billing")
    await olga.field("Name").fill("A wrong invoice")
    await olga.field("Form").select_option("Invoice")
    await olga.field("Its tickets wait").select_option("Billing")
    await olga.field("Priority").select_option("High")
    await olga.add("A wrong invoice")
    await olga.begin("Notices")
    await olga.field("Name").fill("Slow")
    await olga.field("Text").fill("Invoices are **late** today.")
    await expect(olga.thing.get_by_role("group", name="As customers see it").locator("strong")).to_have_text("late")
    await olga.add("Slow")

    # a customer sees it all
    office = Office(empty.database, "", "acme", "billing", "", "BILL")
    ada = await people.join(Visitor(empty, office))
    await ada.visit()
    await expect(ada.page.get_by_role("heading", name="Questions about an invoice?")).to_be_visible()
    await expect(ada.page.get_by_role("region", name="Important messages")).to_contain_text("Invoices are late today.")
    await expect(ada.page.get_by_text("A wrong invoice")).to_be_visible()
    await ada.describe("Twice the same")
    await ada.page.get_by_label(re.compile("Invoice number")).fill("2026-117")
    key = await _sent(ada)
    await max_.page.get_by_role("link", name="Tickets").click()
    await max_.become_available()
    await max_.open(key)
    await expect(max_.page.get_by_role("region", name="The form")).to_contain_text(re.compile("High.*2026-117", re.S))

    # and who did what
    await olga.administrate("Changes")
    await expect(page.get_by_text("added Notice “Slow”")).to_be_visible()


async def _sent(visitor: Visitor) -> str:
    await visitor.send_form()
    return await visitor.key()


async def test_two_administrators_at_the_same_thing(server: DeskServer, office: Office, people: People) -> None:
    """What both change in different fields both get; the same field is asked about; what is not saved is kept."""
    boss = office.worker("Olga", "administrator")
    olga = await people.join(Administrator(server, boss))
    await olga.come_in()
    olga.expect_trouble(r"status of 4(00|09)")
    async with http(server, office.worker("Max", "administrator").token) as max_:
        draft = {"company": office.company, "name": "Billing"}
        team = (await max_.post(f"{ADMIN}/teams", json=draft)).json()
        for name in ("One", "Two"):
            names = {"en": name}
            assert (
                await max_.post(f"{ADMIN}/issue-types", json={"portal": office.portal_id, "names": names})
            ).is_success
        await olga.visit(f"#/admin/teams/{team['id']}")

        # elsewhere and back, nothing is lost
        await olga.field("Hand out automatically").check()
        await olga.administrate("Schedules")
        await olga.administrate("Teams")
        await expect(olga.listed("Billing")).to_have_accessible_name(re.compile("Not saved yet"))
        await olga.listed("Billing").click()
        await max_.put(f"{ADMIN}/teams/{team['id']}", json=draft | {"name": "Invoices"})
        await expect(olga.field("Name")).to_have_value("Invoices")  # by itself
        await olga.save_changes()
        saved = (await max_.get(f"{ADMIN}/teams/{team['id']}")).json()
        assert (saved["name"], saved["automatic"]) == ("Invoices", True)

        await olga.field("Name").fill("Mine")
        await max_.put(f"{ADMIN}/teams/{team['id']}", json=draft | {"name": "Theirs", "automatic": True})
        await expect(olga.thing.get_by_text("Somebody else wrote: Theirs")).to_be_visible()
        await expect(olga.field("Name")).to_have_value("Mine")
        await olga.thing.get_by_role("button", name="Take that").click()
        await expect(olga.field("Name")).to_have_value("Theirs")

        # what the server refuses stands at its field, in words
        await olga.field("Name").fill("")
        await olga.thing.get_by_role("button", name="Save").click()
        await expect(olga.field("Name")).to_be_focused()
        await expect(olga.field("Name")).to_have_attribute("aria-invalid", "true")
        await olga.page.set_viewport_size(PHONE)
        why = await olga.thing.get_by_role("alert").bounding_box()
        assert why, "it is not shown"
        assert why["width"] > 300, "beside long buttons there is no room for a sentence"
        await olga.page.set_viewport_size(DESK)
        await olga.thing.get_by_role("button", name="Discard").click()

        # order by keyboard
        await olga.administrate("Issue types")
        await olga.page.get_by_role("button", name="Move Two up").click()
        await expect(olga.page.locator("section.rows li").first).to_contain_text("Two")
        await expect(olga.page.get_by_role("button", name="Move Two up")).to_be_disabled()
        found = (await max_.get(f"{ADMIN}/issue-types", params={"company": office.company})).json()["items"]
        assert [one["names"]["en"] for one in sorted(found, key=lambda one: one["position"])] == ["Two", "One"]


async def test_every_section_is_for_everybody(server: DeskServer, office: Office, people: People) -> None:
    """C-28: each section with something in it that is as long as it gets, light on a phone, dark on a desk."""
    boss = office.worker("Olga", "administrator")
    olga = await people.join(Administrator(server, boss))
    await olga.come_in()
    async with http(server, boss.token) as admin:
        items = await _furnished(admin, office)
    await olga.visit("#/admin")
    await expect(olga.places).to_be_visible()
    for place in [*(f"{place}/{item}" for place, item in items.items()), "start", "changes"]:
        await _walk(olga, place)
    for page in PORTAL_PAGES:
        await _walk(olga, f"portals/{items['portals']}/{page}")
    await _walk(olga, f"schedules/{items['schedules']}/exceptions")


async def _walk(olga: Administrator, place: str) -> None:
    await olga.page.evaluate("place => { location.hash = `#/admin/${place}`; }", place)
    await expect(olga.page.locator("dw-admin h2").first).to_be_visible()
    found = []
    await olga.page.set_viewport_size(PHONE)
    found += await sideways(olga.page) + await axe(olga.page)
    await olga.page.set_viewport_size(DESK)
    await olga.page.emulate_media(color_scheme="dark")
    found += await sideways(olga.page) + await axe(olga.page, ["color-contrast"])
    await olga.page.emulate_media(color_scheme="light")
    assert found == [], place


async def _furnished(admin: httpx2.AsyncClient, office: Office) -> dict[str, str]:
    """Section -> id of something in it that is as long as it gets."""

    async def made(noun: str, **draft: Any) -> str:
        answer = await admin.post(f"{ADMIN}/{noun}", json={"company": office.company} | draft)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    span = {"from_day": 0, "from_time": "09:00", "to_day": 0, "to_time": "17:00"}
    days = {"first": "2026-12-25", "last": "2026-12-26", "name": LONG, "spans": [], "every_year": True}
    template = await admin.post(f"{ADMIN}/forms/templates/bug-report", params={"company": office.company})
    issue = await admin.post(f"{ADMIN}/issue-types", json={"portal": office.portal_id, "names": {"en": LONG}})
    return {
        "companies": office.company,
        "portals": office.portal_id,
        "technicians": (await admin.get("/api/v1/me")).json()["me"]["id"],
        "teams": await made("teams", name=LONG, members=[]),
        "issue-types": str(issue.json()["id"]),
        "forms": str(template.json()["id"]),
        "schedules": await made("schedules", name=LONG, time_zone="Europe/Amsterdam", hours=[span], exceptions=[days]),
        "notices": await made("notices", name=LONG, lang="en", text=LONG, portals=[office.portal_id]),
        "canned-replies": await made("canned-replies", category=LONG, title=LONG, texts={"en": LONG}),
        "customers": await made("customers", name=LONG, email="ada@example.com"),
    }
