"""Read marks of one socket, coalesced: the first at once, then at most one a second per ticket."""

import asyncio
from collections.abc import Awaitable, Callable

from server.errors import DeskwireError
from server.tasks import Tasks

INTERVAL = 1.0

StoreRead = Callable[[str, str], Awaitable[None]]
"""(ticket id, event id)"""


class Marks:
    """The last mark of each ticket that has not been stored yet."""

    def __init__(self, store: StoreRead, tasks: Tasks) -> None:
        self._store = store
        self._tasks = tasks
        self._waiting: dict[str, str] = {}
        self._task: asyncio.Task[None] | None = None

    def put(self, ticket_id: str, event_id: str) -> None:
        """Read up to this event."""
        self._waiting[ticket_id] = event_id
        if self._task is None:
            self._task = self._tasks.start(self._run(), "read marks")

    def stop(self) -> None:
        """The socket is gone; what it had read and not yet said is read again later."""
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, {}
                for ticket_id, event_id in waiting.items():
                    try:
                        await self._store(ticket_id, event_id)
                    except DeskwireError:  # a mark has no answer: an unknown event is ignored
                        continue
                await asyncio.sleep(INTERVAL)
        finally:
            self._task = None
