"""Why each rule of a table matched or did not: the first input whose value does not pass its test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bpmn.dmn import _model as m
from bpmn.dmn._grid import Source
from bpmn.feel.machine import Run, leave
from bpmn.values import Value


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a rule, numbered from 1. `input`, `value` and `test` say what kept it from matching.

    A rule that would match, but after the one that counts (hit policy FIRST), has no such input.
    """

    rule: int
    matched: bool
    input: str = ""
    value: Value = None
    test: str = ""


def told(table: m.Table, source: Source, matched: Sequence[int], scope: Mapping[str, Any], run: Run) -> list[Told]:
    """One entry for each rule.

    Raises:
        bpmn.feel.FeelLimit: it takes too many steps.
    """
    values = [source.expression(column.expression.text).run(scope, run) for column in table.inputs]
    return [
        Told(number, True) if number in matched else _missed(number, rule, table, values, source, scope, run)
        for number, rule in enumerate(table.rules, 1)
    ]


def _missed(
    number: int,
    rule: m.Rule,
    table: m.Table,
    values: Sequence[Any],
    source: Source,
    scope: Mapping[str, Any],
    run: Run,
) -> Told:
    for column, cell, value in zip(table.inputs, rule.inputs, values, strict=True):
        if not source.tests(cell.text).run(value, scope, run):
            return Told(number, False, column.label or column.expression.text, leave(value, run), cell.text)
    return Told(number, False)
