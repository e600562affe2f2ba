"""What an expression can come to when some of its variables are null and all others are not.

FEEL makes null of what it cannot compute and goes on, so a variable that nothing has set is no mistake by itself: it is
one where null cannot be taken. `reason != null and string length(reason) > 3` can take it, `amount > 10` cannot.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from enum import Flag, auto
from typing import Any

from bpmn import feel
from bpmn.feel import nodes as n


class Outcome(Flag):
    """Kinds of values; together, all that an expression can come to."""

    NULL = auto()
    TRUE = auto()
    FALSE = auto()
    OTHER = auto()


KNOWN = Outcome.TRUE | Outcome.FALSE | Outcome.OTHER
"""Anything but null."""
_TRUTH = Outcome.TRUE | Outcome.FALSE
_MAKES = frozenset({"string", "date", "time", "date and time"})
"""Functions that make another value of any, and null of null."""


def with_null(expression: feel.Expression, null: Collection[str]) -> Outcome:
    """What an expression can come to when these variables are null.

    Of what is not understood nothing is said against it: it counts as not null.
    """
    try:
        return _Nulls(null).of(expression.node)
    except RecursionError:
        return KNOWN


class _Nulls:
    """Goes through one expression."""

    def __init__(self, null: Collection[str]) -> None:
        self._null = frozenset(null)
        self._makers: Mapping[type[n.Node], Callable[[Any], Outcome]] = {
            n.Literal: _literal,
            n.Name: lambda node: Outcome.NULL if node.name in self._null else KNOWN,
            n.Path: lambda node: self._strict(node.source),
            n.Negate: lambda node: self._strict(node.operand),
            n.Binary: self._binary,
            n.Between: lambda node: self._strict(node.value, node.low, node.high, gives=_TRUTH),
            n.In: self._in,
            n.InstanceOf: lambda node: _TRUTH,
            n.If: self._if,
            n.For: lambda node: self._through(node.iterators, Outcome.OTHER),
            n.Quantified: lambda node: self._through(node.iterators, _TRUTH),
            n.Filter: self._filter,
            n.Call: self._call,
        }

    def of(self, node: n.Node) -> Outcome:
        make = self._makers.get(type(node))
        return KNOWN if make is None else make(node)

    def _strict(self, *operands: n.Node, gives: Outcome = KNOWN) -> Outcome:
        return _strict([self.of(operand) for operand in operands], gives)

    def _binary(self, node: n.Binary) -> Outcome:
        left, right = self.of(node.left), self.of(node.right)
        match node.operator:
            case "and":
                return _conjunction(left, right)
            case "or":
                return _turned(_conjunction(_turned(left), _turned(right)))
            case "=":
                return _equal(left, right)
            case "!=":
                return _turned(_equal(left, right))
            case "<" | "<=" | ">" | ">=":
                return _strict((left, right), _TRUTH)
        return _strict((left, right))

    def _in(self, node: n.In) -> Outcome:
        """Null is compared with values and is none of them; with limits it cannot be compared."""
        ordered = any(isinstance(test, n.RangeOf | n.Comparison) for test in node.tests)
        return self._strict(node.value, gives=_TRUTH) if ordered else _TRUTH

    def _if(self, node: n.If) -> Outcome:
        condition = self.of(node.condition)
        found = Outcome(0)
        if Outcome.TRUE in condition:
            found |= self.of(node.then)
        if condition & ~Outcome.TRUE:
            found |= self.of(node.otherwise)
        return found

    def _through(self, iterators: Iterable[n.Iterator], gives: Outcome) -> Outcome:
        """What goes through nothing comes to nothing."""
        return self._strict(*(iterator.source for iterator in iterators), gives=gives)

    def _filter(self, node: n.Filter) -> Outcome:
        picks = isinstance(node.condition, n.Literal | n.Negate)
        return self._strict(node.source) if picks else KNOWN

    def _call(self, node: n.Call) -> Outcome:
        if not isinstance(node.function, n.Name) or node.function.name not in n.FORMS:
            return KNOWN
        name = node.function.name
        if name == "not" and len(node.positional) == 1:
            return _turned(self.of(node.positional[0]))
        demanding = [
            argument
            for place, argument in enumerate(node.positional)
            if all(_demands(name, form, place) for form in n.FORMS[name] if form.takes(len(node.positional)))
        ]
        alone = len(node.positional) == 1 and any(form.spread for form in n.FORMS[name])
        return self._strict(*(node.positional if alone else demanding))


def _strict(operands: Collection[Outcome], gives: Outcome = KNOWN) -> Outcome:
    """Null as soon as one of the operands is."""
    if Outcome.NULL in operands:
        return Outcome.NULL
    return gives | Outcome.NULL if any(Outcome.NULL in one for one in operands) else gives


def _demands(name: str, form: n.Form, place: int) -> bool:
    """Whether a form of a function makes null of null in this place."""
    if form.spread and place >= len(form.parameters) - 1:
        return False
    parameter = form.parameters[place]
    return (parameter.kind != "any" or name in _MAKES) and not parameter.optional


def _literal(node: n.Literal) -> Outcome:
    match node.value:
        case None:
            return Outcome.NULL
        case bool():
            return Outcome.TRUE if node.value else Outcome.FALSE
    return Outcome.OTHER


def _truth(outcome: Outcome) -> Outcome:
    """What an operand counts as beside `and` and `or`: what is neither true nor false is null."""
    return outcome & (_TRUTH | Outcome.NULL) or Outcome.NULL


def _conjunction(left: Outcome, right: Outcome) -> Outcome:
    left, right = _truth(left), _truth(right)
    found = Outcome.FALSE & (left | right)
    if Outcome.TRUE in left and Outcome.TRUE in right:
        found |= Outcome.TRUE
    if (Outcome.NULL in left and right & ~Outcome.FALSE) or (Outcome.NULL in right and left & ~Outcome.FALSE):
        found |= Outcome.NULL
    return found


def _turned(outcome: Outcome) -> Outcome:
    turned = outcome & (Outcome.NULL | Outcome.OTHER)
    if Outcome.TRUE in outcome:
        turned |= Outcome.FALSE
    if Outcome.FALSE in outcome:
        turned |= Outcome.TRUE
    return turned


def _equal(left: Outcome, right: Outcome) -> Outcome:
    """Null is equal to null and to nothing else."""
    if Outcome.NULL in (left, right):
        other = right if left is Outcome.NULL else left
        if other is Outcome.NULL:
            return Outcome.TRUE
        return _TRUTH if other & Outcome.NULL else Outcome.FALSE
    return _TRUTH
