"""The main job as people do it: two and three real browser windows, nobody reloads anything."""

import re

from playwright.async_api import expect

from tests.browser.customer import Visitor
from tests.browser.lines import SlowLine
from tests.browser.people import People
from tests.browser.technician import Technician, indexed
from tests.support.office import Office
from tests.support.people import console, customer
from tests.support.server import DeskServer

SECRET = "He pays late, be careful"


async def test_the_form_says_what_is_missing(server: DeskServer, office: Office, people: People) -> None:
    """B-31: errors stand in a summary that takes the focus, and beside their fields; what was typed is kept."""
    ada = await people.visitor(server, office)
    await ada.field("E-mail address").fill("ada@")
    await ada.send_form()
    summary = ada.page.get_by_role("alert")
    await expect(summary).to_be_focused()
    await expect(summary).to_contain_text("4 fields need your attention")
    for label, error in (("Your name", "Enter your name."), ("Description", "Describe the problem.")):
        await expect(ada.field(label)).to_have_accessible_description(re.compile(re.escape(error)))
        await expect(ada.field(label)).to_have_attribute("aria-invalid", "true")
    await summary.get_by_role("link", name="Enter a subject.").click()
    await expect(ada.field("Subject")).to_be_focused()

    await ada.describe(email="ada@example.com")
    await expect(summary).to_be_hidden()
    await ada.page.reload()
    await expect(ada.field("Description")).to_have_value("It will not print")  # S-24: a draft survives a reload
    await ada.send_form()
    await expect(ada.composer).to_be_focused()


async def test_from_the_first_word_to_the_reopened_ticket(server: DeskServer, office: Office, people: People) -> None:
    """G-01, G-10, G-13, G-15, G-24..G-27, G-29: a ticket is opened, answered, handed over, closed and reopened."""
    lena = await people.stranger(server, office.worker("Lena"))
    noor = await people.technician(server, office.worker("Noor"))
    await _signs_in(lena)
    ada = await people.visitor(server, office)
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


async def test_two_technicians_want_the_same_ticket(server: DeskServer, office: Office, people: People) -> None:
    """G-23: one wins; the other, whose line is slow, presses the button a moment later and reads who was faster."""
    lena = await people.technician(server, office.worker("Lena"))
    noor = await people.stranger(server, office.worker("Noor"))
    line = await SlowLine.of(noor)
    await noor.sign_in()
    await noor.become_available()
    async with customer(server, office) as ada:
        await lena.open(ada.key)
        await noor.open(ada.key)
        await noor.may("Assign to me")
        line.hold()
        await lena.act("Assign to me")
        await expect(lena.my(ada.key)).to_be_visible()
        await noor.act("Assign to me")
        line.release()
        await noor.told(f"Lena took {ada.key}")
        await expect(noor.row(ada.key)).to_contain_text("Lena")
        await expect(noor.my(ada.key)).to_be_hidden()
        await noor.may()
        assert len([f for f in ada.of("event") if f["event"]["kind"] == "status"]) == 1


async def test_a_button_never_turns_into_another(server: DeskServer, office: Office, people: People) -> None:
    """G-16: when the state changes under a finger that is just pressing, no other step is taken."""
    lena = await people.technician(server, office.worker("Lena"))
    async with customer(server, office) as ada:
        await lena.open(ada.key)
        await lena.act("Assign to me")
        await lena.act("Join chat")
        await lena.may("Unassign", "End chat", "Close ticket")
        unassign = await lena.actions.get_by_role("button", name="Unassign").element_handle()
        await ada.call("end_chat", ticket=ada.ticket)
        await lena.may("Join chat", "Unassign", "Close ticket")
        assert unassign is not None
        assert (await unassign.inner_text()).strip() == "Unassign"


async def test_search_and_transcripts(server: DeskServer, office: Office, people: People) -> None:
    """G-06, G-30, S-34, C-35, C-36: found by a word of a message and by key; saved with and without notes."""
    worker = office.worker("Lena")
    async with console(server, worker) as desk, customer(server, office) as ada:
        await desk.watch(ada.ticket)
        await desk.call("assign", ticket=ada.ticket)
        await desk.call("join", ticket=ada.ticket)
        await desk.say(ada.ticket, "Please replace the fuser of the Kraków printer")
        await desk.say(ada.ticket, SECRET, kind="note")
        await indexed(server, worker, "fuser")
        lena = await people.technician(server, worker)
        await lena.search("k")
        await expect(lena.page.get_by_text("Type at least 2 characters.")).to_be_visible()
        await lena.search("FUSER krak")
        await expect(lena.found(ada.key)).to_contain_text("Kraków printer")
        await lena.search(ada.key.lower())
        await lena.page.keyboard.press("Enter")
        await lena.hears("Please replace the fuser")
        for form, name in (("HTML", "html"), ("text", "txt"), ("JSON", "json")):
            for notes in (True, False):
                file, text = await lena.save(form, notes=notes)
                assert file == f"{ada.key}.{name}"
                assert "Please replace the fuser" in text
                assert (SECRET in text) is notes
