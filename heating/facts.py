"""What is known about a reading when it is judged: the inputs of `reading_plausibility` and of the clerk's page."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import or_, select

from heating import consumption, meters, profile
from heating.consumption import Bounds, Point, Used
from heating.tables.metering import Meter, Reading, ReadingDecision
from storage.documents import DocumentRow
from storage.unit_of_work import Transaction

SHOWN = 13
"""How many past readings a clerk sees: a year and the same month before."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A reading beside what came before it. `consumption` may be negative: nothing is assumed here."""

    reading: Reading
    meter: Meter
    last: Point
    days: int
    consumption: Decimal
    expected: Decimal | None
    rollover_candidate: bool
    slip_explains: bool
    calibration_expired: bool
    duplicate: bool
    has_photo: bool
    history: tuple[Used, ...]
    """Newest first."""

    @property
    def per_day(self) -> Decimal | None:
        return (self.consumption / self.days).quantize(consumption.PLACES) if self.days > 0 else None


def of(tx: Transaction, reading: Reading) -> Facts:
    """The facts about a reading as things stand now."""
    meter = tx.get(Meter, reading.meter_id)
    history = meters.history(tx, meter)
    last = meters.last_point(meter, history)
    normal = consumption.expected(history, last.on, reading.read_at)
    settings = profile.of(tx)
    return Facts(
        reading=reading,
        meter=meter,
        last=last,
        days=(reading.read_at - last.on).days,
        consumption=reading.value - last.value,
        expected=normal,
        rollover_candidate=consumption.rollover_candidate(last.value, reading.value, meter.digits),
        slip_explains=consumption.slip_explains(reading.value, last.value, normal, Bounds(settings.low, settings.high)),
        calibration_expired=meters.calibration_expired(meter, reading.read_at),
        duplicate=_duplicate(tx, reading),
        has_photo=_photo(tx, reading.case_id),
        history=tuple(reversed(history[-SHOWN:])),
    )


def _duplicate(tx: Transaction, reading: Reading) -> bool:
    """Whether another reading of this meter waits for a decision, or one of the same day counts already (RP6)."""
    others = (
        select(Reading.id)
        .outerjoin(ReadingDecision, ReadingDecision.reading_id == Reading.id)
        .where(
            Reading.meter_id == reading.meter_id,
            Reading.id != reading.id,
            or_(
                ReadingDecision.id.is_(None),
                (Reading.read_at == reading.read_at) & ReadingDecision.outcome.in_(meters.PROCESSED),
            ),
        )
    )
    return tx.session.scalars(others).first() is not None


def _photo(tx: Transaction, case_id: UUID | None) -> bool:
    images = select(DocumentRow.id).where(
        DocumentRow.case_id == case_id, DocumentRow.origin == "uploaded", DocumentRow.media_type.like("image/%")
    )
    return case_id is not None and tx.session.scalars(images).first() is not None
