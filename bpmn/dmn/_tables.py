"""Decision tables: which rules match, and what the hit policy makes of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bpmn.dmn._loops import Logic
from bpmn.dmn._matching import Column, numbers
from bpmn.feel import UnaryTests
from bpmn.feel.machine import Run, add, equal, order

HIT_POLICIES = ("UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER")
AGGREGATIONS = ("", "SUM", "COUNT", "MIN", "MAX")
Scope = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Hit:
    """What a table gave: its value, what it looked at, the rules that matched (from 1) and their outputs.

    `violation` says how the hit policy was broken; the value is null then.
    """

    value: Any
    inputs: Mapping[str, Any]
    matched: tuple[int, ...]
    outputs: tuple[Mapping[str, Any], ...]
    violation: str = ""


@dataclass(frozen=True, slots=True)
class CompiledTable:
    """A table ready to run. `ranks` holds, by output, its possible values from the most to the least important."""

    hit_policy: str
    aggregation: str
    inputs: tuple[tuple[str, Logic, UnaryTests | None], ...]
    names: tuple[str, ...]
    columns: tuple[tuple[int, Column], ...]
    """The columns that tell rules apart, with the place of their input."""
    rules: tuple[tuple[Logic, ...], ...]
    """The outputs of each rule."""
    defaults: tuple[Logic | None, ...]
    ranks: tuple[Logic | None, ...]

    def decide(self, scope: Scope, run: Run) -> Hit:
        """Run the table."""
        values = []
        for text, expression, allowed in self.inputs:
            value = expression(scope, run)
            if allowed is not None and value is not None and not allowed.run(value, scope, run):
                return Hit(None, {}, (), (), f"{text} has a value that is not among the possible ones")
            values.append(value)
        seen = {text: value for (text, _, _), value in zip(self.inputs, values, strict=True)}
        rules = self._matching(values, scope, run)
        if not rules:
            return Hit(self._without_match(scope, run), seen, (), ())
        outputs = tuple(self._outputs(self.rules[rule], scope, run) for rule in rules)
        matched = tuple(rule + 1 for rule in rules)
        violation = self._violation(matched, outputs, run)
        value = None if violation else self._value(outputs, scope, run)
        return Hit(value, seen, matched, outputs, violation)

    def _matching(self, values: Sequence[Any], scope: Scope, run: Run) -> list[int]:
        """The rules that match, from 0."""
        rules = (1 << len(self.rules)) - 1
        for place, column in self.columns:
            run.spend(1)
            rules = column.passed(values[place], rules, scope, run)
            if not rules:
                break
        found = numbers(rules)
        return found[:1] if self.hit_policy == "FIRST" else found

    def _outputs(self, expressions: tuple[Logic, ...], scope: Scope, run: Run) -> dict[str, Any]:
        return {name: expression(scope, run) for name, expression in zip(self.names, expressions, strict=True)}

    def _single(self, outputs: Mapping[str, Any]) -> Any:
        return dict(outputs) if len(self.names) > 1 else next(iter(outputs.values()), None)

    def _without_match(self, scope: Scope, run: Run) -> Any:
        """Default outputs; else an empty list where a list is given, else null."""
        if any(default is not None for default in self.defaults):
            value = self._single(
                {
                    name: None if default is None else default(scope, run)
                    for name, default in zip(self.names, self.defaults, strict=True)
                }
            )
            listed = self.hit_policy in ("RULE ORDER", "OUTPUT ORDER") or self._lists
            return [value] if listed and not isinstance(value, list) else value
        if self._lists or self.hit_policy in ("RULE ORDER", "OUTPUT ORDER"):
            return []
        return Decimal(0) if self.aggregation == "COUNT" else run.null("no rule of the table matches")

    @property
    def _lists(self) -> bool:
        return self.hit_policy == "COLLECT" and not self.aggregation

    def _violation(self, matched: tuple[int, ...], outputs: tuple[Mapping[str, Any], ...], run: Run) -> str:
        if self.hit_policy == "UNIQUE" and len(matched) > 1:
            return f"rules {_listed(matched)} match at once, though at most one may (hit policy UNIQUE)"
        if self.hit_policy == "ANY":
            differing = any(equal(dict(other), dict(outputs[0]), run) is not True for other in outputs[1:])
            if differing:
                return f"rules {_listed(matched)} match with different outputs (hit policy ANY)"
        return ""

    def _value(self, outputs: tuple[Mapping[str, Any], ...], scope: Scope, run: Run) -> Any:
        match self.hit_policy:
            case "RULE ORDER":
                return [self._single(output) for output in outputs]
            case "PRIORITY":
                return self._single(self._ranked(outputs, scope, run)[0])
            case "OUTPUT ORDER":
                return [self._single(output) for output in self._ranked(outputs, scope, run)]
            case "COLLECT":
                values = [self._single(output) for output in outputs]
                return _AGGREGATED[self.aggregation](values, run)
        return self._single(outputs[0])

    def _ranked(self, outputs: tuple[Mapping[str, Any], ...], scope: Scope, run: Run) -> list[Mapping[str, Any]]:
        """By the order of the possible output values, the first output column first."""
        ranks = [[] if rank is None else rank(scope, run) for rank in self.ranks]

        def key(output: Mapping[str, Any]) -> list[int]:
            return [
                next((place for place, known in enumerate(rank) if equal(known, output[name], run) is True), len(rank))
                for name, rank in zip(self.names, ranks, strict=True)
            ]

        return sorted(outputs, key=key)


def _listed(numbers: Sequence[int]) -> str:
    texts = [str(number) for number in numbers[:6]]
    return f"{', '.join(texts[:-1])} and {texts[-1]}"


def _sum(values: list[Any], run: Run) -> Any:
    total = values[0]
    for value in values[1:]:
        total = add(run, total, value)
    return total


def _extreme(sign: int) -> Callable[[list[Any], Run], Any]:
    def extreme(values: list[Any], run: Run) -> Any:
        best = values[0]
        for value in values[1:]:
            compared = order(value, best, run)
            if compared is None:
                return None
            best = value if compared * sign > 0 else best
        return best

    return extreme


_AGGREGATED: dict[str, Callable[[list[Any], Run], Any]] = {
    "": lambda values, run: values,
    "COUNT": lambda values, run: Decimal(len(values)),
    "SUM": _sum,
    "MIN": _extreme(-1),
    "MAX": _extreme(1),
}
