"""The floors of the house: every package has its place, and imports point down."""

import subprocess
import sys
import tomllib
from pathlib import Path

from tests.architecture.source import PACKAGES, ROOT, modules


def _contracts() -> dict[str, object]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        configuration = tomllib.load(file)
    linter: dict[str, object] = configuration["tool"]["importlinter"]
    return linter


def test_no_top_level_package_is_outside_the_contract() -> None:
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert found == set(PACKAGES) == set(_contracts()["root_packages"])  # type: ignore[call-overload]


def test_every_floor_and_word_stands_in_the_layers() -> None:
    contracts: list[dict[str, object]] = _contracts()["contracts"]  # type: ignore[assignment]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    named = {part.strip() for layer in layers for part in layer.split("|")}  # type: ignore[attr-defined]
    words = {f"akta.{path.stem}" for path in modules("akta") if path.parent == ROOT / "akta"}
    assert words - {"akta.__init__", "akta.__main__"} <= named
    assert set(PACKAGES) - {"akta"} <= named


def test_imports_keep_the_contracts() -> None:
    tool = Path(sys.executable).parent / "lint-imports"
    ran = subprocess.run([tool, "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


def test_every_test_folder_is_a_package() -> None:
    """Without an `__init__.py` the folder tests/workflows would hide the package workflows."""
    folders = {path.parent for path in (ROOT / "tests").rglob("*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []
