"""A decision file as plain data: what the graph is made of, its types, and the boxed expressions."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Boxed:
    """A boxed expression; `element` is its id or the nearest one above, `type` its declared type or empty."""

    element: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class Text(Boxed):
    """A literal expression."""

    text: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """A name and the type declared for it, or an empty one."""

    name: str
    type: str = ""


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
    type: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    element: str
    inputs: tuple[Text, ...]
    outputs: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Table(Boxed):
    hit_policy: str = "UNIQUE"
    aggregation: str = ""
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Output, ...] = ()
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Context(Boxed):
    """Named entries; an entry without a name is the result."""

    entries: tuple[tuple[Variable, Boxed], ...] = ()


@dataclass(frozen=True, slots=True)
class Items(Boxed):
    """A list."""

    items: tuple[Boxed, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation(Boxed):
    columns: tuple[Variable, ...] = ()
    rows: tuple[tuple[Boxed, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Invocation(Boxed):
    callee: Boxed = Text("")
    arguments: tuple[tuple[Variable, Boxed], ...] = ()


@dataclass(frozen=True, slots=True)
class FunctionOf(Boxed):
    """A function; `external` ones (Java, PMML) are never run."""

    parameters: tuple[Variable, ...] = ()
    body: Boxed | None = None
    external: bool = False


@dataclass(frozen=True, slots=True)
class Conditional(Boxed):
    condition: Boxed = Text("")
    then: Boxed = Text("")
    otherwise: Boxed = Text("")


@dataclass(frozen=True, slots=True)
class Filter(Boxed):
    """The items of a list for which `match` is true; it sees each as `item`, and the item's entries by name."""

    source: Boxed = Text("")
    match: Boxed = Text("")


@dataclass(frozen=True, slots=True)
class Loop(Boxed):
    """`kind` is "for", "some" or "every"; `body` is made for every item of `source` under the name `variable`."""

    kind: str = "for"
    variable: str = ""
    source: Boxed = Text("")
    body: Boxed = Text("")


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """A type: another one by name, or components, or a function; maybe a list of it, maybe with allowed values.

    `allowed` is about each value, `constraint` about the whole list.
    """

    element: str
    name: str
    type: str = ""
    collection: bool = False
    allowed: Text | None = None
    constraint: Text | None = None
    components: tuple["ItemDefinition", ...] = ()
    function: tuple[tuple[Variable, ...], str] | None = None
    """Parameters and the type of the result."""


@dataclass(frozen=True, slots=True)
class Element:
    """An element of the graph; `name` is what expressions call its value. References are ids, or `namespace#id`."""

    id: str
    name: str
    type: str = ""

    @property
    def references(self) -> tuple[str, ...]:
        """Everything it refers to."""
        return ()


@dataclass(frozen=True, slots=True)
class InputData(Element):
    pass


@dataclass(frozen=True, slots=True)
class Decision(Element):
    title: str = ""
    logic: Boxed | None = None
    inputs: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    knowledge: tuple[str, ...] = ()

    @property
    def references(self) -> tuple[str, ...]:
        return (*self.inputs, *self.requires, *self.knowledge)


@dataclass(frozen=True, slots=True)
class Knowledge(Element):
    """A business knowledge model: a function that decisions call. `type` is that of the function."""

    logic: FunctionOf | None = None
    knowledge: tuple[str, ...] = ()

    @property
    def references(self) -> tuple[str, ...]:
        return self.knowledge


@dataclass(frozen=True, slots=True)
class Service(Element):
    """A decision service: a function from input data and decisions taken as given to decisions made."""

    inputs: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()

    @property
    def references(self) -> tuple[str, ...]:
        return (*self.inputs, *self.given, *self.outputs)


@dataclass(frozen=True, slots=True)
class Import:
    """Another file's elements, under a name, or beside the own ones when it is empty."""

    name: str
    namespace: str


@dataclass(frozen=True, slots=True)
class Model:
    namespace: str
    name: str
    decisions: tuple[Decision, ...]
    knowledge: tuple[Knowledge, ...]
    services: tuple[Service, ...]
    inputs: tuple[InputData, ...]
    types: tuple[ItemDefinition, ...]
    imports: tuple[Import, ...]
    names: frozenset[str]
    """Every name that stands anywhere in the file: names of several words are known by it."""
    others: frozenset[str] = frozenset()
    """Ids that may be referred to besides: knowledge sources."""

    @property
    def elements(self) -> tuple[Element, ...]:
        """The elements of the graph, what is required before what requires it by kind."""
        return (*self.inputs, *self.knowledge, *self.decisions, *self.services)
