"""One line of the inbox, read for many tasks at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from akta.ids import AccountId, CaseId, TaskId
from storage.cases import Case
from storage.people import Account, Person
from storage.tasks import Task
from storage.unit_of_work import Transaction
from tasks import _doors


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the inbox: who, what, since when, until when, how late."""

    id: TaskId
    case_id: CaseId
    reference: str
    title: str
    element: str
    name: str
    bundle: str
    bundle_hash: str
    person: str
    """Whom the case is about."""
    audience: str
    groups: tuple[str, ...]
    assignee_id: AccountId | None
    assignee: str
    since: datetime
    due_at: datetime | None
    late_by: timedelta | None
    priority: int
    version: int
    suspended_at: datetime | None
    """Since when its case is halted: nothing can be completed until it goes on."""


def of(tx: Transaction, ids: Sequence[UUID], now: datetime) -> tuple[Row, ...]:
    """The rows of these tasks, in this order, with names: one statement, however many there are."""
    if not ids:
        return ()
    about, holder, account = aliased(Person), aliased(Person), aliased(Account)
    statement = (
        select(Task, Case, about.name, holder.name)
        .join(Case, Case.id == Task.case_id)
        .outerjoin(about, about.id == Case.person_id)
        .outerjoin(account, account.id == Task.assignee_id)
        .outerjoin(holder, holder.id == account.person_id)
        .where(Task.id.in_(ids))
    )
    found = {
        task.id: _row(task, case, person or "", assignee or "", now)
        for task, case, person, assignee in tx.session.execute(statement)
    }
    return tuple(found[task_id] for task_id in ids)


def _row(task: Task, case: Case, person: str, assignee: str, now: datetime) -> Row:
    return Row(
        id=TaskId(task.id),
        case_id=CaseId(case.id),
        reference=case.reference,
        title=case.title,
        element=task.element,
        name=task.name,
        bundle=task.bundle,
        bundle_hash=task.bundle_hash,
        person=person,
        audience=task.audience,
        groups=tuple(task.groups),
        assignee_id=None if task.assignee_id is None else AccountId(task.assignee_id),
        assignee=assignee,
        since=task.created_at,
        due_at=task.due_at,
        late_by=now - task.due_at if _doors.is_late(task, now) and task.due_at is not None else None,
        priority=task.priority,
        version=task.version,
        suspended_at=case.suspended_at,
    )
