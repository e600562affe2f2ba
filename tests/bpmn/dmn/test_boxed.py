"""Boxed conditionals, filters, loops, and the types of variables."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from bpmn import dmn, feel

from .building import file, literal

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
D = Decimal
TYPES = """
<itemDefinition name="tAge"><typeRef>number</typeRef>
  <allowedValues><text>[0..150]</text></allowedValues></itemDefinition>
<itemDefinition name="tAges" isCollection="true"><typeRef>tAge</typeRef>
  <typeConstraint><text>count(?) &lt; 4</text></typeConstraint></itemDefinition>
<itemDefinition name="tPerson">
  <itemComponent name="name"><typeRef>string</typeRef></itemComponent>
  <itemComponent name="age"><typeRef>tAge</typeRef></itemComponent>
</itemDefinition>
<itemDefinition name="tMeasure"><functionItem outputTypeRef="number">
  <parameters name="of" typeRef="string"/></functionItem>
</itemDefinition>
<itemDefinition name="tTree"><itemComponent name="value"><typeRef>number</typeRef></itemComponent>
  <itemComponent name="below" isCollection="true"><typeRef>tTree</typeRef></itemComponent></itemDefinition>
"""


def made(logic: str, declared: str = "", **variables: Any) -> dmn.Decided:
    kind = f' typeRef="{declared}"' if declared else ""
    xml = file(TYPES, f'<decision id="d" name="d"><variable name="d"{kind}/>{logic}</decision>')
    decisions = dmn.read(xml)
    assert {problem.code for problem in decisions.problems()} <= {"always-same", "not-boolean", "wrong-type"}
    return decisions.evaluate("d", variables, now=NOW, strict=False)


@pytest.mark.parametrize(("condition", "expected"), [("true", "a"), ("false", "b"), ("null", "b"), ('"x"', None)])
def test_a_conditional(condition: str, expected: str | None) -> None:
    parts = (("if", condition), ("then", '"a"'), ("else", '"b"'))
    inside = "".join(f"<{name}>{literal(text)}</{name}>" for name, text in parts)
    assert made(f"<conditional>{inside}</conditional>").value == expected


def test_a_filter_sees_the_item_and_its_entries() -> None:
    people = [{"age": D(3)}, {"age": D(30)}]
    inside = f"<in>{literal('people')}</in><match>{literal('age > least and item.age < 99')}</match>"
    assert made(f"<filter>{inside}</filter>", people=people, least=D(5)).value == [{"age": D(30)}]


def test_loops_go_through_lists_and_ranges_and_see_what_they_made() -> None:
    inside = f"<in>{literal('[1..4]')}</in><return>{literal('n + count(partial)')}</return>"
    assert made(f'<for iteratorVariable="n">{inside}</for>').value == [D(1), D(3), D(5), D(7)]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("some", "n > 2", True),
        ("some", "n > 9", False),
        ("every", "n > 0", True),
        ("every", "n > 1", False),
        ("every", 'n > "x"', None),
    ],
)
def test_some_and_every(kind: str, text: str, expected: bool | None) -> None:
    inside = f"<in>{literal('[1, 2, 3]')}</in><satisfies>{literal(text)}</satisfies>"
    assert made(f'<{kind} iteratorVariable="n">{inside}</{kind}>').value is expected


@pytest.mark.slow
def test_a_boxed_loop_keeps_to_the_budget() -> None:
    inside = f"<in>{literal('[1..1000000000]')}</in><return>{literal('n')}</return>"
    with pytest.raises(feel.FeelLimit):
        made(f'<for iteratorVariable="n">{inside}</for>')


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        ("30", "tAge", D(30)),
        ("300", "tAge", None),
        ('"30"', "tAge", None),
        ("[30]", "tAge", D(30)),
        ("30", "tAges", [D(30)]),
        ("[30, 300]", "tAges", None),
        ("[1, 2, 3, 4]", "tAges", None),
        ('{name: "a", age: [7]}', "tPerson", {"name": "a", "age": D(7)}),
        ('{name: "a", age: 700}', "tPerson", None),
        ('date("2026-03-02")', "date and time", datetime(2026, 3, 2, tzinfo=UTC)),
        (
            "{value: 1, below: [{value: 2, below: []}]}",
            "tTree",
            {"value": D(1), "below": [{"value": D(2), "below": []}]},
        ),
        ("null", "tAge", None),
    ],
)
def test_a_value_is_made_to_fit_its_declared_type_or_is_null(text: str, declared: str, expected: Any) -> None:
    found = made(literal(text), declared)
    assert found.value == expected
    assert expected is not None or text == "null" or found.reasons != ()


def test_instance_of_knows_the_types_of_the_file() -> None:
    assert made(literal("[1 instance of tAge, 1 instance of tPerson, [1] instance of tAges]")).value == [
        True,
        False,
        True,
    ]
    assert made(literal("(function(of: string) 1) instance of tMeasure")).value is False
    assert made(literal("(function(a: number, b: number) 1) instance of tMeasure")).value is False


def test_types_that_grow_at_every_level_are_not_compared_without_end() -> None:
    def level(name: str, prefix: str, inner: str) -> str:
        parts = "".join(f'<itemComponent name="{part}"><typeRef>{inner}</typeRef></itemComponent>' for part in "ab")
        return f'<itemDefinition name="{prefix}{name}">{parts}</itemDefinition>'

    grown = [level(str(n), p, f"{p}{n - 1}" if n else "number") for p in "tu" for n in range(40)]
    function = (
        '<itemDefinition name="f"><functionItem outputTypeRef="u39"><parameters name="x" typeRef="Any"/></functionItem>'
    )
    text = literal("(function(x: Any, y: t39) x) instance of g")
    made_of = '<itemDefinition name="g"><functionItem outputTypeRef="Any"><parameters name="x" typeRef="Any"/>'
    made_of += '<parameters name="y" typeRef="u39"/></functionItem></itemDefinition>'
    xml = file(*grown, function + "</itemDefinition>", made_of, f'<decision id="d" name="d">{text}</decision>')
    with pytest.raises(feel.FeelLimit):
        dmn.read(xml).evaluate("d", {}, now=NOW)
