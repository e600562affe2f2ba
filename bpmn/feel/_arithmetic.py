"""The operators on values that are not plain numbers, and on numbers that go wrong."""

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal, DecimalException
from typing import Any

from bpmn.feel import _calendar as cal
from bpmn.feel import _temporal
from bpmn.feel._numbers import CONTEXT
from bpmn.feel._numbers import power as numbers_power
from bpmn.feel._run import MAX_STRING, Run
from bpmn.feel._values import kind
from bpmn.values import FarDate, FarDateTime, YearsMonths

_BEYOND = (OverflowError, ValueError, DecimalException)


def _mismatch(run: Run, verb: str, a: Any, b: Any) -> None:
    return run.null(f"{verb} a {kind(a)} and a {kind(b)} has no meaning")


def _number(value: Any) -> Any:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def add(run: Run, a: Any, b: Any) -> Any:
    """Numbers, texts, durations, and dates with durations."""
    a, b = _number(a), _number(b)
    match a, b:
        case Decimal(), Decimal():
            return CONTEXT.add(a, b)
        case str(), str():
            run.room(len(a) + len(b), MAX_STRING, "text")
            return a + b
        case timedelta(), timedelta():
            return a + b
        case YearsMonths(), YearsMonths():
            return _temporal.months(a.months + b.months)
        case ((date() | FarDate() | FarDateTime() | time()), (timedelta() | YearsMonths())):
            return _later(run, a, b)
        case ((timedelta() | YearsMonths()), (date() | FarDate() | FarDateTime() | time())):
            return _later(run, b, a)
    return _mismatch(run, "adding", a, b)


def _later(run: Run, value: time | cal.Day | cal.Instant, duration: timedelta | YearsMonths) -> Any:
    if isinstance(duration, YearsMonths):
        if isinstance(value, time):
            return _mismatch(run, "adding", value, duration)
        return cal.add_months(value, duration.months)
    if isinstance(value, time):
        return _temporal.add_to_time(value, duration)
    return cal.add(value, duration) if isinstance(value, cal.Instant) else cal.add_days(value, duration)


def subtract(run: Run, a: Any, b: Any) -> Any:
    """Numbers, durations, dates less durations, and the time between two dates."""
    a, b = _number(a), _number(b)
    match a, b:
        case Decimal(), Decimal():
            return CONTEXT.subtract(a, b)
        case timedelta(), timedelta():
            return a - b
        case YearsMonths(), YearsMonths():
            return _temporal.months(a.months - b.months)
        case ((date() | FarDate() | FarDateTime() | time()), timedelta()):
            return _later(run, a, -b)
        case ((date() | FarDate() | FarDateTime() | time()), YearsMonths()):
            return _later(run, a, YearsMonths(-b.months))
        case time(), time():
            return _temporal.since_midnight(a) - _temporal.since_midnight(b)
        case ((date() | FarDate() | FarDateTime()), (date() | FarDate() | FarDateTime())):
            return _between(run, a, b)
    return _mismatch(run, "subtracting", a, b)


def _between(run: Run, a: cal.Day | cal.Instant, b: cal.Day | cal.Instant) -> timedelta | None:
    zoned = {cal.clock_of(value).tzinfo is not None for value in (a, b) if isinstance(value, cal.Instant)}
    dates = not (isinstance(a, cal.Instant) and isinstance(b, cal.Instant))
    if len(zoned) == 2 or (dates and zoned == {False}):
        return run.null("a time with a zone and one without have no time between them")
    return cal.elapsed(b, a)


def multiply(run: Run, a: Any, b: Any) -> Any:
    """Numbers, and a duration times a number."""
    a, b = _number(a), _number(b)
    match a, b:
        case Decimal(), Decimal():
            return CONTEXT.multiply(a, b)
        case ((timedelta() | YearsMonths()), Decimal()):
            return _temporal.scale(a, b)
        case Decimal(), (timedelta() | YearsMonths()):
            return _temporal.scale(b, a)
    return _mismatch(run, "multiplying", a, b)


def divide(run: Run, a: Any, b: Any) -> Any:
    """Numbers, a duration by a number, and a duration by its like."""
    a, b = _number(a), _number(b)
    if isinstance(b, Decimal) and not b and not _mismatched(a):
        return run.null("division by zero")
    match a, b:
        case Decimal(), Decimal():
            return CONTEXT.divide(a, b)
        case timedelta(), Decimal():
            return timedelta(microseconds=int(CONTEXT.divide(Decimal(cal.micros(a)), b)))
        case YearsMonths(), Decimal():
            return _temporal.months(CONTEXT.divide(Decimal(a.months), b))
        case timedelta(), timedelta():
            return _ratio(run, cal.micros(a), cal.micros(b))
        case YearsMonths(), YearsMonths():
            return _ratio(run, a.months, b.months)
    return _mismatch(run, "dividing", a, b)


def _mismatched(value: Any) -> bool:
    return not isinstance(value, Decimal | timedelta | YearsMonths)


def _ratio(run: Run, a: int, b: int) -> Decimal | None:
    return CONTEXT.divide(Decimal(a), Decimal(b)) if b else run.null("division by a duration of zero")


def power(run: Run, a: Any, b: Any) -> Any:
    """Numbers only."""
    a, b = _number(a), _number(b)
    if not isinstance(a, Decimal) or not isinstance(b, Decimal):
        return _mismatch(run, "a power of", a, b)
    return numbers_power(a, b)


def negate(run: Run, a: Any) -> Any:
    """Numbers and durations."""
    match _number(a):
        case Decimal() as number:
            return CONTEXT.minus(number)
        case timedelta() as days:
            return -days
        case YearsMonths() as months:
            return YearsMonths(-months.months)
    return run.null(f"a {kind(a)} has no negative")


def guarded(operation: Callable[..., Any], run: Run, *operands: Any) -> Any:
    """The operation, or null where its result would be beyond what numbers and calendars hold."""
    try:
        return operation(run, *operands)
    except _BEYOND:
        return run.null("the result is beyond what numbers and dates can hold")
