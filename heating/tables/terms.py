"""Rows of the terms of use: their versions, and who accepted which (S000-13)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Document, TenantOwned


class TermsVersion(TenantOwned, Base):
    """A published version of the terms; it is never changed, a later one takes its place."""

    __tablename__ = "terms_versions"
    __table_args__ = (
        UniqueConstraint("tenant_id", "number"),
        CheckConstraint("number > 0", name="ck_terms_versions_number"),
    )

    number: Mapped[int]
    effective_from: Mapped[date]
    words: Mapped[Document]
    """By language: `text`, what they say, and `changes`, what is different from the version before."""
    published_at: Mapped[datetime]
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), index=True)


class TermsAcceptance(TenantOwned, Base):
    """That the owner of an account accepted a version, when, and through which door (or in an application)."""

    __tablename__ = "terms_acceptances"
    __table_args__ = (UniqueConstraint("account_id", "version_id"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("terms_versions.id"), index=True)
    accepted_at: Mapped[datetime]
    door: Mapped[str] = mapped_column(String(20))
