"""What keeps a model from running, element by element, before anything is built from it."""

from collections.abc import Iterator

from lxml import etree

from akta.languages import N_
from bpmn.model import CONTAINERS, GATEWAYS, RUNS
from bpmn.xml import BPMN, local
from workflows.engine._check_events import event_reasons
from workflows.engine._errors import Reason
from workflows.engine._nodes import Scope, event_kinds, is_handler, reason

_STARTS_ALONE = frozenset({"startEvent", "boundaryEvent"})
_CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway"})
_RACING = frozenset({"message", "timer", "signal", "conditional"})


def reasons(process: etree._Element, outer: Scope | None = None) -> Iterator[Reason]:
    """Everything in a process or sub-process, and in those inside, that cannot run."""
    scope = Scope(process, outer)
    yield from _start_reasons(scope)
    for node in scope.nodes.values():
        if local(node) not in RUNS:
            yield reason(node, N_("%(what)s is not run"), what=local(node))
            continue
        yield from _node_reasons(scope, node)
        yield from event_reasons(scope, node)
        yield from _flow_reasons(scope, node)
        if local(node) in CONTAINERS:
            yield from reasons(node, scope)
    for flow in scope.flows:
        if flow.get("sourceRef") not in scope.nodes or flow.get("targetRef") not in scope.nodes:
            yield reason(flow, N_("it does not join two elements of the same process"))


def _start_reasons(scope: Scope) -> Iterator[Reason]:
    """A process may be started from outside in several ways; a sub-process has one start, an ad-hoc one none."""
    starts = [node for node in scope.nodes.values() if local(node) == "startEvent"]
    match local(scope.node):
        case "process":
            plain = [node for node in starts if not event_kinds(node)]
            if len(plain) > 1:
                yield reason(plain[1], N_("the process has another plain start event"))
            if not starts and not any(node.get("instantiate") == "true" for node in scope.nodes.values()):
                yield reason(scope.node, N_("it needs a start event"))
        case "adHocSubProcess":
            if any(local(node) in ("startEvent", "endEvent") for node in scope.nodes.values()):
                yield reason(scope.node, N_("an ad-hoc sub-process has neither start nor end events"))
        case _ if len(starts) != 1:
            yield reason(scope.node, N_("it needs exactly one start event"))


def _node_reasons(scope: Scope, node: etree._Element) -> Iterator[Reason]:
    repeated = any(local(child).endswith("LoopCharacteristics") for child in node)
    if repeated and is_handler(node):
        yield reason(node, N_("an event sub-process runs as often as its event comes, not several times"))
    for name in ("startQuantity", "completionQuantity"):
        if node.get(name, "1") != "1":
            yield reason(node, N_("%(what)s is not run"), what=name)
    if node.get("isForCompensation") == "true":
        if is_handler(node) or node.get("id") not in scope.compensated_by.values():
            yield reason(node, N_("it is for compensation, but no compensation border is associated with it"))
        if node.get("id") in scope.hosts:
            yield reason(node, N_("a border on an activity for compensation is not run"))
    if node.get("instantiate") == "true":
        yield from _instantiating_reasons(scope, node)
    if local(node) == "eventBasedGateway" and node.get("eventGatewayType") == "Parallel":
        yield reason(node, N_("a parallel event gateway is not run"))


def _instantiating_reasons(scope: Scope, node: etree._Element) -> Iterator[Reason]:
    if local(scope.node) != "process":
        yield reason(node, N_("it can begin a case only in the process itself"))
    if scope.arriving[node.get("id", "")]:
        yield reason(node, N_("no flow may lead to what begins a case"))
    if local(node) != "eventBasedGateway":
        return
    for target in scope.targets(node):
        if local(target) == "intermediateCatchEvent" and event_kinds(target) not in (["message"], ["signal"]):
            yield reason(target, N_("a case begins here with a message or a signal only"))


def _flow_reasons(scope: Scope, node: etree._Element) -> Iterator[Reason]:
    kind, ident = local(node), node.get("id", "")
    leaving, arriving = scope.leaving[ident], scope.arriving[ident]
    if _entered_alone(node) and arriving:
        yield reason(node, N_("no flow may lead here"))
    if not arriving and not (_entered_alone(node) or scope.offers(node) or node.get("instantiate") == "true"):
        yield reason(node, N_("no flow leads here"))
    if _left_alone(node) and leaving:
        yield reason(node, N_("no flow may leave it") if kind != "endEvent" else N_("no flow may leave an end event"))
    if kind in GATEWAYS and not leaving:
        yield reason(node, N_("no flow leaves this gateway"))
    if kind not in GATEWAYS and len(leaving) > 1:
        yield reason(node, N_("several flows leave it: a gateway must say how"))
    if kind in _CHOOSING:
        yield from _choice_reasons(node, leaving)
    elif any(flow.find(f"{BPMN}conditionExpression") is not None for flow in leaving):
        yield reason(node, N_("a condition stands on a flow that no exclusive or inclusive gateway leaves"))
    if kind == "eventBasedGateway":
        yield from _race_reasons(scope, node, leaving)


def _entered_alone(node: etree._Element) -> bool:
    caught_link = local(node) == "intermediateCatchEvent" and event_kinds(node) == ["link"]
    return local(node) in _STARTS_ALONE or is_handler(node) or caught_link or node.get("isForCompensation") == "true"


def _left_alone(node: etree._Element) -> bool:
    thrown_link = local(node) == "intermediateThrowEvent" and event_kinds(node) == ["link"]
    compensation = local(node) == "boundaryEvent" and event_kinds(node) == ["compensate"]
    ends = local(node) == "endEvent" or is_handler(node)
    return ends or thrown_link or compensation or node.get("isForCompensation") == "true"


def _choice_reasons(node: etree._Element, leaving: list[etree._Element]) -> Iterator[Reason]:
    default = node.get("default")
    if default and default not in [flow.get("id") for flow in leaving]:
        yield reason(node, N_("its default flow does not leave it"))
    for flow in leaving:
        bare = not (flow.findtext(f"{BPMN}conditionExpression") or "").strip()
        if bare and flow.get("id") != default and len(leaving) > 1:
            yield reason(
                flow, N_("it leaves an %(gateway)s, has no condition and is not the default"), gateway=local(node)
            )


def _race_reasons(scope: Scope, node: etree._Element, leaving: list[etree._Element]) -> Iterator[Reason]:
    for flow in leaving:
        target = scope.nodes.get(flow.get("targetRef", ""))
        if target is None or not _can_race(target):
            yield reason(node, N_("only catching events and receive tasks may follow an event-based gateway"))
        elif len(scope.arriving[target.get("id", "")]) > 1:
            yield reason(target, N_("only the event-based gateway may lead here"))


def _can_race(node: etree._Element) -> bool:
    caught = local(node) == "intermediateCatchEvent" and set(event_kinds(node)) <= _RACING
    return caught or local(node) == "receiveTask"
