"""What the billing clerk sees: rows that wait to be billed, and past runs (for those who may run billing)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from heating.tables.billing import BilledReading, BillingProblem, BillingQueue, BillingRun, Invoice
from heating.tables.contracts import Contract, Customer
from heating.tables.metering import LedgerEntry, Meter
from storage.cases import Case
from storage.unit_of_work import Transaction

PAGE = 50


@dataclass(frozen=True, slots=True)
class Billable:
    """A verified consumption that no invoice has yet: who reported it, who verified it, in which case."""

    id: UUID
    contract_number: str
    customer_name: str
    serial: str
    previous_at: date
    read_at: date
    value: Decimal
    consumption: Decimal
    unit: str
    submitter_name: str
    verifier_name: str
    posted_at: datetime
    case_id: UUID
    case_reference: str


@dataclass(frozen=True, slots=True)
class RunLine:
    """A billing run and what it came to."""

    id: UUID
    period_end: date
    run_at: datetime
    done_at: datetime | None
    by_name: str
    invoices: int
    readings: int
    payable: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A contract a run could not bill, and why."""

    contract_number: str
    cause: str


def billable(tx: Transaction, after: UUID | None = None, limit: int = PAGE) -> list[Billable]:
    """Rows that wait to be billed, in the order they were posted; `after` is the last one of the page before."""
    statement = (
        select(LedgerEntry, Meter, Contract.number, Customer.name, Case.reference)
        .join(Meter, Meter.id == LedgerEntry.meter_id)
        .join(Contract, Contract.id == LedgerEntry.contract_id)
        .join(Customer, Customer.id == Contract.customer_id)
        .join(Case, Case.id == LedgerEntry.case_id)
        .join(BillingQueue, BillingQueue.ledger_id == LedgerEntry.id)
        .order_by(LedgerEntry.id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(LedgerEntry.id > after)
    return [_billable(entry, meter, *names) for entry, meter, *names in tx.session.execute(statement)]


def _billable(entry: LedgerEntry, meter: Meter, contract: str, customer: str, reference: str) -> Billable:
    return Billable(
        id=entry.id,
        contract_number=contract,
        customer_name=customer,
        serial=meter.serial,
        previous_at=entry.previous_at,
        read_at=entry.read_at,
        value=entry.value,
        consumption=entry.consumption,
        unit=meter.unit,
        submitter_name=entry.submitter_name,
        verifier_name=entry.verifier_name,
        posted_at=entry.posted_at,
        case_id=entry.case_id,
        case_reference=reference,
    )


def waiting(tx: Transaction) -> int:
    """How many rows wait to be billed."""
    statement = select(func.count()).select_from(BillingQueue)
    return tx.session.scalar(statement) or 0


def runs(tx: Transaction, before: UUID | None = None, limit: int = PAGE) -> list[RunLine]:
    """Past runs, latest first; `before` is the last one of the page before."""
    statement = select(BillingRun).order_by(BillingRun.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(BillingRun.id < before)
    return [_run(row) for row in tx.session.scalars(statement)]


def run(tx: Transaction, run_id: UUID) -> RunLine:
    """One run.

    Raises:
        NotFound: there is none.
    """
    return _run(tx.get(BillingRun, run_id))


def problems(tx: Transaction, run_id: UUID) -> list[Problem]:
    """The contracts a run left for the next one."""
    statement = (
        select(Contract.number, BillingProblem.cause)
        .join(Contract, Contract.id == BillingProblem.contract_id)
        .where(BillingProblem.run_id == run_id)
        .order_by(Contract.number)
    )
    return [Problem(number, cause) for number, cause in tx.session.execute(statement)]


def invoice_of(tx: Transaction, ledger_id: UUID) -> str:
    """The number of the invoice an entry stands on, or nothing."""
    statement = (
        select(Invoice.number)
        .join(BilledReading, BilledReading.invoice_id == Invoice.id)
        .where(BilledReading.ledger_id == ledger_id, BilledReading.live)
    )
    return tx.session.scalar(statement) or ""


def _run(row: BillingRun) -> RunLine:
    return RunLine(
        id=row.id,
        period_end=row.period_end,
        run_at=row.run_at,
        done_at=row.done_at,
        by_name=row.by_name,
        invoices=row.invoices,
        readings=row.readings,
        payable=row.payable,
        currency=row.currency,
    )
