"""REST of releases: what speaks for and against a version, activating it now or at a moment, and going back."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from akta.ids import BundleDraftId, DeploymentId
from api.dependencies import VisitDep, needs
from api.rest.bundles import Event, Version
from api.rest.forms import PlainText
from people.rights import Act
from storage.bundles import Deployment
from tasks import releasing
from workflows import deployments, releases

router = APIRouter(tags=["processes"])


class Unsettled(BaseModel):
    """Something that is neither green nor explained: the code of a finding with its element, or `replay` with the id of
    the replay, empty for none."""

    code: str
    element: str


class ProofsView(BaseModel):
    """What speaks for and against a version, in numbers, and what is to be explained before it can be released."""

    findings: int
    scenarios: int
    replayed: datetime | None
    cases: int
    same: int
    unsettled: list[Unsettled]


class Explanation(BaseModel):
    """Why something that is not green does not speak against a release."""

    code: Annotated[PlainText, Field(min_length=1, max_length=60)]
    element: Annotated[PlainText, Field(max_length=200)] = ""
    reason: Annotated[PlainText, Field(min_length=1, max_length=releases.LONGEST_REASON)]


@router.get("/versions/{deployment}/proofs", dependencies=[needs(Act.SEE_PROCESSES)])
def show_proofs(deployment: UUID, visit: VisitDep) -> ProofsView:
    """Checks, scenarios and the last replay of a version."""
    with visit.uow.view() as tx:
        found = releasing.proofs(tx, visit.services.runtime, visit.services.gate, DeploymentId(deployment))
    return ProofsView(
        findings=len(found.findings),
        scenarios=found.scenarios,
        replayed=found.replayed.at if found.replayed else None,
        cases=found.replayed.cases if found.replayed else 0,
        same=found.replayed.same if found.replayed else 0,
        unsettled=[Unsettled(code=code, element=element) for code, element in found.unsettled],
    )


@router.post("/versions/{deployment}/explanations", status_code=201, dependencies=[needs(Act.ACTIVATE)])
def explain(deployment: UUID, what: Explanation, visit: VisitDep) -> Event:
    """Explain cases that would go otherwise, or that none was replayed; or accept a warning."""
    by, own = replace(visit.actor, reason=what.reason), DeploymentId(deployment)
    with visit.uow.begin() as tx:
        found = releasing.proofs(tx, visit.services.runtime, visit.services.gate, own)
        return Event.of(releasing.explain(tx, found, own, what.code, what.element, by, visit.now))


@router.post("/versions/{deployment}/activation", dependencies=[needs(Act.ACTIVATE)])
def activate_version(
    deployment: UUID,
    visit: VisitDep,
    seen: Annotated[UUID | None, Query(description="The version that was active when this one was looked at")] = None,
    at: Annotated[AwareDatetime | None, Query(description="When; now where it is left out")] = None,
) -> Version:
    """Let new cases start on this version, now or from a moment on. Everything has to be green or explained.

    With `seen`, refused where another version has become active meanwhile."""
    own = DeploymentId(deployment)
    with visit.uow.begin() as tx:
        active = deployments.find_active(tx, tx.get(Deployment, own).key)
        known = DeploymentId(active.id) if active is not None else None
        found = releasing.proofs(tx, visit.services.runtime, visit.services.gate, own)
        looked = known if seen is None else DeploymentId(seen)
        return Version.of(releasing.release(tx, found, own, looked, visit.actor, visit.now, at))


@router.delete("/versions/{deployment}/plan", dependencies=[needs(Act.ACTIVATE)])
def drop_plan(deployment: UUID, visit: VisitDep) -> Version:
    """Forget that a version was to become active at a moment."""
    with visit.uow.begin() as tx:
        return Version.of(deployments.plan(tx, DeploymentId(deployment), None, visit.actor, visit.now))


@router.post("/versions/{deployment}/return", dependencies=[needs(Act.ACTIVATE)])
def go_back(deployment: UUID, visit: VisitDep) -> Version:
    """Let new cases start again on the version that was active before this one."""
    with visit.uow.begin() as tx:
        return Version.of(releasing.go_back(tx, DeploymentId(deployment), visit.actor, visit.now))


@router.post("/drafts/{draft}/version", status_code=201, dependencies=[needs(Act.DEPLOY)])
def make_version(draft: UUID, visit: VisitDep) -> Version:
    """Make a version of a draft. Refused with reasons when it cannot run."""
    with visit.uow.begin() as tx:
        return Version.of(releasing.make_version(tx, visit.services.gate, BundleDraftId(draft), visit.actor, visit.now))
