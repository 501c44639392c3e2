"""Files in the chat, both ways: chosen, dropped, pasted; refused, taken back, kept apart from notes; in the widget."""

import json
import re
from typing import Any, Final

from playwright.async_api import Route, expect

from server.domain.files import FileRules, SenderRules
from server.domain.portal import PortalSettings
from tests.browser.customer import Visitor
from tests.browser.people import People
from tests.browser.sending import LOG, Sender, log, picture
from tests.browser.site import Shopper, running_site
from tests.browser.technician import Technician
from tests.browser.test_slow_path import FAILED, NO_SOCKETS, look_again
from tests.browser.test_widget import without_cookies
from tests.support.office import Office, open_office
from tests.support.server import DeskServer

Pair = tuple[Sender[Visitor], Sender[Technician]]

REFUSED: Final = r"status of 4(09|13|22) .*/uploads"
"""What Chromium itself writes on the console for each."""
TYPES: Final = (
    ".jpeg .png .gif .bmp .tiff .pdf .doc .docx .odt .xls .xlsx .ppt .pptx .pps .ppsx .log .cfg .rar .zip .txt"
)


async def in_chat(visitor: Visitor, lena: Technician) -> Pair:
    """A customer and a technician who talk with each other."""
    key = await visitor.open_ticket()
    await lena.open(key)
    await lena.act("Assign to me")
    await lena.act("Join chat")
    await visitor.hears("joined the chat")
    return Sender(visitor), Sender(lena)


async def pair(server: DeskServer, office: Office, people: People, **settings: Any) -> Pair:
    """Ada on the portal page, Lena at her desk."""
    ada = await people.visitor(server, office, **settings)
    return await in_chat(ada, await people.technician(server, office.worker("Lena")))


async def test_chosen_dropped_and_pasted_both_ways(server: DeskServer, office: Office, people: People) -> None:
    """G-43, G-46, C-18: what is chosen or dropped goes by itself; the other side gets a link, or a picture."""
    ada, lena = await pair(server, office, people)
    await ada.person.composer.fill("half a sen")
    await ada.clip.click()
    await expect(ada.panel).to_contain_text(f"Allowed: {TYPES}")
    await expect(ada.panel).to_contain_text("At most 25 MB per file, 10 MB per picture")
    await ada.person.page.keyboard.press("Escape")
    await expect(ada.panel).to_be_hidden()
    await expect(ada.clip).to_be_focused()
    await ada.choose(log("Druckerprotokoll für März.log"))
    for sender in (ada, lena):
        await sender.has("Druckerprotokoll für März.log")
        assert await sender.saved("Druckerprotokoll für März.log") == ("Druckerprotokoll für März.log", LOG)

    await lena.drag(log("settings.cfg"))
    await expect(lena.face.get_by_text("Drop to send")).to_be_visible()
    await lena.drop(log("settings.cfg", b"dpi=600\n"), log("more.txt", b"And more\n"))
    both = {"settings.cfg": b"dpi=600\n", "more.txt": b"And more\n"}
    for name in both:  # first, since each that comes moves what is pressed
        await ada.has(name)
    for name, content in both.items():
        assert await ada.saved(name) == (name, content)
    await expect(lena.face.get_by_text("Drop to send")).to_be_hidden()

    assert await ada.paste(picture("image.png"))
    await ada.says("Screenshot", "Ready to send")
    await expect(lena.person.conversation.locator("dw-file")).to_have_count(3)
    await ada.face.get_by_role("button", name=re.compile("^Send: Screenshot")).click()
    shown = (await lena.has("Screenshot")).locator("img")
    await expect(shown).to_have_js_property("naturalWidth", 480)
    await expect(ada.person.composer).to_have_value("half a sen")
    files = lena.face.get_by_role("region", name="Files · 4")
    await expect(files).to_contain_text("No virus scanner looks at files here.")  # C-19
    await expect(files.get_by_role("link", name="settings.cfg")).to_be_visible()
    async with lena.person.page.expect_download() as saving:
        await files.get_by_role("link", name="settings.cfg").click()
    assert (await saving.value).suggested_filename == "settings.cfg"


async def test_text_with_its_own_picture_is_pasted_as_text(server: DeskServer, office: Office, people: People) -> None:
    """A table or a paragraph is copied as text and as a picture of itself."""
    ada, _ = await pair(server, office, people)
    plain: Any = {"name": "", "mimeType": "text/plain", "buffer": b"A1\tB1"}
    assert not await ada.paste(plain, picture("image.png"))
    assert not await ada.paste(plain)
    await expect(ada.face.get_by_role("list", name="Files on their way")).to_have_count(0)


async def test_a_refused_file_says_why_and_the_other_side_sees_nothing(
    server: DeskServer, office: Office, people: People
) -> None:
    """G-47: by its type, by its content, by its name; in place, with what is allowed; nothing at the other side."""
    ada, lena = await pair(server, office, people)
    ada.person.expect_trouble(REFUSED)
    await ada.drop(
        log("virus.exe"),
        log("letter.pdf", b"This is no PDF at all.\n"),
        log("holiday.exe.txt"),
        log("nothing.txt", b""),
        log("good.txt", b"This one is fine\n"),
    )
    await ada.says("virus.exe", f"This type of file cannot be sent here. Allowed: {TYPES}")
    await ada.says("letter.pdf", "What is in this file is not what its name says.")
    await ada.says("holiday.exe.txt", "The name of this file hides what it is")
    await ada.says("nothing.txt", "This file is empty.")
    await expect(ada.on_its_way("virus.exe").get_by_role("alert")).to_be_visible()
    await lena.has("good.txt")
    await expect(lena.person.conversation.locator("dw-file")).to_have_count(1)
    kinds = [json.loads(frame)["event"]["kind"] for frame in lena.person.received if '"type":"event"' in frame]
    assert kinds.count("file") == 1
    for name in ("virus.exe", "letter.pdf", "holiday.exe.txt", "nothing.txt"):
        await ada.act("Close", name)
    await expect(ada.face.get_by_role("list", name="Files on their way")).to_have_count(0)
    await ada.person.page.reload()
    await ada.has("good.txt")
    await expect(ada.face.get_by_role("list", name="Files on their way")).to_have_count(0)


async def test_a_portal_has_its_own_lists_and_sizes(server: DeskServer, people: People) -> None:
    """G-48: they are shown before anything is chosen, and hold; what is too large says how large it may be."""
    rules = FileRules(
        technicians=SenderRules(types=[], max_bytes=1000),
        customers={"linux": SenderRules(types=[".txt", ".png"], max_bytes=2000, image_max_bytes=2000)},
    )
    office = open_office(server.database, PortalSettings(files=rules))
    ada, lena = await pair(server, office, people)
    for sender in (ada, lena):
        sender.person.expect_trouble(REFUSED)
    await ada.clip.click()
    await expect(ada.panel).to_contain_text("Allowed: .png .txt")
    await expect(ada.panel).to_contain_text("At most 2 kB per file")
    await ada.clip.click()
    await expect(ada.panel).to_be_hidden()
    await ada.choose(log("long.txt", b"x" * 2001))
    await ada.says("long.txt", "This file is too large. At most 2 kB.")
    await lena.clip.click()
    await expect(lena.panel).to_have_text(re.compile("No files can be sent here."))
    await lena.drop(log("a.txt", b"a"))
    await lena.says("a.txt", "No files can be sent here.")


async def test_taken_back_in_the_middle(server: DeskServer, office: Office, people: People) -> None:
    """Cancel while it is on its way: the server forgets it, and the other side never hears of it."""
    ada, lena = await pair(server, office, people)

    async def never(route: Route) -> None:
        if route.request.method != "PATCH":
            await route.continue_()

    await ada.person.page.route("**/uploads/*", never)
    await ada.choose(log())
    await ada.says("printer.log", "Sending: 0%")
    bar = ada.on_its_way("printer.log").get_by_role("progressbar", name="printer.log")
    await expect(bar).to_have_attribute("max", str(len(LOG)))
    async with ada.person.page.expect_response(lambda answer: answer.request.method == "DELETE") as cancelled:
        await ada.act("Cancel", "printer.log")
    assert (await cancelled.value).status == 204
    await expect(ada.on_its_way("printer.log")).to_have_count(0)
    await ada.person.page.unroute("**/uploads/*")
    await ada.choose(log("other.log"))
    await lena.has("other.log")
    await expect(lena.person.conversation.locator("dw-file")).to_have_count(1)


async def test_notes_and_tickets_of_others_take_no_files(server: DeskServer, office: Office, people: People) -> None:
    """What is dropped while a note is written, or before joining, does not go to the customer."""
    ada, lena = await pair(server, office, people)
    modes = lena.face.get_by_role("group", name="What you write")
    await modes.get_by_role("button", name="Note").click()
    await expect(lena.clip).to_be_hidden()
    await lena.drop(log())
    await expect(lena.face.get_by_role("alert")).to_contain_text("Files go to the customer. Switch to “Reply”")
    await lena.face.get_by_role("alert").get_by_role("button", name="Close").click()
    await modes.get_by_role("button", name="Reply").click()
    await lena.person.act("End chat")
    await lena.person.told("has ended")
    await lena.drop(log())
    await expect(lena.face.get_by_role("alert")).to_contain_text("The chat has ended")
    await expect(lena.face.get_by_role("list", name="Files on their way")).to_have_count(0)
    await expect(ada.person.conversation.locator("dw-file")).to_have_count(0)


async def test_after_the_end_a_file_waits_for_the_chat(server: DeskServer, office: Office, people: People) -> None:
    """The customer's file is kept with the reason, and goes when the chat goes on."""
    ada, lena = await pair(server, office, people)
    ada.person.expect_trouble(REFUSED)
    await lena.person.act("End chat")
    await expect(ada.face.get_by_role("button", name="Continue the chat")).to_be_visible()
    await ada.drop(log())
    await ada.says("printer.log", "The chat has ended. Continue it to send the file.")
    await ada.face.get_by_role("button", name="Continue the chat").click()
    await ada.act("Try again", "printer.log")
    await lena.has("printer.log")


HOSTILE: Final = (
    "<img src=x onerror=ran(1)>.txt",
    "'\"><script>ran(2)</script>.txt",
    "invoice\u202efdp.txt",
    "${ran(3)}{{ran(4)}}.txt",
    "../../etc/passwd.txt",
)


async def test_a_hostile_name_is_text(server: DeskServer, office: Office, people: People) -> None:
    """While it is on its way it is shown as it is, afterwards cleaned, and never more than text."""
    ada, lena = await pair(server, office, people)
    for window in (ada.person, lena.person):
        await window.page.evaluate("void (window.ran = (number) => console.error(`name number ${number} ran`))")
    for number, name in enumerate(HOSTILE):
        await ada.drop(log(name, f"{number}\n".encode()))
        await expect(lena.person.conversation.locator("dw-file")).to_have_count(number + 1)
    names = [one.strip() for one in await lena.person.conversation.locator("dw-file .name").all_inner_texts()]
    assert names == [
        "_img src=x onerror=ran(1)_.txt",
        "script_.txt",
        "invoicefdp.txt",
        "${ran(3)}{{ran(4)}}.txt",
        "passwd.txt",
    ]
    assert await lena.person.page.locator("dw-file img, dw-file script").count() == 0
    assert (await lena.saved("passwd.txt"))[0] == "passwd.txt"


async def test_the_widget_with_cookies_and_without(server: DeskServer, people: People) -> None:
    """G-43, C-17: in a frame of another site too; where cookies do not come back, pictures and links use the token."""
    with running_site() as site:
        neighbour = site.origin.replace("localhost", "127.0.0.1")
        office = open_office(server.database, PortalSettings(origins=[neighbour]))
        ada = await people.join(Shopper(server, office, site))
        await ada.context.route("**/api/v1/portals/**", without_cookies)
        await ada.visit(origin=neighbour)
        await ada.open_widget()
        lena = await people.technician(server, office.worker("Lena"))
        left, right = await in_chat(ada, lena)
        assert await ada.context.cookies() == []
        await left.choose(picture())
        await right.has("screen.png")
        await right.choose(picture("answer.png"), log())
        await expect((await left.has("answer.png")).locator("img")).to_have_js_property("naturalWidth", 480)
        assert await left.saved("printer.log") == ("printer.log", LOG)
        await left.file("answer.png").get_by_role("button", name="Show larger").click()
        await expect(left.face.get_by_role("dialog", name="answer.png").locator("img")).to_have_js_property(
            "naturalWidth", 640
        )
        await ada.page.keyboard.press("Escape")
        await expect(left.face.get_by_role("dialog")).to_have_count(0)
        await expect(ada.panel).to_be_visible()


async def test_where_no_socket_gets_through(server: DeskServer, office: Office, people: People) -> None:
    """C-03: files go over HTTP in any case; without a socket they arrive a little later."""
    ada = await people.join(Visitor(server, office))
    ada.expect_trouble(FAILED)
    await ada.context.add_init_script(NO_SOCKETS)
    await ada.visit()
    left, right = await in_chat(ada, await people.technician(server, office.worker("Lena")))
    await left.choose(log())
    await right.has("printer.log")
    await look_again(ada)
    await left.has("printer.log")
    await right.choose(log("answer.txt", b"Turn it off and on\n"))
    await look_again(ada)
    assert await left.saved("answer.txt") == ("answer.txt", b"Turn it off and on\n")
