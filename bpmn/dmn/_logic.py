"""Boxed expressions into closures; what does not compile becomes a problem and is never run."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from akta.languages import N_
from bpmn import feel
from bpmn.dmn import _model as m
from bpmn.dmn._loops import Logic, Scope, conditional, filtered, loop, quantified
from bpmn.dmn._matching import columns
from bpmn.dmn._problems import Problem
from bpmn.dmn._tables import AGGREGATIONS, HIT_POLICIES, CompiledTable
from bpmn.dmn._types import ANYTHING, Types
from bpmn.feel.machine import MISFIT, Function, Run, Type, call_named, fit

_FAILS = N_("%(text)s: %(reason)s")
_CELLS = {
    "input": N_("rule %(rule)s has %(cells)s input cells for %(columns)s columns"),
    "output": N_("rule %(rule)s has %(cells)s output cells for %(columns)s columns"),
}


class Compiling:
    """Compiles the expressions of one file and gathers the problems."""

    def __init__(self, names: Collection[str]) -> None:
        self.names = frozenset(names)
        self.types: Types | None = None
        self.problems: list[Problem] = []
        self.read: set[str] = set()
        """Names that the expressions compiled so far read."""

    def problem(self, code: str, element: str, text: str, /, **params: object) -> None:
        """Note a problem; the text is a msgid, `params` fill its places."""
        self.problems.append(Problem(code, element, text, params=tuple(params.items())))

    def type_of(self, name: str, element: str) -> Type:
        """The type of that name; no name, or one that is not known, means any."""
        found = self.types.of(name) if self.types and name else ANYTHING
        if found is None:
            self.problem("type", element, N_("there is no type %(name)s"), name=name)
        return found or ANYTHING

    @property
    def _known_types(self) -> Mapping[str, Type]:
        return self.types.known if self.types else {}

    def boxed(self, boxed: m.Boxed) -> Logic:
        """The closure for any boxed expression."""
        match boxed:
            case m.Text():
                return self.expression(boxed)
            case m.Table():
                table = self.table(boxed)
                return _nothing if table is None else _deciding(table)
            case m.Context():
                return self._context(boxed)
            case m.Items():
                items = [self.boxed(item) for item in boxed.items]
                return lambda scope, run: [item(scope, run) for item in items]
            case m.Relation():
                return self._relation(boxed)
            case m.Invocation():
                return self._invocation(boxed)
            case m.FunctionOf():
                return self._function("function", boxed)
            case m.Conditional():
                return conditional(*map(self.boxed, (boxed.condition, boxed.then, boxed.otherwise)))
            case m.Filter():
                return filtered(self.boxed(boxed.source), self.boxed(boxed.match))
            case m.Loop():
                return self._loop(boxed)
        raise TypeError(f"no boxed expression: {type(boxed).__name__}")

    def expression(self, text: m.Text) -> Logic:
        """A literal expression; in place of one that does not compile null, with the reason."""
        self._check_language(text)
        try:
            if not text.text:
                raise feel.FeelSyntaxError(N_("expected an expression, but there is none"), 1, 1)
            compiled = feel.compile(text.text, self.names, self._known_types)
            self.read |= compiled.names
            return compiled.run
        except feel.FeelSyntaxError as error:
            reason = f"{_short(text.text)}: {error.detail}"
            self.problem("expression", text.element, _FAILS, text=_short(text.text), reason=error.whole)
            return lambda scope, run: run.null(reason)

    def tests(self, text: m.Text) -> feel.UnaryTests:
        """The tests of a cell; no value passes one that does not compile."""
        self._check_language(text)
        try:
            compiled = feel.compile_unary(text.text, self.names, self._known_types)
            self.read |= compiled.names
            return compiled
        except feel.FeelSyntaxError as error:
            self.problem("expression", text.element, _FAILS, text=_short(text.text), reason=error.whole)
            return feel.compile_unary("? != ?")

    def _check_language(self, text: m.Text) -> None:
        if text.language and "feel" not in text.language.lower():
            self.problem("language", text.element, N_("expressions must be FEEL, not %(name)s"), name=text.language)

    def function(self, knowledge: m.Knowledge) -> Callable[[Scope], Function]:
        """A business knowledge model, for the outer names it may use."""
        if knowledge.logic is None:
            self.problem("expression", knowledge.id, N_("the function %(name)s has no logic"), name=knowledge.name)
        logic = knowledge.logic or m.FunctionOf(knowledge.id, external=True)
        make = self._function(knowledge.name, logic, self.type_of(knowledge.type, knowledge.id))
        return lambda outer: make(outer, None)

    def _function(self, name: str, logic: m.FunctionOf, declared: Type = ANYTHING) -> Callable[[Scope, Any], Function]:
        if logic.body is None and not logic.external:
            self.problem("expression", logic.element, N_("the function %(name)s has no body"), name=name)
        body = _nothing if logic.external or logic.body is None else self.boxed(logic.body)
        types = tuple(self.type_of(parameter.type, logic.element) for parameter in logic.parameters)
        results = [_result(declared), _result(self.type_of(logic.type, logic.element))]
        if logic.body is not None:
            results.append(self.type_of(logic.body.type, logic.element))
        for result in results:
            body = typed(body, result)
        given = next((result for result in results if result is not ANYTHING), ANYTHING)
        names = tuple(parameter.name for parameter in logic.parameters)
        signature = Type("function", (*types, given))
        return lambda outer, run: _made(name, names, signature, body, outer, logic.external)

    def _context(self, boxed: m.Context) -> Logic:
        entries = [(entry.name, self._typed(entry, logic)) for entry, logic in boxed.entries]

        def run_context(scope: Scope, run: Run) -> Any:
            inner, made = dict(scope), dict[str, Any]()
            for name, logic in entries:
                value = logic(inner, run)
                if not name:
                    return value
                inner[name] = made[name] = value
            return made

        return run_context

    def _typed(self, variable: m.Variable, logic: m.Boxed) -> Logic:
        return typed(self.boxed(logic), self.type_of(variable.type, logic.element))

    def _relation(self, boxed: m.Relation) -> Logic:
        if any(len(row) != len(boxed.columns) for row in boxed.rows):
            self.problem("columns", boxed.element, N_("a row of the relation has more or fewer cells than columns"))
        rows = [
            [self._typed(column, cell) for column, cell in zip(boxed.columns, row, strict=False)] for row in boxed.rows
        ]
        names = [column.name for column in boxed.columns]
        return lambda scope, run: [dict(zip(names, [cell(scope, run) for cell in row], strict=False)) for row in rows]

    def _invocation(self, boxed: m.Invocation) -> Logic:
        callee = self.boxed(boxed.callee)
        arguments = [(variable.name, self._typed(variable, argument)) for variable, argument in boxed.arguments]

        def invoke(scope: Scope, run: Run) -> Any:
            function = callee(scope, run)
            if not isinstance(function, Function):
                return run.null("what is invoked is no function")
            return call_named(function, run, {name: argument(scope, run) for name, argument in arguments})

        return invoke

    def _loop(self, boxed: m.Loop) -> Logic:
        source, outer = self.boxed(boxed.source), self.read
        self.read = set()
        body = self.boxed(boxed.body)
        inner, self.read = self.read, outer | (self.read - {boxed.variable, "partial"})
        if boxed.kind == "for":
            return loop(boxed.variable, source, body, "partial" in inner)
        return quantified(boxed.kind == "every", boxed.variable, source, body)

    def table(self, table: m.Table) -> CompiledTable | None:
        """A decision table; None when it is built wrongly, so that there is no telling what it means."""
        before = len(self.problems)
        made = self._table(table)
        wrong = {"hit-policy", "aggregation", "columns"}
        return None if any(problem.code in wrong for problem in self.problems[before:]) else made

    def _table(self, table: m.Table) -> CompiledTable:
        if table.hit_policy not in HIT_POLICIES:
            self.problem("hit-policy", table.element, N_("there is no hit policy %(name)s"), name=table.hit_policy)
        if table.aggregation not in AGGREGATIONS:
            self.problem("aggregation", table.element, N_("there is no aggregation %(name)s"), name=table.aggregation)
        if table.aggregation and len(table.outputs) > 1:
            self.problem("aggregation", table.element, N_("a table with several outputs cannot be aggregated"))
        if not table.outputs:
            self.problem("columns", table.element, N_("the table has no output"))
        names = [output.name or str(place) for place, output in enumerate(table.outputs, 1)]
        if len(set(names)) < len(names):
            self.problem("columns", table.element, N_("two outputs of the table have the same name"))
        return CompiledTable(
            table.hit_policy,
            table.aggregation,
            tuple(self._input(column) for column in table.inputs),
            tuple(names),
            columns([self._tests(rule, len(table.inputs)) for rule in table.rules], len(table.inputs)),
            tuple(self._outputs(number, rule, table) for number, rule in enumerate(table.rules, 1)),
            tuple(self._default(output) for output in table.outputs),
            tuple(self._rank(output) for output in table.outputs),
        )

    def _input(self, column: m.Input) -> tuple[str, Logic, feel.UnaryTests | None]:
        allowed = self.tests(column.values) if column.values and column.values.text else None
        return column.expression.text, self.expression(column.expression), allowed

    def _default(self, output: m.Output) -> Logic | None:
        return self.expression(output.default) if output.default and output.default.text else None

    def _rank(self, output: m.Output) -> Logic | None:
        if output.values is None or not output.values.text:
            return None
        return self.expression(m.Text(output.values.element, "", f"[{output.values.text}]"))

    def _tests(self, rule: m.Rule, width: int) -> list[feel.UnaryTests]:
        """One for each column, also where the rule has too few cells (which is a problem)."""
        found = [self.tests(cell) for cell in rule.inputs[:width]]
        return found + [feel.compile_unary("-")] * (width - len(found))

    def _outputs(self, number: int, rule: m.Rule, table: m.Table) -> tuple[Logic, ...]:
        for what, cells, known in (("input", rule.inputs, table.inputs), ("output", rule.outputs, table.outputs)):
            if len(cells) != len(known):
                counts = {"rule": number, "cells": len(cells), "columns": len(known)}
                self.problem("columns", rule.element, _CELLS[what], **counts)
        return tuple(self._output(cell) for cell in rule.outputs[: len(table.outputs)])

    def _output(self, cell: m.Text) -> Logic:
        """An empty output cell means null, as editors save it."""
        return self.expression(cell) if cell.text not in ("", "-") else feel.compile("null").run


def _nothing(scope: Scope, run: Run) -> Any:
    return run.null("this expression is not evaluated")


def _deciding(table: CompiledTable) -> Logic:
    def decide(scope: Scope, run: Run) -> Any:
        hit = table.decide(scope, run)
        return run.null(hit.violation) if hit.violation else hit.value

    return decide


def _result(declared: Type) -> Type:
    """What a function gives by its declared type, which may be the function's or (DMN 1.1) the result's."""
    if declared.name == "function":
        return declared.parts[-1] if declared.parts else ANYTHING
    return declared


def typed(logic: Logic, declared: Type) -> Logic:
    """The value as its declared type takes it, null where it does not fit."""
    if declared.name == "Any":
        return logic

    def run_typed(scope: Scope, run: Run) -> Any:
        value = fit(logic(scope, run), declared, run)
        return None if value is MISFIT else value

    return run_typed


def _made(
    name: str, parameters: tuple[str, ...], signature: Type, body: Logic, outer: Scope, external: bool
) -> Function:
    def call(run: Run, arguments: list[Any]) -> Any:
        if external:
            return run.null(f"{name} is written in another language, which is never run")
        fitted = arguments_of(name, signature.parts[:-1], arguments, run)
        if fitted is None:
            return None
        run.enter()
        result = body({**outer, **dict(zip(parameters, fitted, strict=True))}, run)
        run.leave()
        return result

    return Function(name, parameters, call, signature=signature)


def arguments_of(name: str, types: Sequence[Type], arguments: Sequence[Any], run: Run) -> list[Any] | None:
    """The arguments as the parameters take them; None when they are too many or few, or one does not fit."""
    if len(arguments) != len(types):
        return run.null(f"{name} takes {len(types)} arguments, not {len(arguments)}")
    fitted = [fit(argument, declared, run) for argument, declared in zip(arguments, types, strict=True)]
    return run.null(f"{name}: an argument does not fit") if any(value is MISFIT for value in fitted) else fitted


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "…"
