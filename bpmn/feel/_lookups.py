"""How names find their values."""

from decimal import Decimal
from typing import Any

from bpmn.feel._operators import Code
from bpmn.feel._run import Frame
from bpmn.feel._values import Function, kind


def from_slot(slot: int) -> Code:
    """The value of a name inside the text."""
    return lambda frame: frame.slots[slot]


def from_variables(name: str) -> Code:
    """The value of an outer variable; null when there is none."""

    def run(frame: Frame) -> Any:
        try:
            value = frame.vars[name]
        except KeyError:
            return frame.run.null(f'"{name}" is not known')
        return Decimal(value) if value.__class__ is int else value

    return run


def function_or(code: Code, builtin: Function | None) -> Code:
    """A known name may be a function or hide the built-in of that name with another value."""
    if builtin is None:
        return code

    def run(frame: Frame) -> Any:
        value = code(frame)
        return value if isinstance(value, Function) else builtin

    return run


def item_or(items: list[int], name: str, otherwise: Code) -> Code:
    """First the entries of the items being filtered (innermost first), then what the name means outside."""
    if not items:
        return otherwise

    def run(frame: Frame) -> Any:
        for slot in items:
            item = frame.slots[slot]
            if kind(item) == "context" and name in item:
                return item[name]
        return otherwise(frame)

    return run


def context_code(entries: tuple[tuple[str, int, Code], ...]) -> Code:
    """A context; each entry gets a slot in which those after it see it."""

    def run(frame: Frame) -> dict[str, Any]:
        frame.run.room(len(entries))
        made: dict[str, Any] = {}
        slots = frame.slots
        for key, slot, code in entries:
            made[key] = slots[slot] = code(frame)
        return made

    return run
