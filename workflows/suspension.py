"""Suspending a case and letting it go on: whatever waits for a day keeps all the time it had left."""

from datetime import datetime

from sqlalchemy import func, select, update

from akta.errors import Conflict
from akta.ids import CaseId, JobId, TokenId
from akta.languages import N_
from akta.subjects import Actor
from storage.cases import Case, Parcel, Timer
from storage.jobs import Job
from storage.tasks import Task
from storage.unit_of_work import Transaction
from workflows import _stepping, history
from workflows._round import Round, of_parcel
from workflows._stepping import CaseClosed, CaseSuspended
from workflows.engine.commands import Reschedule
from workflows.history import Evidence, Telling
from workflows.runtime import Runtime


class NotSuspended(Conflict):
    """The case goes on already."""

    title = N_("This case is not suspended.")


def suspend(tx: Transaction, case_id: CaseId, by: Actor, now: datetime) -> Case:
    """Halt a case; `by.reason` says why. Tasks cannot be completed, calls are not made, timers do not fire, and
    messages wait until it goes on.

    Raises:
        NotFound: there is no such case.
        CaseClosed: it has ended.
        CaseSuspended: it is halted already.
    """
    case = tx.locked(Case, case_id)
    if case.state == "closed":
        raise CaseClosed(case.reference)
    if case.suspended_at is not None:
        raise CaseSuspended(case.reference)
    case.suspended_at = now
    history.tell(tx, case, [Telling("case-suspended")], by, now)
    return case


def resume(tx: Transaction, runtime: Runtime, case_id: CaseId, by: Actor, now: datetime) -> Case:
    """Let a suspended case go on: every date in it moves by the time it was halted; what came meanwhile is delivered.

    Raises:
        NotFound: there is no such case.
        NotSuspended: it goes on already.
    """
    case = tx.locked(Case, case_id)
    since = case.suspended_at
    if since is None:
        raise NotSuspended(case.reference)
    case.suspended_at = None
    tx.session.flush()
    _move_tasks(tx, case, since, now)
    act = Round(tx, runtime, by, now)
    due = _moved_timers(tx, case, since, now)
    evidence = Evidence(data={"since": since.isoformat()}, kind="case-resumed")
    if due:
        act.step(_stepping.standing(tx, case), Reschedule(due), evidence)
    else:
        history.tell(tx, case, [Telling("case-resumed", data=evidence.data)], by, now)
    _jobs_again(tx, runtime, case, now)
    for parcel in tx.session.scalars(select(Parcel).where(Parcel.case_id == case.id, Parcel.due_at.is_(None))).all():
        tx.session.delete(parcel)
        tx.session.flush()
        act.send(of_parcel(parcel))
    act.settle()
    return case


def _move_tasks(tx: Transaction, case: Case, since: datetime, now: datetime) -> None:
    """Move due dates without touching the version: who has a form open can still send it."""
    opened = select(Task.id, Task.due_at).where(Task.case_id == case.id, Task.state == "open")
    for task, due in tx.session.execute(opened).all():
        moved = update(Task).where(Task.id == task).values(due_at=None if due is None else due + (now - since))
        tx.session.execute(moved.execution_options(synchronize_session="fetch"))
    earliest = select(func.min(Task.due_at)).where(Task.case_id == case.id, Task.state == "open")
    case.due_at = tx.session.scalar(earliest)


def _moved_timers(tx: Transaction, case: Case, since: datetime, now: datetime) -> dict[TokenId, datetime]:
    """When each timer is due from now on. A stopped clock stays stopped with the time it had left."""
    due: dict[TokenId, datetime] = {}
    for timer in tx.session.scalars(select(Timer).where(Timer.case_id == case.id)):
        timer.armed_at += now - since
        if timer.stopped_at is not None:
            timer.stopped_at += now - since
        due[TokenId(timer.token)] = timer.due_at + (now - since)
    return due


def _jobs_again(tx: Transaction, runtime: Runtime, case: Case, now: datetime) -> None:
    """Tell the workers at once of what was due meanwhile."""
    waiting = select(Job).where(Job.case_id == case.id, Job.state == "waiting", Job.run_at <= now)
    jobs = tx.session.scalars(waiting.order_by(Job.id)).all()
    for job in jobs:
        job.sent_at = now
    runtime.send_after_commit(tx, [JobId(job.id) for job in jobs])
