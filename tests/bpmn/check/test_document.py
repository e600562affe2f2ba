"""The page on checks names every code there is, once, and no other."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bpmn.soundness import Defect
from tests.architecture.source import ROOT

_MAKERS = frozenset({"error", "warning", "finding", "Finding", "make"})
_IN_TYPES = frozenset({"wrong", "Told", "Misuse"})
_IN_TABLES = frozenset({"Problem", "problem", "_problem"})


def codes_in(path: Path, makers: frozenset[str]) -> Iterator[str]:
    """The codes that calls of these functions are given as their first argument."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in makers and isinstance(node.args[0].value, str):
                yield node.args[0].value


def codes() -> set[str]:
    found = {defect.value for defect in Defect}
    for path in (*(ROOT / "bpmn" / "check").glob("*.py"), ROOT / "tasks" / "gate.py", ROOT / "akta" / "checking.py"):
        found.update(codes_in(path, _MAKERS))
    for path in (ROOT / "bpmn" / "types").glob("*.py"):
        found.update(codes_in(path, _IN_TYPES))
    for path in (ROOT / "bpmn" / "dmn").glob("*.py"):
        found.update(f"dmn-{code}" for code in codes_in(path, _IN_TABLES))
    return found


def test_every_code_is_explained_once_and_no_other_is() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \|", (ROOT / "docs" / "checks.md").read_text(), re.MULTILINE)
    assert [code for code, times in Counter(rows).items() if times > 1] == []
    assert set(rows) == codes()
