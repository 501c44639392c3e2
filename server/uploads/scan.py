"""The virus scanner: clamd, asked over its socket with INSTREAM, so that it needs no access to our files."""

import asyncio
import re
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from server.uploads.disk import PIECE, Disk, closing

CONNECT_S: Final = 5
VERDICT_S: Final = 120
"""Looking into a large archive takes clamd tens of seconds (its own limit is 120)."""
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
        self._address = address
        self._disk = disk

    async def scan(self, file: Path) -> None:
        """Returns when nothing was found. Raises Infected, TooLargeToScan, ScannerDown."""
        try:
            async with self._connected() as (reader, writer), asyncio.timeout(VERDICT_S):
                writer.write(b"zINSTREAM\0")
                answer = await self._send(file, reader, writer)
        except (OSError, TimeoutError, EOFError, asyncio.LimitOverrunError) as error:
            raise ScannerDown(type(error).__name__) from None
        _judge(answer)

    async def ping(self) -> str:
        """The scanner's version. Raises ScannerDown."""
        try:
            async with self._connected() as (reader, writer), asyncio.timeout(CONNECT_S):
                writer.write(b"zVERSION\0")
                return (await reader.readuntil(b"\0")).rstrip(b"\0").decode(errors="replace")
        except (OSError, TimeoutError, EOFError, asyncio.LimitOverrunError) as error:
            raise ScannerDown(str(error) or type(error).__name__) from None

    async def _send(self, file: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        """The file in pieces with their lengths, then 0. clamd may answer before the end, and close."""
        try:
            async with closing(await self._disk.open(file)) as opened:
                while piece := await opened.read(PIECE):
                    writer.write(struct.pack("!L", len(piece)) + piece)
                    await writer.drain()
            writer.write(struct.pack("!L", 0))
            await writer.drain()
        except ConnectionError:
            pass  # what it said before it closed is still to be read
        return await reader.readuntil(b"\0")

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        parts = urlsplit(self._address)
        async with asyncio.timeout(CONNECT_S):
            if parts.scheme == "unix":
                reader, writer = await asyncio.open_unix_connection(parts.path)
            else:
                reader, writer = await asyncio.open_connection(parts.hostname, parts.port or PORT)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()  # nothing that we still want to say


def _judge(answer: bytes) -> None:
    said = answer.rstrip(b"\0").decode(errors="replace")
    if said == "stream: OK":
        return
    found = re.fullmatch(r"stream: (.+) FOUND", said)
    if found:
        raise Infected(found[1])
    if "size limit exceeded" in said:
        raise TooLargeToScan
    raise ScannerDown(said[:100])
