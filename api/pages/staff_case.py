"""What staff see of cases: the list, one case whole, what has stopped, and the counters of the rail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from akta.ids import CaseId
from api.pages import choices, chronicle, clocks, diagrams, failed_cases, frame, papers, tracking, waiting, wording
from api.pages.choices import ChoiceForm
from api.pages.chronicle import Told as Chronicled
from api.pages.clocks import ClockForm
from api.pages.diagrams import Drawn
from api.pages.failed_cases import Failed
from api.pages.papers import Paper
from api.pages.tracking import Letter
from api.pages.waiting import Told
from api.pages.wording import STAFF_STATES, STOPPED, SUSPENDED, Tag
from api.visits import Visit
from documents import store
from people import offices
from people.offices import Office
from storage.unit_of_work import Transaction
from workflows import queries, waits
from workflows.queries import CaseView
from workflows.waits import Kind

PAGE = 50


@dataclass(frozen=True)
class CaseRow:
    url: str
    reference: str
    title: str
    person: str
    received_at: datetime
    due_at: datetime | None
    closed: bool
    tone: str
    icon: str
    state: str


@dataclass(frozen=True)
class CaseRows:
    cases: tuple[CaseRow, ...]
    older: str


@dataclass(frozen=True)
class Wait:
    """Something the case waits for, in words; `url` is where the visitor can end the wait."""

    words: str
    act: str
    url: str
    until: datetime | None
    since: datetime | None
    beside: bool
    halted: bool
    """The clock does not run: it was stopped, or its case was suspended."""


@dataclass(frozen=True)
class Whole:
    """One case as its page for staff shows it."""

    reference: str
    title: str
    person: str
    received_at: datetime
    channel: str
    tone: str
    icon: str
    state: str
    ended: str
    moving: bool
    url: str
    open: bool
    suspended: bool
    office: str
    offices: Sequence[Office]
    incidents: tuple[Failed, ...]
    waits: tuple[Wait, ...]
    choices: tuple[ChoiceForm, ...]
    clocks: tuple[ClockForm, ...]
    grounds: Mapping[str, str]
    diagrams: tuple[Drawn, ...]
    documents: tuple[Paper, ...]
    messages: tuple[Letter, ...]
    history: tuple[Chronicled, ...]


def rows(tx: Transaction, visit: Visit, search: str, before: CaseId | None) -> CaseRows:
    found = queries.cases(tx, visit.services.visibility, visit.subject, search=search, before=before, limit=PAGE + 1)
    words = wording.of_cases(tx, visit, (view.id for view in found[:PAGE]))
    base = frame.base_of(visit)
    older = f"{base}/cases?before={found[PAGE - 1].id}" if len(found) > PAGE else ""
    return CaseRows(tuple(_row(visit, view, words[view.id].title) for view in found[:PAGE]), older)


def whole(tx: Transaction, visit: Visit, case_id: CaseId) -> Whole:
    """
    Raises:
        NotFound: there is no such case, or it is not the visitor's to see.
    """
    services = visit.services
    view = queries.case_view(tx, services.visibility, visit.subject, case_id)
    words = wording.of_case(tx, visit, case_id)
    lines, told = queries.history(tx, case_id), waiting.told(tx, visit, case_id, waiting.register_of(visit.subject))
    failed = frozenset(one.element for one in told if one.reason.kind is Kind.INCIDENT)
    state = _state(view, bool(failed))
    url = f"{frame.base_of(visit)}/cases/{case_id}"
    calls = any(one.reason.kind is Kind.CALL for one in told)
    standing = queries.standing(tx, case_id)
    documents = store.of_case(tx, services.visibility, visit.subject, case_id)
    places = offices.listed(tx)
    return Whole(
        reference=view.reference,
        title=words.title,
        person=view.person,
        received_at=view.received_at,
        channel=visit.language.gettext(wording.CHANNELS.get(view.channel, "")),
        tone=state.tone,
        icon=state.icon,
        state=visit.language.gettext(state.words),
        ended=words.outcome(view.outcome or "").title,
        moving=calls and view.suspended_at is None,
        url=url,
        open=view.state != "closed",
        suspended=view.suspended_at is not None,
        office=view.office,
        offices=places,
        incidents=tuple(failed_cases.of_case(tx, visit, case_id)),
        waits=tuple(_wait(visit, one) for one in told if one.reason.kind not in (Kind.INCIDENT, Kind.SUSPENDED)),
        choices=() if view.suspended_at else tuple(choices.forms(tx, visit, words, case_id, url)),
        clocks=tuple(clocks.forms(visit, told, url)),
        grounds=clocks.grounds(tx, visit),
        diagrams=tuple(diagrams.of_case(words, f"{url}/diagram", standing, lines, failed)),
        documents=tuple(papers.listed(visit, words, documents)),
        messages=tuple(tracking.letters(queries.messages(tx, case_id))),
        history=tuple(chronicle.tell(lines, words)),
    )


def _state(view: CaseView, failed: bool) -> Tag:
    """Halted goes before failed, failed before what the case says of itself."""
    if view.suspended_at is not None:
        return SUSPENDED
    return STOPPED if failed else STAFF_STATES[view.state]


def _row(visit: Visit, view: CaseView, title: str) -> CaseRow:
    state = _state(view, failed=False)
    return CaseRow(
        url=f"{frame.base_of(visit)}/cases/{view.id}",
        reference=view.reference,
        title=title,
        person=view.person,
        received_at=view.received_at,
        due_at=view.due_at,
        closed=view.state == "closed",
        tone=state.tone,
        icon=state.icon,
        state=visit.language.gettext(state.words),
    )


def _wait(visit: Visit, one: Told) -> Wait:
    mine = one.unblock is not None and one.reason.act is waits.Act.COMPLETE_TASK
    return Wait(
        words=one.words,
        act=one.unblock.words if one.unblock and mine else "",
        url=f"{frame.base_of(visit)}/tasks/{one.reason.target}" if mine else "",
        until=one.until if one.reason.kind is Kind.TASK else None,
        since=one.since,
        beside=one.beside,
        halted=one.clock in ("stopped", "suspended"),
    )
