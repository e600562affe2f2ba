"""Rows of tariffs, billing runs, invoices and debts."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Document, Fixed, TenantOwned


class Tariff(TenantOwned, Base):
    """A price per unit of one component of a service, from a day on, until the next one of the same code."""

    __tablename__ = "tariffs"
    __table_args__ = (
        UniqueConstraint("tenant_id", "code", "valid_from"),
        CheckConstraint("vat_rate >= 0 and unit_price >= 0", name="ck_tariffs_amounts"),
    )

    code: Mapped[str] = mapped_column(String(40))
    meter_kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(100))
    """As it stands on the invoice, in the utility's language."""
    unit: Mapped[str] = mapped_column(String(10))
    unit_price: Mapped[Decimal] = mapped_column(Fixed(4))
    vat_rate: Mapped[Decimal] = mapped_column(Fixed(2))
    """Per cent."""
    valid_from: Mapped[date]


class BillingRun(TenantOwned, Base):
    """One run over the ledger: who started it, up to which day of reading, and what it came to."""

    __tablename__ = "billing_runs"

    period_end: Mapped[date]
    run_at: Mapped[datetime]
    by_account: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    by_name: Mapped[str] = mapped_column(String(200))
    currency: Mapped[str] = mapped_column(String(3))
    invoices: Mapped[int] = mapped_column(default=0)
    readings: Mapped[int] = mapped_column(default=0)
    payable: Mapped[Decimal] = mapped_column(Fixed(2), default=Decimal(0))


class InvoiceSeries(TenantOwned, Base):
    """The last number given in a series; locked while a run numbers its invoices, so that no number is left out."""

    __tablename__ = "invoice_series"
    __table_args__ = (UniqueConstraint("tenant_id", "year", "letter"),)

    year: Mapped[int]
    letter: Mapped[str] = mapped_column(String(2))
    last_number: Mapped[int] = mapped_column(default=0)


class Invoice(TenantOwned, Base):
    """An invoice as issued; only `outstanding` changes later. Status is derived from it and from the day."""

    __tablename__ = "invoices"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_invoices_contract", "tenant_id", "contract_id", "due_on"),
        CheckConstraint("outstanding >= 0 and outstanding <= payable", name="ck_invoices_outstanding"),
        CheckConstraint("net + vat = payable", name="ck_invoices_total"),
    )

    number: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20), default="heat")
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"))
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("billing_runs.id"), index=True)
    period_from: Mapped[date]
    period_to: Mapped[date]
    issued_on: Mapped[date]
    due_on: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3))
    net: Mapped[Decimal] = mapped_column(Fixed(2))
    vat: Mapped[Decimal] = mapped_column(Fixed(2))
    payable: Mapped[Decimal] = mapped_column(Fixed(2))
    outstanding: Mapped[Decimal] = mapped_column(Fixed(2))


class InvoiceItem(TenantOwned, Base):
    """One line of an invoice; `computation` keeps how it came about."""

    __tablename__ = "invoice_items"
    __table_args__ = (UniqueConstraint("invoice_id", "position"),)

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"))
    position: Mapped[int]
    meter_id: Mapped[UUID | None] = mapped_column(ForeignKey("meters.id"), index=True)
    tariff_id: Mapped[UUID | None] = mapped_column(ForeignKey("tariffs.id"), index=True)
    description: Mapped[str] = mapped_column(String(200))
    quantity: Mapped[Decimal] = mapped_column(Fixed(3))
    unit: Mapped[str] = mapped_column(String(10))
    unit_price: Mapped[Decimal] = mapped_column(Fixed(4))
    net: Mapped[Decimal] = mapped_column(Fixed(2))
    vat_rate: Mapped[Decimal] = mapped_column(Fixed(2))
    computation: Mapped[Document] = mapped_column(default=dict)


class InvoiceVat(TenantOwned, Base):
    """The tax of one rate on an invoice, computed on the sum of that rate's items."""

    __tablename__ = "invoice_vat"
    __table_args__ = (UniqueConstraint("invoice_id", "rate"),)

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"))
    rate: Mapped[Decimal] = mapped_column(Fixed(2))
    net: Mapped[Decimal] = mapped_column(Fixed(2))
    vat: Mapped[Decimal] = mapped_column(Fixed(2))


class BilledReading(TenantOwned, Base):
    """That a ledger entry stands on an invoice; unique, so that no reading is ever billed twice."""

    __tablename__ = "billed_readings"
    __table_args__ = (UniqueConstraint("ledger_id"),)

    ledger_id: Mapped[UUID] = mapped_column(ForeignKey("reading_ledger.id"))
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"), index=True)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("billing_runs.id"), index=True)


class Debt(TenantOwned, Base):
    """What a customer owes or owed: `kind` principal, interest, demand_fee; `legal_title` own, secondary (S002-11)."""

    __tablename__ = "debts"
    __table_args__ = (
        UniqueConstraint("tenant_id", "customer_id", "position"),
        CheckConstraint("open_amount >= 0 and open_amount <= amount", name="ck_debts_open"),
    )

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    claim_number: Mapped[str] = mapped_column(String(20), default="")
    source_number: Mapped[str] = mapped_column(String(20))
    """The invoice or the demand it comes from."""
    period: Mapped[str] = mapped_column(String(10), default="")
    computed_on: Mapped[date | None]
    legal_title: Mapped[str] = mapped_column(String(20), default="own")
    currency: Mapped[str] = mapped_column(String(3))
    original_amount: Mapped[Decimal] = mapped_column(Fixed(2))
    amount: Mapped[Decimal] = mapped_column(Fixed(2))
    open_amount: Mapped[Decimal] = mapped_column(Fixed(2))
