"""The editor of pictures as people use it, and pictures with a secret in them."""

import io
from typing import Any, Final

from PIL import Image, ImageChops, ImageDraw, ImageFont
from playwright.async_api import FilePayload, Locator, expect

from tests.browser.customer import Visitor
from tests.browser.technician import Technician

Box = tuple[int, int, int, int]

SIZE: Final = (1200, 800)
SECRET: Final[Box] = (300, 200, 900, 260)
"""Where the password stands."""
MAKER: Final = "Secret camera of Ada"
BEHIND: Final = b"what the camera hid behind the picture"
BLACK: Final = (0, 0, 0)


def picture(name: str = "screen.png", size: tuple[int, int] = SIZE) -> FilePayload:
    """Fine print everywhere, with a secret in the middle, in the EXIF, and behind the end of the file."""
    kind = "PNG" if name.endswith("png") else "JPEG"
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, size[0], 60), fill="#2040c0")
    for top in range(100, size[1], 60):
        draw.text((60, top + 8), "hunter2 4929 1382 5500 1007 " * 3, fill="black", font=ImageFont.load_default(44))
    exif = Image.Exif()
    exif[0x010F] = MAKER
    exif.get_ifd(0x8825)[2] = (52.0, 22.0, 12.0)
    out = io.BytesIO()
    image.save(out, kind, exif=exif, quality=95)
    return {"name": name, "mimeType": f"image/{kind.lower()}", "buffer": out.getvalue() + BEHIND}


def opened(content: bytes) -> Image.Image:
    """Its pixels."""
    return Image.open(io.BytesIO(content))


def part(image: Image.Image, box: Box = SECRET) -> Image.Image:
    """A part of it, in colour."""
    return image.convert("RGB").crop(box)


def uniform(image: Image.Image, within: int = 0) -> bool:
    """Whether every pixel is black, give or take what JPEG makes of it."""
    return all(band.getextrema()[1] <= within for band in image.split())  # type: ignore[operator]


def steepest(image: Image.Image) -> int:
    """The largest step from one pixel to the next one, along or down: 255 from ink to paper."""
    grey = image.convert("L")
    inner = (1, 1, grey.width, grey.height)
    shifts = [ImageChops.difference(grey, ImageChops.offset(grey, dx, dy)) for dx, dy in ((1, 0), (0, 1))]
    return max(int(shift.crop(inner).getextrema()[1]) for shift in shifts)  # type: ignore[arg-type]


class Editor:
    """The editor on somebody's screen, with a picture of ``size``."""

    def __init__(self, person: Visitor | Technician, size: tuple[int, int] = SIZE) -> None:
        self.face: Any = person.face if isinstance(person, Visitor) else person.page
        self.page = person.page
        self.size = size

    @property
    def picture(self) -> Locator:
        """The picture with its marks."""
        found: Locator = self.face.get_by_role("application", name="Picture")
        return found

    def button(self, name: str) -> Locator:
        """A tool, or a step."""
        found: Locator = self.face.get_by_role("button", name=name, exact=True)
        return found

    async def opens(self) -> None:
        """It is there, and takes keys."""
        await expect(self.picture).to_be_focused()

    async def drag(self, box: Box) -> None:
        """From one corner to the other, in pixels of the picture."""
        (x1, y1), (x2, y2) = await self.on_screen(*box[:2]), await self.on_screen(*box[2:])
        await self.page.mouse.move(x1, y1)
        await self.page.mouse.down()
        await self.page.mouse.move((x1 + x2) / 2, (y1 + y2) / 2)
        await self.page.mouse.move(x2, y2)
        await self.page.mouse.up()

    async def on_screen(self, x: int, y: int) -> tuple[float, float]:
        """Where a pixel of the picture is in the window."""
        at = await self.picture.bounding_box()
        assert at is not None
        return at["x"] + x * at["width"] / self.size[0], at["y"] + y * at["height"] / self.size[1]

    async def marks(self) -> list[str]:
        """What a screen reader says of each mark."""
        return [str(await one.get_attribute("aria-label")) for one in await self.picture.get_by_role("button").all()]

    async def done(self) -> None:
        """And it is gone."""
        await self.button("Done").click()
        await expect(self.picture).to_be_hidden()
