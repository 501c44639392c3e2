"""A day without the mouse: the whole job of both sides by keys alone, with a focus that can be seen at every stop."""

from playwright.async_api import Locator, expect

from tests.browser.looks import focus
from tests.browser.people import People
from tests.browser.technician import Technician
from tests.support.browser import Window
from tests.support.office import PASSWORD, Office
from tests.support.people import customer
from tests.support.server import DeskServer

MOST_STOPS = 60


async def tab_to(window: Window, target: Locator) -> None:
    """Press Tab until the focus is there."""
    for _ in range(MOST_STOPS):
        await window.page.keyboard.press("Tab")
        if await target.evaluate("(element) => element.getRootNode().activeElement === element"):
            return
    raise AssertionError(f"{target} was not reached by Tab; the focus is at {await focus(window.page)}")


async def every_stop_can_be_seen(window: Window, names: set[str]) -> None:
    """Tab once through the whole page: these are met, and each stop shows that it has the focus."""
    for _ in range(MOST_STOPS):  # to the end of the page; the next Tab begins at its top
        await window.page.keyboard.press("Tab")
        if await focus(window.page) is None:
            break
    met: dict[str, bool] = {}
    for _ in range(MOST_STOPS):
        await window.page.keyboard.press("Tab")
        at = await focus(window.page)
        if at is None:
            break
        met[at[0]] = met.get(at[0], True) and at[1]
    assert names <= met.keys(), sorted(met)
    assert all(met.values()), sorted(name for name, seen in met.items() if not seen)


async def test_the_customer_by_keys_alone(server: DeskServer, office: Office, people: People) -> None:
    """C-28: fill in the form, mend an error, chat, end the chat by the menu and go on."""
    ada = await people.visitor(server, office)
    key = ada.page.keyboard
    await expect(ada.field("Subject")).to_be_visible()
    await every_stop_can_be_seen(ada, {"Menu", "Start the chat"})
    await tab_to(ada, ada.field("Your name"))
    await key.type("Ada Byron")
    await tab_to(ada, ada.field("Subject"))
    await key.type("Printer offline")
    await key.press("Enter")
    await expect(ada.page.get_by_role("alert")).to_be_focused()
    await tab_to(ada, ada.page.get_by_role("link", name="Describe the problem."))
    await key.press("Enter")
    await expect(ada.field("Description")).to_be_focused()
    await key.type("It will not print")
    await tab_to(ada, ada.page.get_by_role("button", name="Start the chat"))
    await key.press("Enter")
    await expect(ada.composer).to_be_focused()
    await key.type("first line")
    await key.press("Shift+Enter")
    await key.type("second line")
    await key.press("Enter")
    await ada.hears("second line")
    await expect(ada.composer).to_have_value("")
    # what those who wait are told is loaded with the first chat, and may come after the first message
    await expect(ada.page.get_by_role("button", name="Copy link")).to_be_visible()
    await every_stop_can_be_seen(ada, {"Menu", "Copy link", "Message", "Conversation"})

    await tab_to(ada, ada.page.get_by_role("button", name="Menu"))
    await key.press("ArrowDown")
    await expect(ada.page.get_by_role("menuitem", name="End chat")).to_be_focused()
    await key.press("End")
    await expect(ada.page.get_by_role("menuitemradio", name="Nederlands")).to_be_focused()
    await key.press("Escape")
    await expect(ada.page.get_by_role("button", name="Menu")).to_be_focused()
    await key.press("Enter")
    await key.press("Enter")
    await expect(ada.page.get_by_role("dialog", name="End this chat?")).to_be_visible()
    await tab_to(ada, ada.page.get_by_role("button", name="End chat"))
    await key.press("Enter")
    await tab_to(ada, ada.page.get_by_role("button", name="Continue the chat"))
    await key.press("Enter")
    await expect(ada.composer).to_be_focused()


async def test_the_technician_by_keys_alone(server: DeskServer, office: Office, people: People) -> None:
    """C-28, G-16, G-22..G-29: from sign-in to the reopened ticket; single letters act, and in a text they are text."""
    lena = await people.stranger(server, office.worker("Lena"))
    key, page = lena.page.keyboard, lena.page
    await expect(page.get_by_role("textbox", name="E-mail")).to_be_focused()
    await key.type(lena.worker.email)
    await key.press("Tab")
    await key.type(PASSWORD)
    await key.press("Enter")
    await tab_to(lena, page.get_by_role("button", name="Availability: Away"))
    await key.press("Enter")
    await expect(page.get_by_role("menuitemradio", name="Available")).to_be_focused()
    await key.press("Enter")
    await expect(lena.list).to_be_visible()

    async with customer(server, office, name="Bob", subject="Another") as bob, customer(server, office) as ada:
        await expect(lena.row(bob.key)).to_be_visible()
        await key.press("t")
        await expect(lena.list).to_be_focused()
        await key.press(".")
        await key.press("j")
        await key.press("j")
        await key.press("k")
        await key.press("Enter")
        await lena.may("Assign to me")
        await expect(page.get_by_role("heading", level=1, name=ada.key)).to_be_visible()
        await every_stop_can_be_seen(lena, {"Search", "Assign to me", "Conversation"})
        await key.press("a")
        await lena.may("Join chat", "Unassign", "Close ticket")
        await key.press("o")
        await expect(lena.composer).to_be_focused()
        await key.type("a job for u, eco")  # letters that would act elsewhere
        await key.press("Enter")
        await ada.event("message", text="a job for u, eco")
        await key.press("Escape")
        await key.press("n")
        await expect(page.get_by_role("textbox", name="Internal note")).to_be_focused()
        await key.type("call back")
        await key.press("Enter")
        await lena.hears("call back")
        await key.press("Escape")
        await key.press("r")
        await expect(lena.composer).to_be_focused()
        await key.press("Escape")

        await key.press("e")
        await lena.may("Join chat", "Unassign", "Close ticket")
        await key.press("z")
        await lena.may("Unassign", "End chat", "Close ticket")
        await key.press("u")
        await lena.may("Assign to me")
        await key.press("a")
        await lena.may("Join chat", "Unassign", "Close ticket")
        await key.press("c")
        await lena.may("Reopen")
        await key.press("p")
        await lena.may("Join chat", "Unassign", "Close ticket")
        await _finds_its_way(lena, ada.key)


async def _finds_its_way(lena: Technician, ticket: str) -> None:
    """Search, the list of keys, and back."""
    key, page = lena.page.keyboard, lena.page
    await key.press("/")
    await expect(page.get_by_role("searchbox", name="Search")).to_be_focused()
    await key.type(ticket)
    await expect(lena.found(ticket)).to_be_visible()
    await key.press("ArrowDown")
    await expect(lena.found(ticket)).to_be_focused()
    await key.press("?")
    await expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    await key.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(lena.found(ticket)).to_be_focused()
    await key.press("t")
    await expect(lena.list).to_be_focused()
    await key.press("Escape")
    await expect(page.get_by_text("No ticket is open.")).to_be_visible()
