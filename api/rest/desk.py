"""How clerks work: the lists they keep, what they typed and did not send, and how dense they want their pages."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, Field

from akta.errors import NotFound
from akta.ids import TaskId
from api.dependencies import VisitDep, needs
from api.rest import marks
from api.rest.forms import Answers, PlainText
from people import preferences
from people.preferences import Density
from people.rights import Act
from tasks import drafts, inbox, saved_views
from tasks.inbox import Order, Queue, Wanted
from tasks.saved_views import View

router = APIRouter(tags=["desk"])

IfMatch = Annotated[str, Header(alias="If-Match", description="The view's version, as its ETag says", max_length=40)]


class ViewQuery(BaseModel):
    """Which tasks a view lists, and in which order."""

    queue: Queue = Queue.ALL
    search: PlainText = Field("", max_length=200)
    process: PlainText = Field("", max_length=80)
    group: PlainText = Field("", max_length=60)
    sort: Order = Order.DUE
    descending: bool = False

    def wanted(self) -> Wanted:
        return Wanted(self.queue, self.search, self.process, self.group, self.sort, self.descending)


class ViewEntry(BaseModel):
    """A list to be kept. `shared_with`: a candidate group whose people have it too."""

    name: PlainText = Field(max_length=saved_views.LONGEST_NAME)
    shared_with: str = Field("", max_length=60)
    query: ViewQuery


class ViewModel(ViewEntry):
    """A kept list. `mine`: the subject may change and remove it."""

    id: UUID
    mine: bool
    owner: str
    version: int


class Views(BaseModel):
    views: list[ViewModel]


class Count(BaseModel):
    count: int


class DraftModel(BaseModel):
    """What was typed, by the keys of the form."""

    answers: dict[str, list[str]]
    saved_at: datetime


class SavedAt(BaseModel):
    saved_at: datetime


class LoadModel(BaseModel):
    """Open work of a candidate group. `free`: taken by nobody; `oldest`: since when the oldest task waits."""

    group: str
    open: int
    free: int
    today: int
    late: int
    oldest: datetime


class Team(BaseModel):
    groups: list[LoadModel]


class Preferences(BaseModel):
    density: Density


@router.get("/views", dependencies=[needs(Act.SEE_INBOX)])
def list_views(visit: VisitDep) -> Views:
    """One's own views, and those shared with one's groups."""
    with visit.uow.view() as tx:
        return Views(views=[_view(one) for one in saved_views.of(tx, visit.subject)])


@router.post("/views", status_code=201, dependencies=[needs(Act.SEE_INBOX)])
def keep_view(entry: ViewEntry, visit: VisitDep) -> ViewModel:
    with visit.uow.begin() as tx:
        return _view(saved_views.keep(tx, visit.subject, entry.name, entry.query.wanted(), entry.shared_with))


@router.get("/views/{view}", dependencies=[needs(Act.SEE_INBOX)])
def show_view(view: UUID, visit: VisitDep, response: Response) -> ViewModel:
    """A view; its ETag is its version."""
    with visit.uow.view() as tx:
        found = _view(saved_views.one(tx, visit.subject, view))
    response.headers["etag"] = f'"{found.version}"'
    return found


@router.put("/views/{view}", dependencies=[needs(Act.SEE_INBOX)])
def change_view(view: UUID, entry: ViewEntry, visit: VisitDep, if_match: IfMatch = "") -> ViewModel:
    version = marks.to_version(if_match)
    with visit.uow.begin() as tx:
        wanted = entry.query.wanted()
        return _view(saved_views.change(tx, visit.subject, view, entry.name, wanted, entry.shared_with, version))


@router.delete("/views/{view}", status_code=204, dependencies=[needs(Act.SEE_INBOX)])
def remove_view(view: UUID, visit: VisitDep) -> None:
    with visit.uow.begin() as tx:
        saved_views.drop(tx, visit.subject, view)


@router.get("/views/{view}/count", dependencies=[needs(Act.SEE_INBOX)])
def count_view(view: UUID, visit: VisitDep) -> Count:
    """How many tasks a view lists now."""
    with visit.uow.view() as tx:
        return Count(count=inbox.count(tx, visit.frame, saved_views.one(tx, visit.subject, view).wanted))


@router.get("/tasks/{task}/draft", dependencies=[needs(Act.CLAIM_TASK)])
def show_draft(task: UUID, visit: VisitDep) -> DraftModel:
    """What one typed into a task's form and did not send; it stays when somebody else completes the task."""
    with visit.uow.view() as tx:
        found = drafts.find(tx, visit.subject, TaskId(task))
    if found is None:
        raise NotFound(f"draft of {task}")
    return DraftModel.model_validate(found, from_attributes=True)


@router.put("/tasks/{task}/draft", dependencies=[needs(Act.CLAIM_TASK)])
def keep_draft(task: UUID, entry: Answers, visit: VisitDep) -> SavedAt:
    """Keep what was typed so far, in place of what was kept before; files are not part of it."""
    at = drafts.keep(visit.uow, visit.services.desk, visit.subject, TaskId(task), entry.as_form(), visit.now)
    return SavedAt(saved_at=at)


@router.delete("/tasks/{task}/draft", status_code=204, dependencies=[needs(Act.CLAIM_TASK)])
def remove_draft(task: UUID, visit: VisitDep) -> None:
    """Forget what was typed."""
    with visit.uow.begin() as tx:
        drafts.throw_away(tx, visit.subject, TaskId(task))


@router.get("/team", dependencies=[needs(Act.SEE_TEAM)])
def show_team(visit: VisitDep) -> Team:
    """The open work of every candidate group."""
    with visit.uow.view() as tx:
        found = inbox.load(tx, visit.frame)
    return Team(groups=[LoadModel.model_validate(one, from_attributes=True) for one in found])


@router.get("/preferences", dependencies=[needs(Act.SET_PREFERENCES)])
def show_preferences(visit: VisitDep) -> Preferences:
    with visit.uow.view() as tx:
        return Preferences(density=preferences.density(tx, visit.subject))


@router.put("/preferences", dependencies=[needs(Act.SET_PREFERENCES)])
def set_preferences(entry: Preferences, visit: VisitDep) -> Preferences:
    """How one wants one's pages, kept with the account."""
    with visit.uow.begin() as tx:
        preferences.choose_density(tx, visit.subject, entry.density)
    return entry


def _view(view: View) -> ViewModel:
    wanted = view.wanted
    query = ViewQuery(
        queue=wanted.queue,
        search=wanted.search,
        process=wanted.process,
        group=wanted.group,
        sort=wanted.order,
        descending=wanted.descending,
    )
    return ViewModel(
        id=view.id,
        name=view.name,
        shared_with=view.group,
        query=query,
        mine=view.mine,
        owner=view.owner,
        version=view.version,
    )
