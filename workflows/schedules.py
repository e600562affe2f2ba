"""Cases that begin by the clock: the timer starts of active versions, armed and fired by the tick."""

import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from akta import subjects
from akta.ids import CaseId, TenantId
from akta.subjects import Door
from storage.bundles import Deployment, Schedule
from storage.unit_of_work import Transaction, UnitOfWork
from workflows import _beginning, cases, causes
from workflows.engine import StartPoint
from workflows.engine.commands import Start
from workflows.history import Evidence
from workflows.runtime import Runtime
from workflows.sent import Sent

_log = logging.getLogger("akta.schedules")


@dataclass(frozen=True, slots=True)
class Of:
    """A row of some utility."""

    tenant: TenantId
    id: UUID


def unseen(session: Session) -> list[Of]:
    """Active deployments of every utility whose starts nobody has looked at."""
    seen = exists().where(Schedule.deployment_id == Deployment.id)
    found = select(Deployment.tenant_id, Deployment.id).where(Deployment.active.is_(True), ~seen)
    return [Of(TenantId(tenant), deployment) for tenant, deployment in session.execute(found)]


def arm(uow: UnitOfWork, runtime: Runtime, deployment_id: UUID, now: datetime) -> bool:
    """Look at the starts of a deployment; True if the clock begins some of its cases."""
    with uow.begin() as tx:
        deployment = tx.locked(Deployment, deployment_id)
        if tx.session.scalar(select(Schedule.id).where(Schedule.deployment_id == deployment.id).limit(1)):
            return False
        since = deployment.activated_at or now
        points = _points(tx, runtime, deployment)
        tx.add(Schedule(deployment_id=deployment.id, since=since))
        for element, point in points.items():
            row = Schedule(deployment_id=deployment.id, element=element, since=since)
            _plan(row, point)
            tx.add(row)
        return bool(points)


def due(session: Session, now: datetime, limit: int = 50) -> list[Of]:
    """Starts of active deployments whose time has come, the longest due first."""
    found = select(Schedule.tenant_id, Schedule.id).join(Deployment, Deployment.id == Schedule.deployment_id)
    ripe = found.where(Schedule.due_at <= now, Deployment.active.is_(True)).order_by(Schedule.due_at).limit(limit)
    return [Of(TenantId(tenant), schedule) for tenant, schedule in session.execute(ripe)]


def begin(uow: UnitOfWork, runtime: Runtime, schedule_id: UUID, now: datetime) -> bool:
    """Begin one case by the clock, once, however many processes tick. What was missed is not made up for.

    A start that breaks off is not tried for ever: the row says why, and its next time is planned.
    """
    try:
        with uow.begin() as tx:
            return _begin(tx, runtime, schedule_id, now)
    except Exception as failure:
        _log.exception("schedule %s broke off", schedule_id)
        with uow.begin() as tx:
            row = tx.locked(Schedule, schedule_id)
            row.error = causes.in_words(failure)
            _next(tx, runtime, row, now)
        return False


def _begin(tx: Transaction, runtime: Runtime, schedule_id: UUID, now: datetime) -> bool:
    wanted = select(Schedule).where(Schedule.id == schedule_id).with_for_update(skip_locked=True)
    row = tx.session.scalar(wanted, execution_options={"populate_existing": True})
    if row is None or row.due_at is None or row.due_at > now:
        return False
    deployment = tx.get(Deployment, row.deployment_id)
    point = _points(tx, runtime, deployment).get(row.element)
    if point is None or not deployment.active:
        row.due_at = None
        return False
    told = Sent(row.element, f"{row.id}:{row.begun}", kind="timer")
    new = _beginning.by_event(tx, runtime.definitions, deployment, point, told, now)
    case = _beginning.register(tx, new, now)
    by = subjects.system(tx.tenant).acting(Door.TIMER)
    evidence = Evidence({"channel": new.channel, "due": row.due_at.isoformat()})
    command = Start(_beginning.given(tx, case), row.element)
    cases.advance(tx, runtime, CaseId(case.id), command, by, now, evidence=evidence)
    row.error = ""
    _next(tx, runtime, row, now)
    return True


def _points(tx: Transaction, runtime: Runtime, deployment: Deployment) -> dict[str, StartPoint]:
    """The timer starts of a deployment, by element."""
    found = runtime.definitions.starts(tx, deployment)
    return {point.place.element: point for point in found if point.kind == "timer"}


def _next(tx: Transaction, runtime: Runtime, row: Schedule, now: datetime) -> None:
    row.begun, row.last_at = row.begun + 1, now
    point = _points(tx, runtime, tx.get(Deployment, row.deployment_id)).get(row.element)
    if point is None:
        row.due_at = None
    else:
        _plan(row, point)


def _plan(row: Schedule, point: StartPoint) -> None:
    try:
        row.due_at = point.due(row.since, row.last_at, row.begun)
    except Exception as failure:
        row.due_at, row.error = None, causes.in_words(failure)
