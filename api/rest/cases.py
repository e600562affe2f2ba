"""Cases: starting one, following one, taking one's own back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query
from pydantic import BaseModel, Field

from akta.ids import CaseId
from api.dependencies import VisitDep, needs
from api.rest import following
from api.rest.following import CaseModel, CaseRow
from api.rest.forms import Answers
from people.rights import Act
from tasks import links, submissions, withdraw
from tasks.submissions import Submission
from workflows import queries

router = APIRouter(prefix="/cases", tags=["cases"])

IdempotencyKey = Annotated[
    str,
    Header(alias="Idempotency-Key", description="The same key twice is one case", min_length=8, max_length=80),
]


class NewCase(Answers):
    """A filled start form."""

    service: str = Field(max_length=80)
    language: str = Field("", max_length=5)


class Started(BaseModel):
    """The case it became; `again` when the same was sent before."""

    case_id: UUID
    reference: str
    title: str
    again: bool


class Place(BaseModel):
    """An element of a process on which tokens of the case stand."""

    process: str
    element: str
    tokens: int


class Search(BaseModel):
    """Which cases to list. `before` is the id of the last case of the page before."""

    open_only: bool = False
    search: str = Field("", max_length=200)
    before: UUID | None = None
    limit: int = Field(50, ge=1, le=queries.LARGEST_PAGE)


@router.get("", dependencies=[needs(Act.SEE_CASE)])
def list_cases(wanted: Annotated[Search, Query()], visit: VisitDep) -> list[CaseRow]:
    """The cases one may see, the newest first."""
    options = wanted.model_dump()
    with visit.uow.view() as tx:
        found = queries.cases(tx, visit.services.visibility, visit.subject, **options)
    return [CaseRow.model_validate(case) for case in found]


@router.get("/{case}", dependencies=[needs(Act.SEE_CASE)])
def show_case(case: UUID, visit: VisitDep) -> CaseModel:
    """How a case stands: what happens now and next, what happened, its documents."""
    with visit.uow.view() as tx:
        return following.follow(tx, visit, CaseId(case))


@router.get("/{case}/places", dependencies=[needs(Act.SEE_CASE_DIAGRAM)])
def show_places(case: UUID, visit: VisitDep) -> list[Place]:
    """Where the tokens of a case stand, in its own process and in those it called."""
    with visit.uow.view() as tx:
        queries.case_view(tx, visit.services.visibility, visit.subject, CaseId(case))
        found = queries.standing(tx, CaseId(case))
    return [Place(process=place.bundle, element=place.element, tokens=place.tokens) for place in found]


@router.post("", status_code=201, dependencies=[needs(Act.START_APPLICATION, Act.ENTER_FROM_PAPER)])
def start_case(entry: NewCase, key: IdempotencyKey, visit: VisitDep) -> Started:
    """Send a filled start form."""
    sent = Submission(
        bundle=entry.service,
        answers=entry.as_form(),
        submission_key=key,
        upload_key=visit.upload_key,
        language=entry.language or visit.language.code,
        place=visit.address,
    )
    made = submissions.submit(visit.uow, visit.services.desk, visit.subject, visit.door, sent, visit.now)
    return Started.model_validate(made, from_attributes=True)


@router.post("/{case}/withdrawal", status_code=204, dependencies=[needs(Act.WITHDRAW)])
def withdraw_case(case: UUID, visit: VisitDep) -> None:
    """Take one's own case back, where it offers that."""
    withdraw.withdraw(visit.uow, visit.services.desk, visit.subject, visit.door, CaseId(case), visit.now)


@router.post("/{case}/links/revocation", status_code=204, dependencies=[needs(Act.REVOKE_LINKS)])
def revoke_links(case: UUID, visit: VisitDep) -> None:
    """End every link to a case that was sent by e-mail, and the sessions opened by one."""
    links.revoke(visit.uow, visit.services.visibility, visit.subject, visit.door, CaseId(case), visit.now)
