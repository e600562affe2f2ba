"""Calls of the meter reading: registering, posting to the ledger, rejecting. All local."""

from collections.abc import Mapping
from decimal import Decimal

from akta.languages import N_, language
from heating import addressees, callers, facts, invoice_letters, ledger, meters, profile, readings
from heating.callers import Agent
from heating.handlers import _values as take
from heating.handlers._shapes import DAY, FLAG, ID, NOTHING, NUMBER, TEXT, maybe, record
from heating.handlers._values import Variables
from heating.ledger import Verdict
from heating.queries import invoices
from heating.readings import NewReading
from storage.unit_of_work import Transaction
from workflows.handlers import BpmnError, CallContext, Handler, Schema

CANNOT_BILL = "READING_UNBILLABLE"
UNBILLABLE: Mapping[type[Exception], str] = {
    ledger.BelowLast: "flag-below-last",
    ledger.NotAfterLast: "flag-not-after-last",
    ledger.NotMeasured: "flag-calibration",
    ledger.NothingExpected: "flag-nothing-expected",
    readings.OwnReading: "flag-own",
}
"""The sentence that tells the clerk why what they decided cannot be billed."""


def register_reading(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Store what was submitted and say what is known about it."""
    new = NewReading(
        meter=take.text(given, "meter_id"),
        value=take.number(given, "value"),
        read_at=take.day(given, "read_at"),
        comment=take.text(given, "comment", ""),
        replaces=take.maybe_ident(given, "replaces"),
        kind=take.text(given, "kind", ""),
    )
    reading = readings.register(tx, context.case, new, context.now)
    return {
        "reading": {"id": str(reading.id), **facts.of(tx, reading).told()},
        "addressee": addressees.by_post(tx, meters.contract_of(tx, reading.meter_id)),
    }


def post_reading(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Make the reading billable on the decision of the clerk who completed the case's task."""
    verdict = Verdict(
        decision=take.text(given, "decision"),
        corrected_value=take.maybe_number(given, "corrected_value"),
        reason=take.text(given, "reason", ""),
    )
    try:
        entry = ledger.post(tx, context.case, take.ident(given, "reading_id"), verdict, context.now)
    except tuple(UNBILLABLE) as refused:
        raise BpmnError(CANNOT_BILL, str(refused), {"reason_unbillable": UNBILLABLE[type(refused)]}) from refused
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


def check_caller(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Whether what a caller answered fits the customer they say they are, and how often they were asked."""
    answers = (take.text(given, "user_id"), take.text(given, "control"), take.text(given, "answer"))
    known = callers.matches(tx, *answers, take.text(given, "meter", ""))
    return {"check": {"identified": known, "attempts": Decimal(callers.attempts(tx, context.case))}}


def find_customer(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Say which customer the case is about: the one whose caller was identified."""
    today = profile.of(tx).today(context.now)
    agent = Agent(take.text(given, "agent", ""), take.text(given, "act"))
    return callers.concern(tx, context.case, take.text(given, "user_id"), agent, today)


def read_invoice(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """An invoice as its letter prints it, in the language of the case."""
    settings = profile.of(tx)
    today = settings.today(context.now)
    found = invoices.one(tx, context.subject, take.ident(given, "invoice_id"), today)
    return {"printed": invoice_letters.data(found, language(context.language, settings.zone.key))}


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
        Handler("check-caller", N_("Check a caller's answers"), *CALLER, local=check_caller),
        Handler("find-customer", N_("Find the customer"), *CUSTOMER, local=find_customer),
        Handler("read-invoice", N_("Read an invoice"), *INVOICE, local=read_invoice),
        Handler("supersede-reading", N_("Set the reading aside"), superseded, NOTHING, local=supersede_reading),
    )


ADDRESSEE = record(name=TEXT, address=TEXT)
REGISTER = (
    record(
        ("comment", "replaces", "kind"),
        meter_id=TEXT,
        value=NUMBER,
        read_at=DAY,
        comment=maybe(TEXT),
        replaces=maybe(TEXT),
        kind=maybe(TEXT),
    ),
    record(
        addressee=ADDRESSEE,
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
            kind=TEXT,
            rollover_candidate=FLAG,
            slips={"type": "array", "items": record(value=NUMBER, consumption=NUMBER)},
            idle=NUMBER,
            last_times=maybe(NUMBER),
            unchecked=NUMBER,
            meter_state=TEXT,
            calibration_expired=FLAG,
            duplicate=FLAG,
            photo=TEXT,
            in_window=maybe(FLAG),
            history={
                "type": "array",
                "items": record(date=DAY, value=NUMBER, consumption=NUMBER, kind=TEXT),
            },
        ),
    ),
)
POST = (
    record(
        ("corrected_value", "reason"),
        reading_id=ID,
        decision={"type": "string", "enum": [ledger.ACCEPT, ledger.CORRECT, ledger.ROLLOVER, ledger.ESTIMATE]},
        corrected_value=maybe(NUMBER),
        reason=maybe(TEXT),
    ),
    record(ledger=record(id=ID, value=NUMBER, consumption=NUMBER)),
)
CALLER = (
    record(("meter",), user_id=TEXT, control=TEXT, answer=TEXT, meter=maybe(TEXT)),
    record(check=record(identified=FLAG, attempts=NUMBER)),
)
CUSTOMER = (
    record(("agent",), user_id=TEXT, act=TEXT, agent=maybe(TEXT)),
    record(addressee=ADDRESSEE, represented=FLAG),
)
_TEXTS = (
    *("number", "type", "customer_name", "customer_number", "customer_address", "contract_number", "issued_on"),
    *("due_on", "period_from", "period_to", "reverses", "net", "vat", "payable", "credit", "outstanding"),
)
_LINE = record(description=TEXT, how=TEXT, quantity=TEXT, unit_price=TEXT, vat_rate=TEXT, net=TEXT)
PRINTED: Schema = {
    "type": "object",
    "properties": {
        **dict.fromkeys(_TEXTS, TEXT),
        "has_credit": FLAG,
        "taxes": {"type": "array", "items": record(rate=TEXT, net=TEXT, vat=TEXT)},
        "lines": {"type": "array", "items": _LINE},
    },
    "required": [*_TEXTS, "has_credit", "taxes", "lines"],
}
INVOICE = (record(invoice_id=ID), record(printed=PRINTED))
