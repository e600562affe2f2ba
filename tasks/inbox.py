"""The inbox: what waits for whom, since when, until when, and how late; every list starts from visibility."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, literal, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from akta.ids import AccountId, CaseId, TaskId
from akta.languages import Language
from akta.subjects import Kind, Subject
from storage.cases import Case
from storage.people import Account, Person
from storage.tasks import Task, TaskGroup
from storage.unit_of_work import Transaction
from storage.visibility import APPLICANT, Visibility
from tasks import _doors

PAGE = 50
LARGEST_PAGE = 200


class Queue(StrEnum):
    """What a clerk looks at. `GROUPS`: open to their groups and taken by nobody."""

    MINE = "mine"
    GROUPS = "groups"
    TODAY = "today"
    LATE = "late"
    APPLICANT = "applicant"
    """Waiting for the applicant, in cases the clerk sees."""
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Counters:
    """Exact numbers of open tasks per queue, each counted as its list is filtered."""

    mine: int
    groups: int
    today: int
    late: int
    applicant: int


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


@dataclass(frozen=True, slots=True)
class After:
    """Where a page ended: the order is by due date (none last), then by id."""

    due_at: datetime | None
    id: UUID


@dataclass(frozen=True, slots=True)
class Page:
    rows: tuple[Row, ...]
    next: After | None


@dataclass(frozen=True, slots=True)
class Frame:
    """What an inbox is looked at with: whose it is, the day in their zone."""

    visibility: Visibility
    subject: Subject
    now: datetime
    language: Language


def counters(tx: Transaction, frame: Frame) -> Counters:
    """How many open tasks stand in each queue: the visible ones are gone through once, whatever the queues ask."""
    own = [queue for queue in _COUNTED if not _by_cases(frame, queue)]
    wanted = [func.count().filter(*_conditions(frame, queue)) for queue in own]
    visible = frame.visibility.tasks(frame.subject).where(Task.state == "open").with_only_columns(*wanted)
    numbers = dict(zip(own, tx.session.execute(visible).one(), strict=True))
    if Queue.APPLICANT not in numbers:
        waiting = _queue(frame, Queue.APPLICANT).with_only_columns(func.count())
        numbers[Queue.APPLICANT] = tx.session.scalar(waiting) or 0
    return Counters(**{queue.value: number for queue, number in numbers.items()})


def page(
    tx: Transaction, frame: Frame, queue: Queue, *, search: str = "", after: After | None = None, limit: int = PAGE
) -> Page:
    """One page of a queue, the most urgent first. `search` finds parts of reference, title and person name."""
    size = max(1, min(limit, LARGEST_PAGE))
    statement = _queue(frame, queue)
    if search.strip():
        statement = statement.where(_found(search.strip()))
    ids = _ids(tx, statement, after, size + 1)
    rows = _rows(tx, ids[:size], frame.now)
    more = rows[-1] if len(ids) > size else None
    return Page(rows, None if more is None else After(more.due_at, more.id))


def of_case(tx: Transaction, frame: Frame, case_id: CaseId) -> tuple[Row, ...]:
    """The open tasks of a case that this subject may open."""
    found = _doors.visible(frame.visibility, frame.subject).where(Task.case_id == case_id, Task.state == "open")
    ids = list(tx.session.scalars(found.with_only_columns(Task.id).order_by(Task.id)))
    return _rows(tx, ids, frame.now)


def all_of_case(tx: Transaction, frame: Frame, case_id: CaseId) -> tuple[Row, ...]:
    """Every open task of a case this subject sees, those of other groups too, so that any clerk can say who is next."""
    seen = frame.visibility.cases(frame.subject).with_only_columns(Case.id)
    found = select(Task.id).where(Task.case_id == case_id, Task.case_id.in_(seen), Task.state == "open")
    return _rows(tx, list(tx.session.scalars(found.order_by(Task.id))), frame.now)


def row(tx: Transaction, frame: Frame, task: Task) -> Row:
    """One task as a line; whoever asks has been let to it already."""
    return _rows(tx, [task.id], frame.now)[0]


_COUNTED = (Queue.MINE, Queue.GROUPS, Queue.TODAY, Queue.LATE, Queue.APPLICANT)


def _queue(frame: Frame, queue: Queue) -> Select[UUID]:
    """Ids of the open tasks of one queue."""
    if _by_cases(frame, queue):
        seen = frame.visibility.cases(frame.subject).with_only_columns(Case.id)
        return (
            select(Task.id)
            .join(Case, Case.id == Task.case_id)
            .where(Task.state == "open", Task.audience == APPLICANT, Task.case_id.in_(seen))
        )
    statement = frame.visibility.tasks(frame.subject).where(Task.state == "open", *_conditions(frame, queue))
    return statement.with_only_columns(Task.id)


def _by_cases(frame: Frame, queue: Queue) -> bool:
    """Whether a queue is reached through the cases its subject sees, not through the tasks they may open."""
    return queue is Queue.APPLICANT and frame.subject.kind is Kind.STAFF


def _conditions(frame: Frame, queue: Queue) -> Sequence[ColumnElement[bool]]:
    own = false() if frame.subject.account is None else Task.assignee_id == frame.subject.account
    match queue:
        case Queue.MINE:
            return (own,)
        case Queue.GROUPS:
            return (Task.assignee_id.is_(None), Task.audience != APPLICANT)
        case Queue.TODAY:
            first, last = _day(frame)
            return (Task.due_at >= first, Task.due_at < last, or_(own, Task.assignee_id.is_(None)))
        case Queue.LATE:
            return (Task.due_at < frame.now, or_(own, Task.assignee_id.is_(None)))
        case Queue.APPLICANT:
            return (Task.audience == APPLICANT,)
    return ()


def _day(frame: Frame) -> tuple[datetime, datetime]:
    """The present day of the utility."""
    zone = frame.language.zone
    today: date = frame.now.astimezone(zone).date()
    return datetime.combine(today, time(), zone), datetime.combine(today + timedelta(days=1), time(), zone)


def _found(search: str) -> ColumnElement[bool]:
    named = select(Person.id).where(_like(Person.name, search))
    return or_(_like(Case.reference, search), _like(Case.title, search), Case.person_id.in_(named))


def _like(column: InstrumentedAttribute[str], search: str) -> ColumnElement[bool]:
    return func.lower(column).contains(search.lower(), autoescape=True)


def _ids(tx: Transaction, statement: Select[UUID], after: After | None, size: int) -> list[UUID]:
    """The next ids: those with a due date, then those without, each read straight off an index."""
    found: list[UUID] = []
    if after is None or after.due_at is not None:
        dated = statement.where(Task.due_at.is_not(None)).order_by(Task.due_at, Task.id).limit(size)
        if after is not None:
            place = tuple_(literal(after.due_at, Task.due_at.type), literal(after.id, Task.id.type))
            dated = dated.where(tuple_(Task.due_at, Task.id) > place)
        found = list(tx.session.scalars(dated))
    if len(found) < size:
        undated = statement.where(Task.due_at.is_(None)).order_by(Task.id).limit(size - len(found))
        if after is not None and after.due_at is None:
            undated = undated.where(Task.id > after.id)
        found.extend(tx.session.scalars(undated))
    return found


def _rows(tx: Transaction, ids: Sequence[UUID], now: datetime) -> tuple[Row, ...]:
    """The rows of these tasks, in this order, with names and groups: two statements, however many there are."""
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
    groups: dict[UUID, list[str]] = {}
    named = select(TaskGroup.task_id, TaskGroup.group).where(TaskGroup.task_id.in_(ids)).order_by(TaskGroup.group)
    for task_id, group in tx.session.execute(named):
        groups.setdefault(task_id, []).append(group)
    found = {
        task.id: _row(task, case, person or "", assignee or "", tuple(groups.get(task.id, ())), now)
        for task, case, person, assignee in tx.session.execute(statement)
    }
    return tuple(found[task_id] for task_id in ids)


def _row(task: Task, case: Case, person: str, assignee: str, groups: tuple[str, ...], now: datetime) -> Row:
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
        groups=groups,
        assignee_id=None if task.assignee_id is None else AccountId(task.assignee_id),
        assignee=assignee,
        since=task.created_at,
        due_at=task.due_at,
        late_by=now - task.due_at if _doors.is_late(task, now) and task.due_at is not None else None,
        priority=task.priority,
        version=task.version,
    )
