"""The registry of handlers as element templates: what the editor offers for a service task, with typed fields.

The format is that of the desktop modellers (zeebe element templates), so a file written with them opens there too.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from akta.languages import N_, Language
from workflows.handlers import Handler, Handlers, Schema

PREFIX = "akta:"
_SCHEMA = "https://unpkg.com/@camunda/zeebe-element-templates-json-schema/resources/schema.json"
Template = Mapping[str, Any]


def templates(handlers: Handlers, words: Language) -> list[Template]:
    """One template for each handler, by what it is called in this language."""
    made = [_template(handlers[name], words) for name in handlers.names()]
    return sorted(made, key=lambda template: str(template["name"]).casefold())


def _template(handler: Handler, words: Language) -> Template:
    return {
        "$schema": _SCHEMA,
        "id": f"{PREFIX}{handler.name}",
        "version": 1,
        "name": words.gettext(handler.title),
        "description": handler.name,
        "appliesTo": ["bpmn:Task", "bpmn:ServiceTask"],
        "elementType": {"value": "bpmn:ServiceTask"},
        "groups": [
            {"id": "takes", "label": words.gettext(N_("What it is given"))},
            {"id": "gives", "label": words.gettext(N_("What it gives"))},
        ],
        "properties": [_kind(handler.name), *_inputs(handler.takes), *_outputs(handler.gives)],
    }


def _kind(name: str) -> Template:
    binding = {"type": "zeebe:taskDefinition", "property": "type"}
    return {"type": "Hidden", "value": name, "binding": binding}


def _inputs(schema: Schema) -> Iterator[Template]:
    """Fields for what a handler takes. Every one may be an expression; what is needed says so when it is empty."""
    required = frozenset(schema.get("required", ()))
    for name, shape in schema.get("properties", {}).items():
        needed = name in required and not _may_be_null(shape)
        yield {
            "id": f"takes-{name}",
            "group": "takes",
            "label": name,
            "description": _described(shape),
            "type": "Text" if _kind_of(shape) in ("array", "object") else "String",
            "feel": "required",
            "optional": not needed,
            "binding": {"type": "zeebe:input", "name": name},
            **({"constraints": {"notEmpty": True}} if needed else {}),
        }


def _outputs(schema: Schema) -> Iterator[Template]:
    """Where what comes back is kept: the name of a variable of the case, or none."""
    for name, shape in schema.get("properties", {}).items():
        yield {
            "id": f"gives-{name}",
            "group": "gives",
            "label": name,
            "description": _described(shape),
            "type": "String",
            "optional": True,
            "binding": {"type": "zeebe:output", "source": f"={name}"},
        }


def _may_be_null(shape: Schema) -> bool:
    return any(each.get("type") == "null" for each in shape.get("anyOf", ()))


def _kind_of(shape: Schema) -> str:
    """The type of the values, of the first form that is not null."""
    kinds = [each for each in shape.get("anyOf", (shape,)) if each.get("type") != "null"]
    return str(kinds[0].get("type", "")) if kinds else ""


def _described(shape: Schema) -> str:
    """What values look like, in the words of JSON Schema: they are the same in every language."""
    first = next((each for each in shape.get("anyOf", (shape,)) if each.get("type") != "null"), shape)
    choices = ", ".join(str(each) for each in first.get("enum", ()))
    return " · ".join(part for part in (str(first.get("format", first.get("type", ""))), choices) if part)
