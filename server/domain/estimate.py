"""How long somebody will probably wait, from what others have waited before him. Nothing, rather than a guess."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final

import msgspec

MINUTE_MS: Final = 60_000
WINDOW_MS: Final = 4 * 3_600_000
"""Older pickups tell of another time of the day."""
MOST: Final = 100
"""The last ones of these hours."""
ENOUGH: Final = 5
"""Fewer comparable ones are an anecdote."""
LONGEST_MINUTES: Final = 240


class Pickup(msgspec.Struct, frozen=True):
    """A ticket that waited in a queue, and was taken."""

    queued_at: int
    picked_at: int


class Measured(msgspec.Struct, frozen=True):
    """How long a ticket waited that had so many before it when it came."""

    ahead: int
    waited_ms: int


class Wait(msgspec.Struct, frozen=True):
    """How long those in the same place have usually waited: from the median to the 80th percentile, whole minutes."""

    from_minutes: int
    to_minutes: int


def measure(pickups: Sequence[Pickup]) -> list[Measured]:
    """With how many before them these tickets came, as far as those were taken as well."""
    came = sorted(one.queued_at for one in pickups)
    went = sorted(max(one.picked_at, one.queued_at + 1) for one in pickups)  # nobody goes before he has come
    return [
        Measured(bisect_left(came, one.queued_at) - bisect_right(went, one.queued_at), _waited(one)) for one in pickups
    ]


def wait(measured: Sequence[Measured], ahead: int) -> Wait | None:
    """What to say to somebody with so many before him; None where too few came to a like place."""
    like = sorted(one.waited_ms for one in measured if abs(one.ahead - ahead) <= ahead // 4)
    if len(like) < ENOUGH:
        return None
    median, most = like[len(like) // 2], like[-(-len(like) * 4 // 5) - 1]
    shortest = max(1, median // MINUTE_MS)
    longest = max(shortest, -(-most // MINUTE_MS))
    return Wait(shortest, longest) if longest <= LONGEST_MINUTES else None


def slower(measured: Sequence[Measured], first_waits_ms: int) -> bool:
    """Whoever is first waits longer than what was measured promises him: today is not like that any more."""
    promised = wait(measured, 0)
    return promised is not None and first_waits_ms > promised.to_minutes * MINUTE_MS


def _waited(pickup: Pickup) -> int:
    return pickup.picked_at - pickup.queued_at
