"""One of several processes that serve, started by the supervisor (supervisor.py), which it tells that it lives.

Between the two is a socket pair. The worker says LIFE once a second, or FAILED and why, and ends. The supervisor says
how to end; when it is gone itself the socket is at its end, and so is the worker.
"""

import contextlib
import os
import shutil
import socket
import sys
import threading
from collections.abc import Callable
from typing import Final

import click

from server.cli import serving
from server.cli.common import await_database, check_schema, load_settings
from server.metrics import DIRECTORY_VARIABLE

LIFE: Final = b"."
FAILED: Final = b"!"
GOES_ON: Final = b"g"
"""End; others serve."""
ENDS: Final = b"e"
"""End, as everybody does."""


class Channel:
    """The worker's end of the socket pair."""

    def __init__(self, file: int) -> None:
        self._socket = socket.socket(fileno=file)
        self.orphaned = False
        self.end: Callable[[bool], None] = lambda _goes_on: os._exit(0)
        """What the word to end does: before anything is served there is nothing to finish"""
        threading.Thread(target=self._listen, name="supervisor", daemon=True).start()

    def live(self) -> None:
        """Say so; never waits."""
        with contextlib.suppress(OSError):  # full: the supervisor is held up; closed: the listening thread knows
            self._socket.send(LIFE, socket.MSG_DONTWAIT)

    def fail(self, reason: str) -> None:
        """Say why nothing can be served."""
        with contextlib.suppress(OSError):
            self._socket.sendall(FAILED + reason.encode())

    def _listen(self) -> None:
        """In a thread: it hears also while the event loop is stuck, or not there yet."""
        try:
            word = self._socket.recv(1)
        except ConnectionError:
            word = b""
        self.orphaned = not word
        self.end(word == GOES_ON)


@click.command(hidden=True)
@click.option("--channel", type=int, required=True, help="socket pair with the supervisor")
@click.option("--listener", type=int, required=True, help="listening socket")
@click.option("--held", type=int, required=True, help="lock of the data directory, kept open as long as this runs")
def worker(channel: int, listener: int, held: int) -> None:
    """Serve as one of several processes; started by serve."""
    for file in (channel, listener, held):
        os.set_inheritable(file, False)
    supervisor = Channel(channel)
    try:
        settings = load_settings()
        await_database(settings, tell=lambda _line: None)  # the supervisor has said it
        check_schema(settings)
        server = serving.make_server(settings, socket.socket(fileno=listener))
    except click.ClickException as error:
        supervisor.fail(error.message)
        sys.exit(1)
    server.on_life = supervisor.live
    server.on_hang_up = lambda: None  # it is the supervisor's to say
    supervisor.end = lambda goes_on: server.end(goes_on=goes_on)
    try:
        serving.run(server)
    finally:
        if supervisor.orphaned:
            shutil.rmtree(os.environ[DIRECTORY_VARIABLE], ignore_errors=True)
