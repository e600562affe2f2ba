"""The desk: queues, one task with its evidence, taking it, giving it back, completing it and on to the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from akta.errors import Invalid
from akta.ids import CaseId, TaskId
from akta.subjects import Kind
from api.dependencies import FormDep, VisitDep, needs
from api.pages import chronicle, diagrams, frame, papers, questions, readings, staff_case, wording
from api.pages.papers import Paper, Shown
from api.pages.staff_case import QUEUES
from api.pages.wording import Wording
from api.problems import problem_of
from api.uploads import Form
from api.visits import Visit
from documents import store
from people.rights import Act
from storage.unit_of_work import Transaction
from tasks import claims, inbox, views
from tasks.claims import Submitted
from tasks.inbox import After, Queue, Row
from tasks.views import TaskView
from workflows import queries

router = APIRouter()

LONGEST_VERSION = 9
"""Digits of a task's version."""

DEFAULT = Queue.GROUPS


@dataclass(frozen=True)
class Named:
    """The queue in front of the clerk."""

    key: str
    label: str
    empty: str


@dataclass(frozen=True)
class WorkRow:
    url: str
    current: bool
    name: str
    person: str
    title: str
    reference: str
    since: datetime
    due_at: datetime | None
    holder: str


@router.get("/{tenant}/inbox", dependencies=[needs(Act.SEE_INBOX)])
def inbox_page(
    visit: VisitDep,
    queue: Annotated[Queue, Query()] = DEFAULT,
    search: Annotated[str, Query(alias="q", max_length=200)] = "",
    after: Annotated[str, Query(max_length=120)] = "",
) -> Response:
    with visit.uow.view() as tx:
        shown = _list(tx, visit, queue, search, after)
    return frame.show(visit, "desk.html", task=None, **shown)


@router.get("/{tenant}/tasks/{task}", dependencies=[needs(Act.ANSWER_TASK)])
def task_page(
    task: UUID,
    visit: VisitDep,
    queue: Annotated[Queue, Query()] = DEFAULT,
    view: Annotated[str, Query(max_length=10)] = "form",
    document: Annotated[UUID | None, Query()] = None,
) -> Response:
    if visit.subject.kind is not Kind.STAFF:
        return _applicant_task(visit, TaskId(task))
    with visit.uow.view() as tx:
        return _staff_task(tx, visit, TaskId(task), queue, view=view, document=document)


@router.post("/{tenant}/tasks/{task}/claim", dependencies=[needs(Act.CLAIM_TASK)])
def claim_task(task: UUID, visit: VisitDep, form: FormDep) -> Response:
    claims.claim(visit.uow, visit.services.desk, visit.subject, visit.door, TaskId(task), visit.now, _version(form))
    return frame.go(visit, f"/tasks/{task}?queue={form.get('queue', Queue.MINE.value)}")


@router.post("/{tenant}/tasks/{task}/release", dependencies=[needs(Act.CLAIM_TASK)])
def release_task(task: UUID, visit: VisitDep, form: FormDep) -> Response:
    claims.release(visit.uow, visit.services.desk, visit.subject, visit.door, TaskId(task), visit.now, _version(form))
    return frame.go(visit, f"/inbox?queue={DEFAULT.value}")


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
    except Invalid as refusal:
        return _draw_again(
            visit, TaskId(task), form, refusal.fields or {"": problem_of(refusal, visit.language).title}, 422
        )
    if visit.subject.kind is not Kind.STAFF:
        return frame.go(visit, f"/cases/{done.case_id}")
    queue = form.get("queue", DEFAULT.value)
    return frame.go(visit, f"/tasks/{done.next_task}?queue={queue}" if done.next_task else "/inbox")


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
        queue = Queue(form.get("queue")) if form.get("queue") in set(Queue) else DEFAULT
        return _staff_task(tx, visit, task_id, queue, drawn=view, errors=errors, status=status)


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
        version=view.task.version,
        fields=view.fields,
        uploads=frame.uploads_of(visit, questions.file_names(tx, visit, view.fields)),
        button=_button(visit, view),
    )


# The clerk's task


def _staff_task(
    tx: Transaction,
    visit: Visit,
    task_id: TaskId,
    queue: Queue,
    *,
    view: str = "form",
    document: UUID | None = None,
    drawn: TaskView | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    found = drawn or views.task_view(tx, visit.services.desk, visit.subject, task_id, visit.now, language=_code(visit))
    if found.task.state != "open":
        return frame.go(visit, f"/cases/{found.case.id}")
    if queue is Queue.MINE and found.task.assignee_id != visit.subject.account:
        queue = DEFAULT
    shown = _list(tx, visit, queue, "", "", found.row)
    return frame.show(
        visit,
        "desk.html",
        status=status,
        task=_task(tx, visit, found, queue, view, document),
        fields=found.fields,
        uploads=frame.uploads_of(visit, questions.file_names(tx, visit, found.fields)),
        button=_button(visit, found),
        errors=questions.summary(found.fields, errors or {}),
        **shown,
    )


def _task(
    tx: Transaction, visit: Visit, found: TaskView, queue: Queue, view: str, document: UUID | None
) -> dict[str, Any]:
    case_id, base = CaseId(found.case.id), frame.base_of(visit)
    words = wording.of_case(tx, visit, case_id)
    row, url = found.row, f"{base}/tasks/{found.task.id}?queue={queue.value}"
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


# The list


def _list(
    tx: Transaction, visit: Visit, queue: Queue, search: str, after: str, current: Row | None = None
) -> dict[str, Any]:
    """A queue. The task in hand stays in the list it was taken from, on top where it has left the queue by that."""
    found = inbox.page(tx, visit.frame, queue, search=search, after=_place(after))
    here = None if current is None else current.id
    listed = current is None or any(row.id == current.id for row in found.rows)
    rows = found.rows if current is None or listed else (current, *found.rows)
    words = wording.of_cases(tx, visit, (row.case_id for row in rows))
    address = f"{frame.base_of(visit)}/inbox?queue={queue.value}"
    query = f"&{urlencode({'q': search})}" if search else ""
    return {
        "queue": _named(visit, queue),
        "queues": staff_case.queues(tx, visit, queue),
        "search": search,
        "list_url": address,
        "rows": [_row(tx, visit, row, words[row.case_id].title, queue, here) for row in rows],
        "older": f"{address}{query}&after={_mark(found.next)}" if found.next else "",
    }


def _row(tx: Transaction, visit: Visit, row: Row, title: str, queue: Queue, current: TaskId | None) -> WorkRow:
    name = wording.of_hash(tx, visit, row.bundle_hash).element(row.element).name or row.name
    return WorkRow(
        url=f"{frame.base_of(visit)}/tasks/{row.id}?queue={queue.value}",
        current=row.id == current,
        name=name,
        person=row.person,
        title=title,
        reference=row.reference,
        since=row.since,
        due_at=row.due_at,
        holder=row.assignee or staff_case.who(visit, row),
    )


def _named(visit: Visit, queue: Queue) -> Named:
    _ = visit.language.gettext
    for key, label, _icon, empty in QUEUES:
        if key is queue:
            return Named(key.value, _(label), _(empty))
    return Named(queue.value, _(staff_case.ALL_TASKS), _(staff_case.NO_TASKS))


def _mark(after: After) -> str:
    return f"{after.due_at.isoformat() if after.due_at else ''}~{after.id}".replace("+", "%2B")


def _place(text: str) -> After | None:
    due, _, key = text.partition("~")
    try:
        return After(datetime.fromisoformat(due).astimezone(UTC) if due else None, UUID(key)) if key else None
    except (ValueError, OverflowError):
        return None


def _button(visit: Visit, view: TaskView) -> str:
    return view.bundle.texts(_code(visit)).button(view.form.id) if view.form else ""


def _version(form: Form) -> int | None:
    """The version the form was drawn from; what cannot be one is none that there is."""
    sent = form.get("version")
    return (int(sent) if sent.isdecimal() and len(sent) <= LONGEST_VERSION else -1) if sent else None


def _code(visit: Visit) -> str:
    return visit.language.code
