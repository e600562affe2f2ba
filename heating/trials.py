"""Trying a changed plausibility table on last year's readings: what would be flagged differently (domain.md D2)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from akta.languages import N_
from bpmn import dmn
from bpmn.bundle import Bundle, from_files
from bpmn.dmn import Decisions, DmnError
from heating import facts, meters
from heating.consumption import Used
from heating.facts import Circumstances
from heating.tables.metering import Meter
from storage.unit_of_work import Transaction

TABLE = "reading-plausibility.dmn"
DECISION = "reading-plausibility"
YEAR = timedelta(days=365)
NUMBER = "number"
NUMBER_WRITTEN = re.compile(r"-?\d{1,9}(\.\d{1,9})?")
MOST = 2_000
"""Readings tried; the latest ones."""
SHOWN = 200
PHOTO = Circumstances(photo="fresh")
"""What is taken for known of a past reading: nothing that its time would have to tell."""


@dataclass(frozen=True, slots=True)
class Differs:
    """A past reading that the changed table would flag otherwise. It names a meter and no person."""

    serial: str
    unit: str
    read_at: date
    value: Decimal
    consumption: Decimal
    expected: Decimal | None
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(slots=True)
class Tried:
    """What a trial came to: how many readings were tried, flagged before and after, and which differ."""

    readings: int = 0
    flagged_before: int = 0
    flagged_after: int = 0
    differing: int = 0
    shown: list[Differs] = field(default_factory=list)


def changed_bundle(bundle: Bundle, texts: Mapping[str, str]) -> Bundle:
    """The bundle with other texts in these cells of its plausibility table.

    Raises:
        DmnError: there is no such cell, or a number is wanted and the text is none.
    """
    for cell in dmn.cells(bundle.files[TABLE]):
        wants_number = cell.id in texts and cell.type == NUMBER and not cell.asks
        if wants_number and not NUMBER_WRITTEN.fullmatch(texts[cell.id]):
            words = N_("“%(about)s”, %(heading)s: enter a number like 2 or 2.5")
            raise DmnError(words, cell.id, about=cell.about, heading=cell.heading)
    table = dmn.changed(bundle.files[TABLE], texts)
    return from_files({**bundle.files, TABLE: table})


def compare(tx: Transaction, before: Bundle, after: Bundle, today: date, now: datetime) -> Tried:
    """Judge the readings of the last year by both tables, each with only what was known when it was read.

    Raises:
        DmnError: the changed table cannot be evaluated.
    """
    old, new = dmn.read(before.files[TABLE]), dmn.read(after.files[TABLE])
    problems = [problem for problem in new.problems() if problem.severity == "error"]
    if problems:
        raise DmnError(problems[0].text, problems[0].element, **dict(problems[0].params))
    tried = Tried()
    for meter, used, history in _past(tx, today):
        known = facts.judged(tx, meter, history, used.value, used.on, PHOTO)
        reading = known.told()
        was, would = _flags(old, reading, now), _flags(new, reading, now)
        tried.readings += 1
        tried.flagged_before += bool(was)
        tried.flagged_after += bool(would)
        if was != would:
            tried.differing += 1
            if len(tried.shown) < SHOWN:
                tried.shown.append(
                    Differs(
                        meter.serial,
                        meter.unit,
                        used.on,
                        used.value,
                        known.consumption,
                        known.expected,
                        was,
                        would,
                    )
                )
    return tried


def _past(tx: Transaction, today: date) -> Iterator[tuple[Meter, Used, list[Used]]]:
    """Last year's processed readings with what came before each, some meters at a time."""
    left = MOST
    ids = tx.session.scalars(select(Meter.id).order_by(Meter.serial)).all()
    for start in range(0, len(ids), 100):
        hanging = tx.session.scalars(select(Meter).where(Meter.id.in_(ids[start : start + 100]))).all()
        histories = meters.histories(tx, hanging)
        for meter in hanging:
            history = histories[meter.id]
            for place, used in enumerate(history):
                if used.on < today - YEAR or left <= 0:
                    continue
                left -= 1
                yield meter, used, history[:place]


def _flags(table: Decisions, reading: Mapping[str, Any], now: datetime) -> tuple[str, ...]:
    found = table.evaluate(DECISION, {"reading": reading}, now=now).outputs
    return tuple(sorted(f"{each['flag']}: {each['text']}" for each in found))
