"""Which topics Redis has to be asked for, and when it may forget one. Sets and a clock given from outside, no I/O."""

import asyncio
from itertools import takewhile
from typing import Final

LINGER: Final = 5.0
"""Seconds that a topic stays subscribed after the last listener left: a reload of the page comes back within them."""


class Subscriptions:
    """Each topic is in at most one of three states: to be asked for, asked for, or about to be given up."""

    def __init__(self) -> None:
        self._joining: dict[str, None] = {}
        self._joined: set[str] = set()
        self._leaving: dict[str, float] = {}
        self.something_to_join = asyncio.Event()

    def want(self, topic: str) -> None:
        """From now on."""
        if self._leaving.pop(topic, None) is not None:
            self._joined.add(topic)
        elif topic not in self._joined:
            self._joining[topic] = None
            self.something_to_join.set()

    def drop(self, topic: str, now: float) -> None:
        """Not wanted any more."""
        if topic in self._joined:
            self._joined.remove(topic)
            self._leaving[topic] = now + LINGER
        else:
            self._joining.pop(topic, None)

    def start_over(self) -> None:
        """A new connection: it knows nothing of what another one was asked for."""
        self._joining = dict.fromkeys([*self._joined, *self._joining])
        self._joined.clear()
        self._leaving.clear()
        if self._joining:
            self.something_to_join.set()

    def joins(self, most: int) -> list[str]:
        """Topics to ask for now; from here on they count as asked for."""
        topics = list(self._joining)[:most]
        for topic in topics:
            del self._joining[topic]
        self._joined.update(topics)
        if not self._joining:
            self.something_to_join.clear()
        return topics

    def leaves(self, now: float) -> list[str]:
        """Topics to give up now."""
        due = takewhile(lambda entry: entry[1] <= now, self._leaving.items())  # in the order in which they were dropped
        topics = [topic for topic, _deadline in due]
        for topic in topics:
            del self._leaving[topic]
        return topics
