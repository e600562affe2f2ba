"""Where tokens can go: flows that leave as they must, nothing out of reach, no way that ends nowhere."""

from collections.abc import Iterable, Iterator, Mapping

from bpmn.check._elements import named
from bpmn.check._finding import Checked, Finding, error, warning
from bpmn.model import Element, Flow, Process

_ENTERED_ALONE = frozenset({"startEvent", "boundaryEvent"})


def find(checked: Checked) -> Iterator[Finding]:
    process = checked.model
    scopes = [process.id, *(element.id for element in process.of_type("subProcess"))]
    for scope in scopes:
        yield from _starts(process, scope)
    for element in process.elements.values():
        yield from _leaving(process, element)
        yield from _boundary(process, element)
    yield from _reach(process)


def _starts(process: Process, scope: str) -> Iterator[Finding]:
    starts = [element for element in process.children(scope) if element.type == "startEvent"]
    if len(starts) != 1:
        count = "no start event" if not starts else f"{len(starts)} start events"
        yield error("start", scope, f"{scope} has {count}; it needs exactly one")


def _leaving(process: Process, element: Element) -> Iterator[Finding]:
    leaving, arriving = process.outgoing[element.id], process.incoming[element.id]
    if (element.type in _ENTERED_ALONE or element.event_subprocess) and arriving:
        yield error("flow-arrives", element.id, f"no flow may lead to {named(element)}")
    if (element.type == "endEvent" or element.event_subprocess) and leaving:
        yield error("flow-leaves", element.id, f"no flow may leave {named(element)}")
    if not element.type.endswith("Gateway"):
        if len(leaving) > 1:
            message = f"several flows leave {named(element)}; a gateway must say whether all or one of them is taken"
            yield error("implicit-split", element.id, message)
        yield from _conditions_elsewhere(element, leaving)
    elif element.type == "exclusiveGateway":
        yield from _exclusive(element, leaving)
    else:
        yield from _conditions_elsewhere(element, leaving)
        if element.type == "eventBasedGateway":
            yield from _race(process, element, leaving)


def _conditions_elsewhere(element: Element, leaving: tuple[Flow, ...]) -> Iterator[Finding]:
    for flow in leaving:
        if flow.condition:
            message = f"the flow {flow.id} has a condition but leaves {named(element)}, which is no exclusive gateway"
            yield error("condition-elsewhere", flow.id, message)


def _exclusive(gateway: Element, leaving: tuple[Flow, ...]) -> Iterator[Finding]:
    for flow in leaving if len(leaving) > 1 else ():
        if not flow.condition and flow.id != gateway.default:
            message = f"the flow {flow.id} leaves {named(gateway)} without a condition and is not the default"
            yield error("condition-missing", flow.id, message)
        if flow.condition and flow.id == gateway.default:
            message = f"the flow {flow.id} is the default of {named(gateway)}; its condition is never asked"
            yield warning("condition-of-default", flow.id, message)
    if len(leaving) > 1 and not gateway.default:
        message = f"{named(gateway)} has no default flow; a case for which no condition holds stops there"
        yield warning("no-default", gateway.id, message)


def _race(process: Process, gateway: Element, leaving: tuple[Flow, ...]) -> Iterator[Finding]:
    for flow in leaving:
        target = process.elements[flow.target]
        if target.type not in ("intermediateCatchEvent", "receiveTask"):
            message = f"{named(target)} follows the event gateway {named(gateway)} but waits for no event"
            yield error("race", target.id, message)
        elif len(process.incoming[target.id]) > 1:
            yield error("race", target.id, f"only the event gateway {named(gateway)} may lead to {named(target)}")


def _boundary(process: Process, element: Element) -> Iterator[Finding]:
    if element.type != "boundaryEvent":
        return
    host = process.elements[element.attached_to]
    activity = host.type.endswith(("Task", "Process")) or host.type == "callActivity"
    if not activity or host.event_subprocess or host.parent != element.parent:
        yield error("boundary", element.id, f"{named(element)} is attached to {named(host)}, which cannot be left")
    if host.type in ("scriptTask", "businessRuleTask", "manualTask"):
        message = f"{named(element)} can never happen: {named(host)} is over in an instant"
        yield warning("boundary-never", element.id, message)


def _reach(process: Process) -> Iterator[Finding]:
    """Nodes no token comes to, nodes after which nothing follows, and nodes from which no end is reached."""
    forward = {id_: [flow.target for flow in flows] for id_, flows in process.outgoing.items()}
    for host, events in process.boundaries.items():
        forward[host].extend(event.id for event in events)
    begins = {e.id for e in process.elements.values() if e.type == "startEvent" or e.event_subprocess}
    reached = _closure(begins, forward)
    ends = {e.id for e in process.elements.values() if e.type == "endEvent" or e.event_subprocess}
    ending = _closure(ends, _turned(forward))
    for element in process.elements.values():
        if element.id not in reached:
            yield error("unreachable", element.id, f"no way leads to {named(element)}")
        elif element.id not in ending:
            if process.outgoing[element.id]:
                yield error("no-end", element.id, f"from {named(element)} no way leads to an end event")
            else:
                yield error("dead-end", element.id, f"nothing follows {named(element)}; draw an end event")
        elif not process.outgoing[element.id] and element.id not in ends:
            yield error("dead-end", element.id, f"nothing follows {named(element)}; draw an end event")


def _closure(begin: Iterable[str], edges: Mapping[str, Iterable[str]]) -> set[str]:
    found, waiting = set(begin), list(begin)
    while waiting:
        fresh = set(edges.get(waiting.pop(), ())) - found
        found |= fresh
        waiting.extend(fresh)
    return found


def _turned(edges: Mapping[str, Iterable[str]]) -> Mapping[str, list[str]]:
    turned: dict[str, list[str]] = {}
    for source, targets in edges.items():
        for target in targets:
            turned.setdefault(target, []).append(source)
    return turned
