"""The built-in functions."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bpmn.values import YearsMonths

from .conftest import Evaluate

D = Decimal


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('substring("foobar", 3)', "obar"),
        ('substring("foobar", 3, 3)', "oba"),
        ('substring("foobar", -2, 1)', "a"),
        ('substring("foobar", 0)', None),
        ('string length("")', D(0)),
        ('upper case("žluť")', "ŽLUŤ"),
        ('substring before("foobar", "bar")', "foo"),
        ('substring after("foobar", "o")', "obar"),
        ('substring after("foobar", "x")', ""),
        ('contains("foobar", "ob")', True),
        ('starts with("foobar", "fo")', True),
        ('ends with("foobar", "fo")', False),
        ('string join(["a", null, "b"], "-")', "a-b"),
        ('string join(["a", 1])', None),
        ('matches("S003-10", "^S\\\\d{3}-")', True),
        ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', "[1=ab][2=]cd"),
        ('split("a;b;;c", ";")', ["a", "b", "", "c"]),
        ("upper case(1)", None),
    ],
)
def test_strings(value: Evaluate, text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("list contains([1, 2], 2)", True),
        ("list contains([1, null], null)", True),
        ("count([1, 2, 3])", D(3)),
        ("min(3, 1, 2)", D(1)),
        ('max(["a", "c"])', "c"),
        ("max([])", None),
        ('max([1, "a"])', None),
        ("sum([1, 2.5])", D("3.5")),
        ('sum(duration("P1D"), duration("PT12H"))', timedelta(days=1, hours=12)),
        ("mean([1, 2, 6])", D(3)),
        ("median([8, 2, 5, 3, 4])", D(4)),
        ("median([1, 2])", D("1.5")),
        ("stddev(2, 4, 7, 5)", D("2.081665999466132735282297706979931")),
        ("mode([6, 3, 9, 6, 6])", [D(6)]),
        ("product([2, 3, 4])", D(24)),
        ("all([true, null, false])", False),
        ("any([false, null])", None),
        ("sublist([4, 5, 6], 1, 2)", [D(4), D(5)]),
        ("append([1], 2)", [D(1), D(2)]),
        ("concatenate([1], [2, 3])", [D(1), D(2), D(3)]),
        ("insert before([1, 3], 1, 2)", [D(2), D(1), D(3)]),
        ("remove([1, 2, 3], 2)", [D(1), D(3)]),
        ("list replace([1, 2], 2, 9)", [D(1), D(9)]),
        ("list replace([1, 7], function(item, new) item > 5, 0)", [D(1), D(0)]),
        ("reverse([1, 2])", [D(2), D(1)]),
        ("index of([1, 2, 1], 1)", [D(1), D(3)]),
        ("union([1, 2], [2, 3])", [D(1), D(2), D(3)]),
        ("distinct values([1, 2, 1])", [D(1), D(2)]),
        ("flatten([[1, [2]], 3])", [D(1), D(2), D(3)]),
        ("sort([3, 1, 2])", [D(1), D(2), D(3)]),
    ],
)
def test_lists(value: Evaluate, text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("decimal(1/3, 2)", D("0.33")),
        ("decimal(2.345, 2)", D("2.34")),
        ("decimal(1.5, 0)", D(2)),
        ("floor(-1.5)", D(-2)),
        ("ceiling(1.23, 1)", D("1.3")),
        ("round up(5.5, 0)", D(6)),
        ("round down(-5.5, 0)", D(-5)),
        ("round half up(-2.5, 0)", D(-3)),
        ("round half down(2.5, 0)", D(2)),
        ("round half up(125, -1)", D(130)),
        ("floor(1.5, null)", None),
        ("abs(-3)", D(3)),
        ('abs(duration("-P1Y"))', YearsMonths(12)),
        ("modulo(-12, 5)", D(3)),
        ("modulo(1, 0)", None),
        ("sqrt(16)", D(4)),
        ("sqrt(-1)", None),
        ("log(0)", None),
        ("exp(0)", D(1)),
        ("even(2)", True),
        ("odd(2.5)", False),
    ],
)
def test_numbers(value: Evaluate, text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('number("1 000,5", " ", ",")', D("1000.5")),
        ('number("abc")', None),
        ("string(1.10)", "1.10"),
        ('string({a: [1, "x", null]})', '{a: [1, "x", null]}'),
        ("string(null)", None),
        ('string(duration("P1DT2H"))', "P1DT2H"),
        ('string(date and time("2026-01-31T10:00:00@Europe/Prague"))', "2026-01-31T10:00:00@Europe/Prague"),
        ('get value({a: 1}, "a")', D(1)),
        ("get entries({a: 1})", [{"key": "a", "value": D(1)}]),
        ('context put({a: 1}, "b", 2)', {"a": D(1), "b": D(2)}),
        ('context put({a: {b: 1}}, ["a", "b"], 2)', {"a": {"b": D(2)}}),
        ("context merge([{a: 1}, {a: 2, b: 3}])", {"a": D(2), "b": D(3)}),
        ('context([{key: "a", value: 1}])', {"a": D(1)}),
        ("is defined(missing)", False),
        ('range("[1..3)").start included', True),
    ],
)
def test_conversions_and_contexts(value: Evaluate, text: str, expected: Any) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("before(1, 10)", True),
        ("before([1..5), [5..10])", True),
        ("before([1..5], [5..10])", False),
        ("after([5..10], 4)", True),
        ("meets([1..5], [5..10])", True),
        ("met by([5..10], [1..5])", True),
        ("overlaps([1..5], [3..8])", True),
        ("overlaps before([1..5], [3..8])", True),
        ("overlaps after([3..8], [1..5])", True),
        ("finishes(10, [1..10])", True),
        ("finished by([1..10], [5..10])", True),
        ("includes([1..10], 5)", True),
        ("during([4..6], [1..10])", True),
        ("starts([1..5], [1..10])", True),
        ("started by([1..10], 1)", True),
        ("coincides([1..5], [1..5])", True),
        ('before(1, "a")', None),
    ],
)
def test_ranges(value: Evaluate, text: str, expected: bool | None) -> None:
    assert value(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('date("2026-01-31") + duration("P1M")', date(2026, 2, 28)),
        ('date("2026-03-01") - date("2026-02-01")', timedelta(days=28)),
        ('@"2026-01-31" < @"2026-02-01"', True),
        ('date("2026-02-30")', None),
        ("date(2026, 2, 28).weekday", D(6)),
        ('date(date and time("2026-01-31T10:00:00Z"))', date(2026, 1, 31)),
        ('time("10:30:00") + duration("PT14H")', time(0, 30)),
        ('time("25:00:00")', None),
        ('@"10:30:00+02:00" = @"08:30:00Z"', True),
        ('date and time("2026-01-31T10:00:00Z") - duration("PT1H")', datetime(2026, 1, 31, 9, tzinfo=UTC)),
        ('date and time(date("2026-01-31"), time("08:00:00Z"))', datetime(2026, 1, 31, 8, tzinfo=UTC)),
        ('duration("P14D")', timedelta(days=14)),
        ('duration("P1Y6M")', YearsMonths(18)),
        ('duration("P1M1D")', None),
        ('duration("P1D") * 2.5', timedelta(days=2, hours=12)),
        ('duration("P1D") / duration("PT6H")', D(4)),
        ('duration("P1Y").months', D(0)),
        ('duration("-PT90M").hours', D(-1)),
        ('years and months duration(date("2011-12-22"), date("2013-08-24"))', YearsMonths(20)),
        ("day of week(today())", "Monday"),
        ("month of year(today())", "March"),
        ("day of year(today())", D(61)),
        ("week of year(today())", D(10)),
        ("now() > today()", None),
    ],
)
def test_dates_and_times(value: Evaluate, text: str, expected: Any) -> None:
    assert value(text) == expected


def test_a_day_is_24_hours_also_when_the_clocks_change(value: Evaluate) -> None:
    later = value('date and time("2026-03-28T12:00:00@Europe/Prague") + duration("P1D")')
    assert later.isoformat() == "2026-03-29T13:00:00+02:00"


def test_times_without_a_zone_stay_without_one(value: Evaluate) -> None:
    local = value('date and time("2026-03-28T12:00:00")')
    assert local.tzinfo is None
    assert value('date and time("2026-03-28T12:00:00") = date and time("2026-03-28T12:00:00Z")') is False


def test_a_list_of_one_stands_for_its_item_and_an_item_for_a_list_of_one(value: Evaluate) -> None:
    assert value('upper case(["a"])') == "A"
    assert value("count(5)") == D(1)


def test_arguments_may_be_named(value: Evaluate) -> None:
    assert value('substring(start position: 2, string: "abc")') == "bc"
    assert value("round half up(scale: 1, n: 2.25)") == D("2.3")
