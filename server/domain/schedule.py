"""When a portal is open: weekly hours in a time zone of its own, and days that are different (B-60..B-63).

Times are what the clocks of the zone show. Where the clocks are put back, an opening goes on until they show its end
for the last time; where they are put forward, it begins or ends as they jump over its time.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta

from server.domain.set_up import must, wrong
from server.domain.texts import Line

Weekday = Annotated[int, Meta(ge=0, le=6, description="0 is Monday.")]
TimeOfDay = Annotated[
    str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", description="HH:MM on the clocks of the time zone.")
]
Day = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="YYYY-MM-DD.")]

DAY: Final = 1_440
"""minutes"""
WEEK: Final = 7 * DAY
HORIZON_DAYS: Final = 400
"""Who looks further ahead than all holidays of a year has found nothing."""
_MINUTE: Final = timedelta(minutes=1)


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
    """A holiday, or days with other hours: the weekly hours do not count there. Without ``spans`` they are closed.

    Where several are about the same day, the first one counts.
    """

    first: Day
    last: Day
    name: Line
    spans: Annotated[list[Span], Meta(max_length=10)] = []
    every_year: bool = False
    """Month and day count, the year does not."""


class Timetable(msgspec.Struct, frozen=True):
    """All that says when somebody is there."""

    time_zone: str
    hours: list[Hours] = []
    exceptions: list[ExceptionalDays] = []


class Standing(msgspec.Struct, frozen=True):
    """How it stands at a moment. Times are ms since 1970; None: not within HORIZON_DAYS."""

    open: bool
    opens_at: int | None = None
    """while closed"""
    closes_at: int | None = None
    """while open"""

    @property
    def changes_at(self) -> int | None:
        """The next moment at which something else holds."""
        return self.closes_at if self.open else self.opens_at


ALWAYS: Final = Standing(open=True)
"""Of a portal without a schedule."""


def standing(timetable: Timetable, at: int) -> Standing:
    """Whether it is open at this moment, and what comes next."""
    if not timetable.hours and not any(days.spans for days in timetable.exceptions):
        return Standing(open=False)
    for opens, closes in _openings(timetable, at):
        if at < opens:
            return Standing(open=False, opens_at=opens)
        if at < closes:
            return Standing(open=True, closes_at=closes if closes < at + HORIZON_DAYS * DAY * 60_000 else None)
    return Standing(open=False)


def check(timetable: Timetable) -> None:
    """Raises BadInput for what cannot be meant."""
    try:
        ZoneInfo(timetable.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise wrong("no_time_zone", "time_zone") from error
    for entry in timetable.hours:
        must(_length(entry), "empty_hours", "hours")
    for days in timetable.exceptions:
        _check_days(days)


def _check_days(days: ExceptionalDays) -> None:
    try:
        first, last = date.fromisoformat(days.first), date.fromisoformat(days.last)
    except ValueError as error:
        raise wrong("no_day", "exceptions", name=days.name) from error
    in_order = first <= last and not (days.every_year and (last - first).days > 365)
    must(in_order, "days_order", "exceptions", name=days.name)
    times = [_minutes(time) for span in days.spans for time in (span.from_time, span.to_time)]
    forwards = all(earlier < later for earlier, later in zip(times[::2], times[1::2], strict=True))
    must(forwards, "times_backwards", "exceptions", name=days.name)
    must(times == sorted(times), "times_order", "exceptions", name=days.name)


# --- openings, on the clocks of the zone ------------------------------------------------------------------------------
# A minute on the clocks is counted from the first day of the calendar: date.toordinal() * DAY + minutes of that day.


def _minutes(time: str) -> int:
    return int(time[:2]) * 60 + int(time[3:])


def _length(entry: Hours) -> int:
    """In minutes; less than a week, or all of it."""
    begins = entry.from_day * DAY + _minutes(entry.from_time)
    ends = entry.to_day * DAY + _minutes(entry.to_time)
    return ends - begins if ends - begins in (0, WEEK) else (ends - begins) % WEEK


def _exception(timetable: Timetable, day: date) -> ExceptionalDays | None:
    """What holds on this day instead of the weekly hours."""
    iso = day.isoformat()
    for days in timetable.exceptions:
        today, first, last = (
            (iso[5:], days.first[5:], days.last[5:]) if days.every_year else (iso, days.first, days.last)
        )
        over_new_year = days.every_year and days.first[:4] != days.last[:4]
        if (first <= today or today <= last) if over_new_year else first <= today <= last:
            return days
    return None


def _on_day(timetable: Timetable, day: date) -> list[tuple[int, int]]:
    """The openings of one day, in order: its own spans, or its part of the weekly hours."""
    midnight = day.toordinal() * DAY
    days = _exception(timetable, day)
    if days is not None:
        spans = [(_minutes(span.from_time), _minutes(span.to_time)) for span in days.spans]
    else:
        spans = [_part(entry, day.weekday(), weeks) for entry in timetable.hours for weeks in (0, 1)]
    return sorted((midnight + begins, midnight + ends) for begins, ends in spans if begins < ends)


def _part(entry: Hours, weekday: int, weeks: int) -> tuple[int, int]:
    """What of an entry falls on a weekday; ``weeks`` ago it began. Ends before it begins: nothing."""
    begins = (entry.from_day - weekday) * DAY + _minutes(entry.from_time) - weeks * WEEK
    return max(begins, 0), min(begins + _length(entry), DAY)


def _on_clocks(timetable: Timetable, first: date) -> Iterator[tuple[int, int]]:
    """Openings from this day on, those that touch made one."""
    current: tuple[int, int] | None = None
    for ahead in range(HORIZON_DAYS + 4):
        for begins, ends in _on_day(timetable, first + timedelta(days=ahead)):
            if current is not None and begins <= current[1]:
                current = current[0], max(current[1], ends)
                continue
            if current is not None:
                yield current
            current = begins, ends
    if current is not None:
        yield current


# --- and as moments ---------------------------------------------------------------------------------------------------


def _openings(timetable: Timetable, at: int) -> Iterator[tuple[int, int]]:
    """Openings as moments, in order, from the one that holds or comes next."""
    zone = ZoneInfo(timetable.time_zone)
    today = datetime.fromtimestamp(at / 1000, zone).date()
    current: tuple[int, int] | None = None
    for begins, ends in _on_clocks(timetable, today - timedelta(days=2)):
        # the last minute of an opening is open as long as the clocks show it
        opens, closes = _moment(zone, begins, 0), _moment(zone, ends - 1, 1, after=_MINUTE)
        if current is not None and opens <= current[1]:
            current = current[0], max(current[1], closes)
            continue
        if current is not None and at < current[1]:
            yield current
        current = (opens, closes) if opens < closes else current
    if current is not None and at < current[1]:
        yield current


def _moment(zone: ZoneInfo, minute: int, fold: int, after: timedelta = timedelta()) -> int:
    """When the clocks show this minute: for the first (fold 0) or the last time; ``after`` is added to that.

    A minute that they jump over is the moment of the jump.
    """
    day, rest = divmod(minute, DAY)
    shown = datetime.combine(date.fromordinal(day), datetime.min.time()) + timedelta(minutes=rest)
    moment = shown.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != shown:
        # PEP 495: in a gap, fold 1 reckons with the clocks of afterwards and lands before the jump, fold 0 behind it
        before = shown.replace(tzinfo=zone, fold=1).astimezone(UTC)
        moment, after = _jump(zone, before, shown.replace(tzinfo=zone, fold=0).astimezone(UTC)), timedelta()
    return round((moment + after).timestamp() * 1000)


def _jump(zone: ZoneInfo, before: datetime, behind: datetime) -> datetime:
    """The first minute with the clocks of ``behind``."""
    offset = behind.astimezone(zone).utcoffset()
    while before.astimezone(zone).utcoffset() != offset:
        before += _MINUTE
    return before
