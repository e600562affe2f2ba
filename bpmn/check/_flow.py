"""Where tokens can go: flows that leave as they must, nothing out of reach, no way that ends nowhere."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from akta.languages import N_
from bpmn.check._finding import Checked, Finding, Fix, error, mended, named, warning
from bpmn.model import ACTIVITIES, CONTAINERS, Element, Flow, Process

_ENTERED_ALONE = frozenset({"startEvent", "boundaryEvent"})
_INSTANT = frozenset({"scriptTask", "businessRuleTask", "manualTask", "task"})


def find(checked: Checked) -> Iterator[Finding]:
    return find_in(checked.model)


def find_in(process: Process) -> Iterator[Finding]:
    yield from _starts_of_the_process(process)
    for scope in process.of_type(*CONTAINERS):
        starts = [element for element in process.children(scope.id) if element.type == "startEvent"]
        if scope.type == "adHocSubProcess":
            if starts:
                text = N_("%(what)s is started part by part and has no start event.")
                yield error("start", scope.id, text, what=named(scope))
        elif len(starts) != 1:
            text = N_("%(what)s needs exactly one start event; it has %(count)s.")
            yield error("start", scope.id, text, what=scope.id, count=len(starts))
    for element in process.elements.values():
        yield from _leaving(process, element)
        yield from _boundary(process, element)
    yield from _reach(process)


def _starts_of_the_process(process: Process) -> Iterator[Finding]:
    starts = [element for element in process.children(process.id) if element.type == "startEvent"]
    plain = [start for start in starts if not start.events]
    if not starts and not any(element.instantiates for element in process.children(process.id)):
        yield error("start", process.id, N_("%(what)s needs a start event."), what=process.id)
    elif len(plain) > 1:
        text = N_("%(what)s has more than one start event about nothing; a case would not know where to begin.")
        yield error("start", process.id, text, what=process.id)


def _leaving(process: Process, element: Element) -> Iterator[Finding]:
    leaving, arriving = process.outgoing[element.id], process.incoming[element.id]
    what = named(element)
    if _entered_alone(element) and arriving:
        yield error("flow-arrives", element.id, N_("No flow may lead to %(what)s."), what=what)
    if _left_alone(element) and leaving:
        yield error("flow-leaves", element.id, N_("No flow may leave %(what)s."), what=what)
    if element.type in ("exclusiveGateway", "inclusiveGateway"):
        yield from _exclusive(element, leaving)
        return
    for flow in leaving:
        if flow.condition:
            text = N_("The flow %(flow)s has a condition but leaves %(what)s, which chooses nothing.")
            yield mended(
                error("condition-elsewhere", flow.id, text, flow=flow.id, what=what), Fix("condition", flow.id)
            )
    if element.type == "eventBasedGateway":
        yield from _race(process, element, leaving)
    elif not element.type.endswith("Gateway") and len(leaving) > 1:
        text = N_("Several flows leave %(what)s; a gateway must say whether all or one of them is taken.")
        yield error("implicit-split", element.id, text, what=what)


def _exclusive(gateway: Element, leaving: tuple[Flow, ...]) -> Iterator[Finding]:
    if len(leaving) < 2:
        return
    for flow in leaving:
        if not flow.condition and flow.id != gateway.default:
            text = N_("The flow %(flow)s leaves %(what)s without a condition and is not the default.")
            yield error("condition-missing", flow.id, text, flow=flow.id, what=named(gateway))
        if flow.condition and flow.id == gateway.default:
            text = N_("The flow %(flow)s is the default of %(what)s; its condition is never asked.")
            found = warning("condition-of-default", flow.id, text, flow=flow.id, what=named(gateway))
            yield mended(found, Fix("condition", flow.id))
    if not gateway.default:
        text = N_("%(what)s has no default flow; a case for which no condition holds stops there.")
        yield warning("no-default", gateway.id, text, what=named(gateway))


def _race(process: Process, gateway: Element, leaving: tuple[Flow, ...]) -> Iterator[Finding]:
    for target in (process.elements[flow.target] for flow in leaving):
        if target.type not in ("intermediateCatchEvent", "receiveTask"):
            text = N_("%(what)s follows the event gateway %(gateway)s but waits for no event.")
            yield error("race", target.id, text, what=named(target), gateway=named(gateway))
        elif len(process.incoming[target.id]) > 1:
            text = N_("Only the event gateway %(gateway)s may lead to %(what)s.")
            yield error("race", target.id, text, what=named(target), gateway=named(gateway))


def _boundary(process: Process, element: Element) -> Iterator[Finding]:
    if element.type != "boundaryEvent":
        return
    host = process.elements[element.attached_to]
    activity = host.type in ACTIVITIES
    if not activity or host.event_subprocess or host.parent != element.parent:
        text = N_("%(what)s is attached to %(host)s, which cannot be left that way.")
        yield error("boundary", element.id, text, what=named(element), host=named(host))
    if host.type in _INSTANT:
        text = N_("%(what)s can never happen: %(host)s is over in an instant.")
        yield warning("boundary-never", element.id, text, what=named(element), host=named(host))


def _reach(process: Process) -> Iterator[Finding]:
    """Nodes no token comes to, nodes after which nothing follows, and nodes from which no end is reached."""
    forward = _edges(process)
    reached = _closure(_begins(process), forward)
    ends = {e.id for e in process.elements.values() if e.type == "endEvent" or e.event_subprocess or e.compensates}
    ends |= {e.id for e in process.elements.values() if _is_part(process, e) or e.about == "compensate"}
    ending = _closure(ends, _turned(forward))
    for element in process.elements.values():
        here, what = element.id, named(element)
        if here not in reached:
            yield error("unreachable", here, N_("No way leads to %(what)s."), what=what)
        elif not forward[here] and here not in ends:
            yield error("dead-end", here, N_("Nothing follows %(what)s; draw an end event."), what=what)
        elif here not in ending:
            yield error("no-end", here, N_("From %(what)s no way leads to an end event."), what=what)


def outcomes(process: Process) -> Iterator[Element]:
    """End events of the process with which a case can end: not those that only end a side way beside the main one."""
    edges = _edges(process, lambda event: event.interrupting)
    handlers = {e.id for e in process.elements.values() if e.event_subprocess}
    reached = _closure({e.id for e in process.children(process.id) if e.type == "startEvent"} - handlers, edges)
    return (end for end in process.ends if end.id in reached)


def _begins(process: Process) -> set[str]:
    return {
        e.id
        for e in process.elements.values()
        if e.type == "startEvent"
        or e.event_subprocess
        or e.instantiates
        or e.compensates
        or (_is_part(process, e) and not process.incoming[e.id])
    }


def _is_part(process: Process, element: Element) -> bool:
    """It stands in an ad-hoc sub-process, where a way begins and ends without events."""
    inside = process.elements.get(element.parent)
    return inside is not None and inside.type == "adHocSubProcess" and element.type in ACTIVITIES


def _entered_alone(element: Element) -> bool:
    caught_link = element.type == "intermediateCatchEvent" and element.about == "link"
    return element.type in _ENTERED_ALONE or element.event_subprocess or element.compensates or caught_link


def _left_alone(element: Element) -> bool:
    thrown_link = element.type == "intermediateThrowEvent" and element.about == "link"
    border = element.type == "boundaryEvent" and element.about == "compensate"
    ends = element.type == "endEvent" or element.event_subprocess or element.compensates
    return ends or thrown_link or border


def _edges(process: Process, counts: Callable[[Element], bool] = lambda _: True) -> dict[str, list[str]]:
    """Where a token can go next; a boundary event is a way out of its host if it counts."""
    forward = {id_: [flow.target for flow in flows] for id_, flows in process.outgoing.items()}
    for host, events in process.boundaries.items():
        forward[host].extend(event.id for event in events if counts(event))
    links = [element for element in process.elements.values() if element.about == "link"]
    for thrown in links:
        if thrown.type == "intermediateThrowEvent":
            caught = (e for e in links if e.type == "intermediateCatchEvent" and e.parent == thrown.parent)
            forward[thrown.id].extend(e.id for e in caught if e.events == thrown.events)
    return forward


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
