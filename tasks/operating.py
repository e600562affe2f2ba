"""What people with that right do to running cases: every act on a case they see, for a reason that history keeps."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from akta.errors import Invalid, NotFound, Refusal
from akta.ids import CaseId, IncidentId, JobId, TokenId
from akta.languages import N_
from akta.subjects import Actor, Door, Subject
from bpmn.values import Value
from people import offices
from storage.cases import Case, Incident, Timer
from storage.jobs import Job
from storage.unit_of_work import Transaction, UnitOfWork
from tasks import jobs, shapes
from tasks.desk import Desk
from workflows import by_hand, cases, deadlines, incidents, suspension
from workflows.by_hand import Preview
from workflows.engine.commands import Modify

LONGEST_REASON = 500
MOST_AT_ONCE = 200
"""Incidents of one batch."""


class ReasonNeeded(Invalid):
    """An act that changes a case by hand needs its reason."""

    title = N_("Say why: the reason is kept in the history of the case.")


class WrongAnswer(Invalid):
    """The answer given by hand is none its handler could have given."""

    title = N_("This is no answer that this call could have.")


@dataclass(frozen=True)
class Hand:
    """Who acts, through which door, when, and why."""

    desk: Desk
    subject: Subject
    door: Door
    now: datetime
    reason: str = ""

    @property
    def by(self) -> Actor:
        """
        Raises:
            ReasonNeeded: no reason was given.
        """
        reason = self.reason.strip()[:LONGEST_REASON]
        if not reason:
            raise ReasonNeeded(fields={"reason": ReasonNeeded.title})
        return self.subject.acting(self.door, reason=reason)


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock of a case."""

    case: CaseId
    id: UUID


def suspend(tx: Transaction, hand: Hand, case_id: CaseId) -> None:
    """Halt a case. Raises as `suspension.suspend`."""
    suspension.suspend(tx, seen(tx, hand, case_id), hand.by, hand.now)


def resume(tx: Transaction, hand: Hand, case_id: CaseId) -> None:
    """Let it go on. Raises as `suspension.resume`."""
    suspension.resume(tx, hand.desk.runtime, seen(tx, hand, case_id), hand.by, hand.now)


def cancel(tx: Transaction, hand: Hand, case_id: CaseId) -> None:
    """End a case where it stands. Raises as `cases.cancel`."""
    cases.cancel(tx, hand.desk.runtime, seen(tx, hand, case_id), hand.by, hand.now)


def restart(tx: Transaction, hand: Hand, case_id: CaseId) -> Case:
    """Begin it again from its start answers; gives the new case. Raises as `by_hand.restart`."""
    return by_hand.restart(tx, hand.desk.runtime, seen(tx, hand, case_id), hand.by, hand.now)


def preview(tx: Transaction, hand: Hand, case_id: CaseId, move: Modify) -> Preview:
    """What moving tokens would come to. Raises as `by_hand.preview`."""
    return by_hand.preview(tx, hand.desk.runtime, seen(tx, hand, case_id), move, hand.now)


def move(tx: Transaction, hand: Hand, case_id: CaseId, wanted: Modify, version: int | None) -> None:
    """Move tokens. Raises as `by_hand.move`."""
    by_hand.move(tx, hand.desk.runtime, seen(tx, hand, case_id), wanted, hand.by, hand.now, seen=version)


def set_variables(
    tx: Transaction, hand: Hand, case_id: CaseId, values: Mapping[str, Value], version: int | None
) -> None:
    """Change variables. Raises as `by_hand.set_variables`."""
    by_hand.set_variables(tx, hand.desk.runtime, seen(tx, hand, case_id), values, hand.by, hand.now, seen=version)


def hand_to_office(tx: Transaction, hand: Hand, case_id: CaseId, office: str) -> None:
    """Hand a case to another office, or to all of them. Raises as `offices.require`."""
    offices.require(tx, office)
    cases.hand_to_office(tx, seen(tx, hand, case_id), office, hand.by, hand.now)


def retry(
    tx: Transaction,
    hand: Hand,
    incident_id: IncidentId,
    values: Mapping[str, Value] | None = None,
    version: int | None = None,
) -> None:
    """Let a step that failed run again; changed values need a reason. Raises as `incidents.retry`."""
    failed(tx, hand, incident_id)
    by = hand.by if values else hand.subject.acting(hand.door, reason=hand.reason.strip()[:LONGEST_REASON])
    incidents.retry(tx, hand.desk.runtime, incident_id, by, hand.now, values=values, version=version)


def skip(
    tx: Transaction,
    hand: Hand,
    incident_id: IncidentId,
    values: Mapping[str, Value],
    flow: str = "",
    version: int | None = None,
) -> None:
    """Go on behind the step that failed. Raises as `incidents.skip`."""
    failed(tx, hand, incident_id)
    incidents.skip(tx, hand.desk.runtime, incident_id, values, hand.by, hand.now, flow=flow, version=version)


def answer(
    tx: Transaction, hand: Hand, incident_id: IncidentId, values: Mapping[str, Value], version: int | None = None
) -> None:
    """Answer a failed call by hand, in the shape its handler answers. Raises as `incidents.answer`, and WrongAnswer."""
    incident = failed(tx, hand, incident_id)
    job = tx.find(Job, incident.job_id) if incident.job_id else None
    handlers = hand.desk.runtime.handlers
    if job is not None and job.handler in handlers:
        try:
            shapes.check(job.handler, "gives", handlers[job.handler].gives, values)
        except shapes.WrongShape as wrong:
            raise WrongAnswer(str(wrong), fields={"variables": str(wrong)}) from wrong
    incidents.answer(tx, hand.desk.runtime, incident_id, values, hand.by, hand.now, version=version)


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of one incident of a batch: `refused` is why it was not tried again."""

    incident: IncidentId
    refused: Refusal | None = None


def retry_all(uow: UnitOfWork, hand: Hand, incident_ids: Iterable[IncidentId]) -> Iterator[Handled]:
    """Let each of these run again, each in its own transaction: one that cannot leaves the others alone."""
    for incident_id in list(incident_ids)[:MOST_AT_ONCE]:
        try:
            with uow.begin() as tx:
                retry(tx, hand, incident_id)
        except Refusal as refused:
            yield Handled(incident_id, refused)
        else:
            yield Handled(incident_id)


def run_call(tx: Transaction, hand: Hand, job_id: JobId) -> None:
    """Let a waiting call be made now. Raises as `jobs.hasten`."""
    seen(tx, hand, CaseId(tx.get(Job, job_id).case_id))
    jobs.hasten(tx, hand.desk.runtime, job_id, hand.now)


def stop_clock(tx: Transaction, hand: Hand, clock: Clock, ground: str, version: int | None = None) -> Timer:
    """Stop a clock by law. Raises as `deadlines.stop`."""
    timer_id = _clock(tx, hand, clock)
    return deadlines.stop(tx, timer_id, ground, hand.by, hand.now, version)


def start_clock(tx: Transaction, hand: Hand, clock: Clock, version: int | None = None) -> Timer:
    """Let a clock run on. Raises as `deadlines.start`."""
    timer_id = _clock(tx, hand, clock)
    return deadlines.start(tx, hand.desk.runtime, timer_id, hand.by, hand.now, version)


def extend_clock(
    tx: Transaction,
    hand: Hand,
    clock: Clock,
    ground: str,
    days: int,
    *,
    working: bool = False,
    version: int | None = None,
) -> Timer:
    """Give a clock more days. Raises as `deadlines.extend`."""
    timer_id = _clock(tx, hand, clock)
    runtime = hand.desk.runtime
    return deadlines.extend(tx, runtime, timer_id, ground, days, hand.by, hand.now, working=working, version=version)


def set_clock(tx: Transaction, hand: Hand, clock: Clock, due_at: datetime, version: int | None = None) -> Timer:
    """Give a clock another time. Raises as `deadlines.set_due`."""
    timer_id = _clock(tx, hand, clock)
    return deadlines.set_due(tx, hand.desk.runtime, timer_id, due_at, hand.by, hand.now, version)


def seen(tx: Transaction, hand: Hand, case_id: CaseId) -> CaseId:
    """The case, if it is theirs to see.

    Raises:
        NotFound: there is no such case, or it is not.
    """
    if tx.session.scalar(hand.desk.visibility.cases(hand.subject).where(Case.id == case_id)) is None:
        raise NotFound(f"case {case_id}")
    return case_id


def failed(tx: Transaction, hand: Hand, incident_id: IncidentId) -> Incident:
    """The incident, if its case is theirs to see.

    Raises:
        NotFound: there is no such incident, or it is not.
    """
    incident = tx.get(Incident, incident_id)
    seen(tx, hand, CaseId(incident.case_id))
    return incident


def variables_of(tx: Transaction, hand: Hand, incident: Incident) -> Mapping[str, Value]:
    """What an incident is about: what went into its call, else what the step sees. For who may see variables."""
    if incident.job_id is not None:
        return incidents.input_of(tx, incident)
    if incident.resolved_at is not None:
        return {}
    return by_hand.variables(tx, hand.desk.runtime, CaseId(incident.case_id), TokenId(incident.token))


def _clock(tx: Transaction, hand: Hand, clock: Clock) -> UUID:
    case_id = seen(tx, hand, clock.case)
    if tx.session.scalar(select(Timer.id).where(Timer.id == clock.id, Timer.case_id == case_id)) is None:
        raise NotFound(f"clock {clock.id}")
    return clock.id
