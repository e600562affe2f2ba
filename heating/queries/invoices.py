"""Invoices and debts as customers and clerks see them (S002-07, S002-10)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from akta.errors import NotFound
from akta.subjects import Kind, Subject
from heating import words
from heating.acts import MandateAct
from heating.tables.billing import Debt, Invoice, InvoiceItem, InvoiceVat
from heating.tables.contracts import Contract, Customer
from heating.visibility import contracts_of
from people.groups import SEE_ARREARS
from storage.unit_of_work import Transaction


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """A row of the invoice table. `type_name` and `status_name` are msgids."""

    id: UUID
    type: str
    type_name: str
    number: str
    due_on: date
    payable: Decimal
    outstanding: Decimal
    currency: str
    status: str
    status_name: str


@dataclass(frozen=True, slots=True)
class ItemLine:
    """A line of an invoice. `computation` says which readings, days and price it came from."""

    position: int
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    net: Decimal
    vat_rate: Decimal
    computation: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class VatLine:
    """The tax of one rate, in per cent."""

    rate: Decimal
    net: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """A whole invoice, to be read and printed."""

    line: InvoiceLine
    customer_name: str
    customer_number: str
    customer_address: str
    contract_number: str
    issued_on: date
    period_from: date
    period_to: date
    net: Decimal
    vat: Decimal
    credit: Decimal
    reverses: str
    """The number of the invoice it reverses, or nothing."""
    items: tuple[ItemLine, ...]
    taxes: tuple[VatLine, ...]

    @property
    def payable_now(self) -> Decimal:
        """What was to be paid when it was issued: less the credit used, and nothing where it gives back."""
        return max(self.line.payable - self.credit, Decimal(0))


@dataclass(frozen=True, slots=True)
class DebtLine:
    """A row of the debt table; names are msgids. `paid` when nothing of it is open."""

    kind_name: str
    claim_number: str
    source_number: str
    period: str
    computed_on: date | None
    legal_title_name: str
    amount: Decimal
    open_amount: Decimal
    currency: str

    @property
    def paid(self) -> bool:
        return self.open_amount == 0


def status(invoice: Invoice, today: date) -> str:
    """reversed, settled, overdue, part or current: derived, never stored (domain.md §3)."""
    if invoice.reversed:
        return "reversed"
    if invoice.outstanding == 0:
        return "settled"
    if invoice.due_on < today:
        return "overdue"
    return "part" if invoice.outstanding < invoice.payable else "current"


def mine(tx: Transaction, subject: Subject, today: date) -> list[InvoiceLine]:
    """The invoices of the subject's contracts, latest due first."""
    own = select(Invoice).where(Invoice.contract_id.in_(contracts_of(subject, MandateAct.VIEW)))
    return [_line(invoice, today) for invoice in tx.session.scalars(_latest_first(own))]


def of_run(tx: Transaction, run_id: UUID, today: date) -> list[InvoiceLine]:
    """The invoices a billing run issued (for those who may run billing)."""
    issued = select(Invoice).where(Invoice.run_id == run_id).order_by(Invoice.number)
    return [_line(invoice, today) for invoice in tx.session.scalars(issued)]


def one(tx: Transaction, subject: Subject, invoice_id: UUID, today: date) -> InvoiceView:
    """An invoice with its items.

    Raises:
        NotFound: there is none, or it is not the subject's to see.
    """
    statement = (
        select(Invoice, Contract, Customer)
        .join(Contract, Contract.id == Invoice.contract_id)
        .join(Customer, Customer.id == Contract.customer_id)
        .where(Invoice.id == invoice_id)
    )
    if not _sees_all(subject):
        statement = statement.where(Invoice.contract_id.in_(contracts_of(subject, MandateAct.VIEW)))
    found = tx.session.execute(statement).one_or_none()
    if found is None:
        raise NotFound(f"invoice {invoice_id}")
    invoice, contract, customer = found
    return InvoiceView(
        line=_line(invoice, today),
        customer_name=customer.name,
        customer_number=customer.number,
        customer_address=customer.address,
        contract_number=contract.number,
        issued_on=invoice.issued_on,
        period_from=invoice.period_from,
        period_to=invoice.period_to,
        net=invoice.net,
        vat=invoice.vat,
        credit=invoice.credit,
        reverses=tx.get(Invoice, invoice.reverses_id).number if invoice.reverses_id else "",
        items=_items(tx, invoice_id),
        taxes=_taxes(tx, invoice_id),
    )


def debts(tx: Transaction, subject: Subject) -> list[DebtLine]:
    """The debts of the customers about whose arrears the subject is told, as on their page (S002-10)."""
    customers = select(Contract.customer_id).where(Contract.id.in_(contracts_of(subject, MandateAct.ARREARS)))
    rows = tx.session.scalars(select(Debt).where(Debt.customer_id.in_(customers)).order_by(Debt.position))
    return [
        DebtLine(
            kind_name=words.DEBTS[row.kind],
            claim_number=row.claim_number,
            source_number=row.source_number,
            period=row.period,
            computed_on=row.computed_on,
            legal_title_name=words.LEGAL_TITLES[row.legal_title],
            amount=row.amount,
            open_amount=row.open_amount,
            currency=row.currency,
        )
        for row in rows
    ]


def _sees_all(subject: Subject) -> bool:
    """Staff who may know what somebody owes see every invoice of their utility (domain.md §4)."""
    return subject.kind is Kind.SYSTEM or (subject.kind is Kind.STAFF and bool(subject.groups & SEE_ARREARS))


def _latest_first(invoices: Select[Invoice]) -> Select[Invoice]:
    return invoices.order_by(Invoice.due_on.desc(), Invoice.number.desc())


def _line(invoice: Invoice, today: date) -> InvoiceLine:
    found = status(invoice, today)
    return InvoiceLine(
        id=invoice.id,
        type=invoice.kind,
        type_name=words.INVOICES[invoice.kind],
        number=invoice.number,
        due_on=invoice.due_on,
        payable=invoice.payable,
        outstanding=invoice.outstanding,
        currency=invoice.currency,
        status=found,
        status_name=words.INVOICE_STATES[found],
    )


def _items(tx: Transaction, invoice_id: UUID) -> tuple[ItemLine, ...]:
    rows = tx.session.scalars(
        select(InvoiceItem).where(InvoiceItem.invoice_id == invoice_id).order_by(InvoiceItem.position)
    )
    return tuple(
        ItemLine(
            row.position,
            row.description,
            row.quantity,
            row.unit,
            row.unit_price,
            row.net,
            row.vat_rate,
            row.computation,
        )
        for row in rows
    )


def _taxes(tx: Transaction, invoice_id: UUID) -> tuple[VatLine, ...]:
    rows = tx.session.scalars(select(InvoiceVat).where(InvoiceVat.invoice_id == invoice_id).order_by(InvoiceVat.rate))
    return tuple(VatLine(row.rate, row.net, row.vat) for row in rows)
