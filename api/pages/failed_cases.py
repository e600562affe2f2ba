"""What has failed, as a list with filters and one by one, and what can be done about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

import orjson
from fastapi import APIRouter, Query
from pydantic import JsonValue
from starlette.responses import Response

from akta.errors import Invalid
from akta.ids import CaseId, IncidentId
from akta.languages import N_
from api.dependencies import FormDep, VisitDep, needs
from api.pages import frame, staff_rail, wording
from api.pages.wording import Wording
from api.problems import problem_of
from api.rest.values import of_json
from api.uploads import Form
from api.visits import Visit
from bpmn.values import Value, plain
from people import rights
from people.rights import Act
from storage.unit_of_work import Transaction
from tasks import operating
from tasks.operating import Hand
from workflows import deployments, failures
from workflows.failures import Failure, Wanted

router = APIRouter()

PAGE = 50
KINDS: Mapping[str, str] = {
    "call": N_("call of a system"),
    "timer": N_("clock"),
    "message": N_("message"),
    "step": N_("step of the process"),
}
RESOLUTIONS: Mapping[str, str] = {
    "retried": N_("tried again"),
    "skipped": N_("skipped"),
    "answered": N_("answered by hand"),
    "passed": N_("the case went another way"),
}


class NotReadable(Invalid):
    """The values are no JSON object."""

    title = N_("The values cannot be read. Keep the form of the text as it was and change only what stands between.")


@dataclass(frozen=True)
class Failed:
    """A step that failed; the addresses are empty for who may not go there."""

    id: str
    step: str
    kind: str
    cause: str
    at: datetime
    reference: str
    title: str
    url: str
    case_url: str
    retry_url: str
    version: int
    attempts: int
    resolved_at: datetime | None
    resolution: str
    resolved_by: str
    is_call: bool


@dataclass(frozen=True)
class Pile:
    words: str
    kind: str
    count: int
    url: str


@dataclass(frozen=True)
class Way:
    """A way out of a gateway that may be skipped."""

    flow: str
    words: str


def of_case(tx: Transaction, visit: Visit, case_id: CaseId) -> list[Failed]:
    found = failures.opened(tx, visit.services.visibility, visit.subject, Wanted(case_id=case_id, limit=20))
    words = wording.of_case(tx, visit, case_id)
    return [_failed(visit, one, words) for one in found]


def listed(tx: Transaction, visit: Visit, wanted: Wanted) -> list[Failed]:
    found = failures.opened(tx, visit.services.visibility, visit.subject, wanted)
    words = wording.of_cases(tx, visit, (one.case_id for one in found))
    return [_failed(visit, one, words[one.case_id]) for one in found]


def piles(tx: Transaction, visit: Visit) -> list[Pile]:
    """Where most has failed, in words."""
    _ = visit.language.gettext
    return [
        Pile(
            words=_named(tx, visit, one.process, one.element),
            kind=_(KINDS.get(one.kind, "")),
            count=one.count,
            url=f"{frame.base_of(visit)}/incidents?{urlencode({'process': one.process, 'element': one.element})}",
        )
        for one in failures.piles(tx, visit.services.visibility, visit.subject)
    ]


@router.get("/{tenant}/incidents", dependencies=[needs(Act.SEE_INCIDENTS)])
def incidents_page(
    visit: VisitDep,
    process: Annotated[str, Query(max_length=80)] = "",
    element: Annotated[str, Query(max_length=120)] = "",
    kind: Annotated[str, Query(max_length=10)] = "",
    cause: Annotated[str, Query(max_length=200)] = "",
    after: Annotated[UUID | None, Query()] = None,
) -> Response:
    wanted = Wanted(None, process, element, kind, cause, IncidentId(after) if after else None, PAGE + 1)
    asked = {"process": process, "element": element, "kind": kind, "cause": cause}
    with visit.uow.view() as tx:
        found = listed(tx, visit, wanted)
        heaps = piles(tx, visit)
        queues = staff_rail.queues(tx, visit)
    older = ""
    if len(found) > PAGE:
        older = f"{frame.base_of(visit)}/incidents?{urlencode({**asked, 'after': found[PAGE - 1].id})}"
    kinds = {key: visit.language.gettext(words) for key, words in KINDS.items()}
    return frame.show(
        visit,
        "incidents.html",
        incidents=found[:PAGE],
        piles=heaps,
        asked=asked,
        kinds=kinds,
        older=older,
        handled=None,
        queues=queues,
    )


@router.post("/{tenant}/incidents/retry", dependencies=[needs(Act.RETRY_INCIDENT)])
def retry_several(visit: VisitDep, form: FormDep) -> Response:
    """Let what was ticked run again, each for itself."""
    chosen = [IncidentId(which) for text in form.values.get("incident", ()) if (which := _uuid(text)) is not None]
    done = list(operating.retry_all(visit.uow, _hand(visit, form), chosen))
    refused = [problem_of(one.refused, visit.language).title for one in done if one.refused is not None]
    with visit.uow.view() as tx:
        found, heaps = listed(tx, visit, Wanted(limit=PAGE)), piles(tx, visit)
        queues = staff_rail.queues(tx, visit)
    return frame.show(
        visit,
        "incidents.html",
        incidents=found,
        piles=heaps,
        asked=dict.fromkeys(("process", "element", "kind", "cause"), ""),
        kinds={key: visit.language.gettext(words) for key, words in KINDS.items()},
        older="",
        handled={"done": len(done) - len(refused), "refused": refused},
        queues=queues,
    )


@router.get("/{tenant}/incidents/{incident}", dependencies=[needs(Act.SEE_INCIDENTS)])
def incident_page(incident: UUID, visit: VisitDep) -> Response:
    """One failure whole: cause, the values involved, what can be done."""
    with visit.uow.view() as tx:
        one = failures.one(tx, visit.services.visibility, visit.subject, IncidentId(incident))
        words = wording.of_case(tx, visit, one.case_id)
        values = _values(tx, visit, IncidentId(incident))
        queues = staff_rail.queues(tx, visit)
    return frame.show(
        visit,
        "incident.html",
        incident=_failed(visit, one, words),
        values=values,
        ways=_ways(words, one),
        may_move=rights.allowed(visit.subject, Act.MOVE_TOKEN),
        queues=queues,
    )


@router.post("/{tenant}/incidents/{incident}/retry", dependencies=[needs(Act.RETRY_INCIDENT)])
def retry_here(incident: UUID, visit: VisitDep, form: FormDep) -> Response:
    with visit.uow.begin() as tx:
        operating.retry(tx, _hand(visit, form), IncidentId(incident), version=_version(form))
    return frame.back(visit, form.get("to"), "/incidents")


@router.post("/{tenant}/incidents/{incident}/edit", dependencies=[needs(Act.MOVE_TOKEN)])
def edit_and_retry_here(incident: UUID, visit: VisitDep, form: FormDep) -> Response:
    with visit.uow.begin() as tx:
        operating.retry(tx, _hand(visit, form), IncidentId(incident), _read(visit, form), _version(form))
    return frame.go(visit, "/incidents")


@router.post("/{tenant}/incidents/{incident}/skip", dependencies=[needs(Act.MOVE_TOKEN)])
def skip_here(incident: UUID, visit: VisitDep, form: FormDep) -> Response:
    with visit.uow.begin() as tx:
        flow = form.get("flow")
        operating.skip(tx, _hand(visit, form), IncidentId(incident), {}, flow, _version(form))
    return frame.go(visit, "/incidents")


@router.post("/{tenant}/incidents/{incident}/answer", dependencies=[needs(Act.MOVE_TOKEN)])
def answer_here(incident: UUID, visit: VisitDep, form: FormDep) -> Response:
    with visit.uow.begin() as tx:
        operating.answer(tx, _hand(visit, form), IncidentId(incident), _read(visit, form), _version(form))
    return frame.go(visit, "/incidents")


def _failed(visit: Visit, one: Failure, words: Wording) -> Failed:
    base, _ = frame.base_of(visit), visit.language.gettext
    url = f"{base}/incidents/{one.id}"
    return Failed(
        id=str(one.id),
        step=words.step(one.process, one.element, words.anywhere(one.element)),
        kind=_(KINDS.get(one.kind, "")),
        cause=one.cause.said(_),
        at=one.created_at,
        reference=one.reference,
        title=words.title,
        url=url if rights.allowed(visit.subject, Act.SEE_INCIDENTS) else "",
        case_url=f"{base}/cases/{one.case_id}" if rights.allowed(visit.subject, Act.SEE_CASE) else "",
        retry_url=f"{url}/retry" if rights.allowed(visit.subject, Act.RETRY_INCIDENT) else "",
        version=one.version,
        attempts=one.attempts,
        resolved_at=one.resolved_at,
        resolution=_(RESOLUTIONS.get(one.resolution, "")),
        resolved_by=one.resolved_by,
        is_call=one.kind == "call",
    )


def _named(tx: Transaction, visit: Visit, process: str, element: str) -> str:
    """What the step is called in the active version of its process."""
    deployment = deployments.find_active(tx, process)
    return element if deployment is None else wording.of_deployment(tx, visit, deployment).step(process, element)


def _values(tx: Transaction, visit: Visit, incident: IncidentId) -> str | None:
    """The values involved as text that can be edited; None for who may not see them."""
    if not rights.allowed(visit.subject, Act.SEE_VARIABLES):
        return None
    hand = Hand(visit.services.desk, visit.subject, visit.door, visit.now)
    found = operating.variables_of(tx, hand, operating.failed(tx, hand, incident))
    return orjson.dumps(plain(dict(found)), option=orjson.OPT_INDENT_2).decode()


def _ways(words: Wording, one: Failure) -> Sequence[Way]:
    """The flows out of a gateway."""
    bundle = words.bundles.get(one.process)
    element = bundle.model.elements.get(one.element) if bundle else None
    if bundle is None or element is None or "Gateway" not in element.type:
        return ()
    return [
        Way(flow.id, flow.name or words.step(one.process, flow.target, words.anywhere(flow.target)))
        for flow in bundle.model.flows.values()
        if flow.source == one.element
    ]


def _read(visit: Visit, form: Form) -> Mapping[str, Value]:
    """Only what was changed, so that a value nobody touched keeps its kind."""
    given, before = _json(form.get("values") or "{}"), _json(form.get("before") or "{}")
    return of_json({key: value for key, value in given.items() if before.get(key, _ABSENT) != value}, visit.now)


_ABSENT = object()


def _json(text: str) -> dict[str, JsonValue]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as wrong:
        raise NotReadable(fields={"values": NotReadable.title}) from wrong
    if not isinstance(found, dict):
        raise NotReadable(fields={"values": NotReadable.title})
    return found


def _version(form: Form) -> int | None:
    text = form.get("version")
    return int(text) if text.isdecimal() and len(text) < 9 else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _hand(visit: Visit, form: Form) -> Hand:
    return Hand(visit.services.desk, visit.subject, visit.door, visit.now, form.get("reason"))
