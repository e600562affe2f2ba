"""Work that waits for people: the inbox, one task with its form, taking it, giving it back, completing it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, Field

from akta.ids import TaskId
from api.dependencies import VisitDep, needs
from api.rest import marks
from api.rest.forms import Answers, FieldModel, PlainText, form_view
from bpmn.values import plain
from people.rights import Act
from tasks import claims, columns, inbox, views
from tasks.claims import Submitted
from tasks.columns import Cell
from tasks.inbox import Order, Queue, Row, Wanted

router = APIRouter(prefix="/tasks", tags=["tasks"])

IfMatch = Annotated[str, Header(alias="If-Match", description="The task's version, as its ETag says", max_length=40)]


class CellModel(BaseModel):
    """A figure of the case under its label, as its form shows it."""

    label: str
    text: str


class TaskRow(BaseModel):
    """One line of the inbox. `suspended_at`: since when its case is halted. `columns` only in a list of one process."""

    id: UUID
    case_id: UUID
    reference: str
    title: str
    element: str
    name: str
    person: str
    audience: str
    groups: list[str]
    assignee_id: UUID | None
    assignee: str
    since: datetime
    due_at: datetime | None
    late: bool
    priority: int
    version: int
    suspended_at: datetime | None
    columns: list[CellModel] = []


class TaskPage(BaseModel):
    """Tasks in the order asked for. `next` is the cursor of the following page."""

    tasks: list[TaskRow]
    next: str | None


class Counters(BaseModel):
    """Open tasks per queue."""

    mine: int
    groups: int
    today: int
    late: int
    applicant: int


class TaskModel(BaseModel):
    """A task with its form, what it shows of the case, and what the subject may do with it now."""

    task: TaskRow
    state: str
    fields: list[FieldModel]
    context: dict[str, Any]
    can_claim: bool
    can_release: bool
    can_complete: bool


class TaskVersion(BaseModel):
    version: int


class Completion(Answers):
    """The answers of the task's form. `reason` is kept in the history beside the act."""

    reason: PlainText = Field("", max_length=2000)


class Completed(BaseModel):
    """`next_task` is open to the same subject: in this case, else the most urgent they have taken,
    else the most urgent that waits for their groups."""

    case_id: UUID
    task_id: UUID
    next_task: UUID | None
    case_closed: bool


class Search(BaseModel):
    """Which tasks to list."""

    queue: Queue = Queue.ALL
    search: str = Field("", max_length=200, description="Words a case is found by; case and marks do not matter")
    process: str = Field("", max_length=80, description="Key of the bundle the cases run on")
    group: str = Field("", max_length=60, description="A candidate group")
    sort: Order = Order.DUE
    descending: bool = False
    cursor: str = Field("", max_length=1000)
    limit: int = Field(inbox.PAGE, ge=1, le=inbox.LARGEST_PAGE)


@router.get("", dependencies=[needs(Act.SEE_INBOX)])
def list_tasks(wanted: Annotated[Search, Query()], visit: VisitDep) -> TaskPage:
    """One page of a list. `search` finds reference, title, names and addresses; every word must be there."""
    after = marks.to_place(wanted.cursor, wanted.sort)
    chosen = Wanted(
        wanted.queue, wanted.search, wanted.process, wanted.group, wanted.sort, descending=wanted.descending
    )
    with visit.uow.view() as tx:
        found = inbox.page(tx, visit.frame, chosen, after=after, limit=wanted.limit)
        more = columns.of(tx, visit.services.desk, visit.frame, found.rows) if wanted.process else {}
    rows = [_row(row, more.get(row.id, ())) for row in found.rows]
    return TaskPage(tasks=rows, next=marks.of_place(found.next))


@router.get("/counters", dependencies=[needs(Act.SEE_INBOX)])
def count_tasks(visit: VisitDep) -> Counters:
    """How many open tasks stand in each queue."""
    with visit.uow.view() as tx:
        return Counters.model_validate(inbox.counters(tx, visit.frame), from_attributes=True)


@router.get("/{task}", dependencies=[needs(Act.ANSWER_TASK)])
def show_task(task: UUID, visit: VisitDep, response: Response) -> TaskModel:
    """A task with its form; its ETag is its version."""
    with visit.uow.view() as tx:
        found = views.task_view(
            tx, visit.services.desk, visit.subject, TaskId(task), visit.now, language=visit.language.code
        )
    response.headers["etag"] = f'"{found.task.version}"'
    return TaskModel(
        task=_row(found.row),
        state=found.task.state,
        fields=form_view(found.fields),
        context=plain(found.context),
        can_claim=found.can_claim,
        can_release=found.can_release,
        can_complete=found.can_complete,
    )


@router.post("/{task}/claim", dependencies=[needs(Act.CLAIM_TASK)])
def claim_task(task: UUID, visit: VisitDep, if_match: IfMatch = "") -> TaskVersion:
    """Take an open task that nobody has."""
    version = marks.to_version(if_match)
    made = claims.claim(visit.uow, visit.services.desk, visit.subject, visit.door, TaskId(task), visit.now, version)
    return TaskVersion(version=made)


@router.post("/{task}/release", dependencies=[needs(Act.CLAIM_TASK)])
def release_task(task: UUID, visit: VisitDep, if_match: IfMatch = "") -> TaskVersion:
    """Give a task back to its groups."""
    version = marks.to_version(if_match)
    made = claims.release(visit.uow, visit.services.desk, visit.subject, visit.door, TaskId(task), visit.now, version)
    return TaskVersion(version=made)


@router.post("/{task}/completion", dependencies=[needs(Act.ANSWER_TASK)])
def complete_task(task: UUID, entry: Completion, visit: VisitDep, if_match: IfMatch = "") -> Completed:
    """Complete a task with the answers of its form; the case goes on at once."""
    version = marks.to_version(if_match)
    sent = Submitted(entry.as_form(), visit.upload_key, version, entry.reason, visit.language.code)
    done = claims.complete(visit.uow, visit.services.desk, visit.subject, visit.door, TaskId(task), sent, visit.now)
    return Completed.model_validate(done, from_attributes=True)


def _row(row: Row, cells: Sequence[Cell] = ()) -> TaskRow:
    given = {name: getattr(row, name) for name in TaskRow.model_fields if name not in ("late", "columns")}
    shown = [CellModel(label=cell.label, text=cell.text) for cell in cells]
    return TaskRow(**given, late=row.late_by is not None, columns=shown)
