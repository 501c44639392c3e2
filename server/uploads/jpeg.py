"""Whether a JPEG was cut off, and somebody put an end on it. Run in the process of ``drawing``; imports Pillow alone.

Decoders fill what is missing with gray and say nothing. So the picture is decoded once more with pixels that nobody has
made before its end: a decoder that has read all that it needs does not look at them.
"""

import io
from pathlib import Path
from typing import Final

from PIL import Image, ImageChops

END: Final = b"\xff\xd9"
FILLER: Final = b"".join(bytes(range(16, 255)) + bytes((0xFF, 0xD0 + number)) for number in range(8)) * 2
"""Coded pixels, with all restart markers: behind each of them decoding begins afresh."""


def ended_early(image: Image.Image, path: str) -> bool:
    """Told for certain where the cut is in the pixels; not where it is between two steps of a progressive picture."""
    data = Path(path).read_bytes()
    end = data.find(END, _scan(data))
    with Image.open(io.BytesIO(data[:end] + FILLER + data[end:]), formats=["JPEG"]) as other:
        return ImageChops.difference(image, other).getbbox() is not None


def _scan(data: bytes) -> int:
    """Where the coded pixels begin; before that a small picture may have an end of its own."""
    offset = 2
    while data[offset + 1] != 0xDA:
        offset += 1 if data[offset + 1] == 0xFF else 2 + int.from_bytes(data[offset + 2 : offset + 4], "big")
    return offset
