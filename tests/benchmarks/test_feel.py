"""The speed benchmark runs and tells what it says; how fast it was is for people to judge."""

import json

import pytest

from benchmarks import feel


def test_conditions_run_beside_cel_on_the_same_data() -> None:
    rows = list(feel.conditions(0.005))
    assert [row["row"] for row in rows] == [name for name, _, _ in feel.CASES]
    assert all({"akta_us", "cel_us", "ratio"} <= row.keys() for row in rows)


@pytest.mark.slow
def test_tables_of_several_lengths_are_measured() -> None:
    rows = list(feel.tables(0.005))
    assert len(rows) == 3
    assert json.loads(json.dumps(rows)) == rows


def test_wrong_arguments_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert feel.main(["--slow"]) == 2
    assert "usage" in capsys.readouterr().out
