"""Token buckets: how often something may happen."""

import time

import msgspec

from server.errors import TooMany
from server.settings import Settings

CUSTOMER_PER_SECOND = 1
TECHNICIAN_PER_SECOND = 5
"""Messages in the long run ."""


class Bucket:
    """Lets ``burst`` through at once, then ``rate`` a second."""

    __slots__ = ("_at", "_burst", "_left", "_rate")

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._left = float(burst)
        self._at = time.monotonic()

    def wait(self) -> float:
        """0.0 and one taken, or the seconds until one is there."""
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left >= 1:
            self._left -= 1
            return 0.0
        return (1 - self._left) / self._rate


class Buckets:
    """A bucket per key, forgotten when full again."""

    def __init__(self, rate: float, burst: int, most: int = 10_000) -> None:
        self._rate = rate
        self._burst = burst
        self._most = most
        self._buckets: dict[str, Bucket] = {}

    def wait(self, key: str) -> float:
        """As Bucket.wait, for this key."""
        bucket = self._buckets.pop(key, None) or Bucket(self._rate, self._burst)
        self._buckets[key] = bucket  # last used is last
        if len(self._buckets) > self._most:
            del self._buckets[next(iter(self._buckets))]
        return bucket.wait()

    def check(self, key: str) -> None:
        """Take one. Raises TooMany."""
        wait = self.wait(key)
        if wait > 0:
            raise TooMany(wait)


class Rates(msgspec.Struct):
    """How often who may do what over HTTP; sockets have buckets of their own."""

    addresses: Buckets
    """any request"""
    callers: Buckets
    """any request of a customer or technician"""
    customers: Buckets
    """messages"""
    technicians: Buckets
    """messages and notes"""
    openings: Buckets
    """tickets that an address opens"""
    guesses: Buckets
    """resume links that an address tries: ten, then one in 12 s"""
    news: Buckets
    """visitors of an address who say that a notice is about their problem: five, then one in ten minutes"""
    signs: Buckets
    """requests by which a technician is noted as there"""


def rates_of(settings: Settings) -> Rates:
    """Empty buckets with the limits of the settings."""
    address, caller = settings.requests_per_second_address, settings.requests_per_second_caller
    hourly = settings.tickets_per_address_hour
    return Rates(
        addresses=Buckets(address, address * 10),
        callers=Buckets(caller, caller * 10),
        customers=Buckets(CUSTOMER_PER_SECOND, settings.customer_burst),
        technicians=Buckets(TECHNICIAN_PER_SECOND, settings.technician_burst),
        openings=Buckets(hourly / 3600, hourly),
        guesses=Buckets(1 / 12, 10),
        news=Buckets(1 / 600, 5),
        signs=Buckets(4 / settings.presence_seconds, 1),
    )
