"""Why a case waits, in the words of whoever asks: the applicant, a clerk, an operator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from akta.errors import Forbidden
from akta.ids import CaseId
from akta.languages import N_, Language, Sentence
from akta.subjects import Kind as SubjectKind
from akta.subjects import Subject
from api.pages import wording
from api.pages.wording import Wording
from api.visits import Visit
from people import groups, rights
from people.groups import SUPERVISION
from people.rights import Act
from storage.unit_of_work import Transaction
from storage.visibility import APPLICANT
from tasks import choices, inbox
from tasks.choices import Offered
from workflows import queries, waits
from workflows.waits import Clock, ClockState, Kind, Reason


class Register(StrEnum):
    """For whom a reason is put in words."""

    APPLICANT = "applicant"
    CLERK = "clerk"
    OPERATOR = "operator"


FOR_APPLICANTS: Mapping[Kind, str] = {
    Kind.TASK: N_("One of us is working on it."),
    Kind.CALL: N_("Our system is at work; that takes a moment."),
    Kind.TIMER: N_("We wait until %(day)s."),
    Kind.MESSAGE: N_("We wait for something to happen outside."),
    Kind.SIGNAL: N_("We wait for something to happen outside."),
    Kind.CONDITION: N_("Something else in your case has to happen first."),
    Kind.PARTS: N_("One of us is working on it."),
    Kind.DELIVERY: N_("Our system is at work; that takes a moment."),
    Kind.INCIDENT: N_("Something did not work on our side. We put it right; you don't have to do anything."),
    Kind.SUSPENDED: N_("We have paused your case. Its deadlines wait too; we write to you when it goes on."),
    Kind.BRANCHES: N_("One of us is working on it."),
    Kind.NOTHING: N_("Something did not work on our side. We put it right; you don't have to do anything."),
}
FOR_STAFF: Mapping[Kind, str] = {
    Kind.TASK: N_("%(step)s: waits for %(who)s"),
    Kind.CALL: N_("The system is at work: %(step)s"),
    Kind.TIMER: N_("%(step)s: on %(day)s"),
    Kind.MESSAGE: N_("Event: %(step)s"),
    Kind.SIGNAL: N_("Signal: %(step)s"),
    Kind.CONDITION: N_("%(step)s: goes on when its condition holds"),
    Kind.PARTS: N_("%(step)s: waits for %(who)s to begin a part"),
    Kind.DELIVERY: N_("An event is on its way to this case."),
    Kind.INCIDENT: N_("Stopped at: %(step)s"),
    Kind.SUSPENDED: N_("The case is suspended."),
    Kind.BRANCHES: N_("%(step)s: other parts have to be done first"),
    Kind.NOTHING: N_("Nothing can move this case any more: %(step)s"),
}
BESIDE: Mapping[Kind, str] = {
    Kind.TIMER: N_("If nothing else happens: %(step)s on %(day)s"),
    Kind.MESSAGE: N_("May come at any time: %(step)s"),
    Kind.SIGNAL: N_("May come at any time: %(step)s"),
    Kind.CONDITION: N_("As soon as its condition holds: %(step)s"),
    Kind.PARTS: N_("%(step)s: more parts can be begun"),
}
_WORDED = frozenset({Kind.TASK, Kind.MESSAGE, Kind.SIGNAL, Kind.CONDITION, Kind.PARTS, Kind.TIMER})
"""Of these a bundle may have words of its own for the applicant."""
STOPPED_CLOCK = N_("%(step)s: the clock is stopped (%(basis)s)")
STOPPED_FOR_APPLICANT = N_("The time for it is stopped: %(basis)s")
YOURS = N_("You need to: %(step)s")
ACTS: Mapping[waits.Act, str] = {
    waits.Act.COMPLETE_TASK: N_("Do the task"),
    waits.Act.RUN_CALL: N_("Make the call now"),
    waits.Act.SET_DUE: N_("Set another time"),
    waits.Act.START_CLOCK: N_("Let the clock run on"),
    waits.Act.SEND_MESSAGE: N_("Send the message"),
    waits.Act.SEND_SIGNAL: N_("Send the signal"),
    waits.Act.SET_VARIABLES: N_("Change the values"),
    waits.Act.START_PART: N_("Begin a part"),
    waits.Act.RETRY_INCIDENT: N_("Try again"),
    waits.Act.RESUME_CASE: N_("Resume the case"),
    waits.Act.MOVE_TOKEN: N_("Move it by hand"),
}
RIGHTS: Mapping[waits.Act, Act] = {
    waits.Act.RUN_CALL: Act.OPERATE_CASE,
    waits.Act.SET_DUE: Act.OPERATE_CASE,
    waits.Act.START_CLOCK: Act.KEEP_CLOCKS,
    waits.Act.SEND_MESSAGE: Act.SEND_MESSAGE,
    waits.Act.SEND_SIGNAL: Act.SEND_MESSAGE,
    waits.Act.SET_VARIABLES: Act.MOVE_TOKEN,
    waits.Act.RETRY_INCIDENT: Act.RETRY_INCIDENT,
    waits.Act.RESUME_CASE: Act.OPERATE_CASE,
    waits.Act.MOVE_TOKEN: Act.MOVE_TOKEN,
}


@dataclass(frozen=True, slots=True)
class Unblock:
    """What ends a wait: in words, and as a request of the REST interface."""

    act: str
    words: str
    method: str
    path: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Told:
    """A reason in words. `element` and `about` are for operators; `unblock` is there for who may do it."""

    kind: str
    words: str
    who: str
    since: datetime | None
    until: datetime | None
    left: timedelta | None
    clock: str
    beside: bool
    element: str
    process: str
    about: str
    unblock: Unblock | None
    reason: Reason


def register_of(subject: Subject, wished: str = "") -> Register:
    """The register a subject reads; staff may read a plainer one too.

    Raises:
        Forbidden: it is not for them.
    """
    own = Register.APPLICANT
    if subject.kind in (SubjectKind.STAFF, SubjectKind.MACHINE, SubjectKind.SYSTEM):
        operates = subject.kind is SubjectKind.MACHINE or SUPERVISION in subject.groups
        own = Register.OPERATOR if operates else Register.CLERK
    asked = Register(wished) if wished else own
    order = list(Register)
    if order.index(asked) > order.index(own):
        raise Forbidden(f"{subject.kind} does not read as {asked}")
    return asked


def told(tx: Transaction, visit: Visit, case_id: CaseId, register: Register) -> list[Told]:
    """Every reason why a case waits, in words; none that this register need not know.

    Raises:
        NotFound: there is no such case, or it is not the visitor's to see.
    """
    queries.case_view(tx, visit.services.visibility, visit.subject, case_id)
    words = wording.of_case(tx, visit, case_id)
    own = {row.id for row in inbox.of_case(tx, visit.frame, case_id)}
    found = waits.reasons(tx, case_id, visit.now)
    offered = choices.of_case(tx, visit.services.visibility, visit.subject, case_id)
    parts: dict[UUID | None, Sequence[Offered]] = {one.id: one.parts for one in offered}
    speaker = _Speaker(visit, words, register, case_id, frozenset(own), parts)
    lines = [speaker.say(reason) for reason in found if speaker.tells(reason, found)]
    return _once(lines) if register is Register.APPLICANT else lines


def _once(lines: Sequence[Told]) -> list[Told]:
    """Each sentence once: an applicant need not hear twice that we are at work."""
    return list({line.words: line for line in reversed(lines)}.values())[::-1]


@dataclass(frozen=True)
class _Speaker:
    visit: Visit
    words: Wording
    register: Register
    case_id: CaseId
    own: frozenset[object]
    """Ids of the tasks this visitor may open."""
    parts: Mapping[UUID | None, Sequence[Offered]]
    """Parts this visitor may begin, by the id of their choice."""

    def tells(self, reason: Reason, among: Sequence[Reason]) -> bool:
        if self.register is not Register.APPLICANT:
            return not reason.beside or self.register is Register.OPERATOR or reason.kind in (Kind.TIMER, Kind.PARTS)
        if reason.beside:
            return False
        return reason.kind is not Kind.BRANCHES or len(among) == 1

    def say(self, reason: Reason) -> Told:
        applicant = self.register is Register.APPLICANT
        operator = self.register is Register.OPERATOR
        clock = reason.clock if reason.kind in (Kind.TASK, Kind.TIMER, Kind.CALL) else None
        return Told(
            kind=reason.kind.value,
            words=self._plainly(reason) if applicant else self._shortly(reason),
            who="" if applicant else self._who(reason),
            since=reason.since,
            until=None if clock is None else clock.due_at,
            left=None if clock is None else clock.left,
            clock="" if clock is None else clock.state.value,
            beside=reason.beside,
            element="" if applicant else reason.element,
            process="" if applicant else reason.process,
            about=_said(reason.about, self._language) if operator else "",
            unblock=self._unblock(reason),
            reason=reason,
        )

    @property
    def _language(self) -> Language:
        return self.words.language

    def _plainly(self, reason: Reason) -> str:
        """For the applicant: no name that only the model knows."""
        _ = self._language.gettext
        said = self.words.element(reason.process, reason.element)
        if reason.kind is Kind.TASK and reason.audience == APPLICANT:
            return _(YOURS) % {"step": said.name or reason.name}
        if reason.clock is not None and reason.clock.state is ClockState.STOPPED:
            return _(STOPPED_FOR_APPLICANT) % {"basis": reason.clock.basis}
        if reason.kind in _WORDED and said.applicant:
            return said.applicant
        return _(FOR_APPLICANTS[reason.kind]) % {"day": self._day(reason.clock)}

    def _shortly(self, reason: Reason) -> str:
        sentence = BESIDE[reason.kind] if reason.beside else FOR_STAFF[reason.kind]
        stopped = reason.clock is not None and reason.clock.state is ClockState.STOPPED
        return self._language.gettext(STOPPED_CLOCK if stopped else sentence) % {
            "step": self._step(reason),
            "day": self._day(reason.clock),
            "who": self._who(reason),
            "basis": reason.clock.basis if reason.clock else "",
        }

    def _step(self, reason: Reason) -> str:
        if reason.process:
            return self.words.step(reason.process, reason.element, reason.name or self.words.anywhere(reason.element))
        return self.words.title

    def _day(self, clock: Clock | None) -> str:
        return "" if clock is None else self._language.day(clock.due_at)

    def _who(self, reason: Reason) -> str:
        _ = self._language.gettext
        if reason.assignee:
            return reason.assignee
        return ", ".join(_(groups.NAMES.get(name, wording.THE_APPLICANT)) for name in reason.groups)

    def _unblock(self, reason: Reason) -> Unblock | None:
        if not self._may(reason):
            return None
        method, path, body = self._request(reason)
        base = f"/api/v1/{self.visit.utility.code.lower()}"
        words = self._language.gettext(ACTS[reason.act])
        return Unblock(reason.act.value, words, method, f"{base}{path}", body)

    def _may(self, reason: Reason) -> bool:
        if reason.act is waits.Act.COMPLETE_TASK:
            return reason.target in self.own
        if reason.act is waits.Act.START_PART:
            return reason.target in self.parts
        return reason.act in RIGHTS and rights.allowed(self.visit.subject, RIGHTS[reason.act])

    def _request(self, reason: Reason) -> tuple[str, str, Mapping[str, object]]:
        case, target = f"/cases/{self.case_id}", reason.target
        match reason.act:
            case waits.Act.COMPLETE_TASK:
                return "POST", f"/tasks/{target}/completion", {}
            case waits.Act.RUN_CALL:
                return "POST", f"/jobs/{target}/run", {}
            case waits.Act.SET_DUE:
                return "PUT", f"{case}/deadlines/{target}", {"due_at": self.visit.now.isoformat(), "reason": ""}
            case waits.Act.START_CLOCK:
                return "POST", f"{case}/deadlines/{target}/resume", {"reason": ""}
            case waits.Act.SEND_MESSAGE:
                return "POST", "/messages", dict(reason.values)
            case waits.Act.SEND_SIGNAL:
                return "POST", "/signals", {"name": str(reason.about)}
            case waits.Act.SET_VARIABLES:
                return "PATCH", f"{case}/variables", {"variables": {}, "reason": ""}
            case waits.Act.START_PART:
                return "POST", f"{case}/choices/{target}/start", {"part": self.parts[target][0].element}
            case waits.Act.RETRY_INCIDENT:
                return "POST", f"/incidents/{target}/retry", {}
            case waits.Act.RESUME_CASE:
                return "POST", f"{case}/resume", {"reason": ""}
        return "POST", f"{case}/modify/preview", {"cancel": [], "start": []}


def _said(about: str | Sentence, language: Language) -> str:
    return about.said(language.gettext) if isinstance(about, Sentence) else about
