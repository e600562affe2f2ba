"""Operating cases on pages: what needs somebody, halting and ending a case, moving its tokens with a preview."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from akta.errors import Invalid, Refusal
from akta.ids import CaseId, TokenId
from akta.languages import N_
from api.dependencies import FormDep, VisitDep, needs
from api.pages import diagrams, failed_cases, frame, handed_over, staff_rail, wording
from api.pages.diagrams import Drawn
from api.pages.wording import Wording
from api.problems import problem_of
from api.uploads import Form
from api.visits import Visit
from people import rights
from people.rights import Act
from storage.unit_of_work import Transaction
from tasks import inbox, operating
from tasks.operating import Hand
from workflows import by_hand, failures, queries, waits
from workflows.by_hand import Preview
from workflows.engine.commands import Modify, StartBefore
from workflows.engine.outcome import Place, StandingToken
from workflows.failures import Wanted

router = APIRouter()

WAITS_FOR: Mapping[str, str] = {
    "task": N_("waits for a person"),
    "call": N_("waits for a call"),
    "timer": N_("waits for a day"),
    "message": N_("waits for a message"),
    "signal": N_("waits for a signal"),
    "condition": N_("waits until something holds"),
    "parts": N_("waits for a person to start a part"),
    "stopped": N_("has stopped"),
    "inside": N_("goes on inside"),
    "others": N_("waits for other parts"),
}
STARTABLE = frozenset(
    {
        "userTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "scriptTask",
        "businessRuleTask",
        "manualTask",
        "task",
        "callActivity",
        "subProcess",
        "exclusiveGateway",
        "eventBasedGateway",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "endEvent",
    }
)
"""Elements in front of which a token can be put."""


class NothingChosen(Invalid):
    """Neither a token to take away nor a place to put one."""

    title = N_("Choose what to take away, or where to begin.")


@dataclass(frozen=True)
class Standing:
    """A token as a line with a tick box."""

    token: int
    words: str
    waits_for: str
    chosen: bool


@dataclass(frozen=True)
class Choice:
    """An element in front of which a token can be put; `value` is `process:element`."""

    value: str
    words: str
    chosen: bool


@dataclass(frozen=True)
class Shown:
    """A preview in words."""

    gone: Sequence[str]
    standing: Sequence[str]
    tasks: Sequence[str]
    calls: Sequence[str]
    messages: Sequence[str]
    stuck: Sequence[tuple[str, str]]
    ends: str


@dataclass(frozen=True)
class Halted:
    reference: str
    title: str
    url: str
    since: datetime | None


@router.get("/{tenant}/operations", dependencies=[needs(Act.SEE_INCIDENTS)])
def operations_page(visit: VisitDep) -> Response:
    """Where supervision lands: what has failed, what nothing can move, what was halted, what is late."""
    with visit.uow.view() as tx:
        found = failures.opened(tx, visit.services.visibility, visit.subject, Wanted(limit=200))
        return frame.show(
            visit,
            "operations.html",
            failed=len(found),
            piles=failed_cases.piles(tx, visit),
            may_retry=rights.allowed(visit.subject, Act.RETRY_INCIDENT),
            lost=handed_over.failed(tx, visit),
            stalled=_halted(tx, visit, _stalled(tx, visit)),
            suspended=_halted(tx, visit, _suspended(tx, visit)),
            counters=inbox.counters(tx, visit.frame) if rights.allowed(visit.subject, Act.SEE_INBOX) else None,
            queues=staff_rail.queues(tx, visit),
        )


@router.post("/{tenant}/cases/{case}/office", dependencies=[needs(Act.OPERATE_CASE)])
def hand_to_office_here(case: UUID, visit: VisitDep, form: FormDep) -> Response:
    """Hand the case to another office; who does not see it any more goes on to the list."""
    with visit.uow.begin() as tx:
        operating.hand_to_office(tx, _hand(visit, form), CaseId(case), form.get("office"))
    gone = visit.subject.office and form.get("office") not in ("", visit.subject.office)
    return frame.go(visit, "/cases" if gone else f"/cases/{case}")


@router.post("/{tenant}/cases/{case}/suspend", dependencies=[needs(Act.OPERATE_CASE)])
def suspend_here(case: UUID, visit: VisitDep, form: FormDep) -> Response:
    with visit.uow.begin() as tx:
        operating.suspend(tx, _hand(visit, form), CaseId(case))
    return frame.go(visit, f"/cases/{case}")


@router.post("/{tenant}/cases/{case}/resume", dependencies=[needs(Act.OPERATE_CASE)])
def resume_here(case: UUID, visit: VisitDep, form: FormDep) -> Response:
    with visit.uow.begin() as tx:
        operating.resume(tx, _hand(visit, form), CaseId(case))
    return frame.go(visit, f"/cases/{case}")


@router.post("/{tenant}/cases/{case}/cancel", dependencies=[needs(Act.OPERATE_CASE)])
def cancel_here(case: UUID, visit: VisitDep, form: FormDep) -> Response:
    with visit.uow.begin() as tx:
        operating.cancel(tx, _hand(visit, form), CaseId(case))
    return frame.go(visit, f"/cases/{case}")


@router.post("/{tenant}/cases/{case}/restart", dependencies=[needs(Act.OPERATE_CASE)])
def restart_here(case: UUID, visit: VisitDep, form: FormDep) -> Response:
    with visit.uow.begin() as tx:
        made = operating.restart(tx, _hand(visit, form), CaseId(case)).id
    return frame.go(visit, f"/cases/{made}")


@router.get("/{tenant}/cases/{case}/move", dependencies=[needs(Act.MOVE_TOKEN)])
def move_page(
    case: UUID,
    visit: VisitDep,
    cancel: Annotated[list[int] | None, Query()] = None,
    start: Annotated[str, Query(max_length=210)] = "",
) -> Response:
    """Choose tokens and a place; once something is chosen, what that would come to."""
    return _move_page(visit, CaseId(case), frozenset(cancel or ()), start)


@router.post("/{tenant}/cases/{case}/move", dependencies=[needs(Act.MOVE_TOKEN)])
def move_here(case: UUID, visit: VisitDep, form: FormDep) -> Response:
    chosen = frozenset(int(text) for text in form.values.get("cancel", ()) if text.isdecimal() and len(text) < 10)
    wanted = _modify(chosen, form.get("start"))
    version = form.get("version")
    with visit.uow.begin() as tx:
        seen = int(version) if version.isdecimal() and len(version) < 10 else None
        operating.move(tx, _hand(visit, form), CaseId(case), wanted, seen)
    return frame.go(visit, f"/cases/{case}")


def _move_page(visit: Visit, case_id: CaseId, chosen: frozenset[int], start: str) -> Response:
    refused, shown = "", None
    with visit.uow.view() as tx:
        view = queries.case_view(tx, visit.services.visibility, visit.subject, case_id)
        words = wording.of_case(tx, visit, case_id)
        tokens = by_hand.tokens(tx, visit.services.runtime, case_id)
        preview = None
        if chosen or start:
            try:
                preview = operating.preview(tx, _hand(visit, Form()), case_id, _modify(chosen, start))
                shown = _shown(words, preview)
            except Refusal as why:
                problem = problem_of(why, visit.language)
                refused = f"{problem.title} {problem.detail}".strip()
        return frame.show(
            visit,
            "move.html",
            reference=view.reference,
            title=words.title,
            url=f"{frame.base_of(visit)}/cases/{case_id}",
            tokens=[_standing(visit, words, one, chosen) for one in tokens if not one.listens],
            choices=_choices(words, tokens, start),
            chosen=sorted(chosen),
            start=start,
            shown=shown,
            refused=refused,
            version=by_hand.version(tx, case_id),
            diagrams=_drawn(visit, words, case_id, tokens, preview),
            queues=staff_rail.queues(tx, visit),
        )


def _modify(chosen: frozenset[int], start: str) -> Modify:
    process, _, element = start.partition(":")
    started = (StartBefore(element, bundle=process),) if element else ()
    if not (chosen or started):
        raise NothingChosen(fields={"start": NothingChosen.title})
    return Modify(tuple(TokenId(token) for token in sorted(chosen)), started)


def _standing(visit: Visit, words: Wording, one: StandingToken, chosen: frozenset[int]) -> Standing:
    return Standing(
        token=one.token,
        words=_named(words, one.place),
        waits_for=visit.language.gettext(WAITS_FOR.get(one.waits_for, "")),
        chosen=one.token in chosen,
    )


def _choices(words: Wording, tokens: Sequence[StandingToken], start: str) -> list[Choice]:
    """Elements of the processes that run in the case."""
    running = dict.fromkeys([next(iter(words.bundles)), *(one.place.bundle for one in tokens)])
    found = [
        (key, element)
        for key in running
        for element in words.bundles[key].model.elements.values()
        if element.type in STARTABLE and not element.event_subprocess
    ]
    named = [(f"{key}:{one.id}", words.step(key, one.id, one.name)) for key, one in found]
    return [Choice(value, text, value == start) for value, text in sorted(named, key=lambda one: one[1].casefold())]


def _shown(words: Wording, preview: Preview) -> Shown:
    def names(places: Sequence[Place]) -> list[str]:
        return [_named(words, place) for place in places]

    return Shown(
        gone=names(preview.gone),
        standing=names(preview.standing),
        tasks=names(preview.tasks),
        calls=names(preview.calls),
        messages=preview.messages,
        stuck=[(_named(words, one.place), one.cause.said(words.language.gettext)) for one in preview.stuck],
        ends="" if preview.ends is None else _named(words, preview.ends),
    )


def _named(words: Wording, place: Place) -> str:
    return words.step(place.bundle, place.element, place.name)


def _drawn(
    visit: Visit, words: Wording, case_id: CaseId, tokens: Sequence[StandingToken], preview: Preview | None
) -> list[Drawn]:
    """Where the case stands, or would stand; what would be gone is marked as failed is."""
    standing = preview.standing if preview else [one.place for one in tokens if not one.listens]
    gone = preview.gone if preview else ()
    address = f"{frame.base_of(visit)}/cases/{case_id}/diagram"
    own = next(iter(words.bundles))
    keys = dict.fromkeys([own, *(place.bundle for place in (*standing, *gone))])
    return [
        Drawn(
            title=words.texts[key].title,
            xml=f"{address}/{key}",
            active=tuple(place.element for place in standing if place.bundle == key),
            done=(),
            failed=tuple(place.element for place in gone if place.bundle == key),
            words=diagrams.in_words(words, key, [place.element for place in standing if place.bundle == key]),
        )
        for key in keys
    ]


def _stalled(tx: Transaction, visit: Visit) -> Sequence[CaseId]:
    return [CaseId(case.id) for case in waits.stalled(tx, visit.services.visibility, visit.subject)]


def _suspended(tx: Transaction, visit: Visit) -> Sequence[CaseId]:
    return queries.suspended(tx, visit.services.visibility, visit.subject)


def _halted(tx: Transaction, visit: Visit, case_ids: Sequence[CaseId]) -> list[Halted]:
    words = wording.of_cases(tx, visit, case_ids)
    views = [queries.case_view(tx, visit.services.visibility, visit.subject, case_id) for case_id in case_ids]
    base = frame.base_of(visit)
    return [Halted(one.reference, words[one.id].title, f"{base}/cases/{one.id}", one.suspended_at) for one in views]


def _hand(visit: Visit, form: Form) -> Hand:
    return Hand(visit.services.desk, visit.subject, visit.door, visit.now, form.get("reason"))
