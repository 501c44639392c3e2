"""One worker process, from this side: orders go in, answers come out, one after the other.

Whatever goes wrong with it - it ends, hangs, talks nonsense - it is killed, and asking says so.
"""

import asyncio
from pathlib import Path
from typing import Final

import msgspec
import structlog

from server import piped
from server.piped import Piped
from server.translation.orders import (
    LENGTH,
    MESSAGES,
    TOO_MUCH,
    Answer,
    Loaded,
    Loading,
    Message,
    Order,
    Ready,
    Terms,
    frame,
    length,
)

log = structlog.get_logger(__name__)

START_S: Final = 60.0
"""From starting to the first answer: half a second, or much more where the libraries come from a cold disk."""

LOAD_S: Final = 30.0
"""For what an order needs in memory: a tenth of a second for a model of 100 MB, many times that from a slow disk."""


class Gone(Exception):
    """The process has ended or was killed, and why."""


class Process:
    """Started when it is first asked; started again when it is asked after its end."""

    def __init__(self, terms: Terms, nice: int) -> None:
        self._terms = terms
        self._nice = nice
        self._process: Piped | None = None

    @property
    def pid(self) -> int | None:
        """Its number, while it lives."""
        return self._process.pid if self._process else None

    async def ask(self, order: Order, within_s: float) -> Answer:
        """Its answer. Raises Gone; also when that takes too long, not counting what it has to load first."""
        if self.pid is None:
            await self._start()
        return await self._told(frame(order), within_s)

    async def close(self) -> None:
        """End it, whatever it does."""
        process, self._process = self._process, None
        if process is not None:
            await process.end()

    async def _start(self) -> None:
        await self.close()
        home = str(Path(self._terms.packages).parent / "argos")
        try:
            self._process = await Piped.start(command(self._terms), environment(self._terms, home), self._nice)
        except OSError as error:
            raise Gone(f"it cannot be started: {error.strerror}") from None
        if not isinstance(await self._told(b"", START_S), Ready):
            raise Gone("it did not begin as agreed")
        log.info("a process that translates has started", process=self.pid)

    async def _told(self, data: bytes, within_s: float) -> Answer:
        """The next answer after saying this. Without one, the process is done for, also when the asker is cancelled."""
        answer: Answer | None = None
        try:
            answer = await self._exchange(data, within_s)
        except (OSError, asyncio.IncompleteReadError):
            raise Gone(await self._end()) from None
        except (ValueError, msgspec.MsgspecError):
            raise Gone("it answers nonsense") from None
        finally:
            if answer is None:
                await self.close()
        return answer

    async def _end(self) -> str:
        """How, in words."""
        process = self._process
        await self.close()
        return "it took more memory than it may" if process and process.code == TOO_MUCH else "it has ended"

    async def _exchange(self, data: bytes, within_s: float) -> Answer:
        process = self._process
        if process is None:
            raise RuntimeError("the process was not started")
        process.tell(data)
        message = await _next(process, within_s)
        while isinstance(message, Loading | Loaded):
            message = await _next(process, LOAD_S if isinstance(message, Loading) else within_s)
        return message


async def _next(process: Piped, within_s: float) -> Message:
    """What it says next. Raises Gone after this time."""
    try:
        async with asyncio.timeout(within_s):
            size = length(await process.answers.readexactly(LENGTH.size))
            return MESSAGES.decode(await process.answers.readexactly(size))
    except TimeoutError:
        raise Gone(f"no answer for {within_s:g} s") from None


def command(terms: Terms) -> list[str]:
    """What starts it."""
    return piped.command("server.translation.worker", msgspec.json.encode(terms).decode())


def environment(terms: Terms, home: str) -> dict[str, str]:
    """What the libraries need to know, and nothing else: no secrets, and none of the user's own settings of Argos.

    One thread unless more are wanted: idle threads of OpenMP turn in circles for the next batch. Large blocks of memory
    go back to the system at once, or a pair that was unloaded would still be there.
    """
    return {
        **piped.ENVIRONMENT,
        "OMP_NUM_THREADS": str(terms.threads),
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_MMAP_THRESHOLD_": "1048576",
        "ARGOS_PACKAGES_DIR": terms.packages,
        "ARGOS_DEVICE_TYPE": "cpu",
        **dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), home),
    }
