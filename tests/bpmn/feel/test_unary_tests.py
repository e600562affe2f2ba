"""The tests in the cells of decision tables."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from .conftest import Evaluate

D = Decimal


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        ("-", D(1), True),
        ("", None, True),
        ("5", D(5), True),
        ("< 5", D(5), False),
        (">= 5", D(5), True),
        ("!= 5", D(4), True),
        ("[1..3]", D(3), True),
        ("(1..3)", D(3), False),
        ("< 1, [5..6], 9", D(9), True),
        ('"a", "b"', "b", True),
        ('not("a", "b")', "b", False),
        ('not("a", "b")', "c", True),
        ("true", True, True),
        ("true", None, False),
        ("null", None, True),
        ("< 5", None, False),
        ('"5"', D(5), False),
        ("? > 3 and ? < 5", D(4), True),
        ('starts with(?, "ab")', "abc", True),
        ("amount > 3", D(1), True),
        ("limits", D(2), True),
        ("limit", D(7), True),
        ("limit + 1", D(8), True),
        ('> date("2026-01-01")', date(2026, 2, 1), True),
        ('[@"2026-01-01"..@"2026-01-31"]', date(2026, 2, 1), False),
        ("[1, 2]", D(2), True),
        ("-5", D(-5), True),
    ],
)
def test_a_cell_takes_the_values_it_says(passes: Evaluate, cell: str, value: Any, expected: bool) -> None:
    assert passes(cell, value, amount=D(4), limits=[D(1), D(2)], limit=D(7)) is expected


def test_what_cannot_be_compared_passes_neither_a_test_nor_its_negation(passes: Evaluate) -> None:
    assert passes("< 5", "text") is False
    assert passes("not(< 5)", "text") is False
