"""What keeps a model from running, element by element, before anything is built from it."""

from collections import defaultdict
from collections.abc import Iterator

from lxml import etree

from bpmn.model import ACTIVITIES, EVENT_KINDS, EVENTS, GATEWAYS, HANDLER_START, PROCESS_START, RUNS
from bpmn.xml import BPMN, is_bpmn, local
from workflows.engine._errors import Reason

_PASSIVE = frozenset(
    [
        "sequenceFlow",
        "laneSet",
        "textAnnotation",
        "association",
        "group",
        "category",
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "property",
        "ioSpecification",
        "artifact",
        "auditing",
        "monitoring",
    ]
)
_STARTS_ALONE = frozenset({"startEvent", "boundaryEvent"})


def is_handler(node: etree._Element) -> bool:
    """An event sub-process: nothing leads to it, its start event does."""
    return local(node) == "subProcess" and node.get("triggeredByEvent") == "true"


class _Scope:
    """A process or sub-process: its nodes by id, and the flows that leave and reach each of them."""

    def __init__(self, node: etree._Element) -> None:
        self.node = node
        self.nodes = {child.get("id", ""): child for child in node if is_bpmn(child) and local(child) not in _PASSIVE}
        self.flows = node.findall(f"{BPMN}sequenceFlow")
        self.leaving: dict[str, list[etree._Element]] = defaultdict(list)
        self.arriving: dict[str, list[etree._Element]] = defaultdict(list)
        for flow in self.flows:
            self.leaving[flow.get("sourceRef", "")].append(flow)
            self.arriving[flow.get("targetRef", "")].append(flow)


def reasons(process: etree._Element) -> Iterator[Reason]:
    """Everything in a process or sub-process, and in those inside, that cannot run."""
    scope = _Scope(process)
    yield from _start_reasons(scope)
    for node in scope.nodes.values():
        if local(node) not in RUNS:
            yield reason(node, f"{local(node)} is not run")
            continue
        yield from _node_reasons(scope, node)
        yield from _flow_reasons(scope, node)
        if local(node) == "subProcess":
            yield from reasons(node)
    for flow in scope.flows:
        if flow.get("sourceRef") not in scope.nodes or flow.get("targetRef") not in scope.nodes:
            yield reason(flow, "it does not join two elements of the same process")


def _start_reasons(scope: _Scope) -> Iterator[Reason]:
    """A process may be started from outside in several ways; anything inside it has one start."""
    starts = [node for node in scope.nodes.values() if local(node) == "startEvent"]
    if local(scope.node) != "process":
        if len(starts) != 1:
            yield reason(scope.node, "it needs exactly one start event")
        return
    plain = [node for node in starts if not _kinds(node)]
    if len(plain) > 1:
        yield reason(plain[1], "the process has another plain start event")
    if not starts:
        yield reason(scope.node, "it needs a start event")


def _kinds(node: etree._Element) -> list[str]:
    return [local(child).removesuffix("EventDefinition") for child in node if local(child).endswith("EventDefinition")]


def reason(node: etree._Element, text: str) -> Reason:
    return Reason(node.get("id", ""), node.get("name", ""), text)


def _node_reasons(scope: _Scope, node: etree._Element) -> Iterator[Reason]:
    for loop in ("multiInstanceLoopCharacteristics", "standardLoopCharacteristics"):
        if node.find(f"{BPMN}{loop}") is not None:
            yield reason(node, f"{loop} is not run")
    if node.get("isForCompensation") == "true":
        yield reason(node, "compensation is not run")
    if node.get("instantiate") == "true":
        yield reason(node, "starting a case by this element is not run")
    if local(node) in EVENTS:
        yield from _event_reasons(scope, node)
    if local(node) == "eventBasedGateway" and node.get("eventGatewayType") == "Parallel":
        yield reason(node, "a parallel event gateway is not run")


def _event_reasons(scope: _Scope, node: etree._Element) -> Iterator[Reason]:
    kinds, rule = _kinds(node), local(node)
    if rule == "startEvent" and is_handler(scope.node):
        rule = HANDLER_START
    elif rule == "startEvent" and local(scope.node) == "process":
        rule = PROCESS_START
    if node.find(f"{BPMN}eventDefinitionRef") is not None or len(kinds) > 1:
        yield reason(node, "more than one event in one element is not run")
    elif (kind := kinds[0] if kinds else "") not in EVENT_KINDS[rule]:
        yield reason(node, f"{local(node)} with {kind or 'no'} event is not run here")
    if node.find(f"{BPMN}timerEventDefinition/{BPMN}timeCycle") is not None:
        yield reason(node, "repeating timers (timeCycle) are not run")
    if kinds == ["error"] and "false" in (node.get("cancelActivity"), node.get("isInterrupting")):
        yield reason(node, "an error always interrupts")
    if local(node) == "boundaryEvent":
        host = scope.nodes.get(node.get("attachedToRef", ""))
        if host is None or local(host) not in ACTIVITIES or is_handler(host):
            yield reason(node, "it is attached to nothing that can be interrupted")


def _flow_reasons(scope: _Scope, node: etree._Element) -> Iterator[Reason]:
    kind, ident = local(node), node.get("id", "")
    leaving, arriving = scope.leaving[ident], scope.arriving[ident]
    if (kind in _STARTS_ALONE or is_handler(node)) and arriving:
        yield reason(node, "no flow may lead here")
    if kind not in _STARTS_ALONE and not is_handler(node) and not arriving:
        yield reason(node, "no flow leads here")
    if kind == "endEvent" and leaving:
        yield reason(node, "no flow may leave an end event")
    if kind in GATEWAYS and not leaving:
        yield reason(node, "no flow leaves this gateway")
    if kind not in GATEWAYS and len(leaving) > 1:
        yield reason(node, "several flows leave it: a gateway must say how")
    if kind == "exclusiveGateway":
        yield from _choice_reasons(node, leaving)
    elif any(flow.find(f"{BPMN}conditionExpression") is not None for flow in leaving):
        yield reason(node, "a condition stands on a flow that no exclusive gateway leaves")
    if kind == "eventBasedGateway":
        yield from _race_reasons(scope, node, leaving)


def _choice_reasons(node: etree._Element, leaving: list[etree._Element]) -> Iterator[Reason]:
    default = node.get("default")
    if default and default not in [flow.get("id") for flow in leaving]:
        yield reason(node, "its default flow does not leave it")
    for flow in leaving:
        bare = not (flow.findtext(f"{BPMN}conditionExpression") or "").strip()
        if bare and flow.get("id") != default and len(leaving) > 1:
            yield reason(flow, "it leaves an exclusive gateway, has no condition and is not the default")


def _race_reasons(scope: _Scope, node: etree._Element, leaving: list[etree._Element]) -> Iterator[Reason]:
    for flow in leaving:
        target = scope.nodes.get(flow.get("targetRef", ""))
        if target is None or local(target) not in {"intermediateCatchEvent", "receiveTask"}:
            yield reason(node, "only catching events and receive tasks may follow an event-based gateway")
        elif len(scope.arriving[target.get("id", "")]) > 1:
            yield reason(target, "only the event-based gateway may lead here")
