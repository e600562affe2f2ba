"""Rows of jobs (the outbox of calls to make) and of leases."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Document, TenantOwned


class Job(TenantOwned, Base):
    """A call to make, written in the transaction that decided it. `state`: waiting, done, failed, cancelled.

    `key` is what handlers are idempotent on: one case, one token, one attempt series.
    """

    __tablename__ = "jobs"
    __table_args__ = (UniqueConstraint("tenant_id", "key"), Index("ix_jobs_due", "state", "run_at"))

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    token: Mapped[int]
    element: Mapped[str] = mapped_column(String(120))
    process: Mapped[str] = mapped_column(String(80), default="")
    handler: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(120))
    payload: Mapped[Document]
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    created_at: Mapped[datetime]
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=4)
    back_off: Mapped[str] = mapped_column(String(100), default="")
    """Waits between tries as the model says them, such as `PT1M,PT1H`; empty for the usual ones."""
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    """When a worker was last told of it; empty while it waits for its next try."""
    error: Mapped[str] = mapped_column(Text, default="")


class Lease(Base):
    """Who does a thing that only one process may do at a time (the tick)."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(String(80))
    until: Mapped[datetime]
