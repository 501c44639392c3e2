"""The translator beside several workers: one process that all of them share, started by their supervisor.

It is there as soon as there is something to translate with. When it dies it is started again, after a pause that grows
while it keeps dying; nobody's chat depends on it.
"""

import time
from typing import Final

import structlog

from server import backends, metrics
from server.cli.child import Child
from server.settings import Settings

log = structlog.get_logger(__name__)

STEADY_S: Final = 10.0
"""Who served for so long did not die of something that kills each of them: the pauses begin anew. A start costs more
than a second of a processor, and what is written meanwhile waits for its translation.
"""
LONGEST_PAUSE_S: Final = 60.0


class Companion:
    """``step`` again and again; it never waits."""

    def __init__(self, settings: Settings, metrics_directory: str) -> None:
        self._settings = settings
        self._metrics = metrics_directory
        self._child: Child | None = None
        self._not_before = 0.0
        self._short_lives = 0

    @property
    def child(self) -> Child | None:
        """The process, while there is one."""
        return self._child

    def step(self, *, looks: bool, wanted: bool) -> None:
        """See how it is, and start it where it is missing. ``looks``: another second of its silence has passed."""
        if self._child is not None:
            self._child.hear()
            if self._child.is_too_late(self._settings, looks=looks):
                log.error("the translator does not answer and is killed", pid=self._child.pid)
                self._child.kill()
            self._bury(self._child)
        elif wanted and time.monotonic() >= self._not_before and backends.can_translate(self._settings):
            self._child = Child("translator", "translator", {}, self._metrics, self._settings.translator_nice)
            log.info("the translator starts", pid=self._child.pid)

    def _bury(self, child: Child) -> None:
        how = child.ended()
        if how is None:
            return
        self._child = None
        metrics.died(child.name, self._metrics)
        if child.leaving:
            log.info("the translator is gone", pid=child.pid, how=how)
            return
        steady = child.served_at is not None and time.monotonic() - child.served_at > STEADY_S
        self._short_lives = 0 if steady else self._short_lives + 1
        pause = min(LONGEST_PAUSE_S, 0.5 * 2.0**self._short_lives)
        self._not_before = time.monotonic() + pause
        log.error("the translator died", pid=child.pid, how=how, again_in_s=pause)
