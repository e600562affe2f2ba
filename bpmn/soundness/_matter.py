"""What is looked for in a process, and what was found to be reached before it happens."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bpmn.model import Element
from bpmn.soundness._conditions import Rule
from bpmn.soundness._verdict import Step

Way = Callable[[], tuple[Step, ...]]
"""A shortest way, put together when somebody wants to see it."""


@dataclass(frozen=True)
class Matter:
    """Something that happens in a process when certain elements are done.

    Attributes:
        happens: whether it has happened once an element is done.
        closed: flows that are not taken as long as it has not happened.
        apart: sub-processes inside of which it is not to be looked for.
        rules: by element, what data must be like after it if it has not happened.
    """

    happens: Callable[[Element], bool]
    closed: Collection[str] = frozenset()
    apart: Collection[str] = frozenset()
    rules: Mapping[str, Sequence[Rule]] = field(default_factory=dict)


@dataclass
class Before:
    """Where tokens can stand in a scope before the matter has happened, and which flows ask for their conditions.

    `over` is a way to the end of the scope, `quiet` one to where it waits for something outside, `fails` one to where
    something can fail, and `stops` are ways to each end that goes outwards. Of one that is `cut` not everything was
    looked at: more may be reached.
    """

    reached: dict[str, Way] = field(default_factory=dict)
    over: Way | None = None
    quiet: Way | None = None
    fails: Way | None = None
    stops: dict[str, Way] = field(default_factory=dict)
    cut: bool = False

    def found(self, prefix: Way, inner: "Before") -> None:
        """Take in what is reached in something inside, behind a way to it."""
        for id_, way in inner.reached.items():
            self.reached.setdefault(id_, joined(prefix, way))
        for code, way in inner.stops.items():
            self.stops.setdefault(code, joined(prefix, way))
        if inner.fails is not None and self.fails is None:
            self.fails = joined(prefix, inner.fails)


def here() -> tuple[Step, ...]:
    return ()


def joined(first: Way, second: Way) -> Way:
    return lambda: (*first(), *second())


def then(way: Way, element: str) -> Way:
    return lambda: (*way(), Step(element))
