"""The benchmark of replays runs real cases of the flagships and finds what its candidates ask more."""

import json
import sys

import pytest

from benchmarks import replay


@pytest.mark.slow
def test_every_case_of_a_flagship_is_told_one_way_or_the_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["replay", "--quick"])
    monkeypatch.setattr(replay, "CASES", 20)
    replay.main()
    for told in map(json.loads, capsys.readouterr().out.splitlines()):
        assert told["same"] > 0
        assert told["same"] + told["data"] == told["cases"]
