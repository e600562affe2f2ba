"""REST of replays: which past cases would go otherwise on a version, a draft or an archive. References only."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel

from api.dependencies import VisitDep, needs
from api.security import ARCHIVE
from api.visits import Visit
from bpmn import bundle as bundles
from people.rights import Act
from storage.unit_of_work import Transaction
from workflows import candidates, replay
from workflows.candidates import Candidate
from workflows.replay import Group, Replayed, Report

router = APIRouter(tags=["processes"])

Closed = Annotated[int, Query(ge=0, le=replay.MOST_CLOSED, description="How many closed cases, the last ones")]


class ReplayedCase(BaseModel):
    """A case that goes otherwise: the end it came to and would come to, empty where it is open."""

    id: UUID
    reference: str
    ended: str
    would_end: str

    @classmethod
    def of(cls, one: Replayed) -> "ReplayedCase":
        return cls(id=one.case, reference=one.reference, ended=one.ended, would_end=one.would_end)


class ReplayGroup(BaseModel):
    """Cases that go otherwise in the same way. `kind`: path, data, wait, outcome, stops, unknown.

    They went on to the element `went` and would go on to `goes`; `reason` says what kind of cause that has.
    """

    kind: str
    process: str
    element: str
    went: str
    goes: str
    reason: str
    said: str
    why: str
    cases: list[ReplayedCase]


class ReplayView(BaseModel):
    """What came of a replay: how many cases were replayed, and how many went the same way."""

    at: datetime
    cases: int
    same: int
    groups: list[ReplayGroup]


@router.post("/versions/{deployment}/replays", status_code=201, dependencies=[needs(Act.REPLAY)])
def replay_version(deployment: UUID, visit: VisitDep, closed: Closed = replay.CLOSED) -> ReplayView:
    """Run all open and the last closed cases on a version, in memory, and keep what came of it."""
    with visit.uow.view() as tx:
        candidate = candidates.of_version(tx, visit.services.runtime.definitions, deployment)
        found = replay.replay(tx, visit.services.runtime, candidate, visit.now, closed)
    return _kept(visit, candidate, found)


@router.get("/versions/{deployment}/replay", dependencies=[needs(Act.SEE_PROCESSES)])
def show_replay(deployment: UUID, visit: VisitDep) -> ReplayView | None:
    """What came of the last replay of a version; nothing where there was none."""
    with visit.uow.view() as tx:
        return _latest(tx, visit, candidates.of_version(tx, visit.services.runtime.definitions, deployment))


@router.post("/drafts/{draft}/replays", status_code=201, dependencies=[needs(Act.REPLAY)])
def replay_draft(draft: UUID, visit: VisitDep, closed: Closed = replay.CLOSED) -> ReplayView:
    """Run all open and the last closed cases on a draft, in memory, and keep what came of it."""
    with visit.uow.view() as tx:
        candidate = candidates.of_draft(tx, draft, visit.now)
        found = replay.replay(tx, visit.services.runtime, candidate, visit.now, closed)
    return _kept(visit, candidate, found)


@router.get("/drafts/{draft}/replay", dependencies=[needs(Act.SEE_PROCESSES)])
def show_replay_of_draft(draft: UUID, visit: VisitDep) -> ReplayView | None:
    """What came of the last replay of a draft as it is now; nothing where there was none."""
    with visit.uow.view() as tx:
        return _latest(tx, visit, candidates.of_draft(tx, draft, visit.now))


@router.post("/bundles/replays", dependencies=[needs(Act.REPLAY)])
def replay_archive(
    content: Annotated[bytes, Body(media_type=ARCHIVE)], visit: VisitDep, closed: Closed = replay.CLOSED
) -> ReplayView:
    """Run all open and the last closed cases on an archive of a bundle; nothing of it is stored."""
    bundle = bundles.from_archive(content)
    with visit.uow.view() as tx:
        candidate = candidates.of_bundle(tx, bundle)
        found = replay.replay(tx, visit.services.runtime, candidate, visit.now, closed)
    return _view(visit, candidate, found, visit.now)


def _kept(visit: Visit, candidate: Candidate, found: Report) -> ReplayView:
    with visit.uow.begin() as tx:
        replay.keep(tx, candidate, found, visit.actor, visit.now)
    return _view(visit, candidate, found, visit.now)


def _latest(tx: Transaction, visit: Visit, candidate: Candidate) -> ReplayView | None:
    row = replay.latest(tx, candidate)
    return None if row is None else _view(visit, candidate, replay.report_of(row), row.at)


def _view(visit: Visit, candidate: Candidate, found: Report, at: datetime) -> ReplayView:
    groups = [_group(visit, candidate, group) for group in found.groups]
    return ReplayView(at=at, cases=found.cases, same=found.same, groups=groups)


def _group(visit: Visit, candidate: Candidate, group: Group) -> ReplayGroup:
    texts = {
        key: one.texts(visit.language.code)
        for key, one in {**candidate.called, candidate.bundle.key: candidate.bundle}.items()
    }
    gettext, other = visit.language.gettext, group.difference

    def name(process: str, element: str) -> str:
        return (texts[process].element(element).name if process in texts else "") or element

    because = replay.why(other, name, visit.language)
    return ReplayGroup(
        kind=other.kind.value,
        process=other.where[0],
        element=other.where[1],
        went=other.went,
        goes=other.goes,
        reason=other.reason.kind,
        said=replay.head(other, name).said(gettext),
        why=because.said(gettext) if because is not None else "",
        cases=[ReplayedCase.of(one) for one in group.cases],
    )
