"""Rows of how people work: the lists they keep, what they have typed and not sent, and how dense they want it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Document, TenantOwned


class SavedView(TenantOwned, Base):
    """A list somebody keeps under a name: which queue, what is looked for, in which order.

    `group`: everybody in this candidate group has it too; empty: its owner alone.
    """

    __tablename__ = "saved_views"
    __table_args__ = (
        UniqueConstraint("account_id", "name"),
        Index("ix_saved_views_group", "tenant_id", "group"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str] = mapped_column(String(80))
    group: Mapped[str] = mapped_column(String(60), default="")
    query: Mapped[Document]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by SQLAlchemy, never changed


class Draft(TenantOwned, Base):
    """What an account has typed into a task's form and not sent; as personal as the answers it will become."""

    __tablename__ = "drafts"
    __table_args__ = (UniqueConstraint("account_id", "task_id"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    task_id: Mapped[UUID] = mapped_column(ForeignKey("tasks.id"), index=True)
    answers: Mapped[Document]
    saved_at: Mapped[datetime]


class StartDraft(TenantOwned, Base):
    """What somebody has filled into a start form and not sent yet; as personal as the answers it will become.

    `content`: `answers` as a form sends them, `done` the steps that were gone through. `upload_key` holds its files
    together, `submission_key` makes one case of it however often it is sent, `email` is where its link went.
    """

    __tablename__ = "start_drafts"
    __table_args__ = (Index("ix_start_drafts_expires_at", "expires_at"), UniqueConstraint("tenant_id", "upload_key"))

    bundle: Mapped[str] = mapped_column(String(80))
    content: Mapped[Document]
    upload_key: Mapped[str] = mapped_column(String(64))
    submission_key: Mapped[str] = mapped_column(String(64))
    email: Mapped[str] = mapped_column(String(254), default="")
    saved_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class DraftKey(TenantOwned, Base):
    """What opens a draft of a start form: a browser, an account, or a link in a mail. Only a hash of it is kept."""

    __tablename__ = "draft_keys"
    __table_args__ = (UniqueConstraint("tenant_id", "key_hash"),)

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("start_drafts.id"), index=True)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class Preference(TenantOwned, Base):
    """How an account wants its pages. `density`: comfortable, compact."""

    __tablename__ = "preferences"
    __table_args__ = (UniqueConstraint("account_id"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    density: Mapped[str] = mapped_column(String(20), default="comfortable")
