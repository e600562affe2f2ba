"""Decision tables and their hit policies."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from bpmn import dmn

from .building import decision, file, table, text

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
D = Decimal


def decided(source: str, variables: dict[str, Any], strict: bool = True) -> dmn.Decided:
    return dmn.read(file(decision("d", source))).evaluate("d", variables, now=NOW, strict=strict)


def test_a_unique_table_tells_the_value_and_the_rule() -> None:
    source = table(["age", "kind"], ["fee"], [["< 18", "-", "0"], [">= 18", '"a", "b"', "10"]])
    found = decided(source, {"age": D(20), "kind": "b"})
    assert found.value == D(10)
    assert found.matched == (2,)
    assert found.inputs == {"age": D(20), "kind": "b"}
    assert found.outputs == ({"fee": D(10)},)
    assert found.decision == "d"


def test_two_rules_that_match_under_unique_are_an_error_that_names_them() -> None:
    source = table(["age"], ["fee"], [["> 1", "1"], ["> 2", "2"], ["> 3", "3"]])
    with pytest.raises(dmn.DmnError, match="rules 1 and 2 match at once"):
        decided(source, {"age": D(3)})
    loose = decided(source, {"age": D(3)}, strict=False)
    assert loose.value is None
    assert "rules 1 and 2 match at once" in loose.reasons[0]


def test_first_takes_the_first_and_looks_no_further() -> None:
    found = decided(table(["age"], ["fee"], [["> 1", "1"], ["> 2", "2"]], "FIRST"), {"age": D(3)})
    assert (found.value, found.matched) == (D(1), (1,))


def test_any_wants_the_same_outputs() -> None:
    source = table(["age"], ["fee"], [["> 1", "1"], ["> 2", "1.0"], ["> 5", "2"]], "ANY")
    assert decided(source, {"age": D(3)}).value == D(1)
    with pytest.raises(dmn.DmnError, match="rules 1, 2 and 3 match with different outputs"):
        decided(source, {"age": D(6)})


def test_several_outputs_are_a_context() -> None:
    source = table(["age"], ["fee", "why"], [["> 1", "age * 2", '"grown"']])
    assert decided(source, {"age": D(3)}).value == {"fee": D(6), "why": "grown"}


@pytest.mark.parametrize(
    ("aggregation", "expected"),
    [("", [D(3), D(1), D(3)]), ("SUM", D(7)), ("MIN", D(1)), ("MAX", D(3)), ("COUNT", D(3))],
)
def test_collect_gives_all_or_their_sum(aggregation: str, expected: Any) -> None:
    rules = [["> 1", "3"], ["> 2", "1"], ["> 9", "7"], ["-", "3"]]
    found = decided(table(["age"], ["fee"], rules, "COLLECT", aggregation), {"age": D(5)})
    assert found.value == expected
    assert found.matched == (1, 2, 4)


def test_collect_of_several_outputs_is_a_list_of_contexts() -> None:
    source = table(["age"], ["flag", "level"], [["> 1", '"a"', "1"], ["> 2", '"b"', "2"]], "COLLECT")
    assert decided(source, {"age": D(5)}).value == [{"flag": "a", "level": D(1)}, {"flag": "b", "level": D(2)}]


def test_without_a_match_a_collection_is_empty_and_anything_else_null() -> None:
    rules = [["> 1", "3"]]
    for policy, aggregation, expected in (
        ("COLLECT", "", []),
        ("RULE ORDER", "", []),
        ("COLLECT", "COUNT", D(0)),
        ("COLLECT", "SUM", None),
        ("UNIQUE", "", None),
    ):
        found = decided(table(["age"], ["fee"], rules, policy, aggregation), {"age": D(0)})
        assert found.value == expected
        assert found.matched == ()


def test_default_outputs_stand_in_when_no_rule_matches() -> None:
    extra = f"<defaultOutputEntry>{text('99')}</defaultOutputEntry>"
    found = decided(table(["age"], ["fee"], [["> 1", "3"]], extra=extra), {"age": D(0)})
    assert found.value == D(99)


def test_priority_and_output_order_follow_the_list_of_possible_values() -> None:
    values = text('"high", "middle", "low"')
    extra = f"<outputValues>{values}</outputValues>"
    rules = [["> 1", '"low"'], ["> 2", '"high"'], ["> 3", '"middle"']]
    assert decided(table(["age"], ["risk"], rules, "PRIORITY", extra=extra), {"age": D(9)}).value == "high"
    ordered = decided(table(["age"], ["risk"], rules, "OUTPUT ORDER", extra=extra), {"age": D(9)})
    assert ordered.value == ["high", "middle", "low"]
    assert decided(table(["age"], ["risk"], rules, "RULE ORDER"), {"age": D(9)}).value == ["low", "high", "middle"]


def test_an_empty_cell_takes_anything_and_an_empty_output_is_null() -> None:
    found = decided(table(["age"], ["fee"], [["", ""]]), {})
    assert (found.value, found.matched) == (None, (1,))


def test_a_table_without_inputs_has_one_answer() -> None:
    assert decided(table([], ["fee"], [["5"]]), {}).value == D(5)


def test_an_input_value_that_is_not_allowed_is_an_error() -> None:
    values = text('"a", "b"')
    source = table(["kind"], ["fee"], [["-", "1"]]).replace(
        "</inputExpression>", f"</inputExpression><inputValues>{values}</inputValues>"
    )
    assert decided(source, {"kind": "a"}).value == D(1)
    with pytest.raises(dmn.DmnError, match="kind has a value that is not among the possible ones"):
        decided(source, {"kind": "c"})
