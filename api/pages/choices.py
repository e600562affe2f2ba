"""Parts of ad-hoc sub-processes on the page of a case: what the visitor may begin, and ending the whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from akta.ids import CaseId
from api.dependencies import FormDep, VisitDep, needs
from api.pages import frame
from api.pages.wording import Wording
from api.visits import Visit
from people import rights
from people.rights import Act
from storage.unit_of_work import Transaction
from tasks import choices

router = APIRouter()


@dataclass(frozen=True)
class Chosen:
    """A part with a button; `element` is what the button sends."""

    element: str
    words: str


@dataclass(frozen=True)
class ChoiceForm:
    """An ad-hoc sub-process: the parts to begin now, and whether it can be ended."""

    words: str
    url: str
    parts: tuple[Chosen, ...]
    can_finish: bool


def forms(tx: Transaction, visit: Visit, words: Wording, case_id: CaseId, case_url: str) -> Iterator[ChoiceForm]:
    """What the visitor may begin in a case; nothing for who may not."""
    if not rights.allowed(visit.subject, Act.START_PART):
        return
    for one in choices.of_case(tx, visit.services.visibility, visit.subject, case_id):
        parts = (Chosen(part.element, words.step(one.process, part.element, part.name)) for part in one.parts)
        yield ChoiceForm(
            words=words.step(one.process, one.element, one.name),
            url=f"{case_url}/choices/{one.id}",
            parts=tuple(parts) if one.can_start else (),
            can_finish=one.can_finish,
        )


@router.post("/{tenant}/cases/{case}/choices/{choice}/start", dependencies=[needs(Act.START_PART)])
def start_part_here(case: UUID, choice: UUID, visit: VisitDep, form: FormDep) -> Response:
    by, where = visit.subject.acting(visit.door), (CaseId(case), choice)
    with visit.uow.begin() as tx:
        choices.start(tx, visit.services.desk, visit.subject, where, form.get("part"), by, visit.now)
    return frame.go(visit, f"/cases/{case}")


@router.post("/{tenant}/cases/{case}/choices/{choice}/finish", dependencies=[needs(Act.START_PART)])
def finish_parts_here(case: UUID, choice: UUID, visit: VisitDep) -> Response:
    by = visit.subject.acting(visit.door)
    with visit.uow.begin() as tx:
        choices.finish(tx, visit.services.desk, visit.subject, (CaseId(case), choice), by, visit.now)
    return frame.go(visit, f"/cases/{case}")
