"""The parts of a scope that run apart: the way from its start, and side ways that never meet it again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bpmn.model import CONTAINERS, Element, Process


@dataclass(frozen=True, slots=True)
class Part:
    """Elements among which one or more tokens move.

    `entries` are alternatives where there are several starts, and begin `together` where there is none; `side` are
    events on a border that do not interrupt and whose way leads back among these elements.
    """

    scope: str
    entries: tuple[Element, ...]
    elements: frozenset[str]
    side: frozenset[str]
    together: bool = False


def parts(process: Process, scope: str) -> Iterator[Part]:
    """A scope cut into what can be looked at alone.

    A way that begins at an event that does not interrupt, and ends for itself, may run any number of times beside the
    main way; that is what such an event is for, so each is a part of its own.
    """
    waiting = list(_mains(process, scope))
    known: set[str] = set()
    while waiting:
        entries = waiting.pop()
        elements, side, apart = _grow(process, entries)
        waiting.extend((event,) for event in apart if event.id not in known)
        known.update(event.id for event in apart)
        yield Part(scope, entries, elements, side, together=len(entries) > 1 and not _begins(entries[0]))


def scopes(process: Process) -> list[str]:
    """The process and its sub-processes, inner ones first."""
    found, waiting = [], [process.id]
    while waiting:
        scope = waiting.pop()
        found.append(scope)
        waiting.extend(element.id for element in process.children(scope) if element.type in CONTAINERS)
    return found[::-1]


def _mains(process: Process, scope: str) -> Iterator[tuple[Element, ...]]:
    inside = [element for element in process.children(scope) if _flows(element)]
    holder = process.elements.get(scope)
    starts = tuple(element for element in inside if element.type == "startEvent")
    alone = tuple(
        element
        for element in inside
        if not process.incoming[element.id]
        and element.type not in ("startEvent", "boundaryEvent")
        and not catch(element)
    )
    if holder is not None and holder.type == "adHocSubProcess":
        yield from ((element,) for element in alone)
    elif starts:
        yield starts + tuple(element for element in alone if element.instantiates)
    elif any(element.instantiates for element in alone):
        yield tuple(element for element in alone if element.instantiates)
    elif alone:
        yield alone


def _begins(element: Element) -> bool:
    return element.type == "startEvent" or element.instantiates


def _flows(element: Element) -> bool:
    """Whether tokens come to an element along flows at all."""
    return not element.event_subprocess and not element.compensates


def catch(element: Element) -> bool:
    return element.type == "intermediateCatchEvent" and element.about == "link"


def link(element: Element) -> str:
    """The name that joins the two ends of a link; empty for everything else."""
    return element.events[0].ref if element.about == "link" else ""


def following(process: Process, element: Element) -> Iterator[str]:
    """The elements a token can go to when it leaves, by flow or by link."""
    yield from (flow.target for flow in process.outgoing[element.id])
    if (name := link(element)) and not catch(element):
        yield from (other.id for other in process.children(element.parent) if catch(other) and link(other) == name)


def _grow(process: Process, entries: Iterable[Element]) -> tuple[frozenset[str], frozenset[str], list[Element]]:
    """Everything an entry leads to, the side ways that meet it again, and the events whose ways do not."""
    reached = _closure(process, entries)
    side: set[str] = set()
    while True:
        beside = [
            event
            for id_ in sorted(reached)
            for event in process.boundaries.get(id_, ())
            if not event.interrupting and event.id not in side
        ]
        meeting = [event for event in beside if _meets(process, event, reached)]
        if not meeting:
            return frozenset(reached), frozenset(side), beside
        for event in meeting:
            side.add(event.id)
            reached |= _closure(process, [event])


def _meets(process: Process, event: Element, reached: set[str]) -> bool:
    """Whether the way of an event comes to an element of the main way, other than an end they share."""
    shared = _closure(process, [event]) & reached
    return any(process.elements[id_].type != "endEvent" for id_ in shared)


def _closure(process: Process, entries: Iterable[Element]) -> set[str]:
    waiting = [element.id for element in entries]
    found = set(waiting)
    while waiting:
        element = process.elements[waiting.pop()]
        onward = [*following(process, element)]
        onward += [
            event.id
            for event in process.boundaries.get(element.id, ())
            if event.interrupting and event.about != "compensate"
        ]
        fresh = [id_ for id_ in onward if id_ not in found]
        found.update(fresh)
        waiting.extend(fresh)
    return found
