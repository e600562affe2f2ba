"""Why a form would not mean here what it says in the designer: each reason with the component it is about."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from akta.languages import N_
from bpmn import feel
from bpmn.forms import _patterns
from bpmn.forms._schema import CHOICES, INPUTS, SUPPORTED, Component, Problem, problem

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

_TWICE = N_("%(count)s components have the %(what)s %(field)s.")
_COMPUTED = N_("%(field)s: %(property)s is computed, which is not supported.")
_UNKNOWN = N_("%(field)s has the property %(property)s, which is not supported for a %(type)s.")
_MEANING = N_("%(field)s: the value %(value)s of %(property)s is not supported.")


def find(components: tuple[Component, ...]) -> Iterator[Problem]:
    """What is wrong with the components as they were read."""
    every = [inner for top in components for inner in top.walk()]
    keys = {component.key for component in every if component.asks}
    for what, names in (("key", [c.key for c in every if c.key]), ("id", [c.id for c in every])):
        for name, count in Counter(names).items():
            if count > 1:
                yield problem(f"{what}-twice", name, _TWICE, count=count, what=what, field=name)
    for component in every:
        twin = component.rules.equals
        if twin and twin not in keys - {component.key}:
            text = N_("%(field)s has to equal %(twin)s, which asks nothing.")
            yield problem("equals", component.key, text, field=component.key, twin=twin)
        if component.type in SUPPORTED:
            yield from _component(component)


def _component(component: Component) -> Iterator[Problem]:
    name = component.key or component.id
    if component.type in INPUTS and not _KEY.fullmatch(component.key):
        text = N_("%(field)s: a key has letters, digits and _ only, and is needed to keep the answer.")
        yield problem("key", name, text, field=name)
    yield from _compiles(name, component.hide, N_("The condition of %(field)s does not compile: %(reason)s"))
    yield from _compiles(name, component.value, N_("The shown value of %(field)s does not compile: %(reason)s"))
    if component.type == "table" and not component.value:
        text = N_("The table %(field)s does not say where its rows come from (dataSource).")
        yield problem("no-rows", name, text, field=name)
    if component.type in CHOICES and bool(component.options) == bool(component.options_from):
        yield problem("no-options", name, N_("%(field)s offers no answers, or offers them in two ways."), field=name)
    for value, count in Counter(option.value for option in component.options).items():
        if count > 1:
            text = N_("%(field)s offers the answer %(value)s more than once.")
            yield problem("option-twice", name, text, field=name, value=value)
    yield from _rules(component, name)


def _compiles(name: str, expression: str, text: str) -> Iterator[Problem]:
    try:
        if expression:
            feel.compile(expression)
    except feel.FeelSyntaxError as error:
        yield problem("expression", name, text, field=name, reason=error.whole)


def _rules(component: Component, name: str) -> Iterator[Problem]:
    rules = component.rules
    if rules.pattern:
        try:
            _patterns.check(rules.pattern)
        except _patterns.PatternError as error:
            yield problem("pattern", name, N_("%(field)s: %(reason)s."), field=name, reason=error)
    if rules.minimum is not None and rules.maximum is not None and rules.minimum > rules.maximum:
        yield problem("limits", name, N_("%(field)s: the least number is above the greatest."), field=name)
    if rules.min_length is not None and rules.max_length is not None and rules.min_length > rules.max_length:
        yield problem("limits", name, N_("%(field)s: the least length is above the greatest."), field=name)
    if rules.required and not component.asks:
        yield problem("required-readonly", name, N_("%(field)s is required but nobody can answer it."), field=name)


def find_unread(schema: Mapping[str, Any]) -> Iterator[Problem]:
    """What the schema says that is not read here, and would change the form if it were."""
    for key in sorted(set(schema) - _FORM):
        text = N_("The form has the property %(property)s, which is not supported.")
        yield problem("unknown-property", "", text, property=key)
    yield from _unread_in(schema["components"])


def _unread_in(components: list[Any]) -> Iterator[Problem]:
    for raw in components:
        kind = raw["type"]
        name = str(raw.get("key") or raw.get("id") or kind)
        if kind not in SUPPORTED:
            text = N_("%(field)s is a component of the kind %(type)s, which is not supported.")
            yield problem("unsupported-component", name, text, field=name, type=kind)
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
        yield problem("unknown-property", name, _UNKNOWN, field=name, property=key, type=kind)


def _meanings(raw: Mapping[str, Any], kind: str, name: str) -> Iterator[Problem]:
    """Properties that are read, with a value that is not."""
    for key in _WORDED:
        value = raw.get(key)
        if isinstance(value, str) and (value.startswith("=") or "{{" in value):
            yield problem("computed-property", name, _COMPUTED, field=name, property=key)
    rules = raw.get("validate")
    for key, value in (rules if isinstance(rules, dict) else {}).items():
        if key != "pattern" and isinstance(value, str) and value.startswith("="):
            yield problem("computed-property", name, _COMPUTED, field=name, property=f"validate.{key}")
        if key == "validationType" and value not in ("", "custom", "email", "phone"):
            yield problem("unknown-value", name, _MEANING, field=name, property=key, value=value)
    if kind == "datetime" and raw.get("subtype", "date") != "date":
        yield problem("unknown-value", name, _MEANING, field=name, property="subtype", value=raw["subtype"])
    if kind == "number" and raw.get("serializeToString"):
        yield problem("unknown-value", name, _MEANING, field=name, property="serializeToString", value="true")
    if kind == "group" and raw.get("path"):
        yield problem("unknown-value", name, _MEANING, field=name, property="path", value=raw["path"])
    if kind == "text" and "<" in str(raw.get("text", "")):
        text = N_("%(field)s: a text is written in plain paragraphs, without marks.")
        yield problem("markup", name, text, field=name)
