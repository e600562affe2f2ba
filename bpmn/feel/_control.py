"""Conditions, loops and filters as closures; every round is paid from the budget."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bpmn.feel import _calendar as cal
from bpmn.feel._numbers import whole
from bpmn.feel._operators import Code
from bpmn.feel._run import MAX_LIST, Frame, Run
from bpmn.feel._values import Range, items_of, kind

_ROUND = 5
"""Steps that one round costs, beside one for every node in it."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A loop's name by its slot, and where its values come from."""

    slot: int
    source: Code


def choose(condition: Code, then: Code, otherwise: Code) -> Code:
    """`if`; a condition that is not true takes the second road."""

    def run(frame: Frame) -> Any:
        return then(frame) if condition(frame) is True else otherwise(frame)

    return run


def loop(bound: list[Bound], body: Code, partial: int | None, size: int) -> Code:
    """`for`: the results of all rounds; `partial`, where the body uses it, holds those so far."""

    def run(frame: Frame) -> list[Any] | None:
        results: list[Any] = []
        for fine in _rounds(bound, 0, frame, _ROUND + size):
            if not fine:
                return None
            if partial is not None:
                frame.run.room(len(results))
                frame.slots[partial] = list(results)
            results.append(body(frame))
            frame.run.room(1)
            if len(results) > MAX_LIST:
                frame.run.room(len(results))
        return results

    return run


def any_or_every(bound: list[Bound], condition: Code, every: bool, size: int) -> Code:
    """`some` and `every`, with three truth values."""

    def run(frame: Frame) -> bool | None:
        unknown = False
        for fine in _rounds(bound, 0, frame, _ROUND + size):
            if not fine:
                return None
            result = condition(frame)
            if result.__class__ is not bool:
                unknown = True
            elif result is not every:
                return not every
        return None if unknown else every

    return run


def _rounds(bound: list[Bound], index: int, frame: Frame, cost: int) -> Iterator[bool]:
    """Set the names for every round; False when a source is nothing to go through."""
    values = gone_through(bound[index].source(frame), frame.run)
    if values is None:
        yield False
        return
    slots, slot, last = frame.slots, bound[index].slot, index + 1 == len(bound)
    for value in values:
        frame.run.spend(cost)
        slots[slot] = value
        if last:
            yield True
        else:
            yield from _rounds(bound, index + 1, frame, cost)


def gone_through(source: Any, run: Run) -> Iterable[Any] | None:
    """What a loop goes through: the items of a list, the steps of a range, a single value; None for what is none."""
    if isinstance(source, Steps):
        return source
    if isinstance(source, Range):
        if source.low is None or source.high is None:
            return run.null("a range without an end cannot be gone through")
        steps = steps_between(source.low, source.high, run)
        return None if steps is None else steps.without(not source.low_closed, not source.high_closed)
    if source is None:
        return run.null("null cannot be gone through")
    return items_of(source)


@dataclass(frozen=True, slots=True)
class Steps:
    """Whole numbers or days from one end to the other, up or down, made one by one."""

    first: Decimal | cal.Day
    count: int
    step: int

    def without(self, first: bool, last: bool) -> "Steps":
        """The same without its ends."""
        moved = self._at(1) if first else self.first
        return Steps(moved, max(0, self.count - first - last), self.step)

    def _at(self, index: int) -> Decimal | cal.Day:
        by = index * self.step
        return self.first + by if isinstance(self.first, Decimal) else cal.add_days(self.first, timedelta(by))

    def __iter__(self) -> Iterator[Decimal | cal.Day]:
        return (self._at(index) for index in range(self.count))


def steps_between(low: Any, high: Any, run: Run) -> Steps | None:
    """The steps from one whole number or date to another."""
    if kind(low) == "date" and kind(high) == "date":
        distance = cal.ordinal(high) - cal.ordinal(low)
        return Steps(low, abs(distance) + 1, -1 if distance < 0 else 1)
    first, last = whole(low), whole(high)
    if first is None or last is None:
        return run.null(f"from a {kind(low)} to a {kind(high)} there are no steps")
    return Steps(Decimal(first), abs(last - first) + 1, -1 if last < first else 1)


def stepped(low: Code, high: Code) -> Code:
    """`for x in low..high`."""

    def run(frame: Frame) -> Any:
        return steps_between(low(frame), high(frame), frame.run)

    return run


def filtered(source: Code, condition: Code, slot: int | None, size: int) -> Code:
    """`list[n]` counts from 1, or from the end with -1; `list[condition]` keeps items; one value is a list of one."""

    def run(frame: Frame) -> Any:
        items = items_of(source(frame))
        if slot is None:
            return _picked(items, condition(frame), frame.run)
        slots, spend, kept = frame.slots, frame.run.spend, []
        for index, item in enumerate(items or [None]):
            spend(_ROUND + size)
            slots[slot] = item
            result = condition(frame)
            if index == 0 and isinstance(result, Decimal):
                return _picked(items, result, frame.run)
            if result is True and items:
                kept.append(item)
            elif result.__class__ is not bool and result is not None:
                return frame.run.null(f"a {kind(result)} is no condition of a filter")
        frame.run.room(len(kept))
        return kept

    return run


def _picked(items: list[Any], position: Any, run: Run) -> Any:
    if isinstance(position, bool):
        return items if position else []
    index = whole(position)
    if index is None:
        return run.null(f"a {kind(position)} is no place in a list")
    if index == 0 or abs(index) > len(items):
        return run.null(f"the list has {len(items)} items, none at {index}")
    return items[index - 1 if index > 0 else index]
