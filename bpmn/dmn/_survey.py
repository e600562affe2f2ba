"""The types of the decisions of a graph, each told from what it requires."""

from bpmn import types
from bpmn.dmn import _model as m
from bpmn.dmn._analysis import Analysis, File
from bpmn.dmn._graph import Graph, Node, Seen
from bpmn.dmn._problems import Problem

MAX_DECISIONS = 100
"""Decisions one evaluation may go through, one requiring another."""


class Survey:
    """One look at a graph from one place; without `prove` tables are not searched for gaps and the like.

    What does not compile can be anything: that is told elsewhere.
    """

    def __init__(self, graph: Graph, around: types.Environment, *, prove: bool = True) -> None:
        self._graph = graph
        self._prove = prove
        self._around = around
        self._files: dict[str, File] = {}
        self._known: dict[str, types.Type] = {}
        self._open: set[str] = set()
        self.problems: list[Problem] = []

    @property
    def reached(self) -> frozenset[str]:
        """Keys of everything looked at."""
        return frozenset(self._known)

    def type(self, node: Node) -> types.Type:
        """The type of an element; what is wrong with it and with what it requires is added to `problems`."""
        if node.key in self._known:
            return self._known[node.key]
        if node.key in self._open or len(self._open) > MAX_DECISIONS:
            return types.ANY
        self._open.add(node.key)
        found = self._known[node.key] = self._made(node)
        self._open.discard(node.key)
        return found

    def _made(self, node: Node) -> types.Type:
        declared = types.declared(node.type)
        if isinstance(node.element, m.InputData):
            return self._given(node, declared)
        logic = node.element.logic if isinstance(node.element, m.Decision | m.Knowledge) else None
        if node.problem is not None or logic is None:
            return types.ANY
        analysis = Analysis(self._file(node.namespace), self._prove)
        around = self._scope(node)
        found = analysis.function(logic, around) if isinstance(logic, m.FunctionOf) else analysis.of(logic, around)
        self.problems += analysis.problems
        narrow = found.anything or found.solid.kinds != declared.solid.kinds
        return found if declared.anything or not narrow else declared

    def _given(self, node: Node, declared: types.Type) -> types.Type:
        """Input data is the variable of that name where one is known."""
        given = self._around.variables.get(node.element.name)
        if given is None or given.anything:
            return declared
        return given

    def _scope(self, node: Node) -> types.Environment:
        """What the logic sees: variables, over them what it requires, and the functions it may call."""
        inner: dict[str, types.Type] = {}
        for seen in (*node.values, *node.knowledge):
            required = self._graph.nodes[seen.key]
            if isinstance(required.element, m.InputData) and self._missing(required):
                continue
            _put(inner, seen, self.type(required))
            if isinstance(required.element, m.Decision):
                inner[seen.key] = self.type(required)
        if isinstance(node.element, m.Knowledge):
            inner[node.element.name] = types.function_of(None, types.ANY)
            return types.Environment(inner, closed=False)
        return self._around.with_(inner)

    def _missing(self, required: Node) -> bool:
        """Whether input data is asked for that nothing where the decision is made sets."""
        return self._around.closed and required.element.name not in self._around.variables

    def _file(self, namespace: str) -> File:
        if namespace not in self._files:
            self._files[namespace] = self._graph.file(namespace)
        return self._files[namespace]


def _put(scope: dict[str, types.Type], seen: Seen, type_: types.Type) -> None:
    """Set a name; what is imported stands in a context of which not everything is known."""
    if len(seen.path) == 1:
        scope[seen.path[0]] = type_
    else:
        scope[seen.path[0]] = types.context_of({}, more=True)
