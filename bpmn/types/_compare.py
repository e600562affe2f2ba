"""Comparisons that come out the same whatever is compared."""

from dataclasses import dataclass

from akta.languages import N_
from bpmn.types._misuse import nearest
from bpmn.types._results import ORDERED
from bpmn.types._types import NULL_KIND, Limits, ListOf, Plain, RangeOf, Type, limits_of


@dataclass(frozen=True, slots=True)
class Told:
    """What to say of a comparison, with the places %(left)s, %(right)s and %(near)s. It is `certain`, or all but that:
    it could be otherwise only where both sides are null. `holds`: the comparison is always true."""

    code: str
    text: str
    near: str = ""
    certain: bool = True
    holds: bool = False


_NEVER = N_("this can never be true: the left side is %(left)s, the right side %(right)s.")
_NEVER_NEAR = N_(
    'this can never be true: the left side is %(left)s, the right side %(right)s. Did you mean "%(near)s"?'
)
_ALWAYS = N_("this is always true: the left side is %(left)s, the right side %(right)s.")
_ALWAYS_UNEQUAL = N_("this is always so: the left side is %(left)s, the right side %(right)s.")
_ALWAYS_NEAR = N_('this is always so: the left side is %(left)s, the right side %(right)s. Did you mean "%(near)s"?')
_NO_ORDER = N_("%(left)s and %(right)s have no order between them.")


def verdict(operator: str, left: Type, right: Type) -> Told | None:
    """What is wrong with comparing values of these types; None when it can come out either way."""
    if left.shapes is None or right.shapes is None or () in (left.shapes, right.shapes):
        return None
    if operator in ("=", "!="):
        return _equality(operator, left, right)
    return _order(operator, left, right)


def _equality(operator: str, left: Type, right: Type) -> Told | None:
    nullable = [type_.may_be(NULL_KIND) for type_ in (left, right)]
    certain = not all(nullable)
    if left.solid.shapes == () or right.solid.shapes == ():
        return Told("always-same", _NEVER if operator == "=" else _ALWAYS_UNEQUAL) if certain else None
    if not _may_meet(left, right):
        near = _near(left, right) or _near(right, left)
        if operator == "!=" and (left.kinds or frozenset()) & (right.kinds or frozenset()) - {NULL_KIND}:
            return Told("always-same", _ALWAYS_NEAR if near else _ALWAYS_UNEQUAL, near, certain)
        return Told("always-same", _NEVER_NEAR if near else _NEVER, near, certain)
    if certain and not any(nullable) and _only(left) is not None and _only(left) == _only(right):
        return Told("always-same", _ALWAYS, holds=True) if operator == "=" else Told("always-same", _NEVER)
    return None


def _may_meet(left: Type, right: Type) -> bool:
    """Whether a value, other than null, can be of both types."""
    for shape in left.solid.shapes or ():
        other = right.of(shape.kind)
        if other is None:
            continue
        if not isinstance(shape, Plain) or not isinstance(other, Plain):
            return True
        if shape.values is None or other.values is None or shape.values & other.values:
            return not _apart(limits_of(shape), limits_of(other))
    return False


def _apart(a: Limits | None, b: Limits | None) -> bool:
    if a is None or b is None:
        return False
    return _below(a, b, closed=True) or _below(b, a, closed=True)


def _below(a: Limits, b: Limits, *, closed: bool) -> bool:
    """Whether every number of `a` is below every one of `b`, or (not closed) equal to it."""
    if a.high is None or b.low is None:
        return False
    return a.high < b.low if closed else a.high <= b.low


def _only(type_: Type) -> tuple[str, object] | None:
    """The one value a type has."""
    match type_.shapes:
        case (Plain(kind, frozenset() as values),) if len(values) == 1:
            return kind, next(iter(values))
    return None


def _near(known: Type, written: Type) -> str:
    """The possible text that looks most like the one that is written."""
    values, one = known.of("string"), _only(written.solid)
    if not isinstance(values, Plain) or not values.values or one is None or not isinstance(one[1], str):
        return ""
    return nearest(one[1], values.values)


def _order(operator: str, left: Type, right: Type) -> Told | None:
    if left.solid.shapes == () or right.solid.shapes == ():
        return None
    common = (left.kinds or frozenset()) & (right.kinds or frozenset()) & ORDERED
    if not common:
        return Told("wrong-type", _NO_ORDER)
    if common != {"number"} or left.solid.kinds != common or right.solid.kinds != common or operator == "..":
        return None
    a, b = (_limits(type_) for type_ in (left, right))
    if a is None or b is None:
        return None
    if operator in (">", ">="):
        a, b = b, a
    closed = operator in ("<", ">")
    if _below(b, a, closed=not closed):
        return Told("always-same", _NEVER)
    nullable = left.may_be(NULL_KIND) or right.may_be(NULL_KIND)
    sure = not nullable and _below(a, b, closed=closed)
    return Told("always-same", _ALWAYS, holds=True) if sure else None


def _limits(type_: Type) -> Limits | None:
    shape = type_.of("number")
    return limits_of(shape) if isinstance(shape, Plain) else None


def membership(value: Type, test: Type) -> Told | None:
    """What is wrong with testing a value by this: for being equal to it, in it, or one of its items."""
    if value.shapes is None or value.shapes == () or value.may_be("list") or _may_pass(value, test):
        return None
    return Told("always-same", _NEVER_NEAR if _near(value, test) else _NEVER, _near(value, test))


def _may_pass(value: Type, test: Type) -> bool:
    if test.shapes is None or (value.may_be(NULL_KIND) and test.may_be(NULL_KIND)):
        return True
    for shape in test.shapes:
        match shape:
            case ListOf(item):
                passes = _may_pass(value, item)
            case RangeOf(point):
                passes = value.may_be("range") or point.shapes is None or value.may_be(*(point.kinds or ()))
            case _:
                passes = _may_meet(value, Type((shape,)))
        if passes:
            return True
    return False
