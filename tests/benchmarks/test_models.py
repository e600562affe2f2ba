"""Whatever a model holds, it ends in a verdict with sentences, within a bounded time."""

import json
import re

import pytest

from benchmarks import models
from benchmarks.broken_models import hostile, mutated

WHOLE = re.compile(
    r"line \d|is not XML|not BPMN|not a BPMN|no executable process|exactly one|larger than|more than|DOCTYPE|has no id"
)
"""What a sentence about no element is about: a line, or the document as a whole."""


def look(name: str, content: bytes) -> models.Looked:
    looked = models.look(name, content)
    assert looked.verdict != "crash", (name, looked.told)
    assert looked.verdict == "runs" or any(said for _, said in looked.told), name
    nameless = any("has no id" in said for _, said in looked.told)
    for place, said in looked.told:
        assert said, (name, place)
        assert place or WHOLE.search(said) or nameless, (name, said)
    return looked


@pytest.mark.slow
def test_hundreds_of_changed_models_get_a_sentence_with_a_place_and_never_a_traceback() -> None:
    bases = [*(source.bpmn for source in models.shipped()), models.foreign()]
    verdicts = {look(name, content).verdict for name, content in mutated(bases, 300)}
    assert verdicts == {"runs", "not readable", "refused by the check", "refused by the engine"}


def test_the_changed_models_are_the_same_every_time() -> None:
    bases = [models.foreign()]
    assert list(mutated(bases, 6)) == list(mutated(bases, 6))
    assert list(mutated(bases, 6)) != list(mutated(bases, 6, seed=9))


@pytest.mark.slow
def test_models_made_to_hurt_are_refused_or_run() -> None:
    found = {name: look(name, content) for name, content in hostile()}
    for name in (
        "empty",
        "blank",
        "no XML",
        "rubbish",
        "doctype",
        "entity bomb",
        "entity of a file",
        "11 MB",
        "ids twice",
    ):
        assert found[name].verdict == "not readable", name
    for name in ("entity bomb", "entity of a file", "entity in a parameter", "doctype"):
        assert "DOCTYPE" in found[name].told[0][1] or "is not XML" in found[name].told[0][1]
    for name in ("5 000 tasks", "1 000 tasks", "UTF-16", "Latin 1", "unknown extensions", "9 MB of remarks"):
        assert found[name].verdict == "runs", (name, found[name].told)
    assert ("c", "the process calls itself in a circle") in found["calls itself"].told
    assert ("c", "the called process nobody is not there") in found["calls nobody"].told
    assert ("t0", "") not in found["ids twice"].told
    assert found["ids twice"].told[0][0] == "begin"


def test_the_benchmark_sums_up_in_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(models, "mutated", lambda bases, _count: mutated(bases, 4))
    monkeypatch.setattr(models, "hostile", lambda: [("empty", b""), ("rubbish", b"\0")])
    assert models.main(["--quick"]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["kind"], first["models"], first["crashes"]) == ("mutated", 4, 0)
    assert second["verdicts"] == {"not readable": 2}
    assert second["p50_ms"] <= second["max_ms"]
