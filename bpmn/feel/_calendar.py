"""Days and instants of any year: Python's own within the years 1 to 9999, `FarDate` and `FarDateTime` beyond.

Arithmetic counts whole microseconds in Python's unbounded integers, so it is the same on both sides of the border.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bpmn.values import FarDate, FarDateTime

MAX_YEAR = 999_999_999
_CYCLE_YEARS = 400
_CYCLE_DAYS = 146_097
"""Days after which the calendar repeats, weekdays too."""
_BASE = date(2000, 1, 1).toordinal()
_SECOND = 1_000_000
_DAY = 86_400 * _SECOND

WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""As the standard's functions call them, in every language."""

Day = date | FarDate
Instant = datetime | FarDateTime


def day(year: int, month: int, number: int) -> Day:
    """A day of the calendar.

    Raises:
        ValueError: there is no such day, or its year is beyond `MAX_YEAR`.
    """
    if 1 <= year <= 9999:
        return date(year, month, number)
    if abs(year) > MAX_YEAR or not 1 <= month <= 12 or not 1 <= number <= monthrange(_alike(year), month)[1]:
        raise ValueError(f"there is no day {year}-{month}-{number}")
    return FarDate(year, month, number)


def _alike(year: int) -> int:
    """The year near 2000 that has the same days."""
    return 2000 + year % _CYCLE_YEARS


def day_of(value: Day | FarDateTime) -> Day:
    """The day of an instant, or the day itself."""
    if isinstance(value, FarDateTime):
        return value.day
    return value.date() if isinstance(value, datetime) else value


def clock_of(value: Day | FarDateTime) -> time:
    """The time of an instant with its zone; of a day, midnight in UTC."""
    if isinstance(value, FarDateTime):
        return value.clock
    return value.timetz() if isinstance(value, datetime) else time(tzinfo=UTC)


def combine(value: Day, clock: time) -> Instant:
    if isinstance(value, FarDate):
        return FarDateTime(value, clock)
    return datetime.combine(value, clock)


def ordinal(value: Day) -> int:
    """Days since the day before 0001-01-01; negative before it."""
    if isinstance(value, date):
        return value.toordinal()
    cycles = value.year // _CYCLE_YEARS - 5
    return date(_alike(value.year), value.month, value.day).toordinal() + cycles * _CYCLE_DAYS


def from_ordinal(days: int) -> Day:
    """The day of that ordinal.

    Raises:
        ValueError: its year is beyond `MAX_YEAR`.
    """
    cycles, rest = divmod(days - _BASE, _CYCLE_DAYS)
    near = date.fromordinal(_BASE + rest)
    return day(near.year + cycles * _CYCLE_YEARS, near.month, near.day)


def weekday(value: Day) -> int:
    """1 on Monday to 7 on Sunday."""
    return (ordinal(value) - 1) % 7 + 1


def day_in_year(value: Day) -> int:
    return ordinal(value) - ordinal(day(value.year, 1, 1)) + 1


def week_in_year(value: Day) -> int:
    """The week of ISO 8601."""
    return date(_alike(value.year), value.month, value.day).isocalendar().week


# zones


def offset(value: Instant) -> timedelta | None:
    """How far the clock is ahead of UTC; None without a zone."""
    if isinstance(value, datetime):
        return value.utcoffset()
    return _near(value).utcoffset()


def _near(value: FarDateTime) -> datetime:
    near = date(_alike(value.day.year), value.day.month, value.day.day)
    return datetime.combine(near, value.clock)


def _local(value: Instant) -> int:
    """Microseconds shown by the clock since the day before 0001-01-01."""
    clock = clock_of(value)
    seconds = (clock.hour * 60 + clock.minute) * 60 + clock.second
    return ordinal(day_of(value)) * _DAY + seconds * _SECOND + clock.microsecond


def micros(value: timedelta) -> int:
    """A duration in whole microseconds."""
    return (value.days * 86400 + value.seconds) * _SECOND + value.microseconds


def moment(value: Instant) -> int:
    """Microseconds in UTC; what has no zone counts as UTC."""
    if isinstance(value, datetime) and 2 < value.year < 9998:
        ahead = value.utcoffset()
    else:
        ahead = offset(value if isinstance(value, FarDateTime) else _moved(value))
    return _local(value) - (micros(ahead) if ahead else 0)


def _moved(value: datetime) -> datetime:
    """Near the ends of Python's calendar a zone no longer fits: its offset a calendar cycle away is the same."""
    return value.replace(year=_alike(value.year))


def _from_local(total: int, like: time) -> Instant:
    days, rest = divmod(total, _DAY)
    seconds, micro = divmod(rest, _SECOND)
    clock = time(seconds // 3600, seconds // 60 % 60, seconds % 60, micro, tzinfo=like.tzinfo, fold=like.fold)
    return combine(from_ordinal(days), clock)


# arithmetic


def add(value: Instant, duration: timedelta) -> Instant:
    """That much real time later: in a zone with summer time the clock may show something else.

    Raises:
        ValueError, OverflowError: the year is beyond `MAX_YEAR`.
    """
    clock = clock_of(value)
    if isinstance(value, datetime) and isinstance(clock.tzinfo, ZoneInfo) and 2 < value.year < 9998:
        try:
            return (value.astimezone(UTC) + duration).astimezone(clock.tzinfo)
        except OverflowError:
            pass
    return _from_local(_local(value) + micros(duration), clock)


def add_days(value: Day, duration: timedelta) -> Day:
    """A day later by the whole days that the duration reaches from its midnight."""
    return from_ordinal(ordinal(value) + micros(duration) // _DAY)


def add_months(value: Day | FarDateTime, months: int) -> Day | FarDateTime:
    """The same day months later, or the last day of a shorter month. Keeps the time of an instant.

    Raises:
        ValueError: the year is beyond `MAX_YEAR`.
    """
    start = day_of(value)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    moved = day(year, month + 1, min(start.day, monthrange(_alike(year), month + 1)[1]))
    return combine(moved, clock_of(value)) if isinstance(value, Instant) else moved


def elapsed(since: Day | FarDateTime, until: Day | FarDateTime) -> timedelta:
    """The time between; a day counts as its midnight in UTC.

    Raises:
        OverflowError: it is longer than a duration can be.
    """
    return timedelta(microseconds=_absolute(until) - _absolute(since))


def _absolute(value: Day | FarDateTime) -> int:
    if isinstance(value, datetime | FarDateTime):
        return moment(value)
    return ordinal(value) * _DAY
