"""The value of a node that needs no evaluation: a literal, or a date, time or duration written with its function."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from bpmn.feel import _nodes as n
from bpmn.feel import _temporal

_BY_FUNCTION: dict[str, Callable[[str], Any]] = {
    "date": _temporal.date_of,
    "time": _temporal.time_of,
    "date and time": _temporal.datetime_of,
    "duration": _temporal.duration_of,
}


def constant(node: n.Node) -> Any:
    """The value, or None (also for `null`) when there is none to tell."""
    match node:
        case n.Literal(_, value):
            return value
        case n.AtLiteral(_, text):
            return _temporal.at_literal(text)
        case n.Negate(_, n.Literal(_, Decimal() as value)):
            return value.copy_negate()
        case n.Call(_, n.Name(_, name), (n.Literal(_, str() as text),), ()) if name in _BY_FUNCTION:
            return _BY_FUNCTION[name](text)
    return None
