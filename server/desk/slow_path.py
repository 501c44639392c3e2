"""Customers who chat without a socket (C-03): technicians who look at the ticket are told, now and then."""

from collections.abc import Callable

from server.bus import topics
from server.protocol import codec
from server.protocol.technician import SlowPath
from server.rates import Buckets
from server.store.base import Announcement

EVERY_SECONDS = 20
"""A customer waits up to 25 s at a time, so each of his waits is a sign of life."""

Publish = Callable[[list[Announcement]], None]


class SlowPaths:
    """Which tickets were told about lately."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._told = Buckets(1 / EVERY_SECONDS, 1)

    def seen(self, ticket_id: str) -> None:
        """This ticket's customer waits over HTTP; he may see the ticket, that has been checked."""
        if self._told.wait(ticket_id) == 0:
            self._publish([Announcement(topics.staff(ticket_id), 0, codec.encode(SlowPath(ticket_id)))])
