"""How built-in functions are declared: forms with named, typed parameters, chosen by what is passed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from typing import Any, TypeVar

from bpmn.feel._run import Run
from bpmn.feel._values import Function, kind

Body = TypeVar("Body", bound=Callable[..., Any])

GROUPS = {
    "point": frozenset(
        (
            "number",
            "string",
            "date",
            "time",
            "date and time",
            "days and time duration",
            "years and months duration",
        )
    ),
    "instant": frozenset(("date", "date and time")),
    "duration": frozenset(("days and time duration", "years and months duration")),
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: its name, the kind of value it takes, whether it may be left out."""

    name: str
    kind: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Form:
    """One way to call a function. With `spread`, any number of arguments stands for the last one, which is a list."""

    parameters: tuple[Parameter, ...]
    body: Callable[..., Any]
    spread: bool

    @property
    def required(self) -> int:
        return sum(not parameter.optional for parameter in self.parameters)

    def takes(self, count: int) -> bool:
        """Whether so many arguments fit by place."""
        return count >= len(self.parameters) if self.spread else self.required <= count <= len(self.parameters)

    def takes_names(self, names: Sequence[str]) -> bool:
        """Whether arguments of these names fit."""
        known = {parameter.name for parameter in self.parameters}
        needed = {parameter.name for parameter in self.parameters if not parameter.optional}
        return set(names) <= known and needed <= set(names)


FORMS: dict[str, list[Form]] = {}


def builtin(name: str, *parameters: str, spread: bool = False) -> Callable[[Body], Body]:
    """Declare a function. A parameter is written `name: kind`; a `?` at the end lets it be left out."""
    declared = tuple(_parameter(text) for text in parameters)

    def register(body: Body) -> Body:
        FORMS.setdefault(name, []).append(Form(declared, body, spread))
        return body

    return register


def _parameter(text: str) -> Parameter:
    name, _, what = text.partition(": ")
    return Parameter(name, what.rstrip("?"), what.endswith("?"))


def problem(name: str, count: int, names: Sequence[str]) -> str | None:
    """How it is called, when no form fits calling it so; None when one does."""
    forms = FORMS[name]
    if names and not count and any(form.takes_names(names) for form in forms):
        return None
    if not names and any(form.takes(count) for form in forms):
        return None
    return " / ".join(_usage(name, form) for form in forms)


def _usage(name: str, form: Form) -> str:
    text = ""
    for parameter in form.parameters:
        comma = ", " if text else ""
        text += f"[{comma}{parameter.name}]" if parameter.optional else comma + parameter.name
    return f"{name}({text}{', …' if form.spread else ''})"


def as_function(name: str) -> Function:
    """The declared function as a value."""
    forms = FORMS[name]

    def call(run: Run, arguments: list[Any]) -> Any:
        fitting = [form for form in forms if form.takes(len(arguments))]
        return _first(name, run, [(form, _spread(form, arguments)) for form in fitting])

    def named(run: Run, arguments: dict[str, Any]) -> Any:
        fitting = [form for form in forms if form.takes_names(tuple(arguments))]
        # before(range, point) and before(point, range) have the same names: the order tells which is meant.
        fitting.sort(key=lambda form: [parameter.name for parameter in form.parameters] != list(arguments))
        return _first(name, run, [(form, _ordered(form, arguments)) for form in fitting])

    return Function(name, None, call, named)


def _spread(form: Form, arguments: list[Any]) -> list[Any]:
    before = len(form.parameters) - 1
    if not form.spread or (not before and len(arguments) == 1 and isinstance(arguments[0], list)):
        return arguments
    return [*arguments[:before], arguments[before:]]


def _ordered(form: Form, arguments: dict[str, Any]) -> list[Any]:
    values = [arguments.get(parameter.name, _MISSING) for parameter in form.parameters]
    if form.spread and len(values) > 1:
        values[-1] = [values[-1]]
    while values and values[-1] is _MISSING:
        values.pop()
    return [None if value is _MISSING else value for value in values]


_MISSING = object()


def _first(name: str, run: Run, forms: list[tuple[Form, list[Any]]]) -> Any:
    """The result of the first form whose kinds fit."""
    reason = f"{name}: these arguments do not fit"
    for form, arguments in forms:
        values = []
        for parameter, argument in zip(form.parameters, arguments, strict=False):
            value, fits = _fit(parameter, argument)
            if not fits:
                reason = f"{name}: {parameter.name} must be a {parameter.kind}, not a {kind(argument)}"
                break
            values.append(value)
        else:
            try:
                return form.body(run, *values)
            except (DecimalException, OverflowError, ValueError):
                return run.null(f"{name}: the result is beyond what numbers and dates can hold")
    return run.null(reason)


def _fit(parameter: Parameter, value: Any) -> tuple[Any, bool]:
    """The value as the parameter takes it: a list of one for its item, an item for a list of one."""
    wanted, what = parameter.kind, kind(value)
    if wanted == what or wanted == "any":
        return (Decimal(value), True) if value.__class__ is int else (value, True)
    if value is None:
        return None, parameter.optional
    group = GROUPS.get(wanted)
    if group is not None and what in group:
        return value, True
    if wanted == "list":
        return [value], True
    if what == "list" and len(value) == 1:
        return _fit(parameter, value[0])
    return value, False
