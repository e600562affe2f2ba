"""Cases: the link in an e-mail, following one's own, the whole case for staff."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from akta.ids import CaseId
from akta.subjects import Kind
from api.dependencies import VisitDep, needs
from api.pages import diagrams, frame, staff_case, staff_rail, tracking, wording
from api.visits import Visit, keep_session
from people import rights
from people.rights import Act
from tasks import links, withdraw
from workflows import by_hand, queries

router = APIRouter()


@router.get("/{tenant}/c/{token}", dependencies=[needs(Act.OPEN_CASE_LINK)])
def open_case_link(token: str, visit: VisitDep) -> Response:
    """The link in an e-mail: it opens a session that sees this one case, and its secret leaves the address bar."""
    opened = links.open(visit.uow, visit.services.runtime, token, visit.door, visit.now)
    answer = frame.go(visit, f"/cases/{opened.case}")
    keep_session(answer, visit, opened.session)
    return answer


@router.get("/{tenant}/cases/{case}", dependencies=[needs(Act.SEE_CASE)])
def case_page(case: UUID, visit: VisitDep, sent: Annotated[bool, Query()] = False) -> Response:
    if visit.subject.kind is Kind.STAFF:
        return _for_staff(visit, CaseId(case), sent)
    with visit.uow.view() as tx:
        tracked = tracking.track(tx, visit, CaseId(case))
        happened = by_hand.version(tx, CaseId(case))
    return frame.show(visit, "track.html", case=tracked, sent=sent, of_case=frame.Shown(CaseId(case), happened))


@router.post("/{tenant}/cases/{case}/withdrawal", dependencies=[needs(Act.WITHDRAW)])
def withdraw_case(case: UUID, visit: VisitDep) -> Response:
    withdraw.withdraw(visit.uow, visit.services.desk, visit.subject, visit.door, CaseId(case), visit.now)
    return frame.go(visit, f"/cases/{case}")


@router.get("/{tenant}/cases/{case}/diagram/{bundle}", dependencies=[needs(Act.SEE_CASE_DIAGRAM)])
def case_diagram(case: UUID, bundle: str, visit: VisitDep) -> Response:
    """The model of the case or of a process it calls, in the version it runs on."""
    with visit.uow.view() as tx:
        queries.case_view(tx, visit.services.visibility, visit.subject, CaseId(case))
        words = wording.of_case(tx, visit, CaseId(case))
    return frame.xml(diagrams.translated(words.bundle(bundle), words.texts[bundle]))


@router.get("/{tenant}/cases", dependencies=[needs(Act.SEE_INBOX)])
def cases_page(
    visit: VisitDep,
    search: Annotated[str, Query(alias="q", max_length=200)] = "",
    before: Annotated[UUID | None, Query()] = None,
) -> Response:
    with visit.uow.view() as tx:
        rows = staff_case.rows(tx, visit, search, CaseId(before) if before else None)
        queues = staff_rail.queues(tx, visit)
    return frame.show(visit, "staff_cases.html", cases=rows.cases, older=rows.older, search=search, queues=queues)


def _for_staff(visit: Visit, case_id: CaseId, sent: bool) -> Response:
    with visit.uow.view() as tx:
        shown = staff_case.whole(tx, visit, case_id)
        happened = by_hand.version(tx, case_id)
        queues = staff_rail.queues(tx, visit)
    return frame.show(
        visit,
        "staff_case.html",
        of_case=frame.Shown(case_id, happened),
        case=shown,
        sent=sent,
        may_operate=rights.allowed(visit.subject, Act.OPERATE_CASE),
        may_move=rights.allowed(visit.subject, Act.MOVE_TOKEN),
        queues=queues,
    )
