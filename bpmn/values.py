"""The values variables hold, and their form as JSON that no user-chosen key can imitate."""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
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
    # The commonest kinds first, and without a `match`: all of a case's variables come through here.
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is Decimal:
        return ["n", str(value)]
    if kind is dict:
        return {str(key): item if type(item) is str else to_json(item) for key, item in value.items()}
    if kind is list:
        return ["l", [to_json(item) for item in value]]
    return _rarer(value)


def _rarer(value: Any) -> Any:
    """What is no plain text, number, truth value, list or object."""
    match value:
        case str():
            return value
        case Decimal() | int():
            return ["n", str(value)]
        case datetime():
            return ["t", value.isoformat()]
        case date() | time():
            return ["h" if isinstance(value, time) else "d", value.isoformat()]
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
        case Kept():
            return value.stored()
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
        return {key: item if type(item) is str else from_json(item) for key, item in stored.items()}
    if not isinstance(stored, list):
        if stored is None or isinstance(stored, (bool, str)):
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


class Kept(MutableMapping[str, Value]):
    """Variables in the form of `to_json`; each becomes a value when it is asked for.

    What a step of a case does not touch costs it nothing, however much it is.
    """

    __slots__ = ("_changed", "_read", "_stored")

    def __init__(self, stored: dict[str, Any] | None = None) -> None:
        self._stored = stored or {}
        self._read: dict[str, Value] = {}
        self._changed: set[str] = set()

    @classmethod
    def of(cls, values: Mapping[str, Value]) -> "Kept":
        """A copy nobody else can change, with numbers as decimals.

        Raises:
            TypeError: a value that no variable can hold.
        """
        return cls({str(name): to_json(value) for name, value in values.items()})

    def stored(self) -> dict[str, Any]:
        """As plain JSON."""
        for name in self._changed:
            self._stored[name] = to_json(self._read[name])
        self._changed.clear()
        return self._stored

    def copy(self) -> "Kept":
        return Kept(dict(self.stored()))

    def __getitem__(self, name: str) -> Value:
        if name not in self._read:
            self._read[name] = from_json(self._stored[name])
        return self._read[name]

    def __setitem__(self, name: str, value: Value) -> None:
        self._stored.setdefault(name, None)
        self._read[name] = value
        self._changed.add(name)

    def __delitem__(self, name: str) -> None:
        del self._stored[name]
        self._read.pop(name, None)
        self._changed.discard(name)

    def __contains__(self, name: object) -> bool:
        return name in self._stored

    def __iter__(self) -> Iterator[str]:
        return iter(self._stored)

    def __len__(self) -> int:
        return len(self._stored)


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
