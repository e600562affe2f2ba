"""Rows of drafts: a bundle being changed, every save of it with who and why, who looks at it, and who may change it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.append_only import APPEND_ONLY
from storage.base import Base, TenantOwned


class BundleDraft(TenantOwned, Base):
    """A bundle being changed: begun from the deployment `base_id`, ended by deploying it or by discarding it.

    `revision` is the number of its last save.
    """

    __tablename__ = "bundle_drafts"
    __table_args__ = (Index("ix_bundle_drafts_key", "tenant_id", "key"),)

    key: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(120))
    base_id: Mapped[UUID] = mapped_column(ForeignKey("deployments.id"), index=True)
    begun_at: Mapped[datetime]
    begun_by: Mapped[str] = mapped_column(String(200))
    revision: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    discarded_at: Mapped[datetime | None]
    deployment_id: Mapped[UUID | None] = mapped_column(ForeignKey("deployments.id"), index=True)


class DraftSave(TenantOwned, Base):
    """One thing done to a draft. A change of a file has its `path` and the hashes of its content `before` and `after`.

    An empty hash is a file that was not there. `reason` is why, where somebody said so. `settles` is the number of the
    save whose text was kept beside and is now chosen from.
    """

    __tablename__ = "draft_saves"
    __table_args__ = (UniqueConstraint("draft_id", "number"), {"info": {APPEND_ONLY: True}})

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("bundle_drafts.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    account_id: Mapped[UUID | None]
    actor: Mapped[str] = mapped_column(String(200))
    door: Mapped[str] = mapped_column(String(10))
    path: Mapped[str] = mapped_column(String(200), default="")
    before: Mapped[str] = mapped_column(String(64), default="")
    after: Mapped[str] = mapped_column(String(64), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
    settles: Mapped[int] = mapped_column(default=0)


class DraftContent(TenantOwned, Base):
    """The bytes of a file of a draft, packed, once per draft and content."""

    __tablename__ = "draft_contents"
    __table_args__ = (UniqueConstraint("draft_id", "content_hash"),)

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("bundle_drafts.id"))
    content_hash: Mapped[str] = mapped_column(String(64))
    packed: Mapped[bytes] = mapped_column(LargeBinary)


class DraftVisitor(TenantOwned, Base):
    """Who has a draft open, at which file, and when their page last said so."""

    __tablename__ = "draft_visitors"
    __table_args__ = (UniqueConstraint("draft_id", "account_id"),)

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("bundle_drafts.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    path: Mapped[str] = mapped_column(String(200), default="")
    seen_at: Mapped[datetime]


class BundleRight(TenantOwned, Base):
    """One of the few who may do an act to a bundle. Where nobody is named, every process owner may."""

    __tablename__ = "bundle_rights"
    __table_args__ = (UniqueConstraint("tenant_id", "key", "act", "account_id"),)

    key: Mapped[str] = mapped_column(String(80))
    act: Mapped[str] = mapped_column(String(20))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    given_at: Mapped[datetime]
    given_by: Mapped[str] = mapped_column(String(200))
