"""Tasks that somebody holds on to: none is collected while it runs, none dies silently."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

import structlog

from server.metrics import TASK_FAILURES

log = structlog.get_logger(__name__)

AGAIN = 1.0
"""Seconds after which a task that goes on is cancelled once more."""


class Tasks:
    """A set of running tasks."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run it and look no further; a failure is logged and counted."""
        _ = self.start(work, name)

    def start(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Run it; a failure is logged and counted."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            TASK_FAILURES.inc()
            log.error("a task failed", task=task.get_name(), exc_info=error)

    async def close(self) -> None:
        """Cancel what runs and wait for it."""
        await end(self._running, again_s=AGAIN)


async def end(tasks: Iterable[asyncio.Task[Any]], again_s: float) -> None:
    """Cancel until it helps: in Python 3.11 ``asyncio.wait_for``, which drivers use, now and then swallows it.

    Who waits here may be cancelled too; that waits until all have ended, or they would be left behind.
    """
    running = set(tasks)
    cancelled = False
    while running:
        for task in running:
            task.cancel()
        try:
            await asyncio.wait(running, timeout=again_s)
        except asyncio.CancelledError:
            cancelled = True
        running = {task for task in running if not task.done()}
    if cancelled:
        raise asyncio.CancelledError
