"""`instance of`: whether a value is of a type."""

from typing import Any

from bpmn.feel._nodes import Type
from bpmn.feel._run import Run
from bpmn.feel._values import kind


def is_instance(value: Any, declared: Type, run: Run) -> bool | None:
    """Whether the value is of the type; null for a type that is not known."""
    what = kind(value)
    match declared.name:
        case "Any":
            return value is not None
        case "Null" | "null":
            return value is None
        case "list":
            return what == "list" and _all(value, declared, run)
        case "range":
            return what == "range" and _all([value.low, value.high], declared, run)
        case "context":
            return what == "context" and all(
                key in value and (value[key] is None or is_instance(value[key], field, run) is True)
                for key, field in declared.fields
            )
        case "function":
            return what == "function"
        case "day-time duration" | "dayTimeDuration":
            return what == "days and time duration"
        case "year-month duration" | "yearMonthDuration":
            return what == "years and months duration"
        case "dateTime":
            return what == "date and time"
    if declared.name in _PLAIN:
        return what == declared.name
    return run.null(f"the type {declared.name} is not known")


_PLAIN = frozenset(
    (
        "number",
        "string",
        "boolean",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
    )
)


def _all(values: list[Any], declared: Type, run: Run) -> bool:
    if not declared.parts:
        return True
    run.spend(len(values))
    inner = declared.parts[0]
    return all(value is None or is_instance(value, inner, run) is True for value in values)
