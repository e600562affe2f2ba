"""Boxed conditionals, filters and loops as closures; every round is paid from the budget."""

from collections.abc import Callable, Mapping
from typing import Any

from bpmn.feel.machine import Run, gone_through, items_of

Scope = Mapping[str, Any]
Logic = Callable[[Scope, Run], Any]
_ROUND = 10
"""Steps that a round costs beside its expressions."""


def conditional(condition: Logic, then: Logic, otherwise: Logic) -> Logic:
    """`if`; a condition that is neither true nor false nor null gives null."""

    def chosen(scope: Scope, run: Run) -> Any:
        value = condition(scope, run)
        if value is not None and not isinstance(value, bool):
            return run.null("the condition is neither true nor false")
        return then(scope, run) if value else otherwise(scope, run)

    return chosen


def filtered(source: Logic, match: Logic) -> Logic:
    """The items for which `match` is true; it sees the entries of an item by name, and the item as `item`."""

    def kept(scope: Scope, run: Run) -> list[Any]:
        found = []
        for item in items_of(source(scope, run)):
            run.spend(_ROUND)
            entries = item if isinstance(item, Mapping) else {}
            if match({**scope, **entries, "item": item}, run) is True:
                found.append(item)
        return found

    return kept


def loop(variable: str, source: Logic, body: Logic, sees_partial: bool) -> Logic:
    """`for`: the results of all rounds; `partial` holds those so far."""

    def results(scope: Scope, run: Run) -> list[Any] | None:
        rounds = gone_through(source(scope, run), run)
        if rounds is None:
            return None
        made: list[Any] = []
        for item in rounds:
            run.spend(_ROUND + (len(made) if sees_partial else 0))
            run.room(1)
            so_far = {"partial": list(made)} if sees_partial else {}
            made.append(body({**scope, **so_far, variable: item}, run))
        run.room(len(made))
        return made

    return results


def quantified(every: bool, variable: str, source: Logic, condition: Logic) -> Logic:
    """`some` and `every`, with three truth values."""

    def holds(scope: Scope, run: Run) -> bool | None:
        rounds = gone_through(source(scope, run), run)
        if rounds is None:
            return None
        unknown = False
        for item in rounds:
            run.spend(_ROUND)
            result = condition({**scope, variable: item}, run)
            if result.__class__ is not bool:
                unknown = True
            elif result is not every:
                return not every
        return None if unknown else every

    return holds
