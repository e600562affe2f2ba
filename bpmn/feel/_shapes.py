"""Closures for the commonest shape of a condition: a variable or the value at hand compared with a constant."""

import operator
from collections.abc import Callable
from decimal import Decimal, DecimalException
from typing import Any

from bpmn.feel._operators import Code
from bpmn.feel._run import Frame

_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ORDERED = (Decimal, str)


def comparable(sign: str, constant: Any) -> bool:
    """Whether Python compares values of the constant's own class as FEEL does."""
    return sign in _COMPARED and (
        constant.__class__ in _ORDERED or (constant.__class__ is bool and sign in ("=", "!="))
    )


def variable_with_constant(name: str, sign: str, constant: Any, otherwise: Code) -> Code:
    """A variable of the constant's class is compared at once; whatever else it is takes the general road."""
    compare, wanted = _COMPARED[sign], constant.__class__

    def run(frame: Frame) -> Any:
        value = frame.vars.get(name)
        if value.__class__ is wanted:
            try:
                return compare(value, constant)
            except DecimalException:
                pass
        return otherwise(frame)

    return run


def slot_with_constant(slot: int, sign: str, constant: Any, otherwise: Code) -> Code:
    """The same for an inner name, such as the value a table cell tests."""
    compare, wanted = _COMPARED[sign], constant.__class__

    def run(frame: Frame) -> Any:
        value = frame.slots[slot]
        if value.__class__ is wanted:
            try:
                return compare(value, constant)
            except DecimalException:
                pass
        return otherwise(frame)

    return run
