"""Short ways to write the JSON Schemas of handlers: decimals and dates are text in plain JSON."""

from typing import Any

from workflows.handlers import Schema

TEXT: Schema = {"type": "string"}
ID: Schema = {"type": "string", "format": "uuid"}
DAY: Schema = {"type": "string", "format": "date"}
NUMBER: Schema = {"type": "string", "format": "decimal", "pattern": r"^-?\d+(\.\d+)?$"}
FLAG: Schema = {"type": "boolean"}
TEXTS: Schema = {"type": "array", "items": TEXT}


def maybe(shape: Schema) -> Schema:
    """The same, or null."""
    return {"anyOf": [shape, {"type": "null"}]}


def record(optional: tuple[str, ...] = (), **fields: Schema) -> Schema:
    """An object with these fields; all required but the optional ones."""
    required = [name for name in fields if name not in optional]
    shape: dict[str, Any] = {"type": "object", "properties": fields, "required": required}
    return shape


NOTHING: Schema = record()
