"""WCAG 2.2 AA as far as a machine can tell, on every page in every state, light and dark, on a desk and on a phone.

C-28, X-12: "accessible by test". What a keyboard alone can do stands in test_keyboard.py.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from server.domain.portal import PortalSettings
from tests.browser.looks import fits_everybody, sideways
from tests.browser.people import People
from tests.browser.site import Shopper, Site, running_site
from tests.support.office import Office, open_office
from tests.support.people import console, customer, open_ticket
from tests.support.server import DeskServer

CUT = r"ERR_INTERNET_DISCONNECTED|WebSocket connection to .* failed"
LONG = "A very long line without any meaning: " + "Donaudampfschifffahrtsgesellschaft" * 7
NAME = "Wolfeschlegelsteinhausenbergerdorff " * 3


async def test_the_portal_before_the_chat(server: DeskServer, office: Office, people: People) -> None:
    """C-28: form, errors, menu, a portal that does not exist."""
    ada = await people.visitor(server, office)
    await expect(ada.field("Subject")).to_be_visible()
    await fits_everybody(ada)
    await ada.send_form()
    await expect(ada.page.get_by_role("alert")).to_be_focused()
    await fits_everybody(ada)
    await ada.page.get_by_role("button", name="Menu").click()
    await expect(ada.page.get_by_role("menu")).to_be_visible()
    await fits_everybody(ada)


async def test_the_chat_of_the_customer(server: DeskServer, office: Office, people: People) -> None:
    """C-28: waiting, talking, asked whether to end, ended, closed, all requests, offline."""
    ada = await people.visitor(server, office)
    async with console(server, office.worker("Lena")) as lena:
        await lena.call("list", view="new")
        await ada.open_ticket(subject=LONG, text=LONG, name=NAME[:90])
        await expect(ada.stands("You are next")).to_be_visible()
        await fits_everybody(ada)
        ticket = (await lena.next("ticket"))["ticket"]["id"]
        await lena.watch(ticket)
        await lena.call("assign", ticket=ticket)
        await lena.call("join", ticket=ticket)
        await lena.say(ticket, f"See https://example.com/{'path/' * 60}")
        await lena.say(ticket, LONG)
        await ada.say("Thank you")
        await lena.post("typing", ticket=ticket)
        await expect(ada.conversation.get_by_text("is typing")).to_be_visible()
        await fits_everybody(ada)
        await ada.page.set_viewport_size({"width": 320, "height": 640})
        assert await sideways(ada.page) == []

        await ada.choose("End chat")
        await expect(ada.page.get_by_role("dialog", name="End this chat?")).to_be_visible()
        await fits_everybody(ada)
        await ada.page.get_by_role("button", name="End chat").click()
        await expect(ada.page.get_by_role("button", name="Continue the chat")).to_be_visible()
        await fits_everybody(ada)
        await lena.call("close", ticket=ticket)
        await expect(ada.stands("This ticket is closed")).to_be_visible()
        await fits_everybody(ada)
    await ada.choose("New request")
    await ada.choose("My requests")
    await expect(ada.page.get_by_role("heading", name="My requests")).to_be_visible()
    await fits_everybody(ada)


async def test_unsent_messages_and_the_connection_bar(server: DeskServer, office: Office, people: People) -> None:
    """C-28: offline, with messages that wait; and a message that was refused."""
    ada = await people.visitor(server, office)
    ada.expect_trouble(CUT)
    await ada.open_ticket()
    await ada.context.set_offline(True)
    await ada.say("Are you there?")
    await expect(ada.page.get_by_text("You are offline")).to_be_visible()
    await fits_everybody(ada)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """The shop."""
    with running_site() as running:
        yield running


async def test_the_widget(server: DeskServer, site: Site, people: People) -> None:
    """C-28: the round button, the form and the chat in the corner; on a phone they fill the screen."""
    office = open_office(server.database, PortalSettings(origins=[site.origin]))
    ada = await people.join(Shopper(server, office, site))
    await ada.visit()
    await fits_everybody(ada)
    await ada.open_widget()
    await expect(ada.field("Subject")).to_be_visible()
    await fits_everybody(ada)
    await fits_everybody(ada, ada.page.frames[1])
    await ada.open_ticket()
    await expect(ada.stands("You are next")).to_be_visible()
    await fits_everybody(ada, ada.page.frames[1])


async def test_the_console_before_work(server: DeskServer, office: Office, people: People) -> None:
    """C-28: sign-in, refused, away, empty list, menu, account, shortcuts, search."""
    lena = await people.stranger(server, office.worker("Lena"))
    lena.expect_trouble(r"status of 401 .*/api/v1/sign-in$")
    await expect(lena.page.get_by_role("button", name="Sign in")).to_be_visible()
    await fits_everybody(lena)
    await lena.sign_in(email="nobody@nowhere.example")
    await expect(lena.page.get_by_role("alert")).to_contain_text("wrong")
    await fits_everybody(lena)
    await lena.sign_in()
    await expect(lena.page.get_by_role("heading", name="You are away")).to_be_visible()
    await fits_everybody(lena)
    await lena.become_available()
    await expect(lena.page.get_by_role("heading", name="No tickets yet")).to_be_visible()
    await fits_everybody(lena)
    await lena.page.get_by_role("button", name=re.compile("^Availability")).click()
    await expect(lena.page.get_by_role("menu")).to_be_visible()
    await fits_everybody(lena)
    await lena.page.get_by_role("menuitem", name="Account and settings").click()
    await expect(lena.page.get_by_role("heading", name="Second factor")).to_be_visible()
    await fits_everybody(lena)
    await lena.page.get_by_role("button", name="Set up").click()
    await expect(lena.page.get_by_role("textbox", name="Code that it shows now")).to_be_focused()
    await fits_everybody(lena)
    await lena.page.get_by_role("button", name="Keyboard shortcuts").click()
    await expect(lena.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    await fits_everybody(lena)


async def test_the_console_at_work(server: DeskServer, office: Office, people: People) -> None:
    """C-28: a filled list, a ticket, a conversation with a note, undo, closed, search results, not found."""
    for n in range(12):
        await open_ticket(server, office, name=f"{NAME[: 20 + n]}{n}", subject=LONG[: 40 + n])
    lena = await people.technician(server, office.worker("Lena"))
    async with customer(server, office, name=NAME[:90], subject=LONG, email="ada@example.com") as ada:
        await lena.view("New")
        await expect(lena.row(ada.key)).to_be_visible()
        await fits_everybody(lena)
        await lena.open(ada.key)
        await expect(lena.actions).to_be_visible()
        await fits_everybody(lena)
        await lena.act("Assign to me")
        await lena.act("Join chat")
        await lena.say(LONG)
        await ada.event("message", text=LONG)
        await ada.say(ada.ticket, "Thank you")
        await lena.note("Be careful")
        await lena.hears("Be careful")
        await ada.post("typing", ticket=ada.ticket)
        await expect(lena.conversation.get_by_text("is typing")).to_be_visible()
        await fits_everybody(lena)
        await lena.ticket.get_by_role("button", name="Menu").click()
        await expect(lena.page.get_by_role("menu")).to_be_visible()
        await fits_everybody(lena)
        await lena.page.keyboard.press("Escape")
        await lena.act("End chat")
        await lena.told("has ended")
        await fits_everybody(lena)
        await lena.act("Close ticket")
        await lena.may("Reopen")
        await fits_everybody(lena)
        await lena.search("Thank")
        await expect(lena.found(ada.key)).to_be_visible()
        await fits_everybody(lena)
        await lena.visit("#/tickets/nowhere")
        await expect(lena.page.get_by_role("heading", name="This ticket cannot be shown")).to_be_visible()
        await fits_everybody(lena)
