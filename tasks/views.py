"""A task as its page shows it: form, context, who may do what with it now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from akta.ids import TaskId
from akta.subjects import Subject
from bpmn.bundle import Bundle
from bpmn.forms import FieldView, Form
from bpmn.values import Value, from_json
from storage.cases import Case
from storage.tasks import Task
from storage.unit_of_work import Transaction
from tasks import _doors, inbox
from tasks._doors import Part
from tasks.desk import Desk, speaking
from tasks.inbox import Row


@dataclass(frozen=True)
class TaskView:
    """One task to be drawn. `context` holds the variables its form shows; `can_*` say which verbs are open now."""

    task: Task
    case: Case
    row: Row
    part: Part
    bundle: Bundle
    form: Form | None
    fields: tuple[FieldView, ...]
    context: Mapping[str, Value]
    can_claim: bool
    can_release: bool
    can_complete: bool

    @property
    def on_behalf(self) -> bool:
        """Whether a clerk would enter what the applicant brought or said."""
        return self.part is Part.ON_BEHALF


def task_view(
    tx: Transaction,
    desk: Desk,
    subject: Subject,
    task_id: TaskId,
    now: datetime,
    *,
    language: str = "",
    shown: Mapping[str, Value] | None = None,
    errors: Mapping[str, str] | None = None,
) -> TaskView:
    """A task for its page; `shown` and `errors` draw the form again after a mistake.

    Raises:
        NotFound: there is no such task, or it is not theirs to see.
        NotYours: it is for others to do.
    """
    reached = _doors.reach(tx, desk.visibility, subject, task_id)
    task = reached.task
    bundle = desk.runtime.definitions.bundle(tx, task.bundle_hash)
    speech = speaking(tx, language or subject.language)
    stored = from_json(task.context)
    context = stored if isinstance(stored, dict) else {}
    form = bundle.forms.get(task.form) if task.form else None
    fields: tuple[FieldView, ...] = ()
    if form is not None:
        sources = desk.sourced(tx, bundle, task.element, subject, now)
        known = {**context, **(shown or {})}
        fields = form.view(known, bundle.texts(speech.code), errors or {}, sources, now=now, language=speech)
    frame = inbox.Frame(desk.visibility, subject, now, speech)
    return TaskView(
        task=task,
        case=reached.case,
        row=inbox.row(tx, frame, task),
        part=reached.part,
        bundle=bundle,
        form=form,
        fields=fields,
        context=context,
        **_verbs(tx, subject, task, reached.part),
    )


def _verbs(tx: Transaction, subject: Subject, task: Task, part: Part) -> dict[str, bool]:
    opened = task.state == "open"
    free, mine = task.assignee_id is None, subject.account is not None and task.assignee_id == subject.account
    may = part is not Part.APPLICANT and _doors.may_claim(subject, task)
    return {
        "can_claim": opened and free and may,
        "can_release": opened and not free and (mine or _doors.supervises(subject)),
        "can_complete": opened and (part is Part.APPLICANT or mine or (part is Part.ON_BEHALF and free)),
    }
