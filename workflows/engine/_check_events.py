"""What keeps an event from running where it is drawn."""

from collections.abc import Iterator

from lxml import etree

from akta.languages import N_
from bpmn.model import ACTIVITIES, CONTAINERS, EVENT_KINDS, EVENTS, HANDLER_START, PROCESS_START
from bpmn.xml import BPMN, local
from workflows.engine._errors import Reason
from workflows.engine._nodes import Scope, event_kinds, is_handler, reason

_ALWAYS_INTERRUPTING = frozenset({"error", "cancel"})


def event_reasons(scope: Scope, node: etree._Element) -> Iterator[Reason]:
    """Everything that keeps this node, if it is an event, from running here."""
    if local(node) not in EVENTS:
        return
    kinds, place = event_kinds(node), _place(scope, node)
    if node.find(f"{BPMN}eventDefinitionRef") is not None or len(kinds) > 1:
        yield reason(node, N_("more than one event in one element is not run"))
        return
    kind = kinds[0] if kinds else ""
    if kind not in EVENT_KINDS[place]:
        if kind:
            text = N_("%(what)s with %(kind)s event is not run here")
            yield reason(node, text, what=local(node), kind=kind)
        else:
            yield reason(node, N_("%(what)s without an event is not run here"), what=local(node))
        return
    stays = "false" in (node.get("cancelActivity"), node.get("isInterrupting"))
    if kind in _ALWAYS_INTERRUPTING and stays:
        yield reason(node, N_("an event of this kind always interrupts"))
    if node.find(f"{BPMN}timerEventDefinition/{BPMN}timeCycle") is not None and not (stays or place == PROCESS_START):
        text = N_("a timer that repeats (timeCycle) can only begin cases or stay beside what it interrupts not")
        yield reason(node, text)
    if local(node) == "boundaryEvent":
        yield from _border_reasons(scope, node, kind)
    match kind:
        case "link":
            yield from _link_reasons(scope, node)
        case "cancel":
            yield from _cancel_reasons(scope, node)
        case "compensate":
            yield from _compensation_reasons(scope, node)


def _place(scope: Scope, node: etree._Element) -> str:
    if local(node) != "startEvent":
        return local(node)
    if is_handler(scope.node):
        return HANDLER_START
    return PROCESS_START if local(scope.node) == "process" else local(node)


def _border_reasons(scope: Scope, node: etree._Element, kind: str) -> Iterator[Reason]:
    host = scope.nodes.get(node.get("attachedToRef", ""))
    if host is None or local(host) not in ACTIVITIES or is_handler(host):
        yield reason(node, N_("it is attached to nothing that can be interrupted"))
    elif kind == "cancel" and local(host) != "transaction":
        yield reason(node, N_("only a transaction can be cancelled"))
    if kind == "compensate" and node.get("id") not in scope.compensated_by:
        yield reason(node, N_("no activity is associated with it that compensates"))


def _link_reasons(scope: Scope, node: etree._Element) -> Iterator[Reason]:
    """A thrown link needs exactly one that catches it in the same scope, a caught one any that throws it."""
    name = _link(node)
    throws = local(node) == "intermediateThrowEvent"
    wanted = "intermediateCatchEvent" if throws else "intermediateThrowEvent"
    found = [
        other
        for other in scope.nodes.values()
        if local(other) == wanted and event_kinds(other) == ["link"] and _link(other) == name
    ]
    if not name:
        yield reason(node, N_("its link has no name"))
    elif not found:
        text = N_("no event catches the link %(name)s here") if throws else N_("no event throws the link %(name)s here")
        yield reason(node, text, name=name)
    elif throws and len(found) > 1:
        yield reason(node, N_("several events catch the link %(name)s"), name=name)


def _link(node: etree._Element) -> str:
    definition = node.find(f"{BPMN}linkEventDefinition")
    return "" if definition is None else (definition.get("name") or "").strip()


def _cancel_reasons(scope: Scope, node: etree._Element) -> Iterator[Reason]:
    if local(node) != "endEvent":
        return
    outside = scope.outer
    if local(scope.node) != "transaction" or outside is None:
        yield reason(node, N_("a cancel end event ends a transaction, and stands in none"))
    elif not any(event_kinds(border) == ["cancel"] for border in outside.hosts[scope.node.get("id", "")]):
        yield reason(node, N_("its transaction has no cancel border to leave by"))


def _compensation_reasons(scope: Scope, node: etree._Element) -> Iterator[Reason]:
    definition = node.find(f"{BPMN}compensateEventDefinition")
    reference = "" if definition is None else definition.get("activityRef", "")
    if local(node) == "boundaryEvent" or not reference:
        return
    around = scope
    while is_handler(around.node) and around.outer is not None:
        around = around.outer
    target = around.nodes.get(reference)
    if target is None or local(target) not in ACTIVITIES:
        yield reason(node, N_("there is no activity %(name)s in its scope to compensate"), name=reference)
    elif local(target) not in CONTAINERS and not any(
        event_kinds(border) == ["compensate"] for border in around.hosts[reference]
    ):
        yield reason(node, N_("nothing compensates %(name)s"), name=reference)
