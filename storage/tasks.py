"""Rows of tasks, and of parts that a person may begin: the work that waits for people."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint, false, func, or_, type_coerce
from sqlalchemy.orm import Mapped, mapped_column

from storage.base import Base, Document, Names, TenantOwned


def for_any(groups: Iterable[str], task: "type[Task] | None" = None) -> ColumnElement[bool]:
    """That one of these is a candidate group of the task, or of another one a query looks at beside it."""
    # Not LIKE, for which capitals are small letters on SQLite.
    stored = type_coerce((task or Task).groups, Text)
    return or_(false(), *(func.replace(stored, f",{group},", "") != stored for group in sorted(groups)))


class Task(TenantOwned, Base):
    """A user task. `audience`: staff or applicant; `state`: open, completed, cancelled."""

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("case_id", "token"),
        Index("ix_tasks_inbox", "tenant_id", "state", "due_at", "id"),
        Index("ix_tasks_since", "tenant_id", "state", "created_at", "id"),
        Index("ix_tasks_assignee", "tenant_id", "assignee_id", "state", "due_at", "id"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    token: Mapped[int]
    element: Mapped[str] = mapped_column(String(120))
    bundle: Mapped[str] = mapped_column(String(80))
    """Key of the bundle that owns the element: a called process brings its own forms and texts."""
    bundle_hash: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    form: Mapped[str] = mapped_column(String(80), default="")
    audience: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default="open")
    groups: Mapped[Sequence[str]] = mapped_column(Names, default=())
    """Its candidate groups; `for_any` finds them."""
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"))
    priority: Mapped[int] = mapped_column(default=50)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    context: Mapped[Document] = mapped_column(default=dict)
    """The variables its form shows, as they were when the task was opened."""
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - read by SQLAlchemy, never changed


class Choice(TenantOwned, Base):
    """An ad-hoc sub-process: people begin its parts, one after the other if `one_at_a_time`.

    `by_hand`: nothing but a person ends it.
    """

    __tablename__ = "choices"
    __table_args__ = (UniqueConstraint("case_id", "token"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    token: Mapped[int]
    element: Mapped[str] = mapped_column(String(120))
    process: Mapped[str] = mapped_column(String(80), default="")
    name: Mapped[str] = mapped_column(String(200))
    one_at_a_time: Mapped[bool]
    by_hand: Mapped[bool]
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """It stays when it has ended, as tasks do: who could begin something still sees the case."""


class Part(TenantOwned, Base):
    """A part of an ad-hoc sub-process that the people of one group may begin; a row for each of its groups."""

    __tablename__ = "parts"
    __table_args__ = (
        UniqueConstraint("choice_id", "element", "group"),
        Index("ix_parts_group", "tenant_id", "group", "choice_id"),
    )

    choice_id: Mapped[UUID] = mapped_column(ForeignKey("choices.id"))
    element: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(200))
    group: Mapped[str] = mapped_column(String(60))
