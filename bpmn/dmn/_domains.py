"""What an input of a table can be, cut into pieces within which no cell can tell two values apart.

A cell made of comparisons with constants changes its answer only at its constants. So one value for each constant and
one between any two neighbours stand for all values, and asking the real tests about them is exact.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from bpmn import feel, types
from bpmn.feel import nodes as n
from bpmn.feel.machine import CONTEXT, kind
from bpmn.values import FarDate, FarDateTime, YearsMonths

ANYTHING: object = object()
"""The one value of an input that no cell looks at."""
_TICK = timedelta(microseconds=1)
_SECOND = timedelta(seconds=1)
_NOW = datetime(2000, 1, 1, tzinfo=UTC)
"""Simple cells do not look at the clock."""
_COMPARED = frozenset(("=", "!=", "<", "<=", ">", ">=", "and", "or"))
_OTHER_TEXTS = ("other", "another", "something else", "A", "")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell compiled. `constants` is None when its answer depends on more than comparisons with constants."""

    tests: feel.UnaryTests
    constants: tuple[Any, ...] | None

    def passes(self, value: Any) -> bool:
        return self.tests.evaluate(value, {}, now=_NOW)


def cell(tests: feel.UnaryTests) -> Cell:
    found = list(_constants(tests.node.tests))
    simple = all(part is not None for part in found)
    values = tuple(value for part in found if part is not None for value in part)
    plain = simple and all(value is None or _orderable(value) for value in values)
    return Cell(tests, tuple(map(_whole_second, values)) if plain else None)


def _whole_second(value: Any) -> Any:
    """Points in time are compared by their seconds, fractions do not count."""
    return value.replace(microsecond=0) if isinstance(value, time | datetime) else value


def _constants(found: Iterable[n.Node]) -> Iterator[tuple[Any, ...] | None]:
    """The constants of a node; None for one whose answer can change elsewhere too."""
    for node in found:
        value = n.constant(node)
        if value is not None or isinstance(node, n.Literal):
            yield (value,)
            continue
        match node:
            case n.Name(_, "?"):
                yield ()
            case n.Comparison(_, _, operand):
                yield from _constants([operand])
            case n.RangeOf():
                yield from _constants(end for end in (node.low, node.high) if end is not None)
            case n.ListOf(_, items):
                yield from _constants(items)
            case n.Between(_, n.Name(_, "?"), low, high):
                yield from _constants([low, high])
            case n.In(_, n.Name(_, "?"), tests):
                yield from _constants(tests)
            case n.Binary(_, operator, left, right) if operator in _COMPARED:
                yield from _constants([left, right])
            case n.Call(_, n.Name(_, "not"), (inner,), ()):
                yield from _constants([inner])
            case _:
                yield None


def _orderable(value: Any) -> bool:
    """Times with zones have an order of instants but an equality of their own; they are left undecided."""
    if isinstance(value, FarDate | FarDateTime):
        return False
    return kind(value) in _BETWEEN and not (isinstance(value, time | datetime) and value.tzinfo is not None)


class Pieces:
    """The pieces of one input: a value for each, and which of them pass a cell, as bits."""

    def __init__(self, cells: Iterable[Cell], possible: Cell | None, type_: types.Type) -> None:
        constants = {_key(value): value for each in cells for value in each.constants or ()}
        if possible is not None:
            constants |= {_key(value): value for value in possible.constants or ()}
        with_null = any(value is None for value in constants.values())
        self.values: list[Any] = []
        self._starts: dict[str, tuple[int, int]] = {}
        for what in sorted(_kinds(type_, constants.values())):
            known = [value for value in constants.values() if value is not None and kind(value) == what]
            self._cut(what, known, type_, possible)
        if with_null:
            if not self._starts:
                # Some value that is not null, of whatever kind.
                self._add("string", [_OTHER_TEXTS[0]], possible)
            self._add("Null", [None], possible)
        if not self._starts:
            self._add("anything", [ANYTHING], None)
        self.all = (1 << len(self.values)) - 1

    def _cut(self, what: str, known: list[Any], type_: types.Type, possible: Cell | None) -> None:
        shape = type_.of(what)
        if isinstance(shape, types.Plain) and shape.values is not None:
            self._add(what, sorted(shape.values), possible)
        elif what == "boolean":
            self._add(what, [False, True], possible)
        else:
            limits = types.limits_of(shape) if isinstance(shape, types.Plain) else None
            self._add(what, list(_partition(what, known, limits)), possible)

    def _add(self, what: str, values: list[Any], possible: Cell | None) -> None:
        """Add the pieces of a kind, in their order, as far as the possible values of the column allow them."""
        if possible is not None and possible.constants is not None:
            values = [value for value in values if value is None or possible.passes(value)]
        self._starts[what] = (len(self.values), len(self.values) + len(values))
        self.values += values

    def passing(self, each: Cell) -> int:
        """Bits of the pieces whose values pass the cell."""
        if self.values == [ANYTHING]:
            return 1
        passed = 0
        for what, (first, last) in self._starts.items():
            own = sorted(value for value in each.constants or () if value is not None and kind(value) == what)
            if what in ("boolean", "Null"):
                passed |= sum(1 << place for place in range(first, last) if each.passes(self.values[place]))
            else:
                passed |= self._in_order(each, own, first, last)
        return passed

    def _in_order(self, each: Cell, own: list[Any], first: int, last: int) -> int:
        """Ask once between any two of the cell's own constants, and once at each."""
        passed, start = 0, first
        for value in own:
            place = bisect_left(self.values, value, start, last)
            passed |= self._run(each, start, place)
            start = place
            if place < last and self.values[place] == value:
                passed |= self._run(each, place, place + 1)
                start = place + 1
        return passed | self._run(each, start, last)

    def _run(self, each: Cell, first: int, last: int) -> int:
        if first >= last or not each.passes(self.values[first]):
            return 0
        return ((1 << (last - first)) - 1) << first


def _key(value: Any) -> tuple[str, Any]:
    return kind(value), value


def _kinds(type_: types.Type, constants: Iterable[Any]) -> set[str]:
    """The kinds an input can be of: those of its type where it is known, else those its cells ask for."""
    known = type_.solid.kinds
    if known:
        return set(known) & (_BETWEEN.keys() | {"boolean"})
    return {kind(value) for value in constants if value is not None}


def _partition(what: str, known: list[Any], limits: types.Limits | None) -> Iterator[Any]:
    """The constants and a value between any two, below the first and above the last, as far as there is one."""
    whole = limits is not None and limits.whole
    ends = [] if limits is None else [end for end in (limits.low, limits.high) if end is not None]
    cuts = sorted({*known, *ends})
    between = _whole_between if whole else _BETWEEN[what]
    for low, high in zip([None, *cuts], [*cuts, None], strict=True):
        if low is not None and _can_be(low, limits):
            yield low
        inner = between(low, high)
        if inner is not None and _can_be(inner, limits):
            yield inner


def _can_be(value: Any, limits: types.Limits | None) -> bool:
    if limits is None:
        return True
    if (limits.low is not None and value < limits.low) or (limits.high is not None and value > limits.high):
        return False
    return not limits.whole or bool(value == value.to_integral_value())


# a value strictly between two others; None is no end, and the answer when there is none


def _number_between(low: Decimal | None, high: Decimal | None) -> Decimal | None:
    if low is None or high is None:
        return _beside(low, high, Decimal(1)) or Decimal(0)
    whole = _whole_between(low, high)
    if whole is not None:
        return whole
    middle = CONTEXT.divide(CONTEXT.add(low, high), Decimal(2))
    return middle if low < middle < high else None


def _whole_between(low: Decimal | None, high: Decimal | None) -> Decimal | None:
    if low is not None:
        found = low.to_integral_value("ROUND_FLOOR") + 1
        return found if high is None or found < high else None
    return Decimal(0) if high is None else high.to_integral_value("ROUND_CEILING") - 1


def _text_between(low: str | None, high: str | None) -> str | None:
    """Texts are in the order of their code points; right after a text comes the same with the least sign behind it."""
    candidates = [*_OTHER_TEXTS] if low is None else [*_OTHER_TEXTS, low + "a", low + " ", low + "\0"]
    return next((text for text in candidates if (low is None or low < text) and (high is None or text < high)), None)


def _beside(low: Any, high: Any, step: Any) -> Any:
    """A step after the low end or before the high one; None beyond what there is."""
    try:
        found = high - step if low is None and high is not None else low + step if low is not None else None
    except (OverflowError, ArithmeticError):
        return None
    return found if found is None or low is None or high is None or found < high else None


def _stepped(step: Any, some: Any) -> Callable[[Any, Any], Any]:
    def between(low: Any, high: Any) -> Any:
        return some if low is None and high is None else _beside(low, high, step)

    return between


def _time_between(low: time | None, high: time | None) -> time | None:
    day = datetime(2000, 1, 1)  # noqa: DTZ001 - the clock of a day without a zone
    start = None if low is None else datetime.combine(day, low)
    end = None if high is None else datetime.combine(day, high)
    if start is None and end is None:
        return time(12)
    found: datetime | None = _beside(start, end, _SECOND)
    return None if found is None or found.date() != day.date() else found.time()


def _months_between(low: YearsMonths | None, high: YearsMonths | None) -> YearsMonths | None:
    if low is None:
        return YearsMonths(0 if high is None else high.months - 1)
    found = YearsMonths(low.months + 1)
    return found if high is None or found < high else None


_BETWEEN: Mapping[str, Callable[[Any, Any], Any]] = {
    "number": _number_between,
    "string": _text_between,
    "date": _stepped(timedelta(days=1), date(2000, 1, 1)),
    "time": _time_between,
    "date and time": _stepped(_SECOND, datetime(2000, 1, 1)),  # noqa: DTZ001 - values without a zone
    "days and time duration": _stepped(_TICK, timedelta(0)),
    "years and months duration": _months_between,
    "boolean": lambda low, high: None,
}


def written(value: Any) -> str:
    """A value as FEEL writes it."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case Decimal():
            return format(value, "f") if abs(value.adjusted()) < 40 else str(value)
    if value is ANYTHING:
        return "-"
    return f'@"{feel.compile("string(v)").evaluate({"v": value}, now=_NOW)}"'
