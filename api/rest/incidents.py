"""Failures that wait for a person."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from akta.ids import IncidentId
from api.dependencies import VisitDep, needs
from people.rights import Act
from workflows import incidents, queries

router = APIRouter(prefix="/incidents", tags=["incidents"])


class Incident(BaseModel):
    """What went wrong, on which element of which case."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    case_id: UUID
    reference: str
    title: str
    element: str
    cause: str
    created_at: datetime


@router.get("", dependencies=[needs(Act.SEE_INCIDENTS)])
def list_incidents(visit: VisitDep) -> list[Incident]:
    """Open incidents, the oldest first."""
    with visit.uow.view() as tx:
        found = queries.open_incidents(tx, visit.services.visibility, visit.subject)
    return [Incident.model_validate(incident) for incident in found]


@router.post("/{incident}/retry", status_code=204, dependencies=[needs(Act.RETRY_INCIDENT)])
def retry_incident(incident: UUID, visit: VisitDep) -> None:
    """Let the step that failed run again."""
    with visit.uow.begin() as tx:
        incidents.retry(tx, visit.services.runtime, IncidentId(incident), visit.actor, visit.now)
