"""Every example in docs/feel.md comes to what stands behind its arrow."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bpmn import feel
from bpmn.feel import nodes
from tests.architecture.source import ROOT

PAGE = (ROOT / "docs" / "feel.md").read_text()
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _lines(kind: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What stands left and right of each arrow, and the variables."""
    for block in re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE):
        given: dict[str, Any] = {}
        for line in block.splitlines():
            if line.startswith("with "):
                value = feel.compile(line.removeprefix("with ")).evaluate({}, now=NOW)
                assert isinstance(value, dict)
                given = value
            elif line:
                left, _, right = line.rpartition(" => ")
                yield left.strip(), right.strip(), given


@pytest.mark.parametrize(("text", "expected", "given"), list(_lines("feel")))
def test_an_expression_comes_to_what_the_page_says(text: str, expected: str, given: dict[str, Any]) -> None:
    found = feel.compile(text).evaluate(given, now=NOW)
    assert found == feel.compile(expected).evaluate({}, now=NOW), found


@pytest.mark.parametrize(("text", "expected", "given"), list(_lines("feel-cells")))
def test_a_cell_takes_what_the_page_says(text: str, expected: str, given: dict[str, Any]) -> None:
    value, _, cell = text.partition(" : ")
    tested = feel.compile(value).evaluate({}, now=NOW)
    assert feel.compile_unary(cell).evaluate(tested, given, now=NOW) is (expected == "true")


@pytest.mark.parametrize(("text", "expected", "given"), list(_lines("feel-errors")))
def test_a_mistake_is_told_as_the_page_says(text: str, expected: str, given: dict[str, Any]) -> None:
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.compile(text)
    assert str(caught.value) == expected


def test_the_page_names_every_function_and_no_other() -> None:
    table = PAGE[PAGE.index("| About | Functions |") : PAGE.index('substring("heating"')]
    assert set(re.findall(r"`([a-z ]+)`", table)) == nodes.FORMS.keys()


def test_the_page_names_the_limits_that_hold() -> None:
    from bpmn import trial
    from bpmn.dmn import _grid
    from bpmn.feel import _run

    for limit in (
        *(_run.MAX_TEXT, _run.MAX_NESTING, _run.MAX_STEPS, _run.MAX_LIST, _run.MAX_STRING, _run.MAX_DEPTH),
        *(_run.MAX_PATTERN, _run.MAX_MATCHED, trial.TIGHT_STEPS, _grid.MAX_RULES, _grid.MAX_CELLS, _grid.MAX_SEARCH),
    ):
        assert f"{limit:,}".replace(",", " ") in PAGE, limit
