"""Elements and attributes the engine does not run: each refused by name, for it would be misread in silence."""

from collections.abc import Iterator, Mapping

from akta.languages import N_
from bpmn.check._finding import Checked, Finding, Fix, error, mended, named
from bpmn.model import EVENT_KINDS, HANDLER_START, PROCESS_START, RUNS, Element, Process

_DRAWN = frozenset(
    {"dataObject", "dataObjectReference", "dataStoreReference", "property", "ioSpecification"}
    | {"dataInputAssociation", "dataOutputAssociation"}
)
"""Data that is drawn for the reader; variables are what runs."""
_ODD: Mapping[str, str] = {
    "parallelMultiple": N_("%(what)s waits for several events at once, which is not supported yet."),
}
_UNREAD = N_("%(what)s has zeebe:%(name)s, which is not supported and would have no effect.")
_ODD_OTHERWISE = N_("%(what)s has %(attribute)s, which is not supported.")


def find(checked: Checked) -> Iterator[Finding]:
    return find_in(checked.model)


def find_in(process: Process) -> Iterator[Finding]:
    unsupported = N_("%(what)s is a %(type)s, which is not supported.")
    for kind, id_ in process.outside:
        if kind not in _DRAWN:
            yield error("unsupported-element", id_, unsupported, what=id_, type=kind)
    yield from _without_effect(process)
    for element in process.elements.values():
        if element.type not in RUNS:
            yield error("unsupported-element", element.id, unsupported, what=named(element), type=element.type)
            continue
        yield from _odd(element)
        yield from _events(process, element)
        yield from _needs(element)
        yield from _repeats(element)


def _without_effect(process: Process) -> Iterator[Finding]:
    """What stands in the model for somebody else, or where nothing reads it."""
    by_element: dict[str, list[str]] = {}
    for id_, name in process.foreign:
        by_element.setdefault(id_, []).append(name)
    for id_, names in by_element.items():
        text = N_("%(what)s has %(names)s of another engine, without effect here: “akta import” translates it.")
        yield error("foreign-extension", id_, text, what=_title(process, id_), names=", ".join(names))
    for id_, name in process.unread:
        yield error("unsupported-extension", id_, _UNREAD, what=_title(process, id_), name=name)


def _title(process: Process, id_: str) -> str:
    return named(process.elements[id_]) if id_ in process.elements else id_


def _odd(element: Element) -> Iterator[Finding]:
    for attribute in element.odd:
        if attribute not in _DRAWN:
            text = _ODD.get(attribute, _ODD_OTHERWISE)
            yield error("unsupported-attribute", element.id, text, what=named(element), attribute=attribute)
    if element.zeebe.binding == "versionTag":
        text = N_("%(what)s calls a version by its tag; a deployment pins the version it was checked with.")
        yield mended(error("version-tag", element.id, text, what=named(element)), Fix("binding", element.id))
    for name in element.zeebe.unread:
        yield error("unsupported-extension", element.id, _UNREAD, what=named(element), name=name)


def _events(process: Process, element: Element) -> Iterator[Finding]:
    if element.type not in EVENT_KINDS:
        return
    inside = process.elements.get(element.parent)
    place = element.type
    if place == "startEvent" and inside is None:
        place = PROCESS_START
    elif place == "startEvent" and inside is not None and inside.event_subprocess:
        place = HANDLER_START
    if len(element.events) > 1 or any(event.kind == "reference" for event in element.events):
        text = N_("%(what)s has several events, which is not supported.")
        yield error("unsupported-event", element.id, text, what=named(element))
        return
    kind = element.events[0].kind if element.events else ""
    if kind not in EVENT_KINDS[place]:
        text = N_("%(what)s: an event of this kind (%(event)s) is not supported here (%(place)s).")
        yield error("unsupported-event", element.id, text, what=named(element), event=kind or "none", place=place)
    elif kind == "timer":
        yield from _timer(element)
    elif kind == "signal" and not process.signals.get(element.events[0].ref):
        yield error("signal-unknown", element.id, N_("%(what)s has no signal with a name."), what=named(element))
    elif kind == "conditional" and not element.events[0].text:
        yield error(
            "condition-empty", element.id, N_("%(what)s waits for a condition and has none."), what=named(element)
        )
    elif kind == "link" and not element.events[0].ref:
        yield error("link-unnamed", element.id, N_("The link of %(what)s has no name."), what=named(element))
    elif kind == "error":
        yield from _error_event(process, element)
    elif kind == "escalation":
        yield from _code(process, element)


def _timer(element: Element) -> Iterator[Finding]:
    event = element.events[0]
    if event.timer == "cycle" and not _may_repeat(element):
        text = N_("%(what)s repeats (timeCycle), but what waits here goes on once; give it a date or a duration.")
        yield error("unsupported-timer", element.id, text, what=named(element))
    elif not event.text:
        yield error("timer-empty", element.id, N_("%(what)s has neither a date nor a duration."), what=named(element))


def _code(process: Process, element: Element) -> Iterator[Finding]:
    """What is thrown has a code, by which it is caught."""
    ref, what = element.events[0].ref, named(element)
    if ref and ref not in process.escalations:
        text = N_("%(what)s refers to the escalation %(escalation)s, which is not there.")
        yield error("escalation-unknown", element.id, text, what=what, escalation=ref)
    elif element.type in ("endEvent", "intermediateThrowEvent") and not process.escalations.get(ref):
        yield error("escalation-no-code", element.id, N_("%(what)s throws an escalation without a code."), what=what)


def _may_repeat(element: Element) -> bool:
    """A timer that repeats begins cases, or stays beside what it does not interrupt."""
    return not element.interrupting or element.type == "startEvent"


def _repeats(element: Element) -> Iterator[Finding]:
    repeat = element.repeat
    if repeat is None:
        return
    if repeat.each and bool(repeat.collection) == bool(repeat.cardinality):
        text = N_("%(what)s needs either an input collection or a cardinality to know how often it runs.")
        yield error("repeat", element.id, text, what=named(element))
    if bool(repeat.output) != bool(repeat.outputs):
        text = N_("%(what)s: an output collection and an output element need each other.")
        yield error("repeat", element.id, text, what=named(element))


def _error_event(process: Process, element: Element) -> Iterator[Finding]:
    ref, what = element.events[0].ref, named(element)
    if not element.interrupting:
        found = error("error-not-interrupting", element.id, N_("%(what)s: an error always interrupts."), what=what)
        yield mended(found, Fix("interrupting", element.id))
    if ref and ref not in process.errors:
        text = N_("%(what)s refers to the error %(error)s, which is not there.")
        yield error("error-unknown", element.id, text, what=what, error=ref)
    elif element.type == "endEvent" and not (ref and process.errors[ref].code):
        yield error("error-no-code", element.id, N_("%(what)s throws an error without a code."), what=what)


def _needs(element: Element) -> Iterator[Finding]:
    """What a task cannot do without."""
    zeebe, missing = element.zeebe, ""
    match element.type:
        case "serviceTask" | "sendTask" if not zeebe.task_type:
            missing = N_("%(what)s names no handler (zeebe:taskDefinition).")
        case "scriptTask" if not zeebe.script or not zeebe.script_result:
            missing = N_("%(what)s needs an expression and a result variable (zeebe:script); code is never run.")
        case "businessRuleTask" if not zeebe.decision or not zeebe.decision_result:
            missing = N_("%(what)s needs a decision and a result variable (zeebe:calledDecision).")
        case "callActivity" if not zeebe.called_process:
            missing = N_("%(what)s calls no process (zeebe:calledElement).")
        case "userTask" if not zeebe.form:
            missing = N_("%(what)s has no form (zeebe:formDefinition).")
    if missing:
        yield error("incomplete-task", element.id, missing, what=named(element))
    for mapped in (*zeebe.inputs, *zeebe.outputs):
        if not all(mapped.target.split(".")) or not mapped.source.strip():
            text = N_("%(what)s has a mapping without a source or a target.")
            yield error("mapping", element.id, text, what=named(element))
