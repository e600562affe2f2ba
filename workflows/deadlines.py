"""Deadlines of a case: clocks stopped and started by law, extended, or given another time by hand."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from akta.errors import Conflict, Invalid, NotFound
from akta.ids import CaseId, TokenId
from akta.languages import N_
from akta.subjects import Actor
from storage.cases import Case, Timer
from storage.tasks import Task
from storage.tenants import Tenant
from storage.unit_of_work import ChangedMeanwhile, Transaction
from storage.visibility import APPLICANT
from workflows import calendars, cases, history
from workflows._stepping import CaseSuspended
from workflows.engine.commands import Reschedule
from workflows.history import Evidence, Telling
from workflows.runtime import Runtime

LATEST = timedelta(days=366 * 30)


class ClockStopped(Conflict):
    """The clock does not run; start it first."""

    title = N_("This clock is stopped.")


class ClockRuns(Conflict):
    """The clock was not stopped."""

    title = N_("This clock runs already.")


class NoGround(Invalid):
    """The law gives no such reason to stop or extend a clock; the utility's calendar lists those it gives."""

    title = N_("Choose one of the grounds for which the law lets this clock stop or take longer.")


class OutOfReach(Invalid):
    """Nobody waits that long, or the new time lies before now."""

    title = N_("This is no time that a deadline can have.")


def of_case(tx: Transaction, case_id: CaseId) -> Sequence[Timer]:
    """The clocks of a case, the next to end first. Whoever asks has been let to the case already."""
    return tx.session.scalars(select(Timer).where(Timer.case_id == case_id).order_by(Timer.due_at, Timer.id)).all()


def named(tx: Transaction, case_id: CaseId, element: str) -> Timer:
    """The clock at an element of the model.

    Raises:
        NotFound: none runs there.
    """
    row = tx.session.scalars(select(Timer).where(Timer.case_id == case_id, Timer.element == element)).first()
    if row is None:
        raise NotFound(f"clock {element}")
    return row


def stop(tx: Transaction, timer_id: UUID, ground: str, by: Actor, now: datetime, version: int | None = None) -> Timer:
    """Stop a clock by law: it keeps the time it has left. `by.reason` says why in words.

    Raises:
        NotFound: there is no such clock.
        NoGround: the law gives no such ground.
        ClockStopped: it is stopped already.
    """
    case, timer = _locked(tx, timer_id, version)
    basis = _ground(tx, ground)
    if timer.stopped_at is not None:
        raise ClockStopped(timer.element)
    timer.stopped_at, timer.stopped_for = case.suspended_at or now, basis
    left = timer.due_at - timer.stopped_at
    _told(tx, case, timer, "clock-stopped", {"ground": basis, "left": int(left.total_seconds())}, by, now)
    return timer


def start(
    tx: Transaction, runtime: Runtime, timer_id: UUID, by: Actor, now: datetime, version: int | None = None
) -> Timer:
    """Let a stopped clock run on with the time it had left. What staff have to do meanwhile moves with it; what the
    applicant has to do does not.

    Raises:
        NotFound: there is no such clock.
        ClockRuns: it was not stopped.
        CaseSuspended: its case was.
    """
    case, timer = _locked(tx, timer_id, version)
    if timer.stopped_at is None:
        raise ClockRuns(timer.element)
    _refuse_suspended(case)
    stood, due = now - timer.stopped_at, timer.due_at + (now - timer.stopped_at)
    timer.stopped_at, timer.stopped_for = None, ""
    tx.session.flush()
    _move_tasks(tx, case, stood)
    _reschedule(tx, runtime, case, timer, due, "clock-started", {"stood": int(stood.total_seconds())}, by, now)
    return timer


def extend(
    tx: Transaction,
    runtime: Runtime,
    timer_id: UUID,
    ground: str,
    days: int,
    by: Actor,
    now: datetime,
    *,
    working: bool = False,
    version: int | None = None,
) -> Timer:
    """Give a clock more days, by the calendar or working ones, at the same time of the day at the utility.

    Raises:
        NotFound: there is no such clock.
        NoGround: the law gives no such ground.
        OutOfReach: no or too many days.
        CaseSuspended: its case is suspended.
    """
    case, timer = _locked(tx, timer_id, version)
    _refuse_suspended(case)
    basis = _ground(tx, ground)
    if not 0 < days <= LATEST.days:
        raise OutOfReach(str(days), fields={"days": OutOfReach.title})
    local = tx.get(Tenant, tx.tenant).local(timer.due_at)
    day = calendars.calendar(tx).add(local.date(), days) if working else local.date() + timedelta(days=days)
    due = local.replace(year=day.year, month=day.month, day=day.day)
    told = {"ground": basis, "days": days, "working": working, "until": due.isoformat()}
    _reschedule(tx, runtime, case, timer, due, "clock-extended", told, by, now)
    return timer


def set_due(
    tx: Transaction,
    runtime: Runtime,
    timer_id: UUID,
    due: datetime,
    by: Actor,
    now: datetime,
    version: int | None = None,
) -> Timer:
    """Give a clock another time by hand; now or earlier lets it end at the next tick.

    Raises:
        NotFound: there is no such clock.
        ClockStopped: it does not run.
        OutOfReach: nobody waits that long.
        CaseSuspended: its case is suspended.
    """
    case, timer = _locked(tx, timer_id, version)
    _refuse_suspended(case)
    if timer.stopped_at is not None:
        raise ClockStopped(timer.element)
    if due - now > LATEST:
        raise OutOfReach(due.isoformat(), fields={"due_at": OutOfReach.title})
    until = max(due, now)
    _reschedule(tx, runtime, case, timer, until, "clock-set", {"until": until.isoformat()}, by, now)
    return timer


def _locked(tx: Transaction, timer_id: UUID, version: int | None) -> tuple[Case, Timer]:
    case = tx.locked(Case, tx.get(Timer, timer_id).case_id)
    timer = tx.locked(Timer, timer_id)
    if version is not None and timer.version != version:
        raise ChangedMeanwhile
    return case, timer


def _refuse_suspended(case: Case) -> None:
    if case.suspended_at is not None:
        raise CaseSuspended(case.reference)


def _ground(tx: Transaction, ground: str) -> str:
    found = calendars.kept(tx).grounds.get(ground)
    if found is None:
        raise NoGround(ground, fields={"ground": NoGround.title})
    return found[:200]


def _reschedule(
    tx: Transaction,
    runtime: Runtime,
    case: Case,
    timer: Timer,
    due: datetime,
    kind: str,
    told: dict[str, object],
    by: Actor,
    now: datetime,
) -> None:
    evidence = Evidence(told, element=timer.element, process=timer.process, kind=kind)
    command = Reschedule({TokenId(timer.token): due})
    cases.advance(tx, runtime, CaseId(case.id), command, by, now, evidence=evidence)


def _move_tasks(tx: Transaction, case: Case, stood: timedelta) -> None:
    opened = select(Task.id, Task.due_at).where(Task.case_id == case.id, Task.state == "open")
    for task, due in tx.session.execute(opened.where(Task.audience != APPLICANT)).all():
        moved = update(Task).where(Task.id == task).values(due_at=None if due is None else due + stood)
        tx.session.execute(moved.execution_options(synchronize_session="fetch"))
    earliest = select(func.min(Task.due_at)).where(Task.case_id == case.id, Task.state == "open")
    case.due_at = tx.session.scalar(earliest)


def _told(
    tx: Transaction, case: Case, timer: Timer, kind: str, told: dict[str, object], by: Actor, now: datetime
) -> None:
    history.tell(tx, case, [Telling(kind, timer.element, timer.process, told)], by, now)
