"""Two technicians at one ticket: it is handed over, and the other one is invited; what all three see of it."""

import asyncio

from playwright.async_api import Route, expect

from tests.browser.looks import fits_everybody
from tests.browser.people import People
from tests.browser.technician import Technician
from tests.support.office import open_office
from tests.support.server import DeskServer


async def ask(window: Technician, menu: str, who: str, comment: str, button: str) -> None:
    """Ask a colleague, from the ticket's menu."""
    await window.ticket.get_by_role("button", name="Menu").click()
    await window.page.get_by_role("menuitem", name=menu).click()
    await window.page.get_by_label("To whom").select_option(label=who)
    await window.page.get_by_label("Comment").fill(comment)
    await fits_everybody(window)
    await window.page.get_by_role("button", name=button, exact=True).click()
    await expect(window.page.get_by_label("To whom")).to_be_hidden()


async def keeps_whom_she_chose(window: Technician) -> None:
    """The list of colleagues comes anew while the dialog is open, in another order."""
    come = asyncio.Event()

    async def late(route: Route) -> None:
        await come.wait()
        await route.continue_()

    await window.page.route("**/api/v1/directory", late)
    await window.ticket.get_by_role("button", name="Menu").click()
    await window.page.get_by_role("menuitem", name="Transfer").click()
    await window.page.get_by_label("To whom").select_option(label="Bo (not there)")
    come.set()
    people = window.page.get_by_label("To whom").locator("option")
    await expect(people).to_have_text(["", "Nora", "Bo (not there)"])
    await expect(window.page.locator("option:checked")).to_have_text("Bo (not there)")
    await window.page.get_by_role("button", name="Cancel").click()
    await window.page.unroute("**/api/v1/directory")


async def test_a_ticket_changes_hands_and_a_colleague_helps(server: DeskServer, people: People) -> None:
    """G-33, G-34, B-73: offered, accepted while away, invited, come and gone; comments stay among colleagues."""
    office = open_office(server.store)
    office.worker("Bo")
    lena = await people.technician(server, office.worker("Lena"))
    nora = await people.technician(server, office.worker("Nora"))
    ada = await people.visitor(server, office)
    await ada.open_ticket()
    await lena.row("Ada").click()
    await lena.act("Assign to me")
    await lena.act("Join chat")
    await expect(ada.stands("Lena of support")).to_be_visible()
    await keeps_whom_she_chose(lena)
    await nora.become("Away")

    await ask(lena, "Transfer", "Nora (not there)", "He is in a hurry", "Offer")
    await expect(lena.ticket.get_by_text("Offered to Nora; it stays yours")).to_be_visible()
    await nora.told(f"Lena offers you {office.prefix}-1")
    for_her = nora.page.get_by_role("list", name="For you").get_by_role("link")
    await for_her.filter(has_text="Offered by Lena").click()
    await expect(nora.ticket.get_by_text("He is in a hurry").first).to_be_visible()
    await fits_everybody(nora)
    await nora.ticket.get_by_role("button", name="Accept", exact=True).click()
    await expect(ada.conversation.get_by_text("Lena of support left the chat")).to_be_visible()
    await expect(ada.stands("Nora of support")).to_be_visible()
    await expect(lena.mine.get_by_role("link")).to_have_count(0)
    await nora.hears("Nora has accepted the ticket from Lena")

    await ask(nora, "Invite into the chat", "Lena", "Do you know this printer?", "Invite")
    await lena.told("Nora invites you into this chat")
    await lena.ticket.get_by_role("button", name="Join chat", exact=True).click()
    await lena.say("Hello again, I know this printer")
    await expect(ada.conversation.get_by_text("Lena of support joined the chat").last).to_be_visible()
    await expect(ada.conversation.get_by_text("Hello again, I know this printer")).to_be_visible()
    await expect(ada.stands("Nora of support")).to_be_visible()
    await lena.ticket.get_by_role("button", name="Leave chat", exact=True).click()
    await expect(ada.conversation.get_by_text("Lena of support left the chat")).to_have_count(2)
    await expect(ada.page.get_by_text("He is in a hurry")).to_have_count(0)
