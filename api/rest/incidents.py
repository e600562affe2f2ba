"""Failures that wait for a person: finding them, and trying again, skipping or answering by hand."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from akta.ids import CaseId, IncidentId
from akta.languages import Language
from api.dependencies import VisitDep, needs
from api.problems import problem_of
from api.rest import marks
from api.rest.operating import IfMatch, ReasonText, hand_of
from api.rest.values import Variables, of_json
from bpmn.values import plain
from people.rights import Act
from tasks import operating
from workflows import failures
from workflows.failures import Failure, Wanted

router = APIRouter(prefix="/incidents", tags=["incidents"])


class Incident(BaseModel):
    """What went wrong, on which element of which case. `kind`: call, timer, message, step."""

    id: UUID
    case_id: UUID
    reference: str
    title: str
    process: str
    element: str
    kind: str
    cause: str
    created_at: datetime
    resolved_at: datetime | None
    resolution: str
    version: int
    handler: str
    attempts: int


class Filter(BaseModel):
    """Which incidents. `after` is the id of the last one of the page before."""

    case_id: UUID | None = None
    process: str = Field("", max_length=80)
    element: str = Field("", max_length=120)
    kind: str = Field("", max_length=10)
    cause: str = Field("", max_length=200)
    after: UUID | None = None
    limit: int = Field(50, ge=1, le=failures.LARGEST_PAGE)


class Retry(BaseModel):
    """`variables`: changed before, in what goes into the call or in what the step sees; then the reason is needed."""

    variables: Variables = Field(default_factory=dict)
    reason: ReasonText = ""


class ByHand(BaseModel):
    """`variables`: what the step would have brought. `flow`: the way out of a gateway that is skipped."""

    variables: Variables = Field(default_factory=dict)
    reason: ReasonText = Field(min_length=1)
    flow: str = Field("", max_length=120)


class Batch(BaseModel):
    incidents: list[UUID] = Field(min_length=1, max_length=operating.MOST_AT_ONCE)
    reason: ReasonText = ""


class Handled(BaseModel):
    """What became of one: `refused` says why it was not tried again."""

    id: UUID
    refused: str | None


@router.get("", dependencies=[needs(Act.SEE_INCIDENTS)])
def list_incidents(wanted: Annotated[Filter, Query()], visit: VisitDep) -> list[Incident]:
    """Open incidents, the oldest first."""
    with visit.uow.view() as tx:
        found = failures.opened(tx, visit.services.visibility, visit.subject, _wanted(wanted))
    return [_shown(one, visit.language) for one in found]


@router.post("/retry", dependencies=[needs(Act.RETRY_INCIDENT)])
def retry_incidents(batch: Batch, visit: VisitDep) -> list[Handled]:
    """Let many run again, each for itself: one that cannot leaves the others alone."""
    found = operating.retry_all(visit.uow, hand_of(visit, batch.reason), (IncidentId(one) for one in batch.incidents))
    return [
        Handled(id=one.incident, refused=None if one.refused is None else problem_of(one.refused, visit.language).title)
        for one in found
    ]


@router.get("/{incident}", dependencies=[needs(Act.SEE_INCIDENTS)])
def show_incident(incident: UUID, visit: VisitDep, response: Response) -> Incident:
    """One incident, open or resolved."""
    with visit.uow.view() as tx:
        found = failures.one(tx, visit.services.visibility, visit.subject, IncidentId(incident))
    response.headers["etag"] = f'"{found.version}"'
    return _shown(found, visit.language)


@router.get("/{incident}/variables", dependencies=[needs(Act.SEE_VARIABLES)])
def show_incident_variables(incident: UUID, visit: VisitDep) -> dict[str, Any]:
    """What went into the call that failed, or what the step that failed sees."""
    with visit.uow.view() as tx:
        hand = hand_of(visit)
        row = operating.failed(tx, hand, IncidentId(incident))
        return dict(plain(dict(operating.variables_of(tx, hand, row))))


@router.post("/{incident}/retry", status_code=204, dependencies=[needs(Act.RETRY_INCIDENT)])
def retry_incident(incident: UUID, visit: VisitDep, again: Retry | None = None, if_match: IfMatch = "") -> None:
    """Let the step that failed run again, perhaps with changed values."""
    wanted, version = again or Retry(), marks.to_version(if_match)
    values = of_json(wanted.variables, visit.now)
    with visit.uow.begin() as tx:
        operating.retry(tx, hand_of(visit, wanted.reason), IncidentId(incident), values, version)


@router.post("/{incident}/skip", status_code=204, dependencies=[needs(Act.MOVE_TOKEN)])
def skip_incident(incident: UUID, given: ByHand, visit: VisitDep, if_match: IfMatch = "") -> None:
    """Go on behind the step that failed, where the model allows it."""
    values, version = of_json(given.variables, visit.now), marks.to_version(if_match)
    with visit.uow.begin() as tx:
        operating.skip(tx, hand_of(visit, given.reason), IncidentId(incident), values, given.flow, version)


@router.post("/{incident}/answer", status_code=204, dependencies=[needs(Act.MOVE_TOKEN)])
def answer_incident(incident: UUID, given: ByHand, visit: VisitDep, if_match: IfMatch = "") -> None:
    """Answer a failed call by hand, in the shape its handler answers: somebody did outside what it does."""
    values, version = of_json(given.variables, visit.now), marks.to_version(if_match)
    with visit.uow.begin() as tx:
        operating.answer(tx, hand_of(visit, given.reason), IncidentId(incident), values, version)


def _wanted(wanted: Filter) -> Wanted:
    return Wanted(
        case_id=None if wanted.case_id is None else CaseId(wanted.case_id),
        process=wanted.process,
        element=wanted.element,
        kind=wanted.kind,
        cause=wanted.cause,
        after=None if wanted.after is None else IncidentId(wanted.after),
        limit=wanted.limit,
    )


def _shown(one: Failure, language: Language) -> Incident:
    return Incident.model_validate(asdict(one) | {"cause": one.cause.said(language.gettext)})
