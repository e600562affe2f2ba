"""What can be reached before something has happened: where a token can stand, and by which shortest way."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bpmn.model import CONTAINERS, Element, Process
from bpmn.soundness._data import Data, Values, Writes, data_of
from bpmn.soundness._explore import Explorer, State
from bpmn.soundness._matter import Before, Matter, Way, here, joined, then
from bpmn.soundness._net import Net, Sink, Transition
from bpmn.soundness._parts import Part, parts, scopes
from bpmn.soundness._runs import Run
from bpmn.soundness._translate import CANCEL, MAY_FAIL, Gives, TooWide, translate
from bpmn.soundness._verdict import Step

MOST_LOOKED_AT = 2_000
"""States of one part of a process that are looked at; what was found is `cut` where there are more."""
_WAITING = frozenset({"userTask", "receiveTask", "serviceTask", "sendTask", "callActivity", "eventBasedGateway"})


def before(process: Process, matter: Matter, writes: Writes) -> Before:
    """Everything that can be reached in a process before a matter has happened, whatever people and systems do.

    Conditions that compare variables with fixed values are followed, as in `analyse`. What an element does while it is
    interrupted or fails is not done; an event on a border, or of an event sub-process, comes when all tokens wait.
    """
    inner: dict[str, Before] = {}
    for scope in scopes(process):
        element = process.elements.get(scope)
        if element is not None and scope in matter.apart:
            inner[scope] = _unseen(process, element)
        else:
            inner[scope] = _Scope(process, scope, matter, writes, inner).look()
    return inner[process.id]


def _unseen(process: Process, scope: Element) -> Before:
    """A sub-process that is not looked into can end in every way it is drawn to."""
    thrown = (end for end in process.children(scope.id) if end.type == "endEvent" and end.about in ("error", "cancel"))
    codes = {CANCEL if end.about == "cancel" else end.events[0].ref or "error": here for end in thrown}
    return Before(over=here, quiet=here, fails=here, stops=codes)


@dataclass
class _Scope:
    """One scope, when those inside it are known."""

    process: Process
    scope: str
    matter: Matter
    writes: Writes
    inner: Mapping[str, Before]
    told: Before = field(init=False)

    def __post_init__(self) -> None:
        beneath = (id_ for id_ in self.inner if self.process.elements[id_].parent == self.scope)
        self.told = Before(cut=any(self.inner[id_].cut for id_ in beneath))

    def look(self) -> Before:
        waiting = list(parts(self.process, self.scope))
        while ready := [part for part in waiting if self._entered(part) is not None]:
            waiting = [part for part in waiting if part not in ready]
            for part in ready:
                self._part(part, self._entered(part) or here)
        self._handlers()
        element = self.process.elements.get(self.scope)
        if element is not None and element.type == "adHocSubProcess":
            self.told.over = self.told.quiet = here
        return self.told

    def _entered(self, part: Part) -> Way | None:
        """The way to where a part begins: the start of the scope, or an event beside an activity that waits."""
        event = part.entries[0]
        if event.type != "boundaryEvent":
            return here
        return self._border(event)

    def _border(self, event: Element) -> Way | None:
        host = self.told.reached.get(event.attached_to)
        if host is None or not self._may_come(event):
            return None
        inner = self.inner.get(event.attached_to)
        return host if inner is None or inner.quiet is None else joined(host, inner.quiet)

    def _may_come(self, event: Element) -> bool:
        """Whether an event on a border can come before the matter has happened inside its host."""
        inner = self.inner.get(event.attached_to)
        if inner is None:
            return True
        if event.about == "error":
            return inner.fails is not None or bool(inner.stops.keys() - {CANCEL})
        return inner.quiet is not None or event.about == "cancel"

    def _part(self, part: Part, entry: Way) -> None:
        gives = {id_: Gives(True, frozenset(known.stops)) for id_, known in self.inner.items()}
        try:
            net = translate(self.process, part, gives)
        except TooWide:
            self.told.cut = True
            return
        _Search(self, part, net, entry).run()

    def goes_on(self, net: Net, move: Transition) -> bool:
        """Whether the matter has not happened yet after a move that could come before it."""
        element = self.process.elements[move.element]
        if any(net.places[place].flow in self.matter.closed for place in move.outputs):
            return False
        if element.type == "boundaryEvent":
            return self._may_come(element) and not self.matter.happens(element)
        ends = [net.places[place] for place in move.outputs if net.places[place].element == element.id]
        if any(place.sink is not Sink.END and not place.flow for place in ends):
            return True  # a step on the way into it, or out of it by an error
        inner = self.inner.get(element.id)
        return not self.matter.happens(element) and (inner is None or inner.over is not None)

    def waits(self, element: Element) -> bool:
        """Whether a token there lets other things happen meanwhile."""
        if element.type in CONTAINERS:
            return self.inner[element.id].quiet is not None
        if element.type == "intermediateCatchEvent":
            return element.about != "link"
        return element.type in _WAITING

    def stand(self, element: Element, way: Way) -> None:
        """A token can stand at an element: so at all that is reached inside it."""
        if element.id in self.told.reached:
            return
        self.told.reached[element.id] = then(way, element.id)
        if element.type in MAY_FAIL and self.told.fails is None:
            self.told.fails = then(way, element.id)
        if element.id in self.inner:
            inside = self.inner[element.id]
            for id_, inner in inside.reached.items():
                self.told.reached.setdefault(id_, joined(then(way, element.id), inner))
            if inside.fails is not None and self.told.fails is None:
                self.told.fails = joined(then(way, element.id), inside.fails)

    def _handlers(self) -> None:
        """Event sub-processes begin while their scope waits; one for errors where something fails."""
        for handler in self.process.children(self.scope):
            if not handler.event_subprocess:
                continue
            start = next((one for one in self.process.children(handler.id) if one.type == "startEvent"), None)
            fails = self.told.fails or next(iter(self.told.stops.values()), None)
            entry = fails if start is not None and start.about == "error" else self.told.quiet
            if start is None or entry is None:
                continue
            inner, begun = self.inner[handler.id], then(entry, handler.id)
            self.told.reached.setdefault(handler.id, begun)
            self.told.found(begun, inner)
            if start.interrupting and inner.over is not None and self.told.over is None:
                self.told.over = joined(begun, inner.over)


class _Search:
    """Looks through what can happen in one part, shortest ways first, as long as the matter has not happened."""

    def __init__(self, scope: _Scope, part: Part, net: Net, entry: Way) -> None:
        self.scope = scope
        self.part = part
        self.net = net
        self.entry = entry
        self.data: Data | None = data_of(scope.process, part.elements, scope.writes, scope.matter.rules)
        self.moves = Explorer(net, {}, MOST_LOOKED_AT)
        self.goes_on = {number for number, move in net.transitions.items() if scope.goes_on(net, move)}
        self.alone = {number for number in self.goes_on if self._is_alone(net.transitions[number])}
        self.came: dict[State, tuple[State, int]] = {}

    def _is_alone(self, move: Transition) -> bool:
        """Whether a move is the only way on from a place and matters to no other: its turn can come first."""
        only = len(move.inputs) == 1 and all(len(self.moves.moves[place]) == 1 for place in move.inputs)
        return only and not (self.data is not None and self.data.matters(move))

    def run(self) -> None:
        start: State = (self.net.first,), self.data.begin if self.data else ()
        seen, waiting = {start}, deque([start])
        while waiting and len(seen) <= MOST_LOOKED_AT:
            state = waiting.popleft()
            if self._ended(state):
                continue
            for number, after in self._steps(state):
                if after not in seen:
                    seen.add(after)
                    self.came[after] = state, number
                    waiting.append(after)
        if waiting:
            self.scope.told.cut = True

    def _ended(self, state: State) -> bool:
        """Whether the scope is over there; if so that is told."""
        marking, told = state[0], self.scope.told
        sinks = [self.net.places[place] for place in marking if self.net.places[place].sink is not None]
        stop = next((place for place in sinks if place.sink is Sink.STOP), None)
        if stop is not None and stop.outcome:
            told.stops.setdefault(stop.outcome, self._way(state, marking))
            return True
        main = self.part.entries[0].type != "boundaryEvent"
        if (stop is not None or len(sinks) == len(marking)) and main and told.over is None:
            told.over = self._way(state, marking)
        return stop is not None or len(sinks) == len(marking)

    def _steps(self, state: State) -> Iterator[tuple[int, State]]:
        marking, values = state
        waiting: list[Transition] = []
        steps: list[tuple[int, State]] = []
        quiet = True
        for number in self.moves.enabled(marking):
            move = self.net.transitions[number]
            known = self._after(values, move)
            if known is None:
                continue
            element = self.scope.process.elements[move.element]
            if element.type != "boundaryEvent":
                self.scope.stand(element, self._way(state, move.inputs))
                self._ask(element, values, self._way(state, move.inputs))
                quiet = quiet and self.scope.waits(element)
                waiting.append(move)
            if number in self.goes_on:
                steps.append((number, (self.moves.moved(marking, number), known)))
        if quiet and waiting and self.scope.told.quiet is None:
            self.scope.told.quiet = self._to_rest(state, waiting[0])
        alone = [step for step in steps if step[0] in self.alone]
        yield from [min(alone, key=self._rests)] if alone else steps

    def _rests(self, step: tuple[int, State]) -> bool:
        """What goes on at once goes before what waits, so that it is seen where all wait."""
        return self.scope.waits(self.scope.process.elements[self.net.transitions[step[0]].element])

    def _ask(self, gateway: Element, values: Values, way: Way) -> None:
        """Note which conditions of a gateway are looked at."""
        flows = [flow.id for flow in self.scope.process.outgoing[gateway.id] if flow.condition]
        for flow in self.data.asked(values, flows) if self.data else flows:
            self.scope.told.reached.setdefault(flow, then(way, gateway.id))

    def _after(self, values: Values, move: Transition) -> Values | None:
        return self.data.after(values, move) if self.data else values

    def _to_rest(self, state: State, move: Transition) -> Way:
        """To where something waits; in a sub-process, to where that does."""
        way, inner = then(self._way(state, move.inputs), move.element), self.scope.inner.get(move.element)
        return way if inner is None or inner.quiet is None else joined(way, inner.quiet)

    def _way(self, state: State, places: Iterable[int]) -> Way:
        """What the tokens at some places owe their places to, from the start of the process."""
        wanted = tuple(places)

        def steps() -> tuple[Step, ...]:
            moves: list[int] = []
            at = state
            while at in self.came:
                at, number = self.came[at]
                moves.append(number)
            run = Run(self.net, moves[::-1])
            passed = (Step(element, flow) for element, flow in run.steps(run.up_to(run.left(wanted))))
            return (*self.entry(), *(one for step in passed for one in self._through(step)))

        return steps

    def _through(self, step: Step) -> Iterator[Step]:
        """A step, with the way through what is inside it, or inside what its event interrupts."""
        element = self.scope.process.elements[step.element]
        inner = self.scope.inner.get(element.attached_to or element.id)
        if inner is not None and element.attached_to:
            thrown = inner.fails or next(iter(inner.stops.values()), None)
            way = thrown if element.about == "error" else inner.quiet
            yield Step(element.attached_to)
            yield from way() if way is not None else ()
        yield step
        if inner is not None and not element.attached_to and inner.over is not None:
            yield from inner.over()
