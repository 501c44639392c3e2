"""The whole journey of a ticket, in three browser windows, each of which may be on a server of its own."""

from playwright.async_api import expect

from tests.browser.customer import Visitor
from tests.browser.people import People
from tests.browser.technician import Technician
from tests.support.office import Office
from tests.support.server import DeskServer

SECRET = "He pays late, be careful"


async def from_the_first_word_to_the_reopened_ticket(
    people: People, office: Office, customer_at: DeskServer, first_at: DeskServer, second_at: DeskServer
) -> None:
    """Opened by Ada, taken and answered by Lena, handed over to Noor, closed by mistake and on purpose, reopened."""
    lena = await people.stranger(first_at, office.worker("Lena"))
    noor = await people.technician(second_at, office.worker("Noor"))
    await _signs_in(lena)
    ada = await people.visitor(customer_at, office)
    key = await _waits(ada, lena)
    await _is_taken(ada, lena, noor, key)
    await _talk(ada, lena)
    await _never_sees_notes(ada, lena)
    await _is_handed_over(ada, lena, noor, key)
    await _is_closed_and_reopened(ada, noor, key)


async def _signs_in(lena: Technician) -> None:
    await expect(lena.page.get_by_role("textbox", name="E-mail")).to_be_focused()
    lena.expect_trouble(r"status of 401 .*/api/v1/sign-in$")
    await lena.sign_in(email=f"l{lena.worker.email}")
    await expect(lena.page.get_by_role("alert")).to_have_text("E-mail or password is wrong.")
    await lena.sign_in()
    await expect(lena.page.get_by_role("heading", name="You are away")).to_be_visible()
    await lena.become_available()
    await expect(lena.page.get_by_role("heading", name="No tickets yet")).to_be_visible()


async def _waits(ada: Visitor, lena: Technician) -> str:
    key = await ada.open_ticket()
    await expect(ada.stands("You are next")).to_be_visible()
    await expect(lena.row(key)).to_contain_text("Ada Byron")
    await expect(lena.row(key)).to_contain_text("New")
    await lena.counts("New", 1)
    return key


async def _is_taken(ada: Visitor, lena: Technician, noor: Technician, key: str) -> None:
    await lena.open(key)
    await lena.hears("It will not print")
    await lena.may("Assign to me")
    await lena.act("Assign to me")
    await expect(lena.my(key)).to_be_visible()
    await expect(ada.stands("A technician has taken your request")).to_be_visible()
    await expect(noor.row(key)).to_contain_text("Lena")
    await noor.counts("New", 0)
    await noor.counts("Active", 1)

    await lena.may("Join chat", "Unassign", "Close ticket")
    await lena.act("Join chat")
    await ada.hears("Lena of support joined the chat")
    await expect(ada.stands("Lena of support is here")).to_be_visible()
    await lena.may("Unassign", "End chat", "Close ticket")


async def _talk(ada: Visitor, lena: Technician) -> None:
    await lena.say("Hello Ada, which printer is it?")
    await ada.hears("Hello Ada, which printer is it?")
    await expect(lena.conversation.get_by_text("Read", exact=True)).to_be_visible()

    await ada.composer.press_sequentially("The one")
    await expect(lena.conversation.get_by_text("Ada Byron is typing")).to_be_visible()
    await ada.say("The one on the\nsecond floor")
    await lena.hears("second floor")
    await expect(lena.conversation.get_by_text("is typing")).to_be_hidden()
    await expect(ada.conversation.get_by_text("Read", exact=True)).to_be_visible()

    await lena.composer.press_sequentially("One mo")
    await expect(ada.conversation.get_by_text("Lena of support is typing")).to_be_visible()
    await ada.say("And it blinks")
    await lena.hears("And it blinks")


async def _never_sees_notes(ada: Visitor, lena: Technician) -> None:
    """A reply begun before the note waits in its field; a note is on no path to the customer."""
    await lena.note(SECRET)
    await lena.hears(SECRET)
    await expect(lena.conversation.get_by_text("Note · only your team sees this")).to_be_visible()
    await lena.page.get_by_role("button", name="Reply").click()
    await expect(lena.composer).to_have_value("One mo")
    await lena.say("Thank you")
    await ada.hears("Thank you")
    await ada.page.reload()
    await ada.hears("Thank you")
    assert SECRET not in await ada.all_text()
    assert not any(SECRET in frame for frame in ada.received)


async def _is_handed_over(ada: Visitor, lena: Technician, noor: Technician, key: str) -> None:
    """G-26: unassigned after the end of the chat; what was said and noted stays for the next one."""
    await lena.act("End chat")
    await ada.hears("Lena of support ended the chat")
    await expect(ada.page.get_by_role("button", name="Continue the chat")).to_be_visible()
    await lena.act("Unassign")
    await expect(lena.my(key)).to_be_hidden()
    await noor.open(key)
    await noor.hears(SECRET)
    await noor.act("Assign to me")
    await expect(noor.my(key)).to_be_visible()
    await noor.act("Join chat")
    await ada.hears("Noor of support joined the chat")
    await noor.say("I have the spare part")
    await ada.hears("I have the spare part")
    await ada.say("Good")
    await noor.hears("Good")


async def _is_closed_and_reopened(ada: Visitor, noor: Technician, key: str) -> None:
    """G-15, G-29, G-31: closed by mistake and taken back, closed with an outcome, reopened."""
    closed = ada.stands("This ticket is closed")
    await noor.act("Close ticket")
    await noor.told(f"{key} is closed")
    await expect(closed).to_be_visible()
    await noor.undo()
    await expect(closed).to_be_hidden()
    await expect(ada.composer).to_be_visible()
    await expect(noor.my(key)).to_be_visible()

    await noor.actions.get_by_role("button", name="Close with an outcome").click()
    await noor.page.get_by_role("menuitem", name="Close as resolved").click()
    await noor.hears("Noor closed the ticket · resolved")
    await ada.hears("Noor of support closed the ticket")
    await expect(noor.my(key)).to_be_hidden()
    await noor.view("Completed")
    await expect(noor.row(key)).to_contain_text("Closed")
    await expect(ada.composer).to_be_hidden()
    assert "resolved" not in await ada.all_text()

    await noor.act("Reopen")
    await expect(noor.row(key)).to_contain_text("Reopened")
    await ada.say("It blinks again")
    await noor.hears("It blinks again")
