"""Generated task forms (`formData`) as form-js schemas."""

import json
import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from akta.languages import N_
from bpmn import forms
from bpmn.importing._place import Place
from bpmn.xml import local

_TYPES: Mapping[str, dict[str, Any]] = {
    "string": {"type": "textfield"},
    "long": {"type": "number", "decimalDigits": 0},
    "boolean": {"type": "checkbox"},
    "date": {"type": "datetime", "subtype": "date", "dateLabel": ""},
    "enum": {"type": "select"},
}
_RULES: Mapping[str, str] = {"minlength": "minLength", "maxlength": "maxLength", "min": "min", "max": "max"}
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def translate(here: Place, data: etree._Element) -> str | None:
    """The id of the form that this becomes, which goes into the forms of the import; None if nothing is left of it."""
    components = [found for field in data if local(field) == "formField" if (found := _field(here, field))]
    if not components:
        return None
    id_ = re.sub(r"[^A-Za-z0-9_-]", "-", here.id).lstrip("_-")[:100] or "form"
    schema = {"type": "default", "id": id_, "schemaVersion": 18, "components": components}
    try:
        forms.read(json.dumps(schema).encode())
    except forms.FormError as reason:
        here.left(N_("The form of this task cannot be taken over: %(reason)s"), reason=reason)
        return None
    here.forms[id_] = schema
    return id_


def _field(here: Place, field: etree._Element) -> dict[str, Any] | None:
    key, kind = field.get("id", ""), field.get("type", "string")
    if kind not in _TYPES or not _KEY.fullmatch(key):
        here.left(N_("The field “%(field)s” of the type %(type)s has no place in a form."), field=key, type=kind)
        return None
    label = field.get("label") or key
    found: dict[str, Any] = {**_TYPES[kind], "id": f"field_{key}", "key": key, "label": label}
    if kind == "date":
        found["dateLabel"] = label
    if kind == "enum":
        values = [each for each in field if local(each) == "value"]
        found["values"] = [{"label": each.get("name") or each.get("id"), "value": each.get("id")} for each in values]
    _default(here, field, found)
    _rules(here, field, found)
    for each in field:
        if local(each) == "properties":
            here.left(N_("The properties of the field “%(field)s” are left out."), field=key)
    return found


def _default(here: Place, field: etree._Element, found: dict[str, Any]) -> None:
    default, kind = field.get("defaultValue"), field.get("type", "string")
    if not default:
        return
    whole = re.fullmatch(r"-?[0-9]{1,15}", default)
    if "${" in default or kind == "date" or (kind == "long" and not whole):
        text = N_("The field “%(field)s” begins with “%(value)s”, which is left out.")
        here.left(text, field=found["key"], value=default)
    else:
        found["defaultValue"] = {"long": lambda: int(default), "boolean": lambda: default == "true"}.get(
            kind, lambda: default
        )()


def _rules(here: Place, field: etree._Element, found: dict[str, Any]) -> None:
    rules: dict[str, Any] = {}
    for constraint in field.iter("{*}constraint"):
        name, config = constraint.get("name", ""), constraint.get("config", "")
        if name in ("required", "readonly") and config in ("", "true"):
            if name == "required":
                rules["required"] = True
            else:
                found["readonly"] = True
        elif name in _RULES and re.fullmatch(r"-?[0-9]{1,15}", config):
            rules[_RULES[name]] = int(config)
        elif config != "false" or name not in ("required", "readonly"):
            text = N_("The rule %(rule)s of the field “%(field)s” is left out.")
            here.left(text, rule=f"{name} {config}".strip(), field=found["key"])
    if rules:
        found["validate"] = rules
