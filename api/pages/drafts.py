"""The room in which a bundle is changed: its files, what was done to them and by whom, problems, other people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse, Response

from akta import languages
from akta.errors import NotFound, Refusal
from akta.ids import BundleDraftId, DeploymentId
from akta.languages import N_, NAMES
from api import render
from api.dependencies import FormDep, VisitDep, holds_files, needs
from api.pages import draft_parts, frame, problems, staff_rail, wording
from api.pages.problems import Problem
from api.pages.wording import Wording
from api.problems import problem_of
from api.security import EDITOR_POLICY
from api.visits import Visit
from bpmn import importing
from bpmn.merging import Side
from people import rights
from people.rights import Act
from storage.bundle_drafts import BundleDraft, DraftSave
from storage.bundles import Deployment
from storage.unit_of_work import Transaction
from workflows import bundle_drafts, draft_checks, draft_edits, draft_files, draft_saves
from workflows.draft_checks import Candidate
from workflows.draft_edits import Edit
from workflows.draft_saves import Did

router = APIRouter()

TOGETHER = timedelta(minutes=10)
"""Saves of one file by one person that follow each other within this time are one line of what was done."""
DONE: Mapping[Did, str] = {
    Did.BEGUN: N_("Draft begun"),
    Did.SAVED: N_("Changed"),
    Did.MERGED: N_("Joined with what somebody else changed"),
    Did.UNDONE: N_("Undone"),
    Did.REDONE: N_("Redone"),
    Did.BESIDE: N_("Kept beside: somebody else changed the same"),
    Did.NAMED: N_("Named"),
    Did.DISCARDED: N_("Discarded"),
    Did.BROUGHT_BACK: N_("Brought back"),
    Did.DEPLOYED: N_("Became a version"),
}


@dataclass
class Line:
    """What one person did to one file in one go."""

    what: str
    part: str
    by: str
    at: datetime
    reason: str
    kind: str
    path: str
    account: UUID | None


@router.post("/{tenant}/processes/{deployment}/drafts", dependencies=[needs(Act.EDIT_DRAFT)])
def begin_draft(deployment: UUID, visit: VisitDep, form: FormDep) -> Response:
    with visit.uow.begin() as tx:
        made = bundle_drafts.begin(tx, DeploymentId(deployment), form.get("title"), visit.actor, visit.now)
        return frame.go(visit, f"/drafts/{made.id}")


@router.get("/{tenant}/drafts/{draft}", dependencies=[needs(Act.SEE_PROCESSES)])
def draft_page(draft: UUID, visit: VisitDep) -> Response:
    """What the draft is about: its files, what was done and why, what waits to be chosen."""
    return _shown(visit, draft)


@router.get("/{tenant}/drafts/{draft}/edit", dependencies=[needs(Act.SEE_PROCESSES)])
def edit_page(draft: UUID, visit: VisitDep, path: Annotated[str, Query(max_length=200)]) -> Response:
    """One file of the draft in its editor."""
    with visit.uow.view() as tx:
        room = _room(tx, visit, draft, path)
        content = draft_files.find(tx, room["row"], path)
        if content is None:
            raise NotFound(path)
        part = draft_parts.part_of(path)
        more = part.data(visit, content, draft_files.files(tx, room["row"]))
        mark = draft_files.mark(content)
    answer = frame.show(visit, part.template, **room, **more, mark=mark)
    answer.headers["content-security-policy"] = EDITOR_POLICY
    return answer


@router.get("/{tenant}/drafts/{draft}/problems", dependencies=[needs(Act.SEE_PROCESSES)])
def draft_problems(draft: UUID, visit: VisitDep) -> Response:
    """The list of problems alone: editors ask for it after each save."""
    with visit.uow.view() as tx:
        candidate = draft_checks.candidate(tx, bundle_drafts.find(tx, BundleDraftId(draft), visit.now))
    told = _problems(visit, candidate)
    page = frame.page_of(visit)
    return HTMLResponse(render.html("parts/draft_problems.html", page, visit.language, problems=told))


@router.get("/{tenant}/drafts/{draft}/preview", dependencies=[needs(Act.SEE_PROCESSES)])
def preview_form(
    draft: UUID,
    visit: VisitDep,
    path: Annotated[str, Query(max_length=200)],
    language: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """A form of the draft as people will see it in a language."""
    with visit.uow.view() as tx:
        bundle = draft_checks.candidate(tx, bundle_drafts.find(tx, BundleDraftId(draft), visit.now)).bundle
    form = bundle.forms.get(PurePosixPath(path).stem) if bundle else None
    words = languages.language(language, visit.language.zone.key) if language in NAMES else visit.language
    fields = form.view({}, bundle.texts(words.code), now=visit.now, language=words) if bundle and form else None
    shown = {"fields": fields, "uploads": frame.uploads_of(visit), "title": path}
    return HTMLResponse(render.html("parts/draft_preview.html", frame.page_of(visit), words, **shown))


@router.get("/{tenant}/drafts/{draft}/model", dependencies=[needs(Act.SEE_PROCESSES)])
def draft_model(draft: UUID, visit: VisitDep) -> Response:
    """The diagram as the editor opens it: drawn where nobody has drawn it, with the mark of the file as it is."""
    with visit.uow.view() as tx:
        row = bundle_drafts.find(tx, BundleDraftId(draft), visit.now)
        content = draft_files.find(tx, row, "process.bpmn") or b""
    answer = frame.xml(importing.drawn(content))
    answer.headers["etag"] = f'"{draft_files.mark(content)}"'
    return answer


@router.post("/{tenant}/drafts/{draft}/name", dependencies=[needs(Act.EDIT_DRAFT)])
def name_state(draft: UUID, visit: VisitDep, form: FormDep) -> Response:
    """Say what was done and why."""
    try:
        with visit.uow.begin() as tx:
            bundle_drafts.name_state(tx, BundleDraftId(draft), form.get("reason"), visit.actor, visit.now)
    except (bundle_drafts.NoWords, bundle_drafts.NotOpen) as refusal:
        return _shown(visit, draft, refusal)
    return frame.go(visit, f"/drafts/{draft}")


@router.post("/{tenant}/drafts/{draft}/discarding", dependencies=[needs(Act.EDIT_DRAFT)])
def discard_draft(draft: UUID, visit: VisitDep) -> Response:
    with visit.uow.begin() as tx:
        bundle_drafts.discard(tx, BundleDraftId(draft), visit.actor, visit.now)
    return frame.go(visit, f"/drafts/{draft}")


@router.post("/{tenant}/drafts/{draft}/return", dependencies=[needs(Act.EDIT_DRAFT)])
def bring_draft_back(draft: UUID, visit: VisitDep) -> Response:
    with visit.uow.begin() as tx:
        bundle_drafts.bring_back(tx, BundleDraftId(draft), visit.actor, visit.now)
    return frame.go(visit, f"/drafts/{draft}")


@router.post("/{tenant}/drafts/{draft}/choice", dependencies=[needs(Act.EDIT_DRAFT)])
def choose_text(draft: UUID, visit: VisitDep, form: FormDep) -> Response:
    """Take a whole text that was kept beside, or leave it."""
    number = form.get("number")
    if not number.isdecimal():
        raise NotFound(number)
    side = Side.MINE if form.get("side") == Side.MINE else Side.THEIRS
    draft_edits.choose(visit.uow, BundleDraftId(draft), int(number), {"": side}, visit.actor, visit.now)
    return frame.go(visit, f"/drafts/{draft}")


@router.post("/{tenant}/drafts/{draft}/files", dependencies=[holds_files, needs(Act.EDIT_DRAFT)])
def keep_file(draft: UUID, visit: VisitDep, form: FormDep) -> Response:
    """Put a file in the place of one of the draft, or add it: a letter, a table, a diagram drawn elsewhere."""
    path, content = form.get("path"), form.held.get("file", b"")
    try:
        if not content:
            raise draft_edits.NotAFile(path)
        edit = Edit(path, content, form.get("mark"), form.get("reason"))
        draft_edits.save(visit.uow, BundleDraftId(draft), edit, visit.actor, visit.now)
    except (draft_edits.NotAFile, bundle_drafts.NotOpen) as refusal:
        return _shown(visit, draft, refusal)
    return frame.go(visit, f"/drafts/{draft}/edit?path={path}")


def _shown(visit: Visit, draft: UUID, refusal: Refusal | None = None) -> Response:
    with visit.uow.view() as tx:
        room = _room(tx, visit, draft)
        row: BundleDraft = room["row"]
        done = [_line(visit, each) for each in draft_saves.saves(tx, row)]
        beside = draft_saves.beside(tx, row)
        changed = sorted(draft_files.changed(tx, row))
    problem = problem_of(refusal, visit.language) if refusal else None
    return frame.show(
        visit,
        "draft_room.html",
        status=problem.status if problem else 200,
        **room,
        refused=problem,
        done=list(reversed(_together(done))),
        changed=[draft_parts.label(path, visit.language) for path in changed],
        beside=[
            {
                "number": each.number,
                "part": draft_parts.label(each.path, visit.language),
                "by": each.actor,
                "at": each.at,
            }
            for each in beside
        ],
    )


def _room(tx: Transaction, visit: Visit, draft: UUID, path: str = "") -> dict[str, Any]:
    """What every page of a draft shows: its head, its files, its problems."""
    row = bundle_drafts.find(tx, BundleDraftId(draft), visit.now)
    base = tx.get(Deployment, row.base_id)
    candidate = draft_checks.candidate(tx, row)
    url = f"{frame.base_of(visit)}/drafts/{row.id}"
    is_open = row.discarded_at is None and row.deployment_id is None
    return {
        "row": row,
        "url": url,
        "api": f"/api/v1{frame.base_of(visit)}/drafts/{row.id}",
        "path": path,
        "part_title": draft_parts.label(path, visit.language) if path else "",
        "process": wording.of_hash(tx, visit, base.content_hash).title or row.key,
        "version": base.version,
        "version_url": f"{frame.base_of(visit)}/processes/{base.id}",
        "open": is_open,
        "may_edit": is_open and rights.allowed(visit.subject, Act.EDIT_DRAFT),
        "may_deploy": is_open and rights.allowed(visit.subject, Act.DEPLOY),
        "groups": draft_parts.groups(draft_files.marks(tx, row), url, path, visit.language),
        "problems": _problems(visit, candidate),
        "queues": staff_rail.queues(tx, visit),
    }


def _problems(visit: Visit, candidate: Candidate) -> list[Problem]:
    found = candidate.checked(visit.services.gate)
    if candidate.bundle is None:
        return [problems.bare(each, visit.language) for each in found]
    words = Wording({candidate.bundle.key: candidate.bundle, **candidate.called}, visit.language)
    return problems.told(found, words, candidate.bundle.key, "")


def _line(visit: Visit, save: DraftSave) -> Line:
    return Line(
        what=visit.language.gettext(DONE[Did(save.kind)]),
        part=draft_parts.label(save.path, visit.language) if save.path else "",
        by=save.actor,
        at=save.at,
        reason=save.reason,
        kind=save.kind,
        path=save.path,
        account=save.account_id,
    )


def _together(lines: Sequence[Line]) -> list[Line]:
    """Saves in one go are one line, at the time of the last."""
    found: list[Line] = []
    for line in lines:
        last = found[-1] if found else None
        same = last and (last.kind, last.path, last.account) == (line.kind, line.path, line.account)
        if last and same and line.kind == Did.SAVED and line.at - last.at < TOGETHER:
            last.at, last.reason = line.at, line.reason or last.reason
        else:
            found.append(line)
    return found
