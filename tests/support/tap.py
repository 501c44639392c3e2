"""A line between a browser and the server on which everything that the browser says is written down."""

import asyncio
import contextlib
import copy
import re
from collections.abc import AsyncIterator
from typing import Final

from tests.support.server import DeskServer

PIECE: Final = re.compile(rb"PATCH (\S+) HTTP/1\.1\r\n((?:[^\r\n]+\r\n)+)\r\n", re.IGNORECASE)
LENGTH: Final = re.compile(rb"^content-length: (\d+)\r$", re.IGNORECASE | re.MULTILINE)


class Tap:
    """``server`` is the same server at the address of this line."""

    def __init__(self, server: DeskServer) -> None:
        self.server = copy.copy(server)
        self._port = server.port
        self._said: list[bytearray] = []
        """What came over each connection."""

    @property
    def said(self) -> bytes:
        """Everything, one connection after the other."""
        return b"".join(self._said)

    @property
    def uploads(self) -> list[bytes]:
        """The files that were sent, put together from their pieces."""
        files: dict[bytes, bytearray] = {}
        for said in self._said:
            for piece in PIECE.finditer(said):
                length = LENGTH.search(piece[2])
                body = said[piece.end() : piece.end() + int(length[1] if length else 0)]
                files.setdefault(piece[1], bytearray()).extend(body)
        return [bytes(file) for file in files.values()]

    async def listen(self) -> asyncio.Server:
        """At a port of its own."""
        listener = await asyncio.start_server(self._pass, "127.0.0.1", 0)
        port = listener.sockets[0].getsockname()[1]
        self.server.url, self.server.ws = f"http://127.0.0.1:{port}", f"ws://127.0.0.1:{port}"
        return listener

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said = bytearray()
        self._said.append(said)
        with contextlib.suppress(ConnectionError), contextlib.closing(writer):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
            with contextlib.closing(far_writer):
                ways = {
                    asyncio.create_task(_copy(reader, far_writer, said)),
                    asyncio.create_task(_copy(far_reader, writer, bytearray())),
                }
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                for way in ways:
                    way.cancel()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, said: bytearray) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65_536):
            said += data
            writer.write(data)
            await writer.drain()


@contextlib.asynccontextmanager
async def tapped(server: DeskServer) -> AsyncIterator[Tap]:
    """Such a line to this server."""
    tap = Tap(server)
    async with await tap.listen():
        yield tap
