"""The files of a draft: read and saved with ETags, merged, undone."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Header, Query, Response
from pydantic import BaseModel, Field

from akta.errors import NotFound
from akta.ids import BundleDraftId
from api.dependencies import VisitDep, needs
from api.rest.forms import PlainText
from bpmn.merging import Side
from people.rights import Act
from workflows import bundle_drafts, draft_edits, draft_files, draft_saves
from workflows.draft_edits import Edit, Saved
from workflows.draft_saves import Did

router = APIRouter(tags=["drafts"])

SEE, EDIT = [needs(Act.SEE_PROCESSES)], [needs(Act.EDIT_DRAFT)]
BYTES = "application/octet-stream"
CHOOSE = 202
"""The status of a save that was kept beside: somebody has to choose."""
IfMatch = Annotated[
    str,
    Header(alias="If-Match", description="The ETag the change began from; none for a file not there", max_length=80),
]
Path = Annotated[str, Field(min_length=1, max_length=200)]


class ConflictModel(BaseModel):
    """An element both changed, as each has it; empty text: removed there. Without an element it is the whole file."""

    element: str
    name: str
    mine: str
    theirs: str


class SavedModel(BaseModel):
    """What came of a save. `merged`: others had saved, and the file holds both. `beside`: both changed the same, so
    nothing was changed; this text is kept under `number` until somebody chooses."""

    did: Did
    number: int
    etag: str
    conflicts: list[ConflictModel]


class Undoing(BaseModel):
    path: Path
    again: bool = False


class Choosing(BaseModel):
    """Which elements to take from the text kept under `number`, and which from the file as it is."""

    number: int
    mine: list[str] = Field(default_factory=list, max_length=1000)
    theirs: list[str] = Field(default_factory=list, max_length=1000)


@router.get("/drafts/{draft}/files/{path:path}", dependencies=SEE, response_class=Response)
def show_draft_file(draft: UUID, path: str, visit: VisitDep) -> Response:
    """One file, with its ETag."""
    with visit.uow.view() as tx:
        content = draft_files.find(tx, bundle_drafts.find(tx, BundleDraftId(draft), visit.now), path)
    if content is None:
        raise NotFound(path)
    return Response(content, media_type=BYTES, headers={"etag": f'"{draft_files.mark(content)}"'})


@router.put("/drafts/{draft}/files/{path:path}", dependencies=EDIT)
def save_draft_file(
    draft: UUID,
    path: str,
    content: Annotated[bytes, Body(media_type=BYTES)],
    visit: VisitDep,
    response: Response,
    if_match: IfMatch = "",
    reason: Annotated[PlainText, Query(max_length=draft_saves.LONGEST_REASON)] = "",
) -> SavedModel:
    """Save a file. What somebody else saved meanwhile is merged; 202 says that both changed the same."""
    edit = Edit(path, content, _mark(if_match), reason)
    return _answer(draft_edits.save(visit.uow, BundleDraftId(draft), edit, visit.actor, visit.now), response)


@router.delete("/drafts/{draft}/files/{path:path}", dependencies=EDIT)
def remove_draft_file(
    draft: UUID, path: str, visit: VisitDep, response: Response, if_match: IfMatch = ""
) -> SavedModel:
    """Remove a file; saving, merging and undoing are the same as with a content."""
    edit = Edit(path, None, _mark(if_match))
    return _answer(draft_edits.save(visit.uow, BundleDraftId(draft), edit, visit.actor, visit.now), response)


@router.post("/drafts/{draft}/undoing", dependencies=EDIT)
def undo_in_draft(draft: UUID, what: Undoing, visit: VisitDep) -> SavedModel:
    """Take back the last change of a file, or (again) take that back."""
    did = draft_edits.undo(visit.uow, BundleDraftId(draft), what.path, visit.actor, visit.now, again=what.again)
    return _told(did)


@router.post("/drafts/{draft}/choices", dependencies=EDIT)
def choose_in_draft(draft: UUID, what: Choosing, visit: VisitDep, response: Response) -> SavedModel:
    """Choose between a text that was kept beside and the file as it is, element by element; 202 while some are left."""
    choices = dict.fromkeys(what.theirs, Side.THEIRS) | dict.fromkeys(what.mine, Side.MINE)
    did = draft_edits.choose(visit.uow, BundleDraftId(draft), what.number, choices, visit.actor, visit.now)
    return _answer(did, response)


def _mark(if_match: str) -> str:
    return if_match.strip().removeprefix("W/").strip('"')


def _told(saved: Saved) -> SavedModel:
    conflicts = [
        ConflictModel(element=each.element, name=each.name, mine=each.mine, theirs=each.theirs)
        for each in saved.conflicts
    ]
    return SavedModel(did=saved.did, number=saved.number, etag=f'"{saved.mark}"', conflicts=conflicts)


def _answer(saved: Saved, response: Response) -> SavedModel:
    response.headers["etag"] = f'"{saved.mark}"'
    if saved.did is Did.BESIDE:
        response.status_code = CHOOSE
    return _told(saved)
