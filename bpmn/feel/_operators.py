"""Operators as closures: the plain case first and fast, everything else by `_arithmetic` and `_values`."""

import operator
from collections.abc import Callable
from decimal import Decimal, DecimalException
from typing import Any

from bpmn.feel import _arithmetic
from bpmn.feel._numbers import CONTEXT, power
from bpmn.feel._run import Frame
from bpmn.feel._values import equal, matches, order

Code = Callable[[Frame], Any]


def _arithmetic_code(fast: Callable[[Any, Any], Any], slow: Callable[..., Any]) -> Callable[[Code, Code], Code]:
    def make(left: Code, right: Code) -> Code:
        def run(frame: Frame) -> Any:
            a = left(frame)
            b = right(frame)
            if a.__class__ is Decimal and b.__class__ is Decimal:
                try:
                    return fast(a, b)
                except DecimalException:
                    pass
            return _arithmetic.guarded(slow, frame.run, a, b)

        return run

    return make


def _ordered(accept: Callable[[int], bool], fast: Callable[[Any, Any], bool]) -> Callable[[Code, Code], Code]:
    def make(left: Code, right: Code) -> Code:
        def run(frame: Frame) -> bool | None:
            a = left(frame)
            b = right(frame)
            if a.__class__ is Decimal and b.__class__ is Decimal:
                try:
                    return fast(a, b)
                except DecimalException:
                    return frame.run.null("this is not a number that has an order")
            sign = order(a, b, frame.run)
            return None if sign is None else accept(sign)

        return run

    return make


def _equal(left: Code, right: Code) -> Code:
    def run(frame: Frame) -> bool | None:
        a = left(frame)
        b = right(frame)
        kind = a.__class__
        if kind is b.__class__ and (kind is str or kind is Decimal or kind is bool):
            try:
                return bool(a == b)
            except DecimalException:
                return None
        return equal(a, b, frame.run)

    return run


def _unequal(left: Code, right: Code) -> Code:
    same = _equal(left, right)

    def run(frame: Frame) -> bool | None:
        result = same(frame)
        return None if result is None else not result

    return run


def _and(left: Code, right: Code) -> Code:
    def run(frame: Frame) -> bool | None:
        a = left(frame)
        if a is False:
            return False
        b = right(frame)
        if b is False:
            return False
        return True if a is True and b is True else frame.run.null("and: not both sides are true or false")

    return run


def _or(left: Code, right: Code) -> Code:
    def run(frame: Frame) -> bool | None:
        a = left(frame)
        if a is True:
            return True
        b = right(frame)
        if b is True:
            return True
        return False if a is False and b is False else frame.run.null("or: not both sides are true or false")

    return run


BINARY: dict[str, Callable[[Code, Code], Code]] = {
    "+": _arithmetic_code(CONTEXT.add, _arithmetic.add),
    "-": _arithmetic_code(CONTEXT.subtract, _arithmetic.subtract),
    "*": _arithmetic_code(CONTEXT.multiply, _arithmetic.multiply),
    "/": _arithmetic_code(CONTEXT.divide, _arithmetic.divide),
    "**": _arithmetic_code(power, _arithmetic.power),
    "<": _ordered(lambda sign: sign < 0, operator.lt),
    "<=": _ordered(lambda sign: sign <= 0, operator.le),
    ">": _ordered(lambda sign: sign > 0, operator.gt),
    ">=": _ordered(lambda sign: sign >= 0, operator.ge),
    "=": _equal,
    "!=": _unequal,
    "and": _and,
    "or": _or,
}


def negate(operand: Code) -> Code:
    """A minus sign before a value."""

    def run(frame: Frame) -> Any:
        return _arithmetic.guarded(_arithmetic.negate, frame.run, operand(frame))

    return run


def between(value: Code, low: Code, high: Code) -> Code:
    """Both ends included."""

    def run(frame: Frame) -> bool | None:
        tested = value(frame)
        above, below = order(tested, low(frame), frame.run), order(tested, high(frame), frame.run)
        if (above is not None and above < 0) or (below is not None and below > 0):
            return False
        return None if above is None or below is None else True

    return run


def any_test(tests: tuple[Code, ...]) -> Code:
    """True if one test holds; null only if none holds and one could not tell."""
    if len(tests) == 1:
        return tests[0]

    def run(frame: Frame) -> bool | None:
        unknown = False
        for test in tests:
            result = test(frame)
            if result is True:
                return True
            unknown = unknown or result is None
        return None if unknown else False

    return run


def equality_test(slot: int, expected: Code) -> Code:
    """The value in the slot equals the test's value, lies in it, or is one of its items."""

    def run(frame: Frame) -> bool | None:
        value = frame.slots[slot]
        test = expected(frame)
        kind = value.__class__
        if kind is test.__class__ and (kind is str or kind is Decimal or kind is bool):
            try:
                return bool(value == test)
            except DecimalException:
                return None
        return matches(value, test, frame.run)

    return run


def range_test(slot: int, limits: Code) -> Code:
    """The value in the slot lies in a range; null where the range is none."""

    def run(frame: Frame) -> bool | None:
        test = limits(frame)
        return None if test is None else matches(frame.slots[slot], test, frame.run)

    return run


def boolean_test(slot: int, condition: Code, uses_value: bool) -> Code:
    """An expression that says true or false by itself; without `?` a boolean value may also just equal it."""

    def run(frame: Frame) -> bool | None:
        value = frame.slots[slot]
        result = condition(frame)
        if result.__class__ is bool:
            return result is True if uses_value or value.__class__ is not bool else value is result
        return None if uses_value else matches(value, result, frame.run)

    return run
