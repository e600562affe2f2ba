"""The engine's benchmark runs both engines on the same models; how fast they were is for people to judge."""

import json

import pytest

from benchmarks import engine, engine_models, measuring
from benchmarks.plain_spiff import Plain
from tests.workflows.engine.models import Model


@pytest.mark.parametrize("model", [engine_models.row(5), engine_models.blocks(2), engine_models.several(3)])
def test_both_engines_run_a_model_to_its_end(model: Model) -> None:
    engine.Ours(model).life({})
    Plain(model.xml(), model.key).life({"n": 0})


def test_both_engines_count_the_same() -> None:
    model = engine_models.row(5)
    mine, theirs = engine.Ours(model).start({}), Plain(model.xml(), model.key).start({"n": 0})
    assert mine.variables["n"] == theirs.last_task.data["n"] == 2


@pytest.mark.slow
def test_a_comparison_tells_every_phase_with_its_ratio() -> None:
    row = engine.compared("3 tasks", engine_models.row(3), 0.01, engine.variables(1_000))
    for phase in ("life", "start", "restore", "answer"):
        assert {f"{phase}_us", f"{phase}_plain_us", f"{phase}_times"} <= row.keys()
    assert float(str(row["state_bytes"])) < float(str(row["plain_bytes"]))


def test_growth_is_the_power_of_size() -> None:
    assert measuring.exponent((1, 10, 100), (5, 50, 500)) == pytest.approx(1)
    assert measuring.exponent((1, 10, 100), (1, 100, 10_000)) == pytest.approx(2)


def test_a_row_is_told_with_what_it_was_measured_on(capsys: pytest.CaptureFixture[str]) -> None:
    measuring.tell("engine", {"row": "x", "life_us": 1.5})
    told = json.loads(capsys.readouterr().out)
    assert told["benchmark"] == "engine"
    assert told["on"]["python"].startswith("3.")
    assert {"spiffworkflow", "machine", "cores"} <= told["on"].keys()
