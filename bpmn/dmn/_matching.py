"""Which rules of a table match: the cells of a column grouped, so that a long table costs little more than a short one.

A set of rules is one integer with a bit for each. A column knows, for constants, the set of rules that take each of
them; of every other test it knows the set of rules that use it, and makes the test once for all of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bpmn.feel import UnaryTests
from bpmn.feel import nodes as n
from bpmn.feel.machine import Run

_INDEXED = (Decimal, str, bool)
"""Classes of constants that are looked up: a value of the same class passes when it is equal, and only then."""
_Key = tuple[type, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """The cells of one input."""

    open: int
    """Rules whose cell takes anything, or is none of the constants."""
    constants: Mapping[_Key, int]
    """For each constant, the rules that take it."""
    constant_tests: tuple[tuple[UnaryTests, int], ...]
    """The cells that hold nothing but constants, for values of other classes."""
    tests: tuple[tuple[UnaryTests, int], ...]
    """All other cells, each with the rules that have it."""

    def passed(self, value: Any, rules: int, scope: Mapping[str, Any], run: Run) -> int:
        """Those of the rules whose cell the value passes."""
        found, tests = self.open, self.tests
        try:
            if value.__class__ in _INDEXED:
                found |= self.constants.get((value.__class__, value), 0)
            elif value is not None:
                tests = (*tests, *self.constant_tests)
        except TypeError:  # a Decimal that is no number has no hash; it equals nothing
            pass
        for test, users in tests:
            if users & rules & ~found and test.run(value, scope, run):
                found |= users
        return found & rules


def columns(rows: Sequence[Sequence[UnaryTests]], width: int) -> tuple[tuple[int, Column], ...]:
    """The columns that can tell rules apart, with their places: first those that are looked up."""
    made = [(place, _column([row[place] for row in rows])) for place in range(width)]
    everything = (1 << len(rows)) - 1
    telling = [(place, column) for place, column in made if column.open != everything]
    return tuple(sorted(telling, key=lambda entry: len(entry[1].tests)))


def _column(cells: Sequence[UnaryTests]) -> Column:
    free = 0
    constants: dict[_Key, int] = {}
    by_text: dict[tuple[bool, str], tuple[UnaryTests, int]] = {}
    for number, cell in enumerate(cells):
        rule = 1 << number
        if cell.always:
            free |= rule
            continue
        keys = _constants(cell)
        for key in keys:
            constants[key] = constants.get(key, 0) | rule
        known = by_text.get((bool(keys), cell.text))
        by_text[bool(keys), cell.text] = (cell, rule if known is None else known[1] | rule)
    looked_up = tuple(entry for (constant, _), entry in by_text.items() if constant)
    return Column(free, constants, looked_up, tuple(entry for (constant, _), entry in by_text.items() if not constant))


def _constants(cell: UnaryTests) -> list[_Key]:
    """The constants the cell is made of; none when it holds anything else."""
    if cell.negated:
        return []
    values = [n.constant(test) for test in cell.node.tests]
    return [(value.__class__, value) for value in values] if all(v.__class__ in _INDEXED for v in values) else []


def numbers(rules: int) -> list[int]:
    """The places of the bits that are set, from 0."""
    found = []
    while rules:
        lowest = rules & -rules
        found.append(lowest.bit_length() - 1)
        rules ^= lowest
    return found
