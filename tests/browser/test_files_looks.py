"""Files for everybody: by keys alone, for screen readers, on small screens, in light and dark, in four languages."""

import json

import pytest
from playwright.async_api import expect

from tests.browser.looks import fits_everybody, focus
from tests.browser.people import People
from tests.browser.sending import log, picture
from tests.browser.test_files import REFUSED, pair
from tests.browser.test_languages import TEXTS
from tests.support.office import Office
from tests.support.server import ROOT, DeskServer

LONG = "A very long name without any meaning Donaudampfschifffahrtsgesellschaftskapitaen" * 2


async def test_everything_about_files_fits_everybody(server: DeskServer, office: Office, people: People) -> None:
    """C-28: the panel, cards in each state, files in the conversation and in the details, something dragged over."""
    ada, lena = await pair(server, office, people)
    ada.person.expect_trouble(REFUSED)
    await ada.clip.click()
    await expect(ada.panel).to_contain_text(".pdf")
    await fits_everybody(ada.person)
    await ada.clip.click()
    await ada.drop(log(f"{LONG}.log"), picture("wide.png", (3000, 200)), picture("tall.png", (300, 3000)))
    await lena.choose(picture("answer.png"))
    for sender in (ada, lena):
        await expect(sender.person.conversation.locator("dw-file")).to_have_count(4)
        await expect(sender.person.conversation.locator("dw-file img")).to_have_count(3)
    await ada.paste(picture("image.png"))
    await ada.drop(log("virus.exe"))
    await ada.says("virus.exe", "This type of file cannot be sent here.")
    await ada.says("Screenshot", "Ready to send")
    await fits_everybody(ada.person)
    await fits_everybody(lena.person)
    await ada.drag(log())
    await expect(ada.face.get_by_text("Drop to send")).to_be_visible()
    await expect(ada.face.get_by_text("Drop to edit first")).to_be_hidden()
    await expect(ada.face.get_by_text("Drop to send")).to_be_hidden()
    await ada.drag({"name": "", "mimeType": "text/plain", "buffer": b"words"}, taken=False)
    await expect(ada.face.get_by_text("Drop to send")).to_be_hidden()


async def test_a_file_is_sent_by_keys_alone(server: DeskServer, office: Office, people: People) -> None:
    """C-28: from the field to the panel and back, and on the cards; the focus is always seen."""
    ada, lena = await pair(server, office, people)
    keyboard = ada.person.page.keyboard
    await ada.person.composer.focus()
    await keyboard.press("Shift+Tab")
    assert await focus(ada.person.page) == ("Attach a file", True)
    await keyboard.press("Enter")
    await expect(ada.panel.get_by_role("button", name="Choose files")).to_be_focused()
    assert await focus(ada.person.page) == ("Choose files", True)
    await keyboard.press("Tab")
    assert await focus(ada.person.page) == ("Use a phone", True)
    await keyboard.press("Tab")
    await keyboard.press("Tab")
    await expect(ada.panel).to_be_hidden()  # the focus has left it, forwards …
    await keyboard.press("Enter")
    await expect(ada.panel.get_by_role("button", name="Choose files")).to_be_focused()
    await keyboard.press("Shift+Tab")
    await expect(ada.panel).to_be_hidden()  # … or backwards
    await ada.clip.click()
    await expect(ada.panel).to_be_visible()
    await ada.clip.click()
    await expect(ada.panel).to_be_hidden()
    await ada.clip.press("Enter")
    await expect(ada.panel.get_by_role("button", name="Choose files")).to_be_focused()
    await keyboard.press("Tab")
    await keyboard.press("Tab")
    await keyboard.press("Space")
    await expect(ada.panel.get_by_role("checkbox", name="Let me edit")).to_be_checked()
    await keyboard.press("Shift+Tab")
    await keyboard.press("Shift+Tab")
    async with ada.person.page.expect_file_chooser() as asked:
        assert await focus(ada.person.page) == ("Choose files", True)  # a key is faster than the ear for the chooser
        await keyboard.press("Enter")
    await (await asked.value).set_files([picture()])
    await expect(ada.panel).to_be_hidden()
    await expect(ada.face.get_by_role("application")).to_be_focused()
    await keyboard.press("Escape")
    await expect(ada.clip).to_be_focused()
    await ada.says("screen.png", "Ready to send")
    await keyboard.press("Shift+Tab")
    assert await focus(ada.person.page) == ("Cancel: screen.png", True)
    await keyboard.press("Shift+Tab")
    assert await focus(ada.person.page) == ("Send: screen.png", True)
    await keyboard.press("Enter")
    await lena.has("screen.png")
    await expect(ada.face.get_by_role("status").filter(has_text="Sent: screen.png")).to_be_attached()
    announced = lena.person.page.locator("dw-transcript [aria-live=polite]")
    await expect(announced).to_contain_text("Ada Byron: screen.png")


async def test_nothing_jumps_when_a_picture_comes(server: DeskServer, office: Office, people: People) -> None:
    """Its place is kept before it is there; who reads at the bottom stays there, and so does who reads further up."""
    ada, lena = await pair(server, office, people)
    for number in range(30):
        await ada.person.say(f"line {number}")
    await lena.person.hears("line 29")
    await ada.drop(picture("tall.png", (300, 900)))
    bottom = "one => one.scrollHeight - one.scrollTop - one.clientHeight"
    for sender in (ada, lena):
        await expect((await sender.has("tall.png")).locator("img")).to_have_js_property("complete", True)
        assert await sender.person.conversation.evaluate(bottom) < 2
    height = await lena.file("tall.png").evaluate("one => one.offsetHeight")
    assert 320 + 54 <= height <= 320 + 60
    await lena.person.conversation.evaluate("one => { one.scrollTop = 200; }")
    await expect(lena.face.get_by_role("button", name="Latest messages")).to_be_visible()
    await ada.drop(picture("another.png", (300, 900)))
    await expect(lena.person.conversation.locator("dw-file")).to_have_count(2)
    assert await lena.person.conversation.evaluate("one => one.scrollTop") == 200


async def test_what_grows_around_the_reader_moves_nobody_away(
    server: DeskServer, office: Office, people: People
) -> None:
    """Cards that appear while the conversation is still scrolling to its end leave the reader at the end."""
    ada, _ = await pair(server, office, people)
    for number in range(30):
        await ada.person.say(f"line {number}")
    await ada.person.hears("line 29")
    below = await ada.person.conversation.evaluate("""
        async (one) => {
          const frame = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
          one.scrollTop -= 20;
          await frame();
          one.scrollTop += 20;
          const foot = one.getRootNode().host.nextElementSibling;
          foot.animate([{ paddingTop: "200px" }, { paddingTop: "200px" }], { duration: 60_000, fill: "forwards" });
          await frame();
          await frame();
          return one.scrollHeight - one.scrollTop - one.clientHeight;
        }
    """)
    assert below < 2
    await expect(ada.face.get_by_role("button", name="Latest messages")).to_have_count(0)
    await ada.person.conversation.evaluate("""
        async (one) => {
          one.scrollTop -= 300;
          const view = one.getRootNode().host;
          view.requestUpdate();  // a frame comes before the scroll event
          await view.updateComplete;
        }
    """)
    await expect(ada.face.get_by_role("button", name="Latest messages")).to_be_visible()


@pytest.mark.parametrize(("locale", "language"), [("fr-FR", "fr"), ("ru-RU", "ru"), ("nl-NL", "nl")])
async def test_in_the_readers_language(
    server: DeskServer, office: Office, people: People, locale: str, language: str
) -> None:
    """The texts come with what is loaded, in the page's language, and follow it when it is switched."""
    texts = {**TEXTS[language], **json.loads((ROOT / f"static/locales/{language}/files.json").read_text())}
    ada = await people.visitor(server, office, locale=locale)
    labels = {"form.name": "Ada", "form.subject": "Drucker", "form.description": "Geht nicht"}
    for key, value in labels.items():
        await ada.page.get_by_label(texts[key]).fill(value)
    await ada.page.get_by_role("button", name=texts["form.send"]).click()
    ada.expect_trouble(REFUSED)
    clip = ada.page.get_by_role("button", name=texts["composer.attach"])
    await clip.click()
    panel = ada.page.get_by_role("dialog", name=texts["files.panel"])
    await expect(panel).to_contain_text(texts["files.or_drop"])
    await fits_everybody(ada)
    await panel.get_by_role("checkbox").check()
    async with ada.page.expect_file_chooser() as asked:
        await panel.get_by_role("button", name=texts["files.choose"]).click()
    await (await asked.value).set_files([picture(), picture("other.png"), log("virus.exe")])
    tray = ada.page.get_by_role("list", name=texts["files.list"])
    await expect(tray).to_contain_text(texts["files.ready"])
    await expect(tray).to_contain_text(texts["files.refused_type"].replace("{types}", ".jpeg .png"))
    await fits_everybody(ada)
    await ada.page.get_by_role("button", name=texts["menu.label"]).click()
    await ada.page.get_by_role("menuitemradio", name="English").click()
    await expect(ada.page.get_by_role("list", name="Files on their way")).to_contain_text("Ready to send")
