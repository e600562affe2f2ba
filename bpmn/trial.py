"""Trying expressions and decisions: values from JSON, results as FEEL writes them, and why they are what they are.

JSON has no dates, times or durations; a text `@"2026-01-31"` is the value FEEL reads there.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from akta.errors import Invalid
from akta.languages import N_
from bpmn import dmn, feel
from bpmn.feel import nodes as n
from bpmn.values import Value

MAX_INPUT = 1_000_000
"""Bytes of the values an expression or decision is tried with."""
MAX_DEPTH = 40
TIGHT_STEPS = 200_000
TIGHT_CELLS = 1_000_000
_AT = re.compile(r'@"[^"\\]{1,100}"')
_NAME = re.compile(r"[^\W\d][\w]*")


class Unreadable(Invalid):
    """The values to try with cannot be read."""

    title = N_("The values cannot be read.")


@dataclass(frozen=True, slots=True)
class Tried:
    """What an expression came to, and why nulls on the way are null."""

    value: Value
    reasons: tuple[str, ...]


def values(source: bytes) -> dict[str, Value]:
    """The variables of a JSON object.

    Raises:
        Unreadable: too large, no JSON, no object, or nested too deeply; with line and column.
    """
    if len(source) > MAX_INPUT:
        raise Unreadable(f"they are larger than {MAX_INPUT // 1_000_000} MB")
    try:
        found = json.loads(source, parse_float=_number, parse_int=_number, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise Unreadable(f"line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise Unreadable("they are nested too deeply") from error
    except ValueError as error:
        raise Unreadable(str(error)) from error
    if not isinstance(found, dict):
        raise Unreadable("an object with a value for each name is expected")
    return variables(found)


def variables(given: Mapping[str, Any]) -> dict[str, Value]:
    """Values of plain JSON as variables: numbers as decimals, texts `@"…"` as what they stand for.

    Raises:
        Unreadable: nested too deeply, or `@"…"` stands for nothing.
    """
    return {name: _value(value, name, 0) for name, value in given.items()}


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"{text[:40]} is no number") from error


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _value(value: Any, place: str, depth: int) -> Value:
    if depth > MAX_DEPTH:
        raise Unreadable(f"{place[:80]} is nested more than {MAX_DEPTH} levels deep")
    match value:
        case str() if _AT.fullmatch(value):
            found: Value = n.constant(n.AtLiteral(0, value[2:-1]))
            if found is None:
                raise Unreadable(f"{place[:80]}: {value} is no date, time, date and time, or duration")
            return found
        case None | bool() | str() | Decimal():
            return value
        case int() | float():
            return _number(str(value))
        case list():
            return [_value(item, f"{place}[{index}]", depth + 1) for index, item in enumerate(value, 1)]
        case dict():
            return {str(key): _value(item, f"{place}.{key}", depth + 1) for key, item in value.items()}
    raise Unreadable(f"{place[:80]} is no value")


def as_json(value: Value) -> Any:
    """JSON that `variables` reads back. A number that JSON's readers would round is a text."""
    match value:
        case None | bool() | str():
            return value
        case Decimal():
            return _as_json_number(value)
        case list():
            return [as_json(item) for item in value]
        case dict():
            return {key: as_json(item) for key, item in value.items()}
    return as_feel(value)


def _as_json_number(value: Decimal) -> int | float | str:
    if value == value.to_integral_value() and abs(value) < 2**53:
        return int(value)
    near = float(value)
    return near if Decimal(repr(near)) == value else str(value)


def as_feel(value: Value) -> str:
    """A value as FEEL writes it."""
    match value:
        case list():
            return "[" + ", ".join(as_feel(item) for item in value) + "]"
        case dict():
            entries = (f"{_key(key)}: {as_feel(item)}" for key, item in value.items())
            return "{" + ", ".join(entries) + "}"
    return dmn.written(value)


def _key(key: str) -> str:
    return key if _NAME.fullmatch(key) and key not in n.KEYWORDS else dmn.written(key)


def tight() -> feel.Allowance:
    """What a trial for somebody far away may take: a tenth of a second or so."""
    allowance = feel.Allowance()
    allowance.steps, allowance.cells = TIGHT_STEPS, TIGHT_CELLS
    return allowance


def expression(
    text: str, given: Mapping[str, Value], *, now: datetime, allowance: feel.Allowance | None = None
) -> Tried:
    """What an expression comes to.

    Raises:
        bpmn.feel.FeelSyntaxError: it is none.
        bpmn.feel.FeelLimit: it takes too much work.
    """
    names = [name for name in given if not _NAME.fullmatch(name)]
    explained = feel.compile(text, names).explain(given, now=now, allowance=allowance)
    return Tried(explained.value, explained.reasons)


def decision(
    source: bytes,
    decision_id: str,
    given: Mapping[str, Value],
    *,
    now: datetime,
    allowance: feel.Allowance | None = None,
) -> dmn.Explained:
    """What a decision of a DMN file comes to, and why; without an id, the one nothing else in the file requires.

    Raises:
        bpmn.dmn.DmnError: the file cannot be read, does not compile, or has no such decision.
        bpmn.feel.FeelLimit: it takes too much work.
    """
    decisions = dmn.read(source)
    for problem in decisions.faults:
        raise dmn.DmnError(problem.text, problem.element, **dict(problem.params))
    wanted = decisions.find(decision_id) if decision_id else _last(decisions)
    return decisions.explain(wanted, given, now=now, allowance=allowance)


def _last(decisions: dmn.Decisions) -> str:
    required = {other for known in decisions.ids for other in decisions.required(known)}
    found = [known for known in decisions.ids if known not in required]
    if len(found) != 1:
        names = ", ".join([*(found or decisions.ids)][:20])
        raise dmn.DmnError(N_("say which decision is meant: %(names)s"), names=names)
    return found[0]


def found(tried: Tried) -> dict[str, Any]:
    """What an expression came to, as JSON."""
    return {"value": as_json(tried.value), "feel": as_feel(tried.value), "reasons": list(tried.reasons)}


def told(explained: dmn.Explained) -> dict[str, Any]:
    """A decision with everything it was made from, as JSON."""
    return _told(explained.decided, explained)


def _told(decided: dmn.Decided, explained: dmn.Explained) -> dict[str, Any]:
    return {
        "decision": decided.decision,
        "value": as_json(decided.value),
        "feel": as_feel(decided.value),
        "inputs": {text: as_json(value) for text, value in decided.inputs.items()},
        "matched": list(decided.matched),
        "rules": [_rule(rule) for rule in explained.rules.get(decided.decision, ())],
        "required": [_told(required, explained) for required in decided.required],
        "reasons": list(decided.reasons),
    }


def _rule(rule: dmn.Told) -> dict[str, Any]:
    if rule.matched or not rule.input:
        return {"rule": rule.rule, "matched": rule.matched}
    missed = {"input": rule.input, "value": as_json(rule.value), "test": rule.test}
    return {"rule": rule.rule, "matched": False, "missed": missed}
