"""Pictures that are something else as well, that are cut off, or that unpack to too much.

``PICTURES`` are found by looking at the container. ``PIXELS`` look well from outside: decoding shows what they are.
"""

import struct
import zlib
from collections.abc import Callable
from typing import Any, Final

from PIL import Image

from tests.uploads.corpus import documents, pictures
from tests.uploads.corpus.archives import FILES, rar5, zipped
from tests.uploads.corpus.hostile.parts import EXE, PAGE_HTML, damaged, of
from tests.uploads.corpus.sample import Sample


def gif_script() -> bytes:
    """A GIF that is a script: its width is the beginning of a comment."""
    picture = bytearray(pictures.saved(pictures.drawing(), "GIF"))
    picture[6:8] = b"/*"
    return bytes(picture) + b"*/=1;alert(1)"


def jpeg_script() -> bytes:
    """A JPEG that is a script: the length of its first part is the beginning of a comment."""
    rest = pictures.saved(pictures.drawing(), "JPEG")[20:]
    return (
        b"\xff\xd8\xff\xe0" + b"/*" + b"JFIF\0".ljust(0x2F2A - 2, b"\0") + b"\xff\xfe\0\x10*/=alert(1);/*"[:18] + rest
    )


def chunk(kind: bytes, data: bytes) -> bytes:
    """A part of a PNG."""
    return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))


def wide_png(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG that says that it is so large."""
    header = chunk(b"IHDR", struct.pack(">2L5B", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", data or zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def commented(text: bytes) -> bytes:
    """A JPEG with this in its comment."""
    return pictures.saved(pictures.drawing(), "JPEG", comment=text)


def _half(extension: str) -> Callable[[], bytes]:
    def make() -> bytes:
        whole = next(
            sample for sample in [*pictures.PICTURES, *pictures.CONVERTIBLE] if sample.extension == extension
        ).data
        return whole[: len(whole) * 6 // 10]

    return make


PICTURES: Final = [
    *[
        Sample("cut off", extension, _half(extension), "broken")
        for extension in (".jpeg", ".png", ".gif", ".bmp", ".webp", ".avif", ".heic")
    ],
    *of(
        "disguise",
        ".jpeg",
        {
            "an archive behind": lambda: pictures.jpeg() + zipped(FILES),
            "a RAR behind": lambda: pictures.jpeg() + rar5(FILES),
            "a program behind": lambda: pictures.jpeg() + EXE,
            "a page behind": lambda: pictures.jpeg() + b"\n" + PAGE_HTML,
            "a PDF behind": lambda: pictures.jpeg() + documents.pdf(),
            "PHP in the comment": lambda: commented(b"<?php eval($_POST[0]); ?>"),
            "a script in the comment": lambda: commented(b"<script src=//evil.example></script>"),
            "a page in the comment": lambda: commented(b"<html ><body onload=alert(1)>"),
            "a PDF in the comment": lambda: commented(documents.FORM),
            "a script at the same time": jpeg_script,
        },
    ),
    *of(
        "disguise",
        ".png",
        {
            "an archive behind": lambda: pictures.png() + zipped(FILES),
            "a program behind": lambda: pictures.png() + EXE,
            "a page in a text": lambda: (
                pictures.png()[:33] + chunk(b"tEXt", b"Title\0" + PAGE_HTML) + pictures.png()[33:]
            ),
            "7-Zip behind": lambda: pictures.png() + b"\0\0" + b"7z\xbc\xaf\x27\x1c\0\4" + bytes(60),
        },
    ),
    *of(
        "disguise",
        ".gif",
        {
            "a script behind": lambda: pictures.animation() + b"=1;alert(1)",
            "an archive behind": lambda: pictures.animation() + zipped(FILES),
            "a script at the same time": gif_script,
        },
    ),
    *of("disguise", ".bmp", {"an archive behind": lambda: pictures.saved(pictures.drawing(), "BMP") + zipped(FILES)}),
    *of("disguise", ".tiff", {"an archive behind": lambda: pictures.scan() + zipped(FILES)}),
    *of("disguise", ".webp", {"an archive behind": lambda: pictures.saved(pictures.drawing(), "WEBP") + zipped(FILES)}),
    *of("mismatch", ".png", {"a JPEG": pictures.jpeg, "WebP": lambda: pictures.saved(pictures.drawing(), "WEBP")}),
    *of("mismatch", ".jpeg", {"a PNG": pictures.png, "HEIC": pictures.heic, "a film": pictures.film}),
    *of("mismatch", ".heic", {"AVIF": lambda: pictures.saved(pictures.drawing(), "AVIF"), "a film": pictures.film}),
    *of(
        "broken",
        ".tiff",
        {
            "a ring of pages": lambda: b"II*\0\x08\0\0\0\0\0\x08\0\0\0",
            "no page": lambda: b"II*\0\xff\xff\0\0",
            "no end": lambda: pictures.saved(pictures.drawing(), "TIFF", compression="tiff_lzw")[:-40],
            "no pages": lambda: b"II*\0" + bytes(60),
        },
    ),
]


def ended_early(**options: Any) -> bytes:
    """A JPEG that was cut off in the middle of its pixels, and has an end all the same."""
    picture = Image.effect_noise(pictures.SIZE, 60).convert("RGB")
    whole = pictures.saved(picture, "JPEG", **options)
    return whole[: len(whole) * 6 // 10].rstrip(b"\xff") + b"\xff\xd9"


def many_frames(count: int) -> bytes:
    """An animation of one pixel, over and over."""
    frame = b"!\xf9\x04\0\0\0\0\0" + b",\0\0\0\0\1\0\1\0\0" + b"\2\2D\1\0"
    return b"GIF89a" + struct.pack("<2H3B", 1, 1, 0x80, 0, 0) + bytes(6) + frame * count + b";"


def large_canvas() -> bytes:
    """One pixel on a canvas of four thousand million."""
    return b"GIF89a" + struct.pack("<2H3B", 65_000, 65_000, 0x80, 0, 0) + bytes(6) + b",\0\0\0\0\1\0\1\0\0\2\2D\1\0;"


def run_length(width: int, height: int) -> bytes:
    """A coded BMP of some bytes."""
    data = b"\0\1"
    head = struct.pack("<L2l2H6L", 40, width, height, 1, 8, 1, len(data), 0, 0, 256, 0)
    return b"BM" + struct.pack("<L2HL", 14 + 40 + 1024 + len(data), 0, 0, 14 + 40 + 1024) + head + bytes(1024) + data


PIXELS: Final = [
    *of(
        "pixels",
        ".png",
        {"a bomb of pixels": lambda: wide_png(60_000, 60_000), "just too many": lambda: wide_png(8_000, 5_001)},
    ),
    *of(
        "broken",
        ".png",
        {"no pixels": lambda: wide_png(100, 100, b"nothing"), "half the pixels": lambda: wide_png(100, 100)},
    ),
    *of("broken", ".png", {"a wrong checksum": lambda: damaged(pictures.saved(pictures.drawing(), "PNG"))}),
    *of("pixels", ".gif", {"too many frames": lambda: many_frames(1_200), "a large canvas": large_canvas}),
    *of(
        "broken",
        ".jpeg",
        {
            "ended early": ended_early,
            "ended early, progressive": lambda: ended_early(progressive=True),
            "ended early, restart markers": lambda: ended_early(restart_marker_rows=1),
        },
    ),
    *of("broken", ".tiff", {"half the pixels": lambda: pictures.saved(pictures.drawing(), "TIFF")[:-90_000]}),
    *of("pixels", ".bmp", {"too many": lambda: run_length(20_000, 20_000)}),
]
