"""Built-in functions on numbers."""

from collections.abc import Callable
from datetime import timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import Any

from bpmn.feel._builtin import builtin
from bpmn.feel._numbers import CONTEXT, cut, whole
from bpmn.feel._run import Run
from bpmn.values import YearsMonths


def _rounded(run: Run, value: Decimal, scale: Decimal, mode: str) -> Decimal | None:
    digits = cut(scale)
    if not -6111 <= digits <= 6176:
        return run.null("so many digits are not possible")
    if value.adjusted() + digits > 33:
        return value
    return value.quantize(Decimal(1).scaleb(-digits, CONTEXT), rounding=mode, context=CONTEXT)


def _rounding(name: str, mode: str, scale: str = "scale: number") -> None:
    @builtin(name, "n: number", scale)
    def rounded(run: Run, value: Decimal, scale: Decimal | None = Decimal(0)) -> Decimal | None:
        return run.null(f"{name}: scale is null") if scale is None else _rounded(run, value, scale, mode)


_rounding("decimal", ROUND_HALF_EVEN)
_rounding("floor", ROUND_FLOOR, "scale: number?")
_rounding("ceiling", ROUND_CEILING, "scale: number?")
_rounding("round up", ROUND_UP)
_rounding("round down", ROUND_DOWN)
_rounding("round half up", ROUND_HALF_UP)
_rounding("round half down", ROUND_HALF_DOWN)


@builtin("abs", "n: any")
def absolute(run: Run, value: Any) -> Any:
    match value:
        case Decimal():
            return CONTEXT.abs(value)
        case timedelta():
            return abs(value)
        case YearsMonths():
            return YearsMonths(abs(value.months))
    return run.null("abs: n must be a number or a duration")


@builtin("modulo", "dividend: number", "divisor: number")
def modulo(run: Run, dividend: Decimal, divisor: Decimal) -> Decimal | None:
    if not divisor:
        return run.null("modulo: division by zero")
    rest = CONTEXT.remainder(dividend, divisor)
    return CONTEXT.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


def _real(name: str, function: Callable[[Decimal], Decimal], least: str | None = None) -> None:
    @builtin(name, "number: number")
    def calculated(run: Run, value: Decimal) -> Decimal | None:
        if (least == "zero" and value < 0) or (least == "above zero" and value <= 0):
            return run.null(f"{name}: the number is too small")
        return function(value)


_real("sqrt", CONTEXT.sqrt, "zero")
_real("log", CONTEXT.ln, "above zero")
_real("exp", CONTEXT.exp)


def _parity(name: str, rest: int) -> None:
    @builtin(name, "number: number")
    def parity(run: Run, value: Decimal) -> bool | None:
        number = whole(value)
        return False if number is None else number % 2 == rest


_parity("even", 0)
_parity("odd", 1)
