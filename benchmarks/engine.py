"""Our engine beside plain SpiffWorkflow, in one run: `python -m benchmarks.engine [--quick]`, a row of JSON a line.

`life` is start, run to the user task, save; restore, complete it, run to the end, save. Both read a model once; ours
has scopes, the journal of steps and FEEL in decimals on. `times` says how often ours fits into the other's time.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

from akta.ids import TokenId
from benchmarks import engine_models as models
from benchmarks import plain_spiff
from benchmarks.measuring import best, exponent, tell
from benchmarks.plain_spiff import Plain
from bpmn.values import Value
from tests.workflows.engine.models import Model
from workflows import engine
from workflows.engine import _codec

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Given = Mapping[str, Value]


class Ours:
    """A model compiled once, and cases on it."""

    def __init__(self, model: Model) -> None:
        self.definition = engine.compile(model.source())

    def start(self, given: Given) -> engine.Outcome:
        return engine.advance(self.definition, None, engine.Start({"n": Decimal(0), **given}), now=NOW)

    def answer(self, state: bytes, task: TokenId) -> engine.Outcome:
        return engine.advance(self.definition, state, engine.CompleteTask(task, {}), now=NOW)

    def life(self, given: Given) -> None:
        outcome = self.start(given)
        while outcome.tasks:
            outcome = self.answer(outcome.state, outcome.tasks[0].token)
        if outcome.ended is None:
            raise RuntimeError("the case did not end")

    def load(self, state: bytes) -> object:
        return _codec.load(self.definition, state, NOW)


def variables(size: int) -> Given:
    """Records of readings, about so many bytes as JSON."""
    record = {"serial": "EX-12345678", "place": "U Příkladu 12", "state": "read", "note": "as announced in the letter"}
    return {f"reading_{number}": dict(record) for number in range(size // 128)}


def compared(name: str, model: Model, seconds: float, given: Given | None = None) -> dict[str, object]:
    """One model through its life in both, and phase by phase."""
    data = dict(given or {})
    ours, plain = Ours(model), Plain(model.xml(), model.key)
    waiting, other = ours.start(data), plain.start({"n": 0, **data})
    saved, task = plain_spiff.save(other), waiting.tasks[0].token
    found = best(
        [
            partial(ours.life, data),
            partial(plain.life, {"n": 0, **data}),
            partial(ours.start, data),
            lambda: plain_spiff.save(plain.start({"n": 0, **data})),
            partial(ours.load, waiting.state),
            partial(plain_spiff.restore, saved),
            partial(ours.answer, waiting.state, task),
            lambda: _answered(saved),
        ],
        seconds,
    )
    phases = zip(("life", "start", "restore", "answer"), found[::2], found[1::2], strict=True)
    row: dict[str, object] = {"row": name}
    for phase, mine, theirs in phases:
        row |= {f"{phase}_us": round(mine, 1), f"{phase}_plain_us": round(theirs, 1)}
        row[f"{phase}_times"] = round(theirs / mine, 1)
    size = len(waiting.state)
    return {**row, "state_bytes": size, "plain_bytes": len(saved), "smaller_times": round(len(saved) / size, 1)}


def _answered(saved: str) -> str:
    workflow = plain_spiff.restore(saved)
    plain_spiff.answer(workflow)
    return plain_spiff.save(workflow)


def rows(seconds: float) -> Iterator[dict[str, object]]:
    """Models that both run."""
    for tasks in (3, 60, 200, 400):
        yield compared(f"{tasks} tasks", models.row(tasks), seconds)
    yield compared("10 parallel blocks", models.blocks(10), seconds)
    yield compared("100 instances", models.several(100), seconds)
    yield compared("60 tasks, 1 kB", models.row(60), seconds, variables(1_000))
    yield compared("60 tasks, 50 kB", models.row(60), seconds, variables(50_000))


def together(name: str, cases: Mapping[str, Callable[[], object]], seconds: float) -> dict[str, object]:
    """Things of ours beside each other, as multiples of the first."""
    times = best(list(cases.values()), seconds)
    told = {f"{case}_us": round(time, 1) for case, time in zip(cases, times, strict=True)}
    return {"row": name, **told, "last_to_first": round(times[-1] / times[0], 2)}


def growth(name: str, sizes: Sequence[int], make: Callable[[int], Model], seconds: float) -> dict[str, object]:
    """How the life of a case grows with the size of its model."""
    cases = {str(size): partial(Ours(make(size)).life, {}) for size in sizes}
    times = best(list(cases.values()), seconds)
    told = {f"{size}_us": round(time, 1) for size, time in zip(sizes, times, strict=True)}
    return {"row": f"growth: {name}", **told, "exponent": round(exponent(sizes, times), 2)}


def alone(seconds: float) -> Iterator[dict[str, object]]:
    """What plain SpiffWorkflow cannot run, or ours alone is to be seen in."""
    middle = {}
    for tasks in (4, 400):
        ours = Ours(models.row(tasks, waits=2))
        waiting = ours.start({})
        middle[f"{tasks}_tasks"] = partial(ours.answer, waiting.state, waiting.tasks[0].token)
    yield together("middle user task", middle, seconds)
    ours = Ours(models.row(60))
    loads = {"none": {}, "1_kB": variables(1_000), "50_kB": variables(50_000)}
    yield together("variables", {name: partial(ours.life, given) for name, given in loads.items()}, seconds)
    yield growth("tasks in a row", (100, 200, 400, 1_000, 2_000), models.row, seconds)
    yield growth("parallel blocks", (5, 10, 25, 50), models.blocks, seconds)
    yield growth("ways of a fork", (50, 100, 200, 400), models.fork, seconds)
    yield growth("instances", (100, 300, 1_000), models.several, seconds)
    yield growth("instances in turn", (100, 300, 1_000), partial(models.several, sequential=True), seconds)
    yield growth("turns of a gateway", (100, 1_000, 10_000), models.turns, seconds)
    yield growth("turns of a loop", (100, 1_000, 10_000), models.looping, seconds)
    yield {"row": "a case that loops", **_flat(1_000)}


def _flat(times: int) -> dict[str, object]:
    """The largest and the smallest state of a case with a user task in each turn."""
    ours = Ours(models.waiting_turns(times))
    outcome, sizes = ours.start({}), []
    while outcome.tasks:
        sizes.append(len(outcome.state))
        outcome = ours.answer(outcome.state, outcome.tasks[0].token)
    return {"turns": times, "first_bytes": sizes[0], "largest_bytes": max(sizes)}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="shorter measurements")
    seconds = 0.1 if parser.parse_args(arguments).quick else 1.0
    for measure in (rows, alone):
        for row in measure(seconds):
            tell("engine", row)
    return 0


if __name__ == "__main__":
    sys.exit(main())
