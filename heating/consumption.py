"""What readings say: consumption, what was to be expected, and what a slip of the pen would explain. Pure."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

Degrees = Callable[[date, date], Decimal | None]
"""Heating degree days after one day up to and with another; None where they were not measured."""

PLACES = Decimal("0.001")
ESTIMATED = "estimated"
FEWEST, MOST = 3, 12
"""How many past readings a mean is taken over (domain.md §2.5)."""
NEAR_ROLLOVER = Decimal("0.9")
MOST_SLIPS, LONGEST = 3, 16
"""How many slips of the pen are told, and how long a number is looked through for them."""


@dataclass(frozen=True, slots=True)
class Point:
    """A processed reading as it was read: the day, what the meter showed, and how it came about."""

    on: date
    value: Decimal
    kind: str


@dataclass(frozen=True, slots=True)
class Used:
    """A processed reading with what was used since the one before, over `days` days."""

    on: date
    value: Decimal
    kind: str
    consumption: Decimal
    days: int


def series(opening: Point, points: Iterable[Point], digits: int) -> list[Used]:
    """Processed readings in order of their days. A lower value than before was accepted as the meter starting anew,
    or it settles an estimate that was too high."""
    used: list[Used] = []
    last = opening
    for point in sorted(points, key=lambda each: each.on):
        spent = point.value - last.value
        if spent < 0 and not settles(last, point.value, digits):
            spent += span(digits)
        used.append(Used(point.on, point.value, point.kind, spent, (point.on - last.on).days))
        last = point
    return used


def span(digits: int) -> Decimal:
    """The number at which a meter of so many digits starts again at zero."""
    return Decimal(10) ** digits


def in_a_row(history: Sequence[Used], kinds: Collection[str]) -> int:
    """How many of the latest readings, without a break, are of these kinds (RP10)."""
    return next((n for n, used in enumerate(reversed(history)) if used.kind not in kinds), len(history))


def idle(history: Sequence[Used]) -> int:
    """How many of the latest readings, without a break, show no consumption (RP4)."""
    return next((n for n, used in enumerate(reversed(history)) if used.consumption != 0), len(history))


def expected_heat(history: Sequence[Used], degrees: Degrees, since: date, until: date) -> Decimal | None:
    """What heat would be used between two days: so much a day, and so much for each heating degree day, as the last
    3 to 12 readings show (domain.md §2.5). None where too little is known or the readings do not tell the two apart."""
    known = [u for u in history if u.days > 0][-MOST:]
    days, total = (until - since).days, degrees(since, until)
    if days <= 0 or total is None or len(known) < FEWEST:
        return None
    points = [(heat / u.days, u.consumption / u.days) for u in known if (heat := _degrees_of(u, degrees)) is not None]
    if len(points) < FEWEST:
        return None
    mean_x, mean_y = (sum(each, Decimal(0)) / len(points) for each in zip(*points, strict=True))
    spread = sum(((x - mean_x) ** 2 for x, _ in points), Decimal(0))
    if not spread:
        return None
    slope = sum(((x - mean_x) * (y - mean_y) for x, y in points), Decimal(0)) / spread
    base = mean_y - slope * mean_x
    return max(base * days + slope * total, Decimal(0)).quantize(PLACES)


def _degrees_of(used: Used, degrees: Degrees) -> Decimal | None:
    return degrees(used.on - timedelta(days=used.days), used.on)


def expected(history: Sequence[Used], since: date, until: date) -> Decimal | None:
    """What would be used between two days: as in the same month last year, else the mean of the last 3 to 12
    readings, per day (domain.md §2.5). None where too little is known."""
    days = (until - since).days
    if days <= 0:
        return None
    last_year = [u for u in history if (u.on.year, u.on.month) == (until.year - 1, until.month) and u.days > 0]
    known = last_year[-1:] or [u for u in history if u.days > 0][-MOST:]
    if not last_year and len(known) < FEWEST:
        return None
    per_day = sum((u.consumption for u in known), Decimal(0)) / sum(u.days for u in known)
    return (per_day * days).quantize(PLACES)


def rollover_candidate(last: Decimal, value: Decimal, digits: int) -> bool:
    """Whether the meter may have started again at zero: the last value was high, the new one is small (RP1)."""
    top = span(digits)
    return value < last and last >= NEAR_ROLLOVER * top and value <= (1 - NEAR_ROLLOVER) * top


def settles(last: Point, value: Decimal, digits: int) -> bool:
    """Whether a value below the last one gives back what an estimate took too much."""
    return last.kind == ESTIMATED and value < last.value and not rollover_candidate(last.value, value, digits)


@dataclass(frozen=True, slots=True)
class Slip:
    """A value that may have been meant: two digits exchanged, or the decimal mark shifted."""

    value: Decimal
    consumption: Decimal


def slips(value: Decimal, last: Point, normal: Decimal | None, digits: int) -> list[Slip]:
    """What may have been meant instead, closest to the expected consumption first (RP5); nothing that is below the
    last value, and nothing where no consumption is expected."""
    if not normal:
        return []
    found = {other: other - last.value for other in _slips(value) if last.value <= other < span(digits)}
    nearest = sorted(found.items(), key=lambda each: (abs(each[1] - normal), each[0]))
    return [Slip(other, used) for other, used in nearest if other != value][:MOST_SLIPS]


def _slips(value: Decimal) -> Iterable[Decimal]:
    text = format(value.normalize(), "f")
    if len(text) > LONGEST:
        return
    places = [place for place, sign in enumerate(text) if sign.isdigit()]
    for one, two in combinations(places, 2):
        signs = list(text)
        signs[one], signs[two] = signs[two], signs[one]
        yield Decimal("".join(signs))
    for power in (-3, -2, -1, 1, 2, 3):
        yield value.scaleb(power)


def month_end(day: date) -> date:
    """The last day of the month a day lies in."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
