"""`a.b`: entries of contexts, the same entry of every item of a list, properties of dates, durations and ranges."""

from collections.abc import Callable
from datetime import UTC, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from bpmn.feel import _calendar as cal
from bpmn.feel._operators import Code
from bpmn.feel._run import Frame, Run
from bpmn.feel._values import kind
from bpmn.values import YearsMonths


def path_code(source: Code, name: str) -> Code:
    """The closure for `source.name`."""

    def run(frame: Frame) -> Any:
        value = source(frame)
        if value.__class__ is dict:
            try:
                return value[name]
            except KeyError:
                return frame.run.null(f'there is no entry "{name}"')
        return entry(value, name, frame.run)

    return run


def entry(value: Any, name: str, run: Run) -> Any:
    """What `name` is in the value; null where there is no such thing."""
    what = kind(value)
    if what == "context":
        return value[name] if name in value else run.null(f'there is no entry "{name}"')
    if what == "list":
        run.spend(len(value))
        return [entry(item, name, run) for item in value]
    found = _PROPERTIES.get(what, {}).get(name)
    if found is None:
        return run.null(f'a {what} has no "{name}"')
    result = found(value)
    return Decimal(result) if isinstance(result, int) and not isinstance(result, bool) else result


def _clock(value: time | cal.Instant) -> time:
    return value if isinstance(value, time) else cal.clock_of(value)


def _offset(value: time | cal.Instant) -> timedelta | None:
    return value.utcoffset() if isinstance(value, time) else cal.offset(value)


def _zone(value: time | cal.Instant) -> str | None:
    zone = _clock(value).tzinfo
    if isinstance(zone, ZoneInfo):
        return zone.key
    return "Z" if zone is UTC else None


def _part(unit: int, wrap: int) -> Callable[[timedelta], Decimal]:
    """A part of a duration, with the sign of the whole."""

    def part(value: timedelta) -> Decimal:
        size = abs(cal.micros(value)) // 1_000_000 // unit
        size = size % wrap if wrap else size
        return Decimal(-size if value < timedelta(0) else size)

    return part


def _months(months: Callable[[int], int]) -> Callable[[YearsMonths], Decimal]:
    return lambda value: Decimal(months(abs(value.months)) * (-1 if value.months < 0 else 1))


Properties = dict[str, Callable[[Any], Any]]
_DATE: Properties = {
    "year": lambda value: cal.day_of(value).year,
    "month": lambda value: cal.day_of(value).month,
    "day": lambda value: cal.day_of(value).day,
    "weekday": lambda value: cal.weekday(cal.day_of(value)),
}
_TIME: Properties = {
    "hour": lambda value: _clock(value).hour,
    "minute": lambda value: _clock(value).minute,
    "second": lambda value: _clock(value).second,
    "time offset": _offset,
    "timezone": _zone,
}
_PROPERTIES: dict[str, Properties] = {
    "date": _DATE,
    "time": _TIME,
    "date and time": {**_DATE, **_TIME},
    "days and time duration": {
        "days": _part(86400, 0),
        "hours": _part(3600, 24),
        "minutes": _part(60, 60),
        "seconds": _part(1, 60),
    },
    "years and months duration": {
        "years": _months(lambda months: months // 12),
        "months": _months(lambda months: months % 12),
    },
    "range": {
        "start": lambda value: value.low,
        "end": lambda value: value.high,
        "start included": lambda value: value.low_closed,
        "end included": lambda value: value.high_closed,
    },
}
