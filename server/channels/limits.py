"""Admission of sockets: how many may be open, and how fast new ones may come, in all and each."""

import math
import random
from collections import Counter

import msgspec

from server.accounts.throttle import network_of
from server.metrics import SOCKETS_REFUSED
from server.rates import Bucket, Buckets
from server.settings import Settings


class Full(msgspec.Struct):
    """Why a socket is refused, and when to come back."""

    reason: str
    retry_after: int
    """seconds; different ones, so that those who were refused together do not come back together"""


class Admission:
    """How many sockets may be open: in all, per address while unknown, per person.

    Addresses are counted as networks (of IPv6 the /64), as for sign-in.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open = 0
        self._unknown: Counter[str] = Counter()
        self._people: Counter[str] = Counter()
        one = settings.handshakes_per_second_address
        self._handshakes_of_one = Buckets(one, one * 10)
        self._handshakes = Bucket(settings.handshakes_per_second, settings.handshakes_per_second)

    def enter(self, address: str) -> Full | None:
        """None, or why not. One address is asked first: it must not use up what is there for all."""
        network = network_of(address)
        wait, reason = 0.0, None
        if (wait := self._handshakes_of_one.wait(network)) > 0:
            reason = "handshakes_address"
        elif self._unknown[network] >= self._settings.sockets_per_address:
            reason = "address"
        elif (wait := self._handshakes.wait()) > 0:
            reason = "handshakes"
        elif self._open >= self._settings.sockets:
            reason = "full"
        if reason is not None:
            SOCKETS_REFUSED.labels(reason=reason).inc()
            return Full(reason, math.ceil(wait) + random.randint(1, 10))  # noqa: S311 - spread, no secret
        self._open += 1
        self._unknown[network] += 1
        return None

    def identified(self, address: str, person: str, limit: int) -> bool:
        """The socket has shown who it is: it counts for the person now. False when that is one too many."""
        self._drop(self._unknown, network_of(address))
        self._people[person] += 1
        return self._people[person] <= limit

    def leave(self, address: str, person: str | None) -> None:
        """The socket is gone."""
        self._open -= 1
        if person is None:
            self._drop(self._unknown, network_of(address))
        else:
            self._drop(self._people, person)

    @staticmethod
    def _drop(counter: Counter[str], key: str) -> None:
        counter[key] -= 1
        if counter[key] <= 0:
            del counter[key]
