"""Lines between a window and the server that a test can spoil."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator

from playwright.async_api import WebSocketRoute

from tests.browser.customer import Visitor
from tests.support.browser import Window
from tests.support.office import Office
from tests.support.server import DeskServer


class SlowLine:
    """Holds back what the server says to a window, as a slow line does."""

    def __init__(self) -> None:
        self._held: list[str | bytes] | None = None
        self._page: WebSocketRoute | None = None

    @classmethod
    async def of(cls, window: Window) -> "SlowLine":
        """From the next connection on."""
        line = cls()
        await window.page.route_web_socket(re.compile("/ws/"), line._connect)
        return line

    def _connect(self, page: WebSocketRoute) -> None:
        self._page = page
        page.connect_to_server().on_message(self._said)

    def _said(self, frame: str | bytes) -> None:
        if self._held is not None:
            self._held.append(frame)
        elif self._page is not None:
            self._page.send(frame)

    def hold(self) -> None:
        """From now on."""
        self._held = []

    def release(self) -> None:
        """Everything in order, and no longer."""
        held, self._held = self._held or [], None
        for frame in held:
            self._said(frame)


class Tunnel:
    """A line that hears everything that goes to the server, and may break in the middle of an upload.

    ``sent``: every byte, of all connections. ``cut_after``: so many bytes of the next piece of a file pass, then all
    connections are gone, and no new one comes through until ``blocked`` is taken back: a phone in a tunnel.
    """

    def __init__(self, server: DeskServer) -> None:
        self.sent = bytearray()
        self.cut_after: int | None = None
        self.blocked = False
        self._cut = asyncio.Event()
        self._server = server

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """The address in front."""
        listener = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        async with listener:
            yield f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.blocked:
            writer.close()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._server.port)
        with contextlib.closing(writer), contextlib.closing(far_writer):
            ways = (self._up(reader, far_writer), _down(far_reader, writer), self._cut.wait())
            tasks = [asyncio.ensure_future(way) for way in ways]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()

    async def _up(self, reader: asyncio.StreamReader, far: asyncio.StreamWriter) -> None:
        left: int | None = None
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65_536):
                if self.cut_after is not None and b"PATCH " in data:
                    left, self.cut_after = self.cut_after, None
                if left is not None:
                    data, left = data[:left], left - len(data)
                self.sent += data
                far.write(data)
                await far.drain()
                if left is not None and left <= 0:
                    self.blocked = True
                    self._cut.set()
                    self._cut = asyncio.Event()
                    return


async def _down(far: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await far.read(65_536):
            writer.write(data)
            await writer.drain()


class Commuter(Visitor):
    """A customer who comes to the portal through such a line."""

    def __init__(self, server: DeskServer, office: Office, front: str) -> None:
        super().__init__(server, office)
        self.front = front

    @property
    def address(self) -> str:
        """The portal's page, at the line's end."""
        return f"{self.front}/p/{self.office.portal}"
