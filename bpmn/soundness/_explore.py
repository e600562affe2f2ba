"""Everything that can happen in a net, shortest ways first, within a number of states."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from heapq import heappop, heappush
from itertools import pairwise

from bpmn.soundness._net import Net, Sink, Transition, reach

Marking = tuple[int, ...]
"""The places of all tokens, sorted; a place with two tokens stands there twice."""
MOST_FAULTS = 20


class Fault(StrEnum):
    """How a net can go wrong, as far as its tokens show."""

    STUCK = "stuck"
    """Tokens are left that nothing can move."""
    CROWDED = "crowded"
    """Two tokens stand at one place, or came to one end."""
    ENDLESS = "endless"
    """Something can always move, and no end is ever reached."""


@dataclass(frozen=True, slots=True)
class Found:
    """A fault, the tokens as they then stand, and the moves of the drawn model that lead there."""

    fault: Fault
    marking: Marking
    run: tuple[int, ...]


@dataclass
class Explored:
    """What was found. `whole` says whether everything was looked at; `happened` are moves of the drawn model."""

    found: list[Found] = field(default_factory=list)
    states: int = 0
    whole: bool = True
    completes: bool = False
    stops: set[str] = field(default_factory=set)
    happened: set[int] = field(default_factory=set)


class Explorer:
    """Looks through the markings of one net."""

    def __init__(self, net: Net, seen: Mapping[int, frozenset[int]], most_states: int) -> None:
        self.net = net
        self.seen = seen
        self.most_states = most_states
        self.explored = Explored()
        self.ends = frozenset(number for number, place in enumerate(net.places) if place.sink is Sink.END)
        self.stops = frozenset(number for number, place in enumerate(net.places) if place.sink is Sink.STOP)
        self.moves: dict[int, list[int]] = {}
        for number, move in sorted(net.transitions.items()):
            for place in move.inputs:
                self.moves.setdefault(place, []).append(number)
        self.coming = {number: self._coming(move) for number, move in net.transitions.items() if move.waits}
        self.came: dict[Marking, tuple[Marking, int]] = {}
        self.next: dict[Marking, list[Marking]] = {}

    def run(self) -> Explored:
        start: Marking = (self.net.first,)
        self.explored.happened |= self.seen.get(self.net.first, frozenset())
        near: dict[Marking, int] = {start: 0}
        waiting: list[tuple[int, Marking]] = [(0, start)]
        good: list[Marking] = []
        while waiting:
            distance, marking = heappop(waiting)
            if marking in self.next:
                continue
            if len(self.next) >= self.most_states:
                self.explored.whole = False
                break
            self.next[marking] = []
            if self._over(marking, good):
                continue
            for number, after in self._steps(marking):
                self.next[marking].append(after)
                length = distance + len(self.net.transitions[number].fires)
                if length < near.get(after, length + 1):
                    near[after] = length
                    self.came[after] = marking, number
                    heappush(waiting, (length, after))
        self.explored.states = len(self.next)
        if self.explored.whole:
            self._endless(good)
        return self.explored

    def _over(self, marking: Marking, good: list[Marking]) -> bool:
        """Whether nothing is to be looked for beyond a marking."""
        stopped = [place for place in marking if place in self.stops]
        if stopped:
            self.explored.stops.add(self.net.places[stopped[0]].outcome)
            good.append(marking)
            return True
        if self._crowded(marking):
            self._report(Fault.CROWDED, marking)
            return True
        if all(place in self.ends for place in marking):
            self.explored.completes = True
            good.append(marking)
            return True
        return False

    def _steps(self, marking: Marking) -> Iterator[tuple[int, Marking]]:
        """The moves that can come next. A token that cannot rest goes first, and no other move competes with it."""
        enabled = list(self._enabled(marking))
        urgent = next((place for place in marking if self.net.places[place].instant and self.moves.get(place)), None)
        if urgent is not None:
            enabled = [number for number in enabled if urgent in self.net.transitions[number].inputs]
        if not enabled:
            self._report(Fault.STUCK, marking)
        for number in enabled:
            yield number, self._after(marking, number)

    def _enabled(self, marking: Marking) -> Iterator[int]:
        there = set(marking)
        tried: set[int] = set()
        for place in sorted(there):
            for number in self.moves.get(place, ()):
                if number in tried:
                    continue
                tried.add(number)
                move = self.net.transitions[number]
                if self._nothing_more_comes(number, move, there) if move.waits else move.inputs <= there:
                    yield number

    def _after(self, marking: Marking, number: int) -> Marking:
        move = self.net.transitions[number]
        left = list(marking)
        for place in move.inputs:
            if place in left:
                left.remove(place)
        left.extend(move.outputs)
        self.explored.happened |= move.covers
        for place in move.outputs:
            self.explored.happened |= self.seen.get(place, frozenset())
        return tuple(sorted(left))

    def _coming(self, move: Transition) -> dict[int, frozenset[int]]:
        """For each input of an inclusive join the places from which it is reached without passing the join."""
        others = [other for other in self.net.transitions.values() if not other.waits or other.inputs != move.inputs]
        return {place: reach(others, (place,)) for place in move.inputs}

    def _nothing_more_comes(self, number: int, move: Transition, there: set[int]) -> bool:
        """BPMN 2.0, 13.4.3: a token that could still come to an empty flow is waited for, unless it could as well
        come to one that has a token already."""
        coming = self.coming[number]
        filled = move.inputs & there
        full = frozenset().union(*(coming[place] for place in filled))
        empty = frozenset().union(*(coming[place] for place in move.inputs - there))
        return not (there - move.inputs) & (empty - full)

    def _crowded(self, marking: Marking) -> bool:
        return any(one == other and not self.net.places[one].instant for one, other in pairwise(marking))

    def _endless(self, good: list[Marking]) -> None:
        """Report the nearest marking from which no end, good or bad, can be reached."""
        before: dict[Marking, list[Marking]] = {}
        for marking, following in self.next.items():
            for after in following:
                before.setdefault(after, []).append(marking)
        ending = set(good) | {marking for marking, following in self.next.items() if not following}
        waiting = list(ending)
        while waiting:
            fresh = [marking for marking in before.get(waiting.pop(), ()) if marking not in ending]
            ending.update(fresh)
            waiting.extend(fresh)
        lost = next((marking for marking in self.next if marking not in ending), None)
        if lost is not None:
            self._report(Fault.ENDLESS, lost)

    def _report(self, fault: Fault, marking: Marking) -> None:
        if len(self.explored.found) < MOST_FAULTS:
            self.explored.found.append(Found(fault, marking, self._run(marking)))

    def _run(self, marking: Marking) -> tuple[int, ...]:
        steps: list[tuple[int, ...]] = []
        while marking in self.came:
            marking, number = self.came[marking]
            steps.append(self.net.transitions[number].fires)
        return tuple(move for fires in reversed(steps) for move in fires)
