"""The customers who have a socket on this process, ticket by ticket, and what technicians are told of it.

Who leaves is told a moment later: a page that is reloaded, or a line that is cut, is back by then and nobody need know.
When everybody is cut at once that is thousands of announcements less in the moment that matters.
"""

import asyncio
from collections import Counter
from typing import Final

from server.bus.base import Bus
from server.desk import customer_here
from server.tasks import Tasks

BACK_SECONDS: Final = 1.0
"""Who is back by then has not left."""


class Connected:
    """Counts sockets. A ticket is in it while its customer is connected here."""

    def __init__(self, bus: Bus, tasks: Tasks) -> None:
        self._bus = bus
        self._tasks = tasks
        self._sockets: Counter[str] = Counter()
        self._left: set[str] = set()

    def __contains__(self, ticket_id: str) -> bool:
        return ticket_id in self._sockets

    def came(self, ticket_id: str) -> None:
        """A socket of the ticket's customer shows it from now on."""
        self._sockets[ticket_id] += 1
        self._left.discard(ticket_id)
        self.tell(ticket_id)

    def tell(self, ticket_id: str) -> None:
        """The customer is connected."""
        self._bus.publish(customer_here.here(ticket_id))

    def went(self, ticket_id: str) -> None:
        """That socket has ended."""
        self._sockets[ticket_id] -= 1
        if self._sockets[ticket_id] > 0:
            return
        del self._sockets[ticket_id]
        if not self._left:
            self._tasks.spawn(self._tell_who_left(), "customers who left")
        self._left.add(ticket_id)

    async def _tell_who_left(self) -> None:
        try:
            await asyncio.sleep(BACK_SECONDS)
        finally:  # also when the process ends: nobody comes back to it
            left, self._left = self._left, set()
            self._bus.publish([told for ticket_id in left for told in customer_here.left(ticket_id)])
