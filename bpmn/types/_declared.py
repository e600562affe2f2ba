"""The types people write down: those of `instance of`, of parameters and of item definitions."""

from collections.abc import Iterable

from bpmn.feel import nodes as n
from bpmn.types._types import (
    ANY,
    NULL_KIND,
    PLAIN,
    Limits,
    Plain,
    Type,
    context_of,
    function_of,
    list_of,
    of_value,
    one_of,
    range_of,
)


def declared(written: n.Type) -> Type:
    """What a value of a declared (and resolved) type can be: null too, and other entries of a context."""
    parts = tuple(declared(part) for part in written.parts)
    match written.name:
        case "list":
            found = list_of(parts[0] if parts else ANY)
        case "range":
            found = range_of(parts[0] if parts else ANY)
        case "context":
            found = context_of({name: declared(type_) for name, type_ in written.fields}, more=True)
        case "function":
            parameters = {str(place): part for place, part in enumerate(parts[:-1])}
            found = function_of(parameters if parts else None, parts[-1] if parts else ANY)
        case name if name in PLAIN and name != NULL_KIND:
            found = _allowed(PLAIN[name], written)
        case _:
            return ANY
    return found.optional


def _allowed(type_: Type, written: n.Type) -> Type:
    """Narrowed to the allowed values, as far as they are written out."""
    for constraint in written.allowed:
        node = getattr(constraint, "node", None)
        if isinstance(node, n.Tests) and not node.negated:
            type_ = _enumeration(node.tests) or _limited(type_, node.tests) or type_
    return type_


def _enumeration(tests: Iterable[n.Node]) -> Type | None:
    values = [n.constant(test) for test in tests]
    return None if None in values else one_of(*(of_value(value) for value in values))


def _limited(type_: Type, tests: tuple[n.Node, ...]) -> Type | None:
    """A number in one range, its ends included or not: the ends are in the type, which only has to hold all values."""
    match type_.shapes, tests:
        case (Plain("number"),), (n.RangeOf() as test,):
            low, high = (None if end is None else n.constant(end) for end in (test.low, test.high))
        case (Plain("number"),), (n.Comparison(_, ">=" | ">", operand),):
            low, high = n.constant(operand), None
        case (Plain("number"),), (n.Comparison(_, "<=" | "<", operand),):
            low, high = None, n.constant(operand)
        case _:
            return None
    return Type((Plain("number", None, Limits(low, high)),))
