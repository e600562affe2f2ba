"""Where variables live: beside the tree of tokens, in the case, in each called process, and at single tokens."""

from collections import ChainMap
from collections.abc import Mapping, MutableMapping
from typing import Any

from bpmn.values import Kept, Value, from_json, to_json
from workflows.engine._expressions import Act
from workflows.engine._rules import Assign

Scope = MutableMapping[str, Value]


def own(values: Mapping[str, Value]) -> dict[str, Value]:
    """A copy nobody else can change, with numbers as decimals.

    Raises:
        TypeError: a value that no variable can hold.
    """
    return {str(name): from_json(to_json(value)) for name, value in values.items()}


def view(maps: list[Scope]) -> ChainMap[str, Value]:
    """What is visible through these scopes, the innermost first."""
    return ChainMap(*maps)


def still(maps: list[Scope]) -> Kept:
    """What is visible through them now, whatever is written later."""
    stored: dict[str, Any] = {}
    for scope in reversed(maps):
        stored |= to_json(scope)
    return Kept(stored)


def write(maps: list[Scope], name: str, value: Value) -> None:
    """Change the innermost scope that has the name; one that nobody has is new in the outermost."""
    for scope in maps:
        if name in scope:
            scope[name] = value
            return
    maps[-1][name] = value


def mapped(mappings: tuple[Assign, ...], first: Scope, maps: list[Scope], act: Act) -> Scope:
    """The values of mappings in their order. A source sees `first`, then what was mapped before it, then `maps`.

    Raises:
        Stuck: a source could not be evaluated.
    """
    made: Scope = {}
    seen = ChainMap[str, Value](first, made, *maps)
    for mapping in mappings:
        _put(made, mapping.target, mapping.source.evaluate(seen, act), seen)
    return made


def _put(made: Scope, path: tuple[str, ...], value: Value, seen: Mapping[str, Value]) -> None:
    name, *inner = path
    if not inner:
        made[name] = value
        return
    base = made.get(name, seen.get(name))
    top: dict[str, Value] = dict(base) if isinstance(base, dict) else {}
    made[name] = top
    target: MutableMapping[str, Value] = top
    for step in inner[:-1]:
        below = target.get(step)
        copy: dict[str, Value] = dict(below) if isinstance(below, dict) else {}
        target[step] = copy
        target = copy
    target[inner[-1]] = value
