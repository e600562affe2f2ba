"""What can be told of a decision's logic before it is made: its type, misused values, tables that cannot be meant."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from akta.languages import N_, Sentence, sentence
from bpmn import types
from bpmn.dmn import _model as m
from bpmn.dmn._grid import Source
from bpmn.dmn._problems import Problem
from bpmn.dmn._proofs import proofs
from bpmn.feel import nodes as n
from bpmn.feel.machine import Type as Declared
from bpmn.feel.machine import resolve

_LISTS = ("RULE ORDER", "OUTPUT ORDER")


class File(NamedTuple):
    """A file whose texts compile."""

    source: Source
    declared: Mapping[str, Declared]

    def type(self, name: str) -> types.Type:
        """The type of that name; anything for no name."""
        return types.declared(resolve(Declared(name), self.declared)) if name else types.ANY


class Analysis:
    """Goes through the logic of one element and gathers what is wrong with it."""

    def __init__(self, file: File, prove: bool) -> None:
        self._file = file
        self._prove = prove
        self.problems: list[Problem] = []

    def of(self, boxed: m.Boxed, around: types.Environment) -> types.Type:
        """What a boxed expression can be: of its declared type where it has one, for it is null otherwise."""
        found = self._found(boxed, around)
        return found if not boxed.type else _agreed(self._file.type(boxed.type), found)

    def _found(self, boxed: m.Boxed, around: types.Environment) -> types.Type:
        match boxed:
            case m.Text():
                return self._text(boxed, around)
            case m.Table():
                return self._table(boxed, around)
            case m.Context():
                return self._context(boxed, around)
            case m.Items(items=items):
                return types.list_of(types.one_of(*(self.of(item, around) for item in items)))
            case m.Relation():
                return self._relation(boxed, around)
            case m.Invocation():
                return self._invocation(boxed, around)
            case m.FunctionOf():
                return self.function(boxed, around)
            case m.Conditional(condition=condition, then=then, otherwise=otherwise):
                self._condition(condition, around)
                return types.one_of(self.of(then, around), self.of(otherwise, around))
            case m.Filter(source=source, match=match):
                listed = self.of(source, around)
                self.of(match, types.Environment({**around.variables, "item": types.ANY}, False))
                return types.list_of(types.item_of(listed))
            case m.Loop():
                return self._loop(boxed, around)
        return types.ANY

    def function(self, boxed: m.FunctionOf, around: types.Environment) -> types.Type:
        """A function: its parameters by their declared types, and what its body gives for them."""
        parameters = {parameter.name: self._file.type(parameter.type) for parameter in boxed.parameters}
        result = types.NULL if boxed.body is None else self.of(boxed.body, around.with_(parameters))
        return types.function_of(parameters, result)

    def _condition(self, boxed: m.Boxed, around: types.Environment) -> None:
        """What has to be true or false."""
        if isinstance(boxed, m.Text):
            self._text(boxed, around, condition=True)
        else:
            self.of(boxed, around)

    def _text(self, text: m.Text, around: types.Environment, *, condition: bool = False) -> types.Type:
        if not text.text:
            return types.NULL
        found = types.inferred(self._file.source.expression(text.text), around, condition=condition)
        self._note(text, found.misuses)
        return found.type

    def _note(self, text: m.Text, misuses: Sequence[types.Misuse], prefix: Sentence | None = None) -> None:
        for misuse in misuses:
            line, column = n.place(text.text, misuse.at)
            params: dict[str, object] = {
                "text": _short(text.text),
                "place": f"{line}:{column}",
                "what": misuse.sentence,
            }
            words = N_("%(text)s (at %(place)s): %(what)s")
            if prefix is not None:
                words, params = N_("%(where)s, %(text)s (at %(place)s): %(what)s"), {**params, "where": prefix}
            severity = "error" if misuse.certain and misuse.code not in _DOUBTFUL else "warning"
            self.problems.append(Problem(misuse.code, text.element, words, severity, tuple(params.items())))

    def _context(self, boxed: m.Context, around: types.Environment) -> types.Type:
        entries: dict[str, types.Type] = {}
        for variable, logic in boxed.entries:
            found = _agreed(self._file.type(variable.type), self.of(logic, around))
            if not variable.name:
                return found
            entries[variable.name] = found
            around = around.with_({variable.name: found})
        return types.context_of(entries)

    def _relation(self, boxed: m.Relation, around: types.Environment) -> types.Type:
        columns = {
            column.name: types.one_of(*(self.of(row[place], around) for row in boxed.rows if place < len(row)))
            for place, column in enumerate(boxed.columns)
        }
        return types.list_of(types.context_of(columns))

    def _invocation(self, boxed: m.Invocation, around: types.Environment) -> types.Type:
        for _, argument in boxed.arguments:
            self.of(argument, around)
        callee = self.of(boxed.callee, around).of("function")
        return callee.result.optional if isinstance(callee, types.FunctionOf) else types.ANY

    def _loop(self, boxed: m.Loop, around: types.Environment) -> types.Type:
        items = types.item_of(self.of(boxed.source, around))
        inner = {boxed.variable: items, "partial": types.list_of(types.ANY)}
        if boxed.kind == "for":
            return types.list_of(self.of(boxed.body, around.with_(inner))).optional
        self._condition(boxed.body, around.with_(inner))
        return types.BOOLEAN.optional

    # tables

    def _table(self, table: m.Table, around: types.Environment) -> types.Type:
        inputs = [self._input(column, around) for column in table.inputs]
        for number, rule in enumerate(table.rules, 1):
            for column, cell, type_ in zip(table.inputs, rule.inputs, inputs, strict=False):
                where = sentence(
                    N_("rule %(rule)s, %(column)s"), rule=number, column=column.label or column.expression.text
                )
                self._note(cell, types.tested(self._file.source.tests(cell.text), type_, around), where)
        if self._prove:
            self.problems += proofs(table, self._file.source, inputs)
        return self._result(table, around)

    def _input(self, column: m.Input, around: types.Environment) -> types.Type:
        found = self._text(column.expression, around)
        return _agreed(self._file.type(column.expression.type), found)

    def _result(self, table: m.Table, around: types.Environment) -> types.Type:
        columns: dict[str, types.Type] = {}
        for place, output in enumerate(table.outputs):
            found = [
                self._output(output, number, rule.outputs[place], around)
                for number, rule in enumerate(table.rules, 1)
                if place < len(rule.outputs)
            ]
            if output.default and output.default.text:
                found.append(self._text(output.default, around))
            columns[output.name or str(place + 1)] = _agreed(self._file.type(output.type), types.one_of(*found))
        single = types.context_of(columns) if len(columns) > 1 else next(iter(columns.values()), types.NULL)
        if table.aggregation:
            return types.COUNT if table.aggregation == "COUNT" else single.loose.optional
        if table.hit_policy == "COLLECT" or table.hit_policy in _LISTS:
            return types.list_of(single)
        return single.optional

    def _output(self, column: m.Output, rule: int, cell: m.Text, around: types.Environment) -> types.Type:
        """What a cell gives; a value of another type than its column's is nothing when the table is asked."""
        if cell.text in ("", "-"):
            return types.NULL
        found = self._text(cell, around)
        written = self._file.type(column.type)
        kinds, wanted = found.solid.kinds, written.solid.kinds
        if kinds and wanted and not kinds & wanted:
            words = N_("rule %(rule)s, %(column)s: %(text)s is not of the type %(type)s, so nothing comes of it")
            params = {"rule": rule, "column": column.name, "text": _short(cell.text), "type": column.type}
            self.problems.append(Problem("output-type", cell.element, words, params=tuple(params.items())))
        return found


_DOUBTFUL = frozenset(("always-same",))
"""What may have been meant: a comparison that is kept for what is to come."""


def _agreed(written: types.Type, found: types.Type) -> types.Type:
    """What is found where it says as much as what is written down, else what is written."""
    if written.anything:
        return found
    if found.anything or not found.solid.kinds or found.solid.kinds != written.solid.kinds:
        return written
    return found


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "…"
