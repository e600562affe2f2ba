"""Readings: registering one, and what became of it. Rows are only added (domain.md §2.5)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from akta.errors import Conflict, Forbidden, Invalid, NotFound
from akta.ids import CaseId
from akta.languages import N_
from akta.subjects import Kind
from heating import addressees, clerks, contracts, meters, profile, submitters
from heating.clerks import Clerk
from heating.consumption import ESTIMATED, PLACES, span
from heating.meters import Hung
from heating.submitters import Submitter
from heating.tables.metering import Meter, Reading, ReadingDecision
from storage.cases import Case
from storage.unit_of_work import Transaction
from workflows import cases

VERIFIERS = frozenset({"metering", "supervision"})
"""Groups that may decide about a reading (domain.md §4)."""

ESTIMATOR = Submitter(None, "", Kind.SYSTEM)
"""Who proposes an estimate: nobody; it counts only once a clerk approved it."""


class NotYourMeter(Forbidden):
    """Who submits has no account on the meter's contract."""

    title = N_("This meter is not on a contract of yours.")


class OwnReading(clerks.NoClerkDecided):
    """Who decided is who submitted: somebody else has to."""

    title = N_("You cannot decide about a reading you entered yourself. Give the task back.")


class AlreadyDecided(Conflict):
    """A reading is decided about once."""

    title = N_("This reading has been decided already.")


@dataclass(frozen=True, slots=True)
class NewReading:
    """What somebody says a meter showed. `meter` is an id or a serial number, `replaces` an undecided reading."""

    meter: str
    value: Decimal
    read_at: date
    comment: str = ""
    replaces: UUID | None = None
    kind: str = ""
    """control, closing, correction or estimated; empty: by who submits it."""


def register(tx: Transaction, case_id: UUID, new: NewReading, now: datetime) -> Reading:
    """Store a reading as submitted, by whoever started the case or answered its last question.

    Raises:
        NotFound: no such meter hangs.
        NotYourMeter: the submitter may not read it.
        Invalid: the value is none this meter can show, or the day is yet to come.
        AlreadyDecided: the reading it replaces was decided about.
    """
    hung = meters.find(tx, new.meter)
    if hung is None:
        raise NotFound(f"meter {new.meter}")
    if tx.locked(Meter, hung.meter.id).removed_on is not None:  # whoever is second sees what the first one reported
        raise NotFound(f"meter {new.meter} was removed meanwhile")
    submitter = ESTIMATOR if new.kind == ESTIMATED else submitters.of_case(tx, case_id)
    _refuse_impossible(hung, new, profile.of(tx).today(now))
    if submitter is not ESTIMATOR:
        _refuse_strangers(tx, hung, submitter, case_id, new.replaces)
    if new.replaces is not None:
        supersede(tx, case_id, new.replaces, now)
    reading = Reading(
        meter_id=hung.meter.id,
        value=new.value.quantize(PLACES),
        read_at=new.read_at,
        kind=new.kind or ("self" if submitter.is_customer else "normal"),
        source=tx.get(Case, case_id).channel,
        comment=new.comment,
        submitted_at=now,
        submitter_id=submitter.account,
        submitter_name=submitter.name,
        entered_by=submitter.account,
        case_id=case_id,
        replaces_id=new.replaces,
    )
    tx.add(reading)
    case = tx.get(Case, case_id)
    case.person_id = case.person_id or addressees.person(tx, hung.point.contract_id)
    words = [hung.meter.serial, *meters.found_by(tx, hung.point.contract_id)]
    cases.relate(tx, CaseId(case_id), contracts.CONTRACT, hung.point.contract_id, words)
    return reading


def _refuse_impossible(hung: Hung, new: NewReading, today: date) -> None:
    if not Decimal(0) <= new.value < span(hung.meter.digits) or new.value != new.value.quantize(PLACES):
        raise Invalid(f"meter {hung.meter.serial} cannot show {new.value}")
    if new.read_at > today:
        raise Invalid(f"{new.read_at} is yet to come")


def _refuse_strangers(tx: Transaction, hung: Hung, submitter: Submitter, case_id: UUID, replaces: UUID | None) -> None:
    if replaces is not None:
        before = tx.get(Reading, replaces)
        if before.meter_id != hung.meter.id or before.case_id != case_id:
            raise NotYourMeter("a reading replaces one of the same meter and case")
    elif not submitters.may_read(tx, submitter, hung.point.contract_id):
        raise NotYourMeter(f"meter {hung.meter.serial}")


def asked_by(tx: Transaction, case_id: UUID) -> Submitter:
    """Who started a case: for acts that somebody else has to decide."""
    return submitters.starter(tx, case_id)


def decision(tx: Transaction, reading_id: UUID) -> ReadingDecision | None:
    """What became of a reading; None while it is only submitted."""
    return tx.session.scalar(select(ReadingDecision).where(ReadingDecision.reading_id == reading_id))


def state(tx: Transaction, reading_id: UUID) -> str:
    """submitted, verified, corrected, rejected, superseded or taken_over (domain.md §2.27)."""
    found = decision(tx, reading_id)
    return "submitted" if found is None else found.outcome


def undecided(tx: Transaction, reading_id: UUID) -> Reading:
    """The reading, if nothing was decided about it yet.

    Raises:
        AlreadyDecided: something was.
    """
    reading = tx.get(Reading, reading_id)
    if decision(tx, reading_id) is not None:
        raise AlreadyDecided(f"reading {reading_id}")
    return reading


def verifier(tx: Transaction, case_id: UUID, reading: Reading) -> Clerk:
    """The clerk who decided about a reading: never whoever submitted it, under any account.

    Raises:
        clerks.NoClerkDecided: there is none.
    """
    if reading.case_id != case_id:
        raise clerks.NoClerkDecided(f"reading {reading.id} is not of case {case_id}")
    clerk = clerks.who_decided(tx, case_id, clerks.VERIFY_READING, VERIFIERS, reading.submitted_at)
    if clerk.account == reading.submitter_id or clerk.person == submitters.person_of(tx, reading.submitter_id):
        raise OwnReading(f"reading {reading.id}: the submitter cannot verify it")
    return clerk


def decide(tx: Transaction, reading: Reading, outcome: str, clerk: Clerk, reason: str, now: datetime) -> None:
    """Keep what a clerk decided about a reading."""
    tx.add(
        ReadingDecision(
            reading_id=reading.id,
            outcome=outcome,
            decided_at=now,
            decided_by=clerk.account,
            decided_name=clerk.name,
            reason=reason,
            case_id=reading.case_id,
        )
    )


def reject(tx: Transaction, case_id: UUID, reading_id: UUID, reason: str, now: datetime) -> None:
    """A clerk found the reading unusable; it never reaches billing.

    Raises:
        AlreadyDecided, clerks.NoClerkDecided: as their names say.
    """
    reading = undecided(tx, reading_id)
    decide(tx, reading, "rejected", verifier(tx, case_id, reading), reason, now)


def supersede(tx: Transaction, case_id: UUID, reading_id: UUID, now: datetime) -> None:
    """A later submission takes the place of an undecided reading; superseding it again changes nothing.

    Raises:
        AlreadyDecided: it was verified, corrected or rejected.
    """
    found = decision(tx, reading_id)
    if found is not None and found.outcome == "superseded":
        return
    reading = undecided(tx, reading_id)
    if reading.case_id != case_id:
        raise NotFound(f"reading {reading_id} in case {case_id}")
    tx.add(ReadingDecision(reading_id=reading_id, outcome="superseded", decided_at=now, case_id=case_id))
