"""The operators on values that are not plain numbers, and on numbers that go wrong."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, DecimalException
from typing import Any

from bpmn.feel import _temporal
from bpmn.feel._numbers import CONTEXT
from bpmn.feel._run import MAX_STRING, Run
from bpmn.feel._values import kind
from bpmn.values import YearsMonths

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
        case ((date() | time()), (timedelta() | YearsMonths())):
            return _later(run, a, b)
        case ((timedelta() | YearsMonths()), (date() | time())):
            return _later(run, b, a)
    return _mismatch(run, "adding", a, b)


def _later(run: Run, value: date | time, duration: timedelta | YearsMonths) -> Any:
    if isinstance(duration, YearsMonths):
        if isinstance(value, time):
            return _mismatch(run, "adding", value, duration)
        return _temporal.add_months(value, duration.months)
    if isinstance(value, time):
        return _temporal.add_to_time(value, duration)
    if isinstance(value, datetime):
        return _temporal.add(value, duration)
    return (datetime.combine(value, time()) + duration).date()


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
        case ((date() | time()), timedelta()):
            return _later(run, a, -b)
        case ((date() | time()), YearsMonths()):
            return _later(run, a, YearsMonths(-b.months))
        case time(), time():
            return _temporal.seconds_of(a) - _temporal.seconds_of(b)
        case date(), date():
            return _between(run, a, b)
    return _mismatch(run, "subtracting", a, b)


def _between(run: Run, a: date, b: date) -> timedelta | None:
    zoned = {value.tzinfo is not None for value in (a, b) if isinstance(value, datetime)}
    dates = any(not isinstance(value, datetime) for value in (a, b))
    if len(zoned) == 2 or (dates and zoned == {False}):
        return run.null("a time with a zone and one without have no time between them")
    return _temporal.instant(a) - _temporal.instant(b)


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
            return timedelta(microseconds=int(CONTEXT.divide(Decimal(_temporal.micros(a)), b)))
        case YearsMonths(), Decimal():
            return _temporal.months(CONTEXT.divide(Decimal(a.months), b))
        case timedelta(), timedelta():
            return _ratio(run, _temporal.micros(a), _temporal.micros(b))
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
    return CONTEXT.power(a, b)


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
