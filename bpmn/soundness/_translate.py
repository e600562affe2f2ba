"""From the drawn part of a scope to its net."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations

from bpmn.model import CONTAINERS, Element, Process
from bpmn.soundness._net import Net, Sink
from bpmn.soundness._parts import Part, following, link

MOST_BRANCHES = 8
"""Ways of an inclusive split up to which every choice of some of them is tried."""
CANCEL = "cancel"
_JOINS = frozenset({"parallelGateway", "inclusiveGateway"})
_AT_ONCE = _JOINS | {"exclusiveGateway", "complexGateway", "endEvent"}
MAY_FAIL = frozenset({"serviceTask", "sendTask", "businessRuleTask", "scriptTask", "callActivity", "userTask"})


class TooWide(Exception):
    """An inclusive split has more ways than can be tried."""


@dataclass(frozen=True, slots=True)
class Gives:
    """How a scope can end: by completing, by errors nobody in it catches (their ids), by a cancel."""

    completes: bool = True
    stops: frozenset[str] = frozenset()


def translate(process: Process, part: Part, inner: Mapping[str, Gives]) -> Net:
    """The net of one part. Activities take no time and any event may happen; data decides nothing.

    Args:
        inner: how the sub-processes in it can end.

    Raises:
        TooWide: an inclusive split has more than `MOST_BRANCHES` ways.
    """
    net = Net()
    drawn = _Drawn(process, part, inner, net)
    net.first = net.place(part.entries[0].id)
    begins = [net.place(entry.id) if part.together else net.first for entry in part.entries]
    if part.together:
        net.add(part.entries[0].id, (net.first,), begins)
    for entry, begin in zip(part.entries, begins, strict=True):
        drawn.leave(entry, begin)
    for id_ in sorted(part.elements - {entry.id for entry in part.entries if not process.incoming[entry.id]}):
        element = process.elements[id_]
        if element.type != "boundaryEvent":
            drawn.element(element)
    return net


@dataclass
class _Drawn:
    process: Process
    part: Part
    inner: Mapping[str, Gives]
    net: Net
    on_flow: dict[str, int] = field(default_factory=dict)
    at_link: dict[str, int] = field(default_factory=dict)

    def element(self, element: Element) -> None:
        """Everything a token can do at an element it came to."""
        arriving = self._arriving(element)
        if element.type == "parallelGateway":
            self.net.add(element.id, arriving, self._leaving(element))
        elif element.type == "inclusiveGateway" and len(arriving) > 1:
            middle = self.net.place(element.id, instant=True)
            self.net.add(element.id, arriving, (middle,), waits=True)
            self.leave(element, middle)
        elif len(arriving) == 1:
            self.leave(element, arriving[0])
        else:
            middle = self.net.place(element.id, instant=element.type in _AT_ONCE)
            for place in arriving:
                self.net.add(element.id, (place,), (middle,))
            self.leave(element, middle)

    def leave(self, element: Element, here: int) -> None:
        """The ways on for one token that stands at an element."""
        match element.type:
            case "endEvent":
                self.net.add(element.id, (here,), (self._end(element),))
            case "exclusiveGateway" | "eventBasedGateway" | "complexGateway":
                for flow in self.process.outgoing[element.id]:
                    self.net.add(element.id, (here,), (self._flow(flow.id),), flow.id)
                if not self.process.outgoing[element.id]:
                    self.net.add(element.id, (here,), self._leaving(element))
            case "inclusiveGateway":
                for chosen in self._choices(element):
                    self.net.add(element.id, (here,), (self._flow(id_) for id_ in chosen))
            case "parallelGateway":
                self.net.add(element.id, (here,), self._leaving(element))
            case _:
                self._activity(element, here)

    def _activity(self, element: Element, here: int) -> None:
        events = [event for event in self.process.boundaries.get(element.id, ()) if self._can_happen(element, event)]
        for event in events:
            if event.id in self.part.side:
                after = self.net.place(element.id)
                self.net.add(element.id, (here,), (after,))
                self.net.add(event.id, (here,), (after, *self._leaving(event)))
                here = after
        gives = self.inner.get(element.id, Gives())
        if gives.completes:
            self.net.add(element.id, (here,), self._leaving(element))
        for event in events:
            if event.interrupting:
                self.net.add(event.id, (here,), self._leaving(event))
        for code in sorted(self._uncaught(gives, events)):
            self.net.add(element.id, (here,), (self.net.sink(element.id, Sink.STOP, code),))

    def _can_happen(self, host: Element, event: Element) -> bool:
        kind, ref = (event.events[0].kind, event.events[0].ref) if event.events else ("", "")
        if kind == "compensate":
            return False
        if kind == "cancel":
            return CANCEL in self.inner.get(host.id, Gives()).stops
        if kind == "error" and host.type in CONTAINERS:
            thrown = self.inner[host.id].stops - {CANCEL}
            return _may_fail(self.process, host) or any(self._catches(ref, code) for code in thrown)
        return True

    def _catches(self, ref: str, thrown: str) -> bool:
        return not ref or self._code(ref) == self._code(thrown)

    def _code(self, ref: str) -> str:
        known = self.process.errors.get(ref)
        return known.code if known is not None else ref

    def _uncaught(self, gives: Gives, events: list[Element]) -> set[str]:
        catching = [event.events[0].ref for event in events if event.events and event.events[0].kind == "error"]
        return {code for code in gives.stops - {CANCEL} if not any(self._catches(ref, code) for ref in catching)}

    def _end(self, element: Element) -> int:
        kind, ref = (element.events[0].kind, element.events[0].ref) if element.events else ("", "")
        if kind in ("terminate", "error", "cancel"):
            outcome = {"terminate": "", "error": ref or "error", "cancel": CANCEL}[kind]
            return self.net.sink(element.id, Sink.STOP, outcome)
        return self.net.sink(element.id, Sink.END)

    def _arriving(self, element: Element) -> list[int]:
        places = [self._flow(flow.id) for flow in self.process.incoming[element.id]]
        return [*places, self._link(element)] if link(element) and not places else places

    def _leaving(self, element: Element) -> list[int]:
        """Where all tokens go that leave an element at once; an element after which nothing follows uses its up."""
        places = [self._flow(flow.id) for flow in self.process.outgoing[element.id]]
        if not places:
            places = [self._link(self.process.elements[id_]) for id_ in following(self.process, element)]
        return places or [self.net.sink(element.id, Sink.END)]

    def _choices(self, element: Element) -> Iterator[tuple[str, ...]]:
        """The sets of ways an inclusive split can take: some of those with conditions, or else the default."""
        flows = [flow.id for flow in self.process.outgoing[element.id]]
        if len(flows) > MOST_BRANCHES:
            raise TooWide(element.id)
        chosen = [id_ for id_ in flows if id_ != element.default]
        for size in range(1, len(chosen) + 1):
            yield from combinations(chosen, size)
        if element.default:
            yield (element.default,)

    def _flow(self, id_: str) -> int:
        if id_ not in self.on_flow:
            target = self.process.elements[self.process.flows[id_].target]
            joins = target.type in _JOINS and len(self.process.incoming[target.id]) > 1
            instant = target.type in _AT_ONCE and not joins
            self.on_flow[id_] = self.net.place(target.id, id_, instant=instant)
        return self.on_flow[id_]

    def _link(self, element: Element) -> int:
        if element.id not in self.at_link:
            self.at_link[element.id] = self.net.place(element.id, instant=True)
        return self.at_link[element.id]


def _may_fail(process: Process, scope: Element) -> bool:
    """Whether something in a sub-process can end with an error that the drawing does not show."""
    return any(
        element.type in MAY_FAIL or (element.type in CONTAINERS and _may_fail(process, element))
        for element in process.children(scope.id)
    )
