"""The values variables hold, and their form as JSON that no user-chosen key can imitate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class YearsMonths:
    """A duration of years and months, counted in months."""

    months: int

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        sign = "-" if self.months < 0 else ""
        return f"{sign}P{f'{years}Y' if years else ''}{f'{months}M' if months or not years else ''}"


Scalar = None | bool | Decimal | str | date | time | datetime | timedelta | YearsMonths
Value = Scalar | list["Value"] | dict[str, "Value"]
"""What a variable can hold. Numbers are always `Decimal`, instants always aware."""


def to_json(value: Any) -> Any:
    """Plain JSON that `from_json` turns back. Every JSON list starts with its kind, every object is the user's own.

    Raises:
        TypeError: the value is none that a variable can hold.
    """
    match value:
        case None | bool() | str():
            return value
        case Decimal() | int():
            return ["n", str(value)]
        case datetime():
            return ["t", value.isoformat()]
        case date():
            return ["d", value.isoformat()]
        case time():
            return ["h", value.isoformat()]
        case timedelta():
            return ["s", value.days, value.seconds, value.microseconds]
        case YearsMonths():
            return ["m", value.months]
        case list() | tuple():
            return ["l", [to_json(item) for item in value]]
        case Mapping():
            return {str(key): to_json(item) for key, item in value.items()}
    raise TypeError(f"a variable cannot hold a {type(value).__name__}")


def from_json(stored: Any) -> Value:
    """The value `to_json` wrote.

    Raises:
        ValueError: this was not written by `to_json`.
    """
    if isinstance(stored, dict):
        return {key: from_json(item) for key, item in stored.items()}
    if not isinstance(stored, list):
        if stored is None or isinstance(stored, bool | str):
            return stored
        raise ValueError(f"a bare {type(stored).__name__} is not a stored value")
    match stored:
        case ["n", str(text)]:
            return Decimal(text)
        case ["t", str(text)]:
            return datetime.fromisoformat(text)
        case ["d", str(text)]:
            return date.fromisoformat(text)
        case ["h", str(text)]:
            return time.fromisoformat(text)
        case ["s", int(days), int(seconds), int(microseconds)]:
            return timedelta(days, seconds, microseconds)
        case ["m", int(months)]:
            return YearsMonths(months)
        case ["l", list(items)]:
            return [from_json(item) for item in items]
    raise ValueError("an unknown kind of stored value")


def plain(value: Any) -> Any:
    """Readable JSON for people and other systems: decimals, dates and durations as text. There is no way back."""
    match value:
        case None | bool() | str():
            return value
        case Decimal():
            # A number like 1E+999999999 would take a gigabyte of zeros.
            return format(value, "f") if abs(value.adjusted()) <= 100 else str(value)
        case int() | YearsMonths():
            return str(value)
        case date() | time():
            return value.isoformat()
        case timedelta():
            return _duration(value)
        case list() | tuple():
            return [plain(item) for item in value]
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
    raise TypeError(f"a variable cannot hold a {type(value).__name__}")


def _duration(value: timedelta) -> str:
    sign, value = ("-", -value) if value < timedelta(0) else ("", value)
    hours, rest = divmod(value.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    clock = "".join(f"{count}{unit}" for count, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if count)
    days = f"{value.days}D" if value.days or not clock else ""
    return f"{sign}P{days}{'T' + clock if clock else ''}"
