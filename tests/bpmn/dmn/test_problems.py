"""What is told about a file before anyone relies on it."""

from collections.abc import Sequence

import pytest

from bpmn import dmn

from .building import decision, file, literal, table


def problems(source: str, **options: Sequence[str]) -> list[dmn.Problem]:
    return dmn.read(file(decision("d", source, **options))).problems()


def overlapping(rules: Sequence[Sequence[str]], policy: str = "UNIQUE", columns: int = 1) -> list[str]:
    inputs = [f"x{number}" for number in range(columns)]
    found = problems(table(inputs, ["y"], rules, policy))
    return [problem.element for problem in found if problem.code == "overlap"]


@pytest.mark.parametrize(
    ("first", "second", "meet"),
    [
        ("< 5", ">= 5", False),
        ("<= 5", ">= 5", True),
        ("[1..5)", "[5..9]", False),
        ("[1..5]", "3", True),
        ("(1..2)", "2", False),
        ("1, 2", "3, 4", False),
        ("1, 2", "2, 3", True),
        ('"a"', '"b"', False),
        ('"a", "b"', '"b"', True),
        ('not("a")', '"a"', False),
        ('not("a")', '"b"', True),
        ('not("a")', 'not("b")', True),
        ("true", "false", False),
        ("true", "-", True),
        ("-", "-", True),
        ('"5"', "5", False),
        ('< date("2026-01-01")', '>= date("2026-01-01")', False),
        ('<= @"2026-01-01"', '>= date("2026-01-01")', True),
        ("-5", "< 0", True),
        ("limit", "5", False),
        ("? > 5", "6", True),
        ("limit", "limit", True),
    ],
)
def test_overlaps_under_unique_are_proven_or_left_alone(first: str, second: str, meet: bool) -> None:
    assert bool(overlapping([[first, "1"], [second, "2"]])) is meet
    assert bool(overlapping([[second, "1"], [first, "2"]])) is meet


def test_rules_overlap_only_if_every_column_does() -> None:
    rules = [["< 5", '"a"', "1"], ["< 9", '"b"', "2"], ["> 3", '"a", "c"', "3"]]
    assert overlapping(rules, columns=2) == ["rule3"]


def test_any_may_overlap_with_the_same_outputs_only() -> None:
    assert overlapping([["< 5", "1"], ["< 6", "1"]], "ANY") == []
    assert overlapping([["< 5", "1"], ["< 6", "2"]], "ANY") == ["rule2"]
    assert overlapping([["< 5", "1"], ["< 6", "limit"]], "ANY") == []


def test_other_hit_policies_may_overlap() -> None:
    for policy in ("FIRST", "COLLECT", "RULE ORDER"):
        assert overlapping([["< 5", "1"], ["< 6", "2"]], policy) == []


def test_wrong_tables_are_told_with_the_place() -> None:
    unknown = problems(table(["x"], ["y"], [["1", "1"]], "BEST"))
    assert [(problem.code, problem.element) for problem in unknown] == [("hit-policy", "table")]
    short = problems(table(["x", "z"], ["y"], [["1", "1"]]))
    assert {(problem.code, problem.element) for problem in short} == {("columns", "rule1")}
    cell = problems(table(["x"], ["y"], [["< ", "1"]]))
    assert [(problem.code, problem.element) for problem in cell] == [("expression", "rule1")]
    assert "<: Line 1, column 2: expected a value" in cell[0].message
    wide = problems(table(["x"], ["y", "z"], [["1", "1", "2"]], "COLLECT", "SUM"))
    assert [problem.code for problem in wide] == ["aggregation"]
    twins = problems(table(["x"], ["y", "y"], [["1", "1", "2"]]))
    assert [problem.code for problem in twins] == ["columns"]


def test_requirements_must_be_in_the_file() -> None:
    found = problems(literal("1"), requires=["elsewhere"])
    assert [problem.code for problem in found] == ["requirement"]


def test_other_expression_languages_are_told() -> None:
    found = problems('<literalExpression expressionLanguage="juel"><text>1</text></literalExpression>')
    assert [problem.code for problem in found] == ["language"]


def test_a_boxed_expression_that_lacks_its_parts_is_told() -> None:
    found = problems("<conditional><if/></conditional>")
    assert [problem.code for problem in found] == ["expression"] * 3


def test_a_type_nobody_declared_is_told() -> None:
    found = problems('<literalExpression typeRef="number"><text>1</text></literalExpression>')
    assert found == []
    context = '<context><contextEntry><variable name="x" typeRef="tNowhere"/>{}</contextEntry></context>'
    found = problems(context.format(literal("1")))
    assert [(problem.code, problem.message) for problem in found] == [("type", "there is no type tNowhere")]
