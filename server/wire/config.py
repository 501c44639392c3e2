"""uvicorn's configuration, with what our protocols need to know: it is the one thing that reaches each of them."""

import asyncio
from collections.abc import Callable
from typing import Any

import uvicorn

from server.settings import Settings
from server.wire.lobby import Lobby


class Config(uvicorn.Config):
    """Carries the settings, and the lobby that all connections of the process share."""

    def __init__(self, settings: Settings, app: Any = None, **options: Any) -> None:
        super().__init__(app, **options)
        self.settings = settings
        self.lobby = Lobby(settings)

    def get_loop_factory(self) -> Callable[[], asyncio.AbstractEventLoop]:
        """uvicorn's loop; a TLS handshake may take no longer than a first byte.

        Before it is done none of our protocols knows of the connection. asyncio waits 60 s, and uvicorn has no setting.
        """
        make = super().get_loop_factory() or asyncio.new_event_loop
        seconds = self.settings.first_byte_seconds

        def bounded() -> asyncio.AbstractEventLoop:
            loop: Any = make()
            create_server = loop.create_server

            async def create(*arguments: Any, ssl: Any = None, **options: Any) -> asyncio.AbstractServer:
                if ssl is not None:
                    options.setdefault("ssl_handshake_timeout", seconds)
                server: asyncio.AbstractServer = await create_server(*arguments, ssl=ssl, **options)
                return server

            loop.create_server = create
            return loop  # type: ignore[no-any-return]

        return bounded
