"""Claiming, releasing and completing tasks: one assignee, one completion, whoever else is told who was faster."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import select

from akta.errors import Conflict, Forbidden
from akta.ids import CaseId, PersonId, TaskId, TokenId
from akta.languages import N_
from akta.subjects import Actor, Door, Subject
from bpmn.bundle import Bundle
from bpmn.forms import Answers
from bpmn.values import from_json
from storage.cases import Case
from storage.people import Account, Person
from storage.tasks import Task
from storage.unit_of_work import ChangedMeanwhile, Transaction, UnitOfWork
from storage.visibility import APPLICANT
from tasks import _attachments, _doors, drafts
from tasks._doors import Part
from tasks.desk import Desk, Unacceptable, speaking
from workflows import cases, history
from workflows.cases import Evidence
from workflows.engine.commands import CompleteTask


class Taken(Conflict):
    """Somebody else has the task; `params["name"]` says who."""

    title: ClassVar[str] = N_("%(name)s has taken this task.")


class DoneAlready(Conflict):
    """The task was completed before; `params` say by whom and when."""

    title: ClassVar[str] = N_("%(name)s was faster: this task is done already.")


class Gone(Conflict):
    """The case went another way and the task is not needed any more."""

    title: ClassVar[str] = N_("This task is no longer needed: the case went another way.")


class NotClaimed(Forbidden):
    """Clerks complete only what they have claimed."""

    title: ClassVar[str] = N_("Take this task before you complete it.")


NOTHING = N_("Nothing has been added yet. Attach a document or write to us.")


@dataclass(frozen=True)
class Submitted:
    """What somebody sent with a task's form. `version` is the task's when the form was drawn, if the sender knows.

    `language` is that of the page it was sent from; empty: the sender's own.
    """

    answers: Mapping[str, Sequence[str]]
    upload_key: str = ""
    version: int | None = None
    reason: str = ""
    language: str = ""


@dataclass(frozen=True)
class Completed:
    """What became of a completion. `next_task` is open to the same subject: in this case, else their most urgent."""

    case_id: CaseId
    task_id: TaskId
    next_task: TaskId | None
    case_closed: bool


def claim(
    uow: UnitOfWork,
    desk: Desk,
    subject: Subject,
    door: Door,
    task_id: TaskId,
    now: datetime,
    version: int | None = None,
) -> int:
    """Take an open task that nobody has; gives its new version. Taking one's own task again changes nothing.

    Raises:
        NotFound, NotYours: it is not this subject's to take.
        Taken, DoneAlready, Gone: somebody was faster.
        ChangedMeanwhile: the task changed since `version`.
    """
    with uow.begin() as tx:
        task, _ = _locked(tx, desk, subject, task_id, version)
        if subject.account is None or not _doors.may_claim(subject, task):
            raise _doors.NotYours(str(task_id))
        if task.assignee_id == subject.account:
            return task.version
        if task.assignee_id is not None:
            raise Taken(str(task_id), name=_name(tx, task.assignee_id))
        task.assignee_id = subject.account
        _told(tx, task, "task-claimed", subject.acting(door), now)
        return task.version


def release(
    uow: UnitOfWork,
    desk: Desk,
    subject: Subject,
    door: Door,
    task_id: TaskId,
    now: datetime,
    version: int | None = None,
) -> int:
    """Give a task back to its groups; its assignee or supervision may. Gives its new version.

    Raises:
        NotFound, NotYours: it is not this subject's to give back.
        DoneAlready, Gone: it is not open any more.
        ChangedMeanwhile: the task changed since `version`.
    """
    with uow.begin() as tx:
        task, _ = _locked(tx, desk, subject, task_id, version)
        if task.assignee_id is None:
            return task.version
        if task.assignee_id != subject.account and not _doors.supervises(subject):
            raise _doors.NotYours(str(task_id))
        task.assignee_id = None
        _told(tx, task, "task-released", subject.acting(door), now)
        return task.version


def complete(
    uow: UnitOfWork, desk: Desk, subject: Subject, door: Door, task_id: TaskId, submitted: Submitted, now: datetime
) -> Completed:
    """Complete a task with the answers of its form; the case goes on in the same transaction.

    A clerk completes what they have claimed; the applicant, and front-desk staff on their behalf, claim by completing.

    Raises:
        NotFound, NotYours, NotClaimed: it is not this subject's to complete.
        Taken, DoneAlready, Gone: somebody was faster.
        ChangedMeanwhile: the task changed since `submitted.version`.
        Unacceptable: `fields` says which answers need another look; an applicant's answer with nothing in it has none.
    """
    with uow.begin() as tx:
        task, part = _locked(tx, desk, subject, task_id, submitted.version)
        _require_own(tx, task, subject, part)
        bundle = desk.runtime.definitions.bundle(tx, task.bundle_hash)
        answers = _answers(tx, desk, bundle, task, subject, submitted, now)
        if part is not Part.CLERK and task.form and not any([*answers.files.values(), *answers.values.values()]):
            raise Unacceptable({"": speaking(tx, submitted.language or subject.language).gettext(NOTHING)}, {})
        case = tx.get(Case, task.case_id)
        files = _attachments.attach(tx, CaseId(case.id), answers.files, submitted.upload_key)
        values = {**answers.values, **files}
        if part is Part.ON_BEHALF:
            task.assignee_id = subject.account
            tx.session.flush()
        by = _actor(subject, door, part, case, submitted.reason)
        evidence = Evidence(
            {"form": task.form, "task": str(task.id)}, history.answers(values), task.element, task.bundle
        )
        command = CompleteTask(TokenId(task.token), values)
        outcome = cases.advance(tx, desk.runtime, CaseId(case.id), command, by, now, evidence=evidence)
        drafts.drop(tx, subject, task_id)
        following = _next(tx, desk, subject, case)
        return Completed(CaseId(case.id), task_id, following, outcome.ended is not None)


def _locked(tx: Transaction, desk: Desk, subject: Subject, task_id: TaskId, version: int | None) -> tuple[Task, Part]:
    """The open task with its case locked first, and the subject's part in it."""
    reached = _doors.reach(tx, desk.visibility, subject, task_id)
    tx.locked(Case, reached.case.id)
    task = tx.locked(Task, task_id)
    if task.state == "completed":
        raise DoneAlready(str(task_id), name=_name(tx, task.ended_by) or _about(tx, reached.case), at=task.ended_at)
    if task.state != "open":
        raise Gone(str(task_id))
    if version is not None and version != task.version:
        raise _changed(tx, task, subject)
    return task, reached.part


def _changed(tx: Transaction, task: Task, subject: Subject) -> Conflict:
    if task.assignee_id is not None and task.assignee_id != subject.account:
        return Taken(str(task.id), name=_name(tx, task.assignee_id))
    return ChangedMeanwhile(f"task {task.id} is at version {task.version}")


def _require_own(tx: Transaction, task: Task, subject: Subject, part: Part) -> None:
    if part is Part.APPLICANT or task.assignee_id == subject.account:
        return
    if task.assignee_id is not None:
        raise Taken(str(task.id), name=_name(tx, task.assignee_id))
    if part is Part.CLERK:
        raise NotClaimed(str(task.id))


def _answers(
    tx: Transaction,
    desk: Desk,
    bundle: Bundle,
    task: Task,
    subject: Subject,
    submitted: Submitted,
    now: datetime,
) -> Answers:
    """The answers of the task's form, checked; nothing where the task has no form."""
    if not task.form:
        return Answers({}, {}, {}, {})
    language = speaking(tx, submitted.language or subject.language)
    context = from_json(task.context)
    known = context if isinstance(context, dict) else {}
    answers = bundle.forms[task.form].accept(
        submitted.answers,
        known,
        texts=bundle.texts(language.code),
        language=language,
        now=now,
        sources=desk.sourced(tx, bundle, task.element, subject, now),
    )
    errors = dict(answers.errors)
    if not errors:
        errors |= desk.complaints(tx, bundle, task.element, subject, {**known, **answers.values}, language, now)
    if errors:
        raise Unacceptable(errors, answers.shown)
    return answers


def _actor(subject: Subject, door: Door, part: Part, case: Case, reason: str) -> Actor:
    behalf = case.person_id if part is Part.ON_BEHALF else None
    return subject.acting(door, reason=reason, on_behalf_of=None if behalf is None else PersonId(behalf))


def _told(tx: Transaction, task: Task, kind: str, by: Actor, now: datetime) -> None:
    tx.session.flush()
    evidence = Evidence({"task": str(task.id), "name": task.name}, None, task.element, task.bundle)
    cases.note(tx, CaseId(task.case_id), kind, by, now, evidence)


def _name(tx: Transaction, account: UUID | None) -> str:
    if account is None:
        return ""
    found = select(Person.name).join(Account, Account.person_id == Person.id).where(Account.id == account)
    return tx.session.scalar(found) or ""


def _about(tx: Transaction, case: Case) -> str:
    person = None if case.person_id is None else tx.find(Person, case.person_id)
    return "" if person is None else person.name


def _next(tx: Transaction, desk: Desk, subject: Subject, case: Case) -> TaskId | None:
    """The next task for this subject: in the same case, else the most urgent they have claimed, else the most urgent
    that waits for their groups."""
    mine = _doors.visible(desk.visibility, subject).where(Task.state == "open").with_only_columns(Task.id)
    here = mine.where(Task.case_id == case.id)
    if subject.account is None:
        found = tx.session.scalar(here.order_by(Task.id).limit(1))
    else:
        own, free = Task.assignee_id == subject.account, Task.assignee_id.is_(None)
        waiting = desk.visibility.tasks(subject).where(Task.state == "open", free, Task.audience != APPLICANT)
        urgent = (Task.due_at.nulls_last(), Task.id)
        found = (
            tx.session.scalar(here.where(free | own).order_by(Task.id).limit(1))
            or tx.session.scalar(mine.where(own).order_by(*urgent).limit(1))
            or tx.session.scalar(waiting.with_only_columns(Task.id).order_by(*urgent).limit(1))
        )
    return None if found is None else TaskId(found)
