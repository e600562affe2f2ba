"""Two results become a table of ratios: same rows are found by all that is no measure."""

import json
from pathlib import Path

import pytest

from benchmarks import ratios


def stored(path: Path, *rows: dict[str, object]) -> str:
    path.write_text("\n".join(json.dumps({"benchmark": "steps", **row, "on": {"cores": 2}}) for row in rows))
    return str(path)


def test_rows_are_compared_with_those_of_the_same_clients(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, four = {"row": "steps", "clients": 1}, {"row": "steps", "clients": 4}
    before = stored(tmp_path / "before", {**one, "p50_ms": 4.0}, {**four, "p50_ms": 8.0, "per": "x"})
    after = stored(tmp_path / "after", {**four, "p50_ms": 9.0}, {**one, "p50_ms": 1.0, "steps_per_second": 7})
    assert ratios.main([before, after]) == 0
    _, _, *lines = capsys.readouterr().out.splitlines()
    assert lines == ["| benchmark=steps row=steps clients=1 | p50_ms | 4 | 1 | 0.25 |"]


def test_what_is_no_result_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad"
    for content in ("nonsense", "[1]", '{"row": "x"}'):
        bad.write_text(content)
        assert ratios.main([str(bad), str(bad)]) == 2
    assert ratios.main([str(tmp_path / "missing"), str(bad)]) == 2
    assert ratios.main([]) == 2
    assert "usage" in capsys.readouterr().out
