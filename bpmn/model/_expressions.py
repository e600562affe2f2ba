"""Where expressions stand in a model, and which texts are FEEL."""

import re
from collections.abc import Iterator

from bpmn.model._elements import Element, Expression, Process

_ISO_DURATION = re.compile(
    r"P(?=.)(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+W)?(?:[0-9]+D)?"
    r"(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?"
)
_ISO_CYCLE = re.compile(r"R[0-9]{0,6}/(?:[^/]{10,40}(?:/[A-Za-z_]+)?/)?P[^/]{1,40}")
_ISO_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?"
)


def is_feel(text: str) -> bool:
    return text.lstrip().startswith("=")


def feel_text(text: str) -> str:
    """The expression without its `=`."""
    return text.strip().removeprefix("=").strip()


def is_iso(text: str) -> bool:
    """A plain ISO duration, date or date and time."""
    plain = text.strip()
    return bool(_ISO_DURATION.fullmatch(plain) or _ISO_MOMENT.fullmatch(plain))


def expressions(process: Process) -> Iterator[Expression]:
    """Every expression of a model with its place."""
    for element in process.elements.values():
        yield from _of_element(element)
    for flow in process.flows.values():
        if flow.condition:
            yield Expression(feel_text(flow.condition), flow.id, "condition")
    for id_, name in process.signals.items():
        if is_feel(name):
            yield Expression(feel_text(name), id_, "signal name")
    for message in process.messages.values():
        if is_feel(message.name):
            yield Expression(feel_text(message.name), message.id, "message name")
        if message.correlation_key:
            yield Expression(feel_text(message.correlation_key), message.id, "correlation key")


def _of_element(element: Element) -> Iterator[Expression]:
    zeebe, here = element.zeebe, element.id
    if zeebe.script:
        yield Expression(feel_text(zeebe.script), here, "script")
    for way, mappings in (("input", zeebe.inputs), ("output", zeebe.outputs)):
        for mapped in mappings:
            if is_feel(mapped.source):
                yield Expression(feel_text(mapped.source), here, f"{way} mapping {mapped.target}")
    named = (
        ("assignee", zeebe.assignee),
        ("candidate groups", zeebe.candidate_groups),
        ("priority", zeebe.priority),
        ("retries", zeebe.retries),
        ("called process", zeebe.called_process),
        ("decision", zeebe.decision),
        ("handler", zeebe.task_type),
        ("form", zeebe.form),
        ("correlation key", zeebe.publish_key),
        ("message id", zeebe.publish_id),
    )
    for kind, text in named:
        if is_feel(text):
            yield Expression(feel_text(text), here, kind)
    for kind, text in (("due date", zeebe.due_date), ("time to live", zeebe.publish_ttl)):
        if text:
            yield _timed(text, here, kind)
    for event in element.events:
        if event.kind == "timer" and event.text:
            yield _timed(event.text, here, f"timer {event.timer}".strip())
        if event.kind == "conditional" and event.text:
            yield Expression(feel_text(event.text), here, "condition")
    yield from _of_repeat(element)


def _of_repeat(element: Element) -> Iterator[Expression]:
    repeat = element.repeat
    named = [("completion condition", element.completion), ("active elements", element.zeebe.parts_at_once)]
    if repeat is not None:
        named += [
            ("input collection", repeat.collection),
            ("loop cardinality", repeat.cardinality),
            ("output element", repeat.output),
            ("completion condition" if repeat.each else "loop condition", repeat.condition),
        ]
    for kind, text in named:
        if text:
            yield Expression(feel_text(text), element.id, kind)


def _timed(text: str, element: str, kind: str) -> Expression:
    if not is_feel(text) and (is_iso(text) or _ISO_CYCLE.fullmatch(text.strip())):
        return Expression(text.strip(), element, kind, iso=True)
    return Expression(feel_text(text), element, kind)
