"""Processes: their versions, what stands where, and releasing a new one."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response
from pydantic import BaseModel

from akta.ids import DeploymentId
from api.dependencies import VisitDep, needs
from api.rest.forms import PlainText
from api.security import ARCHIVE
from bpmn import bundle as bundles
from people.rights import Act
from storage.bundles import Deployment
from workflows import archives, deployments, queries

router = APIRouter(tags=["processes"])


class Version(BaseModel):
    """One version of a bundle. New cases start on the active one; cases under way stay on theirs."""

    id: UUID
    key: str
    version: int
    active: bool
    content_hash: str
    deployed_at: datetime
    deployed_by: str
    activated_at: datetime | None
    note: str

    @classmethod
    def of(cls, row: Deployment) -> "Version":
        return cls.model_validate(row, from_attributes=True)


class Count(BaseModel):
    """How many tokens of open cases stand on an element."""

    element: str
    tokens: int


@router.get("/bundles", dependencies=[needs(Act.SEE_PROCESSES)])
def list_bundles(visit: VisitDep) -> list[Version]:
    """The active version of every bundle."""
    with visit.uow.view() as tx:
        return [Version.of(row) for row in deployments.actives(tx)]


@router.get("/bundles/{key}/versions", dependencies=[needs(Act.SEE_PROCESSES)])
def list_versions(key: str, visit: VisitDep) -> list[Version]:
    """The versions of a bundle, newest first."""
    with visit.uow.view() as tx:
        return [Version.of(row) for row in deployments.listed(tx, key)]


@router.post("/bundles/versions", status_code=201, dependencies=[needs(Act.DEPLOY)])
def deploy_version(
    content: Annotated[bytes, Body(media_type=ARCHIVE)],
    visit: VisitDep,
    note: Annotated[PlainText, Query(max_length=500)] = "",
) -> Version:
    """Deploy an archive of a bundle as its next version. Refused with reasons when it cannot run."""
    bundle = bundles.from_archive(content)
    with visit.uow.begin() as tx:
        made = deployments.deploy(tx, bundle, visit.actor, visit.now, gate=visit.services.gate, note=note)
        return Version.of(made)


@router.post("/versions/{deployment}/activation", dependencies=[needs(Act.ACTIVATE)])
def activate_version(deployment: UUID, visit: VisitDep) -> Version:
    """Let new cases start on this version."""
    with visit.uow.begin() as tx:
        return Version.of(deployments.activate(tx, DeploymentId(deployment), visit.actor, visit.now))


@router.get("/versions/{deployment}/archive", dependencies=[needs(Act.SEE_PROCESSES)], response_class=Response)
def download_version(deployment: UUID, visit: VisitDep) -> Response:
    """The whole bundle as one archive."""
    with visit.uow.view() as tx:
        row = tx.get(Deployment, deployment)
        content = archives.read(tx, row.content_hash).to_archive()
    name = f"{row.key}-{row.version}.zip"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=ARCHIVE, headers=headers)


@router.get("/versions/{deployment}/diagram", dependencies=[needs(Act.SEE_PROCESSES)], response_class=Response)
def show_diagram(deployment: UUID, visit: VisitDep) -> Response:
    """The BPMN of a version, as it was deployed."""
    with visit.uow.view() as tx:
        row = tx.get(Deployment, deployment)
        content = visit.services.runtime.definitions.bundle(tx, row.content_hash).process
    return Response(content, media_type="application/xml")


@router.get("/versions/{deployment}/counts", dependencies=[needs(Act.SEE_PROCESSES)])
def count_standing(deployment: UUID, visit: VisitDep) -> list[Count]:
    """Where the tokens of open cases stand in this version. Numbers only: no case is named."""
    with visit.uow.view() as tx:
        row = tx.get(Deployment, deployment)
        found = queries.live_counts(tx, row.key, row.content_hash)
    return [Count(element=place.element, tokens=place.tokens) for place in found]
