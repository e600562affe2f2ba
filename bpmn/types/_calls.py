"""Calls: whether the arguments can fit, and what comes back."""

from collections.abc import Mapping

from akta.languages import N_, Sentence, sentence
from bpmn.feel import nodes as n
from bpmn.types._misuse import kinds_said, said
from bpmn.types._results import ORDERED, RESULTS, SURE, listed
from bpmn.types._types import ANY, NOTHING, PLAIN, FunctionOf, ListOf, Type, one_of

Named = tuple[tuple[str, Type], ...]

_NUMBERS = frozenset(("number",))
_AMOUNTS = _NUMBERS | {"days and time duration", "years and months duration"}
_ITEMS: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("sum", "mean"), _AMOUNTS),
    **dict.fromkeys(("product", "median", "stddev", "mode"), _NUMBERS),
    **dict.fromkeys(("min", "max"), ORDERED),
    **dict.fromkeys(("all", "any"), frozenset(("boolean",))),
    "string join": frozenset(("string",)),
}
"""Kinds of items a function on lists can do something with."""
_TEXT_OR_DAY = frozenset(("string", "date", "date and time"))
_FROM: Mapping[str, frozenset[str]] = {
    "date": _TEXT_OR_DAY,
    "date and time": _TEXT_OR_DAY,
    "time": _TEXT_OR_DAY | {"time"},
    "not": frozenset(("boolean",)),
    "abs": _AMOUNTS,
}
"""What functions take that are declared to take anything, and answer null to the rest."""


def built_in(name: str, positional: tuple[Type, ...], named: Named) -> tuple[Type, Sentence | None]:
    """What a built-in function gives, and why it can only be null."""
    forms = [form for form in n.FORMS[name] if _takes(form, positional, named)]
    misfits: list[Sentence] = []
    results: list[Type] = []
    for form in forms:
        given = _ordered(form, positional, named)
        misfit = _misfit(name, form, given)
        if misfit is None:
            result = RESULTS.get(name, ANY)
            results.append(result(given) if callable(result) else result)
        else:
            misfits.append(misfit)
    whole = one_of(*results)
    if name not in SURE:
        whole = whole.optional
    return (whole, None) if results or not misfits else (whole, misfits[0])


def _takes(form: n.Form, positional: tuple[Type, ...], named: Named) -> bool:
    return form.takes_names([name for name, _ in named]) if named else form.takes(len(positional))


def _ordered(form: n.Form, positional: tuple[Type, ...], named: Named) -> tuple[Type, ...]:
    """The arguments in the order of the parameters, without those left out at the end."""
    if not named:
        return positional
    given = dict(named)
    known = [given.get(parameter.name, NOTHING) for parameter in form.parameters]
    while known and known[-1] is NOTHING:
        known.pop()
    return tuple(known)


def _misfit(name: str, form: n.Form, given: tuple[Type, ...]) -> Sentence | None:
    if form.spread and len(given) > 1:
        return _items_misfit(name, one_of(*given))
    for parameter, type_ in zip(form.parameters, given, strict=False):
        kinds = _wanted(name, parameter.kind)
        if kinds is not None and not _fits(kinds, type_):
            text = N_("%(function)s takes %(wanted)s as its %(parameter)s; this is %(type)s.")
            return sentence(text, function=name, wanted=kinds_said(kinds), parameter=parameter.name, type=said(type_))
    return _items_misfit(name, listed(given[0])) if given else None


def _items_misfit(name: str, item: Type) -> Sentence | None:
    kinds = _ITEMS.get(name)
    if kinds is None or not item.solid.shapes or item.may_be(*kinds):
        return None
    text = N_("%(function)s cannot do anything with a list whose items are %(type)s.")
    return sentence(text, function=name, type=said(item))


def _wanted(name: str, kind: str) -> frozenset[str] | None:
    """The kinds a parameter takes; None when it takes anything."""
    if kind == "any":
        return _FROM.get(name)
    if kind in n.GROUPS:
        return n.GROUPS[kind]
    return frozenset((kind,)) if kind in PLAIN or kind in ("context", "range", "function") else None


def _fits(wanted: frozenset[str] | None, type_: Type) -> bool:
    """Whether a value of the type can be taken: as it is, or as the one item of a list. Null is left to run time."""
    if wanted is None or not type_.solid.shapes or type_.may_be(*wanted):
        return True
    inner = type_.of("list")
    return isinstance(inner, ListOf) and _fits(wanted, inner.item)


def own(function: FunctionOf, positional: tuple[Type, ...], named: Named) -> Sentence | None:
    """Why a call of a function of the model can only be null."""
    if function.parameters is None:
        return None
    names = [name for name, _ in function.parameters]
    if named and {name for name, _ in named} != set(names):
        return sentence(N_("the arguments of this function are called %(names)s."), names=", ".join(names))
    if not named and len(positional) != len(names):
        text = N_("this function takes %(count)s arguments, not %(given)s.")
        return sentence(text, count=len(names), given=len(positional))
    types = dict(function.parameters)
    given = dict(named) if named else dict(zip(names, positional, strict=True))
    for name, type_ in given.items():
        kinds = types[name].solid.kinds
        if kinds and not _fits(kinds, type_):
            text = N_("this function takes %(wanted)s as its %(parameter)s; this is %(type)s.")
            return sentence(text, wanted=said(types[name]), parameter=name, type=said(type_))
    return None
