"""Cases: starting one, following one, taking one's own back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header
from pydantic import AwareDatetime, BaseModel, Field

from akta.ids import CaseId
from api.dependencies import VisitDep, needs
from api.rest.forms import Answers
from people.rights import Act
from tasks import submissions, withdraw
from tasks.submissions import Submission

router = APIRouter(prefix="/cases", tags=["cases"])

IdempotencyKey = Annotated[
    str,
    Header(alias="Idempotency-Key", description="The same key twice is one case", min_length=8, max_length=80),
]


class NewCase(Answers):
    """A filled start form. `received_at` is for clerks who enter it from paper: the day of its stamp."""

    service: str = Field(max_length=80)
    language: str = Field("", max_length=5)
    received_at: AwareDatetime | None = None


class Started(BaseModel):
    """The case it became; `again` when the same was sent before."""

    case_id: UUID
    reference: str
    title: str
    again: bool


@router.post("", status_code=201, dependencies=[needs(Act.START_APPLICATION, Act.ENTER_FROM_PAPER)])
def start_case(entry: NewCase, key: IdempotencyKey, visit: VisitDep) -> Started:
    """Send a filled start form."""
    sent = Submission(
        bundle=entry.service,
        answers=entry.as_form(),
        submission_key=key,
        upload_key=visit.upload_key,
        language=entry.language or visit.language.code,
        received_at=entry.received_at,
    )
    made = submissions.submit(visit.uow, visit.services.desk, visit.subject, visit.door, sent, visit.now)
    return Started.model_validate(made, from_attributes=True)


@router.post("/{case}/withdrawal", status_code=204, dependencies=[needs(Act.WITHDRAW)])
def withdraw_case(case: UUID, visit: VisitDep) -> None:
    """Take one's own case back, where it offers that."""
    withdraw.withdraw(visit.uow, visit.services.desk, visit.subject, visit.door, CaseId(case), visit.now)
