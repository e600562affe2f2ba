"""Proving that a process always comes to its end, scope by scope, or showing how it does not."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from bpmn.model import Element, Process
from bpmn.soundness._data import Data, Writes, data_of
from bpmn.soundness._explore import Explored, Explorer, Fault, Found, Marking
from bpmn.soundness._net import Net, Sink, reach
from bpmn.soundness._parts import Part, following, parts, scopes
from bpmn.soundness._reduce import reduce
from bpmn.soundness._runs import Run
from bpmn.soundness._translate import CANCEL, Gives, TooWide, translate
from bpmn.soundness._verdict import Change, Defect, Step, Unsound, Verdict

MOST_STATES = 20_000
MOST_MENDED = 400
"""Elements of a process up to which corrections are tried; each is a check of its own."""


def unknown(element: Element) -> None:
    """Of every element it is unknown what it sets."""


def analyse(process: Process, writes: Writes = unknown, most_states: int = MOST_STATES) -> Verdict:
    """Look at everything that can happen in a process, whatever people and other systems do.

    Each sub-process is looked at alone and then counts as one activity that can end in the ways that were found.
    Conditions that compare variables with fixed values are followed, so that choices which exclude each other do; all
    others can turn out either way.

    Args:
        writes: the variables an element may set; None for one of which that cannot be known.
        most_states: after how many states of one scope to give up on proving it.
    """
    verdict = _verdict(process, writes, most_states)
    return replace(verdict, defects=tuple(_mended(process, verdict.defects, writes, most_states)))


def _verdict(process: Process, writes: Writes, most_states: int) -> Verdict:
    inner: dict[str, Gives] = {}
    defects: list[Unsound] = []
    unproved: list[str] = []
    states = 0
    for scope in scopes(process):
        looked = [_look(process, part, inner, writes, most_states) for part in parts(process, scope)]
        for one in looked:
            defects.extend(one.defects)
            states += one.explored.states
        if any(not one.explored.whole for one in looked):
            unproved.append(scope)
        inner[scope] = _gives(process, scope, [one.explored for one in looked], inner)
    return Verdict(tuple(defects), states, tuple(unproved))


@dataclass(frozen=True, slots=True)
class _Looked:
    explored: Explored
    defects: tuple[Unsound, ...]


def _look(process: Process, part: Part, inner: Mapping[str, Gives], writes: Writes, most_states: int) -> _Looked:
    try:
        net = translate(process, part, inner)
    except TooWide:
        return _Looked(Explored(whole=False, completes=True), ())
    explored, data = _explore(process, part, net, writes, most_states)
    defects = dict.fromkeys(_defect(net, part.scope, found) for found in explored.found)
    crowded = any(found.fault is Fault.CROWDED for found in explored.found)
    if explored.whole and not crowded:
        defects |= dict.fromkeys(_dead(process, part, net, explored))
        defects |= dict.fromkeys(_never_taken(process, part, data, explored))
    return _Looked(explored, tuple(_first_of_each(defects)))


def _explore(process: Process, part: Part, net: Net, writes: Writes, most_states: int) -> tuple[Explored, Data | None]:
    """What can happen as far as data allows it; where that is too much to look at, whatever the data."""
    data = data_of(process, part.elements, writes)
    if data is not None:
        small, seen = reduce(net, data.matters)
        explored = Explorer(small, seen, most_states, data).run()
        if explored.whole:
            return explored, data
    small, seen = reduce(net)
    return Explorer(small, seen, most_states).run(), None


def _never_taken(process: Process, part: Part, data: Data | None, explored: Explored) -> Iterator[Unsound]:
    """Flows that no data takes, of gateways that are reached."""
    reached = {process.flows[id_].source for id_ in explored.flows if id_}
    for id_ in sorted(data.taken if data else ()):
        if id_ not in explored.flows and process.flows[id_].source in reached:
            yield Unsound(Defect.NEVER_TAKEN, part.scope, (id_,))


def _first_of_each(defects: Mapping[Unsound, None]) -> Iterator[Unsound]:
    """One of each kind at each place, the one with the shortest way."""
    best: dict[tuple[Defect, tuple[str, ...]], Unsound] = {}
    for defect in defects:
        key = defect.defect, defect.elements
        if key not in best or len(defect.path) < len(best[key].path):
            best[key] = defect
    return iter(best.values())


def _defect(net: Net, scope: str, found: Found) -> Unsound:
    run = Run(net, found.run)
    pair = run.crowd()
    if found.fault is Fault.CROWDED and pair is not None:
        first, second = pair
        place, fork = net.places[second.place], run.fork(first, second)
        kind = Defect.IMPROPER_COMPLETION if place.sink is Sink.END else Defect.LACK_OF_SYNCHRONISATION
        if run.grows(first, second):
            kind = Defect.UNBOUNDED
        parted = net.transitions[run.moves[fork]].element if fork is not None else ""
        return Unsound(kind, scope, (place.element,), _path(run.steps(run.up_to(pair))), fork=parted)
    if found.fault is Fault.ENDLESS:
        return Unsound(Defect.LIVELOCK, scope, _standing(net, found.marking), _path(run.steps()))
    waiting = _roots(net, found.marking)
    there = run.up_to(run.left(waiting))
    beside = [position for position in range(len(run.moves)) if position not in set(there)]
    elements = _standing(net, waiting)
    return Unsound(Defect.DEADLOCK, scope, elements, _path(run.steps(there)), _path(run.steps(beside)))


def _standing(net: Net, marking: Iterable[int]) -> tuple[str, ...]:
    places = (net.places[place] for place in marking)
    return tuple(dict.fromkeys(place.element for place in places if place.sink is None))


def _roots(net: Net, marking: Marking) -> list[int]:
    """Of tokens that wait for ever those that do not wait for another of them."""
    left = [place for place in marking if net.places[place].sink is None]
    roots = [place for place in left if not _awaits(net, place, left)]
    return roots or left


def _awaits(net: Net, place: int, left: list[int]) -> bool:
    """Whether what a token waits for could only come from another token that waits elsewhere."""
    joins = [move for move in net.transitions.values() if place in move.inputs]
    empty = {other for move in joins for other in move.inputs} - set(left)
    here = net.places[place].element
    coming = reach(net.transitions.values(), empty)
    return any(other in coming for other in left if net.places[other].element != here)


def _path(steps: tuple[tuple[str, str], ...]) -> tuple[Step, ...]:
    return tuple(Step(element, flow) for element, flow in steps)


def _dead(process: Process, part: Part, net: Net, explored: Explored) -> Iterator[Unsound]:
    """The first elements of each way that is drawn and can never be gone, unless a join that waits for ever is why."""
    happened = {net.transitions[number].element for number in explored.happened}
    happened |= {process.elements[id_].attached_to for id_ in happened}
    stuck = {net.places[place].element for found in explored.found for place in found.marking}
    dead = part.elements - happened
    behind = {after for id_ in dead for after in _onward(process, process.elements[id_])}
    for id_ in sorted(dead - behind - stuck):
        yield Unsound(Defect.DEAD, part.scope, (id_,))


def _onward(process: Process, element: Element) -> Iterator[str]:
    yield from following(process, element)
    yield from (event.id for event in process.boundaries.get(element.id, ()))


def _gives(process: Process, scope: str, looked: list[Explored], inner: Mapping[str, Gives]) -> Gives:
    """How a scope ends, seen from outside; what an event sub-process in it does is part of that."""
    handlers = [element for element in process.children(scope) if element.event_subprocess]
    main = looked[0] if looked else Explored(completes=True)
    # What is wrong inside is said there; around it the scope counts as if it were mended.
    completes, stops = main.completes or not main.whole or bool(main.found), set().union(*(one.stops for one in looked))
    if "" in stops:
        completes = True
    for handler in handlers:
        given = inner[handler.id]
        start = next((one for one in process.children(handler.id) if one.type == "startEvent"), None)
        if start is None or not start.interrupting:
            continue
        completes = completes or given.completes
        stops |= given.stops
        if start.events and start.events[0].kind == "error":
            caught = start.events[0].ref
            stops -= {code for code in stops - {CANCEL, ""} if not caught or code == caught}
            stops |= given.stops
    return Gives(completes, frozenset(stops - {""}))


def _mended(process: Process, defects: tuple[Unsound, ...], writes: Writes, most_states: int) -> Iterator[Unsound]:
    """Each defect, with a correction if exchanging one gateway removes it and brings no other."""
    for defect in defects:
        changes = _changes(process, defect) if len(process.elements) <= MOST_MENDED else ()
        helping = (change for change in changes if _helps(process, defect, change, defects, writes, most_states))
        yield replace(defect, fix=next(helping, None))


_GATEWAYS = ("exclusiveGateway", "parallelGateway", "inclusiveGateway")


def _changes(process: Process, defect: Unsound) -> Iterator[Change]:
    """Joins whose exchange could mend a defect: where it shows, before that, and backwards on the way there."""
    near = [*(id_ for id_ in defect.elements if id_ in process.elements)]
    near += [*(flow.source for id_ in defect.elements for flow in process.incoming.get(id_, ()))]
    near += [step.element for step in reversed(defect.path)]
    for id_ in dict.fromkeys(near):
        element = process.elements[id_]
        if element.type in _GATEWAYS and len(process.incoming[id_]) > 1:
            yield from (Change(id_, other) for other in _GATEWAYS if other != element.type)


def _helps(
    process: Process,
    defect: Unsound,
    change: Change,
    defects: tuple[Unsound, ...],
    writes: Writes,
    most_states: int,
) -> bool:
    changed = replace(process.elements[change.element], type=change.type)
    elements = {**process.elements, changed.id: changed}
    after = _verdict(replace(process, elements=elements), writes, most_states).defects
    still = any((one.defect, one.elements) == (defect.defect, defect.elements) for one in after)
    return not still and len(after) < len(defects)
