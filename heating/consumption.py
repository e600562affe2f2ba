"""What readings say: consumption, what was to be expected, and what a slip of the pen would explain. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

PLACES = Decimal("0.001")
FEWEST, MOST = 3, 12
"""How many past readings a mean is taken over (domain.md §2.5)."""
NEAR_ROLLOVER = Decimal("0.9")


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


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between how many times the expected consumption a reading is plausible."""

    low: Decimal
    high: Decimal


def series(opening: Point, points: Iterable[Point], digits: int) -> list[Used]:
    """Processed readings in order of their days. A lower value than before was accepted as the meter starting anew."""
    used: list[Used] = []
    last = opening
    for point in sorted(points, key=lambda each: each.on):
        spent = point.value - last.value
        if spent < 0:
            spent += span(digits)
        used.append(Used(point.on, point.value, point.kind, spent, (point.on - last.on).days))
        last = point
    return used


def span(digits: int) -> Decimal:
    """The number at which a meter of so many digits starts again at zero."""
    return Decimal(10) ** digits


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


def plausible(used: Decimal, normal: Decimal | None, bounds: Bounds) -> bool:
    """Whether a consumption lies within the bounds around the expected one; unknown expectation: if not negative."""
    if used < 0:
        return False
    return normal is None or bounds.low * normal <= used <= bounds.high * normal


def slip_explains(value: Decimal, last: Decimal, normal: Decimal | None, bounds: Bounds) -> bool:
    """Whether two exchanged digits or a shifted decimal mark would make an implausible value plausible (RP5)."""
    if not normal or plausible(value - last, normal, bounds):
        return False
    return any(plausible(other - last, normal, bounds) for other in _slips(value))


def _slips(value: Decimal) -> Iterable[Decimal]:
    text = format(value.normalize(), "f")
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
