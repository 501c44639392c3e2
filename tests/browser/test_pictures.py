"""Pictures in the chat: made smaller on the device, without what the camera wrote, looked at first, shown larger."""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from typing import Final

import pillow_heif
import pytest
from PIL import Image
from playwright.async_api import FilePayload, expect

from tests.browser.lines import Commuter, Tunnel
from tests.browser.looks import axe, sideways
from tests.browser.people import People
from tests.browser.phones import IPHONE, PIXEL
from tests.browser.sending import MAKER, Sender, log, picture
from tests.browser.technician import Technician
from tests.browser.test_files import REFUSED, in_chat, pair
from tests.support.office import Office
from tests.support.server import DeskServer

FIVE: Final = ".jpeg .png .gif .bmp .tiff"


@pytest.fixture
async def tunnel(server: DeskServer) -> AsyncIterator[tuple[Tunnel, str]]:
    """A line to the server that remembers every byte; and its address."""
    line = Tunnel(server)
    async with line.running() as front:
        yield line, front


def heic() -> FilePayload:
    """As an iPhone takes them."""
    pillow_heif.register_heif_opener()
    stored = io.BytesIO()
    Image.new("RGB", (800, 600), "#20a040").save(stored, "HEIF")
    return {"name": "IMG_0001.HEIC", "mimeType": "image/heic", "buffer": stored.getvalue()}


async def opened(sender: Sender[Technician], name: str) -> Image.Image:
    """What is downloaded under this name, as a picture."""
    _, content = await sender.saved(name)
    return Image.open(io.BytesIO(content))


async def test_a_photo_is_made_smaller_and_says_nothing_of_who_took_it(
    server: DeskServer, office: Office, people: People, tunnel: tuple[Tunnel, str]
) -> None:
    """G-44: 2,560 pixels are sent of 4,000, upright; the original on demand; no byte of EXIF leaves the device."""
    line, front = tunnel
    ada = await people.join(Commuter(server, office, front))
    await ada.visit()
    left, right = await in_chat(ada, await people.technician(server, office.worker("Lena")))
    photo = picture("photo.jpg", (4000, 3000), "JPEG", exif=True)
    small = picture("small.jpg", (800, 600), "JPEG", exif=True)
    assert MAKER.encode() in photo["buffer"]
    await left.choose(photo, small)
    await right.has("photo.jpg")
    assert (await opened(right, "photo.jpg")).size == (1920, 2560)
    await right.has("small.jpg")
    assert (await opened(right, "small.jpg")).size == (600, 800)
    await expect((await left.has("small.jpg")).get_by_role("button", name="Send the original")).to_have_count(0)

    await (await left.has("photo.jpg")).get_by_role("button", name=re.compile("^Send the original")).click()
    original = right.person.conversation.locator("dw-file").filter(has_text="Original ·")
    await expect(original).to_be_visible()
    async with right.person.page.expect_download() as saving:
        await original.get_by_role("link", name="Download").click()
    path = await (await saving.value).path()
    assert Image.open(io.BytesIO(await asyncio.to_thread(path.read_bytes))).size == (3000, 4000)
    await expect(left.face.get_by_role("button", name=re.compile("^Send the original"))).to_have_count(0)
    assert line.sent.count(b"\xff\xd8\xff") >= 3
    assert MAKER.encode() not in line.sent


async def test_looked_at_first(server: DeskServer, office: Office, people: People) -> None:
    """X-5: said of what is dropped, or once for all pictures; documents go at once all the same."""
    ada, lena = await pair(server, office, people)
    await ada.drop_to_edit(picture("dropped.png"), log("dropped.log"))
    await lena.has("dropped.log")
    await expect(ada.face.get_by_role("application")).to_be_focused()
    await ada.person.page.keyboard.press("Escape")
    await ada.says("dropped.png", "Ready to send")
    await ada.drop(picture("at once.png"))
    await lena.has("at once.png")
    await ada.act("Send", "dropped.png")
    await lena.has("dropped.png")

    await ada.clip.click()
    await ada.panel.get_by_role("checkbox", name="Let me edit pictures before they are sent").check()
    await ada.clip.click()
    await ada.choose(picture("one.png"), picture("two.png"), log())
    await lena.has("printer.log")
    await ada.says("one.png", "Ready to send")
    await ada.says("two.png", "Ready to send")
    await ada.act("Edit", "one.png")
    await expect(ada.person.page.get_by_role("dialog", name="Edit the picture")).to_be_visible()
    await ada.person.page.get_by_role("button", name="Cancel", exact=True).click()
    await ada.says("one.png", "Ready to send")
    await ada.person.page.reload()
    await ada.says("one.png", "Ready to send")
    await ada.face.get_by_role("button", name="Send all (2)").click()
    await lena.has("one.png")
    await lena.has("two.png")
    await ada.drag(picture())
    await expect(ada.face.get_by_text("Drop to edit first")).to_be_visible()
    await expect(ada.face.get_by_text("Drop to send")).to_be_hidden()
    await ada.clip.click()
    await expect(ada.panel.get_by_role("checkbox", name="Let me edit")).to_be_checked()


async def test_the_viewer(server: DeskServer, office: Office, people: People) -> None:
    """C-28: a picture opens larger, by mouse and by keys; what a screen reader hears; the focus comes back."""
    ada, lena = await pair(server, office, people)
    await ada.choose(picture("wide.png", (3000, 500)))
    page = lena.person.page
    shot = (await lena.has("wide.png")).get_by_role("button", name="Show larger: Picture from Ada Byron: wide.png")
    await shot.focus()
    await page.keyboard.press("Enter")
    viewer = page.get_by_role("dialog", name="wide.png")
    image = viewer.get_by_role("img", name="Picture from Ada Byron: wide.png")
    await expect(image).to_have_js_property("naturalWidth", 3000)
    fitting = 1440 - 16
    await expect(image).to_have_js_property("clientWidth", fitting)
    await page.keyboard.press("1")
    await expect(image).to_have_js_property("clientWidth", 3000)
    await expect(viewer.get_by_text("100%")).to_be_visible()
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("+")
    await expect(image).to_have_js_property("clientWidth", 4500)
    await viewer.get_by_role("button", name="Zoom out").click()
    await viewer.get_by_role("button", name="Fit to the window").click()
    await expect(image).to_have_js_property("clientWidth", fitting)
    assert await axe(page) == []
    await page.set_viewport_size({"width": 320, "height": 640})
    await expect(image).to_have_js_property("clientWidth", 320 - 16)
    assert await sideways(page) == []
    async with page.expect_download() as saving:
        await viewer.get_by_role("button", name="Download").click()
    assert (await saving.value).suggested_filename == "wide.png"
    await page.keyboard.press("Escape")
    await expect(viewer).to_have_count(0)
    await expect(shot).to_be_focused()


async def test_an_iphone_sends_pictures_only(server: DeskServer, office: Office, people: People) -> None:
    """G-41, G-44, G-45: camera and gallery; five types, others are refused; HEIC arrives as what everybody can open."""
    ada, lena = await pair(server, office, people, **IPHONE)
    ada.person.expect_trouble(REFUSED)
    page = ada.person.page
    await ada.clip.tap()
    await expect(ada.panel).to_contain_text(f"Allowed: {FIVE}At most")
    await expect(ada.panel.get_by_role("button")).to_have_text(["Take a photo", "Choose pictures"])
    async with page.expect_file_chooser() as asked:
        await ada.panel.get_by_role("button", name="Take a photo").tap()
    field = (await asked.value).element
    assert await field.get_attribute("capture") == "environment"
    assert (await field.get_attribute("accept") or "").split(",") == [
        "image/jpeg",
        "image/png",
        "image/gif",
        "image/bmp",
        "image/tiff",
    ]
    await (await asked.value).set_files([picture("image.jpg", (3024, 4032), "JPEG", exif=True)])
    await lena.has("image.jpg")
    assert max((await opened(lena, "image.jpg")).size) == 2560
    await ada.choose(heic(), way="Choose pictures")
    await lena.has("IMG_0001.jpeg")
    assert (await opened(lena, "IMG_0001.jpeg")).format == "JPEG"
    await ada.drop(log())
    await ada.says("printer.log", f"This type of file cannot be sent here. Allowed: {FIVE}")
    await lena.choose(log())  # what the phone cannot show is a link all the same (G-46)
    await expect(ada.file("printer.log")).to_be_visible()
    await page.set_viewport_size({"width": 320, "height": 568})
    await ada.clip.tap()
    assert await sideways(page) == []
    assert await axe(page) == []


async def test_a_phone_with_android_sends_everything(server: DeskServer, office: Office, people: People) -> None:
    """G-42: camera and gallery first, files too; WebP becomes JPEG on the device, or PNG where it shines through."""
    ada, lena = await pair(server, office, people, **PIXEL)
    await ada.clip.tap()
    await expect(ada.panel.get_by_role("button")).to_have_text(["Take a photo", "Choose pictures", "Choose files"])
    await expect(ada.panel).to_contain_text(".zip .txt")
    async with ada.person.page.expect_file_chooser() as asked:
        await ada.panel.get_by_role("button", name="Choose pictures").tap()
    assert "image/heic,image/webp" in (await (await asked.value).element.get_attribute("accept") or "")
    await ada.clip.tap()
    await ada.choose(log())
    await lena.has("printer.log")
    clear = Image.new("RGBA", (300, 200), (10, 20, 30, 0))
    stored = io.BytesIO()
    clear.save(stored, "WEBP")
    sticker: FilePayload = {"name": "sticker.webp", "mimeType": "image/webp", "buffer": stored.getvalue()}
    await ada.choose(picture("shot.webp", (300, 200), "WEBP"), sticker, way="Choose pictures")
    await lena.has("shot.jpeg")
    assert (await opened(lena, "shot.jpeg")).format == "JPEG"
    await lena.has("sticker.png")
    assert (await opened(lena, "sticker.png")).convert("RGBA").getpixel((1, 1))[3] == 0  # type: ignore[index]
