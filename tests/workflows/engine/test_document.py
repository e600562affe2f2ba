"""`docs/bpmn.md` says what is run and what is refused, each with the test that proves it; here it is held to that."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from bpmn.model import EVENT_KINDS, RUNS

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "bpmn.md").read_text()
ENGINE = ROOT / "workflows" / "engine"
TESTS = Path(__file__).parents[1]


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, its head left out."""
    section = TEXT.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def named_tests(text: str) -> Iterator[tuple[str, str]]:
    """File and test; `::test_x` alone is in the file named before."""
    file = ""
    for found in re.finditer(r"`((?:\w+/)*test_\w+\.py)?(?:::(test_\w+))?`", text):
        file = found[1] or file
        if found[1] or found[2]:
            yield file, found[2] or ""


RUNNING = {"NotPossible", "Stuck", "_optional_text", "_whole", "text_of", "word"}
"""What is called with a msgid for a sentence about a case that runs, not about a model."""


def refusals() -> set[str]:
    """What the engine says when it refuses an element, with … where it says something of the model's."""
    found = {"…: …: …"}  # a text of the model that does not compile, as FEEL has it
    running: set[str] = set()
    for path in ENGINE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            called = getattr(node.func, "id", "")
            if called == "N_" and path.name != "_errors.py":
                found |= set(_texts(node))
            if called in RUNNING:
                running |= {text for part in ast.walk(node) if isinstance(part, ast.Call) for text in _texts(part)}
    return found - running


def _texts(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Call(args=[ast.expr() as text, *_], func=ast.Name(id="N_")):
            yield from _texts(text)
        case ast.Constant(value=str(text)):
            yield re.sub(r"%\(\w+\)s", "…", text)


def test_every_element_that_is_run_is_in_the_table_with_its_test() -> None:
    table = {name: row for row in rows("Elements") for name in re.findall(r"`(\w+)`", row[0])}
    assert set(table) == RUNS
    assert all(list(named_tests(row[-1])) for row in table.values())


def test_the_table_of_events_is_what_the_engine_takes() -> None:
    section = TEXT.partition("## Events\n")[2].partition("\n## ")[0]
    head = next(line for line in section.splitlines() if line.startswith("|"))
    places = [cell.strip(" `") for cell in head.strip("|").split(" | ")[1:-1]]
    said: dict[str, set[str]] = {place: set() for place in places}
    for kind, *cells, tests in rows("Events"):
        assert list(named_tests(tests)), kind
        for place, cell in zip(places, cells, strict=True):
            if cell == "run":
                said[place].add("" if kind == "none" else kind)
            else:
                assert cell == "–"
    assert said == {place: set(kinds) for place, kinds in EVENT_KINDS.items()}


def test_every_refusal_is_in_the_table_with_its_test() -> None:
    table = {row[0].strip("`"): row[-1] for row in rows("What is refused")}
    assert set(table) == refusals()
    assert all(list(named_tests(tests)) for tests in table.values())


def test_every_test_that_is_named_exists() -> None:
    named = list(named_tests(TEXT))
    assert len(named) > 100
    for file, test in named:
        folders = (TESTS / "engine", TESTS, TESTS.parent, TESTS.parent / "bpmn")
        paths = [folder / file for folder in folders if (folder / file).exists()]
        assert paths, file
        if test:
            known = {
                node.name
                for path in paths
                for node in ast.parse(path.read_text()).body
                if isinstance(node, ast.FunctionDef)
            }
            assert test in known, f"{file}::{test}"
