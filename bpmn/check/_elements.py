"""Elements and attributes the engine does not run: each refused by name, for it would be misread in silence."""

from collections.abc import Iterator, Mapping

from bpmn.check._finding import Checked, Finding, error
from bpmn.model import Element, Process

RUNS = frozenset(
    {"userTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask", "manualTask"}
    | {"subProcess", "callActivity", "exclusiveGateway", "parallelGateway", "eventBasedGateway"}
    | {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"}
)
"""BPMN local names of the nodes the engine runs. A test compares this with what the engine says of itself."""

_EVENTS: Mapping[str, frozenset[str]] = {
    "startEvent": frozenset({""}),
    "start of an event sub-process": frozenset({"message", "timer", "error"}),
    "endEvent": frozenset({"", "message", "error", "terminate"}),
    "intermediateCatchEvent": frozenset({"message", "timer"}),
    "intermediateThrowEvent": frozenset({"", "message"}),
    "boundaryEvent": frozenset({"message", "timer", "error"}),
}
_DRAWN_DATA = frozenset({"dataObject", "dataObjectReference", "dataStoreReference"})
_ODD: Mapping[str, str] = {
    "multiInstanceLoopCharacteristics": "runs several times (multi-instance), which is not supported yet",
    "standardLoopCharacteristics": "is a loop, which is not supported yet",
    "isForCompensation": "is a compensation, which is not supported yet",
    "instantiate": "starts a case by a message, which is not supported yet",
    "parallelMultiple": "waits for several events at once, which is not supported yet",
}
_IGNORED_INSIDE = frozenset({"property", "ioSpecification", "dataInputAssociation", "dataOutputAssociation"})


def find(checked: Checked) -> Iterator[Finding]:
    process = checked.model
    for kind, id_ in process.outside:
        if kind not in _DRAWN_DATA | _IGNORED_INSIDE:
            yield error("unsupported-element", id_, f"{id_} is a {kind}, which is not supported")
    if process.pools > 1:
        yield error("several-pools", process.id, "the diagram has several pools with a process; it may have one")
    for element in process.elements.values():
        if element.type not in RUNS:
            yield error("unsupported-element", element.id, f"{named(element)} is a {element.type}, which is not run")
            continue
        yield from _odd(element)
        yield from _events(process, element)
        yield from _needs(element)


def named(element: Element) -> str:
    return f'"{element.name}" ({element.id})' if element.name else element.id


def _odd(element: Element) -> Iterator[Finding]:
    for what in element.odd:
        if what not in _IGNORED_INSIDE:
            reason = _ODD.get(what, f"has {what}, which is not supported")
            yield error("unsupported-attribute", element.id, f"{named(element)} {reason}")
    for name in element.zeebe.unread:
        message = f"{named(element)} has zeebe:{name}, which is not supported and would have no effect"
        yield error("unsupported-extension", element.id, message)


def _events(process: Process, element: Element) -> Iterator[Finding]:
    if element.type not in _EVENTS and not element.type.endswith("Event"):
        return
    inside = process.elements.get(element.parent)
    handler = element.type == "startEvent" and inside is not None and inside.event_subprocess
    place = "start of an event sub-process" if handler else element.type
    if len(element.events) > 1 or any(event.kind == "reference" for event in element.events):
        yield error("unsupported-event", element.id, f"{named(element)} has several events, which is not supported")
        return
    kind = element.events[0].kind if element.events else ""
    if kind not in _EVENTS[place]:
        message = f"{named(element)}: a {place} with {kind or 'no'} event is not supported"
        yield error("unsupported-event", element.id, message)
    elif kind == "timer":
        yield from _timer(element)
    elif kind == "error":
        yield from _error_event(process, element)


def _timer(element: Element) -> Iterator[Finding]:
    event = element.events[0]
    if event.timer == "cycle":
        message = f"{named(element)} repeats (timeCycle), which is not supported; use a loop with a duration"
        yield error("unsupported-timer", element.id, message)
    elif not event.text:
        yield error("timer-empty", element.id, f"{named(element)} has neither a date nor a duration")


def _error_event(process: Process, element: Element) -> Iterator[Finding]:
    ref = element.events[0].ref
    if not element.interrupting:
        yield error("error-not-interrupting", element.id, f"{named(element)}: an error always interrupts")
    if ref and ref not in process.errors:
        yield error("error-unknown", element.id, f"{named(element)} refers to the error {ref}, which is not there")
    elif element.type == "endEvent" and not (ref and process.errors[ref].code):
        yield error("error-no-code", element.id, f"{named(element)} throws an error without a code")


def _needs(element: Element) -> Iterator[Finding]:
    """What a task cannot do without."""
    zeebe, missing = element.zeebe, ""
    match element.type:
        case "serviceTask" | "sendTask" if not zeebe.task_type:
            missing = "names no handler (zeebe:taskDefinition)"
        case "scriptTask" if not zeebe.script or not zeebe.script_result:
            missing = "needs an expression and a result variable (zeebe:script); code is never run"
        case "businessRuleTask" if not zeebe.decision or not zeebe.decision_result:
            missing = "needs a decision and a result variable (zeebe:calledDecision)"
        case "callActivity" if not zeebe.called_process:
            missing = "calls no process (zeebe:calledElement)"
        case "userTask" if not zeebe.form:
            missing = "has no form (zeebe:formDefinition)"
    if missing:
        yield error("incomplete-task", element.id, f"{named(element)} {missing}")
    for mapped in (*zeebe.inputs, *zeebe.outputs):
        if not all(mapped.target.split(".")) or not mapped.source.strip():
            yield error("mapping", element.id, f"{named(element)} has a mapping without a source or a target")
