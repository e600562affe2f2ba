"""What the built-in functions give, by name: told from what goes in where that says more."""

from collections.abc import Callable, Mapping, Sequence

from bpmn.feel.nodes import MONTH_NAMES, WEEKDAY_NAMES
from bpmn.types._types import (
    ANY,
    BOOLEAN,
    COUNT,
    DATE,
    DAYS,
    INSTANT,
    MONTHS,
    NUMBER,
    STRING,
    TIME,
    ContextOf,
    ListOf,
    Plain,
    RangeOf,
    Type,
    context_of,
    enumeration,
    list_of,
    one_of,
)

Given = Sequence[Type]
"""The types of the arguments, as they stand."""
Result = Type | Callable[[Given], Type]


def item_of(type_: Type) -> Type:
    """What one goes through in a list, or in the range of numbers or days; a single value is a list of one."""
    if type_.shapes is None:
        return ANY
    found = []
    for shape in type_.shapes:
        match shape:
            case ListOf(item):
                found.append(item)
            case RangeOf(point):
                found.append(point)
            case Plain("Null"):
                pass
            case _:
                found.append(Type((shape,)))
    return one_of(*found)


def listed(type_: Type) -> Type:
    """What one goes through when a function takes it as a list: a range is a value like any other then."""
    if type_.shapes is None:
        return ANY
    return one_of(*(shape.item if isinstance(shape, ListOf) else Type((shape,)) for shape in type_.shapes))


def _items(given: Given) -> Type:
    """The items of the one list, or the arguments that stand for it."""
    return listed(given[0]) if len(given) == 1 else one_of(*given)


def _same_list(given: Given) -> Type:
    return list_of(listed(given[0]))


def _deep(type_: Type) -> Type:
    """The items of lists in lists, all levels."""
    if type_.shapes is None:
        return ANY
    return one_of(*(_deep(shape.item) if isinstance(shape, ListOf) else Type((shape,)) for shape in type_.shapes))


def _with_item(given: Given) -> Type:
    """A list with another item at the end of the arguments."""
    return list_of(one_of(listed(given[0]), given[-1]))


def _concatenated(given: Given) -> Type:
    return list_of(one_of(*(listed(one) for one in given)) if len(given) > 1 else _deep(given[0]))


def _entries(given: Given) -> Type:
    shape = given[0].of("context")
    values = ANY
    if isinstance(shape, ContextOf) and not shape.open:
        values = one_of(*(type_ for _, type_ in shape.entries))
    return list_of(context_of({"key": STRING, "value": values}))


def _put(given: Given) -> Type:
    """An entry more, where its name is written out."""
    match given[0].solid.shapes, given[1].shapes:
        case (ContextOf() as context,), (Plain("string", frozenset() as values),) if len(values) == 1:
            return context_of({**context.by_name, str(next(iter(values))): given[2]}, more=context.open)
    return context_of({}, more=True)


def _get(given: Given) -> Type:
    """One of the entries that have one of these names."""
    match given[0].solid.shapes, given[1].shapes:
        case (ContextOf(entries, False),), (Plain("string", frozenset() as values),):
            return one_of(*(type_ for name, type_ in entries if name in values))
    return ANY


_POINT = one_of(NUMBER, STRING, DATE, TIME, INSTANT, DAYS, MONTHS)
_RELATIONS = (
    "before", "after", "meets", "met by", "overlaps", "overlaps before", "overlaps after", "includes", "during",
    "starts", "started by", "finishes", "finished by", "coincides",
)  # fmt: skip
_TESTS = (
    "list contains", "all", "any", "contains", "starts with", "ends with", "matches", "even", "odd", "not", "is",
    "is defined", *_RELATIONS,
)  # fmt: skip
_TEXTS = (
    "substring", "upper case", "lower case", "trim", "substring before", "substring after", "string join", "replace",
    "string",
)  # fmt: skip
_NUMBERS = (
    "product", "median", "stddev", "decimal", "floor", "ceiling", "round up", "round down", "round half up",
    "round half down", "modulo", "sqrt", "log", "exp", "number", "day of year", "week of year",
)  # fmt: skip

RESULTS: Mapping[str, Result] = {
    **dict.fromkeys(_TESTS, BOOLEAN),
    **dict.fromkeys(_TEXTS, STRING),
    **dict.fromkeys(_NUMBERS, NUMBER),
    **dict.fromkeys(("sublist", "remove", "reverse", "distinct values", "sort"), _same_list),
    **dict.fromkeys(("append", "insert before", "list replace"), _with_item),
    **dict.fromkeys(("concatenate", "union"), _concatenated),
    **dict.fromkeys(("min", "max"), _items),
    **dict.fromkeys(("sum", "mean"), lambda given: _items(given).loose),
    **dict.fromkeys(("count", "string length"), COUNT),
    "mode": list_of(NUMBER),
    "index of": list_of(NUMBER),
    "split": list_of(STRING),
    "flatten": lambda given: list_of(_deep(given[0])),
    "abs": lambda given: given[0].loose,
    "date": DATE,
    "time": TIME,
    "date and time": INSTANT,
    "duration": one_of(DAYS, MONTHS),
    "years and months duration": MONTHS,
    "day of week": enumeration(WEEKDAY_NAMES),
    "month of year": enumeration(MONTH_NAMES),
    "now": INSTANT,
    "today": DATE,
    "is working day": BOOLEAN,
    "add working days": one_of(DATE, INSTANT),
    "working days between": NUMBER,
    "range": Type((RangeOf(_POINT),)),
    "get value": _get,
    "get entries": _entries,
    "context put": _put,
    "context merge": context_of({}, more=True),
    "context": context_of({}, more=True),
    "get or else": lambda given: one_of(given[0].solid, given[1]),
}
"""Every built-in function. Null is left out: nearly all give it for what they cannot take."""

SURE = frozenset(("today", "now", "is defined"))
"""Functions that never give null."""

_DATE_PARTS = {"year": NUMBER, "month": NUMBER, "day": NUMBER, "weekday": NUMBER}
_TIME_PARTS = {
    "hour": NUMBER, "minute": NUMBER, "second": NUMBER, "time offset": DAYS.optional, "timezone": STRING.optional,
}  # fmt: skip
PROPERTIES: Mapping[str, Mapping[str, Type]] = {
    "date": _DATE_PARTS,
    "time": _TIME_PARTS,
    "date and time": {**_DATE_PARTS, **_TIME_PARTS},
    "days and time duration": dict.fromkeys(("days", "hours", "minutes", "seconds"), NUMBER),
    "years and months duration": dict.fromkeys(("years", "months"), NUMBER),
}
"""What values without entries can be asked for with a dot; those of ranges depend on their ends."""

_N, _S, _DT, _YM = "number", "string", "days and time duration", "years and months duration"
_D, _T, _I = "date", "time", "date and time"
ARITHMETIC: Mapping[str, Mapping[tuple[str, str], Type]] = {
    "+": {
        (_N, _N): NUMBER, (_S, _S): STRING, (_DT, _DT): DAYS, (_YM, _YM): MONTHS,
        **{(a, b): t for a, t in ((_D, DATE), (_I, INSTANT)) for b in (_DT, _YM)}, (_T, _DT): TIME,
        **{(b, a): t for a, t in ((_D, DATE), (_I, INSTANT)) for b in (_DT, _YM)}, (_DT, _T): TIME,
    },
    "-": {
        (_N, _N): NUMBER, (_DT, _DT): DAYS, (_YM, _YM): MONTHS, (_T, _T): DAYS,
        **{(a, b): DAYS for a in (_D, _I) for b in (_D, _I)},
        **{(a, b): t for a, t in ((_D, DATE), (_I, INSTANT)) for b in (_DT, _YM)}, (_T, _DT): TIME,
    },
    "*": {(_N, _N): NUMBER, (_DT, _N): DAYS, (_YM, _N): MONTHS, (_N, _DT): DAYS, (_N, _YM): MONTHS},
    "/": {(_N, _N): NUMBER, (_DT, _N): DAYS, (_YM, _N): MONTHS, (_DT, _DT): NUMBER, (_YM, _YM): NUMBER},
    "**": {(_N, _N): NUMBER},
}  # fmt: skip
"""What an operator gives for two kinds; what is not here is null."""

NEGATABLE = frozenset((_N, _DT, _YM))
ORDERED = frozenset((_N, _S, _D, _T, _I, _DT, _YM))
