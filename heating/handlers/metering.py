"""Calls of the meter reading: registering, posting to the ledger, rejecting. All local."""

from decimal import Decimal

from akta.languages import N_
from bpmn.values import Value
from heating import facts, ledger, readings
from heating.consumption import Used
from heating.facts import Facts
from heating.handlers import _values as take
from heating.handlers._shapes import DAY, FLAG, ID, NOTHING, NUMBER, TEXT, maybe, record
from heating.handlers._values import Variables
from heating.ledger import Verdict
from heating.readings import NewReading
from storage.unit_of_work import Transaction
from workflows.handlers import BpmnError, CallContext, Handler

BELOW_LAST = "READING_BELOW_LAST"
NOT_AFTER_LAST = "READING_NOT_AFTER_LAST"


def register_reading(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Store what was submitted and say what is known about it."""
    new = NewReading(
        meter=take.text(given, "meter_id"),
        value=take.number(given, "value"),
        read_at=take.day(given, "read_at"),
        comment=take.text(given, "comment", ""),
        replaces=take.maybe_ident(given, "replaces"),
    )
    reading = readings.register(tx, context.case, new, context.now)
    return {"reading": _told(facts.of(tx, reading))}


def _told(known: Facts) -> dict[str, Value]:
    return {
        "id": str(known.reading.id),
        "meter_id": str(known.meter.id),
        "serial": known.meter.serial,
        "unit": known.meter.unit,
        "value": known.reading.value,
        "read_at": known.reading.read_at,
        "last_value": known.last.value,
        "last_date": known.last.on,
        "last_kind": known.last.kind,
        "days": Decimal(known.days),
        "consumption": known.consumption,
        "expected": known.expected,
        "per_day": known.per_day,
        "digits": Decimal(known.meter.digits),
        "calibration_expired": known.calibration_expired,
        "duplicate": known.duplicate,
        "rollover_candidate": known.rollover_candidate,
        "swapped_plausible": known.slip_explains,
        "has_photo": known.has_photo,
        "history": [_line(used) for used in known.history],
    }


def _line(used: Used) -> Value:
    return {"date": used.on, "value": used.value, "consumption": used.consumption, "kind": used.kind}


def post_reading(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Make the reading billable on the decision of the clerk who completed the case's task."""
    verdict = Verdict(
        decision=take.text(given, "decision"),
        corrected_value=take.maybe_number(given, "corrected_value"),
        reason=take.text(given, "reason", ""),
    )
    try:
        entry = ledger.post(tx, context.case, take.ident(given, "reading_id"), verdict, context.now)
    except ledger.BelowLast as below:
        raise BpmnError(BELOW_LAST, str(below)) from below
    except ledger.NotAfterLast as early:
        raise BpmnError(NOT_AFTER_LAST, str(early)) from early
    return {"ledger": {"id": str(entry.id), "value": entry.value, "consumption": entry.consumption}}


def reject_reading(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Keep that the clerk rejected the reading, and why."""
    reason = take.text(given, "reason")
    readings.reject(tx, context.case, take.ident(given, "reading_id"), reason, context.now)
    return {}


def supersede_reading(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Keep that the customer withdrew or replaced the reading before anybody decided about it."""
    readings.supersede(tx, context.case, take.ident(given, "reading_id"), context.now)
    return {}


def handlers() -> tuple[Handler, ...]:
    """The calls of this module."""
    superseded = record(reading_id=ID)
    return (
        Handler("register-reading", N_("Register the reading"), *REGISTER, local=register_reading),
        Handler("post-reading", N_("Post the reading to the ledger"), *POST, local=post_reading),
        Handler(
            "reject-reading",
            N_("Reject the reading"),
            record(reading_id=ID, reason=TEXT),
            NOTHING,
            local=reject_reading,
        ),
        Handler("supersede-reading", N_("Set the reading aside"), superseded, NOTHING, local=supersede_reading),
    )


REGISTER = (
    record(
        ("comment", "replaces"),
        meter_id=TEXT,
        value=NUMBER,
        read_at=DAY,
        comment=maybe(TEXT),
        replaces=maybe(TEXT),
    ),
    record(
        reading=record(
            id=ID,
            meter_id=ID,
            serial=TEXT,
            unit=TEXT,
            value=NUMBER,
            read_at=DAY,
            last_value=NUMBER,
            last_date=DAY,
            last_kind=TEXT,
            days=NUMBER,
            consumption=NUMBER,
            expected=maybe(NUMBER),
            per_day=maybe(NUMBER),
            digits=NUMBER,
            calibration_expired=FLAG,
            duplicate=FLAG,
            rollover_candidate=FLAG,
            swapped_plausible=FLAG,
            has_photo=FLAG,
            history={
                "type": "array",
                "items": record(date=DAY, value=NUMBER, consumption=NUMBER, kind=TEXT),
            },
        )
    ),
)
POST = (
    record(
        ("corrected_value", "reason"),
        reading_id=ID,
        decision={"type": "string", "enum": [ledger.ACCEPT, ledger.CORRECT, ledger.ROLLOVER]},
        corrected_value=maybe(NUMBER),
        reason=maybe(TEXT),
    ),
    record(ledger=record(id=ID, value=NUMBER, consumption=NUMBER)),
)
