"""A line between a browser and the server on which everything that the browser says is written down."""

import asyncio
import contextlib
import copy
import re
from collections.abc import AsyncIterator, Callable
from typing import Final, NamedTuple

from tests.support.server import DeskServer

PIECE: Final = re.compile(rb"PATCH (\S+) HTTP/1\.1\r\n((?:[^\r\n]+\r\n)+)\r\n", re.IGNORECASE)
LENGTH: Final = re.compile(rb"^content-length: (\d+)\r$", re.IGNORECASE | re.MULTILINE)
OFFSET: Final = re.compile(rb"^upload-offset: (\d+)\r$", re.IGNORECASE | re.MULTILINE)


class Line:
    """What came over one connection, and which pieces of files begin in it."""

    def __init__(self, begun: "list[Piece]") -> None:
        self.said = bytearray()
        self._begun = begun
        self._looked = 0

    def hears(self, data: bytes) -> None:
        """The next bytes."""
        self.said += data
        while piece := PIECE.search(self.said, self._looked):
            found = Piece(self, bytes(piece[1]), piece.end(), _number(OFFSET, piece[2]), _number(LENGTH, piece[2]))
            self._begun.append(found)
            self._looked = found.start + found.length


class Piece(NamedTuple):
    """The body of a request that adds to the file at ``path``, from ``offset`` on."""

    line: Line
    path: bytes
    start: int
    offset: int
    length: int

    @property
    def body(self) -> bytes:
        """As much of it as came."""
        return bytes(self.line.said[self.start : self.start + self.length])


class Tap:
    """``server`` is the same server at the address of this line."""

    def __init__(self, server: DeskServer) -> None:
        self.server = copy.copy(server)
        self._port = server.port
        self._lines: list[Line] = []
        self._begun: list[Piece] = []
        """In the order in which they came: a browser sends a later one over whichever connection is free."""

    @property
    def said(self) -> bytes:
        """Everything, one connection after the other."""
        return b"".join(line.said for line in self._lines)

    @property
    def uploads(self) -> list[bytes]:
        """The files that were sent, in the order of their first pieces."""
        files: dict[bytes, bytearray] = {}
        for piece in self._begun:
            file = files.setdefault(piece.path, bytearray())
            file[piece.offset :] = piece.body
        return [bytes(file) for file in files.values()]

    def line(self) -> Line:
        """One more connection."""
        self._lines.append(Line(self._begun))
        return self._lines[-1]

    async def listen(self) -> asyncio.Server:
        """At a port of its own."""
        listener = await asyncio.start_server(self._pass, "127.0.0.1", 0)
        port = listener.sockets[0].getsockname()[1]
        self.server.url, self.server.ws = f"http://127.0.0.1:{port}", f"ws://127.0.0.1:{port}"
        return listener

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = self.line()
        with contextlib.suppress(ConnectionError), contextlib.closing(writer):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
            with contextlib.closing(far_writer):
                ways = {
                    asyncio.create_task(_copy(reader, far_writer, line.hears)),
                    asyncio.create_task(_copy(far_reader, writer, lambda _: None)),
                }
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
                for way in ways:
                    way.cancel()


def _number(name: re.Pattern[bytes], headers: bytes) -> int:
    found = name.search(headers)
    return int(found[1]) if found else 0


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heard: Callable[[bytes], None]) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65_536):
            heard(data)
            writer.write(data)
            await writer.drain()


@contextlib.asynccontextmanager
async def tapped(server: DeskServer) -> AsyncIterator[Tap]:
    """Such a line to this server."""
    tap = Tap(server)
    async with await tap.listen():
        yield tap
