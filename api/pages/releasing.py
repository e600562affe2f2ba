"""The page of a release: what is different, what it touches, what speaks for and against it; now, later, and back."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from starlette.responses import Response

from akta.errors import Refusal
from akta.ids import BundleDraftId, DeploymentId
from akta.languages import Language
from api.dependencies import FormDep, VisitDep, needs
from api.pages import comparing as comparisons
from api.pages import frame, problems, staff_rail, wording
from api.pages.comparing import Group
from api.problems import problem_of
from api.uploads import Form
from api.visits import Visit
from people import rights
from people.rights import Act
from storage.bundles import Deployment
from storage.unit_of_work import Transaction
from tasks import releasing
from tasks.releasing import Proofs
from workflows import comparing, deployments, releases
from workflows.comparing import Comparison
from workflows.deployments import NoMoment

router = APIRouter()

LATER = "later"


@router.get("/{tenant}/processes/{deployment}/release", dependencies=[needs(Act.SEE_PROCESSES)])
def release_page(deployment: UUID, visit: VisitDep) -> Response:
    return _shown(visit, DeploymentId(deployment))


@router.post("/{tenant}/processes/{deployment}/release", dependencies=[needs(Act.ACTIVATE)])
def release_version(deployment: UUID, visit: VisitDep, form: FormDep) -> Response:
    """Release it now or at a moment. Whoever looked at it against another version than is active now is told."""
    own = DeploymentId(deployment)
    try:
        at = _moment(visit, form) if form.get("when") == LATER else None
        with visit.uow.begin() as tx:
            found = _proofs(tx, visit, own)
            releasing.release(tx, found, own, _seen(form), visit.actor, visit.now, at)
    except Refusal as refusal:
        return _shown(visit, own, refusal)
    return frame.go(visit, f"/processes/{deployment}/release" if at else f"/processes/{deployment}")


@router.post("/{tenant}/processes/{deployment}/release/explanation", dependencies=[needs(Act.ACTIVATE)])
def explain_matter(deployment: UUID, visit: VisitDep, form: FormDep) -> Response:
    """Say why a warning, or cases that would go otherwise, do not speak against it."""
    own, code, element = DeploymentId(deployment), form.get("code"), form.get("element")
    by = replace(visit.actor, reason=form.get("reason"))
    try:
        with visit.uow.begin() as tx:
            found = _proofs(tx, visit, own)
            releasing.explain(tx, found, own, code, element, by, visit.now)
    except Refusal as refusal:
        return _shown(visit, own, refusal)
    return frame.go(visit, f"/processes/{deployment}/release")


@router.post("/{tenant}/processes/{deployment}/release/dropping", dependencies=[needs(Act.ACTIVATE)])
def drop_plan(deployment: UUID, visit: VisitDep) -> Response:
    with visit.uow.begin() as tx:
        deployments.plan(tx, DeploymentId(deployment), None, visit.actor, visit.now)
    return frame.go(visit, f"/processes/{deployment}/release")


@router.post("/{tenant}/processes/{deployment}/back", dependencies=[needs(Act.ACTIVATE)])
def go_back(deployment: UUID, visit: VisitDep) -> Response:
    """Let new cases start again on the version that was active before."""
    try:
        with visit.uow.begin() as tx:
            before = releasing.go_back(tx, DeploymentId(deployment), visit.actor, visit.now)
            return frame.go(visit, f"/processes/{before.id}")
    except deployments.NothingBefore as refusal:
        return _shown(visit, DeploymentId(deployment), refusal)


@router.post("/{tenant}/drafts/{draft}/version", dependencies=[needs(Act.DEPLOY)])
def make_version(draft: UUID, visit: VisitDep, form: FormDep) -> Response:
    """Make a version of a draft; its release page follows. Raises as `releasing.make_version`."""
    with visit.uow.begin() as tx:
        gate, note = visit.services.gate, form.get("note")
        made = releasing.make_version(tx, gate, BundleDraftId(draft), visit.actor, visit.now, note)
        return frame.go(visit, f"/processes/{made.id}/release")


def _proofs(tx: Transaction, visit: Visit, deployment: DeploymentId) -> Proofs:
    return releasing.proofs(tx, visit.services.runtime, visit.services.gate, deployment)


def _seen(form: Form) -> DeploymentId | None:
    try:
        return DeploymentId(UUID(form.get("seen")))
    except ValueError:
        return None


def _moment(visit: Visit, form: Form) -> datetime:
    """The moment somebody wrote, on the clocks of the utility.

    Raises:
        NoMoment: that is none.
    """
    try:
        written = datetime.fromisoformat(form.get("at"))
    except ValueError as wrong:
        raise NoMoment(fields={"at": NoMoment.title}) from wrong
    return written.replace(tzinfo=ZoneInfo(visit.utility.zone))


def _shown(visit: Visit, own: DeploymentId, refusal: Refusal | None = None) -> Response:
    with visit.uow.view() as tx:
        row = tx.get(Deployment, own)
        found = _proofs(tx, visit, own)
        active = deployments.find_active(tx, row.key)
        before = deployments.before(tx, row)
        words = wording.of_deployment(tx, visit, row)
        compared = _compared(tx, visit, row, active)
        may = releases.may_activate(tx, row, visit.actor)
        queues = staff_rail.queues(tx, visit)
    problem = problem_of(refusal, visit.language) if refusal is not None else None
    url = f"{frame.base_of(visit)}/processes/{own}"
    touched = compared.differences if compared is not None else ()
    counts = {id_: one.cases for one in touched for id_ in one.elements if len(one.elements) == 1 and one.cases}
    return frame.show(
        visit,
        "release.html",
        status=problem.status if problem is not None else 200,
        title=words.title or row.key,
        url=url,
        version=row,
        active=active,
        before=before,
        against=compared.before.version if compared is not None else 0,
        groups=_groups(compared, visit.language),
        changed=sorted({id_ for one in touched for id_ in one.elements}),
        counts=counts,
        problems=problems.told(found.findings, words, row.key, url, found.events),
        scenarios=found.scenarios,
        replayed=found.replayed,
        concerns=found.concerns,
        replay=found.replay_about,
        explained=found.said.get(found.replay_about) if found.replay_about is not None else None,
        unsettled=len(found.unsettled),
        may_activate=rights.allowed(visit.subject, Act.ACTIVATE),
        own=not may,
        refused=problem.title if problem is not None else "",
        queues=queues,
    )


def _compared(tx: Transaction, visit: Visit, row: Deployment, active: Deployment | None) -> Comparison | None:
    """Against the active version, else the one before; nothing for the first."""
    other = DeploymentId(active.id) if active is not None and active.id != row.id else None
    try:
        return comparing.compared(tx, visit.services.runtime.definitions, DeploymentId(row.id), other)
    except comparing.NothingBefore:
        return None


def _groups(compared: Comparison | None, words: Language) -> tuple[Group, ...]:
    return tuple(comparisons.groups(compared.differences, words)) if compared is not None else ()
