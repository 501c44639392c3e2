"""What a server must have before it serves: the listening socket, the lock of its data directory, enough open files.

A process that restarts in place inherits the first two from itself, so that nobody is turned away meanwhile.
"""

import contextlib
import os
import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TextIO

from server.cli import lock
from server.cli.common import fail, load_settings
from server.process import INHERITED_VARIABLE
from server.settings import Settings

BACKLOG: Final = 2_048
"""Connections that wait to be accepted."""
OPEN_FILES: Final = 65_536
"""Wanted; each socket is one open file, and the usual soft limit is 1,024."""


class Ground:
    """Where a server stands: nobody else has the socket or the lock."""

    def __init__(self, listener: socket.socket, held: TextIO) -> None:
        self.listener = listener
        self.held = held

    def bequeath(self) -> None:
        """Keep both open for the program that is executed next in this process."""
        files = [self.listener.fileno(), self.held.fileno()]
        for file in files:
            os.set_inheritable(file, True)
        os.environ[INHERITED_VARIABLE] = " ".join(map(str, files))


@contextmanager
def taken(settings: Settings) -> Iterator[Ground]:
    """The lock, then the socket; both before anything else starts, so that what is in the way is one clear sentence."""
    inherited = [int(file) for file in os.environ.pop(INHERITED_VARIABLE, "").split()]
    for file in inherited:
        os.set_inheritable(file, False)
    with (
        os.fdopen(inherited[1], "r+") if inherited else lock.take(settings, "to start another one") as held,
        socket.socket(fileno=inherited[0]) if inherited else bind(settings) as listener,
    ):
        yield Ground(listener, held)


def bind(settings: Settings) -> socket.socket:
    """The listening socket."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.socket(family)
    except OSError as error:  # a system without IPv6
        fail(f"Cannot listen on {settings.host}: {error.strerror}.")
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with contextlib.suppress(AttributeError):  # Linux has it; elsewhere the pings find out, more slowly
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, settings.dead_peer_seconds * 1000)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        fail(
            f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}."
            " Choose another with --port or DESKWIRE_PORT."
        )
    return listener


def with_port_of(settings: Settings, listener: socket.socket) -> Settings:
    """Port 0 becomes the port that the system chose, for addresses that are printed and compared."""
    return settings if settings.port else load_settings(port=str(listener.getsockname()[1]))


def raise_file_limit() -> None:
    """As far as the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
