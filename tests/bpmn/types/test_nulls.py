"""What expressions come to with null, against evaluating them."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bpmn import feel, types
from bpmn.types import Outcome

NOW = datetime(2026, 1, 1, tzinfo=UTC)
VALUES = [
    {"n": Decimal(1), "s": "a", "b": True, "l": [Decimal(1)], "c": {"e": Decimal(1)}},
    {"n": Decimal(9), "s": "late", "b": False, "l": [Decimal(9), Decimal(2)], "c": {"e": Decimal(9)}},
]
EXPRESSIONS = [
    "x > 3", "x + 1", "-x", "x = 3", "x != 3", "x = null", "null != x", "x = x", "x != null and x > 3",
    "x = null or x > 3", "x > 3 and b", "x > 3 or b", "not(x)", "not(x = 3)", "not(x > 3)", "if x = null then 0 else x",
    "if x != null then x > 3 else b", "if x then 1 else 2", "x.e", "x.e > 3", "c.e > x", "x between 1 and 2",
    "n between 1 and x", "x in (1, 2)", "x in [1..3]", "x in (< 3)", "x instance of number", "x[1]", "x[item > 3]",
    "for y in x return y", "some y in x satisfies y = 1", "every y in x satisfies y > 0", "upper case(x)",
    'contains(s, x)', 'contains(x, "a")', "string length(x) > 3", "count(x)", "list contains(l, x)",
    "list contains(x, 1)", "append(l, x)", "append(x, 1)", "is defined(x)", "get or else(x, 1)", "string(x)",
    "date(x)", "[x, 1]", "{a: x}", "x and b", "x or b", "b and x > 3", "n > 3 and x > 3", "duration(x)",
    'add working days(x, 3)', "sum(x)", "x", "n", "null", "true", "3", 'x + "a" = "b"', "x > 3 = b",
    "n + x > 3 or n > 3",
]  # fmt: skip


def seen(value: object) -> Outcome:
    if value is None:
        return Outcome.NULL
    return Outcome.OTHER if not isinstance(value, bool) else Outcome.TRUE if value else Outcome.FALSE


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_nothing_comes_of_null_that_was_not_told(text: str) -> None:
    compiled = feel.compile(text)
    told = types.with_null(compiled, {"x"})
    came = [seen(compiled.evaluate({**values, "x": None}, now=NOW)) for values in VALUES]
    assert all(one in told for one in came), (told, came)
    if told is Outcome.NULL:
        assert came == [Outcome.NULL] * len(VALUES)


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("x > 3", Outcome.NULL),
        ("x != null and x > 3", Outcome.FALSE),
        ("x = null or x > 3", Outcome.TRUE),
        ("b and x > 3", Outcome.NULL | Outcome.FALSE),
        ("if x = null then b else x > 3", types.KNOWN),
        ("not(x = 3)", Outcome.TRUE),
    ],
)
def test_a_guard_against_null_is_understood(text: str, outcome: Outcome) -> None:
    assert types.with_null(feel.compile(text), {"x"}) == outcome


def test_the_deepest_expressions_are_gone_through() -> None:
    deep = "(" * 60 + "x" + " + 1)" * 60
    assert types.with_null(feel.compile(deep), {"x"}) is Outcome.NULL
