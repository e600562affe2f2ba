"""Rows of cases: the case, its engine state, timers, subscriptions, incidents and history."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Document, TenantOwned


class Case(TenantOwned, Base):
    """One matter of one applicant, running on exactly one deployment.

    `state`: received, in_work, waiting_applicant, waiting, closed (domain.md §2.27); `outcome` is the id of the
    end event and is set once.
    """

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("tenant_id", "reference"),
        UniqueConstraint("tenant_id", "submission_key"),
        Index("ix_cases_open", "tenant_id", "state", "id"),
    )

    reference: Mapped[str] = mapped_column(String(20))
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id"), index=True)
    bundle: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(20), default="received")
    outcome: Mapped[str | None] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(300), default="")
    channel: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(5))
    submission_key: Mapped[str] = mapped_column(String(80))
    """Chosen by the sender's form or client: the same submission twice is one case."""
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), index=True)
    """Whom the case is about and who may follow it."""
    received_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]


class CaseState(TenantOwned, Base):
    """The engine's own document of a case, as bytes: jsonb would reorder it."""

    __tablename__ = "case_states"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), unique=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class CaseRelation(TenantOwned, Base):
    """That a case concerns a thing of the utility (a contract, a supply point, a reading)."""

    __tablename__ = "case_relations"
    __table_args__ = (
        UniqueConstraint("tenant_id", "case_id", "kind", "object_id"),
        Index("ix_case_relations_object", "tenant_id", "kind", "object_id"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    object_id: Mapped[UUID]


class Timer(TenantOwned, Base):
    """A moment at which a waiting token goes on.

    `failures` counts firings that broke off; the next try is not before `retry_at`.
    """

    __tablename__ = "timers"
    __table_args__ = (UniqueConstraint("case_id", "token"), Index("ix_timers_due", "due_at"))

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    token: Mapped[int]
    element: Mapped[str] = mapped_column(String(120))
    due_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]


class Subscription(TenantOwned, Base):
    """A token that waits for a message with a correlation key."""

    __tablename__ = "subscriptions"
    __table_args__ = (
        UniqueConstraint("case_id", "token"),
        Index("ix_subscriptions_key", "tenant_id", "message", "correlation"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    token: Mapped[int]
    element: Mapped[str] = mapped_column(String(120))
    message: Mapped[str] = mapped_column(String(120))
    correlation: Mapped[str] = mapped_column(String(200))


class Incident(TenantOwned, Base):
    """A failure that waits for a person: on which element, why, and whether it was resolved."""

    __tablename__ = "incidents"
    __table_args__ = (Index("ix_incidents_open", "tenant_id", "resolved_at", "id"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    token: Mapped[int]
    element: Mapped[str] = mapped_column(String(120))
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id"), index=True)
    cause: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str] = mapped_column(String(200), default="")


class HistoryEntry(TenantOwned, Base):
    """What happened in a case, append-only. `personal` is kept apart beside whom it is about (`person_id`)."""

    __tablename__ = "history"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    number: Mapped[int]
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(40))
    element: Mapped[str] = mapped_column(String(120), default="")
    process: Mapped[str] = mapped_column(String(80), default="")
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_account: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(String(200), default="")
    actor_role: Mapped[str] = mapped_column(String(60), default="")
    on_behalf_of: Mapped[UUID | None]
    door: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text, default="")
    data: Mapped[Document] = mapped_column(default=dict)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"), index=True)
    personal: Mapped[Document | None]


class Position(TenantOwned, Base):
    """Where a token of an open case stands now, for diagrams and live counts."""

    __tablename__ = "positions"
    __table_args__ = (Index("ix_positions_element", "tenant_id", "bundle", "bundle_hash", "element"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    bundle: Mapped[str] = mapped_column(String(80))
    bundle_hash: Mapped[str] = mapped_column(String(64))
    element: Mapped[str] = mapped_column(String(120))
