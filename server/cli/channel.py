"""Between a supervisor and each process that it has started: a socket pair (child.py holds the other end).

The child says LIFE once a second, or FAILED and why, and ends. The supervisor says how to end; when it is gone itself
the socket is at its end, and so is the child.
"""

import contextlib
import os
import socket
import threading
from collections.abc import Callable
from typing import Final

LIFE: Final = b"."
FAILED: Final = b"!"
GOES_ON: Final = b"g"
"""End; others serve."""
ENDS: Final = b"e"
"""End, as everybody does."""


class Channel:
    """The child's end of the socket pair."""

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
