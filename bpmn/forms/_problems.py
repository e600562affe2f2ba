"""Why a form would not mean here what it says in the designer: each reason with the component it is about."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from bpmn import feel
from bpmn.forms import _patterns
from bpmn.forms._schema import CHOICES, INPUTS, SUPPORTED, Component, Problem

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")

_FORM = frozenset(
    {"id", "type", "components", "schemaVersion", "exporter", "executionPlatform", "executionPlatformVersion"}
    | {"versionTag", "properties", "generated"}
)
_EVERY = frozenset({"id", "type", "label", "layout", "conditional", "properties", "appearance", "versionTag"})
_INPUT = _EVERY | {"key", "description", "disabled", "readonly", "validate", "defaultValue"}
_CHOICE = _INPUT | {"values", "valuesKey"}
_KNOWN: Mapping[str, frozenset[str]] = {
    "textfield": _INPUT,
    "textarea": _INPUT,
    "number": _INPUT | {"decimalDigits", "increment", "serializeToString"},
    "datetime": _INPUT | {"subtype", "dateLabel", "disallowPassedDates"},
    "checkbox": _INPUT,
    "radio": _CHOICE,
    "select": _CHOICE | {"searchable"},
    "checklist": _CHOICE,
    "filepicker": _INPUT | {"accept", "multiple"},
    "text": _EVERY | {"text"},
    "group": _EVERY | {"components", "showOutline", "verticalAlignment", "path"},
    "separator": _EVERY,
    "table": _EVERY | {"dataSource", "columns", "rowCount"},
}
_RULES: Mapping[str, frozenset[str]] = {
    "textfield": frozenset({"required", "minLength", "maxLength", "pattern", "validationType"}),
    "textarea": frozenset({"required", "minLength", "maxLength"}),
    "number": frozenset({"required", "min", "max"}),
}
_EXTRAS = frozenset({"accept", "autocomplete", "rows", "value", "earliest", "latest", "equals"})
_LOOK = frozenset({"prefixAdorner", "suffixAdorner"})
_WORDED = ("label", "description", "text", "dateLabel", "disabled", "readonly", "accept", "multiple", "defaultValue")


def find(components: tuple[Component, ...]) -> Iterator[Problem]:
    """What is wrong with the components as they were read."""
    every = [inner for top in components for inner in top.walk()]
    keys = {component.key for component in every if component.asks}
    yield from _twice(every)
    for component in every:
        if component.rules.equals and component.rules.equals not in keys - {component.key}:
            name = component.rules.equals
            yield Problem("equals", component.key, f"{component.key} has to equal {name}, which asks nothing")
    for component in every:
        if component.type in SUPPORTED:
            yield from _component(component)


def _twice(every: list[Component]) -> Iterator[Problem]:
    for what, names in (("key", [c.key for c in every if c.key]), ("id", [c.id for c in every])):
        for name, count in Counter(names).items():
            if count > 1:
                yield Problem(f"{what}-twice", name, f"{count} components have the {what} {name}")


def _component(component: Component) -> Iterator[Problem]:
    name = component.key or component.id
    if component.type in INPUTS and not _KEY.fullmatch(component.key):
        yield Problem("key", name, f"{name}: a key has letters, digits and _ only, and is needed to keep the answer")
    for what, text in (("the condition", component.hide), ("the shown value", component.value)):
        if text:
            yield from _compiles(name, what, text)
    if component.type == "table" and not component.value:
        yield Problem("no-rows", name, f"the table {name} does not say where its rows come from (dataSource)")
    if component.type in CHOICES and bool(component.options) == bool(component.options_from):
        yield Problem("no-options", name, f"{name} offers no answers, or offers them in two ways")
    for value, count in Counter(option.value for option in component.options).items():
        if count > 1:
            yield Problem("option-twice", name, f"{name} offers the answer {value} {count} times")
    yield from _rules(component, name)


def _compiles(name: str, what: str, text: str) -> Iterator[Problem]:
    try:
        feel.compile(text)
    except feel.FeelSyntaxError as error:
        yield Problem("expression", name, f"{what} of {name} does not compile: {error}")


def _rules(component: Component, name: str) -> Iterator[Problem]:
    rules = component.rules
    if rules.pattern:
        try:
            _patterns.check(rules.pattern)
        except _patterns.PatternError as error:
            yield Problem("pattern", name, f"{name}: {error}")
    if rules.minimum is not None and rules.maximum is not None and rules.minimum > rules.maximum:
        yield Problem("limits", name, f"{name}: the least number is above the greatest")
    if rules.min_length is not None and rules.max_length is not None and rules.min_length > rules.max_length:
        yield Problem("limits", name, f"{name}: the least length is above the greatest")
    if rules.required and not component.asks:
        yield Problem("required-readonly", name, f"{name} is required but nobody can answer it")


def find_unread(schema: Mapping[str, Any]) -> Iterator[Problem]:
    """What the schema says that is not read here, and would change the form if it were."""
    for key in sorted(set(schema) - _FORM):
        yield Problem("unknown-property", "", f"the form has the property {key}, which is not supported")
    yield from _unread_in(schema["components"])


def _unread_in(components: list[Any]) -> Iterator[Problem]:
    for raw in components:
        kind = raw["type"]
        name = str(raw.get("key") or raw.get("id") or kind)
        if kind not in SUPPORTED:
            yield Problem("unsupported-component", name, f"{name} is a {kind}, which is not supported")
            continue
        yield from _unread_properties(raw, kind, name)
        yield from _meanings(raw, kind, name)
        if kind == "group":
            yield from _unread_in(raw.get("components", []))


def _unread_properties(raw: Mapping[str, Any], kind: str, name: str) -> Iterator[Problem]:
    inner = (
        ("validate", _RULES.get(kind, frozenset({"required"}))),
        ("properties", _EXTRAS),
        ("appearance", _LOOK),
        ("conditional", frozenset({"hide"})),
    )
    unread = set(raw) - _KNOWN[kind]
    for table, known in inner:
        value = raw.get(table)
        unread |= {f"{table}.{key}" for key in value if key not in known} if isinstance(value, dict) else set()
    for key in sorted(unread):
        yield Problem("unknown-property", name, f"{name} has the property {key}, which is not supported for a {kind}")


def _meanings(raw: Mapping[str, Any], kind: str, name: str) -> Iterator[Problem]:
    """Properties that are read, with a value that is not."""
    for key in _WORDED:
        value = raw.get(key)
        if isinstance(value, str) and (value.startswith("=") or "{{" in value):
            yield Problem("computed-property", name, f"{name}: {key} is computed, which is not supported")
    rules = raw.get("validate")
    for key, value in (rules if isinstance(rules, dict) else {}).items():
        if key != "pattern" and isinstance(value, str) and value.startswith("="):
            yield Problem("computed-property", name, f"{name}: validate.{key} is computed, which is not supported")
        if key == "validationType" and value not in ("", "custom", "email", "phone"):
            yield Problem("unknown-value", name, f"{name}: validationType {value} is not supported")
    if kind == "datetime" and raw.get("subtype", "date") != "date":
        yield Problem("unknown-value", name, f"{name}: of dates and times only the subtype date is supported")
    if kind == "number" and raw.get("serializeToString"):
        yield Problem("unknown-value", name, f"{name}: a number is always kept as a number (serializeToString)")
    if kind == "group" and raw.get("path"):
        yield Problem("unknown-value", name, f"{name}: a path of a group is not supported, keys stand side by side")
    if kind == "text" and "<" in str(raw.get("text", "")):
        yield Problem("markup", name, f"{name}: a text is written in plain paragraphs, without marks")
