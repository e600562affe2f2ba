"""Built-in functions on dates, times and durations."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from bpmn.feel import _temporal
from bpmn.feel._builtin import builtin
from bpmn.feel._numbers import whole
from bpmn.feel._run import Run
from bpmn.values import YearsMonths

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)


@builtin("date", "from: any")
def date_from(run: Run, value: Any) -> date | None:
    match value:
        case str():
            return _temporal.date_of(value) or run.null(f'date: "{value[:40]}" is no date such as 2026-01-31')
        case datetime():
            return value.date()
        case date():
            return value
    return run.null("date: a text or a date is needed")


@builtin("date", "year: number", "month: number", "day: number")
def date_parts(run: Run, year: Decimal, month: Decimal, day: Decimal) -> date | None:
    parts = whole(year), whole(month), whole(day)
    if None in parts:
        return run.null("date: year, month and day must be whole numbers")
    return date(*(part or 0 for part in parts))


@builtin("time", "from: any")
def time_from(run: Run, value: Any) -> time | None:
    match value:
        case str():
            found = _temporal.time_of(value)
            return run.null(f'time: "{value[:40]}" is no time such as 10:30:00') if found is None else found
        case datetime():
            return value.timetz()
        case date():
            return time(tzinfo=_temporal.zone_of("Z"))
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
def instant_from(run: Run, value: Any) -> datetime | None:
    match value:
        case str():
            found = _temporal.datetime_of(value)
            return found or run.null(f'date and time: "{value[:40]}" is none such as 2026-01-31T10:30:00')
        case datetime():
            return value
        case date():
            return _temporal.instant(value)
    return run.null("date and time: a text or a date is needed")


@builtin("date and time", "date: instant", "time: time")
def instant_parts(run: Run, day: date, clock: time) -> datetime:
    return datetime.combine(day.date() if isinstance(day, datetime) else day, clock)


@builtin("duration", "from: string")
def duration(run: Run, value: str) -> _temporal.Duration | None:
    found = _temporal.duration_of(value)
    return run.null(f'duration: "{value[:40]}" is none such as P14D or P1Y6M') if found is None else found


@builtin("years and months duration", "from: instant", "to: instant")
def months_between(run: Run, start: date, end: date) -> YearsMonths:
    """Whole months from one to the other."""
    months = (end.year - start.year) * 12 + end.month - start.month
    first, last = (start, end) if months >= 0 else (end, start)
    rest = (last.day, _clock(last)) < (first.day, _clock(first))
    if months and rest:
        months += -1 if months > 0 else 1
    return YearsMonths(months)


def _clock(value: date) -> time:
    return value.time() if isinstance(value, datetime) else time()


@builtin("now")
def now(run: Run) -> datetime:
    """The instant, in UTC: a value that is kept must not depend on who evaluated it where."""
    return run.now.astimezone(UTC)


@builtin("today")
def today(run: Run) -> date:
    """The day it is in the zone of the `now` that was passed."""
    return run.now.date()


def _of_day(name: str, result: Callable[[date], Any]) -> None:
    @builtin(name, "date: instant")
    def calculated(run: Run, value: date) -> Any:
        return result(value)


_of_day("day of year", lambda value: Decimal(value.timetuple().tm_yday))
_of_day("day of week", lambda value: _WEEKDAYS[value.weekday()])
_of_day("month of year", lambda value: _MONTHS[value.month - 1])
_of_day("week of year", lambda value: Decimal(value.isocalendar().week))
