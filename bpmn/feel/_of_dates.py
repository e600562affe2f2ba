"""Built-in functions on dates, times and durations."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from bpmn.feel import _calendar as cal
from bpmn.feel import _temporal
from bpmn.feel._builtin import builtin
from bpmn.feel._numbers import whole
from bpmn.feel._run import Run
from bpmn.values import FarDate, FarDateTime, YearsMonths


@builtin("date", "from: any")
def date_from(run: Run, value: Any) -> cal.Day | None:
    match value:
        case str():
            return _temporal.date_of(value) or run.null(f'date: "{value[:40]}" is no date such as 2026-01-31')
        case date() | FarDate() | FarDateTime():
            return cal.day_of(value)
    return run.null("date: a text or a date is needed")


@builtin("date", "year: number", "month: number", "day: number")
def date_parts(run: Run, year: Decimal, month: Decimal, day: Decimal) -> cal.Day | None:
    parts = whole(year), whole(month), whole(day)
    if None in parts:
        return run.null("date: year, month and day must be whole numbers")
    return cal.day(*(part or 0 for part in parts))


@builtin("time", "from: any")
def time_from(run: Run, value: Any) -> time | None:
    match value:
        case str():
            found = _temporal.time_of(value)
            return run.null(f'time: "{value[:40]}" is no time such as 10:30:00') if found is None else found
        case date() | FarDate() | FarDateTime():
            return cal.clock_of(value)
        case time():
            return value
    return run.null("time: a text or a time is needed")


@builtin("time", "hour: number", "minute: number", "second: number", "offset: days and time duration?")
def time_parts(
    run: Run, hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None = None
) -> time | None:
    hours, minutes = whole(hour), whole(minute)
    if hours is None or minutes is None or not 0 <= second < 60:
        return run.null("time: hour and minute must be whole numbers, second from 0 to 59")
    seconds = int(second)
    zone = None
    if offset is not None:
        size = int(abs(offset).total_seconds())
        sign = "-" if offset < timedelta(0) else "+"
        zone = _temporal.zone_of(f"{sign}{size // 3600:02}:{size % 3600 // 60:02}:{size % 60:02}")
        if zone is None:
            return run.null("time: there is no such offset")
    return time(hours, minutes, seconds, int((second - seconds) * 1_000_000), tzinfo=zone)


@builtin("date and time", "from: any")
def instant_from(run: Run, value: Any) -> cal.Instant | None:
    match value:
        case str():
            found = _temporal.datetime_of(value)
            return found or run.null(f'date and time: "{value[:40]}" is none such as 2026-01-31T10:30:00')
        case date() | FarDate() | FarDateTime():
            return cal.combine(cal.day_of(value), cal.clock_of(value))
    return run.null("date and time: a text or a date is needed")


@builtin("date and time", "date: instant", "time: time")
def instant_parts(run: Run, day: cal.Day | cal.Instant, clock: time) -> cal.Instant:
    return cal.combine(cal.day_of(day), clock)


@builtin("duration", "from: string")
def duration(run: Run, value: str) -> _temporal.Duration | None:
    found = _temporal.duration_of(value)
    return run.null(f'duration: "{value[:40]}" is none such as P14D or P1Y6M') if found is None else found


@builtin("years and months duration", "from: instant", "to: instant")
def months_between(run: Run, start: cal.Day | cal.Instant, end: cal.Day | cal.Instant) -> YearsMonths:
    """Whole months from one day to the other; the time of day plays no part."""
    first, last = cal.day_of(start), cal.day_of(end)
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    elif months < 0 and last.day > first.day:
        months += 1
    return YearsMonths(months)


@builtin("now")
def now(run: Run) -> datetime:
    """The instant, in UTC: a value that is kept must not depend on who evaluated it where."""
    return run.now.astimezone(UTC)


@builtin("today")
def today(run: Run) -> date:
    """The day it is in the zone of the `now` that was passed."""
    return run.now.date()


def _of_day(name: str, result: Callable[[cal.Day], Any]) -> None:
    @builtin(name, "date: instant")
    def calculated(run: Run, value: cal.Day | cal.Instant) -> Any:
        return result(cal.day_of(value))


_of_day("day of year", lambda day: Decimal(cal.day_in_year(day)))
_of_day("day of week", lambda day: cal.WEEKDAY_NAMES[cal.weekday(day) - 1])
_of_day("month of year", lambda day: cal.MONTH_NAMES[day.month - 1])
_of_day("week of year", lambda day: Decimal(cal.week_in_year(day)))
