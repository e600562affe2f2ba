"""History: what a case tells about itself, append-only; content about a person stands apart from the facts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from akta.subjects import Actor
from bpmn.values import Value, plain
from storage.cases import Case, CaseState, HistoryEntry
from storage.unit_of_work import Transaction
from workflows import recorded
from workflows.engine.commands import (
    Cancel,
    Command,
    CompleteCall,
    CompleteTask,
    Deliver,
    DeliverSignal,
    FinishParts,
    FireTimer,
    Modify,
    Reschedule,
    Retry,
    SetVariables,
    SkipToken,
    Start,
    StartPart,
    ThrowError,
)
from workflows.engine.outcome import Outcome, Place, Step, StoppedToken


@dataclass(frozen=True)
class Telling:
    """One thing worth telling. `personal` is about the person of the case, or about `person` where that is set."""

    kind: str
    element: str = ""
    process: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, Any] | None = None
    person: UUID | None = None
    command: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Evidence:
    """What the caller of a step knows beyond the command: facts for `data`, answers for `personal`."""

    data: Mapping[str, Any] = field(default_factory=dict)
    personal: Mapping[str, Any] | None = None
    element: str = ""
    process: str = ""
    kind: str = ""
    """What the act is called, where the command alone does not say it."""


def answers(values: Mapping[str, Value]) -> Mapping[str, Any]:
    """Answers of a form as they are kept in `personal`: readable, decimals and dates as text."""
    return {"answers": plain(values)}


ACTS: Mapping[type[Command], str] = {
    Start: "case-started",
    CompleteTask: "task-completed",
    CompleteCall: "call-completed",
    ThrowError: "error-thrown",
    FireTimer: "timer-fired",
    Deliver: "message-received",
    DeliverSignal: "signal-received",
    Retry: "step-retried",
    SetVariables: "variables-set",
    SkipToken: "step-skipped",
    Modify: "tokens-moved",
    Reschedule: "timers-moved",
    StartPart: "part-started",
    FinishParts: "parts-finished",
    Cancel: "case-cancelled",
}

_TOLD: Mapping[str, Mapping[str, str]] = {
    "userTask": {"entered": "task-opened", "completed": "task-completed", "cancelled": "task-cancelled"},
    "serviceTask": {"completed": "call-completed", "cancelled": "call-cancelled"},
    "sendTask": {"completed": "call-completed", "cancelled": "call-cancelled"},
    "receiveTask": {"entered": "event-awaited", "completed": "event-happened"},
    "intermediateCatchEvent": {"entered": "event-awaited", "completed": "event-happened"},
    "intermediateThrowEvent": {"completed": "event-happened"},
    "boundaryEvent": {"caught": "event-happened"},
    "startEvent": {"caught": "event-happened"},
    "callActivity": {"entered": "process-called", "completed": "process-returned", "cancelled": "process-cancelled"},
    "endEvent": {"completed": "end-reached"},
    "manualTask": {"completed": "step-done"},
}
"""Which steps are told, by BPMN local name and what happened. Gateways and scripts are not.

What an event on a border caught is told when it is caught; that it then passed on would say the same again.
"""


def tell(tx: Transaction, case: Case, tellings: Sequence[Telling], by: Actor, now: datetime) -> None:
    """Append to the history of a case whose row this transaction has locked."""
    if tellings:
        tx.changed.add(case.id)
        tx.add(*entries(case, tx.locked(CaseState, case.id), tellings, by, now))


def entries(
    case: Case, state: CaseState, tellings: Sequence[Telling], by: Actor, now: datetime
) -> Iterator[HistoryEntry]:
    """The next lines of a case's history, which `state` counts."""
    for telling in tellings:
        state.told += 1
        yield _entry(case, state.told, telling, by, now)


def _entry(case: Case, number: int, telling: Telling, by: Actor, now: datetime) -> HistoryEntry:
    return HistoryEntry(
        case_id=case.id,
        number=number,
        at=now,
        kind=telling.kind,
        element=telling.element,
        process=telling.process,
        actor_kind=by.kind.value,
        actor_account=by.account,
        actor_name=by.name,
        actor_role=by.role,
        on_behalf_of=by.on_behalf_of,
        door=by.door.value,
        reason=by.reason,
        data=dict(telling.data),
        person_id=telling.person or case.person_id,
        personal=None if telling.personal is None else dict(telling.personal),
        command=telling.command,
    )


def of_step(command: Command, outcome: Outcome, evidence: Evidence) -> list[Telling]:
    """What one command and its outcome tell, in order: the act itself first, then what followed from it."""
    token = getattr(command, "token", None)
    act = _act(command, outcome, evidence)
    followed = [told for step in outcome.steps if (told := _step(step, token)) is not None]
    stopped = [_stopped(stop) for stop in outcome.stopped]
    sent = [Telling("message-sent", data={"message": thrown.message}) for thrown in outcome.thrown]
    sent += [Telling("signal-sent", data={"signal": thrown.signal}) for thrown in outcome.thrown_signals]
    ended = [] if outcome.ended is None else [_at("case-ended", outcome.ended)]
    return [act, *followed, *sent, *stopped, *ended]


def _act(command: Command, outcome: Outcome, evidence: Evidence) -> Telling:
    token = getattr(command, "token", None)
    own = (step.place for step in outcome.steps if step.token == token and step.kind in ("completed", "caught"))
    place = next(own, None) if token is not None else None
    data = dict(evidence.data)
    if isinstance(command, ThrowError):
        data["code"] = command.code
    if place is not None:
        data.setdefault("name", place.name)
    given = recorded.given(command)
    personal = {**(evidence.personal or {}), **({recorded.GIVEN: given} if given else {})}
    return Telling(
        evidence.kind or ACTS[type(command)],
        element=evidence.element or (place.element if place else ""),
        process=evidence.process or (place.bundle if place else ""),
        data=data,
        personal=personal or None,
        command=recorded.facts(command),
    )


def _step(step: Step, acted: int | None) -> Telling | None:
    if step.kind == "decided":
        return _decision(step)
    if step.token == acted and step.kind in ("completed", "caught"):
        return None
    kind = _TOLD.get(step.place.type, {}).get(step.kind)
    error = {"error": step.data["error"]} if "error" in step.data else {}
    return None if kind is None else _at(kind, step.place, error)


def _decision(step: Step) -> Telling:
    """The table and its rules are facts; what went in and came out may be about a person."""
    content = {"inputs", "outputs", "value", "output", "result"}
    facts = {key: found for key, found in step.data.items() if key not in content}
    personal = {key: found for key, found in step.data.items() if key in content}
    place = step.place
    return Telling("decided", place.element, place.bundle, {"name": place.name, **facts}, personal or None)


def _stopped(stop: StoppedToken) -> Telling:
    return _at("incident-opened", stop.place, {"cause": str(stop.cause), "told": stop.cause.packed()})


def _at(kind: str, place: Place, data: Mapping[str, Any] | None = None) -> Telling:
    return Telling(kind, place.element, place.bundle, {"name": place.name, **(data or {})})
