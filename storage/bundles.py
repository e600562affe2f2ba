"""Rows of deployed bundles: immutable versions, their files by content hash, and the closure each one pins."""

from datetime import datetime

from sqlalchemy import LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Document, TenantOwned


class Deployment(TenantOwned, Base):
    """One version of a bundle for one tenant. `closure` maps every bundle key it calls to a content hash."""

    __tablename__ = "deployments"
    __table_args__ = (UniqueConstraint("tenant_id", "key", "version"),)

    key: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    content_hash: Mapped[str] = mapped_column(String(64), index=True)
    closure: Mapped[Document]
    closure_hash: Mapped[str] = mapped_column(String(64))
    active: Mapped[bool] = mapped_column(default=False)
    deployed_at: Mapped[datetime]
    deployed_by: Mapped[str] = mapped_column(String(200))
    activated_at: Mapped[datetime | None]
    activated_by: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(String(500), default="")


class BundleArchive(TenantOwned, Base):
    """The bytes of a bundle, once per tenant and content hash."""

    __tablename__ = "bundle_archives"
    __table_args__ = (UniqueConstraint("tenant_id", "content_hash"),)

    content_hash: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)
