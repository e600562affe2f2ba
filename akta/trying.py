"""What `akta feel` and `akta dmn` print."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from akta.clock import SystemClock
from bpmn import trial
from bpmn.dmn import Decided, Explained, Told
from bpmn.values import Value


def feel(expression: str, context: Path | None, *, as_json: bool) -> str:
    """The value of an expression, and why nulls on the way to it are null.

    Raises:
        FileNotFoundError: there is no such file.
        Refusal: the file cannot be read, or the expression not evaluated.
    """
    tried = trial.expression(expression, _given(context), now=SystemClock().now())
    if as_json:
        return _json(
            {"value": trial.as_json(tried.value), "feel": trial.as_feel(tried.value), "reasons": tried.reasons}
        )
    return "\n".join([trial.as_feel(tried.value), *(f"  because {reason}" for reason in tried.reasons)])


def dmn(file: Path, given: Path | None, decision: str, *, as_json: bool) -> str:
    """What a decision comes to, and what came of every rule of the tables it asked.

    Raises:
        FileNotFoundError: there is no such file.
        Refusal: a file cannot be read, or the decision not made.
    """
    explained = trial.decision(file.read_bytes(), decision, _given(given), now=SystemClock().now())
    if as_json:
        return _json(trial.told(explained))
    return "\n".join([*_decided(explained.decided, explained, set()), trial.as_feel(explained.decided.value)])


def _given(file: Path | None) -> dict[str, Value]:
    if file is None:
        return {}
    return trial.values(sys.stdin.buffer.read(trial.MAX_INPUT + 1) if str(file) == "-" else file.read_bytes())


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _decided(decided: Decided, explained: Explained, known: set[str]) -> Iterator[str]:
    """What a decision was made from, each once, then its own rules."""
    if decided.decision in known:
        return
    known.add(decided.decision)
    for required in decided.required:
        yield from _decided(required, explained, known)
    yield f"{decided.decision} = {trial.as_feel(decided.value)}"
    for text, value in decided.inputs.items():
        yield f"  {text} is {trial.as_feel(value)}"
    for rule in explained.rules.get(decided.decision, ()):
        yield f"  rule {rule.rule} {_rule(rule, decided)}"
    for reason in decided.reasons:
        yield f"  because {reason}"


def _rule(rule: Told, decided: Decided) -> str:
    if rule.matched:
        outputs = dict(zip(decided.matched, decided.outputs, strict=False)).get(rule.rule, {})
        return "matched: " + ", ".join(f"{name} {trial.as_feel(value)}" for name, value in outputs.items())
    if not rule.input:
        return "was not asked: another one matched before it"
    return f"did not match: {rule.input} is {trial.as_feel(rule.value)}, not {rule.test}"
