"""The shape of what handlers take and give, checked against their JSON Schema over plain data."""

from collections.abc import Mapping
from functools import lru_cache

import jsonschema_rs
import orjson

from bpmn.values import Value, plain
from workflows.handlers import CannotSucceed, Schema


class WrongShape(CannotSucceed):
    """A handler was called with, or answered, something its schema does not allow."""


def check(handler: str, way: str, schema: Schema, values: Mapping[str, Value]) -> None:
    """Check values (decimals and dates as text) against a schema. The message names places and rules, not values.

    Raises:
        WrongShape: they do not fit.
    """
    wrong = [_sentence(error) for error in _validator(orjson.dumps(schema)).iter_errors(plain(values))]
    if wrong:
        raise WrongShape(f"{handler} {way}: {'; '.join(wrong[:5])}")


@lru_cache(maxsize=512)
def _validator(schema: bytes) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(orjson.loads(schema))


def _sentence(error: jsonschema_rs.ValidationError) -> str:
    where = ".".join(str(part) for part in error.instance_path) or "(all)"
    rule = str(error.schema_path[-1]) if error.schema_path else "schema"
    if rule == "required":
        return f"{where}: {error.message}"
    return f"{where} breaks the rule {rule!r}"
