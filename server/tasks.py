"""Tasks that somebody holds on to: none is collected while it runs, none dies silently."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

import structlog

from server.metrics import TASK_FAILURES

log = structlog.get_logger(__name__)


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
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def end(tasks: Iterable[asyncio.Task[Any]], again_s: float) -> None:
    """Cancel until it helps: in Python 3.11 ``asyncio.wait_for``, which drivers use, now and then swallows it."""
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _ended, running = await asyncio.wait(running, timeout=again_s)
