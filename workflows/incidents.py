"""Incidents: failures that wait for a person, with their cause; a person retries them."""

from datetime import datetime

from sqlalchemy import select

from akta.errors import Conflict
from akta.ids import CaseId, IncidentId, JobId, TokenId
from akta.languages import N_
from akta.subjects import Actor
from bpmn.values import from_json, plain, to_json
from storage.cases import Case, Incident, Parcel, Timer
from storage.jobs import Job
from storage.unit_of_work import ChangedMeanwhile, Transaction
from workflows import _record, cases, history
from workflows.engine.commands import CompleteCall, Retry, SetVariables, SkipToken, Variables
from workflows.history import Evidence, Telling
from workflows.runtime import Runtime


class AlreadyResolved(Conflict):
    """Somebody retried it before, or the case went another way."""

    title = N_("This incident is resolved already.")


class NotACall(Conflict):
    """Only a call has an answer that somebody could give by hand."""

    title = N_("Only a call can be answered by hand. Try this step again, or skip it.")


class NothingToEdit(Conflict):
    """A timer and a message that failed have no values to change."""

    title = N_("There are no values here that could be changed.")


def of_case(tx: Transaction, case_id: CaseId) -> list[Incident]:
    """The open incidents of a case, oldest first."""
    found = select(Incident).where(Incident.case_id == case_id, Incident.resolved_at.is_(None))
    return list(tx.session.scalars(found.order_by(Incident.id)))


def raise_for(tx: Transaction, case: Case, job: Job, cause: str, by: Actor, now: datetime) -> None:
    """A call that was tried as often as it may be, or cannot succeed, waits for a person."""
    _record.incident(tx, case, _record.Trouble("call", job.token, job.element, job.process, cause, job=job.id), by, now)


def retry(
    tx: Transaction,
    runtime: Runtime,
    incident_id: IncidentId,
    by: Actor,
    now: datetime,
    *,
    values: Variables | None = None,
    version: int | None = None,
) -> Case:
    """Let the step that failed run again: a call with its attempts counted afresh, a timer, a delivery, an expression.

    `values` are changed before: what goes into the call, or the variables that the step sees.

    Raises:
        NotFound: there is no such incident.
        AlreadyResolved: it waits for nobody any more.
        ChangedMeanwhile: it is not in this version any more.
        NothingToEdit: `values` for a timer or a delivery.
    """
    case, incident = _open(tx, incident_id, version)
    if values:
        _edit(tx, runtime, case, incident, values, by, now)
    match incident.kind:
        case "call":
            _call_again(tx, runtime, case, incident, by, now)
        case "timer":
            _timer_again(tx, case, incident, by, now)
        case "message":
            _send_again(tx, case, incident, by, now)
        case _:
            evidence = Evidence(element=incident.element)
            cases.advance(tx, runtime, CaseId(case.id), Retry(TokenId(incident.token)), by, now, evidence=evidence)
    if incident.resolved_at is None:
        _record.settle(incident, "retried", by, now)
    return case


def skip(
    tx: Transaction,
    runtime: Runtime,
    incident_id: IncidentId,
    values: Variables,
    by: Actor,
    now: datetime,
    *,
    flow: str = "",
    version: int | None = None,
) -> Case:
    """Go on behind the step that failed as if it were done, with these variables; `by.reason` says why. A gateway that
    chooses has to be told its `flow`.

    Raises:
        NotFound: there is no such incident.
        AlreadyResolved: it waits for nobody any more.
        NotPossible: the model does not allow it there.
    """
    case, incident = _open(tx, incident_id, version)
    evidence = Evidence({"names": sorted(values)}, {"answers": plain(dict(values))}, element=incident.element)
    command = SkipToken(TokenId(incident.token), values, flow)
    cases.advance(tx, runtime, CaseId(case.id), command, by, now, evidence=evidence)
    return case


def answer(
    tx: Transaction,
    runtime: Runtime,
    incident_id: IncidentId,
    values: Variables,
    by: Actor,
    now: datetime,
    *,
    version: int | None = None,
) -> Case:
    """Give the answer of a failed call by hand, as its handler would have: somebody did outside what it does.

    Raises:
        NotFound: there is no such incident.
        AlreadyResolved: it waits for nobody any more.
        NotACall: only calls have answers.
    """
    case, incident = _open(tx, incident_id, version)
    if incident.kind != "call":
        raise NotACall(incident.element)
    told = Evidence({"names": sorted(values)}, {"answers": plain(dict(values))}, incident.element, kind="call-answered")
    cases.advance(tx, runtime, CaseId(case.id), CompleteCall(TokenId(incident.token), values), by, now, evidence=told)
    return case


def due_again(parcel: Parcel, now: datetime) -> None:
    """Let the next tick deliver a message whose delivery broke off, with its failures counted afresh."""
    parcel.due_at, parcel.failures, parcel.hops, parcel.error = now, 0, 0, ""


def input_of(tx: Transaction, incident: Incident) -> Variables:
    """What went into the call that failed; nothing for other incidents."""
    job = tx.find(Job, incident.job_id) if incident.job_id else None
    values = from_json(job.payload) if job is not None else {}
    return values if isinstance(values, dict) else {}


def _open(tx: Transaction, incident_id: IncidentId, version: int | None) -> tuple[Case, Incident]:
    case = tx.locked(Case, tx.get(Incident, incident_id).case_id)
    incident = tx.locked(Incident, incident_id)
    if incident.resolved_at is not None:
        raise AlreadyResolved(incident.element)
    if version is not None and incident.version != version:
        raise ChangedMeanwhile
    return case, incident


def _edit(
    tx: Transaction, runtime: Runtime, case: Case, incident: Incident, values: Variables, by: Actor, now: datetime
) -> None:
    evidence = Evidence({"names": sorted(values)}, {"answers": plain(dict(values))}, incident.element)
    if incident.kind == "step":
        command = SetVariables(values, TokenId(incident.token))
        cases.advance(tx, runtime, CaseId(case.id), command, by, now, evidence=evidence)
        return
    job = tx.locked(Job, incident.job_id) if incident.job_id else None
    if job is None:
        raise NothingToEdit(incident.element)
    job.payload = to_json({**input_of(tx, incident), **values})
    cases.note(tx, CaseId(case.id), "call-edited", by, now, evidence)


def _call_again(tx: Transaction, runtime: Runtime, case: Case, incident: Incident, by: Actor, now: datetime) -> None:
    job = tx.locked(Job, incident.job_id) if incident.job_id else None
    if job is None or job.state != "failed":
        raise AlreadyResolved(incident.element)
    job.state, job.attempts, job.error = "waiting", 0, ""
    job.run_at, job.sent_at, job.lease_until = now, now, None
    _told(tx, case, incident, by, now)
    runtime.send_after_commit(tx, [JobId(job.id)])


def _timer_again(tx: Transaction, case: Case, incident: Incident, by: Actor, now: datetime) -> None:
    """A timer that broke off is due again at once; the next tick fires it."""
    found = select(Timer).where(Timer.case_id == case.id, Timer.token == incident.token, Timer.failures > 0)
    timer = tx.session.scalar(found)
    if timer is None:
        raise AlreadyResolved(incident.element)
    timer.failures, timer.retry_at = 0, None
    _told(tx, case, incident, by, now)


def _send_again(tx: Transaction, case: Case, incident: Incident, by: Actor, now: datetime) -> None:
    """A message whose delivery broke off is due at once; the next tick delivers it."""
    parcel = tx.find(Parcel, incident.parcel_id) if incident.parcel_id else None
    if parcel is None:
        raise AlreadyResolved(incident.element)
    due_again(parcel, now)
    _told(tx, case, incident, by, now)


def _told(tx: Transaction, case: Case, incident: Incident, by: Actor, now: datetime) -> None:
    history.tell(tx, case, [Telling("step-retried", incident.element, incident.process)], by, now)
