"""Making a net small without changing whether it is sound (after Murata's rules, Proc. IEEE 77(4), 1989, section V)."""

from collections import Counter
from collections.abc import Callable

from bpmn.soundness._net import Net, Sink, Transition

Kept = Callable[[Transition], bool]


class _Reducing:
    """A net under reduction, with who fills and who empties each place.

    `keeps` names the moves that must stay visible because data decides them. `seen` are moves of the drawn model that
    can happen as soon as a place is filled, though the net does not show them.
    """

    def __init__(self, net: Net, keeps: Kept) -> None:
        self.net = net
        self.keeps = keeps
        self.fills: dict[int, set[int]] = {place: set() for place in range(len(net.places))}
        self.empties: dict[int, set[int]] = {place: set() for place in range(len(net.places))}
        self.next = len(net.transitions)
        self.stops = any(place.sink is Sink.STOP for place in net.places)
        self.seen: dict[int, frozenset[int]] = {}
        for number, transition in net.transitions.items():
            self._link(number, transition)

    def run(self) -> None:
        waiting = set(range(len(self.net.places)))
        while waiting:
            place = waiting.pop()
            if place == self.net.first or self.net.places[place].sink is not None:
                continue
            for rule in (self._twins, self._idle, self._same, self._some, self._through):
                touched = rule(place)
                if touched:
                    waiting |= touched
                    break

    def _through(self, place: int) -> set[int]:
        """Whatever fills a place goes on at once to where the place leads, if nothing else is needed to go on."""
        before, after = self.fills[place], self.empties[place]
        if not before or not after or before & after or len(before) * len(after) > len(before) + len(after):
            return set()
        moves = [self.net.transitions[number] for number in (*before, *after)]
        if any(self.keeps(move) for move in moves):
            return set()
        onward = [self.net.transitions[number] for number in after]
        if any(move.waits or move.inputs != {place} for move in onward):
            return set()
        if not self.net.places[place].instant and self._would_hide(onward):
            return set()
        if self.stops and any(self._beside(self.net.transitions[number], place) for number in before):
            return set()
        touched: set[int] = set()
        for number in sorted(before):
            first = self._drop(number)
            for second in onward:
                touched |= self._insert(self._joined(first, second, place))
        for number in sorted(after):
            touched |= set(self._drop(number).outputs)
        return touched - {place}

    def _beside(self, move: Transition, place: int) -> bool:
        """Whether a token rests at a place while others of the same move go on, and may end everything first."""
        return len(move.outputs) > 1 and not self.net.places[place].instant

    def _would_hide(self, onward: list[Transition]) -> bool:
        """Whether two tokens that rest at one place would not be noticed where these moves lead."""
        ahead = (self.net.places[target] for move in onward for target in move.outputs)
        return any(place.instant or place.sink is Sink.STOP for place in ahead)

    def _joined(self, first: Transition, second: Transition, place: int) -> Transition:
        counted = Counter(first.outputs)
        times = counted.pop(place)
        outputs = [*counted.elements(), *(second.outputs * times)]
        return Transition(
            first.element,
            first.inputs,
            tuple(sorted(outputs)),
            first.flow,
            first.waits,
            first.fires + second.fires * times,
            first.covers | second.covers | self.seen.get(place, frozenset()),
        )

    def _same(self, place: int) -> set[int]:
        """Of moves with the same effect the one with the shortest story stays."""
        best: dict[tuple[frozenset[int], tuple[int, ...], bool], int] = {}
        touched: set[int] = set()
        for number in sorted(self.empties[place]):
            move = self.net.transitions[number]
            if self.keeps(move):
                continue
            key = (move.inputs, move.outputs, move.waits)
            other = best.setdefault(key, number)
            if other == number:
                continue
            short, long = sorted((other, number), key=lambda one: len(self.net.transitions[one].fires))
            gone = self._drop(long)
            kept = self.net.transitions[short]
            self.net.transitions[short] = Transition(
                kept.element, kept.inputs, kept.outputs, kept.flow, kept.waits, kept.fires, kept.covers | gone.covers
            )
            best[key] = short
            touched |= {place, *move.inputs, *move.outputs}
        return touched

    def _idle(self, place: int) -> set[int]:
        """A move that changes nothing, where there is another way on."""
        for number in sorted(self.empties[place]):
            move = self.net.transitions[number]
            if move.outputs == (place,) and move.inputs == {place} and len(self.empties[place]) > 1:
                if self.keeps(move):
                    continue
                self._drop(number)
                self.seen[place] = self.seen.get(place, frozenset()) | move.covers
                return {place}
        return set()

    def _some(self, place: int) -> set[int]:
        """An inclusive split all of whose ways lead to one inclusive join: some are taken, and all of those arrive."""
        splits = [self.net.transitions[number] for number in self.empties[place]]
        between = {target for move in splits for target in move.outputs}
        joins = set.intersection(*(self.empties[target] for target in between)) if between else set()
        if not joins or any(self.keeps(move) for move in splits):
            return set()
        if any(not self.net.transitions[number].waits for number in joins):
            return set()
        for target in between:
            if self.empties[target] != joins or not self.fills[target] <= self.empties[place]:
                return set()
        onward = [self.net.transitions[number] for number in joins]
        if any(move.inputs != between for move in onward) or self._would_hide(onward):
            return set()
        if any(move.inputs != {place} or len(set(move.outputs)) < len(move.outputs) for move in splits):
            return set()
        ends = [self._drop(number) for number in sorted(joins)]
        touched = {place}
        for number in sorted(self.empties[place]):
            split = self._drop(number)
            for end in ends:
                touched |= self._insert(self._then(split, end))
        return touched

    def _then(self, split: Transition, join: Transition) -> Transition:
        seen = frozenset().union(*(self.seen.get(target, frozenset()) for target in split.outputs))
        return Transition(
            split.element,
            split.inputs,
            join.outputs,
            split.flow,
            split.waits,
            split.fires + join.fires,
            split.covers | join.covers | seen,
        )

    def _twins(self, place: int) -> set[int]:
        """Of places that are always filled and emptied together one is enough."""
        emptied = self.empties[place]
        if not emptied or not self.fills[place]:
            return set()
        beside = set.intersection(*(set(self.net.transitions[number].inputs) for number in emptied)) - {place}
        for other in sorted(beside - {self.net.first}):
            if self._together(place, other):
                if other in self.seen:
                    self.seen[place] = self.seen.get(place, frozenset()) | self.seen.pop(other)
                return self._forget(other) | {place}
        return set()

    def _together(self, place: int, other: int) -> bool:
        if self.empties[place] != self.empties[other] or self.fills[place] != self.fills[other]:
            return False
        if any(self.net.transitions[number].waits for number in self.empties[place]):
            return False
        filling = (self.net.transitions[number].outputs for number in self.fills[place])
        return all(outputs.count(place) == outputs.count(other) for outputs in filling)

    def _forget(self, place: int) -> set[int]:
        touched: set[int] = set()
        for number in sorted(self.fills[place] | self.empties[place]):
            move = self._drop(number)
            touched |= self._insert(
                Transition(
                    move.element,
                    move.inputs - {place},
                    tuple(output for output in move.outputs if output != place),
                    move.flow,
                    move.waits,
                    move.fires,
                    move.covers,
                )
            )
        return touched

    def _insert(self, move: Transition) -> set[int]:
        self.net.transitions[self.next] = move
        self._link(self.next, move)
        self.next += 1
        return {*move.inputs, *move.outputs}

    def _drop(self, number: int) -> Transition:
        move = self.net.transitions.pop(number)
        for place in move.inputs:
            self.empties[place].discard(number)
        for place in set(move.outputs):
            self.fills[place].discard(number)
        return move

    def _link(self, number: int, move: Transition) -> None:
        for place in move.inputs:
            self.empties[place].add(number)
        for place in set(move.outputs):
            self.fills[place].add(number)


def reduce(net: Net, keeps: Kept = lambda _: False) -> tuple[Net, dict[int, frozenset[int]]]:
    """A smaller net that is sound exactly if this one is.

    Each move of it says which moves of the given net it stands for. The second value says of places which other moves
    can happen while they hold a token and change nothing.
    """
    small = Net(list(net.places), dict(net.transitions), net.first)
    reducing = _Reducing(small, keeps)
    reducing.run()
    return small, reducing.seen
