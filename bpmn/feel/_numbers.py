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


def number(text: str) -> Decimal:
    """The number a literal means, rounded to 34 digits.

    Raises:
        decimal.DecimalException: no number, or too large.
    """
    return CONTEXT.create_decimal(text)


def whole(value: Any) -> int | None:
    """The number as an int if it is whole and of usable size."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < Decimal(10) ** 18 else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def text_of(value: Decimal) -> str:
    """Plain notation, never with an exponent."""
    return format(value, "f") if value else "0"
