"""What values are: their kinds, equality, order, membership, and how they leave an expression."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, DecimalException
from typing import Any
from zoneinfo import ZoneInfo

from akta.languages import N_, sentence
from bpmn.feel import _calendar as cal
from bpmn.feel import _temporal
from bpmn.feel._errors import FeelLimit
from bpmn.feel._nodes import Type
from bpmn.feel._run import MAX_CELLS, MAX_VALUE_DEPTH, Run
from bpmn.values import FarDate, FarDateTime, YearsMonths


@dataclass(frozen=True, slots=True)
class Range:
    """All values between two ends; a missing end (None) is unbounded.

    `operator` is that of a range written as `(< 5)`; with `!=` it is every value but the one at both ends.
    """

    low: Any
    high: Any
    low_closed: bool = True
    high_closed: bool = True
    operator: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """Something a model can call: a built-in, a function written in the model, a business knowledge model."""

    name: str
    parameters: tuple[str, ...] | None
    """None: takes any arguments, by place only."""
    call: Callable[[Run, list[Any]], Any]
    named: Callable[[Run, dict[str, Any]], Any] | None = None
    """For functions whose parameters have several forms."""
    signature: Type | None = None
    """Types of the parameters and of the result, where they are declared."""


_KINDS: dict[type, str] = {
    type(None): "Null",
    bool: "boolean",
    Decimal: "number",
    int: "number",
    str: "string",
    date: "date",
    time: "time",
    datetime: "date and time",
    FarDate: "date",
    FarDateTime: "date and time",
    timedelta: "days and time duration",
    YearsMonths: "years and months duration",
    list: "list",
    tuple: "list",
    dict: "context",
    Range: "range",
    Function: "function",
}
ORDERED = frozenset(
    ("number", "string", "date", "time", "date and time", "days and time duration", "years and months duration")
)


def kind(value: Any) -> str:
    """The FEEL name of the value's type."""
    found = _KINDS.get(type(value))
    if found is not None:
        return found
    for known, name in _KINDS.items():
        if isinstance(value, known) and name != "date":
            return name
    if isinstance(value, Mapping):
        return "context"
    return "date" if isinstance(value, date) else "unknown"


def equal(a: Any, b: Any, run: Run) -> bool | None:
    """Whether two values are the same; null when they cannot be compared."""
    if a is None or b is None:
        return a is None and b is None
    what = kind(a)
    if what != kind(b):
        return run.null(f"a {what} cannot be compared with a {kind(b)}")
    if what == "list":
        return _equal_lists(a, b, run)
    if what == "context":
        return _equal_contexts(a, b, run)
    if what == "range":
        ends = (a.low_closed, a.high_closed, a.operator) == (b.low_closed, b.high_closed, b.operator)
        return ends and bool(equal(a.low, b.low, run)) and bool(equal(a.high, b.high, run))
    if what in ("time", "date and time"):
        return _equal_times(a, b)
    if what == "function":
        return a is b
    try:
        return bool(a == b)
    except DecimalException:
        return run.null("this is not a number that could equal another")


def _equal_lists(a: Any, b: Any, run: Run) -> bool:
    if len(a) != len(b):
        return False
    run.spend(len(a))
    return all(equal(x, y, run) for x, y in zip(a, b, strict=True))


def _equal_contexts(a: Any, b: Any, run: Run) -> bool:
    if a.keys() != b.keys():
        return False
    run.spend(len(a))
    return all(equal(a[key], b[key], run) for key in a)


def _equal_times(a: Any, b: Any) -> bool:
    """With and without a zone are never equal; times of named zones are equal in the same zone only."""
    zone, other = (value if isinstance(value, time) else cal.clock_of(value) for value in (a, b))
    if (zone.tzinfo is None) != (other.tzinfo is None):
        return False
    if not isinstance(a, time):
        return _temporal.seconds_of(a) == _temporal.seconds_of(b)
    if isinstance(a.tzinfo, ZoneInfo) or isinstance(b.tzinfo, ZoneInfo):
        return a.tzinfo is b.tzinfo and a.replace(tzinfo=None, microsecond=0) == b.replace(tzinfo=None, microsecond=0)
    return _temporal.seconds_of(a) == _temporal.seconds_of(b)


def order(a: Any, b: Any, run: Run) -> int | None:
    """-1, 0 or 1; null for values that have no order between them."""
    what, other = kind(a), kind(b)
    if what != other or what not in ORDERED:
        return run.null(f"a {what} and a {other} have no order")
    if what in ("time", "date and time"):
        a, b = _temporal.seconds_of(a), _temporal.seconds_of(b)
    elif what == "date":
        a, b = cal.ordinal(a), cal.ordinal(b)
    try:
        return bool(a > b) - bool(a < b)
    except DecimalException:
        return run.null("this is not a number that has an order")


def within(value: Any, limits: Range, run: Run) -> bool | None:
    """Whether a value lies in a range."""
    if value is None:
        return run.null("null lies in no range")
    if limits.operator == "!=":
        same = equal(value, limits.low, run)
        return None if same is None else not same
    if limits.low is not None:
        low = order(value, limits.low, run)
        if low is None:
            return None
        if low < 0 or (low == 0 and not limits.low_closed):
            return False
    if limits.high is not None:
        high = order(value, limits.high, run)
        if high is None:
            return None
        return high < 0 or (high == 0 and limits.high_closed)
    return True


def matches(value: Any, test: Any, run: Run) -> bool | None:
    """Whether a value equals the test's value, lies in it, or is one of its items."""
    if isinstance(test, Range) and not isinstance(value, Range):
        return within(value, test, run)
    if isinstance(test, list) and not isinstance(value, list):
        run.spend(len(test))
        return any(matches(value, item, run) is True for item in test)
    if isinstance(test, list):
        return bool(equal(value, test, run)) or any(equal(value, item, run) is True for item in test)
    return equal(value, test, run)


def items_of(value: Any) -> list[Any]:
    """A list as it is, null as the empty list, anything else as a list of one."""
    if isinstance(value, list):
        return value
    return [] if value is None else list(value) if isinstance(value, tuple) else [value]


_LEAVING = 4
"""Steps that each item of a result costs."""


SIMPLE = frozenset((bool, Decimal, type(None)))
"""Classes of values that leave an expression as they are and cost nothing."""


def leave(value: Any, run: Run, depth: int = 0) -> Any:
    """A value as it leaves an expression: only what a variable can hold.

    Raises:
        FeelLimit: lists and contexts stand too deeply inside each other, or hold too much.
    """
    if value.__class__ in SIMPLE:
        return value
    if isinstance(value, str):
        # A text that stands in a list a thousand times is one text here and a thousand when it is stored.
        run.room(len(value), MAX_CELLS, "text")
        return value
    if depth > MAX_VALUE_DEPTH:
        raise FeelLimit(sentence(N_("The result is nested more than %(most)s levels deep."), most=MAX_VALUE_DEPTH))
    if isinstance(value, list | tuple):
        run.spend(_LEAVING * len(value))
        return [leave(item, run, depth + 1) for item in value]
    if isinstance(value, Mapping):
        run.spend(_LEAVING * len(value))
        return {leave(str(key), run): leave(item, run, depth + 1) for key, item in value.items()}
    if isinstance(value, Range | Function):
        return run.null(f"a {kind(value)} cannot be a result")
    return value
