"""Continue on your phone (X-4): a code or a key brings a second device into a chat that goes on, without signing in."""

import asyncio
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Request, expect

from tests.browser.customer import Visitor
from tests.browser.looks import fits_everybody
from tests.browser.people import People
from tests.browser.phones import IPHONE, PIXEL
from tests.browser.technician import Technician
from tests.conftest import stopped_well
from tests.support.browser import Window
from tests.support.office import Office
from tests.support.qr import scanned
from tests.support.server import DeskServer

PHONE_HEADING = "Use your phone"
JOINED = "Your phone has joined"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskServer]:
    """Not the one of all tests: an address may guess ten keys and links, and then one in twelve seconds."""
    running = DeskServer(tmp_path_factory.mktemp("phone")).migrate().start()
    yield running
    stopped_well(running)


async def code(window: Window) -> str:
    """What a camera reads from the screen."""
    picture = window.page.get_by_role("img", name="QR code")
    await expect(picture).to_be_visible()
    return await scanned(await picture.screenshot())


async def key(window: Window) -> str:
    """The key on the screen, as somebody reads it: "K7QM 2XWP"."""
    text = window.page.get_by_text(re.compile("^[2-9A-Z]{4} [2-9A-Z]{4}$"))
    await expect(text).to_be_visible()
    return await text.inner_text()


def photo() -> bytes:
    """What a camera takes."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize((900, 600)).convert("RGB").save(out, "JPEG")
    return out.getvalue()


async def takes(lena: Technician, ticket: str) -> None:
    """From the shared list into the chat."""
    await lena.open(ticket)
    await lena.act("Assign to me")
    await lena.act("Join chat")


async def sends_photo(phone: Visitor, tmp_path: Path, name: str) -> None:
    """The panel for files is open already, and the camera comes first."""
    file = tmp_path / name
    await asyncio.to_thread(file.write_bytes, photo())
    panel = phone.page.get_by_role("dialog", name="Send files")
    first = panel.get_by_role("button").first
    await expect(first).to_have_text("Take a photo")
    async with phone.page.expect_file_chooser() as choosing:
        await first.click()
    await (await choosing.value).set_files(file)


@pytest.mark.parametrize("device", [pytest.param(IPHONE, id="iPhone"), pytest.param(PIXEL, id="Pixel")])
async def test_a_phone_joins_by_the_code_and_sends_a_photo(
    server: DeskServer, office: Office, people: People, tmp_path: Path, device: dict[str, object]
) -> None:
    """X-4: scan, no sign-in, camera first; the photo is on both devices and at the desk; the chat goes on on both."""
    ada = await people.visitor(server, office)
    ticket = await ada.open_ticket()
    lena = await people.technician(server, office.worker("Lena"))
    await takes(lena, ticket)
    await ada.page.get_by_role("button", name="Attach a file").click()
    await ada.page.get_by_role("button", name="Use a phone").click()
    address = await code(ada)
    await expect(ada.page.get_by_text("This address works on this computer only")).to_be_visible()
    secret = address.split("#phone=")[1]
    assert address.startswith(f"{ada.address}#phone=")
    assert secret == (await key(ada)).replace(" ", "")

    phone = await people.join(Visitor(server, office), **device)
    shown: list[str] = []

    def asks(request: Request) -> None:
        if "/api/" in request.url:
            shown.append(phone.page.url)

    phone.page.on("request", asks)
    await phone.page.goto(address)
    assert await phone.key() == ticket
    assert shown, "the page asks its server"
    assert not [url for url in shown if secret in url], "the key goes before anything else happens"
    await expect(phone.stands("You are in the chat with this device too")).to_be_visible()
    assert secret not in phone.page.url
    await expect(ada.stands(JOINED)).to_be_visible()
    await ada.page.get_by_role("button", name="Close", exact=True).click()
    await lena.hears("Ada Byron joined on another device")

    await sends_photo(phone, tmp_path, "IMG_0001.jpg")
    for window in (ada, phone, lena):
        await expect(
            window.conversation.get_by_role("button", name=re.compile("Show larger.*IMG_0001"))
        ).to_be_visible()

    # the key was used up, and is not in the history either: what comes back is a chat that this device knows
    await phone.page.go_back()
    await phone.page.go_forward()
    assert secret not in phone.page.url
    await phone.say("This is the label")
    await ada.hears("This is the label")
    await ada.say("And here is the log")
    await phone.hears("And here is the log")
    await lena.say("Thank you for both")
    await ada.hears("Thank you for both")
    await phone.hears("Thank you for both")


async def test_a_key_works_once_and_says_so(server: DeskServer, office: Office, people: People) -> None:
    """X-4: used, wrong, incomplete and withdrawn keys are explained; nothing is lost by them."""
    ada = await people.visitor(server, office)
    ticket = await ada.open_ticket()
    await ada.choose(PHONE_HEADING)
    address = await code(ada)
    phone = await people.join(Visitor(server, office), **PIXEL)
    await phone.page.goto(address)
    assert await phone.key() == ticket

    late = await people.join(Visitor(server, office), **PIXEL)
    late.expect_trouble(r"status of (404 .*/handover|409 .*/session-keys/check)$")
    await late.visit()
    await expect(late.field("Subject")).to_be_visible()
    await late.page.goto(address)  # where the page is open already
    await expect(late.stands("This key is not valid, or not any more")).to_be_visible()
    assert "phone=" not in late.page.url
    await late.page.get_by_role("button", name="I have a key").click()
    field = late.page.get_by_role("textbox", name="Key")
    await expect(field).to_be_focused()
    await field.fill("K7QM")
    await late.page.keyboard.press("Enter")
    await expect(late.page.get_by_role("alert")).to_have_text("A key has 8 letters and digits.")
    await field.fill("2222 2222")
    await late.page.keyboard.press("Enter")
    await expect(late.page.get_by_role("alert")).to_contain_text("not valid, or not any more")
    await fits_everybody(late)

    await expect(ada.stands(JOINED)).to_be_visible()
    await ada.page.get_by_role("button", name="Close", exact=True).click()
    await ada.choose(PHONE_HEADING)
    withdrawn = await key(ada)
    await ada.page.get_by_role("button", name="Withdraw the key").click()
    await expect(ada.stands("The key is withdrawn")).to_be_visible()
    await field.fill(withdrawn)
    await late.page.keyboard.press("Enter")
    await expect(late.page.get_by_role("alert")).to_contain_text("not valid, or not any more")

    await ada.page.get_by_role("button", name="New key").click()
    await field.fill((await key(ada)).lower().replace(" ", "-"))
    await late.page.keyboard.press("Enter")
    assert await late.key() == ticket
    await expect(late.page.get_by_role("button", name="Take a photo")).to_be_focused()
    await late.page.keyboard.press("Escape")
    await expect(late.page.get_by_role("dialog")).to_be_hidden()
    await late.say("Typed it")
    await ada.hears("Typed it")


async def test_the_technician_shows_and_sends_a_key(server: DeskServer, office: Office, people: People) -> None:
    """X-4: read out on the telephone, or sent into the chat in the customer's language."""
    ada = await people.visitor(server, office, locale="fr-FR")
    await ada.page.get_by_role("textbox", name="Votre nom").fill("Ada Byron")
    await ada.page.get_by_role("textbox", name="Sujet").fill("Imprimante")
    await ada.page.get_by_role("textbox", name="Description").fill("Rien ne sort")
    await ada.page.get_by_role("button", name="Démarrer la discussion").click()
    ticket = await ada.key()
    lena = await people.technician(server, office.worker("Lena"))
    await lena.open(ticket)
    await lena.ticket.get_by_role("button", name="Menu").click()
    await expect(lena.page.get_by_role("menuitem", name="Photo from")).to_be_hidden()
    await lena.page.keyboard.press("Escape")
    await lena.act("Assign to me")
    await lena.act("Join chat")
    await expect(lena.composer).to_be_visible()
    await lena.page.get_by_role("button", name="Attach a file").click()
    await lena.page.get_by_role("button", name="Use a phone").click()
    await expect(lena.page.get_by_role("dialog", name="Photo from the customer’s phone")).to_be_visible()
    await lena.page.keyboard.press("Escape")
    await lena.ticket.get_by_role("button", name="Menu").click()
    await lena.page.get_by_role("menuitem", name="Photo from the customer’s phone").click()
    spoken = await key(lena)
    await fits_everybody(lena)
    await lena.page.get_by_role("button", name="Send to the chat").click()
    await expect(lena.page.get_by_role("button", name="Sent to the chat")).to_be_disabled()
    said = ada.conversation.get_by_text(f"saisissez {spoken}")
    await expect(said).to_be_visible()
    await expect(said.get_by_role("link", name=f"/p/{office.portal}")).to_be_visible()

    phone = await people.join(Visitor(server, office), **IPHONE)
    await phone.visit()
    await phone.page.get_by_role("button", name="I have a key").click()
    await phone.page.get_by_role("textbox", name="Key").fill(spoken)
    await phone.page.get_by_role("button", name="Go on").click()
    assert await phone.key() == ticket
    await expect(lena.page.get_by_role("status").filter(has_text="The customer’s phone has joined")).to_be_visible()
    await expect(ada.conversation.get_by_text("Un autre appareil a rejoint votre discussion")).to_be_visible()


async def test_the_dialogs_fit_everybody(server: DeskServer, office: Office, people: People) -> None:
    """C-28, X-4: axe, no scrolling sideways, light and dark; counted down; by keys alone."""
    ada = await people.visitor(server, office)
    await ada.page.get_by_role("button", name="I have a key").click()
    await expect(ada.page.get_by_role("textbox", name="Key")).to_be_focused()
    await fits_everybody(ada)
    await ada.page.keyboard.press("Escape")
    await expect(ada.page.get_by_role("dialog")).to_be_hidden()
    await ada.open_ticket()
    await ada.choose(PHONE_HEADING)
    await expect(ada.page.get_by_role("timer")).to_have_text(re.compile(r"^Good for (10:00|9:5\d), once$"))
    await fits_everybody(ada)
    await ada.page.keyboard.press("Escape")
    await expect(ada.page.get_by_role("dialog")).to_be_hidden()
