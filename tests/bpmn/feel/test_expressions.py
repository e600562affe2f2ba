"""Operators, conditions, loops, lists, contexts and functions."""

from decimal import Decimal
from typing import Any

import pytest

from bpmn import feel

from .conftest import NOW, Evaluate

D = Decimal


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", D(7)),
        ("(1 + 2) * 3", D(9)),
        ("2 ** 3 ** 2", D(64)),
        ("-3 ** 2", D(9)),
        ("10 - 4 - 3", D(3)),
        ("0.1 + 0.2 = 0.3", True),
        ("1 / 3", D("0.3333333333333333333333333333333333")),
        ("1.5e2", D(150)),
        (".5 + 1", D("1.5")),
        ('"Feb" + "ruary"', "February"),
        ('1 + "a"', None),
        ("1 / 0", None),
        ("10 ** 7000", None),
    ],
)
def test_arithmetic_is_decimal_and_null_where_it_has_no_meaning(value: Evaluate, text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true and null", None),
        ("false and null", False),
        ("null and false", False),
        ("true or null", True),
        ("null or true", True),
        ("null or false", None),
        ("not(null)", None),
        ("not(false)", True),
        ('true and "yes"', None),
    ],
)
def test_logic_has_three_values(value: Evaluate, text: str, expected: bool | None) -> None:
    assert value(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("null = null", True),
        ("1 = null", False),
        ("1 != null", True),
        ('1 = "1"', None),
        ("1.0 = 1", True),
        ("[1, 2] = [1, 2]", True),
        ("{a: 1, b: 2} = {b: 2, a: 1}", True),
        ('1 < "2"', None),
        ("null < 1", None),
        ('"abc" < "abd"', True),
        ("5 between 1 and 5", True),
        ("5 between 1 and 4", False),
        ("null between 1 and 4", None),
    ],
)
def test_comparison_is_null_between_kinds(value: Evaluate, text: str, expected: bool | None) -> None:
    assert value(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 in [1..3]", True),
        ("3 in [1..3)", False),
        ("1 in ]1..3]", False),
        ("2 in (1..3)", True),
        ("2 in [1..3[", True),
        ("5 in (< 3, >= 5)", True),
        ("5 in > 5", False),
        ('"b" in ("a", "b")', True),
        ("2 in [1, 2, 3]", True),
        ("4 in [[1..3], [4..5]]", True),
        ("[1..3] = [1..3]", True),
        ("[1..3].end", D(3)),
    ],
)
def test_ranges_and_lists_are_asked_with_in(value: Evaluate, text: str, expected: Any) -> None:
    assert value(text) == expected


def test_if_takes_the_second_road_unless_the_condition_is_true(value: Evaluate) -> None:
    assert value('if amount > 10 then "much" else "little"', amount=D(11)) == "much"
    assert value('if amount > 10 then "much" else "little"') == "little"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("for x in [1, 2] return x * 2", [D(2), D(4)]),
        ("for x in [1, 2], y in [x, 10] return x * y", [D(1), D(10), D(4), D(20)]),
        ("for x in 3..1 return x", [D(3), D(2), D(1)]),
        ("for x in [1..4) return x", [D(1), D(2), D(3)]),
        ("for x in 1..4 return if x = 1 then 1 else x * partial[-1]", [D(1), D(2), D(6), D(24)]),
        ("some x in [1, 2] satisfies x > 1", True),
        ("every x in [1, 2] satisfies x > 1", False),
        ("every x in [] satisfies x > 1", True),
        ("some x in [null] satisfies x > 1", None),
        ("for x in null return x", None),
    ],
)
def test_loops(value: Evaluate, text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("xs[1]", D(5)),
        ("xs[-1]", D(7)),
        ("xs[0]", None),
        ("xs[4]", None),
        ("xs[item > 5]", [D(6), D(7)]),
        ("xs[n]", D(6)),
        ("people[age > 30].name", ["Jan"]),
        ("people[1].name", "Eva"),
        ("people.age", [D(30), D(40)]),
        ("people[age > limit].name", ["Jan"]),
        ("5[1]", D(5)),
        ("5[2]", None),
        ("[][1]", None),
    ],
)
def test_lists_are_filtered_and_counted_from_one(value: Evaluate, text: str, expected: Any) -> None:
    people = [{"name": "Eva", "age": D(30)}, {"name": "Jan", "age": D(40)}]
    assert value(text, xs=[D(5), D(6), D(7)], n=D(2), limit=D(35), people=people) == expected


def test_entries_of_a_context_see_those_before_them(value: Evaluate) -> None:
    assert value("{net: 100, tax: net * 0.21, gross: net + tax}.gross") == D(121)
    assert value("{two words: 1}.two words") == D(1)


def test_a_path_into_nothing_is_null_with_a_reason(value: Evaluate, reasons: Evaluate) -> None:
    assert value("a.b.c", a={"b": None}) is None
    assert reasons("a.b", a={}) == ('there is no entry "b"',)
    assert reasons("unheard") == ('"unheard" is not known',)


def test_functions_are_values_and_may_call_themselves(value: Evaluate) -> None:
    assert value("{twice: function(n) n * 2, result: twice(21)}.result") == D(42)
    assert value("{f: function(n: number) if n < 2 then 1 else n * f(n - 1), r: f(5)}.r") == D(120)
    assert value("sort([3, 1, 2], function(a, b) a > b)") == [D(3), D(2), D(1)]
    assert value("{add: function(a, b) a - b, r: add(b: 1, a: 5)}.r") == D(4)


def test_a_function_keeps_the_names_it_saw_where_it_was_written(value: Evaluate) -> None:
    text = "{make: function(n) function(m) m + n, five: make(5), six: make(6), r: [five(1), six(1)]}.r"
    assert value(text) == [D(6), D(7)]


def test_functions_written_in_other_languages_are_never_run(value: Evaluate) -> None:
    assert value('{f: function(a) external {java: {class: "java.lang.System"}}, r: f(1)}.r') is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 instance of number", True),
        ('"a" instance of number', False),
        ("[1, 2] instance of list<number>", True),
        ('[1, "a"] instance of list<number>', False),
        ('duration("P1D") instance of days and time duration', True),
        ("{a: 1} instance of context<a: number>", True),
        ("[1..2] instance of range<number>", True),
        ("null instance of Any", False),
        ("1 instance of unknown", None),
    ],
)
def test_types_are_asked_with_instance_of(value: Evaluate, text: str, expected: bool | None) -> None:
    assert value(text) is expected


def test_only_what_a_variable_can_hold_leaves_an_expression(value: Evaluate) -> None:
    assert value("[1..3]") is None
    assert value("[max, 1]") == [None, D(1)]


def test_names_tell_which_variables_are_read() -> None:
    expression = feel.compile("a.b + count(xs[price > limit]) + (for i in ys return i)[1]")
    assert expression.names == {"a", "xs", "ys"}
    assert expression.possible_names == {"price", "limit"}


def test_known_names_may_have_spaces_and_signs() -> None:
    expression = feel.compile("Monthly Salary * 12 - first-month", names=("Monthly Salary", "first-month"))
    assert expression.evaluate({"Monthly Salary": D(10), "first-month": D(20)}, now=NOW) == D(100)


def test_a_variable_may_have_the_name_of_a_function(value: Evaluate) -> None:
    assert value("count + 1", count=D(2)) == D(3)
    expression = feel.compile("count([1, 2]) + count", names=("count",))
    assert expression.evaluate({"count": D(5)}, now=NOW) == D(7)


def test_strings_count_code_points(value: Evaluate) -> None:
    assert value('string length("\\U01F40Eab")') == D(3)
    assert value('substring("\\uD83D\\uDC0Eab", 2)') == "ab"


def test_comments_are_skipped(value: Evaluate) -> None:
    assert value("1 + // one\n 2 /* and\n two */") == D(3)


def test_whole_numbers_of_python_count_as_numbers(value: Evaluate) -> None:
    assert value("a + 1 = 3 and a < 3", a=2) is True


def test_python_attributes_cannot_be_reached(value: Evaluate) -> None:
    for text in ("a.__class__", "a.real", '"x".format', "now().tzinfo", "{}.keys", "max.call"):
        assert value(text, a=D(1)) is None
