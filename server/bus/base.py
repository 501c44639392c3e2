"""What every bus promises."""

from collections.abc import Callable
from typing import Protocol

from server.store.base import Announcement

OnMessage = Callable[[Announcement], None]
"""Called in the event loop for each announcement on a subscribed topic; must not block."""
OnGap = Callable[[str], None]
"""Called in the event loop with a topic that may have missed anything until now; must not block."""


class Bus(Protocol):
    """Carries announcements to every process that subscribed to their topic, the publisher included.

    An announcement may be lost or, after a broken connection, come twice; it is never invented or changed.
    Announcements of one ``publish`` keep their order, and so do successive calls in one process. Within the process
    that publishes none is lost. Who needs more looks at the numbers and asks the store.
    """

    on_message: OnMessage
    on_gap: OnGap
    healthy: bool
    """Whether other processes are heard. While not, look at the store every second."""

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
