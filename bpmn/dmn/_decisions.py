"""The decisions of one file: made one from another, each at most once."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from graphlib import CycleError, TopologicalSorter
from typing import Any

from bpmn.dmn import _model as m
from bpmn.dmn._errors import DmnError
from bpmn.dmn._logic import Compiling, Logic
from bpmn.dmn._overlaps import overlaps
from bpmn.dmn._problems import Problem
from bpmn.dmn._read import model
from bpmn.dmn._tables import CompiledTable, Hit
from bpmn.feel import Allowance, FeelLimit
from bpmn.feel.machine import Run, leave
from bpmn.values import Value

MAX_DECISIONS = 100
"""Decisions one evaluation may go through, one requiring another."""


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


@dataclass(slots=True)
class _Making:
    """One evaluation under way."""

    variables: Mapping[str, Any]
    run: Run
    strict: bool
    made: dict[str, tuple[Any, Decided]] = field(default_factory=dict)


class Decisions:
    """The compiled decisions of one file: immutable, safe to share between threads."""

    def __init__(self, source: m.Model) -> None:
        self._source = source
        self._decisions = {decision.id: decision for decision in source.decisions}
        compiling = Compiling(source.names)
        self._functions: dict[str, Any] = {}
        self._logic: dict[str, Logic | CompiledTable] = {}
        self._broken: dict[str, Problem] = {}
        self._read: dict[str, frozenset[str]] = {}
        for knowledge in source.knowledge:
            self._note(knowledge.id, compiling, partial(self._compile_function, knowledge, compiling))
        for decision in source.decisions:
            self._note(decision.id, compiling, partial(self._compile, decision, compiling))
            broken = [self._broken[known] for known in decision.knowledge if known in self._broken]
            if broken:
                self._broken.setdefault(decision.id, broken[0])
        self._problems = [*compiling.problems, *self._structure()]

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the decisions, as they stand in the file."""
        return tuple(self._decisions)

    def names(self, decision_id: str) -> frozenset[str]:
        """Variables that a decision's own table or expression reads, without the decisions it requires.

        Raises:
            DmnError: there is no such decision.
        """
        decision = self._known(decision_id)
        required = {self._decisions[other].name for other in decision.requires if other in self._decisions}
        return self._read[decision.id] - required - set(decision.requires) - set(self._functions)

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

        With `strict` a broken hit policy is an error; without, the decision is null, as the standard has it.
        `allowance` is shared with the other evaluations of the same act.

        Raises:
            DmnError: there is no such decision, it does not compile, or (strict) its hit policy is broken.
            bpmn.feel.FeelLimit: it would take too many steps, or too much depth or memory.
        """
        with (allowance or Allowance()).run(now) as run:
            try:
                return self._make(self._known(decision_id), _Making(variables, run, strict), ())[1]
            except RecursionError:
                raise FeelLimit("The decision is nested too deeply.") from None

    def problems(self) -> list[Problem]:
        """Everything that would make a decision of this file fail or give an answer nobody meant."""
        return list(self._problems)

    def _known(self, decision_id: str) -> m.Decision:
        decision = self._decisions.get(decision_id)
        if decision is None:
            raise DmnError("there is no such decision in the file", decision_id)
        return decision

    def _note(self, identifier: str, compiling: Compiling, compile_it: Callable[[], None]) -> None:
        """Compile something, and remember its first problem and the names it reads."""
        before = len(compiling.problems)
        compiling.read = set()
        compile_it()
        self._read[identifier] = frozenset(compiling.read)
        if len(compiling.problems) > before:
            self._broken[identifier] = compiling.problems[before]

    def _compile_function(self, knowledge: m.Knowledge, compiling: Compiling) -> None:
        if knowledge.logic is None:
            compiling.problem("expression", knowledge.id, f"the function {knowledge.name} has no logic")
            return
        function = compiling.function(knowledge.name, knowledge.logic, self._functions)
        self._functions[knowledge.name] = function

    def _compile(self, decision: m.Decision, compiling: Compiling) -> None:
        match decision.logic:
            case None:
                compiling.problem("expression", decision.id, "the decision has no table and no expression")
            case m.Table() as table:
                self._logic[decision.id] = compiling.table(table)
            case logic:
                self._logic[decision.id] = compiling.boxed(logic)

    def _make(self, decision: m.Decision, making: _Making, above: tuple[str, ...]) -> tuple[Any, Decided]:
        if decision.id in making.made:
            return making.made[decision.id]
        if len(above) > MAX_DECISIONS:
            raise DmnError(f"more than {MAX_DECISIONS} decisions require each other in a row", decision.id)
        if decision.id in above:
            raise DmnError("decisions require each other in a circle", decision.id)
        broken = self._broken.get(decision.id)
        if broken is not None:
            raise DmnError(broken.message, broken.element)
        required = [self._make(self._known(other), making, (*above, decision.id)) for other in decision.requires]
        scope = {**making.variables, **self._functions}
        for (value, made), other in zip(required, decision.requires, strict=True):
            scope[made.decision] = scope[self._decisions[other].name] = value
        before = len(making.run.reasons)
        hit = self._hit(decision, scope, making)
        reasons = tuple(making.run.reasons[before:])
        result = hit.value, _decided(decision.id, hit, tuple(made for _, made in required), reasons, making.run)
        making.made[decision.id] = result
        return result

    def _hit(self, decision: m.Decision, scope: Mapping[str, Any], making: _Making) -> Hit:
        logic = self._logic[decision.id]
        if not isinstance(logic, CompiledTable):
            return Hit(logic(scope, making.run), {}, (), ())
        hit = logic.decide(scope, making.run)
        if hit.violation and making.strict:
            raise DmnError(hit.violation, decision.id)
        if hit.violation:
            making.run.null(hit.violation)
        return hit

    def _structure(self) -> Iterator[Problem]:
        """References and tables that compile but are wrong."""
        functions = {knowledge.id for knowledge in self._source.knowledge}
        known = self._decisions.keys() | functions | self._source.others
        for decision in self._decisions.values():
            for reference in (*decision.requires, *decision.knowledge):
                if reference not in known:
                    yield Problem("requirement", decision.id, f"it requires {reference}, which is not in the file")
            if isinstance(decision.logic, m.Table) and decision.id not in self._broken:
                yield from overlaps(decision.logic)
        yield from self._circle()
        for name in self._source.imports:
            yield Problem("import", "", f"the file imports {name or 'another file'}, which is not possible here")

    def _circle(self) -> Iterator[Problem]:
        """Decisions that require each other."""
        required = {decision.id: set(decision.requires) for decision in self._decisions.values()}
        try:
            TopologicalSorter(required).prepare()
        except CycleError as error:
            circle = list(dict.fromkeys(error.args[1]))
            yield Problem("circle", circle[0], f"decisions require each other in a circle: {', '.join(circle[:10])}")


def _decided(decision_id: str, hit: Hit, required: tuple[Decided, ...], reasons: tuple[str, ...], run: Run) -> Decided:
    return Decided(
        leave(hit.value, run),
        decision_id,
        {text: leave(value, run) for text, value in hit.inputs.items()},
        hit.matched,
        tuple({name: leave(value, run) for name, value in output.items()} for output in hit.outputs),
        required,
        reasons,
    )


def read(xml: bytes) -> Decisions:
    """The decisions of a DMN file (1.1 to 1.5).

    Raises:
        DmnError: the file cannot be read. What can be read but is wrong is told by `problems()`.
    """
    return Decisions(model(xml))
