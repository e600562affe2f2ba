"""The types of values that a JSON Schema over plain JSON describes: decimals, dates and durations are text there."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bpmn.types._types import (
    ANY,
    BOOLEAN,
    DATE,
    DAYS,
    INSTANT,
    MONTHS,
    NULL,
    NUMBER,
    STRING,
    TIME,
    Type,
    context_of,
    enumeration,
    list_of,
    one_of,
)

_FORMATS = {
    "decimal": NUMBER,
    "date": DATE,
    "time": TIME,
    "date-time": INSTANT,
    "duration": one_of(DAYS, MONTHS),
}
_MAX_DEPTH = 8


def of_schema(schema: Mapping[str, Any] | bool, depth: int = 0) -> Type:
    """What a value can be that the schema allows; an object has the entries it names, and is closed unless it says so.

    What of the schema is not understood allows anything.
    """
    if not isinstance(schema, Mapping) or depth > _MAX_DEPTH:
        return ANY
    for key in ("anyOf", "oneOf"):
        if isinstance(schema.get(key), list):
            return one_of(*(of_schema(one, depth + 1) for one in schema[key]))
    if "enum" in schema or "const" in schema:
        return _enumeration(schema.get("enum", [schema.get("const")]))
    kinds = schema.get("type")
    if isinstance(kinds, list):
        return one_of(*(of_schema({**schema, "type": kind}, depth + 1) for kind in kinds))
    match kinds:
        case "string":
            return _FORMATS.get(str(schema.get("format")), STRING)
        case "number" | "integer":
            return NUMBER
        case "boolean":
            return BOOLEAN
        case "null":
            return NULL
        case "array":
            return list_of(of_schema(schema.get("items", True), depth + 1))
        case "object":
            return _object(schema, depth)
    return ANY


def _enumeration(values: list[Any]) -> Type:
    plain = [Decimal(v) if isinstance(v, int) and not isinstance(v, bool) else v for v in values if v is not None]
    if not all(isinstance(value, str | bool | Decimal) for value in plain):
        return ANY
    known = enumeration(plain)
    return known.optional if None in values else known


def _object(schema: Mapping[str, Any], depth: int) -> Type:
    properties = schema.get("properties", {})
    required = schema.get("required", ())
    entries = {}
    for name, inner in properties.items():
        type_ = of_schema(inner, depth + 1)
        entries[name] = type_ if name in required else type_.optional
    return context_of(entries, more=not properties or schema.get("additionalProperties") is True)
