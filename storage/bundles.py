"""Rows of deployed bundles: immutable versions, their files by content hash, and the closure each one pins."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.append_only import APPEND_ONLY
from storage.base import Base, Document, TenantOwned


class Deployment(TenantOwned, Base):
    """One version of a bundle for one tenant. `closure` maps every bundle key it calls to a content hash."""

    __tablename__ = "deployments"
    __table_args__ = (
        UniqueConstraint("tenant_id", "key", "version"),
        Index("ix_deployments_planned", "planned_at"),
    )

    key: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    content_hash: Mapped[str] = mapped_column(String(64), index=True)
    closure: Mapped[Document]
    closure_hash: Mapped[str] = mapped_column(String(64))
    active: Mapped[bool] = mapped_column(default=False)
    deployed_at: Mapped[datetime]
    deployed_by: Mapped[str] = mapped_column(String(200))
    deployed_by_account: Mapped[UUID | None]
    activated_at: Mapped[datetime | None]
    activated_by: Mapped[str] = mapped_column(String(200), default="")
    planned_at: Mapped[datetime | None]
    """When the tick is to make it the active one; empty where nobody planned it."""
    planned_by: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(String(500), default="")


class BundleArchive(TenantOwned, Base):
    """The bytes of a bundle, once per tenant and content hash."""

    __tablename__ = "bundle_archives"
    __table_args__ = (UniqueConstraint("tenant_id", "content_hash"),)

    content_hash: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)


class RefusedVersion(TenantOwned, Base):
    """The last archive of each account that was refused as a version, so that its problems can be looked at."""

    __tablename__ = "refused_versions"
    __table_args__ = (UniqueConstraint("tenant_id", "account_id"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    refused_at: Mapped[datetime]


class ReleaseEvent(TenantOwned, Base):
    """What somebody did about a version: deployed, planned or activated it, accepted a warning, explained what is not
    green, tried a start again; and why.

    `code` and `element` name what was accepted or explained, or `element` the start; `reason` is then what had failed.
    """

    __tablename__ = "release_events"
    __table_args__ = (
        Index("ix_release_events_deployment", "tenant_id", "deployment_id"),
        {"info": {APPEND_ONLY: True}},
    )

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id"))
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    account_id: Mapped[UUID | None]
    actor: Mapped[str] = mapped_column(String(200))
    door: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(60), default="")
    element: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")


class ReplayRow(TenantOwned, Base):
    """What came of replaying past cases on a candidate, known by the hash of its closure; the last one counts.

    `content` holds the groups of cases that would go otherwise, by reference: nothing personal.
    """

    __tablename__ = "replays"
    __table_args__ = (
        Index("ix_replays_candidate", "tenant_id", "candidate"),
        {"info": {APPEND_ONLY: True}},
    )

    candidate: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    account_id: Mapped[UUID | None]
    actor: Mapped[str] = mapped_column(String(200))
    door: Mapped[str] = mapped_column(String(10))
    cases: Mapped[int]
    same: Mapped[int]
    content: Mapped[Document]


class Schedule(TenantOwned, Base):
    """A start of a deployment that begins cases by the clock: next at `due_at`, never again where that is empty.

    A row without an element says that the starts of the deployment were looked at.
    """

    __tablename__ = "schedules"
    __table_args__ = (UniqueConstraint("deployment_id", "element"), Index("ix_schedules_due", "due_at"))

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id"))
    element: Mapped[str] = mapped_column(String(120), default="")
    since: Mapped[datetime]
    last_at: Mapped[datetime | None]
    begun: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(1000), default="")
