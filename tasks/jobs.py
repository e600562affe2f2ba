"""Jobs: calls claimed with a lease, performed, and their answers taken back into the case.

A job may be sent twice or its worker killed half-way: whoever finds it done, cancelled or leased leaves it alone.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from time import monotonic

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from akta import subjects
from akta.errors import Conflict, Forbidden, Invalid
from akta.ids import CaseId, JobId, TenantId, TokenId
from akta.languages import N_
from akta.subjects import Actor, Door
from bpmn import feel
from bpmn.model import is_iso
from bpmn.values import Value, from_json
from storage.cases import Case
from storage.database import Database
from storage.jobs import Job
from storage.unit_of_work import Transaction, UnitOfWork
from tasks import shapes
from workflows import cases, causes, incidents
from workflows.cases import Evidence
from workflows.engine.commands import CompleteCall, ThrowError
from workflows.handlers import BpmnError, CallContext, CannotSucceed, Handler
from workflows.runtime import Runtime

LEASE = timedelta(minutes=5)
"""How long a worker may take; after that the job is taken to be lost with its worker. Longer than any handler."""

BACK_OFF = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10))
"""Waits between tries, where the model says nothing; the last one repeats."""

LONGEST_WAIT = timedelta(days=7)
RESEND = timedelta(seconds=30)
"""How long a sent job may lie unclaimed before it is sent again."""

_log = logging.getLogger("akta.jobs")


class Performed(StrEnum):
    """What became of one delivery of a job."""

    DONE = "done"
    SKIPPED = "skipped"
    """Not due, done already, or in other hands."""
    DROPPED = "dropped"
    """The case did not wait for the answer any more."""
    RETRY = "retry"
    FAILED = "failed"
    """An incident waits for a person."""


class NotWaiting(Conflict):
    """The call is done, has failed, or is being made."""

    title = N_("This call does not wait any more.")


class UnknownHandler(CannotSucceed):
    """The model calls a handler this installation does not have."""


class WorkerLost(CannotSucceed):
    """The worker ended every time before it could answer."""


HOPELESS = (CannotSucceed, Forbidden, Invalid)
"""Failures that no further try can mend."""


@dataclass(frozen=True)
class Claimed:
    """A job in our hands until the lease ends. `attempt` also tells late answers from the present one."""

    id: JobId
    tenant: TenantId
    case: CaseId
    token: TokenId
    element: str
    handler: str
    key: str
    input: Mapping[str, Value]
    attempt: int
    max_attempts: int


def perform(database: Database, runtime: Runtime, tenant: TenantId, job_id: JobId, now: datetime) -> Performed:
    """Perform one job if it is due and nobody has it; the case goes on with its answer.

    A local handler runs inside the transaction that resumes the case; a remote one outside any transaction.
    Failures are counted and tried again after 10 s, 1 min and 10 min, then become an incident.
    """
    uow = database.unit_of_work(tenant)
    started = monotonic()
    claimed = claim(uow, job_id, now)
    if claimed is None:
        return Performed.SKIPPED
    try:
        return _attempt(uow, runtime, claimed, now, started)
    except Exception as failure:
        _log.warning("job %s (%s) failed: %s", job_id, claimed.handler, causes.in_words(failure))
        return _failed(uow, claimed, failure, _after(now, started))


def claim(uow: UnitOfWork, job_id: JobId, now: datetime) -> Claimed | None:
    """Take the job for the length of a lease; None when it is not due or somebody has it."""
    with uow.begin() as tx:
        found = select(Job).where(Job.id == job_id, _takeable(now)).with_for_update(skip_locked=True)
        job = tx.session.scalar(found)
        if job is None:
            return None
        job.attempts += 1
        job.lease_until = now + LEASE
        values = from_json(job.payload)
        return Claimed(
            id=job_id,
            tenant=uow.tenant,
            case=CaseId(job.case_id),
            token=TokenId(job.token),
            element=job.element,
            handler=job.handler,
            key=job.key,
            input=values if isinstance(values, dict) else {},
            attempt=job.attempts,
            max_attempts=job.max_attempts,
        )


def hasten(tx: Transaction, runtime: Runtime, job_id: JobId, now: datetime) -> None:
    """Let a waiting call be made now, not after its back-off.

    Raises:
        NotFound: there is no such job.
        NotWaiting: it is done, failed, or in a worker's hands.
    """
    job = tx.locked(Job, job_id)
    if job.state != "waiting" or (job.lease_until is not None and job.lease_until > now):
        raise NotWaiting(job.handler)
    job.run_at, job.sent_at = min(job.run_at, now), now
    runtime.send_after_commit(tx, [job_id])


def due(session: Session, now: datetime, limit: int = 200) -> list[tuple[TenantId, JobId]]:
    """Jobs of every tenant that a worker should be told of (again), marked as sent."""
    unsent = or_(Job.sent_at.is_(None), Job.sent_at <= now - RESEND)
    found = select(Job.tenant_id, Job.id).where(_takeable(now), unsent).order_by(Job.run_at, Job.id).limit(limit)
    jobs = [(TenantId(tenant), JobId(job)) for tenant, job in session.execute(found)]
    session.execute(update(Job).where(Job.id.in_([job for _, job in jobs])).values(sent_at=now))
    return jobs


def run_due(database: Database, runtime: Runtime, now: datetime, limit: int = 1000) -> int:
    """Perform what is due here and now, until nothing is: for tools and tests that have no worker."""
    performed = 0
    while performed < limit:
        with database.across_tenants() as session:
            found = session.execute(select(Job.tenant_id, Job.id).where(_takeable(now)).order_by(Job.run_at, Job.id))
            jobs = [(TenantId(tenant), JobId(job)) for tenant, job in found]
        if not jobs:
            break
        for tenant, job in jobs:
            perform(database, runtime, tenant, job, now)
            performed += 1
    return performed


def _takeable(now: datetime) -> ColumnElement[bool]:
    """What may be claimed: due, in nobody's hands, and of a case that was not halted."""
    free = or_(Job.lease_until.is_(None), Job.lease_until <= now)
    halted = exists().where(Case.id == Job.case_id, Case.suspended_at.is_not(None))
    return and_(Job.state == "waiting", Job.run_at <= now, free, ~halted)


def waits(back_off: str, now: datetime) -> tuple[timedelta, ...]:
    """The waits a model asks for: ISO 8601 durations, one or several with commas. What is none is left out."""
    found = [feel.compile(f'@"{text.strip()}"').evaluate({}, now=now) for text in back_off.split(",") if is_iso(text)]
    good = (wait for wait in found if isinstance(wait, timedelta) and timedelta() < wait <= LONGEST_WAIT)
    return tuple(good) or BACK_OFF


def _attempt(uow: UnitOfWork, runtime: Runtime, claimed: Claimed, now: datetime, started: float) -> Performed:
    if claimed.attempt > claimed.max_attempts:
        raise WorkerLost(f"the worker was lost {claimed.max_attempts} times while calling {claimed.handler}")
    if claimed.handler not in runtime.handlers:
        raise UnknownHandler(claimed.handler)
    handler = runtime.handlers[claimed.handler]
    shapes.check(handler.name, "takes", handler.takes, claimed.input)
    if handler.local is not None:
        return _locally(uow, runtime, handler, claimed, now)
    return _remotely(uow, runtime, handler, claimed, now, started)


def _locally(uow: UnitOfWork, runtime: Runtime, handler: Handler, claimed: Claimed, now: datetime) -> Performed:
    """Call and resume in one transaction; what a handler wrote before a BPMN error is taken back."""
    if handler.local is None:
        raise UnknownHandler(handler.name)
    with uow.begin() as tx:
        case = _waiting_case(tx, claimed, now)
        if case is None:
            return Performed.DROPPED
        try:
            with tx.session.begin_nested():
                given = handler.local(tx, _context(case, claimed, now), claimed.input)
        except BpmnError as error:
            return _resume(tx, runtime, claimed, _thrown(claimed, error), now)
        return _resume(tx, runtime, claimed, _answer(handler, claimed, given), now)


def _remotely(
    uow: UnitOfWork, runtime: Runtime, handler: Handler, claimed: Claimed, now: datetime, started: float
) -> Performed:
    """Call outside any transaction, then resume. The call is idempotent on its key, so a lost answer is no harm."""
    if handler.remote is None:
        raise UnknownHandler(handler.name)
    with uow.view() as tx:
        context = _context(tx.get(Case, claimed.case), claimed, now)
    command: CompleteCall | ThrowError
    try:
        command = _answer(handler, claimed, handler.remote(context, claimed.input))
    except BpmnError as error:
        command = _thrown(claimed, error)
    later = _after(now, started)
    with uow.begin() as tx:
        if _waiting_case(tx, claimed, later) is None:
            return Performed.DROPPED
        return _resume(tx, runtime, claimed, command, later)


def _after(now: datetime, started: float) -> datetime:
    """The time when a call ended, in whole seconds since its beginning."""
    return now + timedelta(seconds=int(monotonic() - started))


def _answer(handler: Handler, claimed: Claimed, given: Mapping[str, Value]) -> CompleteCall:
    shapes.check(handler.name, "gives", handler.gives, given)
    return CompleteCall(claimed.token, given)


def _thrown(claimed: Claimed, error: BpmnError) -> ThrowError:
    return ThrowError(claimed.token, error.code, str(error), error.variables)


def _resume(
    tx: Transaction, runtime: Runtime, claimed: Claimed, command: CompleteCall | ThrowError, now: datetime
) -> Performed:
    evidence = Evidence(data={"handler": claimed.handler}, element=claimed.element)
    cases.advance(tx, runtime, claimed.case, command, _actor(tx.tenant), now, evidence=evidence)
    return Performed.DONE


def _context(case: Case, claimed: Claimed, now: datetime) -> CallContext:
    subject = subjects.system(claimed.tenant)
    return CallContext(case=claimed.case, key=claimed.key, now=now, subject=subject, language=case.language)


def _actor(tenant: TenantId) -> Actor:
    return subjects.system(tenant).acting(Door.JOB)


def _waiting_case(tx: Transaction, claimed: Claimed, now: datetime) -> Case | None:
    """The locked case, if it still waits for this answer; else a line of history says the answer was dropped.

    A case suspended meanwhile takes no answer: the call is made again when it goes on, under the same key.
    """
    case = tx.locked(Case, claimed.case)
    job = tx.locked(Job, claimed.id)
    if case.suspended_at is not None and job.state == "waiting" and job.attempts == claimed.attempt:
        job.attempts, job.lease_until = job.attempts - 1, None
        return None
    if job.state == "waiting" and job.attempts == claimed.attempt:
        return case
    if job.state == "cancelled":
        evidence = Evidence(data={"handler": claimed.handler}, element=claimed.element)
        cases.note(tx, claimed.case, "result-dropped", _actor(tx.tenant), now, evidence)
    return None


def _failed(uow: UnitOfWork, claimed: Claimed, failure: Exception, now: datetime) -> Performed:
    """Count the failure: another try later, or an incident."""
    with uow.begin() as tx:
        case = tx.locked(Case, claimed.case)
        job = tx.locked(Job, claimed.id)
        if job.state != "waiting" or job.attempts != claimed.attempt:
            return Performed.DROPPED
        job.error = causes.in_words(failure)
        job.lease_until = None
        if isinstance(failure, HOPELESS) or job.attempts >= job.max_attempts:
            job.state = "failed"
            incidents.raise_for(tx, case, job, job.error, _actor(tx.tenant), now)
            return Performed.FAILED
        between = waits(job.back_off, now)
        job.run_at = now + between[min(job.attempts, len(between)) - 1]
        job.sent_at = None
        evidence = Evidence(data={"cause": job.error, "attempt": job.attempts}, element=job.element)
        cases.note(tx, claimed.case, "call-failed", _actor(tx.tenant), now, evidence)
        return Performed.RETRY
