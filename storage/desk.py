"""Rows of how people work: the lists they keep, what they have typed and not sent, and how dense they want it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
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


class Preference(TenantOwned, Base):
    """How an account wants its pages. `density`: comfortable, compact."""

    __tablename__ = "preferences"
    __table_args__ = (UniqueConstraint("account_id"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    density: Mapped[str] = mapped_column(String(20), default="comfortable")
