"""Pictures as cameras, phones, scanners and programs write them. Pillow is the producer, pillow-heif of HEIC."""

import io
import struct
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import pillow_heif
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from tests.uploads.corpus.sample import Sample

SECRET: Final = "N52.3702-E4.8952-Damrak"
"""Stands in every field that has room for a text; no byte of it may get through."""
SIZE: Final = (320, 200)
LEFT_TOP: Final = (220, 30, 30)
"""The colour of the quarter that is at the left and on top when the picture is upright."""


@cache
def drawing() -> Image.Image:
    """A red, a green, a blue and a yellow quarter, and a line of white."""
    image = Image.new("RGB", SIZE)
    draw = ImageDraw.Draw(image)
    half = (SIZE[0] // 2, SIZE[1] // 2)
    for place, color in (
        ((0, 0), LEFT_TOP),
        ((1, 0), (30, 200, 30)),
        ((0, 1), (30, 30, 220)),
        ((1, 1), (230, 220, 20)),
    ):
        x, y = place[0] * half[0], place[1] * half[1]
        draw.rectangle((x, y, x + half[0], y + half[1]), fill=color)
    draw.line((0, 0, *SIZE), fill="white", width=3)
    return image


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The bytes of a file."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif(orientation: int = 1) -> bytes:
    """What a phone writes: place, time, who took it, and how it was held."""
    told = Image.Exif()
    told[0x0112] = orientation
    told[0x010F], told[0x0110], told[0x013B], told[0x9003] = "Maker", "Phone 9", SECRET, "2026:03:04 05:06:07"
    gps = told.get_ifd(0x8825)
    gps.update({1: "N", 2: (52.0, 22.0, 12.7), 3: "E", 4: (4.0, 53.0, 42.7), 27: SECRET})
    raw: bytes = told.tobytes()
    return raw


def small_picture() -> bytes:
    """What cameras write as well: a small picture, with an end of its own."""
    small = saved(drawing().resize((32, 20)), "JPEG")
    head = b"Exif\0\0II*\0" + struct.pack("<L", 8)
    tags = ((0x0103, 3, 6), (0x0201, 4, 56), (0x0202, 4, len(small)))
    first = struct.pack("<HL", 0, 14)
    second = struct.pack("<H", len(tags)) + b"".join(
        struct.pack("<2H2L", tag, kind, 1, told) for tag, kind, told in tags
    )
    return head + first + (second + bytes(4)).ljust(42, b"\0") + small


XMP: Final = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description exif:GPSLatitude="{SECRET}"/></x:xmpmeta>'.encode()


def turned(orientation: int) -> Image.Image:
    """The drawing as a sensor sees it that is held in one of the eight ways: showing it upright undoes that."""
    steps = {
        1: [],
        2: [Image.Transpose.FLIP_LEFT_RIGHT],
        3: [Image.Transpose.ROTATE_180],
        4: [Image.Transpose.FLIP_TOP_BOTTOM],
        5: [Image.Transpose.TRANSPOSE],
        6: [Image.Transpose.ROTATE_90],
        7: [Image.Transpose.TRANSVERSE],
        8: [Image.Transpose.ROTATE_270],
    }
    image = drawing()
    for step in steps[orientation]:
        image = image.transpose(step)
    return image


def jpeg(**options: Any) -> bytes:
    """A JPEG with all that a phone writes into it."""
    return saved(drawing(), "JPEG", exif=exif(), comment=SECRET.encode(), xmp=XMP, **options)


def film() -> bytes:
    """The film that phones append to a picture: an MP4 of two boxes."""
    return struct.pack(">L4s4sL4s", 20, b"ftyp", b"mp42", 0, b"isom") + struct.pack(">L4s", 5008, b"mdat") + bytes(5000)


def png(image: Image.Image | None = None, **options: Any) -> bytes:
    """A PNG with texts in it."""
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", SECRET)
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
    texts.add_text("Comment", SECRET, zip=True)
    return saved(image or drawing(), "PNG", pnginfo=texts, exif=exif(), **options)


def deep(mode: str) -> Image.Image:
    """A slope with more than eight bits a channel."""
    return Image.linear_gradient("L").resize(SIZE).convert("I").point(lambda value: value * 256).convert(mode)


def transparent() -> Image.Image:
    """The drawing with a hole in it."""
    image = drawing().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 60, 60))
    return image


def frames(count: int = 5) -> list[Image.Image]:
    """A square that goes to the right."""
    made = list[Image.Image]()
    for number in range(count):
        image = drawing().copy()
        ImageDraw.Draw(image).rectangle((number * 20, 90, number * 20 + 40, 130), fill="black")
        made.append(image)
    return made


def animation(kind: str = "GIF", **options: Any) -> bytes:
    """Five frames of a fifth of a second."""
    first, *rest = frames()
    return saved(first, kind, save_all=True, append_images=rest, duration=200, loop=0, **options)


def wide_gamut() -> bytes:
    """A profile whose red is not sRGB's: the channels change places, so that a lost profile shows."""
    profile = ImageCms.createProfile("sRGB")
    raw: bytes = ImageCms.ImageCmsProfile(profile).tobytes()
    red, green = raw.index(b"rXYZ"), raw.index(b"gXYZ")
    swapped = bytearray(raw)
    swapped[red + 4 : red + 12], swapped[green + 4 : green + 12] = raw[green + 4 : green + 12], raw[red + 4 : red + 12]
    return bytes(swapped)


def heic(image: Image.Image | None = None, **options: Any) -> bytes:
    """What an iPhone's camera writes."""
    pillow_heif.register_heif_opener()
    return saved(image or drawing(), "HEIF", quality=80, **options)


def scan() -> bytes:
    """Three pages of a scanner, black on white."""
    first, *rest = [page.convert("1") for page in frames(3)]
    return saved(first, "TIFF", save_all=True, append_images=rest, compression="group4")


def _of(extension: str, made: dict[str, Callable[[], bytes]]) -> list[Sample]:
    return [Sample(title, extension, make) for title, make in made.items()]


PICTURES: Final = [
    *_of(
        ".jpeg",
        {
            "plain": lambda: saved(drawing(), "JPEG"),
            "camera": jpeg,
            "progressive": lambda: jpeg(progressive=True),
            "not subsampled": lambda: jpeg(subsampling=0),
            "restart markers": lambda: jpeg(restart_marker_rows=1),
            "gray": lambda: saved(drawing().convert("L"), "JPEG"),
            "printer's colours": lambda: saved(drawing().convert("CMYK"), "JPEG"),
            "one pixel": lambda: saved(Image.new("RGB", (1, 1)), "JPEG"),
            "profile": lambda: saved(drawing(), "JPEG", icc_profile=wide_gamut()),
            "turned": lambda: saved(turned(6), "JPEG", exif=exif(6)),
            "a small one inside": lambda: saved(drawing(), "JPEG", exif=small_picture()),
            "two exposures": lambda: saved(drawing(), "MPO", save_all=True, append_images=[turned(3)]),
            "with a film": lambda: jpeg() + film(),
            "maker's appendix": lambda: jpeg() + b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1741064767000SEFH\x6a\0\0\0SEFT",
            "zeros behind": lambda: jpeg() + bytes(512),
        },
    ),
    *_of(
        ".png",
        {
            "plain": lambda: saved(drawing(), "PNG"),
            "texts": png,
            "palette": lambda: png(drawing().quantize(16)),
            "transparent": lambda: png(transparent()),
            "transparent palette": lambda: saved(transparent().quantize(16), "PNG"),
            "transparent colour": lambda: saved(drawing(), "PNG", transparency=LEFT_TOP),
            "bilevel": lambda: png(drawing().convert("1")),
            "gray": lambda: png(drawing().convert("L")),
            "gray and alpha": lambda: png(transparent().convert("LA")),
            "sixteen bits": lambda: saved(deep("I;16"), "PNG"),
            "animated": lambda: animation("PNG"),
            "cropped in place": lambda: png() + png()[700:],
        },
    ),
    *_of(
        ".gif",
        {
            "plain": lambda: saved(drawing(), "GIF", comment=SECRET.encode()),
            "animated": lambda: animation(comment=SECRET.encode()),
            "transparent": lambda: saved(transparent(), "GIF"),
            "transparent, animated": lambda: saved(
                transparent(), "GIF", save_all=True, append_images=[transparent().rotate(9)], duration=200, disposal=2
            ),
            "interlaced": lambda: saved(drawing().quantize(8), "GIF", interlace=1),
            "of 1987": lambda: saved(drawing().quantize(4), "GIF").replace(b"GIF89a", b"GIF87a", 1),
        },
    ),
    *_of(
        ".bmp",
        {
            "plain": lambda: saved(drawing(), "BMP"),
            "palette": lambda: saved(drawing().quantize(16), "BMP"),
            "bilevel": lambda: saved(drawing().convert("1"), "BMP"),
            "alpha": lambda: saved(transparent(), "BMP"),
            "padded rows": lambda: saved(drawing().resize((317, 199)), "BMP"),
            "top first": lambda: top_first(saved(drawing().transpose(Image.Transpose.FLIP_TOP_BOTTOM), "BMP")),
        },
    ),
    *_of(
        ".tiff",
        {
            "plain": lambda: saved(drawing(), "TIFF"),
            "camera": lambda: saved(drawing(), "TIFF", exif=exif(), software=SECRET, artist=SECRET),
            "LZW": lambda: saved(drawing(), "TIFF", compression="tiff_lzw"),
            "deflated": lambda: saved(drawing(), "TIFF", compression="tiff_adobe_deflate"),
            "jpeg inside": lambda: saved(drawing(), "TIFF", compression="jpeg"),
            "fax": lambda: saved(drawing().convert("1"), "TIFF", compression="group4"),
            "pages": scan,
            "printer's colours": lambda: saved(drawing().convert("CMYK"), "TIFF"),
            "sixteen bits": lambda: saved(deep("I;16"), "TIFF"),
            "floating point": lambda: saved(deep("F"), "TIFF"),
            "turned": lambda: saved(turned(8), "TIFF", exif=exif(8)),
            "big end first": lambda: saved(deep("I;16B"), "TIFF"),
        },
    ),
]
"""Accepted, and stay what they are."""

CONVERTIBLE: Final = [
    *_of(
        ".heic",
        {
            "iPhone": lambda: heic(exif=exif(), xmp=XMP),
            "iPhone, turned": lambda: heic(turned(6), exif=exif(6)),
            "transparent": lambda: heic(transparent()),
        },
    ),
    *_of(
        ".webp",
        {
            "lossy": lambda: saved(drawing(), "WEBP", quality=80, exif=exif(), xmp=XMP),
            "lossless": lambda: saved(drawing(), "WEBP", lossless=True),
            "transparent": lambda: saved(transparent(), "WEBP", quality=80),
            "animated": lambda: animation("WEBP"),
        },
    ),
    *_of(
        ".avif",
        {
            "plain": lambda: saved(drawing(), "AVIF", exif=exif(), xmp=XMP),
            "transparent": lambda: saved(transparent(), "AVIF"),
            "turned": lambda: saved(turned(6), "AVIF", exif=exif(6)),
        },
    ),
]
"""Accepted where JPEG and PNG are, and become one of the two."""


def top_first(bmp: bytes) -> bytes:
    """The same with rows from the top down: a negative height."""
    height = struct.unpack_from("<l", bmp, 22)[0]
    return bmp[:22] + struct.pack("<l", -height) + bmp[26:]


def zlib_rows(side: int) -> bytes:
    """The packed rows of a black square picture, made without holding it."""
    packer, row = zlib.compressobj(9), bytes(1 + 3 * side)
    return b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
