"""Built-in functions that compare ranges and points (Allen's relations, DMN 1.3 and later)."""

from collections.abc import Callable
from typing import Any

from bpmn.feel import _nodes as n
from bpmn.feel._builtin import builtin
from bpmn.feel._constants import constant
from bpmn.feel._errors import FeelSyntaxError
from bpmn.feel._names import TYPES
from bpmn.feel._parser import Parser
from bpmn.feel._run import Run
from bpmn.feel._values import Range, order


class _Unordered(Exception):
    """The ends have no order between them."""


def _sign(run: Run, a: Any, b: Any) -> int:
    sign = order(a, b, run)
    if sign is None:
        raise _Unordered
    return sign


def _relation(name: str, first: str, second: str, holds: Callable[[Run, Any, Any], bool]) -> None:
    names = (f"{first}1", f"{second}2") if first == second else (first, second)

    @builtin(name, f"{names[0]}: {first}", f"{names[1]}: {second}")
    def relation(run: Run, a: Any, b: Any) -> bool | None:
        if any(isinstance(value, Range) and (value.low is None or value.high is None) for value in (a, b)):
            return run.null(f"{name}: a range without an end cannot be compared")
        try:
            return holds(run, a, b)
        except _Unordered:
            return run.null(f"{name}: the values have no order")


def _as_range(value: Any) -> Range:
    return value if isinstance(value, Range) else Range(value, value)


def _before(run: Run, x: Any, y: Any) -> bool:
    a, b = _as_range(x), _as_range(y)
    sign = _sign(run, a.high, b.low)
    return sign < 0 or (sign == 0 and not (a.high_closed and b.low_closed))


def _meets(run: Run, a: Range, b: Range) -> bool:
    return a.high_closed and b.low_closed and _sign(run, a.high, b.low) == 0


def _starts_by(run: Run, a: Range, b: Range) -> int:
    """-1 when a starts before b, 0 together, 1 after."""
    return _sign(run, a.low, b.low) or (b.low_closed < a.low_closed and -1) or int(a.low_closed < b.low_closed)


def _ends_by(run: Run, a: Range, b: Range) -> int:
    """-1 when a ends before b, 0 together, 1 after."""
    return _sign(run, a.high, b.high) or (a.high_closed < b.high_closed and -1) or int(b.high_closed < a.high_closed)


def _overlaps(run: Run, a: Range, b: Range) -> bool:
    return not _before(run, a, b) and not _before(run, b, a)


def _overlaps_before(run: Run, a: Range, b: Range) -> bool:
    return _overlaps(run, a, b) and _starts_by(run, a, b) < 0 and _ends_by(run, a, b) <= 0


def _includes(run: Run, x: Range, y: Any) -> bool:
    if isinstance(y, Range):
        return _starts_by(run, x, y) <= 0 and _ends_by(run, x, y) >= 0
    return _overlaps(run, x, Range(y, y))


def _starts(run: Run, x: Any, b: Range) -> bool:
    if not isinstance(x, Range):
        return b.low_closed and _sign(run, x, b.low) == 0
    return _starts_by(run, x, b) == 0 and _ends_by(run, x, b) <= 0


def _finishes(run: Run, x: Any, b: Range) -> bool:
    if not isinstance(x, Range):
        return b.high_closed and _sign(run, x, b.high) == 0
    return _ends_by(run, x, b) == 0 and _starts_by(run, x, b) >= 0


def _same(run: Run, x: Any, y: Any) -> bool:
    if not isinstance(x, Range):
        return _sign(run, x, y) == 0
    return _starts_by(run, x, y) == 0 and _ends_by(run, x, y) == 0


def _swapped(holds: Callable[[Run, Any, Any], bool]) -> Callable[[Run, Any, Any], bool]:
    return lambda run, a, b: holds(run, b, a)


_PAIRS = (("point", "point"), ("point", "range"), ("range", "point"), ("range", "range"))
for _first, _second in _PAIRS:
    _relation("before", _first, _second, _before)
    _relation("after", _first, _second, _swapped(_before))
_relation("meets", "range", "range", _meets)
_relation("met by", "range", "range", _swapped(_meets))
_relation("overlaps", "range", "range", _overlaps)
_relation("overlaps before", "range", "range", _overlaps_before)
_relation("overlaps after", "range", "range", _swapped(_overlaps_before))
for _what in ("point", "range"):
    _relation("includes", "range", _what, _includes)
    _relation("during", _what, "range", _swapped(_includes))
    _relation("starts", _what, "range", _starts)
    _relation("started by", "range", _what, _swapped(_starts))
    _relation("finishes", _what, "range", _finishes)
    _relation("finished by", "range", _what, _swapped(_finishes))
    _relation("coincides", _what, _what, _same)


@builtin("range", "from: string")
def range_of(run: Run, text: str) -> Range | None:
    """`"[1..3]"`: the ends must be literals."""
    run.spend(len(text))
    try:
        node = Parser(text, TYPES).expression()
    except FeelSyntaxError:
        return run.null(f'range: "{text[:40]}" is no range such as [1..3]')
    if not isinstance(node, n.RangeOf):
        return run.null(f'range: "{text[:40]}" is no range such as [1..3]')
    low, high = (None if end is None else constant(end) for end in (node.low, node.high))
    if low is None or high is None or order(low, high, run) not in (-1, 0):
        return run.null("range: the ends must be two values of one kind, the lower first")
    return Range(low, high, node.low_closed, node.high_closed)
