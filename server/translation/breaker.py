"""What fails again and again gets a rest, longer each time. Pure: the clock is told."""

from collections.abc import Hashable
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)

MOST_REST_S: Final = 60.0


class Breaker(Generic[K]):
    """Counts failures in a row, for each key by itself."""

    def __init__(self, allowed: int, rest_s: float) -> None:
        """``allowed`` failures in a row cost nothing; the next rests ``rest_s``, and each further one twice that."""
        self._allowed = allowed
        self._rest_s = rest_s
        self._failed: dict[K, int] = {}
        self._until: dict[K, float] = {}

    def failed(self, key: K, now: float) -> None:
        """Once more."""
        count = self._failed[key] = self._failed.get(key, 0) + 1
        if count > self._allowed:
            self._until[key] = now + min(self._rest_s * 2 ** (count - self._allowed - 1), MOST_REST_S)

    def worked(self, key: K) -> None:
        """As if nothing had been."""
        self._failed.pop(key, None)
        self._until.pop(key, None)

    def rest_s(self, key: K, now: float) -> float:
        """Seconds until it may be tried again."""
        return max(0.0, self._until.get(key, now) - now)
