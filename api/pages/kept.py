"""What a clerk keeps: lists under a name, what was typed and not sent, and how dense the pages are."""

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from akta.errors import NotFound
from akta.ids import TaskId
from akta.languages import N_
from api.dependencies import FormDep, VisitDep, needs
from api.pages import addresses, frame, staff_rail, wording
from api.visits import Visit
from people import preferences
from people.preferences import Density
from people.rights import Act
from storage.unit_of_work import Transaction
from tasks import drafts, saved_views, views

router = APIRouter()


@dataclass(frozen=True)
class Written:
    """An answer that was typed and not sent, with the question it answers."""

    label: str
    text: str


@router.post("/{tenant}/views", dependencies=[needs(Act.SEE_INBOX)])
def keep_view(visit: VisitDep, form: FormDep) -> Response:
    """Keep the list in front of the clerk under a name, and go on in it."""
    wanted = addresses.from_query(form.get("list"))
    with visit.uow.begin() as tx:
        kept = saved_views.keep(tx, visit.subject, form.get("name"), wanted, form.get("group"))
    return frame.go(visit, f"/inbox?{addresses.query(wanted, view=str(kept.id))}")


@router.post("/{tenant}/views/{view}/removal", dependencies=[needs(Act.SEE_INBOX)])
def remove_view(view: UUID, visit: VisitDep) -> Response:
    with visit.uow.begin() as tx:
        saved_views.drop(tx, visit.subject, view)
    return frame.go(visit, "/inbox")


@router.post("/{tenant}/density", dependencies=[needs(Act.SET_PREFERENCES)])
def choose_density(visit: VisitDep, form: FormDep) -> Response:
    """How much stands on a page; what cannot be read is comfortable."""
    wished = Density.COMPACT if form.get("density") == Density.COMPACT.value else Density.COMFORTABLE
    with visit.uow.begin() as tx:
        preferences.choose_density(tx, visit.subject, wished)
    return frame.back(visit, form.get("to"), "/")


@router.get("/{tenant}/tasks/{task}/draft", dependencies=[needs(Act.CLAIM_TASK)])
def draft_page(task: UUID, visit: VisitDep) -> Response:
    """What a clerk typed into a task that is no longer theirs to complete.

    Raises:
        NotFound: they typed nothing, or have thrown it away.
    """
    with visit.uow.view() as tx:
        found = drafts.find(tx, visit.subject, TaskId(task))
        if found is None:
            raise NotFound(f"draft of {task}")
        written = _written(tx, visit, TaskId(task), found)
        queues = staff_rail.queues(tx, visit)
    back = f"{frame.base_of(visit)}/tasks/{task}"
    return frame.show(visit, "draft.html", written=written, at=found.saved_at, back=back, queues=queues)


@router.post("/{tenant}/tasks/{task}/draft/removal", dependencies=[needs(Act.CLAIM_TASK)])
def remove_draft(task: UUID, visit: VisitDep, form: FormDep) -> Response:
    with visit.uow.begin() as tx:
        drafts.drop(tx, visit.subject, TaskId(task))
    return frame.back(visit, form.get("to"), "/inbox")


def _written(tx: Transaction, visit: Visit, task_id: TaskId, found: drafts.Kept) -> list[Written]:
    labels: dict[str, str] = {}
    with suppress(NotFound):
        view = views.task_view(tx, visit.services.desk, visit.subject, task_id, visit.now, language=visit.language.code)
        if view.form is not None:
            texts = wording.of_hash(tx, visit, view.task.bundle_hash)
            labels = {
                field.key: texts.field(view.form.id, field.key).label or field.label for field in view.form.fields
            }
    otherwise = visit.language.gettext(N_("Answer"))
    return [Written(labels.get(key, otherwise), ", ".join(values)) for key, values in found.answers.items()]
