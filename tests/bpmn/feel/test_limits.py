"""No expression can hang or exhaust a server."""

import time
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest

from bpmn import feel

from .conftest import NOW, Evaluate

LONG = "+".join(["1"] * 290)

BOMBS = [
    "for i in 1..1000000000 return i",
    "some i in 1..1000000000 satisfies i < 0",
    "count(for a in 1..10000, b in 1..10000 return 1)",
    "{f: function(n) f(n + 1), r: f(1)}.r",
    "{f: function(n) [f(n - 1), f(n - 1)], r: f(50)}.r",
    '{double: function(s, n) if n = 0 then s else double(s + s, n - 1), r: double("ab", 40)}.r',
    'for i in 1..10000 return string join(for j in 1..1000 return "0123456789")',
    "{a: [1, 1], b: [a, a], c: [b, b], d: [c, c, c, c], e: [d, d, d, d], f: [e, e, e, e], g: [f, f, f, f, f, f],"
    " h: [g, g, g, g, g, g], i: [h, h, h, h, h, h], j: [i, i, i, i, i, i], k: [j, j, j, j, j, j]}.k",
    "for i in 1..100000 return partial",
    'replace("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "a", string join(for i in 1..100000 return "abcdefghij"))',
    "(for i in 1..5000 return [partial[-1]])[-1]",
    "string((for i in 1..5000 return [partial[-1]])[-1])",
    "sort(for i in 1..100000 return -i, function(a, b) a < b)",
    "distinct values(for i in 1..100000 return i)",
    f"for i in 1..300000 return [{LONG}, {LONG}, {LONG}, {LONG}]",
    f"some i in 1..300000 satisfies {LONG} < 0",
    f"count((for i in 1..100000 return i)[{LONG} < item])",
    f"{{f: function(n) {LONG}, r: for i in 1..100000 return f(i)}}.r",
    '{s: string join(for i in 1..10000 return "0123456789"), r: for i in 1..100000 return s}.r',
    '{s: string join(for i in 1..10000 return "0123456789"), r: for i in 1..100 return context put({}, s, i)}.r',
    '{s: string join(for i in 1..90000 return "0123456789"), r: some i in 1..300000 satisfies contains(s, "99x")}.r',
]


@pytest.mark.slow
@pytest.mark.parametrize("text", BOMBS)
def test_work_without_end_is_refused_soon(text: str) -> None:
    started = time.perf_counter()
    with pytest.raises(feel.FeelLimit):
        feel.compile(text).evaluate({}, now=NOW)
    assert time.perf_counter() - started < 20


@pytest.mark.parametrize(
    "pattern", ["^(a+)+$", "^(a|a)*$", "(a*)*b", "(a*)*\\1b", "a*a*a*a*a*a*a*b", "(.*a){20}", "(a?){40}a{40}"]
)
def test_a_regular_expression_takes_no_more_time_than_its_text_deserves(value: Evaluate, pattern: str) -> None:
    started = time.perf_counter()
    with suppress(feel.FeelLimit):  # a back-reference may use up the budget
        value("matches(text, pattern)", text="a" * 300 + "!", pattern=pattern)
    assert time.perf_counter() - started < 10


def test_a_regular_expression_on_a_very_long_text_is_null(value: Evaluate, reasons: Evaluate) -> None:
    text: Any = "a" * 100_000
    assert value('matches(text, "b")', text=text) is None
    assert reasons('matches(text, "b")', text=text) == ("the regular expression or its text is too long",)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 500 + "1" + ")" * 500,
        "[" * 500 + "]" * 500,
        "-" * 1000 + "1",
        "if true then " * 300 + "1" + " else 2" * 300,
        "+".join(["1"] * 1000),
        "a in (" * 200 + "1..2" + ")" * 200,
        "a" * 60_000,
    ],
)
def test_a_text_that_is_nested_or_chained_too_far_is_no_expression(text: str) -> None:
    with pytest.raises(feel.FeelSyntaxError):
        feel.compile(text)


def test_a_long_but_honest_chain_is_fine(value: Evaluate) -> None:
    assert value("+".join(["1"] * 200)) == 200


def test_numbers_stay_34_digits_long(value: Evaluate) -> None:
    assert len(value("string(2 ** 500)").rstrip("0")) <= 34
    assert value("9 ** 9 ** 9 ** 9 ** 9") is None


def test_numbers_from_elsewhere_that_are_none_or_huge_do_no_harm(value: Evaluate) -> None:
    for text in ("a < 1", "a = 1", "a + 1", "string(a)", 'substring("abc", a)', "[1, 2][a]", "floor(a)", "max(a, 1)"):
        for number in (Decimal("NaN"), Decimal("Infinity"), Decimal("1E+999999"), Decimal("-1E+999999")):
            value(text, a=number)


def test_durations_do_not_grow_without_end(value: Evaluate) -> None:
    assert value('duration("P1Y") * 10 ** 6000') is None
    assert value('duration("P1D") * 10 ** 6000') is None


@pytest.mark.slow
def test_evaluations_that_share_an_allowance_stop_together() -> None:
    allowance = feel.Allowance()
    heavy, light = feel.compile("count(for i in 1..200000 return i)"), feel.compile("1 + 1")
    for _ in range(5):
        heavy.evaluate({}, now=NOW, allowance=allowance)
    with suppress(feel.FeelLimit):
        for _ in range(100):
            heavy.evaluate({}, now=NOW, allowance=allowance)
    for _ in range(2):
        with pytest.raises(feel.FeelLimit, match="together"):
            light.evaluate({}, now=NOW, allowance=allowance)
    assert light.evaluate({}, now=NOW) == 2
