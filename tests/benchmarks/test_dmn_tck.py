"""The runner of the DMN kit, on small cases of our own and, where it lies beside the checkout, on the shared part."""

import os
from pathlib import Path

import pytest

from benchmarks import dmn_tck
from tests.bpmn.dmn.building import decision, file, literal

CASES = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" xmlns:xsd="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><modelName>{model}</modelName>{cases}</testCases>"""
CASE = """<testCase id="{id}"><inputNode name="a"><value xsi:type="xsd:decimal">{a}</value></inputNode>
<resultNode name="{node}"><expected>{expected}</expected></resultNode></testCase>"""
FOUR = '<value xsi:type="xsd:decimal">4</value>'
LISTED = f"<list><item>{FOUR}</item><item><value xsi:nil='true'/></item></list>"
ROOT = Path(__file__).resolve().parents[2]
KIT = Path(os.environ.get("AKTA_DMN_TCK") or ROOT.parent / "shared" / "dmn-tck")
"""Where the shared part of the kit lies."""
EXTERNAL = "0076-feel-external-java"
"""Functions in Java: ours answer null, with the reason, because no foreign code is ever run from a model."""


def case(identifier: str, a: str, node: str, expected: str) -> str:
    return CASE.format(id=identifier, a=a, node=node, expected=expected)


def ran(folder: Path, *cases: str, model: str = "m.dmn") -> list[str]:
    xml = file(decision("d", literal("a + 1")), decision("l", literal("[a, null]")), decision("bad", literal("a +")))
    (folder / "m.dmn").write_bytes(xml)
    (folder / "m-test-01.xml").write_text(CASES.format(model=model, cases="".join(cases)), encoding="utf-8")
    return [outcome.failure for outcome in dmn_tck.run_folder(folder)]


def test_cases_that_hold_pass_and_others_say_what_they_got(tmp_path: Path) -> None:
    found = ran(tmp_path, case("1", "3", "d", FOUR), case("2", "4", "d", FOUR), case("3", "4", "l", LISTED))
    assert found == ["", "expected Decimal('4'), got Decimal('5')", ""]


def test_an_error_counts_as_null_and_nothing_unknown_ends_the_run(tmp_path: Path) -> None:
    nil = '<value xsi:nil="true"/>'
    found = ran(
        tmp_path,
        case("1", "3", "bad", nil),
        case("2", "x", "d", FOUR),
        case("3", "3", "nowhere", FOUR),
        '<testCase id="4" type="nonsense" invocableName="x"><resultNode name="d"><expected>'
        + FOUR
        + "</expected></resultNode></testCase>",
    )
    assert found[0] == ""
    assert all(found[1:])
    assert "nowhere" in found[2]


def test_every_result_of_a_case_counts(tmp_path: Path) -> None:
    two = case("1", "3", "d", FOUR).replace("</testCase>", "") + case("", "3", "d", "").partition("</inputNode>")[2]
    assert ran(tmp_path, two) == ["", "expected None, got Decimal('4')"]


def test_a_missing_model_fails_its_cases(tmp_path: Path) -> None:
    assert "FileNotFoundError" in ran(tmp_path, case("1", "3", "d", FOUR), model="other.dmn")[0]


def test_the_last_line_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran(tmp_path, case("1", "3", "d", FOUR), case("2", "9", "d", FOUR))
    assert dmn_tck.main([str(tmp_path)]) == 1
    *failures, last = capsys.readouterr().out.splitlines()
    assert last == "passed 1 of 2"
    assert failures == ["m-test-01 2 d: expected Decimal('4'), got Decimal('10')"]
    assert dmn_tck.main([str(tmp_path / "nowhere")]) == 2


@pytest.mark.slow
@pytest.mark.parametrize("level", ["compliance-level-2", "compliance-level-3"])
def test_the_shared_part_of_the_kit_passes(level: str) -> None:
    """All of it: a case that fails again is a step back, except those that need Java."""
    if not KIT.is_dir():
        pytest.skip("the shared part of the DMN kit does not lie beside this checkout (or at AKTA_DMN_TCK)")
    found = list(dmn_tck.run_folder(KIT / level))
    assert len(found) > 100
    assert [each for each in found if each.failure and not each.case.startswith(EXTERNAL)] == []
    assert sum(1 for each in found if each.failure) <= (14 if level.endswith("3") else 0)
