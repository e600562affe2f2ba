"""What is known of a value before there is one: the kinds it can be of, and what each is made of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from bpmn.values import FarDate, FarDateTime, YearsMonths

MAX_DEPTH = 8
"""Lists and contexts inside each other that are told apart; what is deeper can be anything."""
MAX_SIZE = 5_000
"""Shapes one type may be made of; a larger one can be anything. With the depth it bounds what comparing two costs."""
MAX_VALUES = 500
"""Values of one enumeration; a longer one is just its kind."""
MAX_ENTRIES = 300
"""Entries of a context that are told apart; a larger one may have any."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers from `low` to `high`, both included and None where there is no end; `whole` ones only, or any."""

    low: Decimal | None = None
    high: Decimal | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Plain:
    """A value without parts. `values` are all it can be, where they are known; `limits` those of a number."""

    kind: str
    values: frozenset[Any] | None = None
    limits: Limits | None = None


@dataclass(frozen=True, slots=True)
class ListOf:
    item: "Type"
    kind: str = "list"


@dataclass(frozen=True, slots=True)
class ContextOf:
    """`open` contexts can have other entries too."""

    entries: tuple[tuple[str, "Type"], ...]
    open: bool = False
    kind: str = "context"

    @property
    def by_name(self) -> Mapping[str, "Type"]:
        return dict(self.entries)


@dataclass(frozen=True, slots=True)
class RangeOf:
    point: "Type"
    kind: str = "range"


@dataclass(frozen=True, slots=True)
class FunctionOf:
    """`parameters` is None when it is not known how to call it."""

    parameters: tuple[tuple[str, "Type"], ...] | None
    result: "Type"
    kind: str = "function"


Shape = Plain | ListOf | ContextOf | RangeOf | FunctionOf


@dataclass(frozen=True, slots=True)
class Type:
    """One shape for each kind a value can be of. `shapes` is None when it can be anything at all."""

    shapes: tuple[Shape, ...] | None
    size: int = field(init=False, compare=False, repr=False)
    depth: int = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        inner = [part for shape in self.shapes or () for part in _parts(shape)]
        object.__setattr__(self, "size", 1 + sum(part.size for part in inner))
        object.__setattr__(self, "depth", 1 + max((part.depth for part in inner), default=0))

    @property
    def anything(self) -> bool:
        return self.shapes is None

    @property
    def kinds(self) -> frozenset[str] | None:
        """The kinds it can be of, by their FEEL names and "Null"; None when it can be anything."""
        return None if self.shapes is None else frozenset(shape.kind for shape in self.shapes)

    @property
    def solid(self) -> "Type":
        """The same without null."""
        return self if self.shapes is None else Type(tuple(shape for shape in self.shapes if shape.kind != NULL_KIND))

    @property
    def optional(self) -> "Type":
        """The same, or null."""
        return one_of(self, NULL)

    @property
    def loose(self) -> "Type":
        """The same kinds, without what is known of the values: what arithmetic leaves."""
        if self.shapes is None:
            return self
        return Type(tuple(Plain(shape.kind) if isinstance(shape, Plain) else shape for shape in self.shapes))

    def of(self, kind: str) -> Shape | None:
        """What it is if it is of this kind."""
        return next((shape for shape in self.shapes or () if shape.kind == kind), None)

    def may_be(self, *kinds: str) -> bool:
        return self.shapes is None or any(shape.kind in kinds for shape in self.shapes)


def _parts(shape: Shape) -> tuple[Type, ...]:
    match shape:
        case ListOf(item):
            return (item,)
        case RangeOf(point):
            return (point,)
        case ContextOf(entries):
            return tuple(type_ for _, type_ in entries)
        case FunctionOf(parameters, result):
            return (result, *(type_ for _, type_ in parameters or ()))
    return ()


def _bounded(type_: Type) -> Type:
    """The type, or anything in place of one that is too large to be told apart from others."""
    return ANY if type_.depth > MAX_DEPTH or type_.size > MAX_SIZE else type_


NULL_KIND = "Null"
ANY = Type(None)
NOTHING = Type(())
"""No value at all: what nothing has set so far."""
NULL = Type((Plain(NULL_KIND),))
NUMBER = Type((Plain("number"),))
STRING = Type((Plain("string"),))
BOOLEAN = Type((Plain("boolean"),))
DATE = Type((Plain("date"),))
TIME = Type((Plain("time"),))
INSTANT = Type((Plain("date and time"),))
DAYS = Type((Plain("days and time duration"),))
MONTHS = Type((Plain("years and months duration"),))
COUNT = Type((Plain("number", limits=Limits(Decimal(0), None, True)),))
"""How many of something there are."""
PLAIN = {
    shape.kind: type_
    for type_ in (NULL, NUMBER, STRING, BOOLEAN, DATE, TIME, INSTANT, DAYS, MONTHS)
    for shape in type_.shapes or ()
}


def list_of(item: Type) -> Type:
    return _bounded(Type((ListOf(item),)))


def context_of(entries: Mapping[str, Type], *, more: bool = False) -> Type:
    """A context with these entries, in the order of their names; `more` says that it can have others."""
    if len(entries) > MAX_ENTRIES:
        return Type((ContextOf((), True),))
    return _bounded(Type((ContextOf(tuple(sorted(entries.items())), more),)))


def range_of(point: Type) -> Type:
    return _bounded(Type((RangeOf(point),)))


def function_of(parameters: Mapping[str, Type] | None, result: Type) -> Type:
    return _bounded(Type((FunctionOf(None if parameters is None else tuple(parameters.items()), result),)))


def enumeration(values: Iterable[str | Decimal | bool]) -> Type:
    """One of these values."""
    return one_of(*(of_value(value) for value in values))


def of_value(value: Any) -> Type:
    """The type of a value that is known: a text, number or boolean is known to be that very one."""
    match value:
        case None:
            return NULL
        case bool():
            return Type((Plain("boolean", frozenset((value,))),))
        case Decimal() | int():
            return Type((Plain("number", frozenset((Decimal(value),)) if Decimal(value).is_finite() else None),))
        case str():
            return Type((Plain("string", frozenset((value,))),))
        case list() | tuple():
            return list_of(one_of(*(of_value(item) for item in value)))
        case dict():
            return context_of({str(key): of_value(item) for key, item in value.items()})
    return next((PLAIN[kind] for known, kind in _KINDS if isinstance(value, known)), ANY)


_KINDS: tuple[tuple[type, str], ...] = (
    (datetime, "date and time"),
    (FarDate, "date"),
    (FarDateTime, "date and time"),
    (date, "date"),
    (time, "time"),
    (timedelta, "days and time duration"),
    (YearsMonths, "years and months duration"),
)


def one_of(*types: Type) -> Type:
    """What a value can be that is of one of these types."""
    if any(type_.shapes is None for type_ in types):
        return ANY
    found: dict[str, Shape] = {}
    for type_ in types:
        for shape in type_.shapes or ():
            known = found.get(shape.kind)
            found[shape.kind] = shape if known is None or known == shape else _joined(known, shape)
    return _bounded(Type(tuple(found[kind] for kind in sorted(found))))


def _joined(a: Shape, b: Shape) -> Shape:
    match a, b:
        case Plain(), Plain():
            return _plain(a, b)
        case ListOf(), ListOf():
            return ListOf(one_of(a.item, b.item))
        case RangeOf(), RangeOf():
            return RangeOf(one_of(a.point, b.point))
        case ContextOf(), ContextOf():
            return _contexts(a, b)
        case FunctionOf(), FunctionOf():
            return FunctionOf(None, one_of(a.result, b.result))
    raise TypeError(f"{a.kind} and {b.kind} have no shape in common")


def _plain(a: Plain, b: Plain) -> Plain:
    values = None if a.values is None or b.values is None else a.values | b.values
    if values is not None and len(values) <= MAX_VALUES:
        return Plain(a.kind, values)
    return Plain(a.kind, None, _hull(limits_of(a), limits_of(b)))


def limits_of(shape: Plain) -> Limits | None:
    """The limits of a number, told from its values where these are known."""
    if shape.values is None or shape.kind != "number":
        return shape.limits
    if not shape.values:
        return None
    return Limits(
        min(shape.values), max(shape.values), all(value == value.to_integral_value() for value in shape.values)
    )


def _hull(a: Limits | None, b: Limits | None) -> Limits | None:
    if a is None or b is None:
        return None
    low = None if a.low is None or b.low is None else min(a.low, b.low)
    high = None if a.high is None or b.high is None else max(a.high, b.high)
    both = Limits(low, high, a.whole and b.whole)
    return None if both == Limits() else both


def _contexts(a: ContextOf, b: ContextOf) -> ContextOf:
    """An entry that only one of them has may be missing, which reads as null."""
    entries: dict[str, Type] = {}
    for own, other in ((a, b), (b, a)):
        known = other.by_name
        for name, type_ in own.entries:
            if name not in entries:
                missing = ANY if other.open else NULL
                entries[name] = one_of(type_, known.get(name, missing))
    if len(entries) > MAX_ENTRIES:
        return ContextOf((), True)
    return ContextOf(tuple(sorted(entries.items())), a.open or b.open)


def fits(value: Any, type_: Type) -> bool:
    """Whether a value is of a type."""
    if type_.shapes is None:
        return True
    return any(_fits(value, shape) for shape in type_.shapes)


def _fits(value: Any, shape: Shape) -> bool:
    match shape:
        case Plain(kind, values, limits):
            own = of_value(value).shapes or ()
            if len(own) != 1 or own[0].kind != kind:
                return False
            return (values is None or value in values) and (limits is None or _within(value, limits))
        case ListOf(item):
            return isinstance(value, list | tuple) and all(fits(each, item) for each in value)
        case ContextOf(entries, more):
            if not isinstance(value, Mapping):
                return False
            known = dict(entries)
            return all(fits(value.get(name), type_) for name, type_ in entries) and (
                more or value.keys() <= known.keys()
            )
    return True


def _within(value: Decimal, limits: Limits) -> bool:
    if (limits.low is not None and value < limits.low) or (limits.high is not None and value > limits.high):
        return False
    return not limits.whole or value == value.to_integral_value()
