"""Stands between a bus and Valkey: speaks TLS in its place, or lets what it says vanish."""

import asyncio
import ssl

from server.tasks import Tasks
from tests.support.valkey import Valkey


class Tunnel:
    """Carries bytes both ways. ``silent``: nothing comes back on connections with subscriptions, and none is closed."""

    def __init__(self, valkey: Valkey, tls: ssl.SSLContext | None = None) -> None:
        self.silent = False
        self._valkey = valkey
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._tasks = Tasks()

    async def open(self) -> int:
        """The port for a bus."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=self._tls)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """With all connections."""
        if self._server is not None:
            self._server.close()
        await self._tasks.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_valkey, to_valkey = await asyncio.open_connection("127.0.0.1", self._valkey.port)
        subscribed = asyncio.Event()
        self._tasks.spawn(self._there(reader, to_valkey, subscribed), "to Valkey")
        self._tasks.spawn(self._back(from_valkey, writer, subscribed), "from Valkey")

    async def _there(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, subscribed: asyncio.Event
    ) -> None:
        try:
            while data := await reader.read(65_536):
                if b"SUBSCRIBE" in data:
                    subscribed.set()
                writer.write(data)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _back(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, subscribed: asyncio.Event
    ) -> None:
        try:
            while data := await reader.read(65_536):
                if not (self.silent and subscribed.is_set()):
                    writer.write(data)
        except ConnectionError:
            pass
        finally:
            writer.close()
