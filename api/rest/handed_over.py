"""Messages on their way and starts by the clock: what goes on by itself, what failed, and trying that again."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from api.dependencies import VisitDep, needs
from people.rights import Act
from workflows import handed_over

router = APIRouter(tags=["operating"])


class ParcelModel(BaseModel):
    """A message or signal on its way, without its content. `due_at` is empty while nobody awaits it; `error` says why
    its delivery broke off the last time."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: str
    message: str
    case_id: UUID | None
    sent_at: datetime
    expires_at: datetime | None
    due_at: datetime | None
    failures: int
    error: str


class ScheduleModel(BaseModel):
    """A start by the clock of an active version. `error`: why its last time, or its next one, came to nothing."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    bundle: str
    version: int
    element: str
    due_at: datetime | None
    last_at: datetime | None
    begun: int
    error: str


class Filter(BaseModel):
    """Which messages. `after` is the id of the last one of the page before."""

    failed: bool = False
    after: UUID | None = None
    limit: int = 50


@router.get("/messages", dependencies=[needs(Act.SEE_INCIDENTS)])
def list_messages(wanted: Annotated[Filter, Query()], visit: VisitDep) -> list[ParcelModel]:
    """Messages and signals that were handed over or wait for somebody to await them, the oldest first."""
    with visit.uow.view() as tx:
        found = handed_over.parcels(
            tx,
            visit.services.visibility,
            visit.subject,
            failed=wanted.failed,
            after=wanted.after,
            limit=wanted.limit,
        )
    return [ParcelModel.model_validate(one) for one in found]


@router.post("/messages/{parcel}/retry", status_code=204, dependencies=[needs(Act.RETRY_INCIDENT)])
def retry_message(parcel: UUID, visit: VisitDep) -> None:
    """Deliver a message whose delivery broke off with the next tick."""
    by, services = visit.subject.acting(visit.door), visit.services
    with visit.uow.begin() as tx:
        handed_over.send_again(tx, services.runtime, services.visibility, visit.subject, parcel, by, visit.now)


@router.get("/schedules", dependencies=[needs(Act.SEE_INCIDENTS)])
def list_schedules(visit: VisitDep) -> list[ScheduleModel]:
    """What the clock begins, when next, and what it could not begin."""
    with visit.uow.view() as tx:
        return [ScheduleModel.model_validate(one) for one in handed_over.schedules(tx)]


@router.post("/schedules/{schedule}/retry", status_code=204, dependencies=[needs(Act.RETRY_INCIDENT)])
def retry_schedule(schedule: UUID, visit: VisitDep) -> None:
    """Begin with the next tick what the clock could not."""
    with visit.uow.begin() as tx:
        handed_over.begin_again(tx, schedule, visit.subject.acting(visit.door), visit.now)
