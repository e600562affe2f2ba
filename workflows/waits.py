"""Why a case waits: every reason, who or what can end it, since when, and the clock that runs meanwhile.

Reasons are read from the rows that steps leave; in words they are put where they are shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select

from akta.ids import CaseId
from akta.languages import Sentence, unpacked
from akta.subjects import Subject
from storage.cases import Case, Incident, Parcel, Position, Subscription, Timer
from storage.jobs import Job
from storage.people import Account, Person
from storage.tasks import Choice, Part, Task
from storage.unit_of_work import Transaction
from storage.visibility import Visibility

Row = TypeVar("Row", Choice, Incident, Job, Subscription, Task, Timer)


class Kind(StrEnum):
    """What a case can wait for."""

    TASK = "task"
    CALL = "call"
    TIMER = "timer"
    MESSAGE = "message"
    SIGNAL = "signal"
    CONDITION = "condition"
    """It is looked at after everything that happens in the case."""
    PARTS = "parts"
    """An ad-hoc sub-process: somebody has to begin one of its parts."""
    DELIVERY = "delivery"
    """A message for it is on its way."""
    INCIDENT = "incident"
    SUSPENDED = "suspended"
    BRANCHES = "branches"
    """A token stands where others have to come too: a gateway, a part that is being done."""
    NOTHING = "nothing"
    """Nothing and nobody can move it: the model, or somebody's hand, left it there."""


class Act(StrEnum):
    """What ends a wait. `WAIT`: only what the other reasons name."""

    COMPLETE_TASK = "complete-task"
    RUN_CALL = "run-call"
    SET_DUE = "set-due"
    START_CLOCK = "start-clock"
    SEND_MESSAGE = "send-message"
    SEND_SIGNAL = "send-signal"
    SET_VARIABLES = "set-variables"
    START_PART = "start-part"
    RETRY_INCIDENT = "retry-incident"
    RESUME_CASE = "resume-case"
    MOVE_TOKEN = "move-token"  # noqa: S105 - the name of an act
    WAIT = "wait"


class ClockState(StrEnum):
    RUNNING = "running"
    STOPPED = "stopped"
    """By law: the basis says which."""
    SUSPENDED = "suspended"
    """With its case."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A date, and how much of the time until then is left; below zero when it is over."""

    state: ClockState
    due_at: datetime
    left: timedelta
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing a case waits for.

    `beside`: it listens beside the flow, so it may end the wait but is not where the case stands. `about` is the name
    of the message, signal or handler, the condition, or the cause of an incident. `values` is what the act is done
    with.
    """

    kind: Kind
    act: Act
    process: str = ""
    element: str = ""
    name: str = ""
    target: UUID | None = None
    since: datetime | None = None
    clock: Clock | None = None
    about: str | Sentence = ""
    audience: str = ""
    groups: tuple[str, ...] = ()
    assignee: str = ""
    beside: bool = False
    values: Mapping[str, str] = field(default_factory=dict)


def reasons(tx: Transaction, case_id: CaseId, now: datetime) -> list[Reason]:
    """Every reason why a case waits, the first one the most telling; none for a closed case.

    Whoever asks has been let to the case already.

    Raises:
        NotFound: there is no such case.
    """
    case = tx.get(Case, case_id)
    if case.state == "closed":
        return []
    return _Reader(tx, case, now).read()


def stalled(tx: Transaction, visibility: Visibility, subject: Subject, limit: int = 200) -> list[Case]:
    """Open cases a subject sees in which nothing can happen any more, oldest first. It should be empty.

    No task, call, timer, delivery, incident or part to begin, and no message or signal that the flow stands at: one
    that listens beside it, as a withdrawal does, may never come. A condition comes true only by something that
    happens, so it moves nothing by itself. A called process runs in the same case.
    """
    at_hand = (
        exists().where(Task.case_id == Case.id, Task.state == "open"),
        exists().where(Job.case_id == Case.id, Job.state == "waiting"),
        exists().where(Timer.case_id == Case.id),
        exists().where(Parcel.case_id == Case.id),
        exists().where(Incident.case_id == Case.id, Incident.resolved_at.is_(None)),
        exists().where(Choice.case_id == Case.id, Choice.ended_at.is_(None), Part.choice_id == Choice.id),
        exists().where(
            Subscription.case_id == Case.id,
            Subscription.kind != Kind.CONDITION,
            Position.case_id == Case.id,
            Position.bundle == Subscription.process,
            Position.element == Subscription.element,
        ),
    )
    found = visibility.cases(subject).where(Case.state != "closed", Case.suspended_at.is_(None), ~or_(*at_hand))
    return list(tx.session.scalars(found.order_by(Case.id).limit(limit)))


_ENDS: Mapping[Kind, Act] = {
    Kind.MESSAGE: Act.SEND_MESSAGE,
    Kind.SIGNAL: Act.SEND_SIGNAL,
    Kind.CONDITION: Act.SET_VARIABLES,
}


class _Reader:
    def __init__(self, tx: Transaction, case: Case, now: datetime) -> None:
        self._tx, self._case, self._now = tx, case, now
        standing = select(Position).where(Position.case_id == case.id).order_by(Position.id)
        self._standing = {(row.bundle, row.element): row for row in tx.session.scalars(standing)}

    def read(self) -> list[Reason]:
        found = [
            *self._incidents(),
            *self._tasks(),
            *self._choices(),
            *self._calls(),
            *self._timers(),
            *self._awaited(),
            *self._coming(),
        ]
        explained = {(reason.process, reason.element) for reason in found}
        blocked = any(not reason.beside or reason.kind is Kind.TIMER for reason in found)
        rest = [self._standing_at(*place, blocked) for place in self._standing if place not in explained]
        if not found and not rest:
            rest = [Reason(Kind.NOTHING, Act.MOVE_TOKEN)]
        return [*self._suspended(), *found, *rest]

    def _suspended(self) -> Iterator[Reason]:
        if self._case.suspended_at is not None:
            yield Reason(Kind.SUSPENDED, Act.RESUME_CASE, target=self._case.id, since=self._case.suspended_at)

    def _incidents(self) -> Iterator[Reason]:
        for row in self._rows(Incident, Incident.resolved_at.is_(None)):
            yield Reason(
                Kind.INCIDENT,
                Act.RETRY_INCIDENT,
                row.process,
                row.element,
                target=row.id,
                since=row.created_at,
                about=unpacked(row.told or row.cause),
            )

    def _tasks(self) -> Iterator[Reason]:
        rows = self._rows(Task, Task.state == "open")
        holders = _holders(self._tx, rows)
        for row in rows:
            yield Reason(
                Kind.TASK,
                Act.COMPLETE_TASK,
                row.bundle,
                row.element,
                row.name,
                target=row.id,
                since=row.created_at,
                clock=None if row.due_at is None else self._clock(row.due_at),
                audience=row.audience,
                groups=tuple(row.groups),
                assignee=holders.get(row.assignee_id, "") if row.assignee_id else "",
            )

    def _choices(self) -> Iterator[Reason]:
        """Where a part is in work already, others may still be begun, unless they come one after the other."""
        for row in self._rows(Choice, Choice.ended_at.is_(None)):
            in_work = (row.process, row.element) not in self._standing
            parts = self._tx.session.execute(select(Part.element, Part.group).where(Part.choice_id == row.id)).all()
            if not parts or (in_work and row.one_at_a_time):
                continue
            yield Reason(
                Kind.PARTS,
                Act.START_PART,
                row.process,
                row.element,
                row.name,
                target=row.id,
                since=row.since,
                groups=tuple(sorted({group for _, group in parts})),
                beside=in_work,
            )

    def _calls(self) -> Iterator[Reason]:
        for row in self._rows(Job, Job.state == "waiting"):
            yield Reason(
                Kind.CALL,
                Act.RUN_CALL,
                row.process,
                row.element,
                target=row.id,
                since=row.created_at,
                clock=self._clock(row.run_at),
                about=row.handler,
            )

    def _timers(self) -> Iterator[Reason]:
        for row in self._rows(Timer):
            yield Reason(
                Kind.TIMER,
                Act.SET_DUE if row.stopped_at is None else Act.START_CLOCK,
                row.process,
                row.element,
                target=row.id,
                since=row.armed_at,
                clock=timer_clock(row, self._case, self._now),
                beside=(row.process, row.element) not in self._standing,
            )

    def _awaited(self) -> Iterator[Reason]:
        for row in self._rows(Subscription):
            yield Reason(
                Kind(row.kind),
                _ENDS[Kind(row.kind)],
                row.process,
                row.element,
                target=row.id,
                since=row.since,
                about=row.message,
                beside=(row.process, row.element) not in self._standing,
                values={"name": row.message, "correlation_key": row.correlation},
            )

    def _coming(self) -> Iterator[Reason]:
        """Messages that somebody sent to this case, or to all who await them, and that have not come yet."""
        awaited = exists().where(
            Subscription.case_id == self._case.id,
            Subscription.kind == Parcel.kind,
            Subscription.message == Parcel.message,
            Subscription.correlation == Parcel.correlation,
        )
        found = select(Parcel).where(or_(Parcel.case_id == self._case.id, Parcel.case_id.is_(None) & awaited))
        for row in self._tx.session.scalars(found.order_by(Parcel.id)):
            yield Reason(Kind.DELIVERY, Act.WAIT, target=row.id, since=row.sent_at, about=row.message)

    def _standing_at(self, process: str, element: str, blocked: bool) -> Reason:
        """A token with no row of its own: others have to move first, or nothing can."""
        if blocked:
            return Reason(Kind.BRANCHES, Act.WAIT, process, element)
        return Reason(Kind.NOTHING, Act.MOVE_TOKEN, process, element)

    def _clock(self, due_at: datetime) -> Clock:
        since = self._case.suspended_at
        if since is not None:
            return Clock(ClockState.SUSPENDED, due_at, due_at - since)
        return Clock(ClockState.RUNNING, due_at, due_at - self._now)

    def _rows(self, kind: type[Row], *live: ColumnElement[bool]) -> Sequence[Row]:
        found = select(kind).where(kind.case_id == self._case.id, *live).order_by(kind.id)
        return self._tx.session.scalars(found).all()


def timer_clock(timer: Timer, case: Case, now: datetime) -> Clock:
    """The clock of a timer: a stopped or suspended one shows the time it had left then."""
    if timer.stopped_at is not None:
        return Clock(ClockState.STOPPED, timer.due_at, timer.due_at - timer.stopped_at, timer.stopped_for)
    if case.suspended_at is not None:
        return Clock(ClockState.SUSPENDED, timer.due_at, timer.due_at - case.suspended_at)
    return Clock(ClockState.RUNNING, timer.due_at, timer.due_at - now)


def _holders(tx: Transaction, tasks: Sequence[Task]) -> dict[UUID, str]:
    held = [task.assignee_id for task in tasks if task.assignee_id is not None]
    named = select(Account.id, Person.name).join(Person, Person.id == Account.person_id).where(Account.id.in_(held))
    return dict(tx.session.execute(named).all())
