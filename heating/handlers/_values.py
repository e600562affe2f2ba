"""Variables of a process as Python values; what is not of the kind a handler needs is refused by name."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from akta.errors import Invalid
from bpmn.values import Value

Variables = Mapping[str, Value]


def text(given: Variables, name: str, default: str | None = None) -> str:
    value = given.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise Invalid(f"{name} is no text")
    return value.strip()


def ident(given: Variables, name: str) -> UUID:
    try:
        return UUID(text(given, name))
    except ValueError as wrong:
        raise Invalid(f"{name} is no id") from wrong


def maybe_ident(given: Variables, name: str) -> UUID | None:
    return ident(given, name) if given.get(name) not in (None, "") else None


def number(given: Variables, name: str) -> Decimal:
    value = given.get(name)
    if not isinstance(value, Decimal) or not value.is_finite():
        raise Invalid(f"{name} is no number")
    return value


def maybe_number(given: Variables, name: str) -> Decimal | None:
    return None if given.get(name) is None else number(given, name)


def day(given: Variables, name: str) -> date:
    value = given.get(name)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise Invalid(f"{name} is no day")
    return value


def maybe_day(given: Variables, name: str) -> date | None:
    return None if given.get(name) is None else day(given, name)


def texts(given: Variables, name: str) -> list[str]:
    value = given.get(name)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Invalid(f"{name} is no list of texts")
    return [item for item in value if isinstance(item, str)]
