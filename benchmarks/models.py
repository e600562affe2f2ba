"""What becomes of broken and hostile models, and how fast: `python -m benchmarks.models [--quick]`.

Each is read, checked, held against the schema, compiled and imported, as an upload would be. A line for each kind with
the counts of verdicts and the processor's time; then one for each crash, of which there is none.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import process_time

from benchmarks.broken_models import hostile, mutated
from benchmarks.measuring import part, tell
from bpmn import check, model
from bpmn.importing import import_model
from workflows import engine

BUNDLES = Path(__file__).parents[1] / "bpmn" / "bundles"
LIMIT = 2.0
"""Seconds of the processor that one model may take."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One model: by which step it was refused or that it `runs`, the sentences with their places, and the time."""

    name: str
    verdict: str
    told: tuple[tuple[str, str], ...]
    seconds: float


def look(name: str, content: bytes) -> Looked:
    """Do with a model what an upload, a check and an import do; nothing it holds ends the run."""
    begun = process_time()
    told: list[tuple[str, str]] = []
    try:
        verdict = _look(content, told)
    except Exception as crash:
        verdict, told = "crash", [("", f"{type(crash).__name__}: {crash}")]
    return Looked(name, verdict, tuple(told), process_time() - begun)


def _look(content: bytes, told: list[tuple[str, str]]) -> str:
    verdict = "runs"
    try:
        found = check.errors(check.check_model(model.read(content)))
        told += ((finding.element, finding.message) for finding in found)
        verdict = "refused by the check" if found else verdict
    except model.ModelError as unreadable:
        told.append((unreadable.place, unreadable.detail))
        verdict = "not readable"
    told += (("", problem) for problem in engine.problems(content))
    try:
        engine.compile(engine.ProcessSource("main", "0", content), tuple(_called(content)))
    except engine.NotRunnable as refusal:
        told += ((each.element, str(each.reason)) for each in refusal.reasons)
        verdict = "refused by the engine" if verdict == "runs" else verdict
    try:
        import_model(content)
    except model.ModelError as unreadable:
        told.append((unreadable.place, unreadable.detail))
    return verdict


def _called(content: bytes) -> Iterator[engine.ProcessSource]:
    """The shipped processes that a model names anywhere, and those that they call."""
    names = {source.key for source in shipped() if source.key.encode() in content}
    while more := {key for name in names for key in _calls_of(name)} - names:
        names |= more
    return (source for source in shipped() if source.key in names)


@cache
def _calls_of(key: str) -> frozenset[str]:
    return next(model.read(source.bpmn).calls for source in shipped() if source.key == key)


@cache
def shipped() -> Sequence[engine.ProcessSource]:
    """Every shipped process, for the others to call."""
    return tuple(
        engine.ProcessSource(path.parent.name, path.parent.name, path.read_bytes(), _decisions(path.parent))
        for path in sorted(BUNDLES.glob("*/process.bpmn"))
    )


def _decisions(folder: Path) -> Mapping[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.dmn")}


def foreign() -> bytes:
    """A model of another engine, with something of everything that is imported."""
    return (Path(__file__).parent / "data" / "other-engine.bpmn").read_bytes()


def summary(kind: str, looked: Sequence[Looked]) -> dict[str, object]:
    """Counts of models by verdict, and times in milliseconds."""
    times = sorted(each.seconds * 1000 for each in looked)
    verdicts = Counter(each.verdict for each in looked)
    return {
        "kind": kind,
        "models": len(looked),
        "verdicts": dict(verdicts.most_common()),
        "crashes": verdicts["crash"],
        "over_limit": sum(each.seconds > LIMIT for each in looked),
        "p50_ms": round(part(times, 0.5), 2),
        "p95_ms": round(part(times, 0.95), 2),
        "max_ms": round(part(times, 1), 2),
        "slowest": {each.name: round(each.seconds * 1000) for each in sorted(looked, key=_seconds)[-3:]},
    }


def _seconds(looked: Looked) -> float:
    return looked.seconds


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.models", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the changed models")
    given = parser.parse_args(arguments)
    bases = [*(source.bpmn for source in shipped()), foreign()]
    crashed = False
    for kind, models in (("mutated", mutated(bases, 100 if given.quick else 1_000)), ("hostile", hostile())):
        looked = [look(name, content) for name, content in models]
        tell("models", summary(kind, looked))
        for each in looked:
            if each.verdict == "crash":
                crashed = True
                tell("models", {"crash": each.name, "told": each.told[0][1][:300]})
    return int(crashed)


if __name__ == "__main__":
    sys.exit(main())
