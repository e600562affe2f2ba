"""The ledger of what may be billed. Only `post` writes it, and only on a named clerk's decision (S002-15)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from akta.errors import Conflict, Invalid
from akta.languages import N_
from heating import consumption, meters, readings
from heating.clerks import Clerk
from heating.consumption import PLACES, Point, span
from heating.tables.metering import LedgerEntry, Meter, Reading, SupplyPoint
from storage.unit_of_work import Transaction

ACCEPT, CORRECT, ROLLOVER = "accept", "correct", "rollover"
"""Decisions that post: as it is, with another value, and as it is because the meter started again at zero."""


class BelowLast(Conflict):
    """The value is below the last processed one and nobody said that the meter started again at zero."""

    title = N_("This value is below the last one. Correct it, reject it, or confirm that the meter started at zero.")


class NotAfterLast(Conflict):
    """The day is not after the last processed reading: the same days would be billed twice."""

    title = N_("This day is not after the last processed reading.")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the clerk decided."""

    decision: str
    corrected_value: Decimal | None = None
    reason: str = ""


def post(tx: Transaction, case_id: UUID, reading_id: UUID, verdict: Verdict, now: datetime) -> LedgerEntry:
    """Make a verified reading billable. The verifier is looked up in the case, never taken from the process.

    Raises:
        clerks.NoClerkDecided: no entitled clerk, or the submitter, decided.
        readings.AlreadyDecided: the reading was decided about before.
        BelowLast, NotAfterLast: the clerk has to look again.
        Invalid: the decision is none that posts, or its value none the meter can show.
    """
    reading = readings.undecided(tx, reading_id)
    clerk = readings.verifier(tx, case_id, reading)
    meter = tx.locked(Meter, reading.meter_id)
    value = _value(meter, reading, verdict)
    last = meters.last_point(meter, meters.history(tx, meter))
    rollover = _check_after(meter, last, value, reading, verdict)
    counted = _counted(tx, reading, value, clerk, verdict, now)
    entry = LedgerEntry(
        reading_id=counted.id,
        submitted_id=reading.id,
        meter_id=meter.id,
        contract_id=tx.get(SupplyPoint, meter.supply_point_id).contract_id,
        value=value,
        read_at=reading.read_at,
        previous_value=last.value,
        previous_at=last.on,
        consumption=value - last.value + (span(meter.digits) if rollover else 0),
        rollover=rollover,
        verifier_id=clerk.account,
        verifier_name=clerk.name,
        submitter_id=reading.submitter_id,
        submitter_name=reading.submitter_name,
        task_id=clerk.task,
        case_id=case_id,
        posted_at=now,
    )
    tx.add(entry)
    return entry


def _value(meter: Meter, reading: Reading, verdict: Verdict) -> Decimal:
    if verdict.decision in (ACCEPT, ROLLOVER):
        return reading.value
    if verdict.decision != CORRECT or verdict.corrected_value is None:
        raise Invalid(f"the decision {verdict.decision!r} posts nothing")
    if not verdict.reason.strip():
        raise Invalid("a correction needs a reason")
    value = verdict.corrected_value
    if not Decimal(0) <= value < span(meter.digits) or value != value.quantize(PLACES):
        raise Invalid(f"meter {meter.serial} cannot show {value}")
    return value.quantize(PLACES)


def _check_after(meter: Meter, last: Point, value: Decimal, reading: Reading, verdict: Verdict) -> bool:
    """Whether the meter passed zero: only when the clerk confirmed it and it can have."""
    if reading.read_at <= last.on:
        raise NotAfterLast(f"meter {meter.serial}: {reading.read_at} is not after {last.on}")
    if value >= last.value:
        return False
    if not (verdict.decision == ROLLOVER and consumption.rollover_candidate(last.value, value, meter.digits)):
        raise BelowLast(f"meter {meter.serial}: {value} is below {last.value}")
    return True


def _counted(
    tx: Transaction, reading: Reading, value: Decimal, clerk: Clerk, verdict: Verdict, now: datetime
) -> Reading:
    """The reading that counts: the one submitted, or a correcting version of it."""
    if verdict.decision in (ACCEPT, ROLLOVER):
        readings.decide(tx, reading, "verified", clerk, verdict.reason, now)
        return reading
    readings.decide(tx, reading, "corrected", clerk, verdict.reason, now)
    corrected = Reading(
        meter_id=reading.meter_id,
        value=value,
        read_at=reading.read_at,
        kind="correction",
        source=reading.source,
        submitted_at=reading.submitted_at,
        submitter_id=reading.submitter_id,
        submitter_name=reading.submitter_name,
        entered_by=clerk.account,
        case_id=reading.case_id,
        replaces_id=reading.id,
    )
    tx.add(corrected)
    readings.decide(tx, corrected, "verified", clerk, verdict.reason, now)
    return corrected
