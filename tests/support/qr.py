"""Reads a QR code from a screenshot, by a decoder that is not ours."""

import asyncio
import io
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]

DECODE = """
import jsqr from "jsqr";
const [width, height] = process.argv.slice(1).map(Number);
const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
process.stdout.write(jsqr(new Uint8ClampedArray(Buffer.concat(chunks)), width, height)?.data ?? "");
"""


async def scanned(screenshot: bytes) -> str:
    """What a camera would read; "" for nothing."""
    picture = Image.open(io.BytesIO(screenshot)).convert("RGBA")
    size = [str(side) for side in picture.size]
    command = ["node", "--input-type=module", "--eval", DECODE, "--", *size]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=pipe, stdout=pipe)
    out, _ = await process.communicate(picture.tobytes())
    if process.returncode != 0:
        raise RuntimeError(f"the decoder ended with {process.returncode}")
    return out.decode()
