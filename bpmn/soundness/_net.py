"""The net behind one scope of a process: places that hold tokens, and transitions that move them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Sink(StrEnum):
    """What a token that came to an end means for its scope."""

    END = "end"
    """It is used up; the scope completes with the last one."""
    STOP = "stop"
    """It takes all others with it (terminate, error, cancel)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a token can stand: on a flow, in an activity, or at an end.

    `element` is the node the token stands at or is on its way to. At an `instant` place, before a gateway that decides
    at once or an end, no token rests. `outcome` says of a stopping end what the scope then gives to the one around it:
    empty, or the id of an error, or `cancel`.
    """

    element: str
    flow: str = ""
    instant: bool = False
    sink: Sink | None = None
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Transition:
    """One move. `inputs` has no place twice; `outputs` may.

    A transition with `waits` is an inclusive join: it takes what is there of its inputs, as soon as nothing that is
    still on its way could bring more.

    `fires` are the moves of the drawn model it stands for, in their order, and `covers` all that could have stood for
    it as well; in a net that is not reduced both are the transition itself.
    """

    element: str
    inputs: frozenset[int]
    outputs: tuple[int, ...]
    flow: str = ""
    waits: bool = False
    fires: tuple[int, ...] = ()
    covers: frozenset[int] = frozenset()


@dataclass
class Net:
    """Places by number, transitions by number. A token on `first` is where everything begins."""

    places: list[Place] = field(default_factory=list)
    transitions: dict[int, Transition] = field(default_factory=dict)
    first: int = 0

    def place(self, element: str, flow: str = "", *, instant: bool = False) -> int:
        return self._keep(Place(element, flow, instant))

    def sink(self, element: str, kind: Sink, outcome: str = "") -> int:
        return self._keep(Place(element, sink=kind, outcome=outcome))

    def _keep(self, place: Place) -> int:
        self.places.append(place)
        return len(self.places) - 1

    def add(
        self, element: str, inputs: Iterable[int], outputs: Iterable[int], flow: str = "", *, waits: bool = False
    ) -> int:
        number = len(self.transitions)
        self.transitions[number] = Transition(
            element, frozenset(inputs), tuple(sorted(outputs)), flow, waits, (number,), frozenset((number,))
        )
        return number


def reach(moves: Iterable[Transition], targets: Iterable[int]) -> frozenset[int]:
    """The places from which these moves lead to one of the targets, with the targets."""
    before: dict[int, list[int]] = {}
    for move in moves:
        for target in move.outputs:
            before.setdefault(target, []).extend(move.inputs)
    found, waiting = set(targets), list(targets)
    while waiting:
        fresh = [place for place in before.get(waiting.pop(), ()) if place not in found]
        found.update(fresh)
        waiting.extend(fresh)
    return frozenset(found)
