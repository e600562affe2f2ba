"""Signing by code: ask for one by mail, type it, and the documents are signed."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from akta.errors import Refusal
from akta.ids import CaseId, TaskId
from api.dependencies import FormDep, VisitDep, needs
from api.pages import frame, papers, wording
from api.problems import problem_of
from api.visits import Visit
from documents import store
from people.rights import Act
from tasks import signature_codes, views

router = APIRouter()

REFUSED = (
    signature_codes.WrongCode,
    signature_codes.TooManyCodes,
    signature_codes.NotVerified,
    signature_codes.WrongSigner,
    signature_codes.NoCodes,
)
"""What is said on this page, where one can do something about it."""


@router.get("/{tenant}/tasks/{task}/code", dependencies=[needs(Act.ANSWER_TASK)])
def code_page(task: UUID, visit: VisitDep, asked: bool = False) -> Response:
    return _show(visit, TaskId(task), asked=asked)


@router.post("/{tenant}/tasks/{task}/code", dependencies=[needs(Act.ANSWER_TASK)])
def ask_for_code(task: UUID, visit: VisitDep, form: FormDep) -> Response:
    """Have a code sent to the signer's address."""
    try:
        signature_codes.ask(visit.uow, visit.services.desk, visit.subject, visit.door, TaskId(task), visit.now)
    except REFUSED as refusal:
        return _show(visit, TaskId(task), refusal=refusal)
    return frame.go(visit, f"/tasks/{task}/code?asked=1")


@router.post("/{tenant}/tasks/{task}/signature", dependencies=[needs(Act.ANSWER_TASK)])
def sign_by_code(task: UUID, visit: VisitDep, form: FormDep) -> Response:
    """Sign with the code, and back to the case."""
    services, code = visit.services, form.get("code")[:20]
    try:
        done = signature_codes.enter(
            visit.uow,
            services.desk,
            services.hasher,
            visit.subject,
            visit.door,
            TaskId(task),
            code,
            visit.now,
            visit.language.code,
        )
    except REFUSED as refusal:
        return _show(visit, TaskId(task), refusal=refusal, asked=True)
    return frame.go(visit, f"/cases/{done.case_id}")


def _show(visit: Visit, task_id: TaskId, *, refusal: Refusal | None = None, asked: bool = False) -> Response:
    with visit.uow.view() as tx:
        view = views.task_view(tx, visit.services.desk, visit.subject, task_id, visit.now, language=visit.language.code)
        case_id = CaseId(view.case.id)
        if not signature_codes.offered(tx, visit.services.desk, visit.subject, task_id):
            return frame.go(visit, f"/cases/{case_id}" if view.task.state != "open" else f"/tasks/{task_id}")
        words = wording.of_case(tx, visit, case_id)
        rows = store.of_case(tx, visit.services.visibility, visit.subject, case_id)
        made = papers.listed(visit, words, [row for row in rows if row.origin == "generated"])
    url = f"{frame.base_of(visit)}/tasks/{task_id}"
    return frame.show(
        visit,
        "sign_by_code.html",
        status=422 if refusal else 200,
        back=url,
        ask_url=f"{url}/code",
        sign_url=f"{url}/signature",
        documents=made,
        asked=asked,
        problem=problem_of(refusal, visit.language).title if refusal else "",
        wrong_code=isinstance(refusal, signature_codes.WrongCode),
    )
