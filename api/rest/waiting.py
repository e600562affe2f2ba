"""Why cases wait, which ones nothing can move, and the clocks that run in them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from akta.ids import CaseId
from api.dependencies import VisitDep, needs
from api.pages import waiting
from api.pages.waiting import Register
from api.rest import marks
from api.rest.operating import IfMatch, Why, hand_of
from people.rights import Act
from storage.cases import Case, Timer
from storage.unit_of_work import Transaction
from tasks import operating
from tasks.operating import Clock
from workflows import deadlines, queries, waits
from workflows.waits import timer_clock

router = APIRouter(tags=["waiting"])


class ClockModel(BaseModel):
    """A clock: running, stopped (by law) or suspended (with its case). `left` is in seconds, below zero when over."""

    state: str
    due_at: datetime
    left: int


class UnblockModel(BaseModel):
    """What ends the wait, for who may do it: in words and as a request."""

    act: str
    words: str
    method: str
    path: str
    body: dict[str, Any]


class ReasonModel(BaseModel):
    """Why a case waits. `beside`: it may end the wait, but is not where the case stands."""

    kind: str
    words: str
    who: str
    since: datetime | None
    clock: ClockModel | None
    beside: bool
    process: str
    element: str
    about: str
    unblock: UnblockModel | None


class WaitReasons(BaseModel):
    """Every reason, the most telling first, in the words of one register: applicant, clerk, operator."""

    case_id: UUID
    register_: Register = Field(alias="register")
    reasons: list[ReasonModel]


class StalledCase(BaseModel):
    """A case in which nothing can happen any more."""

    case_id: UUID
    reference: str
    title: str
    bundle: str


class Deadline(BaseModel):
    """A clock of a case. `version` is its ETag."""

    id: UUID
    process: str
    element: str
    armed_at: datetime
    clock: ClockModel
    basis: str
    version: int


class Stop(Why):
    """`ground`: one of those the utility's calendar lists."""

    ground: str = Field(min_length=1, max_length=80)


class Extension(Stop):
    days: int = Field(ge=1, le=deadlines.LATEST.days)
    working: bool = False


class AnotherTime(Why):
    due_at: AwareDatetime


Spoken = Annotated[
    Literal["", "applicant", "clerk", "operator"],
    Query(description="In whose words; one's own, or for staff a plainer register"),
]


@router.get("/cases/{case}/wait-reasons", dependencies=[needs(Act.SEE_CASE)])
def show_wait_reasons(case: UUID, visit: VisitDep, register: Spoken = "") -> WaitReasons:
    """Why a case waits: who can act, since when, the clock, and what ends the wait."""
    spoken = waiting.register_of(visit.subject, register)
    with visit.uow.view() as tx:
        found = waiting.told(tx, visit, CaseId(case), spoken)
    return WaitReasons(case_id=case, register=spoken, reasons=[_reason(one) for one in found])


@router.get("/stalled", dependencies=[needs(Act.SEE_INCIDENTS)])
def list_stalled(visit: VisitDep) -> list[StalledCase]:
    """Open cases that nothing and nobody can move any more. It should be empty."""
    with visit.uow.view() as tx:
        found = waits.stalled(tx, visit.services.visibility, visit.subject)
    return [StalledCase(case_id=row.id, reference=row.reference, title=row.title, bundle=row.bundle) for row in found]


@router.get("/cases/{case}/deadlines", dependencies=[needs(Act.SEE_CASE_DIAGRAM)])
def list_deadlines(case: UUID, visit: VisitDep) -> list[Deadline]:
    """The clocks of a case, the next to end first."""
    with visit.uow.view() as tx:
        queries.case_view(tx, visit.services.visibility, visit.subject, CaseId(case))
        row = tx.get(Case, case)
        return [_deadline(timer, row, visit.now) for timer in deadlines.of_case(tx, CaseId(case))]


@router.post("/cases/{case}/deadlines/{clock}/stop", dependencies=[needs(Act.KEEP_CLOCKS)])
def stop_clock(
    case: UUID, clock: UUID, stop: Stop, visit: VisitDep, response: Response, if_match: IfMatch = ""
) -> Deadline:
    """Stop a clock on a ground the law gives; it keeps the time it has left."""
    with visit.uow.begin() as tx:
        hand, version = hand_of(visit, stop.reason), marks.to_version(if_match)
        return _changed(
            tx, operating.stop_clock(tx, hand, Clock(CaseId(case), clock), stop.ground, version), visit.now, response
        )


@router.post("/cases/{case}/deadlines/{clock}/resume", dependencies=[needs(Act.KEEP_CLOCKS)])
def start_clock(
    case: UUID, clock: UUID, why: Why, visit: VisitDep, response: Response, if_match: IfMatch = ""
) -> Deadline:
    """Let a stopped clock run on; the due dates of staff move with it."""
    with visit.uow.begin() as tx:
        hand, version = hand_of(visit, why.reason), marks.to_version(if_match)
        return _changed(tx, operating.start_clock(tx, hand, Clock(CaseId(case), clock), version), visit.now, response)


@router.post("/cases/{case}/deadlines/{clock}/extend", dependencies=[needs(Act.KEEP_CLOCKS)])
def extend_clock(
    case: UUID, clock: UUID, more: Extension, visit: VisitDep, response: Response, if_match: IfMatch = ""
) -> Deadline:
    """Give a clock more days on a ground the law gives."""
    with visit.uow.begin() as tx:
        hand, version = hand_of(visit, more.reason), marks.to_version(if_match)
        made = operating.extend_clock(
            tx, hand, Clock(CaseId(case), clock), more.ground, more.days, working=more.working, version=version
        )
        return _changed(tx, made, visit.now, response)


@router.put("/cases/{case}/deadlines/{clock}", dependencies=[needs(Act.OPERATE_CASE)])
def set_clock(
    case: UUID, clock: UUID, wanted: AnotherTime, visit: VisitDep, response: Response, if_match: IfMatch = ""
) -> Deadline:
    """Give a clock another time by hand; now or earlier ends it at once."""
    with visit.uow.begin() as tx:
        hand, version = hand_of(visit, wanted.reason), marks.to_version(if_match)
        return _changed(
            tx, operating.set_clock(tx, hand, Clock(CaseId(case), clock), wanted.due_at, version), visit.now, response
        )


def _changed(tx: Transaction, timer: Timer, now: datetime, response: Response) -> Deadline:
    tx.session.flush()
    response.headers["etag"] = f'"{timer.version}"'
    return _deadline(timer, tx.get(Case, timer.case_id), now)


def _deadline(timer: Timer, case: Case, now: datetime) -> Deadline:
    clock = timer_clock(timer, case, now)
    return Deadline(
        id=timer.id,
        process=timer.process,
        element=timer.element,
        armed_at=timer.armed_at,
        clock=ClockModel(state=clock.state.value, due_at=clock.due_at, left=int(clock.left.total_seconds())),
        basis=clock.basis,
        version=timer.version,
    )


def _reason(one: waiting.Told) -> ReasonModel:
    clock = None
    if one.until is not None and one.left is not None:
        clock = ClockModel(state=one.clock, due_at=one.until, left=int(one.left.total_seconds()))
    unblock = None
    if one.unblock is not None:
        ends = one.unblock
        unblock = UnblockModel(act=ends.act, words=ends.words, method=ends.method, path=ends.path, body=dict(ends.body))
    return ReasonModel(
        kind=one.kind,
        words=one.words,
        who=one.who,
        since=one.since,
        clock=clock,
        beside=one.beside,
        process=one.process,
        element=one.element,
        about=one.about,
        unblock=unblock,
    )
