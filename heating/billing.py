"""The billing run: every unbilled ledger entry becomes a line of an invoice, once."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from sqlalchemy import select

from akta.errors import Invalid
from akta.languages import N_
from akta.subjects import Actor
from bpmn.values import Value
from heating import invoicing, profile
from heating.consumption import month_end
from heating.invoicing import Metered, Prices, Terms
from heating.numbering import Numbers
from heating.pricing import Price
from heating.tables.billing import BilledReading, BillingRun, Invoice, Tariff
from heating.tables.metering import LedgerEntry, Meter
from storage.unit_of_work import Transaction, UnitOfWork
from workflows import messages
from workflows.runtime import Runtime

TAKEN = "billing-run-taken"
"""The message a reading's case waits for; its key is the id of the reading the clerk decided about."""


class PeriodAhead(Invalid):
    """The period to bill ends after this month."""

    title = N_("Only periods up to the end of this month can be billed.")


def run(uow: UnitOfWork, runtime: Runtime, period_end: date, by: Actor, now: datetime) -> BillingRun:
    """Bill what was read up to and with `period_end`: one invoice per contract.

    All in one transaction: invoices, marks, and the messages to the cases. Runs wait for each other at the number
    series; a second one finds nothing left.

    Raises:
        PeriodAhead: the period ends after this month.
        pricing.NoTariff: a consumption has no price; nothing was billed.
    """
    with uow.begin() as tx:
        settings = profile.of(tx)
        today = settings.today(now)
        if period_end > month_end(today):
            raise PeriodAhead(f"{period_end}")
        numbers = Numbers(tx, today.year, settings.invoice_letter)
        this = BillingRun(
            period_end=period_end, run_at=now, by_account=by.account, by_name=by.name, currency=settings.currency
        )
        tx.add(this)
        terms = Terms(this, _prices(tx), issued_on=today, due_on=month_end(max(period_end, today)))
        taken: list[tuple[LedgerEntry, Invoice]] = []
        for _, group in groupby(_unbilled(tx, period_end), key=lambda each: each.entry.contract_id):
            billed = list(group)
            invoice = invoicing.issue(tx, numbers.next(), terms, billed)
            taken.extend((each.entry, invoice) for each in billed)
        _sum_up(tx, this, taken)
        _tell_cases(tx, runtime, taken, by, now)
    return this


def _unbilled(tx: Transaction, period_end: date) -> list[Metered]:
    """Ledger entries on no invoice yet, by contract, meter and day."""
    statement = (
        select(LedgerEntry, Meter)
        .join(Meter, Meter.id == LedgerEntry.meter_id)
        .outerjoin(BilledReading, BilledReading.ledger_id == LedgerEntry.id)
        .where(BilledReading.id.is_(None), LedgerEntry.read_at <= period_end)
        .order_by(LedgerEntry.contract_id, Meter.serial, LedgerEntry.read_at)
    )
    return [Metered(entry, meter) for entry, meter in tx.session.execute(statement)]


def _prices(tx: Transaction) -> Prices:
    found: dict[str, dict[str, list[Price]]] = {}
    for tariff in tx.session.scalars(select(Tariff).order_by(Tariff.code, Tariff.valid_from)):
        price = Price(
            id=tariff.id,
            code=tariff.code,
            name=tariff.name,
            unit=tariff.unit,
            unit_price=tariff.unit_price,
            vat_rate=tariff.vat_rate,
            valid_from=tariff.valid_from,
        )
        found.setdefault(tariff.meter_kind, {}).setdefault(tariff.code, []).append(price)
    return found


def _sum_up(tx: Transaction, this: BillingRun, taken: Sequence[tuple[LedgerEntry, Invoice]]) -> None:
    invoices = {invoice.id: invoice for _, invoice in taken}
    this.invoices, this.readings = len(invoices), len(taken)
    this.payable = sum((invoice.payable for invoice in invoices.values()), Decimal(0))
    tx.session.flush()


def _tell_cases(
    tx: Transaction, runtime: Runtime, taken: Sequence[tuple[LedgerEntry, Invoice]], by: Actor, now: datetime
) -> None:
    """Tell each reading's case, in the order of the cases' ids: that is the order in which cases are locked."""
    for entry, invoice in sorted(taken, key=lambda each: each[0].case_id):
        told: dict[str, Value] = {"number": invoice.number, "due_on": invoice.due_on, "payable": invoice.payable}
        messages.correlate(tx, runtime, TAKEN, str(entry.submitted_id), {"invoice": told}, by, now)
