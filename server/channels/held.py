"""Live frames of a list, held back while a page of it is read: the page may be older than they are."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Held:
    """Between a list's live frames and the socket. Frames keep their order, and come after the page."""

    def __init__(self, push: Callable[[bytes], None]) -> None:
        self._push = push
        self._frames: list[bytes] = []
        self._readers = 0

    def hear(self, frame: bytes) -> None:
        """Now, or after the page that is being read."""
        if self._readers:
            self._frames.append(frame)
        else:
            self._push(frame)

    def forget(self) -> None:
        """What waits must not be told any more."""
        self._frames = []

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read and send a page in here."""
        self._readers += 1
        try:
            yield
        finally:
            self._readers -= 1
            if self._readers == 0:
                frames, self._frames = self._frames, []
                for frame in frames:
                    self._push(frame)
