"""The values variables hold, and their form as JSON that no user-chosen key can imitate."""

from collections.abc import Callable, Mapping
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


@dataclass(frozen=True, slots=True, order=True)
class FarDate:
    """A day outside the years 1 to 9999, which Python's own dates do not hold. The year 0 is the one before 1."""

    year: int
    month: int
    day: int

    def __str__(self) -> str:
        return f"{'-' if self.year < 0 else ''}{abs(self.year):04}-{self.month:02}-{self.day:02}"

    isoformat = __str__


@dataclass(frozen=True, slots=True)
class FarDateTime:
    """A date and time on such a day."""

    day: FarDate
    clock: time

    def __str__(self) -> str:
        return f"{self.day}T{self.clock.isoformat()}"

    isoformat = __str__


Scalar = None | bool | Decimal | str | date | time | datetime | timedelta | YearsMonths | FarDate | FarDateTime
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
        case FarDate():
            return ["D", value.year, value.month, value.day]
        case FarDateTime():
            return ["T", *to_json(value.day)[1:], value.clock.isoformat()]
        case list() | tuple():
            return ["l", [to_json(item) for item in value]]
        case Mapping():
            return {str(key): to_json(item) for key, item in value.items()}
    raise TypeError(f"a variable cannot hold a {type(value).__name__}")


_FROM_TEXT: Mapping[str, Callable[[str], Scalar]] = {
    "n": Decimal,
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "h": time.fromisoformat,
}


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
        case [str(kind), str(text)] if kind in _FROM_TEXT:
            return _FROM_TEXT[kind](text)
        case ["s", int(days), int(seconds), int(microseconds)]:
            return timedelta(days, seconds, microseconds)
        case ["m", int(months)]:
            return YearsMonths(months)
        case ["D", int(year), int(month), int(day)]:
            return FarDate(year, month, day)
        case ["T", int(year), int(month), int(day), str(clock)]:
            return FarDateTime(FarDate(year, month, day), time.fromisoformat(clock))
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
        case date() | time() | FarDate() | FarDateTime():
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
