"""Which open tasks a subject reaches, and as what: through visibility, never past it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, true

from akta.errors import Forbidden, NotFound
from akta.ids import TaskId
from akta.languages import N_
from akta.subjects import Kind, Subject
from people.groups import FRONT_DESK, SUPERVISION
from storage.cases import Case
from storage.tasks import Task
from storage.unit_of_work import Transaction
from storage.visibility import APPLICANT, Visibility


class NotYours(Forbidden):
    """The task is for others."""

    title = N_("This task is for other people.")


class Part(StrEnum):
    """As what a subject does a task."""

    CLERK = "clerk"
    APPLICANT = "applicant"
    ON_BEHALF = "on-behalf"
    """Front-desk staff who enter what the applicant brought or said."""


@dataclass(frozen=True)
class Reached:
    """A task the subject reached, its case, and the part they play in it."""

    task: Task
    case: Case
    part: Part


def reach(tx: Transaction, visibility: Visibility, subject: Subject, task_id: TaskId) -> Reached:
    """The task and the subject's part in it.

    Raises:
        NotFound: there is no such task, or it is not theirs to see.
        NotYours: they may see it, but it is for others to do.
    """
    seen = visible(visibility, subject).where(Task.id == task_id).with_only_columns(Task, Case)
    found = tx.session.execute(seen).one_or_none()
    if found is None:
        raise NotFound(f"task {task_id}")
    task, case = found
    return Reached(task, case, _part(subject, task, case))


def visible(visibility: Visibility, subject: Subject) -> Select[Task]:
    """Tasks a subject may open: what visibility says; in the cases they see, for the front desk also the applicants'
    tasks, for supervision every task."""
    if subject.kind is not Kind.STAFF or not subject.groups & {FRONT_DESK, SUPERVISION}:
        return visibility.tasks(subject)
    return visibility.tasks(subject, true() if supervises(subject) else Task.audience == APPLICANT)


def may_claim(subject: Subject, task: Task) -> bool:
    """Whether the subject is in a candidate group of the task; supervision may take any."""
    if subject.kind is not Kind.STAFF:
        return False
    if supervises(subject):
        return True
    return bool(subject.groups & {*task.groups}) or (APPLICANT in task.groups and FRONT_DESK in subject.groups)


def supervises(subject: Subject) -> bool:
    return subject.kind is Kind.STAFF and SUPERVISION in subject.groups


def is_late(task: Task, now: datetime) -> bool:
    return task.state == "open" and task.due_at is not None and task.due_at < now


def _part(subject: Subject, task: Task, case: Case) -> Part:
    if subject.kind is Kind.STAFF:
        if task.audience == APPLICANT and may_claim(subject, task):
            return Part.ON_BEHALF
        if task.assignee_id == subject.account or may_claim(subject, task):
            return Part.CLERK
    elif task.audience == APPLICANT and is_about(subject, case):
        return Part.APPLICANT
    raise NotYours(str(task.id))


def is_about(subject: Subject, case: Case) -> bool:
    if subject.kind is Kind.CASE_LINK:
        return subject.case == case.id
    return subject.kind is Kind.CUSTOMER and subject.person is not None and subject.person == case.person_id
