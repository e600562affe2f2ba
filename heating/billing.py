"""The billing run: every verified reading that waits becomes a line of an invoice, once.

The reference implementation: a utility with a billing system of its own exchanges files (`heating/exchange.py`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from akta.errors import Invalid
from akta.languages import N_
from akta.subjects import Actor
from bpmn.values import Value
from heating import advances, invoicing, profile
from heating.consumption import month_end
from heating.invoicing import Drawn, Metered, Prices, Terms
from heating.numbering import Numbers
from heating.pricing import NoTariff, Price
from heating.profile import Profile
from heating.tables.billing import (
    BilledReading,
    BillingProblem,
    BillingQueue,
    BillingRun,
    Invoice,
    ReversalQueue,
    Tariff,
)
from heating.tables.metering import LedgerEntry, Meter
from storage.cases import Case
from storage.unit_of_work import Transaction, UnitOfWork
from workflows import messages
from workflows.runtime import Runtime

TAKEN = "billing-run-taken"
"""The message a reading's case waits for; its key is the id of the reading the clerk decided about."""

WAITS = timedelta(days=366)
"""How long the message is kept for a case that does not wait for it yet: its letter is not posted, or a job is late."""

CHUNK = 200
"""Contracts billed in one transaction: memory stays flat, and a run that is killed loses no more than these."""


class PeriodAhead(Invalid):
    """The period to bill ends after this month."""

    title = N_("Only periods up to the end of this month can be billed.")


@dataclass(frozen=True, slots=True)
class _Run:
    """What stays the same from one part of a run to the next."""

    id: UUID
    by: Actor
    now: datetime
    chunk: int


def run(
    uow: UnitOfWork, runtime: Runtime, period_end: date, by: Actor, now: datetime, *, chunk: int = CHUNK
) -> BillingRun:
    """Bill what was read up to and with `period_end`: one invoice per contract, so many contracts a transaction.

    A run of the same period that was broken off is gone on with; two at once share the work. They wait for each other
    at the number series, and each finds only what nobody billed yet. A contract that cannot be billed (no price for a
    day) is named in the run's problems and left for the next one.

    Raises:
        PeriodAhead: the period ends after this month.
    """
    this = _Run(_begin(uow, period_end, by, now), by, now, chunk)
    for part in (_reverse, _bill, _ask_advances):
        after: UUID | None = None
        while True:
            after = _do(uow, runtime, this, part, after)
            if after is None:
                break
    return _end(uow, this)


def _begin(uow: UnitOfWork, period_end: date, by: Actor, now: datetime) -> UUID:
    """The unfinished run of this period, or another one."""
    unfinished = select(BillingRun.id).where(BillingRun.period_end == period_end, BillingRun.done_at.is_(None))
    try:
        with uow.begin() as tx:
            settings = profile.of(tx)
            if period_end > month_end(settings.today(now)):
                raise PeriodAhead(f"{period_end}")
            known = tx.session.scalar(unfinished)
            if known is not None:
                return known
            row = BillingRun(
                period_end=period_end, run_at=now, by_account=by.account, by_name=by.name, currency=settings.currency
            )
            tx.add(row)
            return row.id
    except IntegrityError:
        with uow.view() as tx:
            return tx.session.scalars(unfinished).one()


_Part = Callable[[Transaction, Terms, "_Run", UUID | None], tuple[list[Drawn], UUID | None]]


def _do(uow: UnitOfWork, runtime: Runtime, this: _Run, part: _Part, after: UUID | None) -> UUID | None:
    """One transaction of a run: draw invoices, number and write them, tell the cases. Where to go on, or None."""
    with uow.begin() as tx:
        settings = profile.of(tx)
        numbers = Numbers(tx, settings.today(this.now).year, settings.invoice_letter)
        terms = _terms(tx, this, settings)
        drawn, following = part(tx, terms, this, after)
        for each in drawn:
            each.invoice.number = numbers.next()
        invoicing.write(tx, drawn, terms)
        billed = _billed(drawn)
        terms.run.invoices += len(drawn)
        terms.run.readings += len(billed)
        terms.run.payable += sum((each.invoice.payable for each in drawn), Decimal(0))
        tell_cases(tx, runtime, billed, this.by, this.now)
        return following


def _terms(tx: Transaction, this: _Run, settings: Profile) -> Terms:
    run_row = tx.locked(BillingRun, this.id)
    today = settings.today(this.now)
    return Terms(run_row, _prices(tx), issued_on=today, due_on=month_end(max(run_row.period_end, today)))


def _reverse(tx: Transaction, terms: Terms, this: _Run, after: UUID | None) -> tuple[list[Drawn], UUID | None]:
    """Reverse the invoices on which a reversed reading stands."""
    waiting = tx.session.scalars(select(ReversalQueue).order_by(ReversalQueue.id).limit(this.chunk)).all()
    drawn = []
    for each in waiting:
        drawn.append(invoicing.reversal(tx, terms, tx.locked(Invoice, each.invoice_id)))
        tx.session.delete(each)
    return drawn, waiting[-1].id if waiting else None


def _bill(tx: Transaction, terms: Terms, this: _Run, after: UUID | None) -> tuple[list[Drawn], UUID | None]:
    """Bill the next contracts that have readings waiting."""
    contracts = _next_contracts(tx, terms.run.period_end, after, this.chunk)
    if not contracts:
        return [], None
    asked = advances.open_ones(tx, contracts)
    drawn: list[Drawn] = []
    done: list[UUID] = []
    for contract, group in groupby(
        _waiting(tx, contracts, terms.run.period_end), key=lambda each: each.entry.contract_id
    ):
        billed = list(group)
        try:
            one = invoicing.metered(terms, billed, asked.get(contract, ()))
        except NoTariff as unpriced:
            _note_problem(tx, this, contract, unpriced)
            continue
        drawn.append(one)
        done.extend(each.entry.id for each in billed)
    tx.session.execute(delete(BillingQueue).where(BillingQueue.ledger_id.in_(done)))
    return drawn, contracts[-1]


def _ask_advances(tx: Transaction, terms: Terms, this: _Run, after: UUID | None) -> tuple[list[Drawn], UUID | None]:
    """Ask for the advances of months that are over."""
    plans = advances.due(tx, terms.run.period_end, this.chunk)
    drawn, moved = [], None
    for plan in plans:
        before = plan.asked_to
        try:
            one = advances.ask(terms, plan, terms.run.period_end)
        except NoTariff as unpriced:
            _note_problem(tx, this, plan.contract_id, unpriced)
            continue
        if one is not None:
            drawn.append(one)
        if plan.asked_to != before:
            moved = plan.id
    tx.session.flush()
    return drawn, moved


def _next_contracts(tx: Transaction, period_end: date, after: UUID | None, limit: int) -> list[UUID]:
    wanted = select(BillingQueue.contract_id).where(BillingQueue.read_at <= period_end).distinct()
    if after is not None:
        wanted = wanted.where(BillingQueue.contract_id > after)
    return list(tx.session.scalars(wanted.order_by(BillingQueue.contract_id).limit(limit)))


def _waiting(tx: Transaction, contracts: Sequence[UUID], period_end: date) -> list[Metered]:
    """What waits of these contracts, by contract, meter and day."""
    statement = (
        select(LedgerEntry, Meter)
        .join(BillingQueue, BillingQueue.ledger_id == LedgerEntry.id)
        .join(Meter, Meter.id == LedgerEntry.meter_id)
        .where(BillingQueue.contract_id.in_(contracts), BillingQueue.read_at <= period_end)
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
            basis=tariff.basis,
        )
        found.setdefault(tariff.meter_kind, {}).setdefault(tariff.code, []).append(price)
    return found


def _note_problem(tx: Transaction, this: _Run, contract: UUID, cause: Exception) -> None:
    known = select(BillingProblem.id).where(BillingProblem.run_id == this.id, BillingProblem.contract_id == contract)
    if tx.session.scalar(known) is None:
        tx.add(BillingProblem(run_id=this.id, contract_id=contract, cause=str(cause)))


def _billed(drawn: Sequence[Drawn]) -> list[tuple[UUID, Invoice]]:
    """The ledger entries on these invoices."""
    return [(row.ledger_id, each.invoice) for each in drawn for row in each.rows if isinstance(row, BilledReading)]


def tell_cases(
    tx: Transaction, runtime: Runtime, billed: Sequence[tuple[UUID, Invoice]], by: Actor, now: datetime
) -> None:
    """Tell the open cases that their reading is billed, in the order of their ids: so they are locked."""
    invoices = dict(billed)
    entries = select(LedgerEntry.id, LedgerEntry.submitted_id).join(Case, Case.id == LedgerEntry.case_id)
    told = entries.where(LedgerEntry.id.in_(invoices), Case.state != "closed").order_by(Case.id)
    for entry, reading in tx.session.execute(told).all():
        invoice = invoices[entry]
        given: dict[str, Value] = {
            "id": str(invoice.id),
            "number": invoice.number,
            "due_on": invoice.due_on,
            "payable": invoice.payable,
        }
        messages.correlate(tx, runtime, TAKEN, str(reading), {"invoice": given}, by, now, ttl=WAITS)


def _end(uow: UnitOfWork, this: _Run) -> BillingRun:
    with uow.begin() as tx:
        row = tx.locked(BillingRun, this.id)
        row.done_at = row.done_at or this.now
        return row
