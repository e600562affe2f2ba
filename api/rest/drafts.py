"""Drafts of bundles: files saved as somebody types, with ETags; merged, undone, discarded, brought back."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from akta.ids import BundleDraftId, DeploymentId
from api.dependencies import VisitDep, needs
from api.rest.bundles import FindingView
from api.rest.forms import PlainText
from api.security import ARCHIVE
from bpmn import bundle as bundles
from people.rights import Act
from storage.bundle_drafts import BundleDraft, DraftSave
from workflows import (
    bundle_drafts,
    draft_checks,
    draft_files,
    draft_presence,
    draft_saves,
    element_templates,
)
from workflows.draft_saves import Did

router = APIRouter(tags=["drafts"])

SEE, EDIT = [needs(Act.SEE_PROCESSES)], [needs(Act.EDIT_DRAFT)]


class DraftModel(BaseModel):
    """A bundle being changed: begun from the version `base`, `open` until it was discarded or became a version."""

    id: UUID
    key: str
    title: str
    base: UUID
    begun_at: datetime
    begun_by: str
    changed_at: datetime
    revision: int
    open: bool
    discarded_at: datetime | None
    deployment: UUID | None

    @classmethod
    def of(cls, row: BundleDraft) -> "DraftModel":
        return cls(
            id=row.id,
            key=row.key,
            title=row.title,
            base=row.base_id,
            begun_at=row.begun_at,
            begun_by=row.begun_by,
            changed_at=row.changed_at,
            revision=row.revision,
            open=row.discarded_at is None and row.deployment_id is None,
            discarded_at=row.discarded_at,
            deployment=row.deployment_id,
        )


class FileModel(BaseModel):
    path: str
    etag: str


class WholeDraft(DraftModel):
    """The same with its files and what waits to be chosen."""

    files: list[FileModel]
    beside: list[int]


class NewDraft(BaseModel):
    version: UUID
    title: Annotated[PlainText, Field(min_length=1, max_length=bundle_drafts.LONGEST_TITLE)]


class SaveModel(BaseModel):
    """One thing that was done to a draft."""

    number: int
    kind: Did
    at: datetime
    by: str
    door: str
    path: str
    reason: str

    @classmethod
    def of(cls, row: DraftSave) -> "SaveModel":
        return cls(
            number=row.number,
            kind=Did(row.kind),
            at=row.at,
            by=row.actor,
            door=row.door,
            path=row.path,
            reason=row.reason,
        )


class Named(BaseModel):
    reason: Annotated[PlainText, Field(min_length=1, max_length=draft_saves.LONGEST_REASON)]


class Looking(BaseModel):
    path: Annotated[str, Field(max_length=200)] = ""


class Visitor(BaseModel):
    name: str
    path: str


class Around(BaseModel):
    """Who else has the draft open, and the ETags of all its files: one that changed was saved by somebody else."""

    others: list[Visitor]
    revision: int
    files: list[FileModel]


@router.get("/drafts", dependencies=SEE)
def list_bundle_drafts(visit: VisitDep, *, discarded: bool = False) -> list[DraftModel]:
    """The open drafts; or those that were discarded and can still be brought back."""
    with visit.uow.view() as tx:
        rows = bundle_drafts.discarded_drafts(tx, visit.now) if discarded else bundle_drafts.open_drafts(tx)
        return [DraftModel.of(row) for row in rows]


@router.post("/drafts", status_code=201, dependencies=EDIT)
def begin_bundle_draft(what: NewDraft, visit: VisitDep) -> DraftModel:
    """Begin a draft from a version."""
    with visit.uow.begin() as tx:
        return DraftModel.of(bundle_drafts.begin(tx, DeploymentId(what.version), what.title, visit.actor, visit.now))


@router.get("/drafts/{draft}", dependencies=SEE)
def show_bundle_draft(draft: UUID, visit: VisitDep) -> WholeDraft:
    """A draft with the ETags of its files."""
    with visit.uow.view() as tx:
        row = bundle_drafts.find(tx, BundleDraftId(draft), visit.now)
        beside = [each.number for each in draft_saves.beside(tx, row)]
        return WholeDraft(**dict(DraftModel.of(row)), files=_files(draft_files.marks(tx, row)), beside=beside)


@router.delete("/drafts/{draft}", status_code=204, dependencies=EDIT)
def discard_bundle_draft(draft: UUID, visit: VisitDep) -> None:
    """Discard a draft; it can be brought back for 30 days."""
    with visit.uow.begin() as tx:
        bundle_drafts.discard(tx, BundleDraftId(draft), visit.actor, visit.now)


@router.post("/drafts/{draft}/return", dependencies=EDIT)
def bring_bundle_draft_back(draft: UUID, visit: VisitDep) -> DraftModel:
    """Go on with a discarded draft."""
    with visit.uow.begin() as tx:
        return DraftModel.of(bundle_drafts.bring_back(tx, BundleDraftId(draft), visit.actor, visit.now))


@router.get("/drafts/{draft}/archive", dependencies=SEE, response_class=Response)
def download_bundle_draft(draft: UUID, visit: VisitDep) -> Response:
    """All files of a draft as one archive, whether they make a bundle yet or not."""
    with visit.uow.view() as tx:
        row = bundle_drafts.find(tx, BundleDraftId(draft), visit.now)
        content = bundles.packed(draft_files.files(tx, row))
    headers = {"content-disposition": f'attachment; filename="{row.key}-draft.zip"'}
    return Response(content, media_type=ARCHIVE, headers=headers)


@router.get("/drafts/{draft}/saves", dependencies=SEE)
def list_draft_saves(draft: UUID, visit: VisitDep) -> list[SaveModel]:
    """Everything that was done to a draft, by whom and why, oldest first."""
    with visit.uow.view() as tx:
        row = bundle_drafts.find(tx, BundleDraftId(draft), visit.now)
        return [SaveModel.of(each) for each in draft_saves.saves(tx, row)]


@router.post("/drafts/{draft}/names", status_code=201, dependencies=EDIT)
def name_draft_state(draft: UUID, what: Named, visit: VisitDep) -> SaveModel:
    """Say what was done up to here, and why."""
    with visit.uow.begin() as tx:
        return SaveModel.of(bundle_drafts.name_state(tx, BundleDraftId(draft), what.reason, visit.actor, visit.now))


@router.post("/drafts/{draft}/presence", dependencies=EDIT)
def look_around(draft: UUID, what: Looking, visit: VisitDep) -> Around:
    """Say that one has a file of the draft open; pages say so every 15 seconds."""
    with visit.uow.begin() as tx:
        row = bundle_drafts.find(tx, BundleDraftId(draft), visit.now)
        others = draft_presence.say(tx, BundleDraftId(draft), what.path, visit.actor, visit.now)
        return Around(
            others=[Visitor(name=each.name, path=each.path) for each in others],
            revision=row.revision,
            files=_files(draft_files.marks(tx, row)),
        )


@router.get("/drafts/{draft}/findings", dependencies=SEE)
def list_draft_findings(draft: UUID, visit: VisitDep) -> list[FindingView]:
    """What the check says of the draft as it is: the same as of a version, or why its files make no bundle."""
    with visit.uow.view() as tx:
        candidate = draft_checks.candidate(tx, bundle_drafts.find(tx, BundleDraftId(draft), visit.now))
    found = candidate.checked(visit.services.gate)
    return [FindingView(**each.fields(each.said(visit.language))) for each in found]


@router.get("/element-templates", dependencies=SEE)
def list_element_templates(visit: VisitDep) -> list[dict[str, object]]:
    """The registered handlers as element templates for BPMN editors."""
    return [dict(each) for each in element_templates.templates(visit.services.runtime.handlers, visit.language)]


def _files(marks: dict[str, str]) -> list[FileModel]:
    return [FileModel(path=path, etag=f'"{mark}"') for path, mark in marks.items()]
