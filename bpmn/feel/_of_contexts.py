"""Built-in functions on contexts."""

from typing import Any

from bpmn.feel._builtin import builtin
from bpmn.feel._run import Run
from bpmn.feel._values import kind


@builtin("get value", "m: context", "key: string")
def get_value(run: Run, context: dict[str, Any], key: str) -> Any:
    return context[key] if key in context else run.null(f'get value: there is no entry "{key}"')


@builtin("get entries", "m: context")
def get_entries(run: Run, context: dict[str, Any]) -> list[Any]:
    run.room(len(context) * 3)
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context put", "context: context", "key: string", "value: any")
def put_one(run: Run, context: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    run.room(len(context) + 1)
    return {**context, key: value}


@builtin("context put", "context: context", "keys: list", "value: any")
def put_deep(run: Run, context: dict[str, Any], keys: list[Any], value: Any) -> dict[str, Any] | None:
    if not keys or not all(isinstance(key, str) for key in keys):
        return run.null("context put: keys must be a list of strings")
    run.room(len(context) + 1)
    run.spend(len(keys) * len(keys))
    first, *rest = keys
    if not rest:
        return {**context, first: value}
    inner = context.get(first)
    if not isinstance(inner, dict):
        return run.null(f'context put: "{first}" is no context')
    changed = put_deep(run, inner, rest, value)
    return None if changed is None else {**context, first: changed}


@builtin("context merge", "contexts: list")
def merge(run: Run, contexts: list[Any]) -> dict[str, Any] | None:
    merged: dict[str, Any] = {}
    for context in contexts:
        if not isinstance(context, dict):
            return run.null("context merge: every item must be a context")
        run.room(len(context))
        merged.update(context)
    return merged


@builtin("context", "entries: list")
def context_of(run: Run, entries: list[Any]) -> dict[str, Any] | None:
    made: dict[str, Any] = {}
    for pair in entries:
        key = pair.get("key") if isinstance(pair, dict) else None
        if not isinstance(key, str) or "value" not in pair or key in made:
            return run.null("context: every entry needs its own key and a value")
        made[key] = pair["value"]
    run.room(len(made))
    return made


@builtin("is defined", "value: any")
def is_defined(run: Run, value: Any) -> bool:
    """Camunda's addition: anything but null."""
    return value is not None


@builtin("get or else", "value: any", "default: any")
def get_or_else(run: Run, value: Any, default: Any) -> Any:
    """Camunda's addition."""
    return default if value is None else value


@builtin("not", "negand: any")
def negation(run: Run, value: Any) -> bool | None:
    return not value if isinstance(value, bool) else run.null(f"not: a {kind(value)} is neither true nor false")


@builtin("is", "value1: any?", "value2: any?")
def identical(run: Run, a: Any = None, b: Any = None) -> bool:
    """The same value of the same kind; times with other zones are other values."""
    if kind(a) != kind(b):
        return False
    zone, other = getattr(a, "tzinfo", None), getattr(b, "tzinfo", None)
    return bool(a == b and (zone is None) == (other is None) and str(zone) == str(other))
