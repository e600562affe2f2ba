"""Long tables are looked up, and give what going through them rule by rule would give."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpmn import dmn, feel
from bpmn.dmn._kept import Kept

from .building import decision, file, literal, table

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
D = Decimal
_CELLS = st.sampled_from(
    [
        '"a"',
        '"b"',
        '"a", "b"',
        'not("a")',
        "1",
        "1, 2",
        "[1..3]",
        "> 1",
        "true",
        "-",
        "null",
        'date("2026-03-02")',
        "x = 1",
        "? = 1",
    ]
)
_VALUES = st.sampled_from(
    [
        "a",
        "b",
        "c",
        D(1),
        D("1.0"),
        D(3),
        1,
        True,
        False,
        None,
        [D(1)],
        ["a", "b"],
        date(2026, 3, 2),
        D("NaN"),
        D("sNaN"),
    ]
)


def rules_one_by_one(rows: Sequence[Sequence[str]], values: Sequence[Any]) -> list[int]:
    def passes(cell: str, value: Any) -> bool:
        return feel.compile_unary(cell).evaluate(value, {"x": D(1)}, now=NOW)

    return [n for n, row in enumerate(rows, 1) if all(map(passes, row, values))]


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.tuples(_CELLS, _CELLS), min_size=1, max_size=8),
    first=_VALUES,
    second=_VALUES,
)
def test_the_rules_that_match_are_those_a_walk_would_find(rows: list[tuple[str, str]], first: Any, second: Any) -> None:
    made = table(["p", "q"], ["y"], [[*row, str(number)] for number, row in enumerate(rows, 1)], "RULE ORDER")
    decisions = dmn.read(file(decision("d", made)))
    found = decisions.evaluate("d", {"p": first, "q": second, "x": D(1)}, now=NOW)
    assert list(found.matched) == rules_one_by_one(rows, [first, second])


def steps(rows: int) -> int:
    """What deciding by the last of so many rules takes from the budget."""
    made = table(["p"], ["y"], [[f'"k{row}"', str(row)] for row in range(rows)])
    allowance = feel.Allowance()
    before = allowance.steps
    decided = dmn.read(file(decision("d", made))).evaluate("d", {"p": f"k{rows - 1}"}, now=NOW, allowance=allowance)
    assert decided.value == D(rows - 1)
    return before - allowance.steps


def test_a_thousand_rules_of_equality_cost_no_more_steps_than_ten() -> None:
    assert steps(1000) == steps(10)


def test_compiled_expressions_and_decisions_are_shared_between_threads() -> None:
    xml = file(
        decision("d", table(["p", "q"], ["y"], [[f'"k{row}"', f"> {row}", f"p + string({row})"] for row in range(50)])),
        decision("sum", literal("sum(for i in 1..n return if odd(i) then i else 0) + count([1, 2][item > 1])")),
    )

    def decide(number: int) -> tuple[Any, Any]:
        decisions = dmn.read(xml)
        row = number % 50
        first = decisions.evaluate("d", {"p": f"k{row}", "q": D(row + 1)}, now=NOW).value
        return first, decisions.evaluate("sum", {"n": D(row + 1)}, now=NOW).value

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(decide, range(400)))
    for number, (first, second) in enumerate(found):
        assert first == f"k{number % 50}{number % 50}"
        assert second == sum(i for i in range(1, number % 50 + 2) if i % 2) + 1


def test_a_file_is_compiled_once_for_its_content() -> None:
    one, other = file(decision("d", literal("1"))), file(decision("d", literal("2")))
    assert dmn.read(one) is dmn.read(bytes(bytearray(one)))
    assert dmn.read(one) is not dmn.read(other)
    assert feel.compile("kept + 1") is feel.compile("kept + 1")


def test_what_is_kept_has_an_end() -> None:
    read: list[bytes] = []

    def reading(xml: bytes, others: Sequence[bytes]) -> dmn.Decisions:
        read.append(xml)
        return dmn.read(xml, others)

    files = [file(decision("d", literal(str(number)))) for number in range(10, 14)]
    kept = Kept(reading, most=2 * len(files[0]))
    for xml in (files[0], files[1], files[0], files[2], files[0], files[1]):
        kept(xml)
    assert read == [files[0], files[1], files[2], files[1]]
    with pytest.raises(dmn.DmnError):
        kept(b"<no/>")
