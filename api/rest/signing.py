"""Signing by code: asking for one and entering it."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from akta.ids import TaskId
from api.dependencies import VisitDep, needs
from api.rest.forms import PlainText
from api.rest.tasks import Completed
from people.rights import Act
from tasks import signature_codes

router = APIRouter(prefix="/tasks", tags=["tasks"])


class SignatureCode(BaseModel):
    """The digits from the mail; spaces do not matter."""

    code: PlainText = Field(min_length=1, max_length=20)


@router.post("/{task}/signature-code", status_code=204, dependencies=[needs(Act.ANSWER_TASK)])
def request_signature_code(task: UUID, visit: VisitDep) -> None:
    """Have a code for signing sent to the signer's verified address; the one before stops working."""
    signature_codes.ask(visit.uow, visit.services.desk, visit.subject, visit.door, TaskId(task), visit.now)


@router.post("/{task}/signature", dependencies=[needs(Act.ANSWER_TASK)])
def sign_with_code(task: UUID, entry: SignatureCode, visit: VisitDep) -> Completed:
    """Sign every document that waits at the task with the code; the task is then done."""
    services, language = visit.services, visit.language.code
    done = signature_codes.enter(
        visit.uow,
        services.desk,
        services.hasher,
        visit.subject,
        visit.door,
        TaskId(task),
        entry.code,
        visit.now,
        language,
    )
    return Completed.model_validate(done, from_attributes=True)
