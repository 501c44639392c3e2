"""Admission of sockets: how many may be open, in all and each."""

from collections import Counter

from server.metrics import SOCKETS_REFUSED
from server.rates import Bucket
from server.settings import Settings


class Admission:
    """How many sockets may be open: in all, per address while unknown, per person."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open = 0
        self._unknown: Counter[str] = Counter()
        self._people: Counter[str] = Counter()
        self._handshakes = Bucket(settings.handshakes_per_second, settings.handshakes_per_second)

    def enter(self, address: str) -> str | None:
        """None, or the reason to refuse."""
        reason = None
        if self._handshakes.wait() > 0:
            reason = "handshakes"
        elif self._open >= self._settings.sockets:
            reason = "full"
        elif self._unknown[address] >= self._settings.sockets_per_address:
            reason = "address"
        if reason is not None:
            SOCKETS_REFUSED.labels(reason=reason).inc()
            return reason
        self._open += 1
        self._unknown[address] += 1
        return None

    def identified(self, address: str, person: str, limit: int) -> bool:
        """The socket has shown who it is: it counts for the person now. False when that is one too many."""
        self._drop(self._unknown, address)
        self._people[person] += 1
        return self._people[person] <= limit

    def leave(self, address: str, person: str | None) -> None:
        """The socket is gone."""
        self._open -= 1
        if person is None:
            self._drop(self._unknown, address)
        else:
            self._drop(self._people, person)

    @staticmethod
    def _drop(counter: Counter[str], key: str) -> None:
        counter[key] -= 1
        if counter[key] <= 0:
            del counter[key]
