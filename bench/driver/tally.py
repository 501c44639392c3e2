"""The judge: what of everything that was written came, how often, and in which order. It keeps no clock."""

from collections.abc import Container


class Place:
    """How far somebody has read a ticket, by the numbers of its events, whoever wrote them."""

    __slots__ = ("seq",)

    def __init__(self, seq: int) -> None:
        self.seq = seq


class Ear:
    """What one seat has heard of one writer, whose messages are 1, 2, 3 …"""

    __slots__ = ("_missing", "_next", "disordered", "doubled", "heard", "place")

    def __init__(self, place: Place) -> None:
        self.place = place
        self.heard = 0
        self.doubled = 0
        self.disordered = 0
        self._next = 1
        self._missing: set[int] = set()

    def hear(self, n: int, seq: int) -> bool:
        """Message n, under this number of the transcript; whether it is the first time."""
        if n < self._next and n not in self._missing:
            self.doubled += 1
            return False
        late = n < self._next
        if late:
            self._missing.discard(n)
        else:
            self._missing.update(range(self._next, n))
            self._next = n + 1
        self.heard += 1
        self.disordered += late or seq <= self.place.seq
        self.place.seq = max(self.place.seq, seq)
        return True

    def lost(self, written: int, refused: Container[int]) -> int:
        """How many of those that were written, and not refused, never came."""
        missing = [*self._missing, *range(self._next, written + 1)]
        return sum(n not in refused for n in missing)


class Answers:
    """Acknowledgements: one for each message."""

    def __init__(self) -> None:
        self.acknowledged = 0
        self.doubled = 0
        self.codes: dict[str, int] = {}
        self.refused: set[int] = set()
        self._seen = bytearray()

    def acknowledge(self, k: int) -> bool:
        """Message k was acknowledged; whether it is the first answer."""
        if not self._first(k):
            return False
        self.acknowledged += 1
        return True

    def refuse(self, k: int, code: str) -> bool:
        """Message k was refused; whether it is the first answer."""
        if not self._first(k):
            return False
        self.refused.add(k)
        self.codes[code] = self.codes.get(code, 0) + 1
        return True

    def _first(self, k: int) -> bool:
        if k >= len(self._seen):
            self._seen.extend(bytes(k + 1024))
        if self._seen[k]:
            self.doubled += 1
            return False
        self._seen[k] = 1
        return True
