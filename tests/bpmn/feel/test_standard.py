"""Finer points of the standard."""

from decimal import Decimal
from typing import Any

import pytest

from bpmn import feel
from bpmn.feel.machine import Function, Type

from .conftest import NOW, Evaluate

D = Decimal


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 ** 0", D(1)),
        ("0 ** -1", None),
        ("(-8) ** 0.5", None),
        ("1 between 2 and null", False),
        ("1 between 1 and null", None),
        ("2 between 1 and 3", True),
        ("5 in (< 6)", True),
        ("5 in (!= 5)", False),
        ("4 in (!= 5)", True),
        ("5 in (null..10]", None),
        ("(= 10) = [10..10]", False),
        ("(!= 10) = (!= 10)", True),
        ("(< 10).end", D(10)),
        ("string([(< 10), (>= 2), (!= 3), [1..2)])", "[(<10), (>=2), (!=3), [1..2)]"),
        ("append([1], 2, 3)", [D(1), D(2), D(3)]),
        ("append(list: [1], item: 2)", [D(1), D(2)]),
        ("concatenate([1], null)", None),
        ("union([1], [1, 2])", [D(1), D(2)]),
        ("is(value1: 1)", False),
        ("before(range: [2..3], point: 4)", True),
        ("before(point: 4, range: [2..3])", False),
        ("includes(range: [1..5], point: 3)", True),
        ("coincides(point1: 1, point2: 1)", True),
        ("[1, 2, 3][null]", []),
        ('[1, 2, 3]["a"]', None),
        ('["a"][upper case(item)]', None),
        ('{"two words": 1}.two words', D(1)),
        ('{"a)": 1, a: 2, b: (a)}.b', D(2)),
        ('get value({"a) [b": 1}, "a) [b")', D(1)),
        ('time("10:30:00.1") = time("10:30:00.2")', True),
        ('duration("PT0.S") = duration("PT0S")', True),
        ('string(time("10:15:30@EST5EDT"))', "10:15:30@EST5EDT"),
        ('time("24:00:00") = time("00:00:00")', True),
        ('date and time("2025-12-31T24:00:00Z") = date and time("2026-01-01T00:00:00Z")', True),
        ('date and time("999999999-12-31T24:00:00")', None),
        ('time("24:00:01")', None),
        ('string(years and months duration(@"2015-12-21T23:59:59", @"2016-12-21T00:00:00"))', "P1Y"),
        ('string(years and months duration(@"2017-12-31", @"2019-10-01"))', "P1Y9M"),
        ('string(years and months duration(@"2013-08-24", @"2011-12-22"))', "-P1Y8M"),
        ('date and time("2026-01-31T10:00:00+14:30")', None),
        ("for i in 1..2, j in 1..i return i * j", [D(1), D(2), D(4)]),
        ("{add: function(a) function(b) a + b, r: add(1)(2)}.r", D(3)),
    ],
)
def test_values(value: Evaluate, text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    "text", ["[1, 2,]", "count([1],)", "{a: 1,}", "{1: 2}", "function(a,) a", "1 instance of list<number,>"]
)
def test_what_the_grammar_does_not_know_is_refused(text: str) -> None:
    with pytest.raises(feel.FeelSyntaxError):
        feel.compile(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(function(a: number) a)([5])", D(5)),
        ("(function(a: list<number>) a)(5)", [D(5)]),
        ('(function(a: date and time) a)(date("2026-03-02")) = date and time("2026-03-02T00:00:00Z")', True),
        ('(function(a: number) 1)("x")', None),
        ("(function(a: list<number>) a)([1, null])", [D(1), None]),
        ("(function(a: context<b: number>) a.b)({b: [7]})", D(7)),
        ('(function(a: range<number>) a)(["a".."b"]) = null', True),
    ],
)
def test_arguments_are_made_to_fit_the_declared_types(value: Evaluate, text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(function(a: number, b) a) instance of function<number, Any> -> Any", True),
        ("(function(a: number) a) instance of function<string> -> Any", False),
        ("(function(a) a) instance of function<string> -> Any", True),
        ("(function(a) a) instance of function<string, string> -> Any", False),
        ("[1..2] instance of range<number>", True),
        ('["a".."b"] instance of range<number>', False),
        ("(< 5) instance of range<number>", True),
        ("{a: [1]} instance of context<a: list<number>>", True),
        ("{} instance of context<a: number>", False),
    ],
)
def test_generic_types(value: Evaluate, text: str, expected: bool) -> None:
    assert value(text) is expected


def test_item_definitions_come_as_types() -> None:
    small = feel.compile_unary("[0..9]")
    types = {"digit": Type("number", allowed=(small,)), "digits": Type("list", (Type("number", allowed=(small,)),))}
    made = feel.compile("(function(x: digits) x)(n)", ["n"], types)
    assert made.evaluate({"n": D(7)}, now=NOW) == [D(7)]
    found = made.explain({"n": [D(7), D(70)]}, now=NOW)
    assert found.value is None
    assert any("[0..9]" in reason for reason in found.reasons)
    assert feel.compile("70 instance of digit", (), types).evaluate({}, now=NOW) is True


def test_an_argument_may_have_any_name_that_is_known() -> None:
    text = "(function(loan-amount, the rate) loan-amount * the rate)(the rate: 2, loan-amount: 21)"
    assert feel.compile(text).evaluate({}, now=NOW) == D(42)
    assert feel.compile("substring(start position: 2, string: x)", ["start"]).evaluate({"x": "abc"}, now=NOW) == "bc"


def test_a_function_knows_its_signature(value: Evaluate) -> None:
    seen: list[Function] = []
    probe = Function("probe", ("f",), lambda run, arguments: seen.append(arguments[0]))
    feel.compile("probe(function(a: number, b) a)", ["probe"]).evaluate({"probe": probe}, now=NOW)
    assert [part.name for part in (seen[0].signature or Type("")).parts] == ["number", "Any", "Any"]
