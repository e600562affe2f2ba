"""Numbers: 34 decimal digits, half-even, as IEEE 754 decimal128 has them."""

from decimal import ROUND_HALF_EVEN, Context, Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

CONTEXT = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
"""Only its methods are called; never made the current context of a thread."""

_LONGEST = 6_200
_FAR = 10**10


def number(text: str) -> Decimal:
    """The number a literal means, rounded to 34 digits.

    Raises:
        decimal.DecimalException: no number, or too large.
    """
    return CONTEXT.create_decimal(text)


def power(base: Decimal, exponent: Decimal) -> Decimal:
    """A power as IEEE 754 has it: anything to the power of 0 is 1.

    Raises:
        decimal.DecimalException: there is none, or it is too large.
    """
    made = CONTEXT.power(base, exponent) if exponent else Decimal(1)
    if made.is_infinite():
        raise Overflow
    return made


def whole(value: Any) -> int | None:
    """The number as an int if it is whole and of usable size."""
    if isinstance(value, Decimal):
        if not value.is_finite() or value.adjusted() > 18:
            return None
        return int(value) if value == value.to_integral_value() else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def text_of(value: Decimal) -> str:
    """Plain notation, without an exponent."""
    if not value.is_finite() or abs(value.adjusted()) > _LONGEST:
        return str(value)
    return format(value, "f") if value else "0"


def cut(value: Decimal) -> int:
    """The number without its fraction; huge ones cut to what any position or scale can be."""
    if not value.is_finite() or value.adjusted() > 9:
        return -_FAR if value < 0 else _FAR
    return int(value)
