"""Rules that can match at once, proven for cells of simple values; what cannot be decided is left alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from bpmn.dmn import _model as m
from bpmn.dmn._problems import Problem
from bpmn.feel import FeelSyntaxError, compile_unary
from bpmn.feel import nodes as n

MAX_PAIRS = 500_000
"""Pairs of rules that are compared in one table."""
_MAX_TOLD = 20


@dataclass(frozen=True, slots=True)
class Piece:
    """Values of one kind between two ends; None is no end."""

    kind: str
    low: Any
    high: Any
    low_closed: bool = True
    high_closed: bool = True


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell takes: the pieces, or everything but the pieces. No pieces known: undecidable."""

    text: str
    pieces: tuple[Piece, ...] | None
    negated: bool = False

    @property
    def everything(self) -> bool:
        return self.negated and self.pieces == ()


def overlaps(table: m.Table) -> Iterator[Problem]:
    """UNIQUE: two rules that can match at once. ANY: two such rules with different constant outputs."""
    if table.hit_policy not in ("UNIQUE", "ANY"):
        return
    rows = [tuple(_cell(cell.text) for cell in rule.inputs) for rule in table.rules]
    if len(rows) * (len(rows) - 1) // 2 > MAX_PAIRS:
        message = f"the table has {len(rows)} rules; so many were not compared with each other"
        yield Problem("unproven", table.element, message, "warning")
        return
    told = 0
    for first, second in _pairs(rows):
        if table.hit_policy == "ANY" and _same_outputs(table.rules[first], table.rules[second]):
            continue
        rule = table.rules[second]
        yield Problem("overlap", rule.element, _sentence(table.hit_policy, first + 1, second + 1))
        told += 1
        if told == _MAX_TOLD:
            return


def _sentence(policy: str, first: int, second: int) -> str:
    if policy == "ANY":
        return f"rules {first} and {second} can match at once with different outputs (hit policy ANY)"
    return f"rules {first} and {second} can match at once, though at most one may (hit policy UNIQUE)"


def _pairs(rows: list[tuple[Cell, ...]]) -> Iterator[tuple[int, int]]:
    for second in range(len(rows)):
        for first in range(second):
            if all(_meet(a, b) for a, b in zip(rows[first], rows[second], strict=True)):
                yield first, second


def _same_outputs(a: m.Rule, b: m.Rule) -> bool:
    """Equal as text, or not to be told without evaluating."""
    return all(x.text == y.text or not _both_constant(x, y) for x, y in zip(a.outputs, b.outputs, strict=True))


def _both_constant(a: m.Text, b: m.Text) -> bool:
    return all(bool(_cell(text).pieces) for text in (a.text, b.text))


def _cell(text: str) -> Cell:
    try:
        tests = compile_unary(text).node
    except FeelSyntaxError:
        return Cell(text, None)
    if not tests.tests:
        return Cell("-", (), True)
    pieces: list[Piece] = []
    for test in tests.tests:
        found = _piece(test)
        if found is None:
            return Cell(text, None)
        pieces.append(found)
    return Cell(text, tuple(pieces), tests.negated)


def _piece(node: n.Node) -> Piece | None:
    match node:
        case n.RangeOf(_, low, high, low_closed, high_closed, operator) if operator != "!=":
            ends = [None if end is None else n.constant(end) for end in (low, high)]
            if (low and ends[0] is None) or (high and ends[1] is None):
                return None
            return _between(ends[0], ends[1], low_closed, high_closed)
        case n.Comparison(_, operator, operand) if operator != "!=":
            value = n.constant(operand)
            if value is None:
                return None
            closed = operator in ("<=", ">=", "=")
            low = None if operator.startswith("<") else value
            high = None if operator.startswith(">") else value
            return _between(low, high, closed, closed)
    value = n.constant(node)
    return None if value is None else _between(value, value, True, True)


def _between(low: Any, high: Any, low_closed: bool, high_closed: bool) -> Piece | None:
    kinds = {_kind(end) for end in (low, high) if end is not None}
    if len(kinds) != 1 or None in kinds:
        return None
    return Piece(kinds.pop() or "", low, high, low_closed, high_closed)


def _kind(value: Any) -> str | None:
    match value:
        case bool():
            return "boolean"
        case Decimal():
            return "number"
        case str():
            return "string"
        case datetime() | time():
            return None
        case date():
            return "date"
    return None


def _meet(a: Cell, b: Cell) -> bool:
    """Whether some value certainly passes both."""
    if a.everything:
        return b.everything or b.negated or bool(b.pieces and any(map(_inhabited, b.pieces))) or b.pieces is None
    if b.everything:
        return _meet(b, a)
    if a.pieces is None or b.pieces is None:
        return a.text == b.text
    if a.negated and b.negated:
        return not any(piece.kind == "boolean" for piece in (*a.pieces, *b.pieces))
    if a.negated:
        return _meet(b, a)
    if b.negated:
        return any(_inhabited(piece) and not _touched(piece, b.pieces) for piece in a.pieces)
    return any(_cross(x, y) for x in a.pieces for y in b.pieces)


def _touched(piece: Piece, others: tuple[Piece, ...]) -> bool:
    return any(_cross(piece, other) for other in others)


def _inhabited(piece: Piece) -> bool:
    return _cross(piece, piece)


def _cross(a: Piece, b: Piece) -> bool:
    """Whether two pieces share a value."""
    if a.kind != b.kind:
        return False
    low, low_closed = _higher(a, b)
    high, high_closed = _lower(a, b)
    if low is None or high is None:
        return True
    return bool(low < high) if low != high else low_closed and high_closed


def _higher(a: Piece, b: Piece) -> tuple[Any, bool]:
    if a.low is None or b.low is None:
        return (b.low, b.low_closed) if a.low is None else (a.low, a.low_closed)
    if a.low == b.low:
        return a.low, a.low_closed and b.low_closed
    return (a.low, a.low_closed) if a.low > b.low else (b.low, b.low_closed)


def _lower(a: Piece, b: Piece) -> tuple[Any, bool]:
    if a.high is None or b.high is None:
        return (b.high, b.high_closed) if a.high is None else (a.high, a.high_closed)
    if a.high == b.high:
        return a.high, a.high_closed and b.high_closed
    return (a.high, a.high_closed) if a.high < b.high else (b.high, b.high_closed)
