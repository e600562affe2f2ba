"""What an expression is made of: plain data, which the compiler and any later analysis read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bpmn.feel._run import Run


class Constraint(Protocol):
    """What else a value of a type must pass: the allowed values of an item definition."""

    @property
    def text(self) -> str: ...

    def run(self, value: Any, variables: Mapping[str, Any], run: Run) -> bool: ...


@dataclass(frozen=True, slots=True)
class Type:
    """A type: its name, and what it is made of. Of a function, `parts` are its parameters and then its result.

    As written in an expression it may name an item definition; `resolve` puts that in its place.
    """

    name: str
    parts: tuple["Type", ...] = ()
    fields: tuple[tuple[str, "Type"], ...] = ()
    allowed: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of an expression; `at` is its offset in the text."""

    at: int


@dataclass(frozen=True, slots=True)
class Literal(Node):
    value: Any


@dataclass(frozen=True, slots=True)
class AtLiteral(Node):
    text: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    source: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    source: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    function: Node
    positional: tuple[Node, ...]
    named: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Negate(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """An operator between two operands: arithmetic, a comparison, `and`, `or`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    value: Node
    type: Type


@dataclass(frozen=True, slots=True)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Iterator:
    """`name in source`, or `name in source..until` over whole numbers or dates."""

    name: str
    source: Node
    until: Node | None = None


@dataclass(frozen=True, slots=True)
class For(Node):
    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    every: bool
    iterators: tuple[Iterator, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class FunctionDefinition(Node):
    parameters: tuple[tuple[str, Type | None], ...]
    body: Node | None
    """None: written for another language ("external"), which is never run."""


@dataclass(frozen=True, slots=True)
class ListOf(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextOf(Node):
    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class RangeOf(Node):
    """A range; a missing end is unbounded. `operator` is that of a range written as `(< 5)`, which is no other's equal.

    Of `(!= 5)` both ends are the excluded value, and neither is closed.
    """

    low: Node | None
    high: Node | None
    low_closed: bool
    high_closed: bool
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """A test such as `< 5` or `= x` of the value at hand."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Tests(Node):
    """The tests of one cell: empty means any value (`-`)."""

    tests: tuple[Node, ...]
    negated: bool
