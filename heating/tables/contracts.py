"""Rows of customers, their contracts, the accounts that may act on a contract, and mandates."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Document, TenantOwned

LIVE = ("reserved", "pending", "active", "locked")
"""States in which an account takes a slot of its contract: all but closed."""


class Customer(TenantOwned, Base):
    """Who has contracts with the utility. `kind`: person, company, condominium."""

    __tablename__ = "customers"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        CheckConstraint("number = upper(number)", name="ck_customers_number"),
    )

    number: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20), default="person")
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(300), default="")


class Contract(TenantOwned, Base):
    """A supply contract. It is valid between two days and effective between two others (S000-03)."""

    __tablename__ = "contracts"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        CheckConstraint("number = upper(number)", name="ck_contracts_number"),
        CheckConstraint("valid_to is null or valid_to >= valid_from", name="ck_contracts_valid"),
        CheckConstraint("effective_to is null or effective_to >= effective_from", name="ck_contracts_effective"),
    )

    number: Mapped[str] = mapped_column(String(20))
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]


class ContractAccount(TenantOwned, Base):
    """A slot of a contract, held by an account. `state`: reserved, pending, active, locked, closed.

    The index over live slots is what refuses a fourth account (S000-15, F6); `slot_limit` is the utility's limit
    when the slot was taken.
    """

    __tablename__ = "contract_accounts"
    __table_args__ = (
        Index(
            "uq_contract_accounts_slot",
            "contract_id",
            "slot_no",
            unique=True,
            postgresql_where=text("state <> 'closed'"),
            sqlite_where=text("state <> 'closed'"),
        ),
        Index(
            "uq_contract_accounts_case",
            "case_id",
            unique=True,
            postgresql_where=text("state <> 'closed'"),
            sqlite_where=text("state <> 'closed'"),
        ),
        Index("ix_contract_accounts_account", "tenant_id", "account_id", "state"),
        CheckConstraint("slot_no between 1 and slot_limit", name="ck_contract_accounts_slot"),
        CheckConstraint(
            "state in ('reserved', 'pending', 'active', 'locked', 'closed')", name="ck_contract_accounts_state"
        ),
        CheckConstraint(
            "state in ('reserved', 'closed') or account_id is not null", name="ck_contract_accounts_account"
        ),
    )

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"), index=True)
    slot_no: Mapped[int]
    slot_limit: Mapped[int]
    state: Mapped[str] = mapped_column(String(20), default="reserved")
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), index=True)
    """The case that reserved it; a case holds at most one live slot."""
    mandate_id: Mapped[UUID | None] = mapped_column(ForeignKey("mandates.id"), index=True)
    """The mandate on which its holder acts; empty for the customer themselves. When it ends, the slot is locked."""
    reserved_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Mandate(TenantOwned, Base):
    """That an agent may act for the customer of a contract: which acts, how long, on which papers, who verified it.

    It is usable from `valid_from` to `valid_to`, both included, until it is revoked or has ended.
    """

    __tablename__ = "mandates"
    __table_args__ = (
        UniqueConstraint("task_id"),
        CheckConstraint("valid_to is null or valid_to >= valid_from", name="ck_mandates_valid"),
    )

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contracts.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    """As what the agent acts: statutory_rep, authorised_person, proxy, housing_manager."""
    agent_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), index=True)
    agent_name: Mapped[str] = mapped_column(String(200))
    principal_person_id: Mapped[UUID] = mapped_column(ForeignKey("persons.id"), index=True)
    """The customer as somebody mails go to."""
    evidence: Mapped[Document]
    """What it rests on: ids of the documents shown to the verifier, and what the register said."""
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    verified_by: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    verified_at: Mapped[datetime]
    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500), default="")
    ended_at: Mapped[datetime | None]
    """When it ended, by revocation or expiry, and the accounts that rest on it were locked."""


class CoveredAct(TenantOwned, Base):
    """One act that a mandate covers; a mandate covers at least one."""

    __tablename__ = "mandate_acts"
    __table_args__ = (UniqueConstraint("mandate_id", "act"),)

    mandate_id: Mapped[UUID] = mapped_column(ForeignKey("mandates.id"))
    act: Mapped[str] = mapped_column(String(20))
