"""Values back in the shape in which a form takes its answers."""

from datetime import date, datetime
from decimal import Decimal

from bpmn.values import Value


def typed(value: Value) -> list[str]:
    """A value as a person would type it into a form."""
    if isinstance(value, list):
        return [text for item in value for text in typed(item)]
    if value is None or value is False:
        return []
    if value is True:
        return ["true"]
    if isinstance(value, datetime | date):
        return [value.isoformat()]
    return [str(value) if isinstance(value, str | Decimal | int) else ""]
