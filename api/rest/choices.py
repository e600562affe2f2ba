"""Parts of ad-hoc sub-processes: what somebody may begin in a case, beginning it, ending the whole."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from akta.ids import CaseId
from api.dependencies import VisitDep, needs
from people.rights import Act
from tasks import choices
from workflows import queries

router = APIRouter(prefix="/cases/{case}/choices", tags=["tasks"])


class PartModel(BaseModel):
    """A part that can be begun, and the groups that may."""

    model_config = ConfigDict(from_attributes=True)

    element: str
    name: str
    groups: list[str]


class ChoiceModel(BaseModel):
    """An ad-hoc sub-process that stands open, with the parts one may begin in it oneself."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    process: str
    element: str
    name: str
    since: datetime
    one_at_a_time: bool
    can_start: bool
    can_finish: bool
    parts: list[PartModel]


class Begin(BaseModel):
    """`part`: its element."""

    part: str = Field(min_length=1, max_length=120)


@router.get("", dependencies=[needs(Act.START_PART)])
def list_choices(case: UUID, visit: VisitDep) -> list[ChoiceModel]:
    """Where somebody decides what is done next, as far as it is for one's groups."""
    with visit.uow.view() as tx:
        queries.case_view(tx, visit.services.visibility, visit.subject, CaseId(case))
        found = choices.of_case(tx, visit.services.visibility, visit.subject, CaseId(case))
    return [ChoiceModel.model_validate(one) for one in found]


@router.post("/{choice}/start", status_code=204, dependencies=[needs(Act.START_PART)])
def start_part(case: UUID, choice: UUID, begin: Begin, visit: VisitDep) -> None:
    """Begin a part; the same one again is one more."""
    by = visit.subject.acting(visit.door)
    with visit.uow.begin() as tx:
        choices.start(tx, visit.services.desk, visit.subject, (CaseId(case), choice), begin.part, by, visit.now)


@router.post("/{choice}/finish", status_code=204, dependencies=[needs(Act.START_PART)])
def finish_parts(case: UUID, choice: UUID, visit: VisitDep) -> None:
    """End an ad-hoc sub-process of which no part is in work; the case goes on behind it."""
    by = visit.subject.acting(visit.door)
    with visit.uow.begin() as tx:
        choices.finish(tx, visit.services.desk, visit.subject, (CaseId(case), choice), by, visit.now)
