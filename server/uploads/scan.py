"""The virus scanner: clamd, asked over its socket with INSTREAM, so that it needs no access to our files.

Bare sockets instead of streams: clamd may answer before the end ("too large") and close. A stream that fails to write
forgets what had come to be read; a socket does not.
"""

import asyncio
import re
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from server.uploads.disk import PIECE, Disk, closing

CONNECT_S: Final = 5
VERDICT_S: Final = 120
"""Looking into a large archive takes clamd tens of seconds (its own limit is 120)."""
ANSWER_BYTES: Final = 4_096
PORT: Final = 3310


class ScannerDown(Exception):
    """Nobody answers, or not in the words of clamd."""


class TooLargeToScan(Exception):
    """Beyond clamd's StreamMaxLength."""


class Infected(Exception):
    """``args[0]`` is the name of what was found."""


class Scanner:
    """Where clamd listens: ``unix:/run/clamav/clamd.ctl`` or ``tcp://host:3310``."""

    def __init__(self, address: str, disk: Disk) -> None:
        self._address = urlsplit(address)
        self._disk = disk

    async def scan(self, file: Path) -> None:
        """Returns when nothing was found. Raises Infected, TooLargeToScan, ScannerDown."""
        try:
            async with self._connected() as line, asyncio.timeout(VERDICT_S):
                await _say(line, b"zINSTREAM\0")
                await self._send(file, line)
                answer = await _answer(line)
        except (OSError, TimeoutError) as error:
            raise ScannerDown(type(error).__name__) from None
        _judge(answer)

    async def ping(self) -> str:
        """The scanner's version. Raises ScannerDown."""
        try:
            async with self._connected() as line, asyncio.timeout(CONNECT_S):
                await _say(line, b"zVERSION\0")
                return await _answer(line)
        except (OSError, TimeoutError) as error:
            raise ScannerDown(str(error) or type(error).__name__) from None

    async def _send(self, file: Path, line: socket.socket) -> None:
        """The file in pieces with their lengths, then 0; as long as there is no answer yet."""
        with suppress(ConnectionError):  # what it said before it closed is still to be read
            async with closing(await self._disk.open(file)) as opened:
                while piece := await opened.read(PIECE):
                    if _answered(line):
                        return
                    await _say(line, struct.pack("!L", len(piece)) + piece)
            await _say(line, struct.pack("!L", 0))

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[socket.socket]:
        line, where = await self._place()
        with line:
            line.setblocking(False)
            async with asyncio.timeout(CONNECT_S):
                await asyncio.get_running_loop().sock_connect(line, where)
            yield line

    async def _place(
        self,
    ) -> tuple[socket.socket, str | tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]:
        if self._address.scheme == "unix":
            return socket.socket(socket.AF_UNIX), self._address.path
        host, port = self._address.hostname or "", self._address.port or PORT
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, where = found[0]
        return socket.socket(family, kind, protocol), where


async def _say(line: socket.socket, data: bytes) -> None:
    await asyncio.get_running_loop().sock_sendall(line, data)


def _answered(line: socket.socket) -> bool:
    try:
        line.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return False
    return True


async def _answer(line: socket.socket) -> str:
    """Up to the NUL at its end; what has none is no answer."""
    said = bytearray()
    while not said.endswith(b"\0") and len(said) <= ANSWER_BYTES:
        more = await asyncio.get_running_loop().sock_recv(line, ANSWER_BYTES)
        if not more:
            raise ConnectionError("it closed")
        said += more
    return said.rstrip(b"\0").decode(errors="replace")


def _judge(said: str) -> None:
    if said == "stream: OK":
        return
    found = re.fullmatch(r"stream: (.+) FOUND", said)
    if found:
        raise Infected(found[1])
    if "size limit exceeded" in said:
        raise TooLargeToScan
    raise ScannerDown(said[:100])
