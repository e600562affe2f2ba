"""Conditions that only compare variables with fixed values, so that it can be followed how they come out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bpmn import feel
from bpmn.feel import nodes


@dataclass(frozen=True, slots=True)
class Rule:
    """What is known of data after an element: a condition on variables, some of which have another name in it."""

    condition: str
    names: Mapping[str, str]

    def path(self, own: str) -> str:
        """The path in the process of one in the condition."""
        root, dot, rest = own.partition(".")
        return f"{self.names.get(root, root)}{dot}{rest}"


@dataclass
class Condition:
    text: str
    literals: dict[str, set[Any]] = field(default_factory=dict)


def decidable(text: str) -> Condition | None:
    try:
        expression = feel.compile(text)
    except feel.FeelSyntaxError:
        return None
    condition = Condition(text)
    return condition if _compares(expression.node, condition.literals) else None


def _compares(node: nodes.Node, literals: dict[str, set[Any]]) -> bool:
    """Whether a condition only compares variables with fixed values, which are collected by variable."""
    match node:
        case nodes.Binary(operator="and" | "or", left=left, right=right):
            return _compares(left, literals) and _compares(right, literals)
        case nodes.Binary(operator="=" | "!=" | "<" | "<=" | ">" | ">=", left=left, right=right):
            return _pair(left, right, literals) or _pair(right, left, literals)
        case nodes.Call(function=nodes.Name(name="not"), positional=(operand,), named=()):
            return _compares(operand, literals)
        case nodes.In(value=value, tests=tests):
            return all(_pair(value, test, literals) for test in tests)
        case nodes.Literal(value=bool()):
            return True
        case nodes.Name() | nodes.Path():
            path = _path(node)
            if path:
                literals.setdefault(path, set()).update((True, False))
            return bool(path)
    return False


def _pair(variable: nodes.Node, fixed: nodes.Node, literals: dict[str, set[Any]]) -> bool:
    path, value = _path(variable), _fixed(fixed)
    if path and isinstance(value, tuple):
        literals.setdefault(path, set()).add(value[0])
        return True
    return False


def _fixed(node: nodes.Node) -> tuple[Any] | None:
    match node:
        case nodes.Literal(value=value) if value is None or isinstance(value, str | bool | Decimal | int):
            return (value,)
        case nodes.Negate(operand=nodes.Literal(value=value)) if isinstance(value, Decimal | int):
            return (-value,)
    return None


def _path(node: nodes.Node) -> str:
    match node:
        case nodes.Name(name=name):
            return name
        case nodes.Path(source=source, name=name):
            before = _path(source)
            return f"{before}.{name}" if before else ""
    return ""


def root(path: str) -> str:
    return path.partition(".")[0]
