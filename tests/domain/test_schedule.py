"""When a portal is open: a table of moments that somebody reckoned by hand, and a comparison minute by minute."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.schedule import (
    DAY,
    WEEK,
    ExceptionalDays,
    Hours,
    Span,
    Timetable,
    check,
    standing,
)
from server.errors import BadInput

MINUTE = 60_000


def at(zone: str, text: str, fold: int = 0) -> int:
    moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return round(moment.timestamp() * 1000)


def shown(zone: str, moment: int | None) -> str | None:
    return (
        None if moment is None else datetime.fromtimestamp(moment / 1000, ZoneInfo(zone)).isoformat(timespec="minutes")
    )


def hours(text: str) -> Hours:
    """``Fri 22:00 Sat 06:00``"""
    days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    first, begins, last, ends = text.split()
    return Hours(days.index(first), begins, days.index(last), ends)


AMSTERDAM, NEW_YORK, LORD_HOWE, KOLKATA = (
    "Europe/Amsterdam",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
)
OFFICE = [hours(f"{day} 09:00 {day} 17:30") for day in ("Mon", "Tue", "Wed", "Thu", "Fri")]
NIGHT = [hours("Fri 22:00 Sat 06:00")]
SUNDAY_NIGHT = [hours("Sat 22:00 Sun 02:30")]
CHRISTMAS = ExceptionalDays("2025-12-25", "2025-12-26", "Christmas", every_year=True)
NEW_YEAR = ExceptionalDays("2025-12-31", "2026-01-01", "New Year", every_year=True)
SATURDAY_OFF = ExceptionalDays("2026-06-06", "2026-06-06", "Off")
FRIDAY_OFF = ExceptionalDays("2026-06-05", "2026-06-05", "Off")
SHORT_FRIDAY = ExceptionalDays("2026-06-05", "2026-06-05", "Short", [Span("10:00", "12:00"), Span("23:00", "24:00")])


@pytest.mark.parametrize(
    ("zone", "entries", "exceptions", "now", "opened", "changes"),
    [
        # an ordinary week
        (AMSTERDAM, OFFICE, [], "2026-06-05T08:59", False, "2026-06-05T09:00+02:00"),
        (AMSTERDAM, OFFICE, [], "2026-06-05T09:00", True, "2026-06-05T17:30+02:00"),
        (AMSTERDAM, OFFICE, [], "2026-06-05T17:30", False, "2026-06-08T09:00+02:00"),
        # half an hour beside everybody else, and no summer time
        (KOLKATA, OFFICE, [], "2026-06-05T17:29", True, "2026-06-05T17:30+05:30"),
        # over midnight; over the end of the week; to 24:00 and on
        (AMSTERDAM, NIGHT, [], "2026-06-06T05:59", True, "2026-06-06T06:00+02:00"),
        (AMSTERDAM, [hours("Sun 20:00 Mon 04:00")], [], "2026-06-08T03:00", True, "2026-06-08T04:00+02:00"),
        (AMSTERDAM, [hours("Sun 20:00 Mon 04:00")], [], "2026-06-08T04:00", False, "2026-06-14T20:00+02:00"),
        (AMSTERDAM, [hours("Fri 09:00 Fri 24:00"), hours("Sat 00:00 Sat 02:00")], [], "2026-06-05T23:00", True,
         "2026-06-06T02:00+02:00"),
        # always, by one entry; never
        (AMSTERDAM, [hours("Mon 00:00 Sun 24:00")], [], "2026-06-05T23:00", True, None),
        (AMSTERDAM, [], [], "2026-06-05T12:00", False, None),
        # from Wednesday over the weekend to Wednesday: an hour is missing from the week
        (AMSTERDAM, [hours("Wed 10:00 Wed 09:00")], [], "2026-06-03T09:30", False, "2026-06-03T10:00+02:00"),
        (AMSTERDAM, [hours("Wed 10:00 Wed 09:00")], [], "2026-06-09T09:30", True, "2026-06-10T09:00+02:00"),
        # holidays: of every year, over New Year, in the middle of a night, on its first evening; other hours instead
        (AMSTERDAM, OFFICE, [CHRISTMAS], "2031-12-25T12:00", False, "2031-12-29T09:00+01:00"),
        (AMSTERDAM, OFFICE, [NEW_YEAR], "2029-12-31T12:00", False, "2030-01-02T09:00+01:00"),
        (AMSTERDAM, NIGHT, [SATURDAY_OFF], "2026-06-05T23:00", True, "2026-06-06T00:00+02:00"),
        (AMSTERDAM, NIGHT, [FRIDAY_OFF], "2026-06-05T23:00", False, "2026-06-06T00:00+02:00"),
        (AMSTERDAM, OFFICE, [SHORT_FRIDAY], "2026-06-05T09:30", False, "2026-06-05T10:00+02:00"),
        (AMSTERDAM, OFFICE, [SHORT_FRIDAY], "2026-06-05T16:00", False, "2026-06-05T23:00+02:00"),
        (AMSTERDAM, OFFICE, [FRIDAY_OFF, SHORT_FRIDAY], "2026-06-05T10:30", False, "2026-06-08T09:00+02:00"),
        # the clocks go forward at 02:00: half past two does not come, and nine is still nine
        (AMSTERDAM, SUNDAY_NIGHT, [], "2026-03-28T23:00", True, "2026-03-29T03:00+02:00"),
        (AMSTERDAM, [hours("Sun 02:30 Sun 05:00")], [], "2026-03-29T01:59", False, "2026-03-29T03:00+02:00"),
        (AMSTERDAM, [hours("Sun 02:10 Sun 02:50")], [], "2026-03-29T01:59", False, "2026-04-05T02:10+02:00"),
        (AMSTERDAM, OFFICE, [], "2026-03-27T18:00", False, "2026-03-30T09:00+02:00"),
        # the clocks go back at 03:00: half past two comes twice, and the chat is not closed in between
        (AMSTERDAM, SUNDAY_NIGHT, [], "2026-10-25T00:00", True, "2026-10-25T02:30+01:00"),
        (AMSTERDAM, [hours("Sat 22:00 Sun 02:00")], [], "2026-10-25T00:00", True, "2026-10-25T02:00+02:00"),
        (AMSTERDAM, [hours("Sun 02:30 Sun 05:00")], [], "2026-10-25T00:00", False, "2026-10-25T02:30+02:00"),
        (NEW_YORK, [hours("Sat 22:00 Sun 01:30")], [], "2026-11-01T00:00", True, "2026-11-01T01:30-05:00"),
        # there it is half an hour
        (LORD_HOWE, [hours("Sun 01:45 Sun 06:00")], [], "2026-04-05T01:00", False, "2026-04-05T01:45+11:00"),
        (LORD_HOWE, [hours("Sat 22:00 Sun 01:45")], [], "2026-04-05T01:00", True, "2026-04-05T01:45+10:30"),
        (LORD_HOWE, [hours("Sat 22:00 Sun 02:15")], [], "2026-10-04T01:00", True, "2026-10-04T02:30+11:00"),
    ],
)  # fmt: skip
def test_b_60_b_62_open_or_not_and_until_when(
    zone: str, entries: list[Hours], exceptions: list[ExceptionalDays], now: str, opened: bool, changes: str | None
) -> None:
    timetable = Timetable(zone, entries, exceptions)
    check(timetable)
    moment = at(zone, now)
    found = standing(timetable, moment)
    assert found.open is opened
    assert shown(zone, found.changes_at) == changes
    assert (found.opens_at if opened else found.closes_at) is None


def on(first: str, last: str, *spans: Span, every_year: bool = False) -> Timetable:
    return Timetable("UTC", [], [ExceptionalDays(first, last, "x", [*spans], every_year)])


@pytest.mark.parametrize(
    ("timetable", "field"),
    [
        (Timetable("Europe/Amsterdamm"), "time_zone"),
        (Timetable("Europe"), "time_zone"),
        (Timetable("../../etc/passwd"), "time_zone"),
        (Timetable("UTC", [hours("Mon 09:00 Mon 09:00")]), "hours"),
        (on("2026-02-30", "2026-03-01"), "exceptions"),
        (on("2026-03-02", "2026-03-01"), "exceptions"),
        (on("2026-03-02", "2027-03-04", every_year=True), "exceptions"),
        (on("2026-03-02", "2026-03-02", Span("09:00", "09:00")), "exceptions"),
        (on("2026-03-02", "2026-03-02", Span("09:00", "12:00"), Span("11:00", "13:00")), "exceptions"),
    ],
)
def test_what_cannot_be_meant_is_refused(timetable: Timetable, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        check(timetable)
    assert refused.value.field == field


# --- minute by minute -------------------------------------------------------------------------------------------------

CHANGES = [
    (AMSTERDAM, date(2026, 3, 29)),
    (AMSTERDAM, date(2026, 10, 25)),
    (NEW_YORK, date(2026, 3, 8)),
    (NEW_YORK, date(2026, 11, 1)),
    (LORD_HOWE, date(2026, 4, 5)),
    (LORD_HOWE, date(2026, 10, 4)),
    (KOLKATA, date(2026, 6, 7)),
]
"""Sundays on which the clocks change, and one where they never do."""

time = st.sampled_from(
    ["00:00", "00:30", "01:30", "01:45", "02:00", "02:15", "02:30", "03:00", "09:00", "23:30", "24:00"]
)
weekday = st.sampled_from([0, 4, 5, 6])
entry = st.builds(Hours, weekday, time, weekday, time)
span = st.tuples(time, time).filter(lambda two: two[0] < two[1]).map(lambda two: [Span(*two)])


def minute_of(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def by_the_book(timetable: Timetable, day: date, minute: int) -> bool:
    """Whether it is open while the clocks show this, said in another way than the rule does."""
    for days in timetable.exceptions:
        if days.first <= day.isoformat() <= days.last:
            return any(minute_of(one.from_time) <= minute < minute_of(one.to_time) for one in days.spans)
    now = day.weekday() * DAY + minute

    def within(one: Hours) -> bool:
        begins = one.from_day * DAY + minute_of(one.from_time)
        length = one.to_day * DAY + minute_of(one.to_time) - begins
        return (now - begins) % WEEK < (length if 0 < length <= WEEK else length + WEEK)

    return any(within(one) for one in timetable.hours)


def minute_by_minute(timetable: Timetable, first: date, days: int) -> Callable[[int], bool]:
    """An opening is what the clocks show without a break; it lasts from the first to the last moment of that."""
    run, runs, was_open = 0, dict[tuple[date, int], int](), False
    for ahead in range(-2, days + 3):
        day = first + timedelta(days=ahead)
        for minute in range(DAY):
            now_open = by_the_book(timetable, day, minute)
            run += now_open and not was_open
            was_open = now_open
            if now_open:
                runs[day, minute] = run
    seen: dict[int, list[int]] = {}
    begins = at(timetable.time_zone, f"{first - timedelta(days=1)}T00:00")
    for moment in range(begins, begins + (days + 2) * DAY * MINUTE, MINUTE):
        clocks = datetime.fromtimestamp(moment / 1000, UTC).astimezone(ZoneInfo(timetable.time_zone))
        number = runs.get((clocks.date(), clocks.hour * 60 + clocks.minute))
        if number is not None:
            seen.setdefault(number, []).append(moment)
    return lambda moment: any(moments[0] <= moment <= moments[-1] for moments in seen.values())


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(CHANGES), st.lists(entry, max_size=3), st.none() | span, st.integers(-1, 1))
def test_b_62_as_somebody_would_see_it_who_looks_at_the_clocks_every_minute(
    change: tuple[str, date], entries: list[Hours], spans: list[Span] | None, beside: int
) -> None:
    zone, sunday = change
    day = (sunday + timedelta(days=beside)).isoformat()
    exceptions = [] if spans is None else [ExceptionalDays(day, day, "x", spans)]
    timetable = Timetable(
        zone, [one for one in entries if one.from_day != one.to_day or one.from_time != one.to_time], exceptions
    )
    seen = minute_by_minute(timetable, sunday - timedelta(days=1), 3)

    moment = begins = at(zone, f"{sunday - timedelta(days=1)}T12:00")
    ends = begins + int(1.5 * DAY) * MINUTE
    while moment < ends:  # from one change to the next one, and every minute between them
        now = standing(timetable, moment)
        until = min(now.changes_at or ends, ends)
        assert until > moment
        for minute in range(moment, until, MINUTE):
            assert seen(minute) is now.open, shown(zone, minute)
        moment = until
