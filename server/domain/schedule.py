"""When a portal is open: weekly hours in a time zone of its own, and days that are different (B-60..B-63)."""

from typing import Annotated

import msgspec
from msgspec import Meta

from server.domain.texts import Line

Weekday = Annotated[int, Meta(ge=0, le=6, description="0 is Monday.")]
TimeOfDay = Annotated[
    str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", description="HH:MM on the clocks of the time zone.")
]
Day = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="YYYY-MM-DD.")]


class Hours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Open from a time of one weekday to a time of the same or of another one: ``Fri 22:00`` to ``Sat 06:00``."""

    from_day: Weekday
    from_time: TimeOfDay
    to_day: Weekday
    to_time: TimeOfDay


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Open from a time to a later one of the same day."""

    from_time: TimeOfDay
    to_time: TimeOfDay


class ExceptionalDays(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A holiday, or days with other hours: the weekly hours do not count there. Without ``spans`` they are closed."""

    first: Day
    last: Day
    name: Line
    spans: Annotated[list[Span], Meta(max_length=10)] = []
    every_year: bool = False
    """Month and day count, the year does not."""
