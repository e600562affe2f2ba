"""Rows of cases: the case, its engine state, timers, subscriptions, incidents and history."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Document, JsonColumn, TenantOwned


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
        Index("ix_cases_of_deployment", "deployment_id", "closed_at"),
    )

    reference: Mapped[str] = mapped_column(String(20))
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id"))
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
    words: Mapped[str] = mapped_column(Text, default="")
    """What the case is found by, folded: reference, title, names, numbers and addresses. As personal as the person."""
    office: Mapped[str] = mapped_column(String(40), default="")
    """Code of the office whose clerks alone work on it, with those of the whole utility; empty for all."""
    received_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    """Since when nothing may happen in it; on the day it goes on, what it waits for moves by the time between."""


class CaseState(TenantOwned, Base):
    """The engine's own document of a case, as bytes: jsonb would reorder it."""

    __tablename__ = "case_states"

    id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    """That of its case."""
    content: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    """Empty before the start."""
    told: Mapped[int] = mapped_column(default=0)
    """How many lines its history has."""
    begun_with: Mapped[Document] = mapped_column(default=dict)
    """The variables of its start, typed: what it is begun again with."""


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

    `failures` counts firings that broke off; the next try is not before `retry_at`. A legal clock that was stopped
    does not run from `stopped_at` on; `stopped_for` is the legal basis.
    """

    __tablename__ = "timers"
    __table_args__ = (UniqueConstraint("case_id", "token"), Index("ix_timers_due", "due_at"))

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    token: Mapped[int]
    element: Mapped[str] = mapped_column(String(120))
    process: Mapped[str] = mapped_column(String(80), default="")
    armed_at: Mapped[datetime]
    due_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    stopped_for: Mapped[str] = mapped_column(String(200), default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by SQLAlchemy, never changed


class Subscription(TenantOwned, Base):
    """A token that waits for a message with a correlation key, or (`kind`) for a signal or condition, without one.

    Of a condition `message` is the beginning of its expression.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        UniqueConstraint("case_id", "token"),
        Index("ix_subscriptions_key", "tenant_id", "kind", "message", "correlation"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    token: Mapped[int]
    element: Mapped[str] = mapped_column(String(120))
    process: Mapped[str] = mapped_column(String(80), default="")
    kind: Mapped[str] = mapped_column(String(10), default="message")
    since: Mapped[datetime]
    message: Mapped[str] = mapped_column(String(120))
    correlation: Mapped[str] = mapped_column(String(200))


class Parcel(TenantOwned, Base):
    """A message or signal on its way: it waits for somebody to await it (until `expires_at`), or for its delivery.

    With `case_id` it is for that case alone: one that was suspended when it came, or one of many receivers that one
    transaction could not all reach. `due_at` is empty while nobody awaits it. `hops` counts how often it was handed on.
    """

    __tablename__ = "parcels"
    __table_args__ = (
        UniqueConstraint("tenant_id", "message_id"),
        Index("ix_parcels_key", "tenant_id", "kind", "message", "correlation"),
        Index("ix_parcels_due", "due_at"),
    )

    kind: Mapped[str] = mapped_column(String(10), default="message")
    message: Mapped[str] = mapped_column(String(120))
    correlation: Mapped[str] = mapped_column(String(200), default="")
    message_id: Mapped[str | None] = mapped_column(String(200))
    """Chosen by its sender: a second message with this id, while the first is on its way, is the first."""
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"), index=True)
    variables: Mapped[Document] = mapped_column(default=dict)
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    hops: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")


class Incident(TenantOwned, Base):
    """A failure that waits for a person: on which element, why, and how it was resolved.

    `kind`: call, timer, message, step (an expression, a mapping, an error nobody catches). `resolution`: retried,
    skipped, answered (by hand), passed (the case went another way). `cause` is English and searched; `told` is the same
    as a packed sentence, where it can be said in other languages.
    """

    __tablename__ = "incidents"
    __table_args__ = (Index("ix_incidents_open", "tenant_id", "resolved_at", "id"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    token: Mapped[int]
    element: Mapped[str] = mapped_column(String(120))
    process: Mapped[str] = mapped_column(String(80), default="")
    kind: Mapped[str] = mapped_column(String(10), default="step")
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("jobs.id"), index=True)
    parcel_id: Mapped[UUID | None]
    cause: Mapped[str] = mapped_column(Text)
    told: Mapped[Any | None] = mapped_column(JsonColumn)
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str] = mapped_column(String(200), default="")
    resolution: Mapped[str] = mapped_column(String(10), default="")
    version: Mapped[int] = mapped_column(default=1)


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
    command: Mapped[Document | None]
    """Of a line that tells what was done: the engine's command, so that the case can be run again. What it was given
    stands in `personal`."""
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


class Passage(TenantOwned, Base):
    """That a token came to an element, when it left it again, and how many seconds that took: what a process does, in
    numbers. `since` is when it came, in seconds since 1970, which every database can subtract; `completed` is false
    where it was taken away instead."""

    __tablename__ = "passages"
    __table_args__ = (
        Index("ix_passages_left", "tenant_id", "bundle", "left_at", "element", "waited", "case_id"),
        Index("ix_passages_case", "case_id", "left_at"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    token: Mapped[int]
    bundle: Mapped[str] = mapped_column(String(80))
    element: Mapped[str] = mapped_column(String(120))
    since: Mapped[int] = mapped_column(BigInteger)
    left_at: Mapped[datetime | None]
    waited: Mapped[int | None]
    completed: Mapped[bool] = mapped_column(default=False)
