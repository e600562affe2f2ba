"""Commands as history keeps them, so that a case can be run again: what is nobody's apart from what is personal."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from akta.ids import TokenId
from bpmn.values import Value, from_json, to_json
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
    StartBefore,
    StartPart,
    ThrowError,
)

GIVEN = "given"
"""The key, in the personal content of a line, of what its command was given."""
_NAMES: Mapping[type[Command], str] = {
    Start: "start",
    CompleteTask: "complete-task",
    CompleteCall: "complete-call",
    ThrowError: "throw-error",
    FireTimer: "fire-timer",
    Deliver: "deliver",
    DeliverSignal: "deliver-signal",
    Retry: "retry",
    SetVariables: "set-variables",
    SkipToken: "skip",
    Modify: "modify",
    StartPart: "start-part",
    FinishParts: "finish-parts",
    Reschedule: "reschedule",
    Cancel: "cancel",
}


class NotKept(ValueError):
    """What a line of history keeps is no command, or what it was given has been erased."""


def facts(command: Command) -> dict[str, Any]:
    """Which command it was, about which token: nothing personal."""
    told: dict[str, Any] = {"is": _NAMES[type(command)], "given": bool(given(command))}
    for name in ("token", "element", "code", "signal", "flow"):
        value = getattr(command, name, None)
        if value is not None and value != "":
            told[name] = value
    if isinstance(command, Reschedule):
        told["due"] = {str(token): due.isoformat() for token, due in command.due.items()}
    if isinstance(command, Modify):
        told["cancel"] = list(command.cancel)
        told["before"] = [[one.element, one.bundle, one.within] for one in command.start]
    return told


def given(command: Command) -> dict[str, Any]:
    """What the command was given; of a start nothing, for that is kept as what the case is begun with."""
    if isinstance(command, Modify):
        return {"before": [to_json(dict(one.variables)) for one in command.start]} if command.start else {}
    variables = {} if isinstance(command, Start) else dict(getattr(command, "variables", {}))
    found = {"variables": to_json(variables)} if variables else {}
    return {**found, "message": command.message} if isinstance(command, ThrowError) and command.message else found


def command(told: Mapping[str, Any], personal: Mapping[str, Any] | None, begun_with: Mapping[str, Value]) -> Command:
    """The command a line of history keeps.

    Args:
        told: its facts.
        personal: the personal content of the line.
        begun_with: what the case was begun with.

    Raises:
        NotKept: it is none, or what it was given is gone.
    """
    if told["given"] and GIVEN not in (personal or {}):
        raise NotKept("what it was given was erased")
    was = (personal or {}).get(GIVEN, {})
    values = _variables(was.get("variables"))
    token = TokenId(told["token"]) if "token" in told else None
    named = told["is"]
    if token is None:
        return _of_case(told, was, values, begun_with)
    if named in _PLAIN:
        return _PLAIN[named](token)
    if named in _WITH_VALUES:
        return _WITH_VALUES[named](token, values)
    match named:
        case "throw-error":
            return ThrowError(token, told.get("code", ""), was.get("message", ""), values)
        case "set-variables":
            return SetVariables(values, token)
        case "skip":
            return SkipToken(token, values, told.get("flow", ""))
        case "start-part":
            return StartPart(token, told.get("element", ""), values)
    raise NotKept(str(named))


_PLAIN: Mapping[str, type[FireTimer | Retry | FinishParts]] = {
    "fire-timer": FireTimer,
    "retry": Retry,
    "finish-parts": FinishParts,
}
_WITH_VALUES: Mapping[str, type[CompleteTask | CompleteCall | Deliver]] = {
    "complete-task": CompleteTask,
    "complete-call": CompleteCall,
    "deliver": Deliver,
}


def _of_case(
    told: Mapping[str, Any], was: Mapping[str, Any], values: Mapping[str, Value], begun_with: Mapping[str, Value]
) -> Command:
    """A command that is about no token."""
    match told["is"]:
        case "start":
            return Start(begun_with, told.get("element", ""))
        case "deliver-signal":
            return DeliverSignal(told.get("signal", ""), values)
        case "set-variables":
            return SetVariables(values)
        case "modify":
            return _modify(told, was)
        case "reschedule":
            due = {TokenId(int(token)): datetime.fromisoformat(at) for token, at in told["due"].items()}
            return Reschedule(due)
        case "cancel":
            return Cancel()
    raise NotKept(str(told["is"]))


def _modify(told: Mapping[str, Any], was: Mapping[str, Any]) -> Modify:
    kept = was.get("before", [])
    start = tuple(
        StartBefore(element, _variables(values), bundle, None if within is None else TokenId(within))
        for (element, bundle, within), values in zip(told["before"], kept, strict=True)
    )
    return Modify(tuple(TokenId(token) for token in told["cancel"]), start)


def _variables(stored: Any) -> dict[str, Value]:
    found = from_json(stored)
    return found if isinstance(found, dict) else {}
