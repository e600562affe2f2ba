"""Built-in functions on lists. Positions count from 1, negative ones from the end."""

from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from bpmn.feel import _arithmetic
from bpmn.feel._builtin import builtin
from bpmn.feel._numbers import CONTEXT, whole
from bpmn.feel._run import Run
from bpmn.feel._values import Function, equal, kind, order


@builtin("list contains", "list: list", "element: any")
def list_contains(run: Run, items: list[Any], element: Any) -> bool:
    run.spend(len(items))
    return any(equal(item, element, run) is True for item in items)


@builtin("count", "list: list")
def count(run: Run, items: list[Any]) -> Decimal:
    return Decimal(len(items))


def _extreme(name: str, sign: int) -> None:
    @builtin(name, "list: list", spread=True)
    def extreme(run: Run, items: list[Any]) -> Any:
        if not items:
            return run.null(f"{name}: the list is empty")
        run.spend(len(items))
        best = items[0]
        for item in items:
            compared = order(item, best, run)
            if compared is None:
                return None
            best = item if compared * sign > 0 else best
        return best


_extreme("min", -1)
_extreme("max", 1)


@builtin("sum", "list: list", spread=True)
def total(run: Run, items: list[Any]) -> Any:
    if not items:
        return run.null("sum: the list is empty")
    run.spend(len(items))
    result, *rest = items
    if not isinstance(result, Decimal) and "duration" not in kind(result):
        return run.null(f"sum: a {kind(result)} cannot be added up")
    for item in rest:
        if kind(item) != kind(result):
            return run.null("sum: the items are of different kinds")
        result = _arithmetic.add(run, result, item)
    return result


def _numbers(run: Run, name: str, items: list[Any]) -> list[Decimal] | None:
    run.spend(len(items))
    if not items or not all(isinstance(item, Decimal) and item.is_finite() for item in items):
        return run.null(f"{name}: the list must hold numbers only, and at least one")
    return items


@builtin("product", "list: list", spread=True)
def product(run: Run, items: list[Any]) -> Decimal | None:
    numbers = _numbers(run, "product", items)
    result = Decimal(1)
    for number in numbers or ():
        result = CONTEXT.multiply(result, number)
    return None if numbers is None else result


@builtin("mean", "list: list", spread=True)
def mean(run: Run, items: list[Any]) -> Any:
    added = total(run, items)
    return None if added is None else _arithmetic.divide(run, added, Decimal(len(items)))


@builtin("median", "list: list", spread=True)
def median(run: Run, items: list[Any]) -> Decimal | None:
    numbers = _numbers(run, "median", items)
    if numbers is None:
        return None
    numbers = sorted(numbers)
    middle = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[middle]
    return CONTEXT.divide(CONTEXT.add(numbers[middle - 1], numbers[middle]), Decimal(2))


@builtin("stddev", "list: list", spread=True)
def stddev(run: Run, items: list[Any]) -> Decimal | None:
    numbers = _numbers(run, "stddev", items)
    if numbers is None or len(numbers) < 2:
        return run.null("stddev: at least two numbers are needed")
    average = mean(run, numbers)
    squares = Decimal(0)
    for number in numbers:
        distance = CONTEXT.subtract(number, average)
        squares = CONTEXT.add(squares, CONTEXT.multiply(distance, distance))
    return CONTEXT.sqrt(CONTEXT.divide(squares, Decimal(len(numbers) - 1)))


@builtin("mode", "list: list", spread=True)
def mode(run: Run, items: list[Any]) -> list[Decimal] | None:
    if not items:
        return []
    numbers = _numbers(run, "mode", items)
    if numbers is None:
        return None
    counts: dict[Decimal, int] = {}
    for number in numbers:
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values())
    return sorted(number for number, times in counts.items() if times == most)


def _quantifier(name: str, decisive: bool) -> None:
    @builtin(name, "list: list", spread=True)
    def quantifier(run: Run, items: list[Any]) -> bool | None:
        run.spend(len(items))
        if any(item is decisive for item in items):
            return decisive
        if all(isinstance(item, bool) for item in items):
            return not decisive
        return run.null(f"{name}: not every item is true or false")


_quantifier("all", False)
_quantifier("any", True)


def _place(run: Run, items: list[Any], position: Decimal, extra: int = 0) -> int | None:
    """The index for a position."""
    index = whole(position)
    if index is None or index == 0 or index > len(items) + extra or -index > len(items):
        return run.null(f"the list has {len(items)} items, none at {position}")
    return index - 1 if index > 0 else len(items) + index


@builtin("sublist", "list: list", "start position: number", "length: number?")
def sublist(run: Run, items: list[Any], start: Decimal, length: Decimal | None = None) -> list[Any] | None:
    first = _place(run, items, start)
    size = None if length is None else whole(length)
    if first is None or (length is not None and (size is None or size < 0 or first + size > len(items))):
        return run.null("sublist: so many items are not there")
    run.room(len(items))
    return items[first:] if size is None else items[first : first + size]


@builtin("append", "list: list", "item: any", spread=True)
def append(run: Run, items: list[Any], added: list[Any]) -> list[Any]:
    run.room(len(items) + len(added))
    return [*items, *added]


@builtin("concatenate", "list: list", spread=True)
def concatenate(run: Run, lists: list[Any]) -> list[Any] | None:
    if any(item is None for item in lists):
        return run.null("a list to be joined is null")
    joined: list[Any] = []
    for items in _lists(lists):
        run.room(len(joined) + len(items))
        joined.extend(items)
    return joined


def _lists(arguments: list[Any]) -> list[list[Any]]:
    """Each argument as a list."""
    return [item if isinstance(item, list) else [item] for item in arguments]


@builtin("insert before", "list: list", "position: number", "newItem: any")
def insert_before(run: Run, items: list[Any], position: Decimal, item: Any) -> list[Any] | None:
    index = _place(run, items, position, 1)
    run.room(len(items) + 1)
    return None if index is None else [*items[:index], item, *items[index:]]


@builtin("remove", "list: list", "position: number")
def remove(run: Run, items: list[Any], position: Decimal) -> list[Any] | None:
    index = _place(run, items, position)
    run.room(len(items))
    return None if index is None else [*items[:index], *items[index + 1 :]]


@builtin("list replace", "list: list", "position: number", "newItem: any")
def replace_at(run: Run, items: list[Any], position: Decimal, item: Any) -> list[Any] | None:
    index = _place(run, items, position)
    run.room(len(items))
    return None if index is None else [*items[:index], item, *items[index + 1 :]]


@builtin("list replace", "list: list", "match: function", "newItem: any")
def replace_where(run: Run, items: list[Any], match: Function, item: Any) -> list[Any] | None:
    run.room(len(items))
    replaced = []
    for old in items:
        found = match.call(run, [old, item])
        if not isinstance(found, bool):
            return run.null("list replace: the function must say true or false")
        replaced.append(item if found else old)
    return replaced


@builtin("reverse", "list: list")
def reverse(run: Run, items: list[Any]) -> list[Any]:
    run.room(len(items))
    return items[::-1]


@builtin("index of", "list: list", "match: any")
def index_of(run: Run, items: list[Any], match: Any) -> list[Decimal]:
    run.room(len(items))
    return [Decimal(place) for place, item in enumerate(items, 1) if equal(item, match, run) is True]


@builtin("union", "list: list", spread=True)
def union(run: Run, lists: list[Any]) -> list[Any] | None:
    joined = concatenate(run, lists)
    return None if joined is None else distinct(run, joined)


@builtin("distinct values", "list: list")
def distinct(run: Run, items: list[Any]) -> list[Any]:
    kept: list[Any] = []
    for item in items:
        run.spend(len(kept) + 1)
        if not any(equal(item, known, run) is True for known in kept):
            kept.append(item)
    run.room(len(kept))
    return kept


@builtin("flatten", "list: list")
def flatten(run: Run, items: list[Any]) -> list[Any]:
    flat: list[Any] = []
    waiting = [iter(items)]
    while waiting:
        for item in waiting[-1]:
            run.spend(1)
            if isinstance(item, list):
                waiting.append(iter(item))
                break
            flat.append(item)
        else:
            waiting.pop()
    run.room(len(flat))
    return flat


@builtin("sort", "list: list", "precedes: function?")
def sort(run: Run, items: list[Any], precedes: Function | None = None) -> list[Any] | None:
    run.room(len(items))
    run.spend(len(items) * max(1, len(items).bit_length()))
    if precedes is None:
        if any(order(item, items[0], run) is None for item in items):
            return None
        return sorted(items, key=cmp_to_key(lambda a, b: order(a, b, run) or 0))
    return sorted(items, key=cmp_to_key(_comparison(run, precedes)))


def _comparison(run: Run, precedes: Function) -> Callable[[Any, Any], int]:
    def compare(a: Any, b: Any) -> int:
        if precedes.call(run, [a, b]) is True:
            return -1
        return 1 if precedes.call(run, [b, a]) is True else 0

    return compare
