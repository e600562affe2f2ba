"""What staff see of cases: the list, one case whole, what has stopped, and the counters of the rail."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from akta.ids import CaseId
from akta.languages import N_
from akta.subjects import Kind
from api.pages import chronicle, diagrams, frame, papers, tracking, wording
from api.pages.addresses import query
from api.pages.chronicle import Told
from api.pages.diagrams import Drawn
from api.pages.papers import Paper
from api.pages.tracking import Letter
from api.pages.wording import STAFF_STATES, STOPPED, Wording
from api.render import Link
from api.visits import Visit
from documents import store
from people import groups, rights
from people.rights import Act
from storage.unit_of_work import Transaction
from tasks import inbox, saved_views
from tasks.inbox import Queue, Row
from workflows import queries
from workflows.queries import CaseView, OpenIncident, Waiting

PAGE = 50

QUEUES: tuple[tuple[Queue, str, str, str], ...] = (
    (Queue.LATE, N_("Late"), "triangle-alert", N_("Nothing is late")),
    (Queue.TODAY, N_("Due today"), "clock", N_("Nothing is due today")),
    (Queue.MINE, N_("Mine"), "user-check", N_("You have taken no task")),
    (Queue.GROUPS, N_("For my groups"), "users", N_("No task waits for your groups")),
    (Queue.APPLICANT, N_("With the applicant"), "hourglass", N_("No applicant has to do anything")),
)
THE_APPLICANT = N_("Applicant")
ALL_TASKS, NO_TASKS = N_("All tasks"), N_("No task is open")
WAITS = {
    "timer": N_("%(step)s: on %(day)s"),
    "message": N_("Event: %(step)s"),
    "call": N_("The system is at work: %(step)s"),
}


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
class Stopped:
    """A step that failed; `retry_url` is empty for who may not retry it."""

    step: str
    cause: str
    at: datetime
    reference: str = ""
    title: str = ""
    case_url: str = ""
    retry_url: str = ""


@dataclass(frozen=True)
class Wait:
    """Something the case waits for, in words."""

    words: str
    who: str
    url: str = ""
    due_at: datetime | None = None


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
    incidents: tuple[Stopped, ...]
    waits: tuple[Wait, ...]
    diagrams: tuple[Drawn, ...]
    documents: tuple[Paper, ...]
    messages: tuple[Letter, ...]
    history: tuple[Told, ...]


def queues(tx: Transaction, visit: Visit, current: Queue | None = None, view: UUID | None = None) -> tuple[Link, ...]:
    """The rail: queues with their true counters, then the lists that are kept."""
    if visit.subject.kind is not Kind.STAFF or not rights.allowed(visit.subject, Act.SEE_INBOX):
        return ()
    counted = inbox.counters(tx, visit.frame)
    base = frame.base_of(visit)
    own = (
        Link(
            url=f"{base}/inbox?queue={queue.value}",
            label=visit.language.gettext(label),
            icon=picture,
            current=queue is current,
            count=getattr(counted, queue.value),
            late=queue is Queue.LATE,
        )
        for queue, label, picture, _ in QUEUES
    )
    kept = (
        Link(
            url=f"{base}/inbox?{query(one.wanted, view=str(one.id))}",
            label=one.name,
            icon="users" if one.group else "star",
            current=one.id == view,
        )
        for one in saved_views.of(tx, visit.subject)
    )
    return (*own, *kept)


def rows(tx: Transaction, visit: Visit, search: str, before: CaseId | None) -> CaseRows:
    found = queries.cases(tx, visit.services.visibility, visit.subject, search=search, before=before, limit=PAGE + 1)
    words = wording.of_cases(tx, visit, (view.id for view in found[:PAGE]))
    base = frame.base_of(visit)
    older = f"{base}/cases?before={found[PAGE - 1].id}" if len(found) > PAGE else ""
    return CaseRows(tuple(_row(visit, view, words[view.id].title) for view in found[:PAGE]), older)


def stopped(tx: Transaction, visit: Visit) -> list[Stopped]:
    found = queries.open_incidents(tx, visit.services.visibility, visit.subject)
    words = wording.of_cases(tx, visit, (one.case_id for one in found))
    return [_stopped(visit, one, words[one.case_id]) for one in found]


def whole(tx: Transaction, visit: Visit, case_id: CaseId) -> Whole:
    """
    Raises:
        NotFound: there is no such case, or it is not the visitor's to see.
    """
    services = visit.services
    view = queries.case_view(tx, services.visibility, visit.subject, case_id)
    words = wording.of_case(tx, visit, case_id)
    lines, waiting = queries.history(tx, case_id), queries.waiting(tx, case_id)
    failed = frozenset(one.element for one in waiting if one.kind == "incident")
    state = STOPPED if failed else STAFF_STATES[view.state]
    address = f"{frame.base_of(visit)}/cases/{case_id}/diagram"
    standing = queries.standing(tx, case_id)
    documents = store.of_case(tx, services.visibility, visit.subject, case_id)
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
        moving=view.state != "closed" and any(one.kind == "call" for one in waiting),
        incidents=tuple(_of_case(tx, visit, words, case_id)),
        waits=tuple(_waits(tx, visit, words, case_id, waiting)),
        diagrams=tuple(diagrams.of_case(words, address, standing, lines, failed)),
        documents=tuple(papers.listed(visit, words, documents)),
        messages=tuple(tracking.letters(queries.messages(tx, case_id))),
        history=tuple(chronicle.tell(lines, words)),
    )


def _row(visit: Visit, view: CaseView, title: str) -> CaseRow:
    state = STAFF_STATES[view.state]
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


def _stopped(visit: Visit, one: OpenIncident, words: Wording) -> Stopped:
    base = frame.base_of(visit)
    return Stopped(
        step=words.anywhere(one.element),
        cause=one.cause,
        at=one.created_at,
        reference=one.reference,
        title=words.title,
        case_url=f"{base}/cases/{one.case_id}" if rights.allowed(visit.subject, Act.SEE_CASE) else "",
        retry_url=_retry(visit, one),
    )


def _retry(visit: Visit, one: OpenIncident) -> str:
    may = rights.allowed(visit.subject, Act.RETRY_INCIDENT)
    return f"{frame.base_of(visit)}/incidents/{one.id}/retry" if may else ""


def _of_case(tx: Transaction, visit: Visit, words: Wording, case_id: CaseId) -> list[Stopped]:
    found = queries.open_incidents(tx, visit.services.visibility, visit.subject, case_id=case_id)
    return [_stopped(visit, one, words) for one in found]


def _waits(tx: Transaction, visit: Visit, words: Wording, case_id: CaseId, waiting: Sequence[Waiting]) -> list[Wait]:
    """The open tasks, also those of groups the reader is not in, then timers, events and calls."""
    base, _ = frame.base_of(visit), visit.language.gettext
    own = {row.id for row in inbox.of_case(tx, visit.frame, case_id)}
    tasks = [
        Wait(
            words=words.step(row.bundle, row.element, row.name),
            who=row.assignee or who(visit, row),
            url=f"{base}/tasks/{row.id}" if row.id in own else "",
            due_at=row.due_at,
        )
        for row in inbox.all_of_case(tx, visit.frame, case_id)
    ]
    others = [
        Wait(
            words=_(WAITS[one.kind])
            % {
                "step": words.anywhere(one.element),
                "day": visit.language.day(one.due_at) if one.due_at else "",
            },
            who="",
        )
        for one in waiting
        if one.kind in WAITS and (one.kind != "message" or words.awaited(one.element))
    ]
    return tasks + others


def who(visit: Visit, row: Row) -> str:
    """Who may take a task that nobody has."""
    _ = visit.language.gettext
    return ", ".join(_(groups.NAMES.get(name, THE_APPLICANT)) for name in row.groups)
