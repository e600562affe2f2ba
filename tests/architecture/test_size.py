"""The size budget: functions p95 at most 40 lines, modules p95 at most 300 lines and none above 500."""

from math import ceil

from tests.architecture.source import functions, modules, name


def _p95(sizes: list[int]) -> int:
    return sorted(sizes)[ceil(len(sizes) * 0.95) - 1]


def test_functions_stay_short() -> None:
    sizes = [(node.end_lineno or node.lineno) - node.lineno + 1 for path in modules() for node in functions(path)]
    assert _p95(sizes) <= 40


def test_modules_stay_small() -> None:
    sizes = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {module: lines for module, lines in sizes.items() if lines > 500} == {}
    assert _p95(list(sizes.values())) <= 300
