"""A session key from one browser to the other, on a portal that is closed; and what surrounds the chat that begins."""

import re

import pytest
from playwright.async_api import expect
from sqlalchemy import Connection

from server.clock import now_ms
from server.desk.administration.canned_replies import CannedReplies
from server.domain.ids import new_id
from server.domain.portal import PortalSettings, PortalTexts
from server.protocol.administration import CannedReplyDraft
from server.store.base import Tx
from server.store.tables import portals, schedules
from tests.browser.looks import fits_everybody
from tests.browser.people import People
from tests.support.office import Office, open_office
from tests.support.server import DeskServer

SETTINGS = PortalSettings(
    tell_later=True,
    texts=PortalTexts(
        closed={"en": "We are asleep."},
        greeting={"en": "Welcome, {name}: this is {key}."},
        waiting={"en": "Have your serial number ready."},
    ),
)


@pytest.fixture
def office(server: DeskServer) -> Office:
    """Closed for good, with words of its own for those who wait, and a reply for those who answer."""
    made = open_office(server.store, SETTINGS)

    def work(conn: Connection) -> None:
        schedule = new_id()
        values = {"company_id": made.company, "name": "Never", "time_zone": "Europe/Amsterdam"}
        conn.execute(schedules.insert().values(id=schedule, hours=[], exceptions=[], **values))
        conn.execute(portals.update().where(portals.c.id == made.portal_id).values(schedule_id=schedule))
        for category, title, text in (
            ("Greetings", "Good day", "Good day {customer}, I am {me} and look at {key}."),
            ("Printers", "Off and on", "Please switch it off and on."),
        ):
            draft = CannedReplyDraft(company=made.company, category=category, title=title, texts={"en": text})
            CannedReplies().add(Tx(conn), draft, now_ms())

    made.write(work)
    return made


async def test_a_key_is_made_typed_and_answered(server: DeskServer, office: Office, people: People) -> None:
    """B-02, B-06, B-07, B-61, B-70, B-73, G-36: by telephone into a closed portal, and a canned reply comes back."""
    lena = await people.technician(server, office.worker("Lena"), available=False)
    await lena.page.get_by_role("button", name="Session key for a customer").click()
    keys = lena.page  # what is in a dialog's slot is not below it
    await expect(keys.get_by_role("dialog", name="Session key")).to_be_visible()
    await keys.get_by_role("textbox", name="For whom").fill("Ada, by phone")
    await keys.get_by_role("button", name="Make a key").click()
    shown = keys.get_by_text(re.compile("^[2-9A-Z]{4}-[2-9A-Z]{4}$"))
    await expect(shown).to_be_visible()
    key = await shown.inner_text()
    await fits_everybody(lena)
    letter = await keys.get_by_role("link", name="Write an e-mail").get_attribute("href")
    assert letter is not None
    assert key in letter

    ada = await people.visitor(server, office)
    await expect(ada.face.get_by_text("We are asleep.")).to_be_visible()
    await ada.face.get_by_role("button", name="I have a key").click()
    await ada.face.get_by_role("textbox", name="Key").fill(key.replace("-", " ").lower())
    await ada.face.get_by_role("button", name="Go on").click()
    await expect(ada.face.get_by_text("Lena of support")).to_be_visible()
    await ada.page.reload()
    await expect(ada.face.get_by_text("Lena of support")).to_be_visible()
    assert key.replace("-", "") not in ada.page.url.upper()
    ticket = await ada.open_ticket()
    assert await ada.page.evaluate("Object.keys(localStorage).filter((name) => name.endsWith(':key'))") == []
    await ada.hears(f"Welcome, Ada Byron: this is {ticket}.")
    await expect(ada.face.get_by_text("Have your serial number ready.")).to_be_visible()
    await fits_everybody(ada)

    await ada.face.get_by_role("button", name="Tell me by e-mail").click()
    await ada.face.get_by_role("textbox", name="Where may we write to?").fill("ada@example.com")
    await ada.face.get_by_role("button", name="Leave and be told").click()
    await ada.hears("wants to be told by e-mail")
    await expect(ada.face.get_by_role("button", name="I will wait here")).to_be_visible()

    await keys.get_by_role("link", name=f"Opened {ticket}").click()
    await lena.act("Assign to me")
    await lena.act("Join chat")
    await lena.composer.press("/")
    search = lena.page.get_by_role("combobox", name="Search canned replies")
    await expect(search).to_be_focused()
    await fits_everybody(lena)
    await search.fill("good")
    await search.press("Enter")
    said = f"Good day Ada Byron, I am Lena of support and look at {ticket}."
    await expect(lena.composer).to_have_value(said)
    await lena.composer.press("Enter")
    await ada.hears(said)
