"""Calls around readings: periods and calls, corrections of what counts, exchanges of meters. All local."""

from akta.errors import NotFound
from akta.languages import N_
from akta.subjects import Door
from heating import campaigns, exchanges, ledger, meters
from heating.campaigns import Start
from heating.exchanges import NewMeter
from heating.handlers import _values as take
from heating.handlers._shapes import DAY, FLAG, ID, NOTHING, NUMBER, TEXT, maybe, record
from heating.handlers._values import Variables
from heating.queries import ledger as counted
from storage.unit_of_work import Transaction
from workflows.handlers import CallContext, Handler


def open_window(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Enter the self-reading period."""
    days = (take.day(given, "opens"), take.day(given, "closes"), take.day(given, "cut_off"))
    return {"window": campaigns.enter(tx, context.case, days)}


def missing_reading(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """What is known about the meter nobody read."""
    return {"missing": campaigns.missing(tx, take.ident(given, "meter_id"), take.day(given, "until"))}


def find_entry(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """The last ledger entry of a meter that counts."""
    hung = meters.find(tx, take.text(given, "meter"))
    entry = None if hung is None else ledger.in_force(tx, hung.meter.id)
    if entry is None:
        raise NotFound(f"a counted reading of meter {take.text(given, 'meter')}")
    invoice = counted.invoice_of(tx, entry.id)
    return {"entry": {"id": str(entry.id), "value": entry.value, "read_at": entry.read_at, "invoice": invoice}}


def reverse_reading(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Take an entry out of what counts, on the decision of the clerk who completed the case's task."""
    ledger.reverse(tx, context.case, take.ident(given, "ledger_id"), take.text(given, "reason"), context.now)
    return {}


def exchange_meter(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Hang the other meter, once the closing value of the old one counts."""
    new = NewMeter(
        serial=take.text(given, "serial"),
        opening_value=take.number(given, "opening_value"),
        digits=int(take.number(given, "digits")),
        calibrated_on=take.day(given, "calibrated_on"),
        valid_until=take.day(given, "valid_until"),
    )
    exchanges.exchange(tx, take.ident(given, "meter_id"), take.day(given, "exchanged_on"), new)
    return {}


def handlers(start: Start) -> tuple[Handler, ...]:
    """The calls of this module; `start` begins a case."""

    def call_for_readings(tx: Transaction, context: CallContext, given: Variables) -> Variables:
        """Call for the readings of the next meters."""
        by = context.subject.acting(Door.JOB)
        after = take.text(given, "after", "")
        return {"calls": campaigns.call(tx, start, take.ident(given, "window_id"), after, by, context.now)}

    return (
        Handler("open-reading-window", N_("Enter a self-reading period"), *WINDOW, local=open_window),
        Handler("call-for-readings", N_("Call for readings"), *CALLS, local=call_for_readings),
        Handler("missing-reading", N_("Look at a missing reading"), *MISSING, local=missing_reading),
        Handler("find-ledger-entry", N_("Find the reading that counts"), *ENTRY, local=find_entry),
        Handler("reverse-reading", N_("Reverse a counted reading"), *REVERSE, local=reverse_reading),
        Handler("exchange-meter", N_("Exchange the meter"), *EXCHANGE, local=exchange_meter),
    )


WINDOW = (record(opens=DAY, closes=DAY, cut_off=DAY), record(window=record(id=ID, opens_at=TEXT, closes_at=TEXT)))
CALLS = (record(("after",), window_id=ID, after=maybe(TEXT)), record(calls=record(after=TEXT, done=FLAG)))
MISSING = (
    record(meter_id=ID, until=DAY),
    record(missing=record(months=NUMBER, estimates=NUMBER, value=maybe(NUMBER))),
)
ENTRY = (record(meter=TEXT), record(entry=record(id=ID, value=NUMBER, read_at=DAY, invoice=TEXT)))
REVERSE = (record(ledger_id=ID, reason=TEXT), NOTHING)
EXCHANGE = (
    record(
        meter_id=ID,
        exchanged_on=DAY,
        serial=TEXT,
        opening_value=NUMBER,
        digits=NUMBER,
        calibrated_on=DAY,
        valid_until=DAY,
    ),
    NOTHING,
)
