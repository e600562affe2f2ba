"""A reading against what came before: figures and a small chart, from what the task itself was given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from akta.languages import N_
from api.visits import Visit
from bpmn.values import Value

WIDTH, HEIGHT, BASE = 640, 220, 180
_TOP, _MOST = 28, 12


@dataclass(frozen=True)
class Bar:
    """One consumption; `new` is the one to be judged."""

    x: int
    y: int
    width: int
    height: int
    middle: int
    value: Decimal
    label: str
    new: bool


@dataclass(frozen=True)
class Band:
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Chart:
    width: int
    height: int
    base: int
    bars: tuple[Bar, ...]
    band: Band | None
    words: str


@dataclass(frozen=True)
class Judged:
    """A reading to be judged."""

    value: Decimal
    unit: str
    last_value: Decimal
    last_date: date
    days: int
    consumption: Decimal
    year_ago: Decimal | None
    chart: Chart | None


def of(visit: Visit, context: Mapping[str, Value]) -> Judged | None:
    """The reading among a task's variables, or None where the task is about something else."""
    reading = context.get("reading")
    match reading:
        case {
            "value": Decimal() as value,
            "unit": str() as unit,
            "last_value": Decimal() as last,
            "last_date": date() as on,
            "days": Decimal() as days,
            "consumption": Decimal() as used,
            **rest,
        }:
            history = rest.get("history")
            past = _past(history if isinstance(history, list) else [])
            expected = rest.get("expected")
            read_at = rest.get("read_at")
            return Judged(
                value=value,
                unit=unit,
                last_value=last,
                last_date=on,
                days=int(days),
                consumption=used,
                year_ago=_year_ago(past, read_at if isinstance(read_at, date) else on),
                chart=_chart(visit, past, used, _band(context, expected if isinstance(expected, Decimal) else None)),
            )
    return None


def _past(history: list[Value]) -> list[tuple[date, Decimal]]:
    """Earlier consumptions, oldest first."""
    found = []
    for item in history:
        match item:
            case {"date": date() as on, "consumption": Decimal() as used}:
                found.append((on, used))
    return sorted(found)


def _year_ago(past: Sequence[tuple[date, Decimal]], on: date) -> Decimal | None:
    return next((used for day, used in past if (day.year, day.month) == (on.year - 1, on.month)), None)


@dataclass(frozen=True)
class _Usual:
    """The expected consumption, and between what it is usual: as the table of this case's version says."""

    expected: Decimal
    low: Decimal
    high: Decimal


def _band(context: Mapping[str, Value], expected: Decimal | None) -> _Usual | None:
    match context.get("usual"):
        case {"low": Decimal() as low, "high": Decimal() as high, **_rest} if expected:
            return _Usual(expected, expected * low, expected * high)
    return None


def _chart(visit: Visit, past: Sequence[tuple[date, Decimal]], used: Decimal, usual: _Usual | None) -> Chart | None:
    shown = [(day.strftime("%m/%y"), amount, False) for day, amount in past[-_MOST:]]
    shown.append((visit.language.gettext(N_("now")), used, True))
    top = max([amount for _, amount, _ in shown] + ([usual.high] if usual else []))
    if len(shown) < 2 or top <= 0:
        return None
    pitch = WIDTH // len(shown)
    bars = tuple(_bar(place, pitch, one, top) for place, one in enumerate(shown))
    band = None
    words = visit.language.gettext(N_("Consumption between readings."))
    if usual:
        upper, lower = BASE - _tall(usual.high, top), BASE - _tall(usual.low, top)
        band = Band(0, upper, WIDTH, lower - upper)
        words = visit.language.gettext(
            N_("Consumption between readings; the band is what would be usual, about %(expected)s.")
        ) % {"expected": visit.language.number(usual.expected)}
    return Chart(WIDTH, HEIGHT, BASE, bars, band, words)


def _bar(place: int, pitch: int, one: tuple[str, Decimal, bool], top: Decimal) -> Bar:
    label, amount, new = one
    width = max(pitch * 5 // 9, 6)
    x, tall = place * pitch + (pitch - width) // 2, _tall(amount, top)
    return Bar(x, BASE - tall, width, tall, x + width // 2, amount, label, new)


def _tall(amount: Decimal, top: Decimal) -> int:
    return max(int(amount / top * (BASE - _TOP)), 1) if amount > 0 else 0
