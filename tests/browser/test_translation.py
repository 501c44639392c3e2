"""Customer and technician write in their own languages and read the other's, with the demo models (X-1)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from server.domain.portal import PortalSettings
from server.translation import phrasebook
from tests.browser.administrator import Administrator
from tests.browser.bureau import (
    PATIENT,
    TRANSLATES,
    bubble,
    bureau,
    canned,
    forge,
    marked,
    reads,
    still,
    switch,
    translates,
    turn,
)
from tests.browser.customer import Visitor
from tests.browser.looks import DESK, PHONE, fits_everybody
from tests.browser.people import People
from tests.browser.site import Shopper, running_site
from tests.browser.technician import Technician
from tests.browser.test_slow_path import NO_SOCKETS, SLOW
from tests.conftest import stopped_well
from tests.support.office import Office, Worker, open_office
from tests.support.people import customer
from tests.support.server import DeskServer

WRONG_CLOCK = "const right = Date.now; Date.now = () => right() + 3_600_000"
HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script> ${alert(3)} \u202e"
SPOKEN = "dw-transcript [aria-live=polite]"

FIRST_SEEN = """
(scroller) => {
  const { top } = scroller.getBoundingClientRect();
  const first = [...scroller.querySelectorAll(".bubble")].find((one) => one.getBoundingClientRect().bottom > top);
  const text = [...first.querySelectorAll("dw-said")].map(({ text }) => text).join();
  return [Number(text.match(/\\d+/)), Math.round(first.getBoundingClientRect().top - top)];
}
"""
"""Which message is the first that is seen, by its number, and where it stands."""


@pytest.fixture(scope="module")
def translating(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskServer]:
    """A server that knows English and French."""
    running = bureau(tmp_path_factory.mktemp("translating"))
    yield running
    stopped_well(running)


@pytest.fixture
def acme(translating: DeskServer) -> Office:
    """A company whose portal translates."""
    return open_office(translating.database, TRANSLATES)


@pytest.fixture
async def lena(translating: DeskServer, acme: Office) -> Worker:
    """A technician who reads French."""
    worker = reads(acme, acme.worker("Lena"), "fr")
    await translates(translating, worker)
    return worker


async def test_each_reads_in_his_own_language(
    translating: DeskServer, acme: Office, lena: Worker, people: People
) -> None:
    """B-20, B-22, B-23, C-23: with the mark, with the original a press away, and again after a reload."""
    ada = await people.visitor(translating, acme)
    key = await ada.open_ticket("The invoice is wrong", "Hello, my printer does not work.")
    desk = await people.technician(translating, lena)
    await desk.open(key)
    await marked(desk, "Bonjour, mon imprimante ne fonctionne pas", "Machine-translated from English")
    await expect(desk.ticket.get_by_role("heading", level=1)).to_contain_text("La facture est fausse")
    for place, step in (("dw-shared-list", "Assign to me"), ("dw-my-tickets", "Join chat")):
        row = desk.page.locator(place).get_by_title("(The invoice is wrong)")
        await expect(row).to_contain_text("La facture est fausse")
        await desk.act(step)
    await expect(desk.ticket.get_by_text("Ada Byron reads English")).to_be_visible()
    await expect(ada.face.get_by_text("Lena of support reads French")).to_be_visible()
    heading = desk.ticket.get_by_role("heading", level=1)
    for button, subject in (("Show original", "The invoice is wrong"), ("Show translation", "La facture est fausse")):
        await desk.ticket.get_by_role("button", name=re.compile(f"{button}$")).first.click()
        await expect(heading).to_contain_text(subject)

    await desk.say("Quelle imprimante avez-vous ?")
    await marked(ada, "Which printer do you have?", "Machine-translated from French")
    await marked(desk, "Quelle imprimante avez-vous ?", "Sent in English too")
    for _ in range(2):
        await turn(ada, "Which printer do you have?", "Show original")
        await marked(ada, "Quelle imprimante avez-vous ?", "Original in French")
        await expect(ada.conversation.locator("[lang=fr]")).to_have_text("Quelle imprimante avez-vous ?")
        await turn(ada, "Quelle imprimante avez-vous ?", "Show translation")
        await expect(ada.conversation.locator("[lang=fr]")).to_be_hidden()
        await turn(desk, "Quelle imprimante avez-vous ?", "Show")
        await marked(desk, "Which printer do you have?", "Sent in English too")
        await ada.page.reload()
        await desk.page.reload()
        await marked(desk, "Bonjour, mon imprimante ne fonctionne pas", "Machine-translated from English")
    await desk.note("Merci")
    await desk.hears("Merci")
    await expect(bubble(desk, "Merci").locator(".mark")).to_be_hidden()
    await fits_everybody(ada)
    await fits_everybody(desk)


async def test_the_original_waits_for_nobody(
    translating: DeskServer, acme: Office, lena: Worker, people: People
) -> None:
    """B-23: it is there while the models are held still; a screen reader hears the translation; what failed says so.

    The reader's own clock is an hour ahead: what has just been written is not late, nor old.
    """
    desk = await people.join(Technician(translating, lena))
    await desk.page.add_init_script(WRONG_CLOCK)
    await desk.come_in()
    await desk.become_available()
    spoken = desk.page.locator(SPOKEN)
    async with customer(translating, acme, lang="en", description="Hello, my printer does not work.") as ada:
        await desk.open(ada.key)
        await desk.hears("Bonjour, mon imprimante ne fonctionne pas")
        with still(translating):
            await ada.say(ada.ticket, "I cannot log in.")
            await marked(desk, "I cannot log in.", "Translating…")
            await expect(spoken).to_have_text("")
        await marked(desk, "Je n'arrive pas à me connecter", "Machine-translated from English")
        await expect(spoken).to_contain_text("Ada Byron: Je n'arrive pas à me connecter")
        await expect(desk.conversation.get_by_text("I cannot log in.")).to_be_hidden()
        await ada.say(ada.ticket, "Grobnik zarpu flumpet.")
        await marked(desk, "Grobnik zarpu flumpet.", "Not translated")
        await expect(spoken).to_contain_text("Ada Byron: Grobnik zarpu flumpet.")


async def test_originals_beside_translations(
    translating: DeskServer, acme: Office, lena: Worker, people: People
) -> None:
    """B-22: who wants both has both, from then on, and a reader of earlier lines stays where he is when they come."""
    desk = await people.technician(translating, lena)
    async with customer(translating, acme, lang="en", subject="Hello") as ada:
        await desk.open(ada.key)
        await desk.ticket.get_by_role("button", name="Menu").click()
        await desk.page.get_by_role("menuitemradio", name="Show originals beside translations").click()
        await ada.say(ada.ticket, "Thank you, it works now.")
        await expect(bubble(desk, "Thank you")).to_contain_text("Merci")
        await desk.page.reload()
        await expect(bubble(desk, "Thank you").locator("[lang]")).to_have_count(2)
        for both in (False, True):
            await desk.page.get_by_role("link", name="Account").click()
            await desk.page.get_by_label("Show originals beside translations").set_checked(both)
            await desk.page.go_back()
            if both:
                await expect(bubble(desk, "Thank you").locator("[lang]")).to_have_count(2)
            else:
                await expect(bubble(desk, "Merci").locator("[lang]")).to_have_count(1)
        with still(translating):
            for number in range(24):
                await ada.say(ada.ticket, f"The invoice is wrong. {number}")
            await marked(desk, "The invoice is wrong. 23", "Translating…")
            await desk.conversation.hover()
            await desk.page.mouse.wheel(0, -200)
            await expect(desk.page.get_by_role("button", name="Latest messages")).to_be_visible()
            number, top = await desk.conversation.evaluate(FIRST_SEEN)
            assert number > 5
        for early in range(6):
            await expect(bubble(desk, f"The invoice is wrong. {early}").first).to_contain_text("La facture est fausse")
        assert await desk.conversation.evaluate(FIRST_SEEN) == [number, top]


async def test_languages_are_put_right(translating: DeskServer, acme: Office, lena: Worker, people: People) -> None:
    """B-22: by the customer in the menu, by the technician in the details; one's own in the account."""
    ada = await people.visitor(translating, acme)
    key = await ada.open_ticket("48213", "48213")
    desk = await people.technician(translating, lena)
    await desk.open(key)
    await desk.act("Assign to me")
    await desk.act("Join chat")
    theirs = desk.page.get_by_role("combobox", name="Customer's language")
    await expect(theirs).to_have_value("en")
    await ada.choose("Language you write in")
    await fits_everybody(ada)
    await ada.face.get_by_role("combobox", name="Which language do you write in?").select_option("French")
    await ada.face.get_by_role("button", name="Save").click()
    await ada.hears("Your language: French")
    await desk.hears("Customer's language: French")
    await expect(theirs).to_have_value("fr")
    await expect(ada.face.get_by_text("reads French")).to_be_hidden()

    await theirs.select_option("English")
    await desk.hears("Lena set the customer's language: English")
    await ada.hears("Your language: English")
    await expect(ada.face.get_by_text("Lena of support reads French")).to_be_visible()

    await desk.page.get_by_role("link", name="Account").click()
    mine = desk.page.get_by_role("combobox", name="I read and write")
    await expect(mine).to_have_value("fr")
    async with desk.page.expect_response("**/api/v1/me/language"):
        await mine.select_option("English")
    await desk.page.reload()
    await expect(mine).to_have_value("en")


async def test_canned_replies_in_the_language_that_there_is(
    translating: DeskServer, acme: Office, lena: Worker, people: People
) -> None:
    """B-22, B-73: in the customer's words where somebody has written them, with one's own beside; else translated."""
    canned(
        acme, "Welcome", en="Hello {customer}, I am {me}. {unknown}", fr="Bonjour {customer}, je suis {me}. {unknown}"
    )
    canned(acme, "Restart", en="Have you tried restarting? See {key}")
    canned(acme, "Which one", fr="Quelle imprimante avez-vous ? {key}")
    ada = await people.visitor(translating, acme)
    key = await ada.open_ticket("Hello", "Hello, my printer does not work.")
    desk = await people.technician(translating, lena)
    await desk.open(key)
    await desk.act("Assign to me")
    await desk.act("Join chat")

    await desk.ticket.get_by_role("button", name="Canned reply").click()
    both, english, french = [desk.page.get_by_role("option", name=name) for name in ("Welcome", "Restart", "Which one")]
    await expect(both.locator("[lang=fr]")).to_contain_text("Bonjour")
    await expect(both.locator("[lang=en]")).to_contain_text("Hello")
    await expect(english.locator(".way")).to_have_text("English")
    await expect(french.locator(".way")).to_have_text("French → English, by machine")
    await fits_everybody(desk)
    await both.click()
    await desk.composer.press("Enter")
    await ada.hears("Hello Ada Byron, I am Lena of support. {unknown}")

    await _replies(desk, "Restart")
    await ada.hears(f"Have you tried restarting? See {key}")

    await _replies(desk, "Which one")
    await marked(ada, f"Which printer do you have? {key}", "Machine-translated from French")
    await marked(desk, f"Quelle imprimante avez-vous ? {key}", "Sent in English too")
    for window in (ada, desk):  # nothing was made of what she could read as it was
        await expect(window.conversation.get_by_text("Hello Ada Byron")).to_be_visible()
        await expect(
            window.conversation.locator(".mark").filter(has_text=re.compile("French|English too"))
        ).to_have_count(1)


@pytest.fixture
def learning(tmp_path: Path) -> Iterator[DeskServer]:
    """A server that has no models yet."""
    running = DeskServer(tmp_path / "learning", **PATIENT).migrate().start()
    yield running
    stopped_well(running)


async def test_pages_that_were_open_before(learning: DeskServer, people: People) -> None:
    """B-21, B-22: a pair is installed, a language chosen elsewhere, the switch turned: no page has to be reloaded."""
    office = open_office(learning.database, TRANSLATES)
    worker = reads(office, office.worker("Lena"), "fr")
    ada = await people.visitor(learning, office, viewport=PHONE)
    key = await ada.open_ticket()
    desk, other = [await people.technician(learning, worker) for _ in range(2)]
    for window in (desk, other):
        await window.open(key)
    await desk.act("Assign to me")
    await desk.act("Join chat")
    not_now = "Messages are not translated now."
    faces = (desk.ticket, ada.page.locator("body"))
    for face in faces:
        await expect(face.get_by_text(not_now)).to_be_visible()

    phrasebook.install_missing(learning.data / "translation" / "packages")
    for face in (*faces, other.ticket):
        await expect(face.get_by_text(not_now)).to_be_hidden(timeout=60_000)
    await expect(desk.ticket.get_by_text("Ada Byron reads English")).to_be_visible()
    await expect(ada.face.get_by_text("Lena of support reads French")).to_be_visible()
    await expect(desk.page.get_by_role("combobox", name="Customer's language").locator("option")).to_have_count(2)
    await fits_everybody(ada)
    with still(learning):
        await ada.say("I cannot log in.")
        await marked(desk, "I cannot log in.", "Translating…")
    await marked(desk, "Je n'arrive pas à me connecter", "Machine-translated from English")

    await other.page.get_by_role("link", name="Account").click()
    await other.page.get_by_role("combobox", name="I read and write").select_option("Dutch")
    await expect(ada.face.get_by_text("Lena of support reads Dutch. Messages are not translated now.")).to_be_visible()
    await expect(desk.ticket.get_by_text("Ada Byron reads English. Messages are not translated now.")).to_be_visible()

    switch(office, on=False)
    for face in faces:
        await expect(face.get_by_text("reads")).to_be_hidden(timeout=20_000)
    switch(office, on=True)
    for face in faces:
        await expect(face.get_by_text(not_now)).to_be_visible(timeout=20_000)


async def test_administration_says_what_can_be_translated(learning: DeskServer, people: People) -> None:
    """B-21: beside the switch, as soon as it is so; where nothing is installed, what to do."""
    office = open_office(learning.database, TRANSLATES)
    eve = await people.join(Administrator(learning, office.worker("Eve", role="administrator")), viewport=PHONE)
    await eve.come_in()
    await eve.visit(f"#/admin/portals/{office.portal_id}")
    await expect(eve.page.get_by_text("deskwire translate install fr-en")).to_be_visible()
    await fits_everybody(eve)
    phrasebook.install_missing(learning.data / "translation" / "packages")
    await expect(eve.page.get_by_text("Now: English ↔ French.")).to_be_visible(timeout=60_000)
    await eve.page.set_viewport_size(DESK)
    await fits_everybody(eve)


async def test_translations_without_a_socket(
    translating: DeskServer, acme: Office, lena: Worker, people: People
) -> None:
    """C-03, C-23: over HTTP the customer reads what the other side wrote in his own language, too."""
    ada = await people.join(Visitor(translating, acme))
    await ada.context.add_init_script(NO_SOCKETS)
    await ada.visit()
    key = await ada.open_ticket("Hello", "Hello, my printer does not work.")
    await expect(ada.page.get_by_text(SLOW)).to_be_visible()
    desk = await people.technician(translating, lena)
    await desk.open(key)
    await desk.act("Assign to me")
    await desk.act("Join chat")
    await expect(ada.face.get_by_text("Lena of support reads French")).to_be_visible()
    await desk.say("Quelle imprimante avez-vous ?")
    await marked(ada, "Which printer do you have?", "Machine-translated from French")
    await ada.say("Thank you, it works now.")
    await expect(bubble(desk, "Merci")).to_be_visible()
    assert ada.received == []


async def test_translations_in_the_widget(translating: DeskServer, people: People) -> None:
    """C-26, C-23: on somebody else's site."""
    with running_site() as site:
        office = open_office(translating.database, PortalSettings(translation=True, origins=[site.origin]))
        worker = reads(office, office.worker("Lena"), "fr")
        ada = await people.join(Shopper(translating, office, site))
        await ada.visit()
        await ada.open_widget()
        key = await ada.open_ticket("Hello", "Hello, my printer does not work.")
        desk = await people.technician(translating, worker)
        await desk.open(key)
        await desk.act("Assign to me")
        await desk.act("Join chat")
        await desk.say("Quelle imprimante avez-vous ?")
        await expect(ada.face.get_by_text("Lena of support reads French")).to_be_visible()
        await marked(ada, "Which printer do you have?", "Machine-translated from French")
        await turn(ada, "Which printer do you have?", "Show original")
        await marked(ada, "Quelle imprimante avez-vous ?", "Original in French")
        for viewport in (PHONE, DESK):
            await ada.page.set_viewport_size(viewport)
            await expect(bubble(ada, "Quelle imprimante avez-vous ?")).to_be_visible()


async def _replies(desk: Technician, title: str) -> None:
    """With the keyboard alone."""
    await desk.composer.press("/")
    await desk.page.get_by_role("combobox", name="Search canned replies").fill(title)
    await desk.page.keyboard.press("Enter")
    await desk.composer.press("Enter")


async def test_where_nobody_translates_that_is_said(server: DeskServer, people: People) -> None:
    """C-23: the portal wants translations, and there are no models. What one has made is text, and nothing else."""
    office = open_office(server.database, TRANSLATES)
    worker = reads(office, office.worker("Lena"), "fr")
    ada = await people.visitor(server, office, viewport=PHONE)
    key = await ada.open_ticket()
    forge(office, key, "fr", HOSTILE)
    desk = await people.technician(server, worker)
    await desk.open(key)
    await expect(desk.ticket.get_by_role("heading", level=1)).to_contain_text(HOSTILE)
    await expect(bubble(desk, HOSTILE)).to_be_visible()
    await expect(desk.page.locator("dw-shared-list").get_by_text(HOSTILE)).to_be_visible()
    await desk.act("Assign to me")
    await desk.act("Join chat")
    await expect(desk.ticket.get_by_text("Ada Byron reads English. Messages are not translated now.")).to_be_visible()
    await expect(ada.face.get_by_text("Lena of support reads French. Messages are not translated now.")).to_be_visible()
    await desk.say("Bonjour")
    await ada.hears("Bonjour")
    await expect(bubble(ada, "Bonjour").locator(".mark")).to_be_hidden()
    await fits_everybody(desk)
    await ada.page.set_viewport_size(DESK)
    await fits_everybody(ada)
