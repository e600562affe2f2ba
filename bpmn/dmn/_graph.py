"""The files of a model linked together: every element under one key, compiled, with what it may see."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import Any

from akta.languages import N_
from bpmn.dmn import _model as m
from bpmn.dmn._analysis import File
from bpmn.dmn._errors import DmnError
from bpmn.dmn._grid import Source
from bpmn.dmn._logic import Compiling
from bpmn.dmn._loops import Logic
from bpmn.dmn._problems import Problem
from bpmn.dmn._tables import CompiledTable
from bpmn.dmn._types import Types
from bpmn.feel.machine import Function, Type

MAX_FILES = 50
"""Files that may import each other."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An element as another one sees it: its key, and the names that lead to it (an import's, then its own)."""

    key: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """A compiled element. `problem`: what does not compile, in it or in a function it calls; that part gives null."""

    key: str
    element: m.Element
    namespace: str
    type: Type
    logic: Logic | CompiledTable | None
    function: Callable[[Mapping[str, Any]], Function] | None
    values: tuple[Seen, ...]
    """Input data and decisions it requires; of a service, its parameters in order."""
    knowledge: tuple[Seen, ...]
    outputs: tuple[Seen, ...]
    """Decisions a service makes."""
    read: frozenset[str]
    problem: Problem | None


class Graph:
    """All elements of a file and of those it imports. Keys of the first file are ids, of others `namespace#id`."""

    def __init__(self, root: m.Model, others: Sequence[m.Model]) -> None:
        self.root = root
        self.nodes: dict[str, Node] = {}
        self.problems: list[Problem] = []
        self._models = {model.namespace: model for model in (*others, root)}
        self._compiling: dict[str, Compiling] = {}
        self._types: dict[str, Types] = {}
        for namespace in self._order():
            self._add(self._models[namespace])

    def seen(self, model: m.Model, reference: str) -> Seen | None:
        """What a reference in this file leads to; None when it leads nowhere."""
        namespace, _, identifier = reference.rpartition("#")
        owner = self._models.get(namespace) if namespace else model
        element = None if owner is None else next((each for each in owner.elements if each.id == identifier), None)
        if owner is None or element is None:
            return None
        prefix = () if owner is model else _alias(model, owner.namespace)
        return Seen(self._key(owner, identifier), (*prefix, element.name))

    def _key(self, model: m.Model, identifier: str) -> str:
        return identifier if model is self.root else f"{model.namespace}#{identifier}"

    def _order(self) -> list[str]:
        """Namespaces, each after those it imports, only those that are reached."""
        graph: dict[str, set[str]] = {}
        waiting = [self.root.namespace]
        while waiting:
            namespace = waiting.pop()
            if namespace in graph:
                continue
            imported = {entry.namespace for entry in self._models[namespace].imports}
            known = graph[namespace] = imported & self._models.keys() - {namespace}
            waiting += known
            for missing in sorted(imported - self._models.keys()):
                self.problems.append(
                    _problem("import", "", N_("the imported file %(name)s is not there"), name=missing)
                )
        if len(graph) > MAX_FILES:
            raise DmnError(N_("more than %(most)s files import each other"), most=MAX_FILES)
        try:
            return list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            raise DmnError(N_("files import each other in a circle")) from error

    # compiling

    def _add(self, model: m.Model) -> None:
        imports = [entry for entry in model.imports if entry.namespace in self._compiling]
        names = set(model.names)
        for entry in imports:
            names |= self._compiling[entry.namespace].names
        compiling = self._compiling[model.namespace] = Compiling(names)
        imported = {entry.name: self._types[entry.namespace].own for entry in imports}
        compiling.types = self._types[model.namespace] = Types(model, imported, compiling.tests)
        for element in model.elements:
            key = self._key(model, element.id)
            self.nodes[key] = self._node(key, element, model, compiling)
        self.problems += compiling.problems

    def _node(self, key: str, element: m.Element, model: m.Model, compiling: Compiling) -> Node:
        before = len(compiling.problems)
        compiling.read = set()
        declared = compiling.type_of(element.type, element.id)
        logic: Logic | CompiledTable | None = None
        function = None
        values: tuple[str, ...] = ()
        knowledge: tuple[str, ...] = ()
        outputs: tuple[str, ...] = ()
        match element:
            case m.Decision():
                logic = _logic(element, compiling)
                values, knowledge = (*element.inputs, *element.requires), element.knowledge
            case m.Knowledge():
                function, knowledge = compiling.function(element), element.knowledge
            case m.Service():
                values, outputs = (*element.inputs, *element.given), element.outputs

        def find(references: tuple[str, ...]) -> tuple[Seen, ...]:
            return tuple(filter(None, (self.seen(model, reference) for reference in references)))

        # A type nobody declared is told, but takes nothing from the decision: any value is of it.
        problem = next((found for found in compiling.problems[before:] if found.code != "type"), None)
        functions = (self.nodes.get(seen.key) for seen in find(knowledge))
        problem = problem or next((found.problem for found in functions if found and found.problem), None)

        return Node(
            key,
            element,
            model.namespace,
            declared,
            logic,
            function,
            find(values),
            find(knowledge),
            find(outputs),
            frozenset(compiling.read),
            problem,
        )

    def file(self, namespace: str) -> File:
        """What analyses need of a file to read its texts."""
        compiling, known = self._compiling[namespace], self._types[namespace].known
        return File(Source(compiling.names, known), known)

    # what compiles but is wrong

    @cached_property
    def faults(self) -> tuple[Problem, ...]:
        """References that lead nowhere, and circles."""
        return (*self._wrong_references(), *self._circle())

    def _wrong_references(self) -> Iterator[Problem]:
        for model in self._models.values():
            if model.namespace not in self._compiling:
                continue
            for element in model.elements:
                for reference in element.references:
                    if self.seen(model, reference) is None and reference not in model.others:
                        text = N_("it requires %(name)s, which is not in the file")
                        yield _problem("requirement", element.id, text, name=reference)

    def _circle(self) -> Iterator[Problem]:
        required = {key: {seen.key for seen in node.values} for key, node in self.nodes.items()}
        try:
            TopologicalSorter(required).prepare()
        except CycleError as error:
            circle = list(dict.fromkeys(error.args[1]))
            text = N_("decisions require each other in a circle: %(names)s")
            yield _problem("circle", circle[0], text, names=", ".join(circle[:10]))


def _problem(code: str, element: str, text: str, /, **params: object) -> Problem:
    return Problem(code, element, text, params=tuple(params.items()))


def _logic(decision: m.Decision, compiling: Compiling) -> Logic | CompiledTable | None:
    match decision.logic:
        case None:
            compiling.problem("expression", decision.id, N_("the decision has no table and no expression"))
            return None
        case m.Table() as table:
            return compiling.table(table)
        case logic:
            return compiling.boxed(logic)


def _alias(model: m.Model, namespace: str) -> tuple[str, ...]:
    """The name under which a file knows another one; none for an import without a name."""
    found = next((entry.name for entry in model.imports if entry.namespace == namespace), "")
    return (found,) if found else ()
