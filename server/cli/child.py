"""A process as the supervisor that started it sees it: since when it serves, when it was last heard, how it ended."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from typing import Final

from server.cli.channel import ENDS, FAILED, GOES_ON, LIFE
from server.cli.ground import Ground
from server.metrics import DIRECTORY_VARIABLE
from server.process import NAME_VARIABLE, stand_back
from server.settings import Settings

SPAN: Final = 4_096
START_S: Final = 60
"""For a start, beside what it may wait for the database."""


class Child:
    """One process."""

    def __init__(self, command: str, name: str, files: dict[str, int], metrics: str, nice: int = 0) -> None:
        """``name``: what it counts and logs under; ``files``: open files that it gets, by option; ``nice``: how far it
        stands back (``stand_back``).
        """
        self.name = name
        self.channel, theirs = socket.socketpair()
        self.channel.setblocking(False)
        with theirs:
            files = {"--channel": theirs.fileno(), **files}
            self._process = subprocess.Popen(  # noqa: S603 - this very program
                [*program(), command, *(str(part) for option in files.items() for part in option)],
                env=os.environ | {NAME_VARIABLE: name, DIRECTORY_VARIABLE: metrics},
                stdin=subprocess.DEVNULL,
                pass_fds=tuple(files.values()),
                process_group=0,  # Ctrl-C reaches the supervisor alone
            )
        self.pid = self._process.pid
        stand_back(nice, self.pid)
        self.began_at = time.monotonic()
        self.served_at: float | None = None
        """when it was first heard"""
        self.silence = 0
        """seconds, as the supervisor counts them: while that is stopped itself, nobody is silent"""
        self.leaves_by: float | None = None
        """told to end, and by when it has to"""
        self.hangs_up = False
        """it will say nothing more: it has ended, or is about to"""
        self.killed = False
        self._failure = b""

    @classmethod
    def worker(cls, number: int, ground: Ground, metrics: str) -> "Child":
        """One of several that serve."""
        files = {"--listener": ground.listener.fileno(), "--held": ground.held.fileno()}
        return cls("worker", str(number), files, metrics)

    @property
    def number(self) -> int:
        """Of a worker."""
        return int(self.name)

    @property
    def serves(self) -> bool:
        """Somebody could be served by it."""
        return self.served_at is not None and not self.leaving

    @property
    def explained(self) -> bool:
        """It has said why it could not serve."""
        return bool(self._failure)

    @property
    def struck(self) -> bool:
        """It was killed, and not by us: that says nothing about whether another one could serve."""
        code = self._process.returncode
        return code is not None and code < 0 and not self.killed

    @property
    def leaving(self) -> bool:
        """It was told to end."""
        return self.leaves_by is not None

    def hear(self) -> None:
        """Take in what it has said."""
        with contextlib.suppress(BlockingIOError, ConnectionError):
            while said := self.channel.recv(SPAN):
                self.silence = 0
                if self._failure or said.startswith(FAILED):
                    self._failure += said
                elif LIFE in said and self.served_at is None:
                    self.served_at = time.monotonic()
            self.hangs_up = True

    def leave(self, *, goes_on: bool, within_s: float) -> None:
        """Tell it to end; once."""
        if not self.leaving:
            self.leaves_by = time.monotonic() + within_s
            with contextlib.suppress(OSError):  # it has ended by itself
                self.channel.send(GOES_ON if goes_on else ENDS)

    def is_too_late(self, settings: Settings, *, looks: bool) -> bool:
        """Whether it should have started, spoken or ended by now; once, since whoever hears it kills it.

        Silence is counted in ``looks``, one a second, so that the supervisor's own sleep is none.
        """
        now = time.monotonic()
        self.silence += looks
        if self.killed:
            return False
        if self.leaves_by is not None:
            return now > self.leaves_by
        if self.served_at is None:
            return now > self.began_at + START_S + settings.database_wait_seconds
        return self.silence > settings.worker_silence_seconds

    def kill(self) -> None:
        """End it as it is."""
        self.killed = True
        self._process.kill()

    def ended(self) -> str | None:
        """How it has ended, in words; None while it lives."""
        code = self._process.poll()
        if code is None:
            return None
        self.hear()
        self.channel.close()
        if self._failure:
            return self._failure.removeprefix(FAILED).decode(errors="replace")
        return f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


def program() -> list[str]:
    """How this program was called, without what it was told to do."""
    told = len(sys.argv) - 1
    return [sys.executable, *sys.orig_argv[1 : len(sys.orig_argv) - told]]
