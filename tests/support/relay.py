"""Stands between a program and PostgreSQL's unix socket: counts round trips, and loses answers on purpose."""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from sqlalchemy import make_url

SOCKET = ".s.PGSQL.5432"


class Relay:
    """``trips`` counts changes of direction: something was asked after something was answered."""

    def __init__(self, url: str) -> None:
        address = make_url(url)
        folder = address.query["host"]
        self._target = str(Path(str(folder)) / SOCKET)
        self._folder = tempfile.mkdtemp(prefix="deskwire-relay-")
        self.url = address.set(query={"host": self._folder}).render_as_string(hide_password=False)
        self.trips = 0
        self.lost = 0
        self._lose: bytes | None = None
        self._server: asyncio.Server | None = None

    def lose_answer_to(self, words: bytes) -> None:
        """PostgreSQL gets the next request with these words, does it, and its answer never arrives."""
        self._lose = words

    async def start(self) -> None:
        self._server = await asyncio.start_unix_server(self._relay, str(Path(self._folder) / SOCKET))

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        shutil.rmtree(self._folder)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await asyncio.open_unix_connection(self._target)
        state = {"asking": False, "losing": False}
        ways = [
            asyncio.create_task(self._ask(reader, up_writer, state)),
            asyncio.create_task(self._answer(up_reader, writer, state)),
        ]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        for end in (writer, up_writer):
            end.close()

    async def _ask(self, reader: asyncio.StreamReader, to: asyncio.StreamWriter, state: dict[str, bool]) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65_536):
                if not state["asking"]:
                    self.trips += 1
                state["asking"] = True
                if self._lose is not None and self._lose in data:
                    self._lose, state["losing"] = None, True
                to.write(data)

    async def _answer(self, reader: asyncio.StreamReader, to: asyncio.StreamWriter, state: dict[str, bool]) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65_536):
                state["asking"] = False
                if state["losing"]:
                    self.lost += 1
                    return
                to.write(data)


@contextlib.asynccontextmanager
async def relay(url: str) -> AsyncIterator[Relay]:
    """A relay to this database."""
    between = Relay(url)
    await between.start()
    try:
        yield between
    finally:
        await between.stop()
