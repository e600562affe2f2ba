"""What is handed over to the tick: messages on their way and starts by the clock, with what failed; trying again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from akta.errors import Conflict, NotFound
from akta.ids import IncidentId
from akta.languages import N_
from akta.subjects import Actor, Subject
from storage.bundles import Deployment, Schedule
from storage.cases import Case, Incident, Parcel
from storage.unit_of_work import Transaction
from storage.visibility import Visibility
from workflows import incidents, releases
from workflows.runtime import Runtime

LARGEST_PAGE = 200


class NotFailed(Conflict):
    """It goes its way; there is nothing to try again."""

    title = N_("This has not failed. It goes on by itself.")


@dataclass(frozen=True, slots=True)
class Planned:
    """A start by the clock of an active version. `error`: why its last time, or its next one, came to nothing."""

    id: UUID
    bundle: str
    version: int
    element: str
    due_at: datetime | None
    last_at: datetime | None
    begun: int
    error: str


def parcels(
    tx: Transaction,
    visibility: Visibility,
    subject: Subject,
    *,
    failed: bool = False,
    after: UUID | None = None,
    limit: int = 50,
) -> list[Parcel]:
    """Messages and signals on their way to cases a subject sees, or to nobody in particular, oldest first."""
    seen = visibility.cases(subject).with_only_columns(Case.id)
    found = select(Parcel).where(or_(Parcel.case_id.is_(None), Parcel.case_id.in_(seen)))
    if failed:
        found = found.where(Parcel.failures > 0)
    if after is not None:
        found = found.where(Parcel.id > after)
    return list(tx.session.scalars(found.order_by(Parcel.id).limit(max(1, min(limit, LARGEST_PAGE)))))


def send_again(
    tx: Transaction,
    runtime: Runtime,
    visibility: Visibility,
    subject: Subject,
    parcel_id: UUID,
    by: Actor,
    now: datetime,
) -> None:
    """Let a message whose delivery broke off be delivered by the next tick; its incident, if it has one, is settled.

    Raises:
        NotFound: there is none, or it is for a case this subject does not see.
        NotFailed: its delivery did not break off.
    """
    parcel = tx.find(Parcel, parcel_id)
    if parcel is None or (parcel.case_id is not None and not _sees(tx, visibility, subject, parcel.case_id)):
        raise NotFound(f"parcel {parcel_id}")
    if not parcel.failures:
        raise NotFailed(parcel.message)
    opened = select(Incident).where(Incident.parcel_id == parcel_id, Incident.resolved_at.is_(None))
    incident = tx.session.scalars(opened).first()
    if incident is None:
        incidents.due_again(parcel, now)
    else:
        incidents.retry(tx, runtime, IncidentId(incident.id), by, now)


def schedules(tx: Transaction) -> list[Planned]:
    """The starts by the clock of the active versions."""
    found = select(Schedule, Deployment).join(Deployment, Deployment.id == Schedule.deployment_id)
    found = found.where(Deployment.active.is_(True), Schedule.element != "")
    rows = tx.session.execute(found.order_by(Deployment.key, Schedule.element))
    return [
        Planned(row.id, of.key, of.version, row.element, row.due_at, row.last_at, row.begun, row.error)
        for row, of in rows
    ]


def begin_again(tx: Transaction, schedule_id: UUID, by: Actor, now: datetime) -> None:
    """Let the next tick begin what a start by the clock could not; who did so, and what had failed, stays on record.

    Raises:
        NotFound: there is no such start.
        NotFailed: its last time came to something, and its next one is known.
    """
    row = tx.locked(Schedule, schedule_id)
    if not row.element:
        raise NotFound(f"schedule {schedule_id}")
    if not row.error:
        raise NotFailed(row.element)
    row.due_at = now
    deployment = tx.get(Deployment, row.deployment_id)
    releases.tell(tx, deployment, releases.Did.RETRIED, by, now, element=row.element, reason=row.error)


def _sees(tx: Transaction, visibility: Visibility, subject: Subject, case_id: UUID) -> bool:
    return tx.session.scalar(visibility.cases(subject).where(Case.id == case_id)) is not None
