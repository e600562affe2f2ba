"""Boxed expressions into closures; what does not compile becomes a problem and is never run."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from akta.languages import N_
from bpmn import feel
from bpmn.dmn import _model as m
from bpmn.dmn._problems import Problem
from bpmn.dmn._tables import AGGREGATIONS, HIT_POLICIES, CompiledRule, CompiledTable
from bpmn.feel.machine import Function, Run, call_named

Scope = Mapping[str, Any]
Logic = Callable[[Scope, Run], Any]


class Compiling:
    """Compiles the expressions of one file and gathers the problems."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = frozenset(names)
        self.problems: list[Problem] = []
        self.read: set[str] = set()
        """Names that the expressions compiled so far read."""

    def problem(self, code: str, element: str, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(code, element, message))

    def boxed(self, boxed: m.Boxed) -> Logic:
        """The closure for any boxed expression."""
        match boxed:
            case m.Text():
                return self.expression(boxed).run
            case m.Table():
                table = self.table(boxed)
                return lambda scope, run: _of_table(table, scope, run)
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
                return self._function_value(boxed)
        what = boxed.name if isinstance(boxed, m.Unsupported) else type(boxed).__name__
        self.problem("unsupported", boxed.element, f"a boxed expression of the kind {what} is not evaluated")
        return _nothing

    def expression(self, text: m.Text) -> feel.Expression:
        """A literal expression; null in place of one that does not compile."""
        self._check_language(text)
        try:
            if not text.text:
                raise feel.FeelSyntaxError(N_("expected an expression, but there is none"), 1, 1)
            compiled = feel.compile(text.text, self._names)
            self.read |= compiled.names
            return compiled
        except feel.FeelSyntaxError as error:
            self.problem("expression", text.element, f"{_short(text.text)}: {error.detail}")
            return feel.compile("null")

    def tests(self, text: m.Text) -> feel.UnaryTests:
        """The tests of a cell; any value passes one that does not compile (it is never run)."""
        self._check_language(text)
        try:
            compiled = feel.compile_unary(text.text, self._names)
            self.read |= compiled.names
            return compiled
        except feel.FeelSyntaxError as error:
            self.problem("expression", text.element, f"{_short(text.text)}: {error.detail}")
            return feel.compile_unary("-")

    def _check_language(self, text: m.Text) -> None:
        if text.language and "feel" not in text.language.lower():
            self.problem("language", text.element, f"expressions must be FEEL, not {text.language}")

    def function(self, name: str, logic: m.FunctionOf, outer: Scope) -> Function:
        """A function whose body sees its arguments and the outer names, nothing else."""
        body = _nothing if logic.external or logic.body is None else self.boxed(logic.body)
        if logic.body is None and not logic.external:
            self.problem("expression", logic.element, f"the function {name} has no body")
        return _function(name, logic.parameters, body, outer, logic.external)

    def _function_value(self, boxed: m.FunctionOf) -> Logic:
        body = _nothing if boxed.external or boxed.body is None else self.boxed(boxed.body)
        return lambda scope, run: _function("function", boxed.parameters, body, scope, boxed.external)

    def _context(self, boxed: m.Context) -> Logic:
        entries = [(name, self.boxed(entry)) for name, entry in boxed.entries]

        def run_context(scope: Scope, run: Run) -> Any:
            inner, made = dict(scope), dict[str, Any]()
            for name, logic in entries:
                value = logic(inner, run)
                if not name:
                    return value
                inner[name] = made[name] = value
            return made

        return run_context

    def _relation(self, boxed: m.Relation) -> Logic:
        if any(len(row) != len(boxed.columns) for row in boxed.rows):
            self.problem("columns", boxed.element, "a row of the relation has more or fewer cells than columns")
        rows = [[self.boxed(cell) for cell in row] for row in boxed.rows]
        columns = boxed.columns
        return lambda scope, run: [dict(zip(columns, [cell(scope, run) for cell in row], strict=False)) for row in rows]

    def _invocation(self, boxed: m.Invocation) -> Logic:
        callee = self.boxed(boxed.callee)
        arguments = [(name, self.boxed(argument)) for name, argument in boxed.arguments]

        def invoke(scope: Scope, run: Run) -> Any:
            function = callee(scope, run)
            if not isinstance(function, Function):
                return run.null("what is invoked is no function")
            return call_named(function, run, {name: argument(scope, run) for name, argument in arguments})

        return invoke

    def table(self, table: m.Table) -> CompiledTable:
        """A decision table."""
        if table.hit_policy not in HIT_POLICIES:
            self.problem("hit-policy", table.element, f"there is no hit policy {table.hit_policy}")
        if table.aggregation not in AGGREGATIONS:
            self.problem("aggregation", table.element, f"there is no aggregation {table.aggregation}")
        if table.aggregation and len(table.outputs) > 1:
            self.problem("aggregation", table.element, "a table with several outputs cannot be aggregated")
        if not table.outputs:
            self.problem("columns", table.element, "the table has no output")
        names = [output.name or str(place) for place, output in enumerate(table.outputs, 1)]
        if len(set(names)) < len(names):
            self.problem("columns", table.element, "two outputs of the table have the same name")
        return CompiledTable(
            table.hit_policy,
            table.aggregation,
            tuple(self._input(column) for column in table.inputs),
            tuple(names),
            tuple(self._rule(number, rule, table) for number, rule in enumerate(table.rules, 1)),
            tuple(self._default(output) for output in table.outputs),
            tuple(self._rank(output) for output in table.outputs),
        )

    def _input(self, column: m.Input) -> tuple[str, feel.Expression, feel.UnaryTests | None]:
        allowed = self.tests(column.values) if column.values and column.values.text else None
        return column.expression.text, self.expression(column.expression), allowed

    def _default(self, output: m.Output) -> feel.Expression | None:
        return self.expression(output.default) if output.default and output.default.text else None

    def _rank(self, output: m.Output) -> feel.Expression | None:
        if output.values is None or not output.values.text:
            return None
        return self.expression(m.Text(output.values.element, f"[{output.values.text}]"))

    def _rule(self, number: int, rule: m.Rule, table: m.Table) -> CompiledRule:
        for what, cells, columns in (("input", rule.inputs, table.inputs), ("output", rule.outputs, table.outputs)):
            if len(cells) != len(columns):
                message = f"rule {number} has {len(cells)} {what} cells for {len(columns)} columns"
                self.problem("columns", rule.element, message)
        tests = [(column, self.tests(cell)) for column, cell in enumerate(rule.inputs[: len(table.inputs)])]
        outputs = tuple(self._output(cell) for cell in rule.outputs[: len(table.outputs)])
        return CompiledRule(number, tuple((c, test) for c, test in tests if not test.always), outputs)

    def _output(self, cell: m.Text) -> feel.Expression:
        """An empty output cell means null, as editors save it."""
        return self.expression(cell) if cell.text not in ("", "-") else feel.compile("null")


def _nothing(scope: Scope, run: Run) -> Any:
    return run.null("this expression is not evaluated")


def _of_table(table: CompiledTable, scope: Scope, run: Run) -> Any:
    hit = table.decide(scope, run)
    return run.null(hit.violation) if hit.violation else hit.value


def _function(name: str, parameters: tuple[str, ...], body: Logic, outer: Scope, external: bool) -> Function:
    def call(run: Run, arguments: list[Any]) -> Any:
        if external:
            return run.null(f"{name} is written in another language, which is never run")
        if len(arguments) != len(parameters):
            return run.null(f"{name} takes {len(parameters)} arguments, not {len(arguments)}")
        run.enter()
        result = body({**outer, **dict(zip(parameters, arguments, strict=True))}, run)
        run.leave()
        return result

    return Function(name, parameters, call)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "…"
