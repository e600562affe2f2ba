"""The inbox: what waits for whom, since when, until when, and how late; every list starts from visibility."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, literal, or_, select, tuple_

from akta import alphabets
from akta.ids import CaseId
from akta.languages import Language
from akta.subjects import Kind, Subject
from storage.cases import Case
from storage.people import Person
from storage.tasks import Task, for_any
from storage.unit_of_work import Transaction
from storage.visibility import APPLICANT, Visibility
from tasks import _doors, _rows
from tasks._rows import Row
from workflows import queries

__all__ = ["After", "Counters", "Frame", "Order", "Page", "Queue", "Row", "Wanted"]

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


class Order(StrEnum):
    """What a list is sorted by; the task's id decides between equals."""

    DUE = "due"
    SINCE = "since"
    REFERENCE = "reference"
    PERSON = "person"
    STEP = "step"


_TIMES = frozenset({Order.DUE, Order.SINCE})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tasks to list, and in which order. `process` is the key of the bundle their case runs on; `group` a
    candidate group; every word of `search` is looked for in the words a case is found by."""

    queue: Queue = Queue.ALL
    search: str = ""
    process: str = ""
    group: str = ""
    order: Order = Order.DUE
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Counters:
    """Exact numbers of open tasks per queue, each counted as its list is filtered."""

    mine: int
    groups: int
    today: int
    late: int
    applicant: int


@dataclass(frozen=True, slots=True)
class After:
    """Where a page ended: what it was sorted by there (tasks without a due date come last), and the id."""

    value: datetime | str | None
    id: UUID

    def written(self) -> str:
        """As `read` takes it."""
        value = self.value.isoformat() if isinstance(self.value, datetime) else self.value or ""
        return f"{value}|{self.id}"

    @classmethod
    def read(cls, text: str, order: Order) -> "After":
        """
        Raises:
            ValueError: it was not written by a list in this order.
        """
        written, _, key = text.rpartition("|")
        if order not in _TIMES:
            return cls(written, UUID(key))
        try:
            return cls(datetime.fromisoformat(written).astimezone(UTC) if written else None, UUID(key))
        except OverflowError as wrong:
            raise ValueError(text) from wrong


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


def page(tx: Transaction, frame: Frame, wanted: Wanted, *, after: After | None = None, limit: int = PAGE) -> Page:
    """One page of a list."""
    size = max(1, min(limit, LARGEST_PAGE))
    places = _places(tx, _listed(frame, wanted), frame, wanted, after, size + 1)
    rows = _rows.of(tx, [place.id for place in places[:size]], frame.now)
    return Page(rows, places[size - 1] if len(places) > size else None)


def count(tx: Transaction, frame: Frame, wanted: Wanted) -> int:
    """How many tasks a list has, all its pages together."""
    return tx.session.scalar(_listed(frame, wanted).with_only_columns(func.count())) or 0


def processes(tx: Transaction, frame: Frame, queue: Queue) -> dict[str, int]:
    """How many tasks of this queue are of cases of each process, by its key."""
    counted = _queue(frame, queue).with_only_columns(Case.bundle, func.count()).group_by(Case.bundle)
    return {key: number for key, number in tx.session.execute(counted)}


@dataclass(frozen=True, slots=True)
class Load:
    """Open work of a candidate group: all of it, what nobody has taken, what is due today, what is late, and since
    when the oldest waits."""

    group: str
    open: int
    free: int
    today: int
    late: int
    oldest: datetime

    def with_more(self, other: "Load") -> "Load":
        """The work of both: tasks that are offered to this group alone, and such that others are offered too."""
        return Load(
            self.group,
            self.open + other.open,
            self.free + other.free,
            self.today + other.today,
            self.late + other.late,
            min(self.oldest, other.oldest),
        )


def load(tx: Transaction, frame: Frame) -> list[Load]:
    """The open work of every candidate group, in cases this subject sees; a task offered to two counts in both."""
    first, last = _day(frame)
    seen = frame.visibility.cases(frame.subject).with_only_columns(Case.id)
    counted = (
        select(
            Task.groups,
            func.count(),
            func.count().filter(Task.assignee_id.is_(None)),
            func.count().filter(Task.due_at >= first, Task.due_at < last),
            func.count().filter(Task.due_at < frame.now),
            func.min(Task.created_at, type_=Task.created_at.type),
        )
        .where(Task.state == "open", Task.case_id.in_(seen))
        .group_by(Task.groups)
    )
    found: dict[str, Load] = {}
    for groups, total, free, today, late, oldest in tx.session.execute(counted):
        for group in groups:
            more = Load(group, total, free, today, late, oldest)
            found[group] = more.with_more(found[group]) if group in found else more
    return list(found.values())


def of_case(tx: Transaction, frame: Frame, case_id: CaseId) -> tuple[Row, ...]:
    """The open tasks of a case that this subject may open."""
    found = _doors.visible(frame.visibility, frame.subject).where(Task.case_id == case_id, Task.state == "open")
    ids = list(tx.session.scalars(found.with_only_columns(Task.id).order_by(Task.id)))
    return _rows.of(tx, ids, frame.now)


def all_of_case(tx: Transaction, frame: Frame, case_id: CaseId) -> tuple[Row, ...]:
    """Every open task of a case this subject sees, those of other groups too, so that any clerk can say who is next."""
    seen = frame.visibility.cases(frame.subject).with_only_columns(Case.id)
    found = select(Task.id).where(Task.case_id == case_id, Task.case_id.in_(seen), Task.state == "open")
    return _rows.of(tx, list(tx.session.scalars(found.order_by(Task.id))), frame.now)


def row(tx: Transaction, frame: Frame, task: Task) -> Row:
    """One task as a line; whoever asks has been let to it already."""
    return _rows.of(tx, [task.id], frame.now)[0]


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


def _listed(frame: Frame, wanted: Wanted) -> Select[UUID]:
    """Ids of the tasks of a list, in no order yet."""
    statement = _queue(frame, wanted.queue).where(*queries.found_by(wanted.search))
    if wanted.process:
        statement = statement.where(Case.bundle == wanted.process)
    if wanted.group:
        statement = statement.where(for_any([wanted.group]))
    return statement


def _places(
    tx: Transaction, statement: Select[UUID], frame: Frame, wanted: Wanted, after: After | None, size: int
) -> list[After]:
    """The next tasks with what they are sorted by: those that have it, then those without a due date."""
    key = _key(frame, wanted.order)
    if wanted.order is Order.PERSON:
        statement = statement.outerjoin(Person, Person.id == Case.person_id)
    found: list[After] = []
    if after is None or after.value is not None:
        there = statement.where(Task.due_at.is_not(None)) if wanted.order is Order.DUE else statement
        found = _ordered(tx, there, (key, Task.id), wanted.descending, after, size)
    if wanted.order is Order.DUE and len(found) < size:
        last = after if after is not None and after.value is None else None
        undated = statement.where(Task.due_at.is_(None))
        found += _ordered(tx, undated, (Task.id,), wanted.descending, last, size - len(found))
    return found


def _ordered(
    tx: Transaction,
    statement: Select[UUID],
    keys: Sequence[Any],
    descending: bool,
    after: After | None,
    size: int,
) -> list[After]:
    """One stretch of a list, read straight off an index where there is one for its keys."""
    ordered = statement.order_by(*(key.desc() if descending else key for key in keys)).limit(size)
    if after is not None:
        values = (after.value, after.id)[-len(keys) :]
        end = tuple_(*(literal(value, key.type) for key, value in zip(keys, values, strict=True)))
        here = tuple_(*keys)
        ordered = ordered.where(here < end if descending else here > end)
    rows = tx.session.execute(ordered.with_only_columns(*keys))
    return [After(row[0] if len(keys) > 1 else None, row[-1]) for row in rows]


def _key(frame: Frame, order: Order) -> ColumnElement[Any]:
    match order:
        case Order.DUE:
            return Task.due_at.expression
        case Order.SINCE:
            return Task.created_at.expression
        case Order.REFERENCE:
            return Case.reference.expression
        case Order.STEP:
            return Task.name.expression
    name: ColumnElement[str] = func.coalesce(Person.name, "")
    return name.collate(alphabets.collation(frame.language.code))
