"""Pictures drawn anew: the keeper of the one process that does it.

The process is started when the first picture comes, does one picture after the other, and is replaced when it dies or
takes too long. It gets the paths of files and gives back one line; what it may cost stands in ``drawing``.
"""

import asyncio
from pathlib import Path
from typing import Final

import msgspec
import structlog

from server import piped
from server.domain.files import Reason, file_type
from server.errors import Busy
from server.piped import Piped
from server.uploads.source import refused

log = structlog.get_logger(__name__)

SECONDS: Final = 30.0
"""From asking to the answer; the process's own limit of processor time is shorter."""
WAITING: Final = 32
"""Pictures that may wait for their turn; beyond that the answer is busy."""
THUMBNAIL: Final = 480
"""Longest side in pixels; twice what the chat shows."""
THUMBNAIL_TYPE: Final = "image/webp"


class Redrawn(msgspec.Struct, frozen=True):
    """Nothing but pixels: upright, in sRGB, of the type that ``extension`` says."""

    file: Path
    extension: str
    media_type: str
    width: int
    height: int
    thumbnail: Path
    thumbnail_type: str = THUMBNAIL_TYPE


class Order(msgspec.Struct, frozen=True):
    """One line to the process."""

    source: str
    extension: str
    file: str
    thumbnail: str
    max_pixels: int
    longest: int
    """side of the thumbnail"""


class Answer(msgspec.Struct, frozen=True):
    """One line back: a picture, or why there is none. ``fault``: what Python said, for the log."""

    extension: str = ""
    width: int = 0
    height: int = 0
    reason: Reason | None = None
    message: str = ""
    fault: str = ""


class Pictures:
    """One process at most, one picture at a time."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._process: Piped | None = None

    @property
    def pid(self) -> int | None:
        """The process's number, while there is one."""
        return self._process.pid if self._process else None

    async def redraw(
        self, path: Path, extension: str, into: Path, max_pixels: int, longest: int = THUMBNAIL
    ) -> Redrawn:
        """Draw the picture at ``path`` anew, into two files in the directory ``into``, named after ``path``.

        ``extension``: what ``sniff.examine`` found it to be. JPEG, PNG, GIF, BMP and TIFF stay what they are; HEIC,
        AVIF and WebP become JPEG, or PNG where there is transparency or no loss. The two files are the caller's; after
        an error there are none. Raises FileRefused, Busy.
        """
        if self._waiting >= WAITING:
            raise Busy
        file, thumbnail = into / f"{path.name}.picture", into / f"{path.name}.thumbnail"
        order = Order(str(path), extension, str(file), str(thumbnail), max_pixels, longest)
        self._waiting += 1
        try:
            async with self._turn:
                answer = await self._ask(order)
        except BaseException:
            _remove(file, thumbnail)
            raise
        finally:
            self._waiting -= 1
        if answer.reason is not None:
            _remove(file, thumbnail)
            log.info("a picture was refused", reason=answer.reason, fault=answer.fault)
            raise refused(answer.reason, answer.message)
        media_type = file_type(answer.extension).media_type
        return Redrawn(file, answer.extension, media_type, answer.width, answer.height, thumbnail)

    async def close(self) -> None:
        """End the process, whatever it does."""
        process, self._process = self._process, None
        if process is not None:
            await process.end()

    async def _ask(self, order: Order) -> Answer:
        """The answer. A process that ends without one was killed by the picture, if it had done no other before."""
        line = msgspec.json.encode(order) + b"\n"
        fresh = self.pid is None
        told = await self._tell(line)
        if told == b"" and not fresh:
            told = await self._tell(line)
        if told is None:
            return Answer(reason="effort", message="It takes too long to look at this picture.", fault="time is up")
        if told == b"":
            return Answer(reason="effort", message="This picture cannot be looked at.", fault="the process ended")
        return msgspec.json.decode(told, type=Answer)

    async def _tell(self, line: bytes) -> bytes | None:
        """The line that comes back; empty when the process ended instead, None when it took too long.

        Then, and whenever somebody gives up waiting, the process is done for.
        """
        if self._process is None or self._process.pid is None:
            await self.close()
            self._process = await Piped.start(piped.command("server.uploads.drawing"), piped.ENVIRONMENT)
        answer: bytes | None = None
        try:
            async with asyncio.timeout(self._seconds):
                answer = await _exchange(self._process, line)
        except TimeoutError:
            return None
        finally:
            if not answer:
                await self.close()
        return answer


async def _exchange(process: Piped, line: bytes) -> bytes:
    """The answer to a line; empty when the process ended before it was whole."""
    process.tell(line)
    try:
        answer = await process.answers.readline()
    except ConnectionError:
        return b""
    return answer if answer.endswith(b"\n") else b""


def _remove(*files: Path) -> None:
    for file in files:
        file.unlink(missing_ok=True)
