"""A quota that fills up again all the time: one number to remember, and no hour at which all begin anew. Pure."""


def taken(whole_at: int, now: int, amount: int, most: int, period_ms: int) -> int | None:
    """When it is whole again after so much was taken, or None where less than that is left.

    ``most`` is there at once, and comes back within the period. ``whole_at``: what this said the last time; 0 at first.
    """
    again = max(whole_at, now) + -(-amount * period_ms // most)
    return again if again <= now + period_ms else None
