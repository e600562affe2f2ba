"""What is known about a reading when it is judged: the inputs of `reading-plausibility` and of the clerk's page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import or_, select

from bpmn.values import Value
from heating import consumption, meters, windows
from heating.consumption import Point, Slip, Used
from heating.tables.metering import Meter, Reading, ReadingDecision
from storage.documents import DocumentRow
from storage.unit_of_work import Transaction

SHOWN = 13
"""How many past readings a clerk sees: a year and the same month before."""
FRESH = timedelta(days=7)
"""How much older than the reading its photo may be (RP12)."""
UNCHECKED = frozenset({"self", "estimated"})
"""Kinds of readings that nobody from the utility saw (RP10)."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What else is known when a reading comes in. `photo`: none, old, fresh. `in_window` is None without windows."""

    duplicate: bool = False
    photo: str = "none"
    in_window: bool | None = None
    replaced: bool = False
    """Whether the meter hangs in place of another one."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A value read on a day beside what came before it. `consumption` may be negative: nothing is assumed here."""

    meter: Meter
    value: Decimal
    read_at: date
    last: Point
    days: int
    consumption: Decimal
    expected: Decimal | None
    rollover_candidate: bool
    slips: tuple[Slip, ...]
    idle: int
    last_times: Decimal | None
    unchecked: int
    circumstances: Circumstances
    history: tuple[Used, ...] = field(repr=False)
    """Newest first."""

    @property
    def per_day(self) -> Decimal | None:
        return (self.consumption / self.days).quantize(consumption.PLACES) if self.days > 0 else None

    @property
    def meter_state(self) -> str:
        """removed, new (its first reading, in place of another meter), or hanging (RP7)."""
        if self.meter.removed_on is not None:
            return "removed"
        return "new" if self.circumstances.replaced and not self.history else "hanging"

    def told(self) -> dict[str, Value]:
        """The facts as variables of a process, the inputs of `reading-plausibility`."""
        around = self.circumstances
        return {
            "meter_id": str(self.meter.id),
            "kind": self.meter.kind,
            "serial": self.meter.serial,
            "unit": self.meter.unit,
            "digits": Decimal(self.meter.digits),
            "value": self.value,
            "read_at": self.read_at,
            "last_value": self.last.value,
            "last_date": self.last.on,
            "last_kind": self.last.kind,
            "days": Decimal(self.days),
            "consumption": self.consumption,
            "expected": self.expected,
            "per_day": self.per_day,
            "rollover_candidate": self.rollover_candidate,
            "slips": [{"value": each.value, "consumption": each.consumption} for each in self.slips],
            "idle": Decimal(self.idle),
            "last_times": self.last_times,
            "unchecked": Decimal(self.unchecked),
            "meter_state": self.meter_state,
            "calibration_expired": meters.calibration_expired(self.meter, self.read_at),
            "duplicate": around.duplicate,
            "photo": around.photo,
            "in_window": around.in_window,
            "history": [_line(used) for used in self.history],
        }


def of(tx: Transaction, reading: Reading) -> Facts:
    """The facts about a reading as things stand now."""
    meter = tx.get(Meter, reading.meter_id)
    around = Circumstances(
        duplicate=_duplicate(tx, reading),
        photo=_photo(tx, reading),
        in_window=windows.holds(tx, reading.read_at),
        replaced=meter.replaces_id is not None,
    )
    return judged(tx, meter, meters.history(tx, meter), reading.value, reading.read_at, around)


def judged(
    tx: Transaction, meter: Meter, history: Sequence[Used], value: Decimal, read_at: date, around: Circumstances
) -> Facts:
    """The facts about a value read on a day, after this history."""
    last = meters.last_point(meter, history)
    normal = expected(tx, meter, history, last.on, read_at)
    used = value - last.value
    before = [(u, expected(tx, meter, history[:-1], u.on - timedelta(days=u.days), u.on)) for u in history[-1:]]
    return Facts(
        meter=meter,
        value=value,
        read_at=read_at,
        last=last,
        days=(read_at - last.on).days,
        consumption=used,
        expected=normal,
        rollover_candidate=consumption.rollover_candidate(last.value, value, meter.digits),
        slips=tuple(consumption.slips(value, last, normal, meter.digits)),
        idle=consumption.idle(history) + 1 if used == 0 else 0,
        last_times=next(((u.consumption / was).quantize(consumption.PLACES) for u, was in before if was), None),
        unchecked=consumption.in_a_row(history, UNCHECKED),
        circumstances=around,
        history=tuple(reversed(history[-SHOWN:])),
    )


def expected(tx: Transaction, meter: Meter, history: Sequence[Used], since: date, until: date) -> Decimal | None:
    """What this meter would use between two days: heat by degree days where they are known, else by last year."""
    if meter.kind == "heat":
        found = consumption.expected_heat(history, windows.degrees(tx), since, until)
        if found is not None:
            return found
    return consumption.expected(history, since, until)


def _line(used: Used) -> Value:
    return {"date": used.on, "value": used.value, "consumption": used.consumption, "kind": used.kind}


def _duplicate(tx: Transaction, reading: Reading) -> bool:
    """Whether another reading of this meter waits for a decision, or one of the same day counts already (RP6)."""
    return any(waiting_beside(tx, reading.meter_id, reading.read_at, reading.id))


def waiting_beside(tx: Transaction, meter_id: UUID, day: date, but: UUID | None = None) -> Sequence[UUID]:
    """Readings of a meter that wait for a decision, or were decided to count on this day."""
    others = (
        select(Reading.id)
        .outerjoin(ReadingDecision, ReadingDecision.reading_id == Reading.id)
        .where(
            Reading.meter_id == meter_id,
            or_(
                ReadingDecision.id.is_(None),
                (Reading.read_at == day) & ReadingDecision.outcome.in_(meters.PROCESSED),
            ),
        )
    )
    if but is not None:
        others = others.where(Reading.id != but)
    return tx.session.scalars(others.limit(2)).all()


def _photo(tx: Transaction, reading: Reading) -> str:
    """Whether the case has a photo, and one that is not much older than the reading (RP12)."""
    if reading.case_id is None:
        return "none"
    images = select(DocumentRow.data).where(
        DocumentRow.case_id == reading.case_id,
        DocumentRow.origin == "uploaded",
        DocumentRow.media_type.like("image/%"),
    )
    found = list(tx.session.scalars(images))
    if not found:
        return "none"
    taken = [datetime.fromisoformat(data["taken_at"]).date() for data in found if data.get("taken_at")]
    return "old" if taken and max(taken) < reading.read_at - FRESH else "fresh"
