"""The benchmark of the proof looks at every file and survives all of them."""

import json
from pathlib import Path
from random import Random

import pytest

from benchmarks import check
from tests.bpmn.soundness.drawing import planted, sound


def test_a_corpus_is_summed_up_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "sound.bpmn").write_bytes(sound(Random(1), 6).xml())
    (tmp_path / "deep" / "stuck.bpmn").write_bytes(planted(Random(2), 3, "deadlock").xml())
    (tmp_path / "broken.bpmn").write_bytes(b"<bpmn")
    (tmp_path / "drawn.bpmn").write_bytes(sound(Random(3), 3).xml().replace(b'isExecutable="true"', b""))
    assert check.main([str(tmp_path)]) == 0
    *told, last = capsys.readouterr().out.splitlines()
    summary = json.loads(last)
    assert (summary["models"], summary["crashes"]) == (4, 0)
    assert summary["verdicts"] == {"sound": 2, "not readable": 1, "deadlock": 1}
    assert any(line.startswith("deep/stuck.bpmn: deadlock at ") for line in told)
