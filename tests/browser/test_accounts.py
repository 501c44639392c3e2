"""Customers with a password in a browser: invited, signed in, sharing with a colleague (S-01, S-13, S-23, S-24)."""

import re
from pathlib import Path

import httpx2
from playwright.async_api import Locator, Page, expect

from server.domain.portal import PortalSettings
from server.store import customer_accounts
from tests.browser.administrator import Administrator
from tests.browser.customer import Visitor
from tests.browser.looks import fits_everybody
from tests.browser.people import People
from tests.support.accounts import PASSWORD, REQUIRED, registered
from tests.support.office import open_office
from tests.support.people import http
from tests.support.server import DeskServer


async def invitation(admin: httpx2.AsyncClient, company: str, name: str) -> str:
    """The fragment of the link with which somebody chooses a password."""
    draft = {"company": company, "email": f"{name.lower()}@example.com", "name": name}
    account = (await admin.post("/api/v1/admin/customers", json=draft)).json()
    link = (await admin.post(f"/api/v1/admin/customers/{account['id']}/link")).json()["link"]
    return "#" + str(link).partition("#")[2]


async def fill(page: Page, **fields: str) -> None:
    for label, text in fields.items():
        await page.get_by_label(label, exact=True).fill(text)


async def choose_password(visitor: Visitor, fragment: str) -> None:
    await visitor.visit(fragment)
    await expect(visitor.page.get_by_role("heading", name="Choose a password")).to_be_visible()
    await fill(visitor.page, Password=PASSWORD)
    await visitor.page.get_by_role("button", name="Save and go on").click()


async def test_an_invited_customer_shares_a_request(server: DeskServer, people: People) -> None:
    """What was typed is there after signing in again; a colleague reads and comments, until he is removed.

    An administrator makes the link and disables the account in the end; a technician sees both, and shares as well.
    """
    office = open_office(server.store, PortalSettings(sign_in="required"))
    administrator = office.worker("Olga", "administrator")
    async with http(server, administrator.token) as admin:
        to_bob = await invitation(admin, office.company, "Bob")
        draft = {"company": office.company, "email": "Ada@Example.com", "name": "Ada"}
        account = (await admin.post("/api/v1/admin/customers", json=draft)).json()

    olga = await people.join(Administrator(server, administrator))
    await olga.come_in()
    await olga.page.goto(f"{server.url}/console#/admin/customers/{account['id']}")  # other tests have companies, too
    await olga.thing.get_by_role("button", name="Make a link").click()
    link = await olga.shown_once("Link for Ada")
    to_ada = "#" + link.partition("#")[2]

    ada = await people.join(Visitor(server, office))
    ada.expect_trouble(r"status of 409 .*/tickets$")  # her session is over when she sends
    ada.expect_trouble(r"status of (401|429) .*/sign-in$")  # a wrong password, and the right one too soon after it
    await choose_password(ada, to_ada)
    await ada.choose("All my requests")
    await expect(ada.page.get_by_text("You have no requests yet.")).to_be_visible()
    await ada.page.get_by_role("button", name="New request").click()
    await ada.face.get_by_label("Subject").fill("Printer offline")
    await ada.face.get_by_label("Description").fill("It blinks")
    await expect(ada.page.get_by_label("Your name")).to_have_count(0)
    await ada.context.clear_cookies()
    await ada.send_form()

    await expect(ada.page.get_by_role("heading", name="Sign in")).to_be_visible()
    await fits_everybody(ada)
    await fill(ada.page, **{"E-mail address": "ada@example.com", "Password": "not the right one"})
    await ada.page.get_by_role("button", name="Sign in").click()
    await expect(ada.page.get_by_role("alert")).to_have_text("The e-mail address or the password is wrong.")
    await fill(ada.page, Password=PASSWORD)
    await ada.page.get_by_role("button", name="Sign in").click()
    await expect(ada.face.get_by_label("Description")).to_have_value("It blinks")
    await ada.send_form()
    key = await ada.key()
    await expect(ada.page.get_by_text("Sign in on any device to continue.")).to_be_visible()
    await expect(ada.page.get_by_role("button", name="Copy link")).to_have_count(0)

    await ada.choose("Share with colleagues")
    await ada.page.get_by_label("E-mail address of a colleague").fill("bob@example.com")
    await ada.page.get_by_role("button", name="Add").click()
    await expect(ada.page.get_by_role("listitem").filter(has_text="Bob")).to_be_visible()
    await fits_everybody(ada)
    await ada.page.get_by_role("button", name="Back").click()
    await ada.hears("Ada lets Bob read along")

    bob = await people.join(Visitor(server, office))
    await choose_password(bob, to_bob)
    await bob.choose("All my requests")
    await bob.page.get_by_role("button", name=key).click()
    await bob.hears("It blinks")
    await bob.page.get_by_role("button", name="Menu").click()
    await expect(bob.page.get_by_role("menuitem", name="Download transcript")).to_be_visible()
    await expect(bob.page.get_by_role("menuitem", name="End chat")).to_have_count(0)
    await bob.page.keyboard.press("Escape")
    await bob.say("Mine does too")
    await ada.hears("Mine does too")

    await ada.choose("Share with colleagues")
    await ada.page.get_by_role("button", name="Remove Bob").click()
    await expect(bob.page.get_by_text("not known here any more")).to_be_visible()

    lena = await people.technician(server, office.worker("Lena"))
    await lena.open(key)
    await expect(lena.page.get_by_text("Signed in with a password")).to_be_visible()
    await lena.page.get_by_label("E-mail address of a colleague").fill("bob@example.com")
    await lena.page.get_by_role("button", name="Share", exact=True).click()
    await expect(lena.page.get_by_role("button", name="Bob reads no more")).to_be_visible()
    await ada.page.get_by_role("button", name="Back").click()
    await expect(ada.conversation.get_by_text("lets Bob read along")).to_have_count(2)

    await olga.listed("Ada").click()
    await olga.field("Disabled").check()
    await olga.save_changes()
    await expect(ada.page.get_by_text("not known here any more")).to_be_visible()
    await expect(ada.page.get_by_role("heading", name="Sign in")).to_be_visible()


async def sign_in(page: Page, email: str) -> None:
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    await fill(page, **{"E-mail address": email, "Password": PASSWORD})
    await page.get_by_role("button", name="Sign in").click()


async def test_a_form_half_written_when_the_session_ended(server: DeskServer, people: People, tmp_path: Path) -> None:
    """S-13, S-24: words, answers and file are there after a reload and signing in again; the form shares the ticket."""
    office = open_office(server.store, REQUIRED)
    account, _ = await registered(server, office, "Ada"), await registered(server, office, "Bob")
    async with http(server, office.worker("Olga", "administrator").token) as admin:
        template = "/api/v1/admin/forms/templates/bug-report"
        form = (await admin.post(template, params={"company": office.company})).json()["id"]
        for name, asks in (("A bug", form), ("Something else", None)):
            kind = {"portal": office.portal_id, "names": {"en": name}, "form": asks}
            assert (await admin.post("/api/v1/admin/issue-types", json=kind)).status_code == 201
    log = tmp_path / "trace.txt"
    log.write_text("something went wrong\n")

    ada = await people.visitor(server, office)
    ada.expect_trouble(r"status of 409 .*/tickets$")  # the first try names nobody of the company

    def asked(label: str) -> Locator:
        return ada.page.get_by_label(re.compile(rf"^\s*{label}\s*\*?\s*$"))

    await sign_in(ada.page, "ada@example.com")
    await ada.page.get_by_role("button", name="A bug").click()
    written = {"Subject": "Printer on fire", "Description": "It burns", "Details and steps to reproduce": "Print"}
    written |= {"Expected result": "Paper", "Actual result": "Fire", "Share with": "bob@example.com, eve@example.com"}
    for label, text in written.items():
        await asked(label).fill(text)
    await asked("Impact").select_option("We can work, with difficulty")
    await asked("Attachments").set_input_files(log)
    await expect(ada.page.get_by_role("listitem").filter(has_text="trace.txt")).to_have_attribute("aria-busy", "false")

    office.write(lambda conn: customer_accounts.drop_tokens(conn, account["account"]))
    await ada.page.reload()
    await sign_in(ada.page, "ada@example.com")
    for label, text in written.items():
        await expect(asked(label)).to_have_value(text)
    await expect(asked("Impact")).to_have_value("hinders")
    await expect(ada.page.get_by_text("trace.txt")).to_be_visible()
    await ada.send_form()
    await expect(ada.page.get_by_role("alert")).to_contain_text("nobody of your company can be reached under eve@")
    await expect(asked("Share with")).to_have_accessible_description(re.compile("eve@example.com"))
    await fits_everybody(ada)
    await asked("Share with").fill("bob@example.com")
    await ada.send_form()
    await ada.hears("Ada lets Bob read along")
    await expect(ada.conversation.get_by_text("trace.txt").first).to_be_visible()


async def test_signing_in_that_is_only_offered_can_be_left(server: DeskServer, people: People) -> None:
    """Whoever looks at it comes back to the form, as it was."""
    ada = await people.visitor(server, open_office(server.store, PortalSettings(sign_in="offered")))
    await ada.field("Subject").fill("Printer on")
    await ada.choose("Sign in")
    await expect(ada.page.get_by_role("heading", name="Sign in")).to_be_visible()
    await ada.page.get_by_role("button", name="Back").click()
    await expect(ada.field("Subject")).to_have_value("Printer on")
