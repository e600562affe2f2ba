"""The desk: queues, one task with its evidence, taking it, giving it back, completing it and on to the next."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from akta.errors import Conflict, Invalid, Refusal
from akta.ids import CaseId, TaskId
from akta.subjects import Kind
from api.dependencies import FormDep, VisitDep, needs
from api.pages import addresses, chronicle, diagrams, frame, papers, questions, readings, wording, worklist
from api.pages.addresses import WantedDep
from api.pages.papers import Paper, Shown
from api.pages.wording import Wording
from api.problems import problem_of
from api.uploads import Form
from api.visits import Visit
from documents import store
from people.rights import Act
from storage.unit_of_work import Transaction
from tasks import claims, drafts, signature_codes, views
from tasks.claims import Submitted
from tasks.inbox import Queue, Wanted
from tasks.views import TaskView
from workflows import queries

router = APIRouter()

LONGEST_VERSION = 9
"""Digits of a task's version."""


@router.get("/{tenant}/inbox", dependencies=[needs(Act.SEE_INBOX)])
def inbox_page(
    visit: VisitDep,
    wanted: WantedDep,
    after: Annotated[str, Query(max_length=300)] = "",
    view: Annotated[UUID | None, Query()] = None,
) -> Response:
    with visit.uow.view() as tx:
        shown = worklist.shown(tx, visit, wanted, after, view=view)
    return frame.show(visit, "desk.html", task=None, **shown)


@router.get("/{tenant}/tasks/{task}", dependencies=[needs(Act.ANSWER_TASK)])
def task_page(
    task: UUID,
    visit: VisitDep,
    wanted: WantedDep,
    view: Annotated[str, Query(max_length=10)] = "form",
    document: Annotated[UUID | None, Query()] = None,
) -> Response:
    if visit.subject.kind is not Kind.STAFF:
        return _applicant_task(visit, TaskId(task))
    with visit.uow.view() as tx:
        return _staff_task(tx, visit, TaskId(task), wanted, view=view, document=document)


@router.post("/{tenant}/tasks/{task}/claim", dependencies=[needs(Act.CLAIM_TASK)])
def claim_task(task: UUID, visit: VisitDep, form: FormDep) -> Response:
    claims.claim(visit.uow, visit.services.desk, visit.subject, visit.door, TaskId(task), visit.now, _version(form))
    return frame.go(visit, f"/tasks/{task}?{_list(form)}")


@router.post("/{tenant}/tasks/{task}/release", dependencies=[needs(Act.CLAIM_TASK)])
def release_task(task: UUID, visit: VisitDep, form: FormDep) -> Response:
    claims.release(visit.uow, visit.services.desk, visit.subject, visit.door, TaskId(task), visit.now, _version(form))
    return frame.go(visit, f"/inbox?{_list(form)}")


@router.post("/{tenant}/tasks/{task}", dependencies=[needs(Act.ANSWER_TASK)])
def complete_task(task: UUID, visit: VisitDep, form: FormDep) -> Response:
    """Complete the task; staff go on to their next one, the applicant back to the case."""
    if questions.wants_drawing(form):
        return _draw_again(visit, TaskId(task), form, {}, 200)
    if errors := questions.refused(visit, form):
        return _draw_again(visit, TaskId(task), form, errors, 422)
    sent = Submitted(questions.sent(form), visit.upload_key, _version(form), language=_code(visit))
    try:
        done = claims.complete(visit.uow, visit.services.desk, visit.subject, visit.door, TaskId(task), sent, visit.now)
    except Conflict:
        _keep_typed(visit, TaskId(task), sent)
        raise
    except Invalid as refusal:
        return _draw_again(
            visit, TaskId(task), form, refusal.fields or {"": problem_of(refusal, visit.language).title}, 422
        )
    if visit.subject.kind is not Kind.STAFF:
        return frame.go(visit, f"/cases/{done.case_id}")
    return frame.go(visit, f"/tasks/{done.next_task}?{_list(form)}" if done.next_task else f"/inbox?{_list(form)}")


def _keep_typed(visit: Visit, task_id: TaskId, sent: Submitted) -> None:
    """Somebody was faster: what this clerk typed is not lost with the task, and the page that says so leads to it."""
    if visit.subject.kind is Kind.STAFF:
        with suppress(Refusal):
            drafts.keep(
                visit.uow, visit.services.desk, visit.subject, task_id, questions.worded(sent.answers), visit.now
            )
            visit.request.state.kept = f"{frame.base_of(visit)}/tasks/{task_id}/draft"


def _draw_again(visit: Visit, task_id: TaskId, form: Form, errors: Mapping[str, str], status: int) -> Response:
    with visit.uow.view() as tx:
        view = views.task_view(tx, visit.services.desk, visit.subject, task_id, visit.now, language=_code(visit))
        if view.form is not None:
            answers = questions.sent(form)
            typed = questions.typed(tx, visit, view.bundle, view.form, view.task.element, answers, view.context)
            view = views.task_view(
                tx,
                visit.services.desk,
                visit.subject,
                task_id,
                visit.now,
                language=_code(visit),
                shown=typed,
                errors=errors,
            )
        if visit.subject.kind is not Kind.STAFF:
            return _applicant_form(tx, visit, view, errors, status)
        wanted = addresses.from_query(form.get("list"))
        return _staff_task(tx, visit, task_id, wanted, drawn=view, errors=errors, status=status)


# The applicant's task


def _applicant_task(visit: Visit, task_id: TaskId) -> Response:
    with visit.uow.view() as tx:
        view = views.task_view(tx, visit.services.desk, visit.subject, task_id, visit.now, language=_code(visit))
        if view.task.state != "open":
            return frame.go(visit, f"/cases/{view.case.id}")
        return _applicant_form(tx, visit, view, {}, 200)


def _applicant_form(tx: Transaction, visit: Visit, view: TaskView, errors: Mapping[str, str], status: int) -> Response:
    case_id = CaseId(view.case.id)
    words = wording.of_case(tx, visit, case_id)
    rows = store.of_case(tx, visit.services.visibility, visit.subject, case_id)
    made = [row for row in rows if row.origin == "generated"]
    return frame.show(
        visit,
        "answer.html",
        status=status,
        back=f"{frame.base_of(visit)}/cases/{case_id}",
        title=words.step(view.task.bundle, view.task.element, view.task.name),
        words=words.element(view.task.bundle, view.task.element).applicant,
        until=view.task.due_at,
        errors=questions.summary(view.fields, errors),
        documents=papers.listed(visit, words, made),
        action=f"{frame.base_of(visit)}/tasks/{view.task.id}",
        code_url=_code_url(tx, visit, TaskId(view.task.id)),
        version=view.task.version,
        fields=view.fields,
        uploads=frame.uploads_of(visit, questions.file_names(tx, view.fields, visit.upload_key)),
        button=_button(visit, view),
    )


def _code_url(tx: Transaction, visit: Visit, task_id: TaskId) -> str:
    """Where to sign with a code, if that is open to the visitor."""
    offered = signature_codes.offered(tx, visit.services.desk, visit.subject, task_id)
    return f"{frame.base_of(visit)}/tasks/{task_id}/code" if offered else ""


# The clerk's task


def _staff_task(
    tx: Transaction,
    visit: Visit,
    task_id: TaskId,
    wanted: Wanted,
    *,
    view: str = "form",
    document: UUID | None = None,
    drawn: TaskView | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    found = drawn or views.task_view(tx, visit.services.desk, visit.subject, task_id, visit.now, language=_code(visit))
    kept = None if drawn else drafts.find(tx, visit.subject, task_id)
    if found.task.state != "open":
        return frame.go(visit, f"/tasks/{task_id}/draft" if kept else f"/cases/{found.case.id}")
    if kept is not None and found.can_complete:
        found = _with_typed(tx, visit, found, kept.answers)
    if wanted.queue is Queue.MINE and found.task.assignee_id != visit.subject.account:
        wanted = replace(wanted, queue=addresses.DEFAULT)
    shown = worklist.shown(tx, visit, wanted, current=found.row)
    return frame.show(
        visit,
        "desk.html",
        status=status,
        typed=kept if found.can_complete else None,
        task=_task(tx, visit, found, shown["list_query"], view, document),
        fields=found.fields,
        uploads=frame.uploads_of(visit, questions.file_names(tx, found.fields, visit.upload_key)),
        button=_button(visit, found),
        errors=questions.summary(found.fields, errors or {}),
        **shown,
    )


def _with_typed(tx: Transaction, visit: Visit, found: TaskView, answers: Mapping[str, Sequence[str]]) -> TaskView:
    """The task drawn with what its clerk typed before; nothing is complained about until it is sent."""
    if found.form is None:
        return found
    sent = {key: list(values) for key, values in answers.items()}
    typed = questions.typed(tx, visit, found.bundle, found.form, found.task.element, sent, found.context)
    desk, code = visit.services.desk, _code(visit)
    return views.task_view(tx, desk, visit.subject, TaskId(found.task.id), visit.now, language=code, shown=typed)


def _task(
    tx: Transaction, visit: Visit, found: TaskView, listed_by: str, view: str, document: UUID | None
) -> dict[str, Any]:
    case_id, base = CaseId(found.case.id), frame.base_of(visit)
    words = wording.of_case(tx, visit, case_id)
    row, url = found.row, f"{base}/tasks/{found.task.id}?{listed_by}"
    listed, chosen = _evidence(tx, visit, words, case_id, url, document) if view == "form" else ([], None)
    lines = queries.history(tx, case_id) if view != "form" else []
    standing = queries.standing(tx, case_id) if view == "diagram" else []
    return {
        "id": found.task.id,
        "url": url,
        "view": view,
        "name": words.step(row.bundle, row.element, row.name),
        "person": row.person,
        "title": words.title,
        "reference": row.reference,
        "case_url": f"{base}/cases/{case_id}",
        "since": row.since,
        "due_at": row.due_at,
        "halted": queries.halted(tx, case_id) if row.suspended_at else None,
        "mine": row.assignee_id is not None and row.assignee_id == visit.subject.account,
        "holder": row.assignee,
        "version": found.task.version,
        "instead": found.on_behalf,
        "can_claim": found.can_claim,
        "can_release": found.can_release,
        "can_complete": found.can_complete,
        "reading": readings.of(visit, found.context),
        "documents": listed,
        "chosen": chosen,
        "history": chronicle.tell(lines, words) if view == "history" else [],
        "diagrams": diagrams.of_case(words, f"{base}/cases/{case_id}/diagram", standing, lines, frozenset())
        if view == "diagram"
        else [True],
    }


def _evidence(
    tx: Transaction, visit: Visit, words: Wording, case_id: CaseId, url: str, wished: UUID | None
) -> tuple[list[dict[str, Any]], Shown | None]:
    """The documents of the case as tabs, and the one that is laid out: the wished one, else the newest upload."""
    rows = list(store.of_case(tx, visit.services.visibility, visit.subject, case_id))
    uploaded = [row for row in rows if row.origin != "generated"]
    if not rows:
        return [], None
    first = next((row for row in rows if row.id == wished), (uploaded or rows)[-1])
    made = [row for row in rows if row.origin == "generated"]
    listed: list[Paper] = papers.listed(visit, words, [*reversed(uploaded), *made])
    tabs = [
        {"title": paper.title, "show_url": f"{url}&document={paper.id}", "current": paper.id == str(first.id)}
        for paper in listed
    ]
    return tabs, papers.laid_out(visit, first, words.document(first))


def _list(form: Form) -> str:
    """The list a form was sent from, to go on in it."""
    return addresses.query(addresses.from_query(form.get("list")))


def _button(visit: Visit, view: TaskView) -> str:
    return view.bundle.texts(_code(visit)).button(view.form.id) if view.form else ""


def _version(form: Form) -> int | None:
    """The version the form was drawn from; what cannot be one is none that there is."""
    sent = form.get("version")
    return (int(sent) if sent.isdecimal() and len(sent) <= LONGEST_VERSION else -1) if sent else None


def _code(visit: Visit) -> str:
    return visit.language.code
