"""Tables that cannot be meant: every finding is shown to be true by running the table, and none is missed."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpmn import dmn, feel, types

from .building import decision, file, table

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


def found(
    rules: Sequence[Sequence[str]], policy: str = "UNIQUE", columns: int = 1, extra: str = "", **known: types.Type
) -> list[tuple[str, str, str]]:
    """Code, severity and sentence of everything found in a table of inputs x0, x1, …"""
    inputs = [f"x{number}" for number in range(columns)]
    read = dmn.read(file(decision("d", table(inputs, ["y"], rules, policy, extra=extra))))
    analysed = read.analysed("d", types.Environment(known, closed=False))
    return [(problem.code, problem.severity, problem.message) for problem in analysed.problems]


def test_a_gap_is_told_with_a_row_that_falls_through() -> None:
    assert found([["< 5", "1"], ["> 5", "2"]]) == [("gap", "error", "no rule matches this row: x0: 5")]
    assert found([["< 5", "1"], [">= 5", "2"]]) == []
    assert found([["[1..3]", "1"], ["[4..6]", "2"], ["< 1, > 6", "3"]]) == [
        ("gap", "error", "no rule matches this row: x0: 3.5")
    ]
    assert found([['"a"', "1"], ['"b"', "2"]]) == [("gap", "error", 'no rule matches this row: x0: "A"')]
    assert found([["true", "1"]]) == [("gap", "error", "no rule matches this row: x0: false")]


def test_a_gap_between_two_columns_is_found() -> None:
    rules = [["true", "< 5", "1"], ["false", "-", "2"], ["-", "> 5", "3"]]
    assert ("gap", "error", "no rule matches this row: x0: true, x1: 5") in found(rules, "ANY", 2)


def test_days_follow_each_other_without_a_gap_and_times_by_seconds() -> None:
    assert found([['<= @"2026-01-31"', "1"], ['>= @"2026-02-01"', "2"]]) == []
    assert found([['< @"2026-01-31"', "1"], ['> @"2026-01-31"', "2"]]) == [
        ("gap", "error", 'no rule matches this row: x0: @"2026-01-31"')
    ]
    assert found([['<= @"12:00:00"', "1"], ['>= @"12:00:01"', "2"]]) == []
    assert found([['<= @"P1D"', "1"], ['>= @"P2D"', "2"]])[0][2] == 'no rule matches this row: x0: @"P1DT0.000001S"'
    assert found([['<= @"P1M"', "1"], ['>= @"P2M"', "2"]]) == []


def test_null_counts_where_a_cell_asks_for_it() -> None:
    assert found([["< 5", "1"], [">= 5", "2"]]) == []
    assert found([["< 5", "1"], [">= 5", "2"], ["null", "3"]]) == []
    assert found([["not(null)", "1"], ["null", "2"]]) == []
    assert found([["not(null)", "1"]])[0][2] == "no rule matches this row: x0: null"


def test_the_type_of_an_input_says_what_it_can_be() -> None:
    known = types.enumeration(["a", "b"]).optional
    assert found([['"a"', "1"], ['"b"', "2"]], x0=known) == []
    assert ("dead-rule", "warning", "rule 3 can never match: no value of x0 passes its test") in found(
        [['"a"', "1"], ['"b"', "2"], ['"c"', "3"]], x0=known
    )
    whole = types.Type((types.Plain("number", limits=types.Limits(Decimal(1), Decimal(6), True)),))
    assert found([["[1..3]", "1"], ["[4..6]", "2"]], x0=whole) == []


def test_possible_values_of_a_column_bound_it() -> None:
    xml = table(["x0"], ["y"], [['"a"', "1"], ['"b"', "2"]])
    xml = xml.replace("</inputExpression>", '</inputExpression><inputValues><text>"a", "b"</text></inputValues>')
    assert dmn.read(file(decision("d", xml))).problems() == []


@pytest.mark.parametrize(
    ("policy", "severity"),
    [("UNIQUE", "error"), ("FIRST", "error"), ("ANY", "error"), ("PRIORITY", "error"), ("RULE ORDER", "warning"),
     ("OUTPUT ORDER", "warning"), ("COLLECT", None)],
)  # fmt: skip
def test_what_a_gap_means_depends_on_the_hit_policy(policy: str, severity: str | None) -> None:
    gaps = [each[1] for each in found([["< 5", "1"]], policy) if each[0] == "gap"]
    assert gaps == ([severity] if severity else [])
    default = "<defaultOutputEntry><text>0</text></defaultOutputEntry>"
    assert found([["< 5", "1"]], policy, extra=default) == []


def test_an_overlap_is_told_with_a_row_that_both_rules_match() -> None:
    problem = found([["<= 5", "1"], [">= 5", "2"]])
    words = "rules 1 and 2 can both match, though at most one may (hit policy UNIQUE): x0: 5"
    assert problem == [("overlap", "error", words)]
    words = "rules 1 and 2 can both match, with different outputs (hit policy ANY): x0: 5"
    assert found([["<= 5", "1"], [">= 5", "2"]], "ANY") == [("overlap", "error", words)]
    assert found([["<= 5", "1"], [">= 5", "1.0"]], "ANY") == []
    assert [each[0] for each in found([["<= 5", "1"], [">= 5", "f"]], "ANY")] == ["unproven"]


def test_where_inputs_depend_on_each_other_a_finding_is_a_warning() -> None:
    inputs = ["a", "a + 1"]
    rules = [["< 0", "-", "1"], [">= 0", "< 5", "2"], ["-", "> 9", "3"]]
    problems = dmn.read(file(decision("d", table(inputs, ["y"], rules)))).problems()
    assert {(problem.code, problem.severity) for problem in problems} == {("overlap", "warning"), ("gap", "warning")}


def test_two_columns_on_the_same_input_are_seen_together() -> None:
    rules = [["< 5", "> 3", "1"], ["<= 3", "-", "2"], [">= 5", "-", "3"]]
    assert dmn.read(file(decision("d", table(["a", "a"], ["y"], rules)))).problems() == []


def test_rules_that_are_never_reached_are_told_with_those_before_them() -> None:
    assert found([["< 5", "1"], ["< 3", "2"], ["-", "3"]], "FIRST") == [
        ("masked-rule", "warning", "rule 2 is never reached: whatever it matches, rule 1 matches before it")
    ]
    together = found([["< 5", "1"], [">= 4", "2"], ["[1..9]", "3"]], "FIRST")
    assert together == [
        ("masked-rule", "warning", "rule 3 is never reached: whatever it matches, rules 1, 2 match before it")
    ]
    assert found([["< 5", "1"], ["-", "2"]], "FIRST") == []


def test_under_priority_the_more_important_output_goes_first() -> None:
    order = '<outputValues><text>"high", "low"</text></outputValues>'
    rules = [["< 5", '"low"'], ["-", '"high"']]
    assert [each[0] for each in found(rules, "PRIORITY", extra=order)] == ["masked-rule"]
    assert found([["< 5", '"high"'], ["-", '"low"']], "PRIORITY", extra=order) == []


def test_a_rule_that_nothing_matches_is_told() -> None:
    assert ("dead-rule", "warning", "rule 1 can never match: no value of x0 passes its test") in found(
        [["[5..3]", "1"], ["-", "2"]], "FIRST"
    )


def test_what_depends_on_computed_cells_is_said_to_be_unproven() -> None:
    assert found([["< today", "1"], [">= today", "2"]]) == [
        ("unproven", "warning", "it depends on computed cells whether rules 1 and 2 can match at once"),
        ("unproven", "warning", "it depends on computed cells whether a rule matches in every case"),
    ]
    assert found([["< today", "1"], ["-", "2"]], "FIRST") == []


@pytest.mark.slow
def test_a_table_too_large_to_compare_is_said_to_be_so() -> None:
    rules = [[str(number), "1"] for number in range(3_001)]
    assert [each[0] for each in found(rules)] == ["unproven"]


@pytest.mark.slow
def test_a_large_table_is_proven_within_its_bounds() -> None:
    rules = [[str(number), "-", "1"] for number in range(1000)] + [["not([0..999])", "true", "2"]]
    kinds = [each[0] for each in found(rules, "UNIQUE", 2)]
    assert kinds == ["gap"]
    wide = [["-"] * place + [f"> {place}"] + ["-"] * (11 - place) + ["1"] for place in range(12)]
    wide += [["-"] * place + [f"< {place}"] + ["-"] * (11 - place) + ["1"] for place in range(12)]
    assert [each[0] for each in found(wide, "ANY", 12)] == ["gap"]
    hard = [[("-", "0", "1", "2")[(row * (column + 3) >> column) % 4] for column in range(14)] for row in range(300)]
    assert {each[0] for each in found([[*row, "1"] for row in hard], "ANY", 14)} <= {"gap", "unproven", "dead-rule"}


# against brute force

_NUMBERS = ["< 2", "<= 2", "2", "[1..3]", "(1..3)", "> 3", ">= 1", "not(2)", "1, 3", "? > 1 and ? < 3", "null", "-"]
_TEXTS = ['"a"', '"b"', '"a", "b"', 'not("a")', '> "a"', '["a".."b")', "-"]
_FLAGS = ["true", "false", "-"]
_DAYS = ['< @"2026-01-02"', '@"2026-01-02"', '>= @"2026-01-03"', '[@"2026-01-01"..@"2026-01-02"]', "-"]
_COLUMNS: Mapping[str, tuple[list[str], list[Any]]] = {
    "number": (_NUMBERS, [Decimal(value) / 2 for value in range(-1, 10)]),
    "text": (_TEXTS, ["", "A", "a", "a!", "ab", "b", "ba", "c"]),
    "flag": (_FLAGS, [True, False]),
    "day": (_DAYS, [date(2025, 12, 30) + timedelta(day) for day in range(7)]),
}


@st.composite
def _tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]], str]:
    columns = draw(st.lists(st.sampled_from(sorted(_COLUMNS)), min_size=1, max_size=3))
    row = st.tuples(*(st.sampled_from(_COLUMNS[kind][0]) for kind in columns), st.sampled_from(["1", "2"]))
    rules = draw(st.lists(row.map(list), min_size=1, max_size=6))
    return columns, rules, draw(st.sampled_from(["UNIQUE", "ANY", "FIRST", "PRIORITY"]))


def _values(kind: str, place: int, rules: Sequence[Sequence[str]]) -> list[Any]:
    cells = [rule[place] for rule in rules]
    if all(cell == "-" for cell in cells):
        return [None]
    values = _COLUMNS[kind][1]
    return [*values, None] if "null" in cells else values


@cache
def _cell(text: str) -> feel.UnaryTests:
    return feel.compile_unary(text)


def _matching(rules: Sequence[Sequence[str]], row: Sequence[Any]) -> list[int]:
    return [
        number
        for number, rule in enumerate(rules, 1)
        if all(_cell(cell).evaluate(value, {}, now=NOW) for cell, value in zip(rule, row, strict=False))
    ]


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(made=_tables())
def test_exactly_what_brute_force_finds_is_told(made: tuple[list[str], list[list[str]], str]) -> None:
    columns, rules, policy = made
    inputs = [f"x{place}" for place in range(len(columns))]
    extra = "<outputValues><text>2, 1</text></outputValues>" if policy == "PRIORITY" else ""
    problems = dmn.read(file(decision("d", table(inputs, ["y"], rules, policy, extra=extra)))).problems()
    rows = list(product(*(_values(kind, place, rules) for place, kind in enumerate(columns))))
    matched = [_matching(rules, row) for row in rows]
    assert any(not each for each in matched) == any(problem.code == "gap" for problem in problems)
    pairs = {(a, b) for each in matched for a in each for b in each if a < b}
    if policy == "ANY":
        pairs = {(a, b) for a, b in pairs if rules[a - 1][-1] != rules[b - 1][-1]}
    told = {problem.rules for problem in problems if problem.code == "overlap"}
    assert told == (pairs if policy in ("UNIQUE", "ANY") else set())
    _reachable(rules, policy, matched, {problem.rules[0] for problem in problems if problem.code == "masked-rule"})
    for problem in problems:
        _shown(rules, problem)


def _reachable(rules: list[list[str]], policy: str, matched: list[list[int]], masked: set[int]) -> None:
    """Masked rules are those that match somewhere and never go first."""
    seen = {number for each in matched for number in each}
    if policy == "FIRST":
        first = {each[0] for each in matched if each}
    elif policy == "PRIORITY":
        best = [max((rules[number - 1][-1] for number in each), default="") for each in matched]
        first = {n for each, top in zip(matched, best, strict=True) for n in each if rules[n - 1][-1] == top}
    else:
        first = seen
    assert masked == seen - first


def _shown(rules: list[list[str]], problem: dmn.Problem) -> None:
    """The example of a finding does what the finding says."""
    if not problem.example:
        return
    row = [None if value == "-" else feel.compile(value).evaluate({}, now=NOW) for _, value in problem.example]
    matching = _matching(rules, row)
    assert not matching if problem.code == "gap" else {*problem.rules} <= {*matching}
