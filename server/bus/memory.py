"""The bus of a single process: a call."""

from server.bus.base import OnGap, OnMessage
from server.store.base import Announcement


class MemoryBus:
    """See base.Bus for the promise; this one loses nothing."""

    healthy = True

    def __init__(self, on_message: OnMessage = lambda _told: None) -> None:
        self.on_message = on_message
        self.on_gap: OnGap = lambda _topic: None
        self._topics: set[str] = set()

    def publish(self, announcements: list[Announcement]) -> None:
        """Hand them over, in order."""
        for announcement in announcements:
            if announcement.topic in self._topics:
                self.on_message(announcement)

    def subscribe(self, topic: str) -> None:
        """From now on."""
        self._topics.add(topic)

    def unsubscribe(self, topic: str) -> None:
        """From now on."""
        self._topics.discard(topic)

    async def close(self) -> None:
        """Nothing to stop."""
