"""A meter's consumption against the same month last year: a chart drawn on the server, and the same as rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from heating.queries.supply import ReadingLine

WIDTH, HEIGHT, BASE = 640, 200, 160
_TOP, _MOST = 24, 12


@dataclass(frozen=True)
class Bar:
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Month:
    """One reading's consumption beside that of the same month a year before, with their bars."""

    on: date
    label: str
    used: Decimal
    before: Decimal | None
    change: Decimal | None
    """In per cent, whole."""
    bar: Bar
    bar_before: Bar | None
    middle: int


@dataclass(frozen=True)
class Usage:
    width: int
    height: int
    base: int
    months: tuple[Month, ...]


def of(readings: Sequence[ReadingLine]) -> Usage | None:
    """The last twelve readings, oldest first; nothing before the second reading."""
    shown = sorted(readings, key=lambda each: each.on)[-_MOST:]
    if len(shown) < 2:
        return None
    by_month = {(each.on.year, each.on.month): each.consumption for each in readings}
    pairs = [(each, by_month.get((each.on.year - 1, each.on.month))) for each in shown]
    top = max([abs(each.consumption) for each in shown] + [abs(was) for _, was in pairs if was is not None])
    if top <= 0:
        return None
    pitch = WIDTH // len(shown)
    return Usage(WIDTH, HEIGHT, BASE, tuple(_month(n, pitch, top, *pair) for n, pair in enumerate(pairs)))


def _month(place: int, pitch: int, top: Decimal, line: ReadingLine, before: Decimal | None) -> Month:
    width = max(pitch // 3, 4)
    left = place * pitch + (pitch - 2 * width) // 2
    used = line.consumption
    return Month(
        on=line.on,
        label=f"{line.on.month}/{line.on.year % 100:02}",
        used=used,
        before=before,
        change=((used - before) * 100 / before).quantize(Decimal(1)) if before else None,
        bar=_bar(left + width, width, used, top),
        bar_before=None if before is None else _bar(left, width, before, top),
        middle=place * pitch + pitch // 2,
    )


def _bar(x: int, width: int, amount: Decimal, top: Decimal) -> Bar:
    tall = max(int(amount / top * (BASE - _TOP)), 1) if amount > 0 else 0
    return Bar(x, BASE - tall, width, tall)
