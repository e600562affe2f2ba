"""The process owner's room: bundles, their versions and parts, where cases stand, a new version, activating one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from akta.errors import Invalid, Refusal
from akta.ids import DeploymentId
from akta.languages import N_
from api.dependencies import FormDep, VisitDep, holds_files, needs
from api.pages import diagrams, frame, parts, staff_rail, wording
from api.pages.parts import Group, Part
from api.problems import problem_of
from api.render import Link
from api.security import ARCHIVE
from api.visits import Visit
from bpmn import bundle as bundles
from bpmn.check import Finding
from people import rights
from people.rights import Act
from storage.bundles import Deployment
from storage.unit_of_work import Transaction
from workflows import archives, deployments, queries

router = APIRouter()

NO_ARCHIVE = N_("Choose the archive of the new version.")


@dataclass(frozen=True)
class Refused:
    """Why a version was not stored."""

    title: str
    detail: str
    findings: Sequence[Finding]


@router.get("/{tenant}/processes", dependencies=[needs(Act.SEE_PROCESSES)])
def processes_page(visit: VisitDep) -> Response:
    return _overview(visit)


@router.post("/{tenant}/processes", dependencies=[holds_files, needs(Act.DEPLOY)])
def upload_version(visit: VisitDep, form: FormDep) -> Response:
    """Check and store a new version; its page then offers to activate it."""
    content = form.held.get("archive", b"")
    if not content:
        return _overview(visit, Refused(visit.language.gettext(NO_ARCHIVE), "", ()), 422)
    try:
        bundle = bundles.from_archive(content)
        with visit.uow.begin() as tx:
            made = deployments.deploy(
                tx, bundle, visit.actor, visit.now, gate=visit.services.gate, note=form.get("note")
            )
            return frame.go(visit, f"/processes/{made.id}")
    except deployments.Refused as refusal:
        return _overview(visit, Refused(problem_of(refusal, visit.language).title, "", refusal.findings), 422)
    except (Invalid, deployments.AlreadyDeployed) as refusal:
        return _overview(visit, Refused(problem_of(refusal, visit.language).title, _detail(refusal), ()), 422)


@router.post("/{tenant}/processes/{deployment}/activation", dependencies=[needs(Act.ACTIVATE)])
def activate_version(deployment: UUID, visit: VisitDep) -> Response:
    with visit.uow.begin() as tx:
        deployments.activate(tx, DeploymentId(deployment), visit.actor, visit.now)
    return frame.go(visit, f"/processes/{deployment}")


@router.get("/{tenant}/processes/{deployment}", dependencies=[needs(Act.SEE_PROCESSES)])
def process_page(
    deployment: UUID,
    visit: VisitDep,
    form: Annotated[str, Query(max_length=120)] = "",
    table: Annotated[str, Query(max_length=200)] = "",
    letter: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    with visit.uow.view() as tx:
        row = tx.get(Deployment, deployment)
        part = parts.chosen(tx, visit, row, form=form, table=table, letter=letter)
        shown = _process(tx, visit, row, part)
        queues = staff_rail.queues(tx, visit)
    return frame.show(
        visit,
        "process.html",
        process=shown,
        part=part,
        uploads=frame.uploads_of(visit),
        may_activate=rights.allowed(visit.subject, Act.ACTIVATE),
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
        content = archives.read(tx, row.content_hash).to_archive()
    headers = {"content-disposition": f'attachment; filename="{row.key}-{row.version}.zip"'}
    return Response(content, media_type=ARCHIVE, headers=headers)


def _overview(visit: Visit, refused: Refused | None = None, status: int = 200) -> Response:
    with visit.uow.view() as tx:
        rows = deployments.listed(tx)
        counts = queries.open_cases(tx)
        shown = [_line(tx, visit, key, rows, counts) for key in dict.fromkeys(row.key for row in rows)]
        queues = staff_rail.queues(tx, visit)
    return frame.show(
        visit,
        "processes.html",
        status=status,
        processes=shown,
        refused=refused,
        may_deploy=rights.allowed(visit.subject, Act.DEPLOY),
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
    standing = queries.live_counts(tx, row.key, row.content_hash)
    called = {key: bundle for key, bundle in words.bundles.items() if key != row.key}
    groups: Sequence[Group] = parts.groups(words, row, url, part)
    return {
        "url": url,
        "title": words.title or row.key,
        "version": row.version,
        "active": row.active,
        "open": queries.open_cases(tx).get(DeploymentId(row.id), 0),
        "archive_url": f"{url}/archive",
        "activate_url": f"{url}/activation",
        "xml": f"{url}/diagram",
        "failed": (),
        "counts": {one.element: one.tokens for one in standing},
        "places": [{"name": words.step(row.key, one.element), "count": one.tokens} for one in standing],
        "parts": groups,
        "calls": _calls(tx, visit, row, tuple(called)),
        "versions": [_version(visit, one, row) for one in deployments.listed(tx, row.key)],
        "problems": list(visit.services.gate(words.bundles[row.key], called)),
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


def _version(visit: Visit, one: Deployment, shown: Deployment) -> dict[str, Any]:
    return {
        "number": one.version,
        "url": f"{frame.base_of(visit)}/processes/{one.id}",
        "active": one.active,
        "current": one.id == shown.id,
        "at": one.deployed_at,
        "by": one.deployed_by,
        "note": one.note,
    }


def _detail(refusal: Refusal) -> str:
    return refusal.detail if refusal.detail != refusal.title else ""
