"""The main job as people do it: two and three real browser windows, nobody reloads anything."""

import re

from playwright.async_api import expect

from tests.browser.journey import SECRET, from_the_first_word_to_the_reopened_ticket
from tests.browser.lines import SlowLine
from tests.browser.people import People
from tests.browser.technician import indexed
from tests.support.office import Office
from tests.support.people import console, customer
from tests.support.server import DeskServer


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
    await from_the_first_word_to_the_reopened_ticket(people, office, server, server, server)


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
