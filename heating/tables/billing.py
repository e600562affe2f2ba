"""Rows of tariffs, billing runs, invoices and debts."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Document, Fixed, TenantOwned


class Tariff(TenantOwned, Base):
    """A price of one component of a service, from a day on, until the next one of the same code.

    `basis`: per unit used, or fixed per month for each supply point.
    """

    __tablename__ = "tariffs"
    __table_args__ = (
        UniqueConstraint("tenant_id", "code", "valid_from"),
        CheckConstraint("vat_rate >= 0 and unit_price >= 0", name="ck_tariffs_amounts"),
        CheckConstraint("basis in ('unit', 'month')", name="ck_tariffs_basis"),
    )

    code: Mapped[str] = mapped_column(String(40))
    meter_kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(100))
    """As it stands on the invoice, in the utility's language."""
    basis: Mapped[str] = mapped_column(String(10), default="unit")
    unit: Mapped[str] = mapped_column(String(10))
    unit_price: Mapped[Decimal] = mapped_column(Fixed(4))
    vat_rate: Mapped[Decimal] = mapped_column(Fixed(2))
    """Per cent."""
    valid_from: Mapped[date]


class BillingRun(TenantOwned, Base):
    """One run over the ledger: who started it, up to which day of reading, and what it came to.

    `done_at` is empty while contracts are left: whoever starts a run of the same period again goes on with it.
    """

    __tablename__ = "billing_runs"
    __table_args__ = (
        Index(
            "uq_billing_runs_open",
            "tenant_id",
            "period_end",
            unique=True,
            postgresql_where=text("done_at is null"),
            sqlite_where=text("done_at is null"),
        ),
    )

    period_end: Mapped[date]
    run_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    by_account: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    by_name: Mapped[str] = mapped_column(String(200))
    currency: Mapped[str] = mapped_column(String(3))
    invoices: Mapped[int] = mapped_column(default=0)
    readings: Mapped[int] = mapped_column(default=0)
    payable: Mapped[Decimal] = mapped_column(Fixed(2), default=Decimal(0))


class BillingProblem(TenantOwned, Base):
    """Why a contract could not be billed in a run; it is taken up again by the next one."""

    __tablename__ = "billing_problems"
    __table_args__ = (UniqueConstraint("run_id", "contract_id"),)

    run_id: Mapped[UUID] = mapped_column(ForeignKey("billing_runs.id"))
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"), index=True)
    cause: Mapped[str] = mapped_column(Text)


class BillingQueue(TenantOwned, Base):
    """A ledger entry that waits to be billed: what a run reads, so that it never looks through what is billed."""

    __tablename__ = "billing_queue"
    __table_args__ = (
        UniqueConstraint("ledger_id"),
        Index("ix_billing_queue_contract", "tenant_id", "contract_id", "read_at"),
    )

    ledger_id: Mapped[UUID] = mapped_column(ForeignKey("reading_ledger.id"))
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"), index=True)
    read_at: Mapped[date]


class InvoiceSeries(TenantOwned, Base):
    """The last number given in a series; locked while a run numbers its invoices, so that no number is left out."""

    __tablename__ = "invoice_series"
    __table_args__ = (UniqueConstraint("tenant_id", "year", "letter"),)

    year: Mapped[int]
    letter: Mapped[str] = mapped_column(String(2))
    last_number: Mapped[int] = mapped_column(default=0)


class Invoice(TenantOwned, Base):
    """An invoice as issued; only `outstanding` and `reversed` change later. Status is derived from them and the day.

    `kind`: heat, advance, reversal. A reversal has the amounts of the invoice it reverses with the opposite sign.
    """

    __tablename__ = "invoices"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        Index("ix_invoices_contract", "tenant_id", "contract_id", "due_on"),
        UniqueConstraint("reverses_id"),
        CheckConstraint(
            "outstanding >= 0 and (outstanding <= payable or payable < 0 and outstanding = 0)",
            name="ck_invoices_outstanding",
        ),
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
    credit: Mapped[Decimal] = mapped_column(Fixed(2), default=Decimal(0))
    """What of it was covered by the contract's credit when it was issued."""
    outstanding: Mapped[Decimal] = mapped_column(Fixed(2))
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoices.id"))
    reversed: Mapped[bool] = mapped_column(default=False)


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
    """That a ledger entry stands on an invoice. Unique while the invoice is in force, so that no reading is ever
    billed twice; `live` is false once the invoice was reversed."""

    __tablename__ = "billed_readings"
    __table_args__ = (
        UniqueConstraint("ledger_id", "invoice_id"),
        Index(
            "uq_billed_readings_live",
            "ledger_id",
            unique=True,
            postgresql_where=text("live"),
            sqlite_where=text("live"),
        ),
    )

    ledger_id: Mapped[UUID] = mapped_column(ForeignKey("reading_ledger.id"))
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"), index=True)
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("billing_runs.id"), index=True)
    live: Mapped[bool] = mapped_column(default=True)


class ReversalQueue(TenantOwned, Base):
    """An invoice on which a reversed ledger entry stands: the next run reverses it and bills anew."""

    __tablename__ = "reversal_queue"
    __table_args__ = (UniqueConstraint("invoice_id"),)

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"))


class ContractCredit(TenantOwned, Base):
    """What a contract has to its credit: more for a reversed invoice that was paid, less where it was used."""

    __tablename__ = "contract_credits"
    __table_args__ = (Index("ix_contract_credits_contract", "tenant_id", "contract_id"),)

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"))
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"), index=True)
    amount: Mapped[Decimal] = mapped_column(Fixed(2))
    booked_at: Mapped[datetime]


class AdvancePlan(TenantOwned, Base):
    """How much a contract pays in advance each month, in units of its meters (S004-03b), and up to which month it was
    asked for."""

    __tablename__ = "advance_plans"
    __table_args__ = (
        UniqueConstraint("tenant_id", "contract_id", "meter_kind"),
        Index("ix_advance_plans_due", "tenant_id", "asked_to"),
        CheckConstraint("quantity >= 0", name="ck_advance_plans_quantity"),
    )

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"))
    meter_kind: Mapped[str] = mapped_column(String(20))
    quantity: Mapped[Decimal] = mapped_column(Fixed(1))
    asked_to: Mapped[date]
    """The last day of the last month an advance was asked for."""


class Advance(TenantOwned, Base):
    """An amount at one VAT rate that an advance invoice asked for, until a metered invoice sets it off."""

    __tablename__ = "advances"
    __table_args__ = (
        Index(
            "ix_advances_open",
            "tenant_id",
            "contract_id",
            postgresql_where=text("settled_by is null"),
            sqlite_where=text("settled_by is null"),
        ),
    )

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"), index=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"), index=True)
    rate: Mapped[Decimal] = mapped_column(Fixed(2))
    net: Mapped[Decimal] = mapped_column(Fixed(2))
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("invoices.id"), index=True)


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
