"""What conditions of gateways say together: choices that exclude each other, and ways that no data ever takes."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from itertools import pairwise, product
from typing import Any

from bpmn import feel
from bpmn.model import CONTAINERS, Element, Process, feel_text
from bpmn.soundness._conditions import Condition, Rule, decidable, root
from bpmn.soundness._net import Transition

MOST_COMBINATIONS = 512
"""Of the values that the conditions of one group of gateways tell apart."""
_NOW = datetime(2000, 1, 1, tzinfo=UTC)
Writes = Callable[[Element], Collection[str] | None]
"""The variables an element may set; None when that cannot be known."""
Values = tuple[int, ...]
"""For each group which combinations of values are possible, as bits."""


@dataclass(frozen=True)
class _Group:
    """Variables that conditions compare with each other's company, and all combinations of values to tell apart."""

    paths: tuple[str, ...]
    combinations: tuple[tuple[Any, ...], ...]

    @cached_property
    def everything(self) -> int:
        return (1 << len(self.combinations)) - 1

    def forgetting(self, possible: int, names: Collection[str] | None) -> int:
        """What is possible after some variables may have changed."""
        kept = [at for at, path in enumerate(self.paths) if names is not None and root(path) not in names]
        if len(kept) == len(self.paths) or possible == self.everything:
            return possible
        left = {tuple(self.combinations[bit][at] for at in kept) for bit in _bits(possible)}
        return sum(1 << bit for bit, values in enumerate(self.combinations) if tuple(values[at] for at in kept) in left)


@dataclass(frozen=True)
class Data:
    """What can be known of data along a way: which flows of which gateways can be taken, and what forgets it."""

    groups: tuple[_Group, ...]
    taken: Mapping[str, tuple[int, int]]
    """By flow: the number of its group and the combinations with which it is taken."""
    writes: Mapping[str, Collection[str] | None]
    told: Mapping[str, Sequence[tuple[int, int]]] = field(default_factory=dict)
    """By element about which there are rules: numbers of groups and the combinations that are possible after it."""

    @property
    def begin(self) -> Values:
        return tuple(group.everything for group in self.groups)

    def matters(self, move: Transition) -> bool:
        return move.flow in self.taken or self._forgets(move.element)

    def after(self, values: Values, move: Transition) -> Values | None:
        """What is possible after a move; None when no data takes it."""
        if move.flow in self.taken:
            return _only(values, *self.taken[move.flow])
        if self._forgets(move.element):
            names = self.writes[move.element]
            pairs = zip(self.groups, values, strict=True)
            values = tuple(group.forgetting(possible, names) for group, possible in pairs)
        known: Values | None = values
        for number, possible in self.told.get(move.element, ()):
            known = None if known is None else _only(known, number, possible)
        return known

    def asked(self, values: Values, flows: Iterable[str]) -> Iterator[str]:
        """Those flows of one gateway, in their order, whose conditions are looked at: no one before decides."""
        before: dict[int, int] = {}
        for flow in flows:
            number, taken = self.taken.get(flow, (-1, 0))
            if number < 0 or values[number] & ~before.get(number, 0):
                yield flow
            before[number] = before.get(number, 0) | taken

    def _forgets(self, element: str) -> bool:
        names = self.writes.get(element, ())
        return names is None or not self._tracked.isdisjoint(names)

    @cached_property
    def _tracked(self) -> frozenset[str]:
        return frozenset(root(path) for group in self.groups for path in group.paths)


def _only(values: Values, number: int, possible: int) -> Values | None:
    left = values[number] & possible
    return (*values[:number], left, *values[number + 1 :]) if left else None


def data_of(
    process: Process, elements: Collection[str], writes: Writes, rules: Mapping[str, Sequence[Rule]] | None = None
) -> Data | None:
    """What the gateways among some elements decide by data; None when nothing can be told.

    A condition counts when it compares variables with fixed values. A variable that something beside these elements
    may set at any time is not followed.

    Args:
        rules: what else is known of data after an element.
    """
    written = {element.id: _written(process, element, writes) for element in process.elements.values()}
    inside = {id_ for id_ in process.elements if _within(process, id_, elements)}
    beside = [written[id_] for id_ in process.elements if id_ not in inside]
    if any(names is None for names in beside):
        return None
    loose = frozenset(name for names in beside for name in names or ())
    gateways = {}
    for id_ in sorted(elements):
        if process.elements[id_].type == "exclusiveGateway" and (read := _read(process, id_, loose)) is not None:
            gateways[id_] = read
    if not gateways:
        return None
    told = [
        (id_, rule, condition)
        for id_, given in (rules or {}).items()
        for rule in given
        if (condition := decidable(rule.condition)) is not None
        and not any(root(rule.path(path)) in loose for path in condition.literals)
    ]
    compared = {path for read in gateways.values() for _, condition in read for path in condition.literals}
    return _grouped(process, gateways, written, _linked(told, compared))


_Told = tuple[str, Rule, Condition]
"""A rule with its element and its condition."""


def _linked(rules: Sequence[_Told], compared: set[str]) -> list[_Told]:
    """The rules about what gateways compare, and those about what these rules compare."""
    for _ in range(2):
        kept = [one for one in rules if compared & _paths(*one[1:])]
        compared = compared.union(*(_paths(*one[1:]) for one in kept if len(one[2].literals) > 1))
    return kept


def _paths(rule: Rule, condition: Condition) -> set[str]:
    return {rule.path(path) for path in condition.literals}


def _within(process: Process, id_: str, elements: Collection[str]) -> bool:
    """Whether an element is one of these, on the border of one, or somewhere inside one."""
    element = process.elements.get(id_)
    while element is not None:
        if element.id in elements or element.attached_to in elements:
            return True
        element = process.elements.get(element.parent)
    return False


def _written(process: Process, element: Element, writes: Writes) -> Collection[str] | None:
    if element.type not in CONTAINERS:
        return writes(element)
    names: set[str] = {mapped.target.partition(".")[0] for mapped in element.zeebe.outputs}
    for child in process.children(element.id):
        inner = _written(process, child, writes)
        if inner is None:
            return None
        names.update(inner)
    return names


def _read(process: Process, gateway: str, loose: Collection[str]) -> list[tuple[str, Condition]] | None:
    """The conditions of a gateway in their order; None when one of them cannot be decided."""
    found = []
    for flow in process.outgoing[gateway]:
        if flow.id == process.elements[gateway].default or not flow.condition:
            continue
        condition = decidable(feel_text(flow.condition))
        if condition is None or any(root(path) in loose for path in condition.literals):
            return None
        found.append((flow.id, condition))
    return found or None


def _grouped(
    process: Process,
    gateways: Mapping[str, Sequence[tuple[str, Condition]]],
    writes: Mapping[str, Collection[str] | None],
    rules: Sequence[_Told],
) -> Data | None:
    """Gateways and rules that share a variable belong to one group."""
    compared = [[condition.literals for _, condition in conditions] for conditions in gateways.values()]
    compared += [
        [{rule.path(path): values for path, values in condition.literals.items()}] for _, rule, condition in rules
    ]
    literals: dict[str, set[Any]] = {}
    sets: list[set[str]] = []
    for together in compared:
        paths = {path for one in together for path in one}
        for one in together:
            for path, values in one.items():
                literals.setdefault(path, set()).update(values)
        meeting = [other for other in sets if other & paths]
        sets = [other for other in sets if not other & paths] + [paths.union(*meeting)]
    groups: list[_Group] = []
    taken: dict[str, tuple[int, int]] = {}
    told: dict[str, list[tuple[int, int]]] = {}
    for paths in sets:
        group = _group(sorted(paths), literals)
        if group is None:
            continue
        for id_, conditions in gateways.items():
            if any(path in paths for _, condition in conditions for path in condition.literals):
                default = process.elements[id_].default
                taken.update({flow: (len(groups), bits) for flow, bits in _choices(group, conditions, default)})
        for id_, rule, condition in rules:
            if _paths(rule, condition) <= paths:
                told.setdefault(id_, []).append((len(groups), _possible(group, rule, condition)))
        groups.append(group)
    return Data(tuple(groups), taken, writes, told) if groups else None


def _possible(group: _Group, rule: Rule, condition: Condition) -> int:
    """The combinations with which a rule holds."""
    test, own = feel.compile(condition.text), sorted(condition.literals)
    places = [group.paths.index(rule.path(path)) for path in own]
    return sum(
        1 << bit
        for bit, values in enumerate(group.combinations)
        if test.evaluate(_variables(own, [values[place] for place in places]), now=_NOW) is True
    )


def _group(paths: Sequence[str], literals: Mapping[str, set[Any]]) -> _Group | None:
    if any(other.startswith(f"{path}.") for path in paths for other in paths):
        return None
    domains = [tuple(_domain(literals[path])) for path in paths]
    size = 1
    for domain in domains:
        size *= len(domain)
    return _Group(tuple(paths), tuple(product(*domains))) if size <= MOST_COMBINATIONS else None


def _domain(literals: Iterable[Any]) -> Iterator[Any]:
    """One value of every kind that the literals tell apart: each of them, one between, and one beyond."""
    values = list(literals)
    numbers = sorted(
        Decimal(value) for value in values if isinstance(value, Decimal | int) and not isinstance(value, bool)
    )
    texts = sorted(value for value in values if isinstance(value, str))
    if numbers:
        yield numbers[0] - 1
        for low, high in pairwise(numbers):
            yield from (low, (low + high) / 2)
        yield from (numbers[-1], numbers[-1] + 1)
    if texts:
        yield from texts
        yield "".join(texts) + "_"
    if any(isinstance(value, bool) for value in values):
        yield from (True, False)
    if not numbers and not texts:
        yield "something else"
    yield None


def _choices(group: _Group, conditions: Sequence[tuple[str, Condition]], default: str) -> Iterator[tuple[str, int]]:
    """With which combinations each flow is taken: the first whose condition holds, or else the default.

    A combination for which a condition is neither true nor false stops the case there with a reason.
    """
    tests = [(flow, feel.compile(condition.text)) for flow, condition in conditions]
    bits = dict.fromkeys([*(flow for flow, _ in tests), *([default] if default else [])], 0)
    for at, values in enumerate(group.combinations):
        variables = _variables(group.paths, values)
        for flow, test in tests:
            answer = test.evaluate(variables, now=_NOW)
            if answer is True:
                bits[flow] |= 1 << at
                break
            if answer is not False:
                break
        else:
            if default:
                bits[default] |= 1 << at
    yield from bits.items()


def _variables(paths: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    variables: dict[str, Any] = {}
    for path, value in zip(paths, values, strict=True):
        *outer, last = path.split(".")
        place = variables
        for name in outer:
            place = place.setdefault(name, {})
        place[last] = value
    return variables


def _bits(number: int) -> Iterator[int]:
    while number:
        low = number & -number
        yield low.bit_length() - 1
        number ^= low
