"""Files as people choose, drop and paste them; and what is on its way, in the words of a person."""

import base64
import io
import re
from collections.abc import Sequence
from typing import Any, Final

from PIL import Image, ImageDraw
from playwright.async_api import FilePayload, Locator, expect

from tests.browser.customer import Visitor
from tests.browser.technician import Technician

MAKER: Final = "Secret camera of Ada"
LOG: Final = b"2026-03-05 09:07:03 fuser too hot\n" * 40


def log(name: str = "printer.log", content: bytes = LOG) -> FilePayload:
    """A text."""
    return {"name": name, "mimeType": "text/plain", "buffer": content}


def picture(
    name: str = "screen.png", size: tuple[int, int] = (640, 400), kind: str = "PNG", *, exif: bool = False
) -> FilePayload:
    """A picture, red on the left and blue on the right; with ``exif`` it lies on its side and says who took it."""
    image = Image.new("RGB", size, "#c02020")
    ImageDraw.Draw(image).rectangle((size[0] // 2, 0, *size), fill="#2040c0")
    told: dict[str, Any] = {}
    if exif:
        tags = Image.Exif()
        tags[0x010F], tags[0x0112] = MAKER, 6
        told["exif"] = tags
    stored = io.BytesIO()
    image.save(stored, kind, **told)
    return {"name": name, "mimeType": f"image/{kind.lower()}", "buffer": stored.getvalue()}


TRANSFER: Final = """
(kind, files) => {
  const data = new DataTransfer();
  for (const { name, type, content } of files)
    data.items.add(new File([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))], name, { type }));
  const { target, make } = kind;
  return make(target, data);
}
"""


def _told(files: Sequence[FilePayload]) -> list[dict[str, str]]:
    return [
        {"name": file["name"], "type": file["mimeType"], "content": base64.b64encode(file["buffer"]).decode()}
        for file in files
    ]


BYTES: Final = "Uint8Array.from(atob(content), (c) => c.charCodeAt(0))"
DROP: Final = f"""
(target, files) => {{
  const dataTransfer = new DataTransfer();
  for (const {{ name, type, content }} of files) dataTransfer.items.add(new File([{BYTES}], name, {{ type }}));
  let taken = true;
  for (const kind of ["dragenter", "dragover", "drop"])
    taken = !target.dispatchEvent(new DragEvent(kind, {{ dataTransfer, bubbles: true, cancelable: true, composed: true }})) && taken;
  return taken;
}}
"""
PASTE: Final = f"""
(target, files) => {{
  const clipboardData = new DataTransfer();
  for (const {{ name, type, content }} of files)
    if (name === "") clipboardData.setData(type, atob(content));
    else clipboardData.items.add(new File([{BYTES}], name, {{ type }}));
  return !target.dispatchEvent(new ClipboardEvent("paste", {{ clipboardData, bubbles: true, cancelable: true, composed: true }}));
}}
"""


class Sender:
    """Sends files from somebody's window."""

    def __init__(self, person: Visitor | Technician) -> None:
        self.person = person
        self.face = person.face if isinstance(person, Visitor) else person.page

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

    async def drop(self, *files: FilePayload) -> bool:
        """On the conversation; whether the page has taken them."""
        return bool(await self.person.conversation.evaluate(DROP, _told(files)))

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
        async with self.person.page.expect_download() as saving:
            await self.file(name).get_by_role("link", name="Download").click()
        file = await saving.value
        path = await file.path()
        return file.suggested_filename, path.read_bytes()
