"""Making decisions: each at most once, from what it requires."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from akta.languages import N_
from bpmn import types
from bpmn.dmn import _model as m
from bpmn.dmn._errors import DmnError
from bpmn.dmn._graph import Graph, Node
from bpmn.dmn._logic import arguments_of
from bpmn.dmn._problems import Problem
from bpmn.dmn._survey import MAX_DECISIONS, Survey
from bpmn.dmn._tables import CompiledTable, Hit
from bpmn.dmn._why import Told, told
from bpmn.feel import Allowance, FeelLimit
from bpmn.feel.machine import MISFIT, Function, Run, Type, fit, leave
from bpmn.values import Value


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision made, and on what: enough to say later why."""

    value: Value
    decision: str
    """Id of the decision."""
    inputs: Mapping[str, Value]
    """What the table looked at, by the text of its input expressions."""
    matched: tuple[int, ...]
    """Numbers of the rules that matched, from 1."""
    outputs: tuple[Mapping[str, Value], ...]
    """The outputs of each matched rule, by name."""
    required: tuple["Decided", ...] = ()
    """The decisions it was made from."""
    reasons: tuple[str, ...] = ()
    """Why nulls on the way are null."""


@dataclass(frozen=True, slots=True)
class Explained:
    """A decision made, and what came of each rule of the tables that were asked, by the id of their decision."""

    decided: Decided
    rules: Mapping[str, tuple[Told, ...]]


@dataclass(frozen=True, slots=True)
class Analysed:
    """The type of a decision, what is wrong with it and those it requires, and the ids of all of them."""

    type: types.Type
    problems: tuple[Problem, ...]
    reached: frozenset[str]


@dataclass(slots=True)
class _Making:
    """One evaluation under way. `given` holds input data and decisions taken as given, by key."""

    variables: Mapping[str, Any]
    run: Run
    strict: bool
    given: Mapping[str, Any] = field(default_factory=dict)
    made: dict[str, tuple[Any, Decided | None]] = field(default_factory=dict)
    tables: list[tuple[Node, Mapping[str, Any], Hit]] = field(default_factory=list)
    """The tables asked so far, with what they saw and gave."""


class Decisions:
    """The compiled decisions of one file and of those it imports: immutable, safe to share between threads."""

    def __init__(self, source: m.Model, others: Sequence[m.Model] = ()) -> None:
        self._source = source
        self._graph = Graph(source, others)
        self._functions = self._made_functions()

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the decisions, as they stand in the file."""
        return tuple(decision.id for decision in self._source.decisions)

    def find(self, name: str) -> str:
        """The id of the decision, function or decision service of that name.

        Raises:
            DmnError: there is none.
        """
        for element in self._source.elements:
            titles = (element.title,) if isinstance(element, m.Decision) else ()
            if name in (element.name, element.id, *titles) and not isinstance(element, m.InputData):
                return element.id
        raise DmnError(N_("there is no such decision in the file"), name)

    def required(self, decision_id: str) -> frozenset[str]:
        """Ids of the decisions it is made from, directly.

        Raises:
            DmnError: there is no such decision.
        """
        nodes = (self._graph.nodes[seen.key] for seen in self._known(decision_id).values)
        return frozenset(node.key for node in nodes if isinstance(node.element, m.Decision))

    def names(self, decision_id: str) -> frozenset[str]:
        """Variables that a decision's own table or expression reads, without the decisions it requires.

        Raises:
            DmnError: there is no such decision.
        """
        node = self._known(decision_id)
        seen = {self._graph.nodes[each.key].key: each for each in (*node.values, *node.knowledge)}
        data = {key for key in seen if isinstance(self._graph.nodes[key].element, m.InputData)}
        return node.read - {each.path[0] for key, each in seen.items() if key not in data} - (seen.keys() - data)

    def evaluate(
        self,
        decision_id: str,
        variables: Mapping[str, Any],
        *,
        now: datetime,
        strict: bool = True,
        allowance: Allowance | None = None,
    ) -> Decided:
        """Make a decision, and before it those it requires.

        Input data of an imported file is looked up as `{namespace}name` and then by its name. With `strict` what
        does not compile and a broken hit policy are errors; without, the decision is null, as the standard has it.
        `allowance` is shared with the other evaluations of the same act.

        Raises:
            DmnError: there is no such decision, or (strict) it does not compile or its hit policy is broken.
            bpmn.feel.FeelLimit: it would take too many steps, or too much depth or memory.
        """
        with (allowance or Allowance()).run(now) as run:
            try:
                made = self._make(self._known(decision_id), _Making(variables, run, strict), ())[1]
            except RecursionError:
                raise FeelLimit(N_("The decision is nested too deeply.")) from None
        assert made is not None  # noqa: S101 - only what is given has no record, and nothing is given here
        return made

    def explain(
        self, decision_id: str, variables: Mapping[str, Any], *, now: datetime, allowance: Allowance | None = None
    ) -> Explained:
        """Make a decision as the standard has it, and say of every table asked which rules matched and why not others.

        Raises:
            DmnError: there is no such decision.
            bpmn.feel.FeelLimit: as `evaluate`.
        """
        with (allowance or Allowance()).run(now) as run:
            making = _Making(variables, run, False)
            try:
                made = self._make(self._known(decision_id), making, ())[1]
                rules = {node.key: self._told(node, scope, hit, run) for node, scope, hit in making.tables}
            except RecursionError:
                raise FeelLimit(N_("The decision is nested too deeply.")) from None
        assert made is not None  # noqa: S101 - only what is given has no record, and nothing is given here
        return Explained(made, rules)

    def _told(self, node: Node, scope: Mapping[str, Any], hit: Hit, run: Run) -> tuple[Told, ...]:
        table = node.element.logic if isinstance(node.element, m.Decision) else None
        if not isinstance(table, m.Table):
            return ()
        return tuple(told(table, self._graph.file(node.namespace).source, hit.matched, scope, run))

    def call(
        self, function_id: str, arguments: Mapping[str, Any], *, now: datetime, allowance: Allowance | None = None
    ) -> Decided:
        """Call a business knowledge model or a decision service with arguments by name.

        Arguments that are missing are null; others that it does not take are ignored, as variables are.

        Raises:
            DmnError: there is no such function.
            bpmn.feel.FeelLimit: as `evaluate`.
        """
        function = self._functions.get(function_id)
        if function is None:
            raise DmnError(N_("there is no such function in the file"), function_id)
        with (allowance or Allowance()).run(now) as run:
            try:
                given = [arguments.get(name) for name in function.parameters or ()]
                value = leave(function.call(run, given), run)
            except RecursionError:
                raise FeelLimit(N_("The function is nested too deeply.")) from None
            return Decided(value, function_id, {}, (), (), (), tuple(run.reasons))

    def problems(self) -> list[Problem]:
        """Everything that would make a decision of this file fail or give an answer nobody meant."""
        survey = Survey(self._graph, types.Environment(closed=False))
        for node in self._graph.nodes.values():
            survey.type(node)
        return [*self.faults, *dict.fromkeys(survey.problems)]

    @property
    def faults(self) -> list[Problem]:
        """What is wrong wherever the decisions are made: what does not compile, references, circles."""
        return [*self._graph.problems, *self._graph.faults]

    def type(self, decision_id: str, around: types.Environment) -> types.Type:
        """What a decision can come to where it is made: `analysed` without looking for what is wrong.

        Raises:
            DmnError: there is no such decision.
        """
        return Survey(self._graph, around, prove=False).type(self._known(decision_id))

    def analysed(self, decision_id: str, around: types.Environment) -> Analysed:
        """What can be told of a decision where it is made, from the types of the variables there.

        Raises:
            DmnError: there is no such decision.
        """
        survey = Survey(self._graph, around)
        type_ = survey.type(self._known(decision_id))
        return Analysed(type_, tuple(dict.fromkeys(survey.problems)), survey.reached)

    def _known(self, decision_id: str) -> Node:
        node = self._graph.nodes.get(decision_id)
        if node is None or not isinstance(node.element, m.Decision):
            raise DmnError(N_("there is no such decision in the file"), decision_id)
        return node

    # functions

    def _made_functions(self) -> dict[str, Function]:
        """All functions by key. Each sees the ones it requires and itself, through a mapping filled at the end."""
        outer: dict[str, dict[str, Any]] = {}
        made: dict[str, Function] = {}
        for key, node in self._graph.nodes.items():
            outer[key] = {}
            if isinstance(node.element, m.Service):
                made[key] = self._service(node)
            elif node.function is not None:
                made[key] = node.function(outer[key])
        for key, node in self._graph.nodes.items():
            if key in made:
                outer[key][node.element.name] = made[key]
            for seen in node.knowledge:
                if seen.key in made:
                    _put(outer[key], seen.path, made[seen.key])
        self._outer = outer
        return made

    def _service(self, node: Node) -> Function:
        names = tuple(seen.path[-1] for seen in node.values)
        types = tuple(self._graph.nodes[seen.key].type for seen in node.values)

        def call(run: Run, arguments: list[Any]) -> Any:
            fitted = arguments_of(node.element.name, types, arguments, run)
            if fitted is None:
                return None
            given = {seen.key: value for seen, value in zip(node.values, fitted, strict=True)}
            run.enter()
            making = _Making({}, run, False, given)
            results = {seen.path[-1]: self._value(seen.key, making, ())[0] for seen in node.outputs}
            run.leave()
            value = results if len(results) > 1 else next(iter(results.values()), None)
            return _fitted(value, _gives(node.type), run)

        return Function(node.element.name, names, call, signature=Type("function", (*types, _gives(node.type))))

    # making

    def _value(self, key: str, making: _Making, above: tuple[str, ...]) -> tuple[Any, Decided | None]:
        if key in making.given:
            return making.given[key], None
        node = self._graph.nodes[key]
        if isinstance(node.element, m.InputData):
            name = node.element.name
            qualified = f"{{{node.namespace}}}{name}"
            value = making.variables.get(qualified, making.variables.get(name))
            return _fitted(value, node.type, making.run), None
        return self._make(node, making, above)

    def _make(self, node: Node, making: _Making, above: tuple[str, ...]) -> tuple[Any, Decided | None]:
        if node.key in making.made:
            return making.made[node.key]
        if len(above) > MAX_DECISIONS:
            raise DmnError(N_("more than %(most)s decisions require each other in a row"), node.key, most=MAX_DECISIONS)
        if node.key in above:
            raise DmnError(N_("decisions require each other in a circle"), node.key)
        required = [self._value(seen.key, making, (*above, node.key)) for seen in node.values]
        before = len(making.run.reasons)
        hit = self._hit(node, self._scope(node, [value for value, _ in required], making), making)
        hit = replace(hit, value=_fitted(hit.value, node.type, making.run))
        reasons = tuple(making.run.reasons[before:])
        made = tuple(decided for _, decided in required if decided is not None)
        result = hit.value, _decided(node.key, hit, made, reasons, making.run)
        making.made[node.key] = result
        return result

    def _scope(self, node: Node, values: Sequence[Any], making: _Making) -> dict[str, Any]:
        scope = {**making.variables, **self._outer[node.key]}
        for seen, value in zip(node.values, values, strict=True):
            if isinstance(self._graph.nodes[seen.key].element, m.Decision) and len(seen.path) == 1:
                scope[seen.key] = value
            _put(scope, seen.path, value)
        return scope

    def _hit(self, node: Node, scope: Mapping[str, Any], making: _Making) -> Hit:
        if making.strict and node.problem is not None:
            raise DmnError(node.problem.text, node.problem.element, **dict(node.problem.params))
        if node.logic is None:
            return self._refused(DmnError(N_("it has no logic that can be evaluated"), node.key), making)
        if not isinstance(node.logic, CompiledTable):
            return Hit(node.logic(scope, making.run), {}, (), ())
        hit = node.logic.decide(scope, making.run)
        making.tables.append((node, scope, hit))
        return hit if not hit.violation else self._refused(DmnError(hit.violation, node.key), making, hit)

    def _refused(self, error: DmnError, making: _Making, hit: Hit | None = None) -> Hit:
        if making.strict:
            raise error
        making.run.null(error.message)
        return hit or Hit(None, {}, (), ())


def _gives(declared: Type) -> Type:
    return declared.parts[-1] if declared.name == "function" and declared.parts else declared


def _put(scope: dict[str, Any], path: Sequence[str], value: Any) -> None:
    """Set a name, or an entry of an import's context."""
    if len(path) == 1:
        scope[path[0]] = value
        return
    inner = scope.get(path[0])
    scope[path[0]] = {**(inner if isinstance(inner, dict) else {}), path[1]: value}


def _fitted(value: Any, declared: Type, run: Run) -> Any:
    """The value as its declared type takes it, null where it does not fit."""
    fitted = fit(value, declared, run)
    return None if fitted is MISFIT else fitted


def _decided(key: str, hit: Hit, required: tuple[Decided, ...], reasons: tuple[str, ...], run: Run) -> Decided:
    return Decided(
        leave(hit.value, run),
        key,
        {text: leave(value, run) for text, value in hit.inputs.items()},
        hit.matched,
        tuple({name: leave(value, run) for name, value in output.items()} for output in hit.outputs),
        required,
        reasons,
    )
