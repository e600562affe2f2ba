"""Timers: rows with a due date; what is due is fired, each in its own transaction."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from akta import subjects
from akta.ids import CaseId, TenantId, TokenId
from akta.subjects import Door
from storage.cases import Case, Timer
from storage.unit_of_work import ChangedMeanwhile, Transaction, UnitOfWork
from workflows import _record, cases, causes
from workflows.engine.commands import FireTimer
from workflows.history import Evidence
from workflows.runtime import Runtime

RETRY = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
"""How long a timer whose firing broke off is left alone, by number of failures."""

_log = logging.getLogger("akta.timers")


@dataclass(frozen=True)
class DueTimer:
    tenant: TenantId
    timer: UUID
    case: CaseId


def due(session: Session, now: datetime, limit: int = 100) -> list[DueTimer]:
    """Timers of every tenant that are due, the longest due first; not those of suspended cases or stopped clocks."""
    halted = exists().where(Case.id == Timer.case_id, Case.suspended_at.is_not(None))
    rows = select(Timer.tenant_id, Timer.id, Timer.case_id).where(
        Timer.due_at <= now, Timer.stopped_at.is_(None), or_(Timer.retry_at.is_(None), Timer.retry_at <= now), ~halted
    )
    found = session.execute(rows.order_by(Timer.due_at, Timer.id).limit(limit))
    return [DueTimer(TenantId(tenant), timer, CaseId(case)) for tenant, timer, case in found]


def fire(uow: UnitOfWork, runtime: Runtime, timer: DueTimer, now: datetime) -> bool:
    """Fire one timer; False when it is gone, not due any more, or its case is busy (the next pass takes it).

    A firing that breaks off is kept as an incident of the case and tried again later.
    """
    try:
        with uow.begin() as tx:
            return _fire(tx, runtime, timer, now)
    except ChangedMeanwhile:
        return False
    except Exception as failure:
        _log.exception("timer %s of case %s broke off", timer.timer, timer.case)
        with uow.begin() as tx:
            _failed(tx, timer, causes.in_words(failure), now)
        return False


def _fire(tx: Transaction, runtime: Runtime, timer: DueTimer, now: datetime) -> bool:
    case = tx.session.get(Case, timer.case, with_for_update={"skip_locked": True}, populate_existing=True)
    row = None if case is None else tx.find(Timer, timer.timer)
    if case is None or row is None or row.due_at > now or row.stopped_at or case.suspended_at:
        return False
    by = subjects.system(tx.tenant).acting(Door.TIMER)
    evidence = Evidence(data={"due": row.due_at.isoformat()}, element=row.element)
    cases.advance(tx, runtime, timer.case, FireTimer(TokenId(row.token)), by, now, evidence=evidence)
    return True


def _failed(tx: Transaction, timer: DueTimer, cause: str, now: datetime) -> None:
    case = tx.locked(Case, timer.case)
    row = tx.find(Timer, timer.timer)
    if row is None:
        return
    if row.failures == 0:
        by = subjects.system(tx.tenant).acting(Door.TIMER)
        _record.incident(tx, case, _record.Trouble("timer", row.token, row.element, row.process, cause), by, now)
    row.retry_at = now + RETRY[min(row.failures, len(RETRY) - 1)]
    row.failures += 1
