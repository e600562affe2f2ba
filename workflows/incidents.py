"""Incidents: failures that wait for a person, with their cause; a person retries them."""

from datetime import datetime

from sqlalchemy import select

from akta.errors import Conflict
from akta.ids import CaseId, IncidentId, JobId, TokenId
from akta.languages import N_
from akta.subjects import Actor
from storage.cases import Case, Incident, Parcel, Timer
from storage.jobs import Job
from storage.unit_of_work import Transaction
from workflows import _record, cases, history
from workflows.engine.commands import Retry
from workflows.history import Evidence, Telling
from workflows.runtime import Runtime


class AlreadyResolved(Conflict):
    """Somebody retried it before, or the case went another way."""

    title = N_("This incident is resolved already.")


def of_case(tx: Transaction, case_id: CaseId) -> list[Incident]:
    """The open incidents of a case, oldest first."""
    found = select(Incident).where(Incident.case_id == case_id, Incident.resolved_at.is_(None))
    return list(tx.session.scalars(found.order_by(Incident.id)))


def raise_for(tx: Transaction, case: Case, job: Job, cause: str, by: Actor, now: datetime) -> None:
    """A call that was tried as often as it may be, or cannot succeed, waits for a person."""
    _record.incident(tx, case, _record.Trouble("call", job.token, job.element, job.process, cause, job=job.id), by, now)


def retry(tx: Transaction, runtime: Runtime, incident_id: IncidentId, by: Actor, now: datetime) -> Case:
    """Let the step that failed run again: a call with its attempts counted afresh, a timer, an expression.

    Raises:
        NotFound: there is no such incident.
        AlreadyResolved: it waits for nobody any more.
    """
    case = tx.locked(Case, tx.get(Incident, incident_id).case_id)
    incident = tx.locked(Incident, incident_id)
    if incident.resolved_at is not None:
        raise AlreadyResolved(incident.element)
    if incident.job_id is not None:
        _call_again(tx, runtime, case, incident, by, now)
    elif incident.parcel_id is not None:
        _send_again(tx, case, incident, by, now)
    elif not _timer_again(tx, case, incident, by, now):
        evidence = Evidence(element=incident.element)
        cases.advance(tx, runtime, CaseId(case.id), Retry(TokenId(incident.token)), by, now, evidence=evidence)
    if incident.resolved_at is None:
        _record.settle(incident, "retried", by, now)
    return case


def _call_again(tx: Transaction, runtime: Runtime, case: Case, incident: Incident, by: Actor, now: datetime) -> None:
    job = tx.locked(Job, incident.job_id) if incident.job_id else None
    if job is None or job.state != "failed":
        raise AlreadyResolved(incident.element)
    job.state, job.attempts, job.error = "waiting", 0, ""
    job.run_at, job.sent_at, job.lease_until = now, now, None
    _told(tx, case, incident, by, now)
    runtime.send_after_commit(tx, [JobId(job.id)])


def _timer_again(tx: Transaction, case: Case, incident: Incident, by: Actor, now: datetime) -> bool:
    """A timer that broke off is due again at once; the next tick fires it."""
    found = select(Timer).where(Timer.case_id == case.id, Timer.token == incident.token, Timer.failures > 0)
    timer = tx.session.scalar(found)
    if timer is None:
        return False
    timer.failures, timer.retry_at = 0, None
    _told(tx, case, incident, by, now)
    return True


def _send_again(tx: Transaction, case: Case, incident: Incident, by: Actor, now: datetime) -> None:
    """A message whose delivery broke off is due at once; the next tick delivers it."""
    parcel = tx.find(Parcel, incident.parcel_id) if incident.parcel_id else None
    if parcel is None:
        raise AlreadyResolved(incident.element)
    parcel.due_at, parcel.failures, parcel.hops, parcel.error = now, 0, 0, ""
    _told(tx, case, incident, by, now)


def _told(tx: Transaction, case: Case, incident: Incident, by: Actor, now: datetime) -> None:
    history.tell(tx, case, [Telling("step-retried", incident.element)], by, now)
