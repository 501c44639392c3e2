"""Tells translators that there is something to do: once for many messages, and never where nothing is translated."""

import asyncio
from collections.abc import Callable
from typing import Final

from server.desk.announce import TO_TRANSLATE
from server.store.base import Announcement

TOGETHER_S: Final = 0.05
"""Translators look no more often (interpreting.TOGETHER_S)."""


class Bell:
    """Takes the notes for translators out of what was committed."""

    def __init__(self, publish: Callable[[list[Announcement]], None]) -> None:
        self._publish = publish
        self._quiet_until = 0.0
        self._again: asyncio.TimerHandle | None = None

    def take(self, announcements: list[Announcement]) -> list[Announcement]:
        """What is left for everybody else."""
        rest = [told for told in announcements if told is not TO_TRANSLATE]
        if len(rest) < len(announcements):
            self._ring()
        return rest

    def _ring(self) -> None:
        """At once; what comes right after that is told together."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        if now >= self._quiet_until:
            self._quiet_until = now + TOGETHER_S
            self._publish([TO_TRANSLATE])
        elif self._again is None:
            self._again = loop.call_at(self._quiet_until, self._late)

    def _late(self) -> None:
        self._again = None
        self._ring()
