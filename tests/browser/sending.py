"""Files as people choose, drop and paste them; and what is on its way, in the words of a person."""

import asyncio
import base64
import io
import re
import secrets
from collections.abc import Sequence
from typing import Any, Final, Generic, TypeVar

from PIL import Image, ImageDraw
from playwright.async_api import FilePayload, FrameLocator, Locator, Page, expect

from tests.browser.customer import Visitor
from tests.browser.technician import Technician

Who = TypeVar("Who", bound=Visitor | Technician)

MAKER: Final = "Secret camera of Ada"
LOG: Final = b"2026-03-05 09:07:03 fuser too hot\n" * 40


def log(name: str = "printer.log", content: bytes = LOG) -> FilePayload:
    """A text."""
    return {"name": name, "mimeType": "text/plain", "buffer": content}


def picture(
    name: str = "screen.png", size: tuple[int, int] = (640, 400), kind: str = "PNG", *, exif: bool = False
) -> FilePayload:
    """Red on the left, grey noise on the right; with ``exif`` it lies on its side and says who took it."""
    image = Image.effect_noise(size, 20).convert("RGB")
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 2, size[1]), fill="#c02020")
    told: dict[str, Any] = {}
    if exif:
        tags = Image.Exif()
        tags[0x010F], tags[0x0112] = MAKER, 6
        told["exif"] = tags
    stored = io.BytesIO()
    image.save(stored, kind, **told)
    return {"name": name, "mimeType": f"image/{kind.lower()}", "buffer": stored.getvalue()}


def _told(files: Sequence[FilePayload]) -> list[dict[str, str]]:
    return [
        {"name": file["name"], "type": file["mimeType"], "content": base64.b64encode(file["buffer"]).decode()}
        for file in files
    ]


BYTES: Final = "Uint8Array.from(atob(content), (c) => c.charCodeAt(0))"
GIVEN: Final = f"""
const data = new DataTransfer();
for (const {{ name, type, content }} of files)
  if (name === "") data.setData(type, atob(content));
  else data.items.add(new File([{BYTES}], name, {{ type }}));
const how = {{ bubbles: true, cancelable: true, composed: true }};
"""
"""``data`` holds the files; what has no name is a text."""
DRAG: Final = f"""
(target, [kinds, files, low]) => {{
  {GIVEN}
  const clientY = low ? innerHeight - 20 : 0;
  return kinds.map((kind) => !target.dispatchEvent(new DragEvent(kind, {{ ...how, clientY, dataTransfer: data }})));
}}
"""
PASTE: Final = f"""
(target, files) => {{
  {GIVEN}
  return !target.dispatchEvent(new ClipboardEvent("paste", {{ ...how, clipboardData: data }}));
}}
"""


def text(size: int) -> bytes:
    """So many bytes of a log that nobody can guess."""
    return b"".join(secrets.token_hex(31).encode() + b"\n" for _ in range(size // 63 + 1))[:size]


class Sender(Generic[Who]):
    """Sends files from somebody's window."""

    def __init__(self, person: Who) -> None:
        self.person = person
        self.face: Page | FrameLocator = person.face if isinstance(person, Visitor) else person.page

    # --- ways in -------------------------------------------------------------------------------------------------

    @property
    def clip(self) -> Locator:
        """The button beside the field to write in."""
        return self.face.get_by_role("button", name="Attach a file")

    @property
    def panel(self) -> Locator:
        """Where files are chosen."""
        return self.face.get_by_role("dialog", name="Send files")

    async def choose(self, *files: FilePayload, way: str = "Choose files") -> None:
        """By the button, the panel and the browser's own window."""
        await self.clip.click()
        async with self.person.page.expect_file_chooser() as asked:
            await self.panel.get_by_role("button", name=way).click()
        await (await asked.value).set_files(list(files))

    async def drag(self, *files: FilePayload, taken: bool = True, low: bool = False) -> None:
        """Over the conversation, without letting go; whether the page would take them. ``low``: near its end."""
        dragged = await self.person.conversation.evaluate(DRAG, [["dragenter", "dragover"], _told(files), low])
        assert dragged == [taken, taken]

    async def drop(self, *files: FilePayload) -> None:
        """On the conversation. What the page did not take, the browser would show in its place."""
        kinds = ["dragenter", "dragover", "drop"]
        assert await self.person.conversation.evaluate(DRAG, [kinds, _told(files), False]) == [True, True, True]

    async def drop_to_edit(self, *files: FilePayload) -> None:
        """On the place that shows while a picture is dragged."""
        await self.drag(*files)  # with the first one comes what deals with files
        await expect(self.face.get_by_text("Drop to send")).to_be_visible()
        await self.drag(*files, low=True)
        await expect(self.face.get_by_text("Drop to edit first")).to_be_visible()
        assert await self.person.conversation.evaluate(DRAG, [["dragover", "drop"], _told(files), True]) == [True, True]

    async def paste(self, *files: FilePayload) -> bool:
        """Into the field to write in; whether it was taken as files."""
        return bool(await self.person.composer.evaluate(PASTE, _told(files)))

    # --- on the way ----------------------------------------------------------------------------------------------

    def on_its_way(self, name: str) -> Locator:
        """The card of a file that has not arrived."""
        return self.face.get_by_role("list", name="Files on their way").get_by_role("listitem").filter(has_text=name)

    async def act(self, action: str, name: str) -> None:
        """A button on that card."""
        await self.face.get_by_role("button", name=f"{action}: {name}").click()

    async def says(self, name: str, text: str | re.Pattern[str]) -> None:
        """That card says this."""
        await expect(self.on_its_way(name)).to_contain_text(text)

    # --- arrived -------------------------------------------------------------------------------------------------

    def file(self, name: str) -> Locator:
        """The card of a file in the conversation."""
        return self.person.conversation.locator("dw-file").filter(has_text=name)

    async def has(self, name: str) -> Locator:
        """It is in the conversation, and no longer on its way."""
        await expect(self.file(name)).to_be_visible()
        await expect(self.on_its_way(name)).to_have_count(0)
        return self.file(name)

    async def saved(self, name: str) -> tuple[str, bytes]:
        """Press its download: the name that the browser is told, and the bytes."""
        await expect(self.on_its_way(name)).to_have_count(0)  # its going moves what is pressed
        async with self.person.page.expect_download() as saving:
            await self.file(name).get_by_role("link", name="Download").click()
        file = await saving.value
        path = await file.path()
        return file.suggested_filename, await asyncio.to_thread(path.read_bytes)
