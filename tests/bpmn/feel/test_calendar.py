"""Days beyond the years 1 to 9999, and the border between Python's calendar and ours."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpmn.feel import _calendar as cal
from bpmn.values import FarDate, FarDateTime, YearsMonths, from_json, plain, to_json

from .conftest import Evaluate

CYCLE = timedelta(146_097)
_DAYS = st.integers(-(10**8), 10**8).map(cal.from_ordinal)
_DURATIONS = st.timedeltas(timedelta(-(10**6)), timedelta(10**6))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('string(date("-0044-03-15"))', "-0044-03-15"),
        ('date("12026-01-31").year', 12026),
        ('date("01211-12-31")', None),
        ('date("1000000000-01-01")', None),
        ('date("-2017-02-29")', None),
        ("date(-2016, 2, 29)", FarDate(-2016, 2, 29)),
        ('date("9999-12-31") + duration("P1D")', FarDate(10000, 1, 1)),
        ('date("0001-01-01") - duration("P1D")', FarDate(0, 12, 31)),
        ('date("10000-01-01") - duration("P1M")', date(9999, 12, 1)),
        ('date("10000-01-01") - date("9999-12-31")', timedelta(1)),
        ('years and months duration(date("2016-01-21"), date("-2016-01-21"))', YearsMonths(-48384)),
        ('date("-0001-01-01") < date("0001-01-01")', True),
        ('@"12026-01-31T10:00:00Z" = @"12026-01-31T12:00:00+02:00"', True),
        ('string(@"12026-01-31T10:00:00@Europe/Prague")', "12026-01-31T10:00:00@Europe/Prague"),
        ('string(@"12026-07-31T10:00:00@Europe/Prague".time offset)', "PT2H"),
        (
            '@"9999-12-31T23:30:00Z" + duration("PT1H")',
            FarDateTime(FarDate(10000, 1, 1), datetime(1, 1, 1, 0, 30, tzinfo=UTC).timetz()),
        ),
        ('date("999999999-12-31") + duration("P1D")', None),
        ('count(for d in @"9999-12-30"..@"10000-01-02" return d)', 4),
        ('(for d in @"10000-01-01"..@"9999-12-30" return string(d))[-1]', "9999-12-30"),
        ('@"10000-01-01" in [@"9999-12-30"..@"10000-01-02"]', True),
        ('max([@"9999-12-30", @"10000-01-02"])', FarDate(10000, 1, 2)),
        ('date("999999999-12-31") - date("-999999999-01-01")', None),
    ],
)
def test_any_year_of_the_standard_is_a_value(value: Evaluate, text: str, expected: Any) -> None:
    assert value(text) == expected


@given(day=_DAYS, cycles=st.integers(-100, 100))
def test_the_calendar_repeats(day: cal.Day, cycles: int) -> None:
    moved = cal.add_days(day, CYCLE * cycles)
    assert (moved.month, moved.day, moved.year) == (day.month, day.day, day.year + 400 * cycles)
    assert cal.weekday(moved) == cal.weekday(day)
    assert cal.day_in_year(moved) == cal.day_in_year(day)
    assert cal.ordinal(moved) - cal.ordinal(day) == CYCLE.days * cycles


@given(day=st.dates(), duration=_DURATIONS)
def test_within_pythons_calendar_the_results_are_pythons(day: date, duration: timedelta) -> None:
    start = datetime.combine(day, datetime.min.time(), tzinfo=UTC)
    assert (cal.weekday(day), cal.week_in_year(day)) == (day.isoweekday(), day.isocalendar().week)
    try:
        expected = start + duration
    except OverflowError:
        return
    assert cal.add(start, duration) == expected
    assert cal.elapsed(start, expected) == duration


@given(day=_DAYS)
def test_a_day_of_any_year_can_be_stored(day: cal.Day) -> None:
    instant = cal.combine(day, datetime(2000, 1, 1, 10, 30, tzinfo=UTC).timetz())
    assert from_json(to_json([day, instant])) == [day, instant]
    assert plain(day) == day.isoformat()
