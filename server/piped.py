"""A process of this program with two pipes, beside the event loop: orders go in, answers come out.

It is started by ``subprocess`` and not by the event loop: uvloop forks, and a server whose pages are copied one by one
afterwards is late for everybody (17 to 100 ms, and 20 ms of processor time); this waits for an exec (half a ms).
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import server
from server.process import stand_back

ENVIRONMENT: Final = {
    "PYTHONPATH": str(Path(server.__file__).parents[1]),
    "PATH": os.defpath,
    "LANG": "C.UTF-8",
    "MALLOC_ARENA_MAX": "2",
}
"""What Python needs to know, and nothing else: no secrets."""


def command(module: str, *arguments: str) -> list[str]:
    """What runs a module of this program."""
    return [sys.executable, "-P", "-m", module, *arguments]


class Piped:
    """Made by ``start``. Whoever has it ends it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.answers = asyncio.StreamReader()
        self._orders: asyncio.WriteTransport | None = None
        self._reading: asyncio.BaseTransport | None = None

    @classmethod
    async def start(cls, command: Sequence[str], environment: Mapping[str, str], nice: int = 0) -> "Piped":
        """It runs, and has no other files than the two pipes; ``nice``: how far it stands back (``stand_back``), from
        its first moment: what it imports costs more than much of what it does later. Raises OSError.
        """
        started = cls(
            subprocess.Popen(  # noqa: ASYNC220, S603 - see above; this very Python
                command,
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
            )
        )
        try:
            stand_back(nice, started._process.pid)
            await started._connect()
        except BaseException:
            await started.end()
            raise
        return started

    async def _connect(self) -> None:
        loop, process = asyncio.get_running_loop(), self._process
        protocol = asyncio.StreamReaderProtocol(self.answers)
        self._reading, _ = await loop.connect_read_pipe(lambda: protocol, process.stdout)
        self._orders, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, process.stdin)

    @property
    def pid(self) -> int | None:
        """Its number, while it lives."""
        return self._process.pid if self._process.poll() is None else None

    @property
    def code(self) -> int | None:
        """What it ended with, once it is known to have ended; negative: the signal."""
        return self._process.returncode

    def tell(self, order: bytes) -> None:
        """Without waiting: whoever waits for the answer before the next order keeps no more than this."""
        if self._orders is not None and not self._orders.is_closing():
            self._orders.write(order)

    async def end(self) -> None:
        """Kill it, whatever it does; what was not read is lost."""
        if self._orders is not None and not self._orders.is_closing():
            self._orders.abort()
        if self._reading is not None:
            self._reading.close()
        self._process.kill()
        # a large one takes its time to go; whoever is cancelled meanwhile leaves no corpse behind
        await asyncio.shield(asyncio.to_thread(self._process.wait))
