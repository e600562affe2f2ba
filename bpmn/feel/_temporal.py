"""Dates, times and durations: literals, text, and arithmetic that knows the zones."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from bpmn.feel import _calendar as cal
from bpmn.feel._numbers import CONTEXT
from bpmn.values import YearsMonths

_DATE = re.compile(r"(-?(?:\d{4}|[1-9]\d{4,8}))-(\d{2})-(\d{2})", re.ASCII)
_ZONE = r"Z|[+-]\d{2}:\d{2}(?::\d{2})?|@[A-Za-z][A-Za-z0-9_+\-]*(?:/[A-Za-z0-9_+\-]+)*"
_TIME = re.compile(rf"(\d{{2}}):(\d{{2}}):(\d{{2}})(?:\.(\d+))?({_ZONE})?", re.ASCII)
_END_OF_DAY = re.compile(r"24:00:00(?:\.0+)?(?!\d|\.)", re.ASCII)
"""The end of a day as XML Schema may write it: the midnight after."""
_DAYS = re.compile(r"(-)?P(?:(\d+)D)?(?:(T)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d*))?S)?)?", re.ASCII)
_MONTHS = re.compile(r"(-)?P(?:(\d+)Y)?(?:(\d+)M)?", re.ASCII)

_MOST_MONTHS = 12_000_000_000
Duration = timedelta | YearsMonths


def date_of(text: str) -> cal.Day | None:
    """`2026-01-31`, `-0044-03-15`, `12026-01-31`; None when it is no date."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return cal.day(*(int(part) for part in match.groups()))
    except ValueError:
        return None


def time_of(text: str) -> time | None:
    """`10:30:00`, with a fraction, and with Z, an offset or `@Europe/Prague`."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, second, fraction, place = match.groups()
    if _END_OF_DAY.match(text):
        hour = "00"
    zone = zone_of(place) if place else None
    if place and zone is None:
        return None
    try:
        return time(int(hour), int(minute), int(second), _micro(fraction), tzinfo=zone)
    except ValueError:
        return None


def datetime_of(text: str) -> cal.Instant | None:
    """A date, `T` and a time; a date alone means its midnight."""
    day_text, separator, time_text = text.partition("T")
    day = date_of(day_text)
    if day is not None and _END_OF_DAY.match(time_text):
        day = _next(day)
    clock = time_of(time_text) if separator else time()
    if day is None or clock is None:
        return None
    return cal.combine(day, clock)


def _next(day: cal.Day) -> cal.Day | None:
    try:
        return cal.add_days(day, timedelta(1))
    except ValueError:  # the last day of the calendar
        return None


def duration_of(text: str) -> Duration | None:
    """`P1DT2H` or `P1Y2M`; mixed ones mean nothing."""
    return days_of(text) if _MONTHS.fullmatch(text) is None or text in ("P", "-P") else months_of(text)


def days_of(text: str) -> timedelta | None:
    """A duration of days and time."""
    match = _DAYS.fullmatch(text)
    if match is None:
        return None
    sign, days, clock, hours, minutes, seconds, fraction = match.groups()
    if not any((days, hours, minutes, seconds)) or (clock and not any((hours, minutes, seconds))):
        return None
    try:
        value = timedelta(
            days=int(days or 0),
            hours=int(hours or 0),
            minutes=int(minutes or 0),
            seconds=int(seconds or 0),
            microseconds=_micro(fraction),
        )
        return -value if sign else value
    except (OverflowError, ValueError):  # too long, or more digits than Python reads
        return None


def months_of(text: str) -> YearsMonths | None:
    """A duration of years and months."""
    match = _MONTHS.fullmatch(text)
    if match is None or len(text) > 24:
        return None
    sign, years, months = match.groups()
    if not years and not months:
        return None
    total = int(years or 0) * 12 + int(months or 0)
    return None if total > _MOST_MONTHS else YearsMonths(-total if sign else total)


def at_literal(text: str) -> time | cal.Day | cal.Instant | Duration | None:
    """What `@"…"` means, by its form."""
    if text.lstrip("-").startswith("P"):
        return duration_of(text)
    if "T" in text.split("@", maxsplit=1)[0]:
        return datetime_of(text)
    return time_of(text) if ":" in text else date_of(text)


@lru_cache(maxsize=512)
def zone_of(text: str) -> tzinfo | None:
    """`Z`, `+01:00` or `@Europe/Prague` as a zone."""
    if text == "Z":
        return UTC
    try:
        if text.startswith("@"):
            return ZoneInfo(text[1:])
        hours, minutes, *seconds = (int(part) for part in text[1:].split(":"))
        if hours * 60 + minutes > 14 * 60 or minutes > 59:
            return None
        offset = timedelta(hours=hours, minutes=minutes, seconds=seconds[0] if seconds else 0)
        return timezone(-offset if text[0] == "-" else offset)
    except (ValueError, OSError, KeyError):
        return None


def _micro(fraction: str | None) -> int:
    return int((fraction or "")[:6].ljust(6, "0")) if fraction else 0


# text


def text_of(value: time | cal.Day | cal.Instant | Duration) -> str:
    """The text FEEL's `string()` gives."""
    if isinstance(value, YearsMonths):
        return str(value)
    if isinstance(value, timedelta):
        return _days_text(value)
    if isinstance(value, cal.Instant):
        return f"{cal.day_of(value).isoformat()}T{_time_text(cal.clock_of(value))}"
    return _time_text(value) if isinstance(value, time) else value.isoformat()


def _time_text(value: time) -> str:
    plain = value.replace(tzinfo=None).isoformat()
    plain = plain.rstrip("0") if "." in plain else plain
    if isinstance(value.tzinfo, ZoneInfo):
        return f"{plain}@{value.tzinfo.key}"
    if value.tzinfo is None:
        return plain
    offset = value.utcoffset() or timedelta(0)
    if not offset:
        return plain + "Z"
    sign = "-" if offset < timedelta(0) else "+"
    minutes, seconds = divmod(int(abs(offset).total_seconds()), 60)
    tail = f":{seconds:02}" if seconds else ""
    return f"{plain}{sign}{minutes // 60:02}:{minutes % 60:02}{tail}"


def _days_text(value: timedelta) -> str:
    sign, value = ("-", -value) if value < timedelta(0) else ("", value)
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    clock = f"{hours}H" if hours else ""
    clock += f"{minutes}M" if minutes else ""
    if seconds or value.microseconds:
        fraction = f".{value.microseconds:06}".rstrip("0") if value.microseconds else ""
        clock += f"{seconds}{fraction}S"
    days = f"{value.days}D" if value.days else ""
    if not days and not clock:
        return "PT0S"
    return f"{sign}P{days}{'T' + clock if clock else ''}"


# arithmetic


def add_to_time(value: time, duration: timedelta) -> time:
    """The clock that much later, round midnight."""
    moved = datetime.combine(date(2000, 1, 2), value.replace(tzinfo=None)) + timedelta(
        seconds=duration.seconds, microseconds=duration.microseconds
    )
    return moved.time().replace(tzinfo=value.tzinfo)


def since_midnight(value: time) -> timedelta:
    """Since midnight UTC; without an offset, since midnight."""
    local = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    return local - (value.utcoffset() or timedelta(0))


def seconds_of(value: time | cal.Instant) -> int:
    """What times are compared by: whole seconds, as the standard's value of a time has them (DMN 1.5, 10.3.2.3.4)."""
    return (cal.micros(since_midnight(value)) if isinstance(value, time) else cal.moment(value)) // 1_000_000


def scale(value: Duration, factor: Decimal) -> Duration:
    """A duration times a number, months cut to whole ones."""
    if isinstance(value, YearsMonths):
        return months(CONTEXT.multiply(Decimal(value.months), factor))
    return timedelta(microseconds=int(CONTEXT.multiply(Decimal(cal.micros(value)), factor)))


def months(count: Decimal | int) -> YearsMonths:
    """A duration of so many months, cut to whole ones."""
    if not -_MOST_MONTHS <= count <= _MOST_MONTHS:
        raise OverflowError("so many months are beyond any calendar")
    return YearsMonths(int(count))
