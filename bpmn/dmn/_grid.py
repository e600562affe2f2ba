"""A table as bits: for every input its pieces, for every rule the pieces it takes. Searches in it are counted."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from operator import xor

from bpmn import feel, types
from bpmn.dmn import _model as m
from bpmn.dmn._domains import Cell, Pieces, cell, written
from bpmn.feel import nodes as n
from bpmn.feel.machine import Type

MAX_RULES = 3_000
MAX_CELLS = 30_000
"""Rules, and cells in all of them, of a table that is looked at."""
MAX_SEARCH = 2_000_000
"""Steps a search in a table may take."""


class TooLarge(Exception):
    """A search has visited all it may."""


class Source:
    """The texts of one file compiled, each once. They are known to compile.

    Args:
        names: names of several words that they may hold.
        declared: the item definitions by name.
    """

    def __init__(self, names: Collection[str], declared: Mapping[str, Type]) -> None:
        self._names = frozenset(names)
        self._declared = declared
        self._expressions: dict[str, feel.Expression] = {}
        self._tests: dict[str, feel.UnaryTests] = {}

    def expression(self, text: str) -> feel.Expression:
        if text not in self._expressions:
            self._expressions[text] = feel.compile(text, self._names, self._declared)
        return self._expressions[text]

    def tests(self, text: str) -> feel.UnaryTests:
        if text not in self._tests:
            self._tests[text] = feel.compile_unary(text, self._names, self._declared)
        return self._tests[text]


@dataclass(frozen=True, slots=True)
class Take:
    """What a rule takes of an input. `surely` leaves out cells that cannot be decided, `perhaps` lets all in there."""

    surely: int
    perhaps: int
    opaque: frozenset[str] = frozenset()
    """Texts of the cells that cannot be decided."""


@dataclass(frozen=True)
class Axis:
    """An input, or several columns that look at the same expression."""

    label: str
    text: str
    pieces: Pieces
    takes: tuple[Take, ...]
    plain: bool
    """It is a variable or an entry of one: every piece can be."""
    footprint: frozenset[tuple[str, ...]]
    """The variables it looks at, with the path."""

    @cached_property
    def surely(self) -> list[int]:
        """By piece: the rules that take it for certain, as bits."""
        return self._rules_by_piece([take.surely for take in self.takes])

    @cached_property
    def perhaps(self) -> list[int]:
        """By piece: the rules that may take it, as bits."""
        return self._rules_by_piece([take.perhaps for take in self.takes])

    def _rules_by_piece(self, taken: Sequence[int]) -> list[int]:
        turns = [0] * (len(self.pieces.values) + 1)
        for rule, bits in enumerate(taken):
            for first, last in _runs(bits):
                turns[first] ^= 1 << rule
                turns[last] ^= 1 << rule
        return list(accumulate(turns[:-1], xor))

    @cached_property
    def takers(self) -> int:
        """The rules that may take some piece."""
        return sum(1 << rule for rule, take in enumerate(self.takes) if take.perhaps)


@dataclass
class Grid:
    """All axes of a table, and what may still be spent on searches."""

    axes: tuple[Axis, ...]
    count: int
    left: int = field(default=MAX_SEARCH)

    @cached_property
    def independent(self) -> bool:
        """Whether every combination of pieces can be: no input is computed, none is a part of another."""
        seen = [path for axis in self.axes for path in axis.footprint]
        apart = all(a[: len(b)] != b for place, a in enumerate(seen) for other, b in enumerate(seen) if place != other)
        return apart and all(axis.plain or len(axis.pieces.values) == 1 for axis in self.axes)

    def afresh(self) -> "Grid":
        """The same with all to spend again, for another question."""
        return replace(self, left=MAX_SEARCH)

    def spend(self, steps: int) -> None:
        """Count what a search does.

        Raises:
            TooLarge: it has done all it may.
        """
        self.left -= steps
        if self.left < 0:
            raise TooLarge

    def meets(self, rule: int) -> int:
        """The rules that may match together with this one, as bits.

        Raises:
            TooLarge: the search is given up.
        """
        found = (1 << self.count) - 1
        for axis in self.axes:
            bits = axis.takes[rule].perhaps
            if bits == axis.pieces.all:
                found &= axis.takers
                continue
            together = 0
            for piece in ones(bits):
                self.spend(1)
                together |= axis.perhaps[piece]
            found &= together
        return found

    def uncovered(self, rules: int, within: int | None = None, *, surely: bool) -> list[int] | None:
        """Pieces, one per axis, that none of the rules (as bits) takes, inside what the rule `within` takes.

        With `surely` rules take only what they take for certain, else everything they may.

        Raises:
            TooLarge: the search is given up.
        """
        layers = [self._layer(axis, rules, within, surely) for axis in self.axes]
        full = [rules]
        for layer in reversed(layers):
            rest = full[-1]
            for _, taking in layer:
                rest &= taking
            full.append(rest)
        full.reverse()
        return _Search(self, layers, full).find(0, rules)

    def _layer(self, axis: Axis, rules: int, within: int | None, surely: bool) -> list[tuple[int, int]]:
        """The pieces of an axis that differ in which rules take them: a piece, and the rules as bits."""
        allowed = axis.pieces.all if within is None else axis.takes[within].perhaps
        by_piece = axis.surely if surely else axis.perhaps
        found: dict[int, int] = {}
        for piece in ones(allowed):
            self.spend(1)
            found.setdefault(by_piece[piece] & rules, piece)
        return [(piece, taking) for taking, piece in found.items()]

    def meeting(self, a: int, b: int) -> tuple[list[int] | None, bool]:
        """Pieces that both rules take, or None; and whether these are certain."""
        pieces, certain = [], True
        for axis in self.axes:
            one, other = axis.takes[a], axis.takes[b]
            both = one.perhaps & other.perhaps
            if not both:
                return None, True
            opaque = one.opaque | other.opaque
            if opaque and (len(opaque) > 1 or one.perhaps != axis.pieces.all or other.perhaps != axis.pieces.all):
                certain = False
            pieces.append((both & -both).bit_length() - 1)
        return pieces, certain

    def example(self, pieces: Sequence[int], *rules: int) -> tuple[tuple[str, str], ...]:
        """A row of values: by axis the value of its piece, or the test that has to hold where it cannot be decided."""
        row = []
        for axis, piece in zip(self.axes, pieces, strict=True):
            opaque = sorted({text for rule in rules for text in axis.takes[rule].opaque})
            row.append((axis.text, opaque[0] if opaque else written(axis.pieces.values[piece])))
        return tuple(row)


@dataclass
class _Search:
    grid: Grid
    layers: Sequence[Sequence[tuple[int, int]]]
    full: Sequence[int]
    """By axis: the rules that take every piece from there on."""
    known: set[tuple[int, int]] = field(default_factory=set)
    """Places after which everything is covered."""

    def find(self, depth: int, rules: int) -> list[int] | None:
        self.grid.spend(1 + len(self.layers[depth] if depth < len(self.layers) else ()))
        if rules & self.full[depth] or (depth, rules) in self.known:
            return None
        if depth == len(self.layers):
            return []
        for piece, taking in self.layers[depth]:
            rest = self.find(depth + 1, rules & taking)
            if rest is not None:
                return [piece, *rest]
        self.known.add((depth, rules))
        return None


def ones(bits: int) -> Iterator[int]:
    """The places of the bits that are set."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def _runs(bits: int) -> Iterator[tuple[int, int]]:
    """Where bits that are set stand together: the first place, and the one after the last."""
    start = 0
    while bits:
        skipped = (bits & -bits).bit_length() - 1
        bits >>= skipped
        length = (~bits & (bits + 1)).bit_length() - 1
        yield start + skipped, start + skipped + length
        bits >>= length
        start += skipped + length


def grid(table: m.Table, source: Source, inputs: Sequence[types.Type]) -> Grid:
    """The bits of a table whose cells all compile.

    Raises:
        TooLarge: it has more cells than are looked at.
    """
    if len(table.rules) > MAX_RULES or len(table.rules) * len(table.inputs) > MAX_CELLS:
        raise TooLarge
    columns: dict[str, list[int]] = {}
    for place, column in enumerate(table.inputs):
        columns.setdefault(" ".join(column.expression.text.split()), []).append(place)
    axes = tuple(_axis(table, places, source, inputs) for places in columns.values())
    return Grid(axes, len(table.rules))


def _axis(table: m.Table, places: Sequence[int], source: Source, inputs: Sequence[types.Type]) -> Axis:
    compiled: dict[str, Cell] = {}

    def of(text: str) -> Cell:
        if text not in compiled:
            compiled[text] = cell(source.tests(text))
        return compiled[text]

    first = table.inputs[places[0]]
    cells = [[of(rule.inputs[place].text) for place in places] for rule in table.rules]
    allowed = next((column.values for column in (table.inputs[p] for p in places) if column.values is not None), None)
    possible = None if allowed is None or not allowed.text else cell(source.tests(allowed.text))
    pieces = Pieces(compiled.values(), possible, inputs[places[0]])
    passing = {text: None if each.constants is None else pieces.passing(each) for text, each in compiled.items()}
    takes = tuple(_take(row, passing, pieces.all) for row in cells)
    text, node = first.expression.text, source.expression(first.expression.text).node
    return Axis(first.label or text, text, pieces, takes, _path(node) is not None, _reads(node))


def _take(row: Sequence[Cell], passing: Mapping[str, int | None], everything: int) -> Take:
    surely = perhaps = everything
    opaque: set[str] = set()
    for each in row:
        bits = everything if each.tests.always else passing[each.tests.text]
        if bits is None:
            surely, opaque = 0, opaque | {each.tests.text}
        else:
            surely, perhaps = surely & bits, perhaps & bits
    return Take(surely, perhaps, frozenset(opaque))


def _path(node: n.Node) -> tuple[str, ...] | None:
    """The names of `a.b.c`."""
    names: list[str] = []
    while isinstance(node, n.Path):
        names.append(node.name)
        node = node.source
    return (node.name, *reversed(names)) if isinstance(node, n.Name) else None


def _reads(node: n.Node) -> frozenset[tuple[str, ...]]:
    """The longest paths an expression looks at."""
    whole = _path(node)
    if whole is not None:
        return frozenset((whole,))
    paths = {path for part in types.inside(node) if (path := _path(part)) is not None}
    return frozenset(path for path in paths if not any(path != p and p[: len(path)] == path for p in paths))
