"""Following a case: what is done, what happens now, what comes next, and the one thing to do, if there is one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from akta.ids import CaseId
from akta.languages import N_
from api.pages import frame, happenings, papers, waiting, wording
from api.pages.happenings import Happening
from api.pages.papers import Paper
from api.pages.waiting import Register
from api.pages.wording import Wording
from api.visits import Visit
from documents import store
from people import groups
from storage.cases import Case
from storage.documents import MessageRow
from storage.unit_of_work import Transaction
from tasks import inbox, withdraw
from tasks.inbox import Row
from workflows import queries, waits
from workflows.queries import CaseView, Line, Standing
from workflows.waits import Kind, Reason

_REACHED = frozenset({"task-completed", "event-happened", "message-received"})


@dataclass(frozen=True)
class Step:
    """A place on the line: `state` is done, now, next or stopped."""

    state: str
    title: str
    at: datetime | None = None
    until: datetime | None = None
    note: str = ""


@dataclass(frozen=True)
class Box:
    """The one box on top: `kind` is need, sign-in, wait or closed."""

    kind: str
    title: str = ""
    words: str = ""
    until: datetime | None = None
    url: str = ""
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Letter:
    subject: str
    body: str
    at: datetime


@dataclass(frozen=True)
class Tracked:
    """Everything the tracking page says. `moving`: the system is at work, so the page looks again by itself."""

    url: str
    reference: str
    title: str
    received_at: datetime
    moving: bool
    box: Box
    why: tuple[str, ...]
    """Why it waits, where that is not the applicant's to end."""
    steps: tuple[Step, ...]
    documents: tuple[Paper, ...]
    messages: tuple[Letter, ...]
    happened: tuple[Happening, ...]
    withdraw_url: str


def track(tx: Transaction, visit: Visit, case_id: CaseId) -> Tracked:
    """
    Raises:
        NotFound: there is no such case, or it is not the visitor's to see.
    """
    services = visit.services
    view = queries.case_view(tx, services.visibility, visit.subject, case_id)
    words = wording.of_case(tx, visit, case_id)
    tasks = inbox.of_case(tx, visit.frame, case_id)
    lines, standing = queries.history(tx, case_id), queries.standing(tx, case_id)
    told = waiting.told(tx, visit, case_id, Register.APPLICANT)
    url = f"{frame.base_of(visit)}/cases/{case_id}"
    offered = withdraw.offered(tx, services.desk, visit.subject, tx.get(Case, case_id))
    rows = store.of_case(tx, services.visibility, visit.subject, case_id)
    mails = queries.messages(tx, case_id)
    reasons = waits.reasons(tx, case_id, visit.now)
    return Tracked(
        url=url,
        reference=view.reference,
        title=words.title,
        received_at=view.received_at,
        moving=any(one.kind == Kind.CALL for one in told) and view.suspended_at is None,
        box=_box(visit, view, words, tasks, standing),
        why=tuple(one.words for one in told if one.kind != Kind.TASK or not tasks),
        steps=tuple(_steps(visit, view, words, lines, standing, tasks, reasons)),
        documents=tuple(papers.listed(visit, words, rows)),
        messages=tuple(letters(mails)),
        happened=tuple(happenings.told(words, lines, rows, mails)),
        withdraw_url=f"{url}/withdrawal" if offered else "",
    )


def letters(rows: Sequence[MessageRow]) -> list[Letter]:
    """The mails of a case, newest first; of secret ones only the subject."""
    return [Letter(row.subject, _body(row.personal), row.sent_at) for row in reversed(rows)]


def _body(personal: Mapping[str, Any] | None) -> str:
    return str((personal or {}).get("body", ""))


def _box(visit: Visit, view: CaseView, words: Wording, tasks: Sequence[Row], standing: Sequence[Standing]) -> Box:
    if view.state == "closed":
        ended = words.outcome(view.outcome or "")
        title = ended.title or visit.language.gettext(N_("This case is closed"))
        return Box("closed", title, ended.text, tone="tone-info", icon="circle-check")
    if view.suspended_at is not None:
        return Box("wait")
    if not tasks:
        here = (words.element(one.bundle, one.element) for one in standing)
        first = next((text for text in here if text.sign_in or text.elsewhere), None)
        if first is None:
            return Box("wait")
        url = _sign_in(visit) if first.sign_in else ""
        return Box("sign-in", first.sign_in or first.elsewhere, first.applicant, url=url)
    task = tasks[0]
    return Box(
        "need",
        title=words.step(task.bundle, task.element, task.name),
        words=words.element(task.bundle, task.element).applicant,
        until=task.due_at,
        url=f"{frame.base_of(visit)}/tasks/{task.id}",
    )


def _sign_in(visit: Visit) -> str:
    """The way to sign in, for who has not."""
    return "" if visit.subject.account else f"{frame.base_of(visit)}/sign-in"


def _steps(
    visit: Visit,
    view: CaseView,
    words: Wording,
    lines: Sequence[Line],
    standing: Sequence[Standing],
    tasks: Sequence[Row],
    reasons: Sequence[Reason],
) -> list[Step]:
    _ = visit.language.gettext
    received = Step("done", _(N_("We received it")), at=view.received_at)
    here = {(one.bundle, one.element) for one in standing}
    done = [received, *_done(words, lines, here)]
    if view.state == "closed":
        ended = words.outcome(view.outcome or "")
        return [*done, Step("stopped", ended.title or _(N_("This case is closed")), at=view.closed_at)]
    now = _now(visit, words, here, tasks, reasons)
    following = dict.fromkeys(text for one in sorted(here) if (text := words.element(*one).next))
    return [*done, *now, *(Step("next", text) for text in following)]


def _done(words: Wording, lines: Sequence[Line], here: set[tuple[str, str]]) -> list[Step]:
    """What was reached, each step once, with the day it was last done; only steps the texts tell applicants about."""
    reached: dict[tuple[str, str], datetime] = {}
    for line in lines:
        place = (line.process, line.element)
        if line.kind in _REACHED and place not in here and words.element(*place).applicant:
            reached.pop(place, None)
            reached[place] = line.at
    return [Step("done", words.step(*place), at=at) for place, at in reached.items()]


def _now(
    visit: Visit, words: Wording, here: set[tuple[str, str]], tasks: Sequence[Row], reasons: Sequence[Reason]
) -> list[Step]:
    """What goes on: who acts, and until when."""
    _ = visit.language.gettext
    own = {(task.bundle, task.element) for task in tasks}
    waited = {(reason.process, reason.element): reason for reason in reasons if not reason.beside}
    found: dict[str, Step] = {}
    for place in sorted(here, key=lambda one: one not in own):
        said = words.element(*place)
        if not said.applicant:
            continue
        yours, reason = place in own or bool(said.sign_in or said.elsewhere), waited.get(place)
        note = _(N_("This is for you to do.")) if yours else _with_us(visit, reason)
        until = _until(reason)
        found.setdefault(said.applicant, Step("now", said.applicant, until=until, note=note))
    return list(found.values()) or [Step("now", _(N_("We are working on it")), note=_(N_("This is with us.")))]


def _with_us(visit: Visit, reason: Reason | None) -> str:
    """Which part of the office acts; a day that is over is said to be."""
    _ = visit.language.gettext
    who = [_(groups.NAMES[name]) for name in reason.groups if name in groups.NAMES] if reason is not None else []
    said = _(N_("This is with us: %(who)s.")) % {"who": ", ".join(who)} if who else _(N_("This is with us."))
    late = reason is not None and reason.clock is not None and reason.clock.due_at < visit.now
    return f"{said} {_(N_('It takes longer than we planned.'))}" if late else said


def _until(reason: Reason | None) -> datetime | None:
    """Until when somebody acts. When a call is tried again is nobody's date."""
    dated = reason is not None and reason.kind in (Kind.TASK, Kind.TIMER)
    return reason.clock.due_at if dated and reason is not None and reason.clock is not None else None
