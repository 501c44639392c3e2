"""Redact before it leaves the device (X-5): what is covered never goes out; only flattened pixels do.

Everything that the browser sends is recorded on its way to the server, byte by byte.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import TypeVar

import pytest
from playwright.async_api import expect

from server.domain.portal import PortalSettings
from tests.browser.customer import Visitor
from tests.browser.editing import BEHIND, MAKER, SIZE, Editor, opened, part, picture, steepest, uniform
from tests.browser.looks import fits_everybody, sideways
from tests.browser.people import People
from tests.browser.phones import IPHONE, PIXEL
from tests.browser.sending import Sender
from tests.browser.site import Shopper, running_site
from tests.browser.technician import Technician
from tests.support.browser import PATIENCE_MS
from tests.support.office import Office, open_office
from tests.support.server import DeskServer
from tests.support.tap import Tap, tapped

Person = TypeVar("Person", Visitor, Technician)

AROUND = (290, 190, 910, 270)
"""What somebody drags over to cover the secret."""
JPEG_NOISE = 12


@pytest.fixture
async def tap(server: DeskServer) -> AsyncIterator[Tap]:
    """The line to the server."""
    async with tapped(server) as line:
        yield line


async def edits(person: Person, name: str, size: tuple[int, int] = SIZE) -> Editor:
    """Press Edit on the card of a picture that waits."""
    await Sender(person).act("Edit", name)
    editor = Editor(person, size)
    await editor.opens()
    return editor


async def chooses(person: Visitor, file: str, size: tuple[int, int] = SIZE) -> Editor:
    """A picture that is to be looked at before it is sent."""
    sender = Sender(person)
    await sender.clip.click()
    await sender.panel.get_by_role("checkbox", name="Let me edit pictures").check()
    async with person.page.expect_file_chooser() as asked:
        await sender.panel.get_by_role("button", name=re.compile("^Choose (files|pictures)$")).first.click()
    await (await asked.value).set_files([picture(file, size)])
    editor = Editor(person, size)  # opens by itself
    await editor.opens()
    return editor


async def pastes(person: Person) -> tuple[str, Editor]:
    """A screenshot; the name that it got, and the editor."""
    sender = Sender(person)
    assert await sender.paste(picture("image.png"))
    card = sender.on_its_way("Screenshot")
    await expect(card).to_contain_text("Ready to send")
    name = await card.locator(".name").inner_text()
    return name, await edits(person, name)


def nothing_left_behind(tap: Tap) -> None:
    """Neither the maker of the camera nor what was behind the picture is in anything that was sent."""
    assert MAKER.encode() not in tap.said
    assert BEHIND not in tap.said


async def test_only_what_is_left_is_sent(tap: Tap, office: Office, people: People) -> None:
    """X-5: a screenshot on the portal: black-out to the last pixel, everything else as it was, no EXIF, no original."""
    ada = await people.visitor(tap.server, office)
    await ada.open_ticket()
    name, editor = await pastes(ada)
    await editor.drag(AROUND)
    assert len(await editor.marks()) == 1
    await editor.done()
    await Sender(ada).act("Send", name)
    await Sender(ada).has(name)

    nothing_left_behind(tap)
    [sent] = tap.uploads
    found, before = opened(sent), opened(picture("image.png")["buffer"])
    assert (found.format, found.size, dict(found.getexif())) == ("PNG", SIZE, {})
    assert uniform(part(found))
    assert not uniform(part(before), 200)
    for untouched in ((0, 0, 1200, 180), (0, 280, 1200, 800)):
        assert part(found, untouched).tobytes() == part(before, untouched).tobytes()
    _, saved = await Sender(ada).saved(name)
    assert uniform(part(opened(saved)))


@pytest.mark.parametrize("device", [pytest.param(IPHONE, id="iPhone"), pytest.param(PIXEL, id="Pixel")])
async def test_a_photo_on_a_phone(tap: Tap, office: Office, people: People, device: dict[str, object]) -> None:
    """X-5: drawn with a finger; and what is sent as the original afterwards is the edited one as well."""
    size, around = (3200, 2400), (280, 330, 2900, 400)
    phone = await people.join(Visitor(tap.server, office), **device)
    await phone.visit()
    await phone.open_ticket()
    editor = await chooses(phone, "photo.jpg", size)
    (x1, y1), (x2, y2) = await editor.on_screen(*around[:2]), await editor.on_screen(*around[2:])
    await finger(editor, [(x1, y1), ((x1 + x2) / 2, (y1 + y2) / 2), (x2, y2)])
    assert len(await editor.marks()) == 1
    await editor.done()
    await Sender(phone).act("Send", "photo.jpg")
    await Sender(phone).has("photo.jpg")
    await phone.conversation.get_by_role("button", name=re.compile("^Send the original")).click()
    await expect(Sender(phone).file("photo.jpg")).to_have_count(2)

    nothing_left_behind(tap)
    smaller, original = (opened(file) for file in tap.uploads)
    assert original.size == size
    assert uniform(part(original, (300, 345, 2880, 385)), JPEG_NOISE)
    scale = smaller.width / size[0]
    inner = (int(300 * scale), int(350 * scale), int(2880 * scale), int(380 * scale))
    assert uniform(part(smaller, inner), JPEG_NOISE)
    assert dict(original.getexif()) == dict(smaller.getexif()) == {}


async def test_a_blur_leaves_nothing_to_be_read(tap: Tap, office: Office, people: People) -> None:
    """X-5: no edge is left in it, over a black-out it brings nothing back, and it stays inside its box."""
    lena = await at_work(tap.server, office, people)
    name, editor = await pastes(lena)
    await editor.button("Blur").click()
    await editor.drag(AROUND)
    await editor.button("Black out").click()
    await editor.drag((300, 500, 700, 560))
    await editor.button("Blur").click()
    await editor.drag((200, 440, 800, 620))
    await editor.done()
    await Sender(lena).act("Send", name)
    await Sender(lena).has(name)

    [sent] = tap.uploads
    found, before = opened(sent), opened(picture("image.png")["buffer"])
    assert steepest(part(before)) > 200
    assert steepest(part(found)) < 16
    assert steepest(part(found, (300, 500, 700, 560))) < 16
    assert part(found, (0, 280, 1200, 430)).tobytes() == part(before, (0, 280, 1200, 430)).tobytes()
    nothing_left_behind(tap)


async def test_crop_and_arrow_in_the_widget(server: DeskServer, people: People) -> None:
    """X-5: what is cut away is not sent; in a frame on somebody else's site."""
    async with tapped(server) as tap:
        with running_site() as site:
            office = open_office(server.store, PortalSettings(origins=[site.origin]))
            ada = await people.join(Shopper(tap.server, office, site))
            await ada.visit()
            await ada.open_widget()
            await ada.open_ticket()
            name, editor = await pastes(ada)
            await editor.button("Crop").click()
            await editor.drag((100, 280, 1100, 780))
            await editor.button("Arrow").click()
            await editor.drag((200, 400, 600, 700))
            await editor.done()
            await Sender(ada).act("Send", name)
            await Sender(ada).has(name)
        nothing_left_behind(tap)
        [sent] = tap.uploads
    found = opened(sent)
    assert found.size == pytest.approx((1000, 500), abs=5)
    red = [pixel for pixel in part(found, (0, 0, 990, 490)).get_flattened_data() if pixel == (0xD9, 0x2D, 0x20)]
    assert len(red) > 1000


async def test_by_keys_alone(tap: Tap, office: Office, people: People) -> None:
    """X-5, C-28: placed, moved, sized, taken back and brought again, removed; and each step is said."""
    ada = await people.visitor(tap.server, office)
    await ada.open_ticket()
    name, editor = await pastes(ada)
    keys = ada.page.keyboard
    await keys.press("Enter")
    [first] = await editor.marks()
    left, top = (int(number) for number in re.findall(r"(\d+) from", first))
    assert re.fullmatch(r"Black out: \d+ by \d+ pixels, \d+ from the left, \d+ from the top", first)
    for _ in range(3):
        await keys.press("ArrowRight")
    await keys.press("Shift+ArrowDown")
    [moved] = await editor.marks()
    assert moved != first
    assert int(re.findall(r"(\d+) from the left", moved)[0]) > left
    assert int(re.findall(r"(\d+) from the top", moved)[0]) == top
    await keys.press("Control+z")
    await keys.press("Control+z")
    assert await editor.marks() == [first]
    await keys.press("Control+Shift+z")
    await keys.press("Control+y")
    assert await editor.marks() == [moved]
    await editor.picture.get_by_role("button").focus()
    await keys.press("Delete")
    assert await editor.marks() == []
    await expect(editor.picture).to_be_focused()
    await keys.press("Control+z")
    await editor.button("Start again").click()
    assert await editor.marks() == []
    await editor.button("Undo").click()
    assert await editor.marks() == [moved]

    await editor.picture.focus()
    await keys.press("Escape")
    await expect(editor.button("Keep editing")).to_be_focused()
    await keys.press("Enter")
    assert await editor.marks() == [moved]
    await editor.button("Cancel").click()
    await editor.button("Discard").click()
    await expect(editor.picture).to_be_hidden()
    await expect(Sender(ada).on_its_way(name)).to_contain_text("Ready to send")
    assert tap.uploads == []


async def test_marks_are_changed_by_pointer(tap: Tap, office: Office, people: People) -> None:
    """X-5: chosen, moved, pulled at a corner; zoomed in for small things; two fingers zoom and draw nothing."""
    phone = await people.join(Visitor(tap.server, office), **PIXEL)
    await phone.visit()
    await phone.open_ticket()
    editor = await chooses(phone, "screen.png")
    await editor.drag((200, 200, 600, 400))
    await editor.drag((400, 300, 500, 500))
    [moved] = await editor.marks()
    assert numbers(moved) == pytest.approx([300, 400, 400, 200], abs=8)
    await editor.drag((700, 600, 900, 700))
    [pulled] = await editor.marks()
    assert numbers(pulled) == pytest.approx([300, 400, 600, 300], abs=8)
    await editor.drag((50, 50, 52, 52))
    assert await editor.marks() == [pulled]

    before = await editor.picture.bounding_box()
    await pinch(editor)
    after = await editor.picture.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] > before["width"] * 1.5
    assert await editor.marks() == [pulled]
    for _ in range(12):
        await editor.button("Zoom out").click()
    assert await editor.picture.bounding_box() == before


async def test_it_fits_everybody(tap: Tap, office: Office, people: People) -> None:
    """C-28: axe, light and dark, phone and desk; 320 px in four languages."""
    ada = await people.visitor(tap.server, office)
    await ada.open_ticket()
    _, editor = await pastes(ada)
    await editor.drag(AROUND)
    await editor.button("Arrow").click()
    await editor.drag((200, 400, 600, 700))
    await fits_everybody(ada)
    await editor.button("Cancel").click()
    await expect(editor.button("Keep editing")).to_be_focused()
    await fits_everybody(ada)


@pytest.mark.parametrize(("language", "code"), [("Français", "fr"), ("Nederlands", "nl"), ("Русский", "ru")])
async def test_it_fits_in_every_language(tap: Tap, office: Office, people: People, language: str, code: str) -> None:
    ada = await people.visitor(tap.server, office)
    await ada.open_ticket()
    _, editor = await pastes(ada)
    await editor.button("Cancel").click()
    await ada.choose(language)
    await expect(ada.page.locator("html")).to_have_attribute("lang", code)
    await ada.page.set_viewport_size({"width": 320, "height": 640})
    await ada.page.locator("dw-attach .acts button").first.click()
    await expect(ada.page.get_by_role("application")).to_be_focused()
    async with asyncio.timeout(PATIENCE_MS / 1000):  # the picture comes as it is, and then fits
        while await sideways(ada.page):  # noqa: ASYNC110 - the page has no event for it
            await asyncio.sleep(0.05)


def numbers(mark: str) -> list[int]:
    """Left, top, width and height of what is said of a mark."""
    width, height, left, top = (int(number.replace(",", "")) for number in re.findall(r"[\d,]*\d", mark))
    return [left, top, width, height]


async def at_work(server: DeskServer, office: Office, people: People) -> Technician:
    """A technician in the chat of a ticket."""
    ada = await people.visitor(server, office)
    ticket = await ada.open_ticket()
    lena = await people.technician(server, office.worker("Lena"))
    await lena.open(ticket)
    await lena.act("Assign to me")
    await lena.act("Join chat")
    await expect(lena.composer).to_be_visible()
    return lena


async def finger(editor: Editor, path: list[tuple[float, float]]) -> None:
    """One finger goes down, along, and up."""
    touch = await editor.page.context.new_cdp_session(editor.page)
    for step, (x, y) in enumerate(path):
        kind = "touchMove" if step else "touchStart"
        await touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    await touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


async def pinch(editor: Editor) -> None:
    """Two fingers go apart in the middle of the picture."""
    touch = await editor.page.context.new_cdp_session(editor.page)
    x, y = await editor.on_screen(600, 400)
    for step, apart in enumerate((30, 60, 90)):
        points = [{"x": x - apart, "y": y, "id": 1}, {"x": x + apart, "y": y, "id": 2}]
        await touch.send(
            "Input.dispatchTouchEvent", {"type": "touchMove" if step else "touchStart", "touchPoints": points}
        )
    await touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
