"""What a table cannot have been meant to do: rules that meet, rows that nothing matches, rules that are never asked.

Inputs are taken as independent of each other; where one is computed, or a part of another, a finding is a warning. Null
counts as a value of an input only where a cell of its column asks for it, and so do times with a zone.
"""

from collections.abc import Iterator, Sequence

from akta.languages import N_
from bpmn import types
from bpmn.dmn import _model as m
from bpmn.dmn._grid import Grid, Source, TooLarge, grid, ones
from bpmn.dmn._problems import Problem
from bpmn.feel import nodes as n
from bpmn.feel.machine import kind

_MAX_TOLD = 20
_LISTED = 6


def proofs(table: m.Table, source: Source, inputs: Sequence[types.Type]) -> Iterator[Problem]:
    """Everything found in a table that compiles; `inputs` are the types of its inputs."""
    try:
        bits = grid(table, source, inputs)
    except TooLarge:
        text = N_("the table has %(rules)s rules; so many are not compared with each other, nor searched for gaps")
        yield Problem("unproven", table.element, text, "warning", (("rules", len(table.rules)),))
        return
    yield from _dead(table, bits)
    yield from _overlaps(table, bits.afresh(), source)
    yield from _masked(table, bits.afresh(), source)
    yield from _gaps(table, bits.afresh())


def _severity(bits: Grid, certain: bool = True) -> str:
    return "error" if bits.independent and certain else "warning"


def _row(example: tuple[tuple[str, str], ...], bits: Grid) -> str:
    labels = [axis.label for axis in bits.axes]
    parts = (f"{label}: {value}" for label, (_, value) in zip(labels, example, strict=True) if value != "-")
    return ", ".join(parts) or "-"


def _dead(table: m.Table, bits: Grid) -> Iterator[Problem]:
    """Rules one of whose cells no value passes."""
    for rule in range(bits.count):
        axis = next((axis for axis in bits.axes if not axis.takes[rule].perhaps), None)
        if axis is not None:
            text = N_("rule %(rule)s can never match: no value of %(input)s passes its test")
            params = (("rule", rule + 1), ("input", axis.label))
            yield Problem("dead-rule", table.rules[rule].element, text, "warning", params, (rule + 1,))


# rules that meet


def _overlaps(table: m.Table, bits: Grid, source: Source) -> Iterator[Problem]:
    """UNIQUE: two rules that can match at once. ANY: two such rules with different outputs."""
    if table.hit_policy not in ("UNIQUE", "ANY"):
        return
    found: list[Problem] = []
    perhaps: tuple[int, int] | None = None
    try:
        for first, second in _pairs(bits):
            same = (
                _same_outputs(table.rules[first], table.rules[second], source) if table.hit_policy == "ANY" else False
            )
            pieces, certain = bits.meeting(first, second)
            if same or pieces is None:
                continue
            if not certain or same is None:
                perhaps = perhaps or (first + 1, second + 1)
                continue
            found.append(_overlap(table, bits, first, second, pieces))
            if len(found) == _MAX_TOLD:
                break
    except TooLarge:
        text = N_("the table is too large to compare all %(rules)s rules with each other")
        found.append(Problem("unproven", table.element, text, "warning", (("rules", bits.count),)))
    yield from found
    if perhaps:
        text = N_("it depends on computed cells whether rules %(first)s and %(second)s can match at once")
        params = (("first", perhaps[0]), ("second", perhaps[1]))
        yield Problem("unproven", table.element, text, "warning", params, perhaps)


def _pairs(bits: Grid) -> Iterator[tuple[int, int]]:
    """Pairs of rules that may match at once, numbers from 0, the earlier rule first."""
    for second in range(bits.count):
        for first in ones(bits.meets(second) & ((1 << second) - 1)):
            bits.spend(len(bits.axes))
            yield first, second


def _overlap(table: m.Table, bits: Grid, first: int, second: int, pieces: Sequence[int]) -> Problem:
    example = bits.example(pieces, first, second)
    text = N_("rules %(first)s and %(second)s can both match, though at most one may (hit policy UNIQUE): %(row)s")
    if table.hit_policy == "ANY":
        text = N_("rules %(first)s and %(second)s can both match, with different outputs (hit policy ANY): %(row)s")
    params = (("first", first + 1), ("second", second + 1), ("row", _row(example, bits)))
    element, rules = table.rules[second].element, (first + 1, second + 1)
    return Problem("overlap", element, text, _severity(bits), params, rules, example)


def _same_outputs(a: m.Rule, b: m.Rule, source: Source) -> bool | None:
    """Whether two rules give the same; None when only evaluating them could tell."""
    unsure = False
    for x, y in zip(a.outputs, b.outputs, strict=True):
        if " ".join(x.text.split()) == " ".join(y.text.split()):
            continue
        one, other = _constant(x, source), _constant(y, source)
        if one is None or other is None:
            unsure = True
        elif one != other:
            return False
    return None if unsure else True


def _constant(text: m.Text, source: Source) -> tuple[str, object] | None:
    """The value of an output that is written out, with its kind; an empty cell means null."""
    if text.text in ("", "-"):
        return "Null", None
    node = source.expression(text.text).node
    value = n.constant(node)
    return (kind(value), value) if value is not None or isinstance(node, n.Literal) else None


# rules that are never asked


def _masked(table: m.Table, bits: Grid, source: Source) -> Iterator[Problem]:
    """Rules that others always go before: earlier ones (FIRST), more important ones (PRIORITY)."""
    if table.hit_policy not in ("FIRST", "PRIORITY"):
        return
    ranks = _ranks(table, source) if table.hit_policy == "PRIORITY" else None
    for rule in range(bits.count):
        before = (1 << rule) - 1 if ranks is None else _better(ranks, rule)
        if not before or any(not axis.takes[rule].perhaps for axis in bits.axes):
            continue
        try:
            found = bits.uncovered(before, rule, surely=True)
        except TooLarge:
            text = N_("the table is too large to tell whether rule %(rule)s and those after it can ever match")
            yield Problem("unproven", table.element, text, "warning", (("rule", rule + 1),))
            return
        if found is None:
            yield _masking(table, bits, rule, before)


def _better(ranks: Sequence[tuple[int, ...] | None], rule: int) -> int:
    """The rules that are certainly more important, as bits."""
    own = ranks[rule]
    return sum(1 << other for other, rank in enumerate(ranks) if rank is not None and own is not None and rank < own)


def _masking(table: m.Table, bits: Grid, rule: int, before: int) -> Problem:
    meeting = [other for other in ones(before) if bits.meeting(other, rule)[0] is not None]
    alone = next((other for other in meeting if _covers(bits, other, rule)), None)
    masking = meeting if alone is None else [alone]
    numbers = tuple(other + 1 for other in masking)
    text = N_("rule %(rule)s is never reached: whatever it matches, rules %(others)s match before it")
    if alone is not None:
        text = N_("rule %(rule)s is never reached: whatever it matches, rule %(others)s matches before it")
    others = ", ".join(map(str, numbers[:_LISTED])) + (", …" if len(numbers) > _LISTED else "")
    params = (("rule", rule + 1), ("others", others))
    return Problem("masked-rule", table.rules[rule].element, text, "warning", params, (rule + 1, *numbers))


def _covers(bits: Grid, other: int, rule: int) -> bool:
    """Whether one rule certainly takes everything another may take."""
    return all(not axis.takes[rule].perhaps & ~axis.takes[other].surely for axis in bits.axes)


def _ranks(table: m.Table, source: Source) -> list[tuple[int, ...] | None]:
    """The importance of each rule by its outputs, the least first; None where it is not written out."""
    orders = [_listed(output.values, source) for output in table.outputs]
    return [_rank(rule, orders, source) for rule in table.rules]


def _rank(rule: m.Rule, orders: Sequence[list[object] | None], source: Source) -> tuple[int, ...] | None:
    found = []
    for order, output in zip(orders, rule.outputs, strict=False):
        value = _constant(output, source)
        if order is None or value is None:
            return None
        found.append(order.index(value[1]) if value[1] in order else len(order))
    return tuple(found)


def _listed(values: m.Text | None, source: Source) -> list[object] | None:
    if values is None or not values.text:
        return []
    node = source.expression(f"[{values.text}]").node
    items = [n.constant(item) for item in node.items] if isinstance(node, n.ListOf) else [None]
    return None if None in items else items


# rows that nothing matches

_LISTS = ("RULE ORDER", "OUTPUT ORDER")


def _gaps(table: m.Table, bits: Grid) -> Iterator[Problem]:
    """A row no rule matches, unless the table says what it gives then, or gives a list of whatever matches."""
    if table.hit_policy == "COLLECT" or any(output.default and output.default.text for output in table.outputs):
        return
    rules = (1 << bits.count) - 1
    try:
        found = bits.uncovered(rules, surely=False)
        perhaps = None if found is not None else bits.uncovered(rules, surely=True)
    except TooLarge:
        text = N_("the table is too large to tell whether a rule matches in every case")
        yield Problem("unproven", table.element, text, "warning")
        return
    if found is not None:
        example = bits.example(found)
        severity = "warning" if table.hit_policy in _LISTS else _severity(bits)
        params = (("row", _row(example, bits)),)
        yield Problem("gap", table.element, N_("no rule matches this row: %(row)s"), severity, params, (), example)
    elif perhaps is not None:
        text = N_("it depends on computed cells whether a rule matches in every case")
        yield Problem("unproven", table.element, text, "warning")
