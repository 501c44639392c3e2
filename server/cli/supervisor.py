"""Keeps several workers serving on one socket: starts them, replaces those that die, renews them one after the other.

    SIGTERM, SIGINT   all workers end in order; a second one ends everything at once
    SIGHUP            each worker is replaced by a new one, which serves before the old one is told to go

One loop compares what is with what should be and takes the next step. It remembers nothing but the workers themselves,
which of them are to be replaced, and how often in a row a new one died.
"""

import os
import select
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog

from server import logs, metrics
from server.cli import reload
from server.cli.child import Child
from server.cli.common import fail
from server.cli.companion import Companion
from server.cli.ground import BACKLOG, Ground
from server.settings import Settings
from server.wire.server import CLOSING_SECONDS, end_by

log = structlog.get_logger(__name__)

LOOK_S: Final = 1.0
SIGNALS: Final = 4_096
"""Read at once, a byte each."""
STEADY_S: Final = 5.0
"""Who served for so long did not die of something that kills each of them."""
LONGEST_PAUSE_S: Final = 5.0
MEMORY: Final = "/dev/shm"  # noqa: S108 - what is made in it has a name that nobody can guess
"""Where workers count, if it is there: on a full disk counting would kill them (SIGBUS)."""


class Supervisor:
    """The parent of all workers. It serves nobody itself."""

    def __init__(self, settings: Settings, ground: Ground) -> None:
        self._settings = settings
        self._ground = ground
        self._children: list[Child] = []
        self._old: set[Child] = set()
        """to be replaced"""
        self._signals: list[int] = []
        """heard, and not obeyed yet"""
        self._stopping = False
        self._whole = False
        """once all have served"""
        self._failure: str | None = None
        self._short_lives = 0
        """workers in a row that died soon, or never served"""
        self._not_before = 0.0
        self._looked_at = 0.0
        self._metrics = ""
        self._translator: Companion | None = None

    def run(self) -> None:
        """Until a signal, or until nobody can be served any more."""
        logs.configure(self._settings)
        self._ground.listener.listen(BACKLOG)
        self._metrics = tempfile.mkdtemp(prefix="deskwire-metrics-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None)
        self._translator = Companion(self._settings, self._metrics)
        try:
            with self._bell() as bell:
                while self._everybody or not self._stopping:
                    self._step()
                    heard = [child.channel for child in self._everybody if not child.hangs_up]
                    if bell in select.select([bell, *heard], [], [], LOOK_S)[0]:
                        bell.recv(SIGNALS)
        finally:
            shutil.rmtree(self._metrics, ignore_errors=True)
        if self._failure:
            fail(self._failure)
        log.info("stopped")

    @property
    def _everybody(self) -> list[Child]:
        """Workers, and the translator where there is one."""
        aside = self._translator.child if self._translator else None
        return [*self._children, aside] if aside else self._children

    @contextmanager
    def _bell(self) -> Iterator[socket.socket]:
        """Can be read when a signal came."""
        numbers = [signal.SIGTERM, signal.SIGINT, signal.SIGCHLD]
        if reload.on_hang_up():
            numbers.append(signal.SIGHUP)
        ours, rings = socket.socketpair()
        ours.setblocking(False)
        rings.setblocking(False)
        with ours, rings:
            signal.set_wakeup_fd(rings.fileno(), warn_on_full_buffer=False)
            for number in numbers:
                signal.signal(number, lambda heard, _frame: self._signals.append(heard))
            yield ours
            signal.set_wakeup_fd(-1)

    def _step(self) -> None:
        self._obey()
        for child in self._children:
            child.hear()
        self._bury()
        looks = self._lose_patience()
        if not self._stopping:
            self._restore()
        if self._translator:
            self._translator.step(looks=looks, wanted=self._whole and not self._stopping)

    # --- ending ---------------------------------------------------------------------------------------------------

    def _obey(self) -> None:
        while self._signals:
            heard = self._signals.pop(0)
            if heard == signal.SIGHUP and not self._stopping and reload.allowed(self._settings):
                log.info("workers are replaced one after the other")
                self._old = {child for child in self._children if not child.leaving}
                if self._translator and self._translator.child:
                    self._dismiss(self._translator.child, goes_on=True)
            elif heard in (signal.SIGTERM, signal.SIGINT):
                if self._stopping:
                    for child in self._everybody:
                        child.kill()
                    end_by(heard)
                self._stop()

    def _stop(self) -> None:
        self._stopping = True
        self._ground.listener.close()
        for child in self._everybody:
            self._dismiss(child, goes_on=False)

    def _dismiss(self, child: Child, *, goes_on: bool) -> None:
        child.leave(goes_on=goes_on, within_s=self._settings.graceful_seconds + 2 * CLOSING_SECONDS)

    # --- those that ended, or should have -------------------------------------------------------------------------

    def _bury(self) -> None:
        for child in list(self._children):
            how = child.ended()
            if how is None:
                continue
            self._children.remove(child)
            self._old.discard(child)
            metrics.died(child.name, self._metrics)
            if child.leaving:
                log.info("a worker is gone", number=child.number, pid=child.pid, how=how)
            elif child.served_at is None:
                self._never_served(child, how)
            else:
                self._died(child, how, time.monotonic() - child.served_at)

    def _never_served(self, child: Child, how: str) -> None:
        """What cannot be started is no reason to end what serves; what was killed no reason to start nobody."""
        if not self._whole or not (child.struck or any(other.serves for other in self._children)):
            self._failure = how if child.explained else f"A worker {how} before it could serve. The log says more."
            self._stop()
            return
        self._short_lives += 1
        if self._old:
            log.error("the others are not replaced: a new worker could not start", reason=how)
            self._old = set()
        else:
            log.error("a worker could not start", reason=how, again_in_s=self._pause())

    def _died(self, child: Child, how: str, served_s: float) -> None:
        self._short_lives = self._short_lives + 1 if served_s < STEADY_S else 0
        log.error("a worker died", number=child.number, pid=child.pid, how=how, again_in_s=self._pause())

    def _pause(self) -> float:
        """Set when the next one may be started."""
        pause = pause_after(self._short_lives)
        self._not_before = time.monotonic() + pause
        return pause

    def _lose_patience(self) -> bool:
        """Kill who does not start, live or end in time; returns whether this was a look: one a second."""
        now = time.monotonic()
        looks = now - self._looked_at >= LOOK_S
        if looks:
            self._looked_at = now
        for child in self._children:
            if child.is_too_late(self._settings, looks=looks):
                log.error("a worker does not answer and is killed", number=child.number, pid=child.pid)
                child.kill()
        return looks

    # --- those that should be there -------------------------------------------------------------------------------

    def _restore(self) -> None:
        """Start who is missing; where some are to be replaced, one more, and then let an old one go."""
        wanted = self._settings.workers
        staying = [child for child in self._children if not child.leaving]
        if len(staying) < wanted:
            if time.monotonic() >= self._not_before:
                for _ in range(wanted - len(staying)):
                    self._start()
        elif not all(child.serves for child in staying):
            return
        elif not self._whole:
            self._whole = True
            log.info("all workers serve", pids=[child.pid for child in staying], url=self._settings.url)
        elif self._old and len(staying) > wanted:
            self._dismiss(next(child for child in staying if child in self._old), goes_on=True)
        elif self._old and len(self._children) == wanted:
            self._start()

    def _start(self) -> None:
        taken = {child.number for child in self._children}
        number = next(number for number in range(1, len(taken) + 2) if number not in taken)
        child = Child.worker(number, self._ground, self._metrics)
        self._children.append(child)
        log.info("a worker starts", number=number, pid=child.pid)


def pause_after(short_lives: int) -> float:
    """Seconds before the next start: none after the first death, then more and more."""
    return 0.0 if short_lives == 0 else min(LONGEST_PAUSE_S, 0.5 * 2.0 ** (short_lives - 1))
