"""uvicorn's server with an end of our own: who is told, what is finished first, and how long all of it may take.

first signal   nobody is let in, who is connected is told, what was accepted is finished, the database is closed
second signal  the process ends at once; what was acknowledged is on disk
too late       the same, graceful_seconds and a little after the first
"""

import asyncio
import gc
import math
import os
import signal
import socket
import threading
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import Final, NoReturn

import structlog
import uvicorn

from server.wire.config import Config
from server.wire.http import HttpProtocol

log = structlog.get_logger(__name__)

CLOSING_SECONDS: Final = 5
"""After graceful_seconds, for closing the database. Then the stop hangs."""

LOOK_SECONDS: Final = 0.02

YOUNG_OBJECTS: Final = 10_000
"""After so many new ones Python looks for cycles among the youngest; 700 looks a dozen times at a socket's opening."""

Farewell = Callable[[bool], Awaitable[None]]
"""Takes leave of everybody who is connected; as argument whether the service goes on without us."""


class Server(uvicorn.Server):
    """Serves on one listening socket until it is told to end."""

    def __init__(self, config: Config, listener: socket.socket, farewell: Farewell) -> None:
        super().__init__(config)
        self._listener = listener
        self._graceful = config.settings.graceful_seconds
        self._farewell = farewell
        self._goes_on = False
        self.on_life: Callable[[], None] = lambda: None
        """Called once a second from when the first peer can be served; not while the event loop is stuck."""
        self.on_hang_up: Callable[[], None] | None = None
        """What SIGHUP means; None: nothing of ours."""

    def end(self, *, goes_on: bool) -> None:
        """Begin to stop; from any thread. ``goes_on``: others serve at this address, or will in a moment."""
        self._goes_on = goes_on
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal to stop; the second one is not asked to wait."""
        if self._captured_signals:
            end_by(sig)
        super().handle_exit(sig, frame)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 - uvicorn's
        """Start, on a copy of the listening socket: the event loop closes what it is given."""
        await super().startup([self._listener.dup()])
        _collect_less()
        if self.on_hang_up is not None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self.on_hang_up)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGHUP])

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second."""
        if counter % 10 == 0:
            self.on_life()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 - uvicorn's
        """Let nobody in, let everybody go, close what is left."""
        end = asyncio.get_running_loop().time() + self._graceful
        _end_anyway_after(self._graceful + CLOSING_SECONDS)
        for server in self.servers:
            server.close()
        if not self._goes_on:
            self._listener.close()
        connections = self.server_state.connections
        for connection in list(connections):
            if isinstance(connection, HttpProtocol):
                connection.shutdown()
        try:
            async with asyncio.timeout_at(end):
                await self._farewell(self._goes_on)
                await self._served()
        except TimeoutError:
            log.warning("some could not be waited for", connections=len(connections))
            for connection in list(connections):
                connection.transport.abort()
        self.config.timeout_graceful_shutdown = max(1, math.ceil(end - asyncio.get_running_loop().time()))
        await super().shutdown()

    async def _served(self) -> None:
        """Everybody has what was owed, and is gone."""
        for connection in list(self.server_state.connections):
            connection.shutdown()
        while self.server_state.connections:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(LOOK_SECONDS)


def _collect_less() -> None:
    """What is here now stays until the end: looking through it for garbage held everybody up for 0.4 s at a time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, *gc.get_threshold()[1:])


def end_by(sig: int) -> NoReturn:
    """End this process as the signal does by itself."""
    signal.signal(sig, signal.SIG_DFL)
    signal.raise_signal(sig)
    os._exit(1)  # a signal that does not end a process


def _end_anyway_after(seconds: float) -> None:
    def end() -> None:
        log.error("the stop takes too long; the process ends as it is", seconds=seconds)
        os._exit(1)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
