"""Processes: their versions, what stands where, and releasing a new one."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response
from pydantic import BaseModel, Field

from akta.ids import CaseId, DeploymentId
from api.dependencies import VisitDep, needs
from api.rest.account import signed_in
from api.rest.forms import PlainText
from api.security import ARCHIVE
from bpmn import bundle as bundles
from bpmn import corrections
from people.rights import Act
from storage.bundles import Deployment, ReleaseEvent
from tasks import rehearsals, release_rule
from workflows import archives, comparing, deployments, passages, queries, releases

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
    planned_at: datetime | None
    note: str

    @classmethod
    def of(cls, row: Deployment) -> "Version":
        return cls.model_validate(row, from_attributes=True)


class Fix(BaseModel):
    """A correction: what is changed about an element, what is put there, and instead of what."""

    change: str
    element: str
    value: str
    instead_of: str


class Acceptance(BaseModel):
    """Who took responsibility for a warning, and why."""

    by: str
    at: datetime
    reason: str

    @classmethod
    def of(cls, event: ReleaseEvent) -> "Acceptance":
        return cls(by=event.actor, at=event.at, reason=event.reason)


class FindingView(BaseModel):
    """What the check says of a version; `path` is a shortest way there, elements and flows in turn."""

    code: str
    severity: str
    element: str
    message: str
    elements: list[str]
    path: list[str]
    fix: Fix | None
    accepted: Acceptance | None = None


class Accepted(BaseModel):
    """Which warning is accepted, and why."""

    code: Annotated[PlainText, Field(min_length=1, max_length=60)]
    element: Annotated[PlainText, Field(max_length=200)] = ""
    reason: Annotated[PlainText, Field(min_length=1, max_length=releases.LONGEST_REASON)]


class Event(BaseModel):
    """What somebody did about a version: deployed, activated, accepted a warning, had a start tried again."""

    kind: str
    at: datetime
    by: str
    door: str
    code: str
    element: str
    reason: str

    @classmethod
    def of(cls, row: ReleaseEvent) -> "Event":
        return cls(
            kind=row.kind,
            at=row.at,
            by=row.actor,
            door=row.door,
            code=row.code,
            element=row.element,
            reason=row.reason,
        )


class DifferenceView(BaseModel):
    """One difference between two versions; `cases` is how many open cases stand on the elements it is about."""

    how: str
    file: str
    element: str
    kind: str
    name: str
    property: str
    before: str
    after: str
    said: str
    elements: list[str]
    cases: int


class ScenarioView(BaseModel):
    """What came of one scenario: nothing in `problems` where it passes."""

    file: str
    name: str
    problems: list[str]


class CoverageView(BaseModel):
    """What came of the scenarios of a version, and which of its elements they pass."""

    scenarios: list[ScenarioView]
    passed: list[str]
    left_out: list[str]


class ReleaseRule(BaseModel):
    """How the utility releases versions of its processes."""

    second_person: bool


class Count(BaseModel):
    """How many tokens of open cases stand on an element."""

    element: str
    tokens: int


class LiveView(BaseModel):
    """An element in numbers: cases there now, cases that passed it in the last 30 days, open incidents, and within how
    many seconds half of them, and 95 of 100, went on."""

    element: str
    now: int
    passed: int
    failed: int
    median: int | None
    most: int | None

    @classmethod
    def of(cls, one: passages.Lively) -> "LiveView":
        seconds = (None if time is None else int(time.total_seconds()) for time in (one.median, one.most))
        median, most = seconds
        return cls(element=one.element, now=one.now, passed=one.passed, failed=one.failed, median=median, most=most)


class CaseBehind(BaseModel):
    """A case behind a number."""

    id: UUID
    reference: str


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


@router.get("/bundles/{key}/live", dependencies=[needs(Act.SEE_PROCESSES)])
def show_live_numbers(key: str, visit: VisitDep) -> list[LiveView]:
    """Where the cases of a process are, in all its versions, and how long they stay. Numbers only."""
    with visit.uow.view() as tx:
        return [LiveView.of(one) for one in passages.of_process(tx, key, visit.now)]


@router.get("/bundles/{key}/live/cases", dependencies=[needs(Act.SEE_CASE_DIAGRAM)])
def list_cases_behind(
    key: str,
    visit: VisitDep,
    element: Annotated[PlainText, Query(min_length=1, max_length=120)],
    which: passages.Which = passages.Which.NOW,
    before: UUID | None = None,
) -> list[CaseBehind]:
    """The cases behind a number, as far as one sees them, the newest first; the next page comes `before` the last."""
    last = None if before is None else CaseId(before)
    with visit.uow.view() as tx:
        found = passages.cases_at(
            tx, visit.services.visibility, visit.subject, key, element, which, visit.now, before=last
        )
        return [CaseBehind(id=one.id, reference=one.reference) for one in found]


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


@router.get("/versions/{deployment}/findings", dependencies=[needs(Act.SEE_PROCESSES)])
def list_findings(deployment: UUID, visit: VisitDep) -> list[FindingView]:
    """What the check says of a version, and which warnings somebody accepted."""
    with visit.uow.view() as tx:
        findings = visit.services.gate(
            *visit.services.runtime.definitions.with_called(tx, tx.get(Deployment, deployment))
        )
        events = releases.told(tx, DeploymentId(deployment))
    accepted = {(event.code, event.element): Acceptance.of(event) for event in events if event.code}
    return [
        FindingView(**each.fields(each.said(visit.language)), accepted=accepted.get((each.code, each.element)))
        for each in findings
    ]


@router.post("/versions/{deployment}/acceptances", status_code=201, dependencies=[needs(Act.ACTIVATE)])
def accept_finding(deployment: UUID, what: Accepted, visit: VisitDep) -> Event:
    """Accept a warning of a version with a reason. Errors cannot be accepted."""
    by = replace(visit.actor, reason=what.reason)
    with visit.uow.begin() as tx:
        row = tx.get(Deployment, deployment)
        findings = visit.services.gate(*visit.services.runtime.definitions.with_called(tx, row))
        return Event.of(releases.accept(tx, DeploymentId(deployment), findings, what.code, what.element, by, visit.now))


@router.get("/release-rule", dependencies=[needs(Act.SEE_PROCESSES)])
def read_release_rule(visit: VisitDep) -> ReleaseRule:
    """Whether a version is activated by somebody else than who deployed it."""
    with visit.uow.view() as tx:
        return ReleaseRule(second_person=releases.second_person(tx))


@router.put("/release-rule", dependencies=[needs(Act.RULE_RELEASES)])
def set_release_rule(rule: ReleaseRule, visit: VisitDep) -> ReleaseRule:
    """Say whether a version is activated by somebody else than who deployed it."""
    with visit.uow.begin() as tx:
        release_rule.ask_for_second_person(tx, rule.second_person, signed_in(visit)[1], visit.now)
    return rule


@router.get("/versions/{deployment}/differences", dependencies=[needs(Act.SEE_PROCESSES)])
def list_differences(deployment: UUID, visit: VisitDep, other: UUID | None = None) -> list[DifferenceView]:
    """What a version says otherwise than another of its process, or than the version before."""
    against = DeploymentId(other) if other else None
    with visit.uow.view() as tx:
        found = comparing.compared(tx, visit.services.runtime.definitions, DeploymentId(deployment), against)
    return [
        DifferenceView(
            **asdict(each.change),
            said=each.change.said(visit.language.gettext),
            elements=list(each.elements),
            cases=each.cases,
        )
        for each in found.differences
    ]


@router.get("/versions/{deployment}/scenarios", dependencies=[needs(Act.SEE_PROCESSES)])
def play_scenarios(deployment: UUID, visit: VisitDep) -> CoverageView:
    """Play the scenarios of a version in the engine; nothing of it is stored or sent."""
    with visit.uow.view() as tx:
        bundle, called = visit.services.runtime.definitions.with_called(tx, tx.get(Deployment, deployment))
    found = rehearsals.coverage(bundle, called)
    told = [ScenarioView(file=one.file, name=one.name, problems=one.reasons(visit.language)) for one in found.scenarios]
    return CoverageView(scenarios=told, passed=list(found.passed), left_out=list(found.left_out))


@router.get("/versions/{deployment}/events", dependencies=[needs(Act.SEE_PROCESSES)])
def list_release_events(deployment: UUID, visit: VisitDep) -> list[Event]:
    """What was done about a version and by whom, oldest first."""
    with visit.uow.view() as tx:
        tx.get(Deployment, deployment)
        return [Event.of(row) for row in releases.told(tx, DeploymentId(deployment))]


@router.post("/bundles/corrections", dependencies=[needs(Act.DEPLOY)], response_class=Response)
def correct_bundle(
    content: Annotated[bytes, Body(media_type=ARCHIVE)],
    visit: VisitDep,
    element: Annotated[PlainText, Query(min_length=1, max_length=200)],
    value: Annotated[PlainText, Query(max_length=200)] = "",
) -> Response:
    """An archive with the correction that a finding proposes for an element; nothing is stored.

    `value` says which, where several are proposed.
    """
    bundle = bundles.from_archive(content)
    with visit.uow.view() as tx:
        called = deployments.called_by(tx, bundle)
    made = corrections.corrected(bundle, visit.services.gate(bundle, called), element, value)
    return Response(made.to_archive(), media_type=ARCHIVE)


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
