"""Operating cases by hand: halting them, ending them, beginning them again, moving tokens, changing variables."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Response
from pydantic import BaseModel, ConfigDict, Field

from akta.ids import CaseId, JobId, TokenId
from akta.languages import Language
from api.dependencies import VisitDep, needs
from api.rest import marks
from api.rest.forms import PlainText
from api.rest.values import Variables, of_json
from api.visits import Visit
from bpmn.values import plain
from people.rights import Act
from storage.unit_of_work import Transaction
from tasks import operating
from tasks.operating import Hand
from workflows import by_hand, queries
from workflows.engine.commands import Modify, StartBefore
from workflows.engine.outcome import Place, StoppedToken

router = APIRouter(tags=["operating"])

IfMatch = Annotated[str, Header(alias="If-Match", description="The version, as its ETag says", max_length=40)]
ReasonText = Annotated[PlainText, Field(max_length=operating.LONGEST_REASON)]


class Why(BaseModel):
    """The reason; history keeps it."""

    reason: ReasonText = Field(min_length=1)


class ToOffice(Why):
    """An empty code: every office."""

    office: str = Field(max_length=40)


class Again(BaseModel):
    """The case it is begun again as."""

    case_id: UUID
    reference: str


class TokenModel(BaseModel):
    """A token. `waits_for`: task, call, timer, message, signal, condition, parts; stopped; inside (what it called);
    others (a join).

    `listens`: it waits beside the flow. `within`: the token of the sub-process or call around it.
    """

    token: int
    process: str
    element: str
    name: str
    waits_for: str
    listens: bool
    within: int | None


class StartingModel(BaseModel):
    """A token to be put in front of an element; `process` where it is in a called one."""

    element: str = Field(min_length=1, max_length=120)
    process: str = Field("", max_length=80)
    within: int | None = None
    variables: Variables = Field(default_factory=dict)


class Move(BaseModel):
    """Tokens to be taken away, and others to be put in front of elements before."""

    cancel: list[int] = Field(default_factory=list, max_length=200)
    start: list[StartingModel] = Field(default_factory=list, max_length=50)


class MoveFor(Move):
    reason: ReasonText = Field(min_length=1)


class PlaceModel(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    bundle: str
    element: str
    name: str
    type: str


class StuckModel(BaseModel):
    """Where the case would stop, and why."""

    element: str
    cause: str


class PreviewModel(BaseModel):
    """What a move would come to: tokens gone, where tokens would stand, work opened, calls made, messages sent, where
    it would stop, the end it would reach."""

    gone: list[PlaceModel]
    standing: list[PlaceModel]
    tasks: list[PlaceModel]
    calls: list[PlaceModel]
    messages: list[str]
    stuck: list[StuckModel]
    ends: PlaceModel | None


class Changed(Why):
    """Variables to be changed."""

    variables: Variables


def hand_of(visit: Visit, reason: str = "") -> Hand:
    return Hand(visit.services.desk, visit.subject, visit.door, visit.now, reason)


@router.post("/cases/{case}/office", status_code=204, dependencies=[needs(Act.OPERATE_CASE)])
def hand_case_to_office(case: UUID, why: ToOffice, visit: VisitDep) -> None:
    """Hand a case to another office; only its clerks, and those of the whole utility, see it from then on."""
    with visit.uow.begin() as tx:
        operating.hand_to_office(tx, hand_of(visit, why.reason), CaseId(case), why.office)


@router.post("/cases/{case}/suspend", status_code=204, dependencies=[needs(Act.OPERATE_CASE)])
def suspend_case(case: UUID, why: Why, visit: VisitDep) -> None:
    """Halt a case: no task can be completed, no call is made, no timer fires, messages wait."""
    with visit.uow.begin() as tx:
        operating.suspend(tx, hand_of(visit, why.reason), CaseId(case))


@router.post("/cases/{case}/resume", status_code=204, dependencies=[needs(Act.OPERATE_CASE)])
def resume_case(case: UUID, why: Why, visit: VisitDep) -> None:
    """Let it go on; timers and due dates keep the time they had left."""
    with visit.uow.begin() as tx:
        operating.resume(tx, hand_of(visit, why.reason), CaseId(case))


@router.post("/cases/{case}/cancel", status_code=204, dependencies=[needs(Act.OPERATE_CASE)])
def cancel_case(case: UUID, why: Why, visit: VisitDep) -> None:
    """End a case where it stands."""
    with visit.uow.begin() as tx:
        operating.cancel(tx, hand_of(visit, why.reason), CaseId(case))


@router.post("/cases/{case}/restart", status_code=201, dependencies=[needs(Act.OPERATE_CASE)])
def restart_case(case: UUID, why: Why, visit: VisitDep) -> Again:
    """Begin a case again from its start answers, as a new case; an open one is cancelled. Twice is once."""
    with visit.uow.begin() as tx:
        made = operating.restart(tx, hand_of(visit, why.reason), CaseId(case))
        return Again(case_id=made.id, reference=made.reference)


@router.get("/cases/{case}/tokens", dependencies=[needs(Act.MOVE_TOKEN)])
def show_tokens(case: UUID, visit: VisitDep, response: Response) -> list[TokenModel]:
    """The tokens of a case. The ETag is what `modify` asks for."""
    with visit.uow.view() as tx:
        _etag(tx, visit, case, response)
        found = by_hand.tokens(tx, visit.services.runtime, CaseId(case))
    return [
        TokenModel(
            token=one.token,
            process=one.place.bundle,
            element=one.place.element,
            name=one.place.name,
            waits_for=one.waits_for,
            listens=one.listens,
            within=one.within,
        )
        for one in found
    ]


@router.post("/cases/{case}/modify/preview", dependencies=[needs(Act.MOVE_TOKEN)])
def preview_move(case: UUID, move: Move, visit: VisitDep) -> PreviewModel:
    """What moving tokens would come to; nothing is changed."""
    with visit.uow.view() as tx:
        shown = operating.preview(tx, hand_of(visit), CaseId(case), _modify(move, visit))
    return PreviewModel(
        gone=_places(shown.gone),
        standing=_places(shown.standing),
        tasks=_places(shown.tasks),
        calls=_places(shown.calls),
        messages=list(shown.messages),
        stuck=[_stuck(one, visit.language) for one in shown.stuck],
        ends=None if shown.ends is None else PlaceModel.model_validate(shown.ends),
    )


@router.post("/cases/{case}/modify", status_code=204, dependencies=[needs(Act.MOVE_TOKEN)])
def move_tokens(case: UUID, move: MoveFor, visit: VisitDep, if_match: IfMatch = "") -> None:
    """Move tokens by hand."""
    wanted, version = _modify(move, visit), marks.to_version(if_match)
    with visit.uow.begin() as tx:
        operating.move(tx, hand_of(visit, move.reason), CaseId(case), wanted, version)


@router.get("/cases/{case}/variables", dependencies=[needs(Act.SEE_VARIABLES)])
def show_variables(case: UUID, visit: VisitDep, response: Response) -> dict[str, Any]:
    """The case's own variables."""
    with visit.uow.view() as tx:
        _etag(tx, visit, case, response)
        return dict(plain(dict(by_hand.variables(tx, visit.services.runtime, CaseId(case)))))


@router.patch("/cases/{case}/variables", status_code=204, dependencies=[needs(Act.MOVE_TOKEN)])
def change_variables(case: UUID, changed: Changed, visit: VisitDep, if_match: IfMatch = "") -> None:
    """Change variables of a case; those that are not named stay."""
    values, version = of_json(changed.variables, visit.now), marks.to_version(if_match)
    with visit.uow.begin() as tx:
        operating.set_variables(tx, hand_of(visit, changed.reason), CaseId(case), values, version)


@router.post("/jobs/{job}/run", status_code=204, dependencies=[needs(Act.OPERATE_CASE)])
def run_call(job: UUID, visit: VisitDep) -> None:
    """Let a waiting call be made now, not after its back-off."""
    with visit.uow.begin() as tx:
        operating.run_call(tx, hand_of(visit), JobId(job))


def _etag(tx: Transaction, visit: Visit, case: UUID, response: Response) -> None:
    queries.case_view(tx, visit.services.visibility, visit.subject, CaseId(case))
    response.headers["etag"] = f'"{by_hand.version(tx, CaseId(case))}"'


def _modify(move: Move, visit: Visit) -> Modify:
    started = tuple(
        StartBefore(
            one.element,
            of_json(one.variables, visit.now),
            one.process,
            None if one.within is None else TokenId(one.within),
        )
        for one in move.start
    )
    return Modify(tuple(TokenId(token) for token in move.cancel), started)


def _places(found: tuple[Place, ...]) -> list[PlaceModel]:
    return [PlaceModel.model_validate(place) for place in found]


def _stuck(one: StoppedToken, language: Language) -> StuckModel:
    return StuckModel(element=one.place.element, cause=one.cause.said(language.gettext))
