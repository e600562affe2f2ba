"""The ledger of what may be billed. Only this module writes it, and only on a named clerk's decision (S002-15)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from akta.errors import Conflict, Invalid, NotFound
from akta.languages import N_
from heating import clerks, consumption, facts, meters, readings
from heating.clerks import Clerk
from heating.consumption import ESTIMATED, PLACES, Point, Used, span
from heating.tables.billing import BilledReading, BillingQueue, ReversalQueue
from heating.tables.metering import LedgerEntry, LedgerReversal, Meter, Reading
from storage.unit_of_work import Transaction

ACCEPT, CORRECT, ROLLOVER, ESTIMATE = "accept", "correct", "rollover", "estimate"
"""Decisions that post: as it is, with another value, as it is because the meter started again at zero, and with an
estimate in its place."""

MEASURED = "measured"


class BelowLast(Conflict):
    """The value is below the last processed one and nobody said that the meter started again at zero."""

    title = N_("This value is below the last one. Correct it, reject it, or confirm that the meter started at zero.")


class NotAfterLast(Conflict):
    """The day is not after the last processed reading: the same days would be billed twice."""

    title = N_("This day is not after the last processed reading.")


class NotMeasured(Conflict):
    """The calibration of the meter had expired (RP8): what it showed may not be billed as measured."""

    title = N_("The calibration of this meter had expired. Estimate the consumption instead.")


class NothingExpected(Conflict):
    """There is too little history to estimate from."""

    title = N_("Too little is known about this meter to estimate. Enter the estimated value.")


class LaterCount(Conflict):
    """Later readings of the meter start from this one."""

    title = N_("Later readings of this meter count already. Reverse the last one first.")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the clerk decided. `corrected_value` goes with a correction, and with an estimate of the clerk's own."""

    decision: str
    corrected_value: Decimal | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Series:
    """A meter, locked, with what it has shown."""

    meter: Meter
    history: Sequence[Used]
    last: Point


def post(tx: Transaction, case_id: UUID, reading_id: UUID, verdict: Verdict, now: datetime) -> LedgerEntry:
    """Make a verified reading billable. The verifier is looked up in the case, never taken from the process.

    Raises:
        clerks.NoClerkDecided: no entitled clerk, or the submitter, decided.
        readings.AlreadyDecided: the reading was decided about before.
        BelowLast, NotAfterLast, NotMeasured, NothingExpected: the clerk has to look again.
        Invalid: the decision is none that posts, or its value none the meter can show.
    """
    reading = readings.undecided(tx, reading_id)
    clerk = readings.verifier(tx, case_id, reading)
    return _post(tx, reading, clerk, verdict, now)


def _post(tx: Transaction, reading: Reading, clerk: Clerk, verdict: Verdict, now: datetime) -> LedgerEntry:
    meter = tx.locked(Meter, reading.meter_id)
    history = meters.history(tx, meter)
    shown = _Series(meter, history, meters.last_point(meter, history))
    kind = ESTIMATED if ESTIMATED in (reading.kind, _kind_of(verdict)) else MEASURED
    value = _value(tx, shown, reading, verdict)
    rollover = _check_after(shown, value, reading, verdict)
    if kind == MEASURED and meters.calibration_expired(meter, reading.read_at):
        raise NotMeasured(f"meter {meter.serial}")
    counted = _counted(tx, reading, value, kind, clerk, verdict, now)
    last = shown.last
    entry = LedgerEntry(
        reading_id=counted.id,
        submitted_id=reading.id,
        meter_id=meter.id,
        contract_id=meters.contract_of(tx, meter.id),
        value=value,
        read_at=reading.read_at,
        previous_value=last.value,
        previous_at=last.on,
        consumption=value - last.value + (span(meter.digits) if rollover else 0),
        rollover=rollover,
        kind=kind,
        settles=last.kind == ESTIMATED,
        version=_version(tx, meter, last),
        verifier_id=clerk.account,
        verifier_name=clerk.name,
        submitter_id=reading.submitter_id,
        submitter_name=reading.submitter_name,
        task_id=clerk.task,
        case_id=reading.case_id,
        posted_at=now,
    )
    tx.add(entry)
    tx.add(BillingQueue(ledger_id=entry.id, contract_id=entry.contract_id, read_at=entry.read_at))
    return entry


def reverse(tx: Transaction, case_id: UUID, ledger_id: UUID, reason: str, now: datetime) -> LedgerReversal:
    """Take an entry out of what counts, on the decision of a clerk who did not ask for it.

    An invoice it stands on is reversed, and the rest of it billed anew, by the next billing run.

    Raises:
        clerks.NoClerkDecided: no entitled clerk, or the one who asked for it, decided.
        LaterCount: a later entry of the meter is in force.
        Conflict: it was reversed before.
    """
    entry = tx.get(LedgerEntry, ledger_id)
    tx.locked(Meter, entry.meter_id)
    asked = readings.asked_by(tx, case_id)
    clerk = clerks.who_decided(tx, case_id, clerks.VERIFY_READING, readings.VERIFIERS)
    if clerk.account == asked.account or asked.account is None:
        raise clerks.NoClerkDecided(f"case {case_id}: who asks for a reversal cannot decide it")
    if _is_reversed(tx, ledger_id):
        raise Conflict(f"ledger entry {ledger_id} was reversed before")
    _refuse_if_later(tx, entry)
    row = LedgerReversal(
        ledger_id=ledger_id,
        reason=reason,
        reversed_at=now,
        clerk_id=clerk.account,
        clerk_name=clerk.name,
        asked_by=asked.account,
        case_id=case_id,
    )
    tx.add(row)
    _take_from_billing(tx, ledger_id)
    return row


def in_force(tx: Transaction, meter_id: UUID) -> LedgerEntry | None:
    """The latest entry of a meter that counts."""
    return tx.session.scalar(
        select(LedgerEntry)
        .outerjoin(LedgerReversal, LedgerReversal.ledger_id == LedgerEntry.id)
        .where(LedgerEntry.meter_id == meter_id, LedgerReversal.id.is_(None))
        .order_by(LedgerEntry.read_at.desc())
        .limit(1)
    )


def _kind_of(verdict: Verdict) -> str:
    return ESTIMATED if verdict.decision == ESTIMATE else MEASURED


def _is_reversed(tx: Transaction, ledger_id: UUID) -> bool:
    return tx.session.scalar(select(LedgerReversal.id).where(LedgerReversal.ledger_id == ledger_id)) is not None


def _refuse_if_later(tx: Transaction, entry: LedgerEntry) -> None:
    latest = in_force(tx, entry.meter_id)
    if latest is None or latest.id != entry.id:
        raise LaterCount(f"ledger entry {entry.id}")


def _take_from_billing(tx: Transaction, ledger_id: UUID) -> None:
    """Out of the queue where it waits; where it is billed, its invoice waits to be reversed."""
    waiting = tx.session.scalar(select(BillingQueue).where(BillingQueue.ledger_id == ledger_id))
    if waiting is not None:
        tx.session.delete(waiting)
        tx.session.flush()
        return
    billed = tx.session.scalar(
        select(BilledReading.invoice_id).where(BilledReading.ledger_id == ledger_id, BilledReading.live)
    )
    if billed is None:
        raise NotFound(f"ledger entry {ledger_id} is neither billed nor waiting")
    if tx.session.scalar(select(ReversalQueue.id).where(ReversalQueue.invoice_id == billed)) is None:
        tx.add(ReversalQueue(invoice_id=billed))


def _version(tx: Transaction, meter: Meter, last: Point) -> int:
    earlier = select(func.count(LedgerEntry.id)).where(
        LedgerEntry.meter_id == meter.id, LedgerEntry.previous_at == last.on
    )
    return 1 + (tx.session.scalar(earlier) or 0)


def _value(tx: Transaction, shown: _Series, reading: Reading, verdict: Verdict) -> Decimal:
    if verdict.decision in (ACCEPT, ROLLOVER):
        return reading.value
    if verdict.decision not in (CORRECT, ESTIMATE):
        raise Invalid(f"the decision {verdict.decision!r} posts nothing")
    if not verdict.reason.strip():
        raise Invalid("a correction or an estimate needs a reason")
    value = verdict.corrected_value
    if value is None and verdict.decision == ESTIMATE:
        value = _estimated(tx, shown, reading)
    meter = shown.meter
    if value is None or not Decimal(0) <= value < span(meter.digits) or value != value.quantize(PLACES):
        raise Invalid(f"meter {meter.serial} cannot show {value}")
    return value.quantize(PLACES)


def _estimated(tx: Transaction, shown: _Series, reading: Reading) -> Decimal:
    normal = facts.expected(tx, shown.meter, shown.history, shown.last.on, reading.read_at)
    if normal is None:
        raise NothingExpected(f"meter {shown.meter.serial}")
    return (shown.last.value + normal) % span(shown.meter.digits)


def _check_after(shown: _Series, value: Decimal, reading: Reading, verdict: Verdict) -> bool:
    """Whether the meter passed zero: only when the clerk confirmed it and it can have."""
    meter, last = shown.meter, shown.last
    if reading.read_at <= last.on or (meter.removed_on is not None and reading.read_at > meter.removed_on):
        raise NotAfterLast(f"meter {meter.serial}: {reading.read_at} is not after {last.on}, or the meter was removed")
    if value >= last.value or consumption.settles(last, value, meter.digits):
        return False
    confirmed = verdict.decision in (ROLLOVER, ESTIMATE)
    if not (confirmed and consumption.rollover_candidate(last.value, value, meter.digits)):
        raise BelowLast(f"meter {meter.serial}: {value} is below {last.value}")
    return True


def _counted(
    tx: Transaction, reading: Reading, value: Decimal, kind: str, clerk: Clerk, verdict: Verdict, now: datetime
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
        kind=ESTIMATED if kind == ESTIMATED else "correction",
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
