"""What every bus promises."""

from collections.abc import Callable
from typing import Protocol

from server.store.base import Announcement

OnMessage = Callable[[Announcement], None]
"""Called in the event loop for each announcement on a subscribed topic; must not block."""


class Bus(Protocol):
    """Carries announcements to every process that subscribed to their topic, the publisher included.

    At most once: an announcement may be lost, never invented or changed. Announcements of one ``publish`` keep their
    order, and so do successive calls in one process. Who needs more looks at the numbers and asks the store.
    """

    on_message: OnMessage

    def publish(self, announcements: list[Announcement]) -> None:
        """Send; returns at once and never raises."""
        ...

    def subscribe(self, topic: str) -> None:
        """From some moment on, announcements of this topic arrive."""
        ...

    def unsubscribe(self, topic: str) -> None:
        """From some moment on, they do not."""
        ...

    async def close(self) -> None:
        """Stop."""
        ...
