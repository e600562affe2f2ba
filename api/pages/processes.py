"""The process owner's room: bundles, their versions and parts, where cases stand, a new version, activating one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from akta.errors import Invalid, Refusal
from akta.ids import DeploymentId
from akta.languages import N_
from api.dependencies import FormDep, VisitDep, holds_files, needs
from api.pages import diagrams, frame, parts, problems, staff_rail, wording
from api.pages.parts import Group, Part
from api.pages.wording import Wording
from api.problems import problem_of
from api.render import Link
from api.security import ARCHIVE
from api.visits import Visit
from bpmn import bundle as bundles
from bpmn import corrections
from bpmn.bundle import Bundle
from bpmn.check import Finding
from people import rights
from people.rights import Act
from storage.bundles import Deployment, ReleaseEvent
from storage.unit_of_work import Transaction
from workflows import archives, bundle_drafts, deployments, queries, releases

router = APIRouter()

EVENTS: Mapping[releases.Did, str] = {
    releases.Did.DEPLOYED: N_("Deployed"),
    releases.Did.ACTIVATED: N_("Activated"),
    releases.Did.ACCEPTED: N_("Warning accepted"),
    releases.Did.RETRIED: N_("Start by the clock tried again"),
    releases.Did.EXPLAINED: N_("Explained"),
    releases.Did.PLANNED: N_("Planned"),
    releases.Did.PLAN_DROPPED: N_("Plan dropped"),
}
Place = Annotated[str, Query(max_length=200)]
"""An element that is corrected, or what is put there."""
NO_ARCHIVE = N_("Choose the archive of the new version.")


@dataclass(frozen=True)
class Refused:
    """Why a version was not stored."""

    title: str
    detail: str


@router.get("/{tenant}/processes", dependencies=[needs(Act.SEE_PROCESSES)])
def processes_page(visit: VisitDep) -> Response:
    return _overview(visit)


@router.post("/{tenant}/processes", dependencies=[holds_files, needs(Act.DEPLOY)])
def upload_version(visit: VisitDep, form: FormDep) -> Response:
    """Check and store a new version; its page then offers to activate it."""
    content = form.held.get("archive", b"")
    if not content:
        return _overview(visit, Refused(visit.language.gettext(NO_ARCHIVE), ""), 422)
    try:
        bundle = bundles.from_archive(content)
    except Invalid as refusal:
        return _overview(visit, Refused(problem_of(refusal, visit.language).title, _detail(refusal)), 422)
    return _deployed(visit, bundle, form.get("note"))


def _deployed(visit: Visit, bundle: Bundle, note: str) -> Response:
    """To the page of the version that was stored, or of why it was not."""
    try:
        with visit.uow.begin() as tx:
            made = deployments.deploy(tx, bundle, visit.actor, visit.now, gate=visit.services.gate, note=note)
            return frame.go(visit, f"/processes/{made.id}")
    except deployments.Refused:
        with visit.uow.begin() as tx:
            deployments.keep_refused(tx, bundle, visit.actor, visit.now)
        return _refused(visit, 422)
    except (Invalid, deployments.AlreadyDeployed) as refusal:
        return _overview(visit, Refused(problem_of(refusal, visit.language).title, _detail(refusal)), 422)


@router.get("/{tenant}/processes/refused", dependencies=[needs(Act.DEPLOY)])
def refused_page(visit: VisitDep) -> Response:
    """What was last refused to the visitor, with its problems on the diagram."""
    return _refused(visit)


@router.get("/{tenant}/processes/refused/diagram", dependencies=[needs(Act.DEPLOY)])
def refused_diagram(visit: VisitDep) -> Response:
    with visit.uow.view() as tx:
        bundle, _ = deployments.refused(tx, visit.actor)
    return frame.xml(diagrams.translated(bundle, bundle.texts(visit.language.code)))


@router.get("/{tenant}/processes/refused/corrected", dependencies=[needs(Act.DEPLOY)])
def refused_corrected(visit: VisitDep, element: Place = "", value: Place = "") -> Response:
    """What was refused, with one correction made in it."""
    bundle = _refused_corrected(visit, element, value)
    return _archive(bundle, bundle.key)


@router.post("/{tenant}/processes/refused/corrected", dependencies=[needs(Act.DEPLOY)])
def deploy_refused_corrected(visit: VisitDep, form: FormDep) -> Response:
    """Make one correction in what was refused, and store that if it can run."""
    return _deployed(visit, _refused_corrected(visit, form.get("element"), form.get("value")), "")


def _refused_corrected(visit: Visit, element: str, value: str) -> Bundle:
    with visit.uow.view() as tx:
        bundle, called = deployments.refused(tx, visit.actor)
    return corrections.corrected(bundle, visit.services.gate(bundle, called), element, value)


@router.post("/{tenant}/processes/{deployment}/acceptance", dependencies=[needs(Act.ACTIVATE)])
def accept_warning(deployment: UUID, visit: VisitDep, form: FormDep) -> Response:
    """Take responsibility for a warning, with a reason."""
    by = replace(visit.actor, reason=form.get("reason"))
    try:
        with visit.uow.begin() as tx:
            row = tx.get(Deployment, deployment)
            findings = visit.services.gate(*visit.services.runtime.definitions.with_called(tx, row))
            code, element = form.get("code"), form.get("element")
            releases.accept(tx, DeploymentId(deployment), findings, code, element, by, visit.now)
    except (releases.NoReason, releases.NotAcceptable, releases.AlreadyAccepted) as refusal:
        return _shown(visit, deployment, refusal)
    return frame.go(visit, f"/processes/{deployment}#problems")


@router.get("/{tenant}/processes/{deployment}", dependencies=[needs(Act.SEE_PROCESSES)])
def process_page(
    deployment: UUID,
    visit: VisitDep,
    form: Annotated[str, Query(max_length=120)] = "",
    table: Annotated[str, Query(max_length=200)] = "",
    letter: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    return _shown(visit, deployment, form=form, table=table, letter=letter)


def _shown(visit: Visit, deployment: UUID, refusal: Refusal | None = None, **chosen: str) -> Response:
    """A version, with the part that is chosen; or with why something was not done to it."""
    with visit.uow.view() as tx:
        row = tx.get(Deployment, deployment)
        part = parts.chosen(tx, visit, row, **chosen)
        shown = _process(tx, visit, row, part)
        queues = staff_rail.queues(tx, visit)
    problem = problem_of(refusal, visit.language) if refusal else None
    return frame.show(
        visit,
        "process.html",
        status=problem.status if problem else 200,
        process=shown,
        part=part,
        refused=problem.title if problem else "",
        uploads=frame.uploads_of(visit),
        may_activate=rights.allowed(visit.subject, Act.ACTIVATE),
        may_draft=rights.allowed(visit.subject, Act.EDIT_DRAFT),
        may_deploy=rights.allowed(visit.subject, Act.DEPLOY),
        queues=queues,
    )


@router.get("/{tenant}/processes/{deployment}/diagram", dependencies=[needs(Act.SEE_PROCESSES)])
def process_diagram(deployment: UUID, visit: VisitDep) -> Response:
    with visit.uow.view() as tx:
        words = wording.of_deployment(tx, visit, row := tx.get(Deployment, deployment))
    return frame.xml(diagrams.translated(words.bundle(row.key), words.texts[row.key]))


@router.get("/{tenant}/processes/{deployment}/archive", dependencies=[needs(Act.SEE_PROCESSES)])
def process_archive(deployment: UUID, visit: VisitDep) -> Response:
    with visit.uow.view() as tx:
        row = tx.get(Deployment, deployment)
        return _archive(archives.read(tx, row.content_hash), f"{row.key}-{row.version}")


@router.get("/{tenant}/processes/{deployment}/corrected", dependencies=[needs(Act.SEE_PROCESSES)])
def process_corrected(deployment: UUID, visit: VisitDep, element: Place = "", value: Place = "") -> Response:
    """The version with one correction made in it, to be uploaded as the next."""
    row, bundle = _corrected(visit, deployment, element, value)
    return _archive(bundle, f"{row.key}-{row.version}")


@router.post("/{tenant}/processes/{deployment}/corrected", dependencies=[needs(Act.DEPLOY)])
def deploy_corrected(deployment: UUID, visit: VisitDep, form: FormDep) -> Response:
    """Make one correction in a version, and store that as the next."""
    _, bundle = _corrected(visit, deployment, form.get("element"), form.get("value"))
    return _deployed(visit, bundle, "")


def _corrected(visit: Visit, deployment: UUID, element: str, value: str) -> tuple[Deployment, Bundle]:
    with visit.uow.view() as tx:
        row = tx.get(Deployment, deployment)
        words = wording.of_deployment(tx, visit, row)
    return row, corrections.corrected(words.bundle(row.key), _findings(visit, words, row.key), element, value)


def _archive(bundle: Bundle, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}.zip"'}
    return Response(bundle.to_archive(), media_type=ARCHIVE, headers=headers)


def _findings(visit: Visit, words: Wording, key: str) -> Sequence[Finding]:
    called = {other: bundle for other, bundle in words.bundles.items() if other != key}
    return visit.services.gate(words.bundle(key), called)


def _refused(visit: Visit, status: int = 200) -> Response:
    with visit.uow.view() as tx:
        bundle, called = deployments.refused(tx, visit.actor)
        words = Wording({bundle.key: bundle, **called}, visit.language)
        queues = staff_rail.queues(tx, visit)
    url = f"{frame.base_of(visit)}/processes/refused"
    told = problems.told(_findings(visit, words, bundle.key), words, bundle.key, url)
    failed = [id_ for one in told if one.error for id_ in one.elements.split()]
    title = words.title or bundle.key
    return frame.show(
        visit, "refused.html", status=status, title=title, url=url, problems=told, failed=failed, queues=queues
    )


def _overview(visit: Visit, refused: Refused | None = None, status: int = 200) -> Response:
    with visit.uow.view() as tx:
        rows = deployments.listed(tx)
        counts = queries.open_cases(tx)
        drafts, discarded = bundle_drafts.open_drafts(tx), bundle_drafts.discarded_drafts(tx, visit.now)
        shown = [_line(tx, visit, key, rows, counts) for key in dict.fromkeys(row.key for row in rows)]
        queues = staff_rail.queues(tx, visit)
    return frame.show(
        visit,
        "processes.html",
        status=status,
        processes=shown,
        refused=refused,
        may_deploy=rights.allowed(visit.subject, Act.DEPLOY),
        drafts=[(f"{frame.base_of(visit)}/drafts/{each.id}", each) for each in drafts],
        discarded=[(f"{frame.base_of(visit)}/drafts/{each.id}", each) for each in discarded],
        queues=queues,
    )


def _line(
    tx: Transaction, visit: Visit, key: str, rows: Sequence[Deployment], counts: dict[DeploymentId, int]
) -> dict[str, Any]:
    own = [row for row in rows if row.key == key]
    active = next((row for row in own if row.active), None)
    shown = active or own[0]
    return {
        "key": key,
        "url": f"{frame.base_of(visit)}/processes/{shown.id}",
        "title": wording.of_hash(tx, visit, shown.content_hash).title or key,
        "active": active.version if active else 0,
        "since": active.activated_at if active else None,
        "open": sum(counts.get(DeploymentId(row.id), 0) for row in own),
    }


def _process(tx: Transaction, visit: Visit, row: Deployment, part: Part | None) -> dict[str, Any]:
    words = wording.of_deployment(tx, visit, row)
    url = f"{frame.base_of(visit)}/processes/{row.id}"
    own = DeploymentId(row.id)
    events = releases.told(tx, own)
    standing = queries.live_counts(tx, row.key, row.content_hash)
    called = {key: bundle for key, bundle in words.bundles.items() if key != row.key}
    groups: Sequence[Group] = parts.groups(words, row, url, part)
    return {
        "url": url,
        "title": words.title or row.key,
        "version": row.version,
        "active": row.active,
        "open": queries.open_cases(tx).get(own, 0),
        "events": [_event(visit, event) for event in events],
        "archive_url": f"{url}/archive",
        "release_url": f"{url}/release",
        "own": not releases.may_activate(tx, row, visit.actor),
        "xml": f"{url}/diagram",
        "failed": (),
        "counts": {one.element: one.tokens for one in standing},
        "places": [{"name": words.step(row.key, one.element), "count": one.tokens} for one in standing],
        "parts": groups,
        "drafts": [
            Link(f"{frame.base_of(visit)}/drafts/{each.id}", each.title)
            for each in bundle_drafts.open_drafts(tx, row.key)
        ],
        "calls": _calls(tx, visit, row, tuple(called)),
        "versions": [_version(visit, one, row) for one in deployments.listed(tx, row.key)],
        "problems": problems.told(_findings(visit, words, row.key), words, row.key, url, events),
    }


def _calls(tx: Transaction, visit: Visit, row: Deployment, keys: Sequence[str]) -> list[Link]:
    """The versions of called processes that this version is pinned to."""
    found = []
    for key in keys:
        pinned = next((one for one in deployments.listed(tx, key) if one.content_hash == row.closure[key]), None)
        if pinned is not None:
            title = wording.of_hash(tx, visit, pinned.content_hash).title or key
            found.append(Link(f"{frame.base_of(visit)}/processes/{pinned.id}", title))
    return found


def _event(visit: Visit, event: ReleaseEvent) -> dict[str, Any]:
    what = visit.language.gettext(EVENTS[releases.Did(event.kind)])
    about = f"{event.code} {event.element}".strip()
    return {"what": what, "about": about, "at": event.at, "by": event.actor, "reason": event.reason}


def _version(visit: Visit, one: Deployment, shown: Deployment) -> dict[str, Any]:
    url = f"{frame.base_of(visit)}/processes/{one.id}"
    return {
        "number": one.version,
        "url": url,
        "compare_url": f"{url}/compare" if one.version > 1 else "",
        "active": one.active,
        "current": one.id == shown.id,
        "at": one.deployed_at,
        "by": one.deployed_by,
        "note": one.note,
    }


def _detail(refusal: Refusal) -> str:
    return refusal.detail if refusal.detail != refusal.title else ""
