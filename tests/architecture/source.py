"""The project's own Python sources, for tests that look at the code itself."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = ROOT / "storage" / "migrations" / "versions"
"""Written by Alembic, one table after the other."""
PACKAGES = ("akta", "api", "heating", "tasks", "workflows", "documents", "people", "bpmn", "storage")


@cache
def modules(*packages: str) -> tuple[Path, ...]:
    found = (path for package in packages or PACKAGES for path in (ROOT / package).rglob("*.py"))
    return tuple(sorted(path for path in found if path.parent != MIGRATIONS))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls(path: Path, attribute: str) -> list[int]:
    """Lines on which a method of this name is called."""
    return [
        node.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == attribute
    ]
