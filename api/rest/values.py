"""Variables as clients send them: plain JSON; a text that begins with `=` is FEEL, for dates and the like."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field, JsonValue

from akta.errors import Invalid
from akta.languages import N_
from bpmn import feel
from bpmn.values import Value

Variables = Annotated[dict[Annotated[str, Field(min_length=1, max_length=200)], JsonValue], Field(max_length=200)]
"""Variables by name."""


class NotAValue(Invalid):
    """A text that begins with `=` is no FEEL expression with a value."""

    title = N_("A text that begins with = has to be an expression with a value.")


def of_json(given: Mapping[str, JsonValue], now: datetime) -> dict[str, Value]:
    """The values.

    Raises:
        NotAValue: a FEEL text that does not compile, has no value, or asks for too much.
    """
    allowance = feel.Allowance()
    return {name: _value(name, value, now, allowance) for name, value in given.items()}


def _value(name: str, given: JsonValue, now: datetime, allowance: feel.Allowance) -> Value:
    match given:
        case None | bool():
            return given
        case int() | float():
            return Decimal(str(given))
        case str():
            return _evaluated(name, given[1:], now, allowance) if given.startswith("=") else given
        case list():
            return [_value(name, item, now, allowance) for item in given]
        case dict():
            return {str(key): _value(name, item, now, allowance) for key, item in given.items()}
    raise TypeError(type(given).__name__)


def _evaluated(name: str, text: str, now: datetime, allowance: feel.Allowance) -> Value:
    try:
        value = feel.compile(text).evaluate({}, now=now, allowance=allowance)
    except (feel.FeelSyntaxError, feel.FeelLimit) as wrong:
        raise NotAValue(str(wrong), fields={name: str(wrong)}) from wrong
    if value is None:
        raise NotAValue(name, fields={name: NotAValue.title})
    return value
