"""One worker process, from this side: orders go in, answers come out, one after the other.

Whatever goes wrong with it - it ends, hangs, talks nonsense - it is killed, and asking says so.

It is started by ``subprocess`` and not by the event loop: uvloop forks, and a server whose pages are copied one by one
afterwards is late for everybody (17 to 100 ms, and 20 ms of processor time); this waits for an exec (half a ms).
"""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import msgspec
import structlog

import server
from server.translation.orders import ANSWERS, LENGTH, Answer, Order, Ready, Terms, frame, length

log = structlog.get_logger(__name__)

START_S: Final = 60.0
"""From starting to the first answer: half a second, or much more where the libraries come from a cold disk."""


class Gone(Exception):
    """The process has ended or was killed, and why."""


class Process:
    """Started when it is first asked; started again when it is asked after its end."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._process: subprocess.Popen[bytes] | None = None
        self._pipes: Pipes | None = None

    @property
    def pid(self) -> int | None:
        """Its number, while it lives."""
        return self._process.pid if self._process and self._process.poll() is None else None

    async def ask(self, order: Order, within_s: float) -> Answer:
        """Its answer. Raises Gone; also when that takes too long."""
        if self.pid is None:
            await self._start()
        return await self._told(frame(order), within_s)

    async def close(self) -> None:
        """End it, whatever it does."""
        process, self._process = self._process, None
        pipes, self._pipes = self._pipes, None
        if pipes is not None:
            pipes.close()
        if process is not None:
            process.kill()
            # a large one takes its time to go; whoever is cancelled meanwhile leaves no corpse behind
            await asyncio.shield(asyncio.to_thread(process.wait))

    async def _start(self) -> None:
        await self.close()
        try:
            self._process = subprocess.Popen(  # noqa: ASYNC220, S603 - see above; this very Python
                command(self._terms),
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(self._terms, str(Path(self._terms.packages).parent / "argos")),
            )
        except OSError as error:
            raise Gone(f"it cannot be started: {error.strerror}") from None
        self._pipes = await Pipes.of(self._process)
        if not isinstance(await self._told(b"", START_S), Ready):
            raise Gone("it did not begin as agreed")
        log.info("a process that translates has started", process=self.pid)

    async def _told(self, data: bytes, within_s: float) -> Answer:
        """The next answer after saying this. Without one, the process is done for, also when the asker is cancelled."""
        answer: Answer | None = None
        try:
            async with asyncio.timeout(within_s):
                answer = await self._exchange(data)
        except TimeoutError:
            raise Gone(f"no answer for {within_s:g} s") from None
        except (OSError, asyncio.IncompleteReadError):
            raise Gone("it has ended") from None
        except (ValueError, msgspec.MsgspecError):
            raise Gone("it answers nonsense") from None
        finally:
            if answer is None:
                await self.close()
        return answer

    async def _exchange(self, data: bytes) -> Answer:
        pipes = self._pipes
        if pipes is None:
            raise RuntimeError("the process was not started")
        pipes.orders.write(data)  # whole: the next one waits for the answer, so no more than this is ever kept
        size = length(await pipes.answers.readexactly(LENGTH.size))
        return ANSWERS.decode(await pipes.answers.readexactly(size))


class Pipes:
    """Both ways, without waiting in the event loop."""

    def __init__(
        self, orders: asyncio.WriteTransport, answers: asyncio.StreamReader, reading: asyncio.BaseTransport
    ) -> None:
        self.orders = orders
        self.answers = answers
        self._reading = reading

    @classmethod
    async def of(cls, process: subprocess.Popen[bytes]) -> "Pipes":
        """Those that it was started with."""
        loop, answers = asyncio.get_running_loop(), asyncio.StreamReader()
        reading, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(answers), process.stdout)
        orders, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, process.stdin)
        return cls(orders, answers, reading)

    def close(self) -> None:
        """What was not read is lost."""
        if not self.orders.is_closing():
            self.orders.abort()
        self._reading.close()


def command(terms: Terms) -> list[str]:
    """What starts it."""
    return [sys.executable, "-P", "-m", "server.translation.worker", msgspec.json.encode(terms).decode()]


def environment(terms: Terms, home: str) -> dict[str, str]:
    """What the libraries need to know, and nothing else: no secrets, and none of the user's own settings of Argos.

    One thread unless more are wanted: idle threads of OpenMP turn in circles for the next batch. Large blocks of memory
    go back to the system at once, or a pair that was unloaded would still be there.
    """
    return {
        "PYTHONPATH": str(Path(server.__file__).parents[1]),
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": str(terms.threads),
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
        "MALLOC_MMAP_THRESHOLD_": "1048576",
        "ARGOS_PACKAGES_DIR": terms.packages,
        "ARGOS_DEVICE_TYPE": "cpu",
        **dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), home),
    }
