"""Types: whether a value is of one, and how a value is made to fit one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from bpmn.feel import _calendar as cal
from bpmn.feel._nodes import Type
from bpmn.feel._run import Run
from bpmn.feel._values import Function, kind

_SAME = {
    "day-time duration": "days and time duration",
    "dayTimeDuration": "days and time duration",
    "year-month duration": "years and months duration",
    "yearMonthDuration": "years and months duration",
    "dateTime": "date and time",
    "null": "Null",
}
PLAIN = frozenset(
    (
        "number",
        "string",
        "boolean",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
        "Null",
        "Any",
        "list",
        "range",
        "context",
        "function",
    )
)
"""The names of FEEL's own types."""
_COMPARING = 10
"""Steps that comparing two types costs, without their parts."""


class Misfit:
    """In place of a value that fits no type."""


MISFIT: Final = Misfit()


def resolve(declared: Type, types: Mapping[str, Type]) -> Type:
    """The type with item definitions in place of their names, and FEEL's own names in one spelling."""
    own = types.get(declared.name)
    if own is not None and not declared.parts and not declared.fields:
        return own
    return replace(
        declared,
        name=_SAME.get(declared.name, declared.name),
        parts=tuple(resolve(part, types) for part in declared.parts),
        fields=tuple((key, resolve(field, types)) for key, field in declared.fields),
    )


def is_instance(value: Any, declared: Type, run: Run) -> bool | None:
    """Whether the value is of the (resolved) type, whatever its allowed values; null for an unknown type."""
    if declared.name not in PLAIN:
        return run.null(f"the type {declared.name} is not known")
    if value is None:
        return declared.name == "Null"
    return _is(value, declared, run)


def _is(value: Any, declared: Type, run: Run) -> bool:
    what = kind(value)
    match declared.name:
        case "Any":
            return True
        case "list":
            return what == "list" and _all(value, declared, run)
        case "range":
            return what == "range" and _all([end for end in (value.low, value.high) if end is not None], declared, run)
        case "context":
            return what == "context" and all(
                key in value and (value[key] is None or _is(value[key], field, run)) for key, field in declared.fields
            )
        case "function":
            return what == "function" and _signature(value, declared, run)
    return what == declared.name


def _all(values: list[Any], declared: Type, run: Run) -> bool:
    if not declared.parts:
        return True
    run.spend(len(values))
    inner = declared.parts[0]
    return all(value is None or _is(value, inner, run) for value in values)


def _signature(function: Function, declared: Type, run: Run) -> bool:
    """Parameters may be wider than asked for, the result narrower; what is not declared fits."""
    if not declared.parts:
        return True
    if function.signature is None:
        return function.parameters is None or len(function.parameters) == len(declared.parts) - 1
    return conforms(function.signature, declared, run)


def conforms(narrow: Type, wide: Type, run: Run) -> bool:
    """Whether every value of one type is of the other (DMN 1.5, 10.3.2.9.3); Any conforms only to itself.

    Raises:
        FeelLimit: the types are too large to compare.
    """
    run.spend(_COMPARING)
    if wide is narrow or wide.name == "Any" or narrow.name == "Null":
        return True
    if narrow.name != wide.name:
        return False
    if narrow.name == "function":
        return _function_conforms(narrow, wide, run)
    fields = dict(narrow.fields)
    return all(conforms(a, b, run) for a, b in zip(narrow.parts, wide.parts, strict=False)) and all(
        key in fields and conforms(fields[key], field, run) for key, field in wide.fields
    )


def _function_conforms(narrow: Type, wide: Type, run: Run) -> bool:
    if not narrow.parts or not wide.parts:
        return not wide.parts
    *takes, gives = narrow.parts
    *asked, wanted = wide.parts
    return (
        len(takes) == len(asked)
        and all(conforms(a, b, run) for a, b in zip(asked, takes, strict=True))
        and conforms(gives, wanted, run)
    )


def allows(declared: Type, value: Any, run: Run) -> bool:
    """Whether the value is among the allowed ones."""
    for constraint in declared.allowed:
        if not constraint.run(value, {}, run):
            run.null(f"the value is not among the allowed ones: {constraint.text}")
            return False
    return True


def fit(value: Any, declared: Type, run: Run) -> Any:
    """The value as the type takes it, or `MISFIT` (DMN 1.5, 10.3.2.9.4).

    An item becomes a list of one and the other way round, a date its midnight in UTC; null fits every type.
    """
    if value is None or declared.name not in PLAIN:
        return value
    what = kind(value)
    if declared.name == "list":
        fitted = _fit_list(value if what == "list" else [value], declared, run)
    elif what == "list" and declared.name != "Any":
        fitted = fit(value[0], declared, run) if len(value) == 1 else MISFIT
    elif declared.name == "context" and what == "context":
        fitted = _fit_context(value, declared, run)
    elif declared.name == "date and time" and what == "date":
        fitted = midnight(value)
    else:
        fitted = value if _is(value, declared, run) else _misfit(value, declared, run)
    if isinstance(fitted, Misfit):
        return _misfit(value, declared, run) if what == "list" else fitted
    return fitted if fitted is None or allows(declared, fitted, run) else MISFIT


def _misfit(value: Any, declared: Type, run: Run) -> Misfit:
    run.null(f"a {kind(value)} is no {declared.name}")
    return MISFIT


def _fit_list(values: Any, declared: Type, run: Run) -> Any:
    if not declared.parts or declared.parts[0].name == "Any":
        return values
    run.room(len(values))
    fitted = [fit(value, declared.parts[0], run) for value in values]
    return MISFIT if any(isinstance(value, Misfit) for value in fitted) else fitted


def _fit_context(value: Mapping[str, Any], declared: Type, run: Run) -> Any:
    """Entries that are missing are null; entries that are not declared stay."""
    fitted = dict(value)
    for key, field in declared.fields:
        if key in fitted:
            fitted[key] = fit(fitted[key], field, run)
            if isinstance(fitted[key], Misfit):
                run.null(f'the entry "{key}" does not fit')
                return MISFIT
    return fitted


def midnight(value: cal.Day) -> cal.Instant:
    """A date as a date and time."""
    return cal.combine(value, cal.clock_of(value))
