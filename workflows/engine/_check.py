"""What keeps a model from running, element by element, before anything is built from it."""

from collections.abc import Iterator

from lxml import etree

from bpmn.xml import BPMN, is_bpmn, local
from workflows.engine._errors import Reason

ACTIVITIES = frozenset(
    [
        "userTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "scriptTask",
        "businessRuleTask",
        "manualTask",
        "subProcess",
        "callActivity",
    ]
)
GATEWAYS = frozenset(["exclusiveGateway", "parallelGateway", "eventBasedGateway"])
EVENTS = frozenset(["startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"])
RUNS = ACTIVITIES | GATEWAYS | EVENTS
"""BPMN local names of the flow nodes the engine runs; each with the limits below."""

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
_EVENT_KINDS = {
    "startEvent": frozenset({""}),
    "handlerStart": frozenset({"message", "timer", "error"}),
    "endEvent": frozenset({"", "message", "error", "terminate"}),
    "intermediateCatchEvent": frozenset({"message", "timer"}),
    "intermediateThrowEvent": frozenset({"", "message"}),
    "boundaryEvent": frozenset({"message", "timer", "error"}),
}
_STARTS_ALONE = frozenset({"startEvent", "boundaryEvent"})


def is_handler(node: etree._Element) -> bool:
    """An event sub-process: nothing leads to it, its start event does."""
    return local(node) == "subProcess" and node.get("triggeredByEvent") == "true"


def reasons(scope: etree._Element) -> Iterator[Reason]:
    """Everything in a process or sub-process, and in those inside, that cannot run."""
    nodes = {node.get("id", ""): node for node in scope if is_bpmn(node) and local(node) not in _PASSIVE}
    flows = scope.findall(f"{BPMN}sequenceFlow")
    starts = [node for node in nodes.values() if local(node) == "startEvent"]
    if len(starts) != 1:
        yield reason(scope, "it needs exactly one start event")
    for node in nodes.values():
        if local(node) not in RUNS:
            yield reason(node, f"{local(node)} is not run")
            continue
        yield from _node_reasons(scope, node)
        yield from _flow_reasons(node, flows, nodes)
        if local(node) == "subProcess":
            yield from reasons(node)
    for flow in flows:
        if flow.get("sourceRef") not in nodes or flow.get("targetRef") not in nodes:
            yield reason(flow, "it does not join two elements of the same process")


def reason(node: etree._Element, text: str) -> Reason:
    return Reason(node.get("id", ""), node.get("name", ""), text)


def _node_reasons(scope: etree._Element, node: etree._Element) -> Iterator[Reason]:
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


def _event_reasons(scope: etree._Element, node: etree._Element) -> Iterator[Reason]:
    kinds = [local(child).removesuffix("EventDefinition") for child in node if local(child).endswith("EventDefinition")]
    rule = "handlerStart" if local(node) == "startEvent" and is_handler(scope) else local(node)
    if node.find(f"{BPMN}eventDefinitionRef") is not None or len(kinds) > 1:
        yield reason(node, "more than one event in one element is not run")
    elif (kind := kinds[0] if kinds else "") not in _EVENT_KINDS[rule]:
        yield reason(node, f"{local(node)} with {kind or 'no'} event is not run here")
    if node.find(f"{BPMN}timerEventDefinition/{BPMN}timeCycle") is not None:
        yield reason(node, "repeating timers (timeCycle) are not run")
    if kinds == ["error"] and "false" in (node.get("cancelActivity"), node.get("isInterrupting")):
        yield reason(node, "an error always interrupts")
    if local(node) == "boundaryEvent":
        hosts = [child for child in scope if child.get("id") == node.get("attachedToRef")]
        if not hosts or local(hosts[0]) not in ACTIVITIES or is_handler(hosts[0]):
            yield reason(node, "it is attached to nothing that can be interrupted")


def _flow_reasons(
    node: etree._Element, flows: list[etree._Element], nodes: dict[str, etree._Element]
) -> Iterator[Reason]:
    kind, ident = local(node), node.get("id")
    leaving = [flow for flow in flows if flow.get("sourceRef") == ident]
    arriving = [flow for flow in flows if flow.get("targetRef") == ident]
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
        yield from _race_reasons(node, leaving, flows, nodes)


def _choice_reasons(node: etree._Element, leaving: list[etree._Element]) -> Iterator[Reason]:
    default = node.get("default")
    if default and default not in [flow.get("id") for flow in leaving]:
        yield reason(node, "its default flow does not leave it")
    for flow in leaving:
        bare = not (flow.findtext(f"{BPMN}conditionExpression") or "").strip()
        if bare and flow.get("id") != default and len(leaving) > 1:
            yield reason(flow, "it leaves an exclusive gateway, has no condition and is not the default")


def _race_reasons(
    node: etree._Element, leaving: list[etree._Element], flows: list[etree._Element], nodes: dict[str, etree._Element]
) -> Iterator[Reason]:
    for flow in leaving:
        target = nodes.get(flow.get("targetRef", ""))
        if target is None or local(target) not in {"intermediateCatchEvent", "receiveTask"}:
            yield reason(node, "only catching events and receive tasks may follow an event-based gateway")
        elif len([other for other in flows if other.get("targetRef") == target.get("id")]) > 1:
            yield reason(target, "only the event-based gateway may lead here")
