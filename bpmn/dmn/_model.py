"""A decision file as plain data: decisions, business knowledge, and the boxed expressions they are made of."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Boxed:
    """A boxed expression; `element` is its id or the nearest one above."""

    element: str


@dataclass(frozen=True, slots=True)
class Text(Boxed):
    """A literal expression."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    element: str
    label: str
    expression: Text
    values: Text | None = None


@dataclass(frozen=True, slots=True)
class Output:
    element: str
    name: str
    values: Text | None = None
    default: Text | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    element: str
    inputs: tuple[Text, ...]
    outputs: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Table(Boxed):
    hit_policy: str
    aggregation: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Context(Boxed):
    """Named entries; an entry without a name is the result."""

    entries: tuple[tuple[str, Boxed], ...]


@dataclass(frozen=True, slots=True)
class Items(Boxed):
    """A list."""

    items: tuple[Boxed, ...]


@dataclass(frozen=True, slots=True)
class Relation(Boxed):
    columns: tuple[str, ...]
    rows: tuple[tuple[Boxed, ...], ...]


@dataclass(frozen=True, slots=True)
class Invocation(Boxed):
    callee: Boxed
    arguments: tuple[tuple[str, Boxed], ...]


@dataclass(frozen=True, slots=True)
class FunctionOf(Boxed):
    """A function; `external` ones (Java, PMML) are never run."""

    parameters: tuple[str, ...]
    body: Boxed | None
    external: bool = False


@dataclass(frozen=True, slots=True)
class Unsupported(Boxed):
    """An expression of a kind that is not evaluated."""

    name: str


@dataclass(frozen=True, slots=True)
class Decision:
    """`name` is what others call its result; `requires` are ids of decisions, `knowledge` of functions."""

    id: str
    name: str
    title: str
    logic: Boxed | None
    requires: tuple[str, ...] = ()
    knowledge: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A business knowledge model: a function that decisions call."""

    id: str
    name: str
    logic: FunctionOf | None


@dataclass(frozen=True, slots=True)
class Model:
    decisions: tuple[Decision, ...]
    knowledge: tuple[Knowledge, ...]
    names: frozenset[str]
    """Every name that stands anywhere in the file: names of several words are known by it."""
    others: frozenset[str] = field(default_factory=frozenset)
    """Ids that may be referred to besides decisions and knowledge: input data and the like."""
    imports: tuple[str, ...] = ()
