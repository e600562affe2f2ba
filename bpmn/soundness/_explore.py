"""Everything that can happen in a net, shortest ways first, within a number of states."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from heapq import heappop, heappush
from itertools import pairwise

from bpmn.soundness._data import Data, Values
from bpmn.soundness._net import Net, Sink, Transition, reach

Marking = tuple[int, ...]
"""The places of all tokens, sorted; a place with two tokens stands there twice."""
State = tuple[Marking, Values]
"""Where the tokens are, and what is known of data."""
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
    flows: set[str] = field(default_factory=set)
    """Flows that data decides on, and that were taken."""


class Explorer:
    """Looks through what can happen in one net; with `data`, only as far as conditions allow it."""

    def __init__(
        self, net: Net, seen: Mapping[int, frozenset[int]], most_states: int, data: Data | None = None
    ) -> None:
        self.net = net
        self.data = data
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
        self.came: dict[State, tuple[State, int]] = {}
        self.next: dict[State, list[State]] = {}

    def run(self) -> Explored:
        start: State = (self.net.first,), self.data.begin if self.data else ()
        self.explored.happened |= self.seen.get(self.net.first, frozenset())
        near: dict[State, int] = {start: 0}
        waiting: list[tuple[int, State]] = [(0, start)]
        good: list[State] = []
        while waiting:
            distance, state = heappop(waiting)
            if state in self.next:
                continue
            if len(self.next) >= self.most_states:
                self.explored.whole = False
                break
            self.next[state] = []
            if self._over(state, good):
                continue
            for number, after in self._steps(state):
                self.next[state].append(after)
                length = distance + len(self.net.transitions[number].fires)
                if length < near.get(after, length + 1):
                    near[after] = length
                    self.came[after] = state, number
                    heappush(waiting, (length, after))
        self.explored.states = len(self.next)
        if self.explored.whole:
            self._endless(good)
        return self.explored

    def _over(self, state: State, good: list[State]) -> bool:
        """Whether nothing is to be looked for beyond a state."""
        marking, _ = state
        stopped = [place for place in marking if place in self.stops]
        if stopped:
            self.explored.stops.add(self.net.places[stopped[0]].outcome)
            good.append(state)
            return True
        if self._crowded(marking):
            self._report(Fault.CROWDED, state)
            return True
        if all(place in self.ends for place in marking):
            self.explored.completes = True
            good.append(state)
            return True
        return False

    def _steps(self, state: State) -> Iterator[tuple[int, State]]:
        """The moves that can come next. A token that cannot rest goes first, and no other move competes with it."""
        marking, values = state
        enabled = self.enabled(marking)
        urgent = next((place for place in marking if self.net.places[place].instant and self.moves.get(place)), None)
        if urgent is not None:
            enabled = [number for number in enabled if urgent in self.net.transitions[number].inputs]
        if not enabled:
            self._report(Fault.STUCK, state)
        for number in enabled:
            move = self.net.transitions[number]
            known = self.data.after(values, move) if self.data else values
            if known is not None:
                self.explored.flows.add(move.flow)
                yield number, (self.moved(marking, number), known)

    def enabled(self, marking: Marking) -> list[int]:
        """The moves whose tokens are all there."""
        return list(self._enabled(set(marking)))

    def _enabled(self, there: set[int]) -> Iterator[int]:
        tried: set[int] = set()
        for place in sorted(there):
            for number in self.moves.get(place, ()):
                if number in tried:
                    continue
                tried.add(number)
                move = self.net.transitions[number]
                if self._nothing_more_comes(number, move, there) if move.waits else move.inputs <= there:
                    yield number

    def moved(self, marking: Marking, number: int) -> Marking:
        """Where the tokens are after a move."""
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

    def _endless(self, good: list[State]) -> None:
        """Report the nearest state from which no end, good or bad, can be reached."""
        before: dict[State, list[State]] = {}
        for state, following in self.next.items():
            for after in following:
                before.setdefault(after, []).append(state)
        ending = set(good) | {state for state, following in self.next.items() if not following}
        waiting = list(ending)
        while waiting:
            fresh = [state for state in before.get(waiting.pop(), ()) if state not in ending]
            ending.update(fresh)
            waiting.extend(fresh)
        lost = next((state for state in self.next if state not in ending), None)
        if lost is not None:
            self._report(Fault.ENDLESS, self._on_the_round(lost))

    def _on_the_round(self, state: State) -> State:
        """The first state that comes again when one goes on from here; only states without an end follow."""
        passed: dict[State, None] = {}
        while state not in passed:
            passed[state] = None
            state = self.next[state][0]
        return state

    def _report(self, fault: Fault, state: State) -> None:
        if len(self.explored.found) < MOST_FAULTS:
            self.explored.found.append(Found(fault, state[0], self._run(state)))

    def _run(self, state: State) -> tuple[int, ...]:
        steps: list[tuple[int, ...]] = []
        while state in self.came:
            state, number = self.came[state]
            steps.append(self.net.transitions[number].fires)
        return tuple(move for fires in reversed(steps) for move in fires)
