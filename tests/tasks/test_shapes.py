"""What goes in and out of handlers is checked against their schema."""

from datetime import date
from decimal import Decimal

import pytest

from tasks import shapes
from tasks.shapes import WrongShape

SCHEMA = {
    "type": "object",
    "properties": {"value": {"type": "string", "pattern": "^[0-9.]+$"}, "on": {"type": "string"}},
    "required": ["value"],
}


def test_decimals_and_dates_are_checked_as_text() -> None:
    shapes.check("h", "takes", SCHEMA, {"value": Decimal("12.50"), "on": date(2026, 3, 2), "more": True})


def test_a_wrong_shape_names_places_and_rules_but_no_values() -> None:
    with pytest.raises(WrongShape) as wrong:
        shapes.check("h", "takes", SCHEMA, {"value": "a secret"})
    assert str(wrong.value) == "h takes: value breaks the rule 'pattern'"
    with pytest.raises(WrongShape, match="required"):
        shapes.check("h", "gives", SCHEMA, {})
