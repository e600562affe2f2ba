"""Built-in functions that turn values into numbers and strings."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal, DecimalException
from typing import Any

from bpmn.feel import _numbers, _temporal
from bpmn.feel._builtin import builtin
from bpmn.feel._run import MAX_STRING, Run
from bpmn.feel._values import Range
from bpmn.values import FarDate, FarDateTime, YearsMonths


@builtin("string", "from: any")
def string(run: Run, value: Any) -> str | None:
    if value is None:
        return run.null("string: the value is null")
    if isinstance(value, str):
        return value
    pieces: list[str] = []
    size = 0
    for piece in _pieces(run, value):
        size += len(piece)
        if size > MAX_STRING:
            break
        pieces.append(piece)
    run.room(size, MAX_STRING, "text")
    return "".join(pieces)


def _pieces(run: Run, value: Any) -> Iterator[str]:
    run.spend(1)
    match value:
        case None | bool():
            yield {None: "null", True: "true", False: "false"}[value]
        case str():
            yield '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case Decimal() | int():
            yield _numbers.text_of(Decimal(value))
        case date() | time() | timedelta() | YearsMonths() | FarDate() | FarDateTime():
            yield _temporal.text_of(value)
        case list() | tuple():
            yield from _joined(run, "[", "]", ((("", item)) for item in value))
        case dict():
            yield from _joined(run, "{", "}", ((f"{key}: ", item) for key, item in value.items()))
        case Range(operator=sign) if sign:
            yield f"({sign}"
            yield from _pieces(run, value.high if value.low is None else value.low)
            yield ")"
        case Range():
            yield "[" if value.low_closed else "("
            yield from _pieces(run, value.low)
            yield ".."
            yield from _pieces(run, value.high)
            yield "]" if value.high_closed else ")"
        case _:
            yield "function"


def _joined(run: Run, start: str, end: str, items: Iterator[tuple[str, Any]]) -> Iterator[str]:
    yield start
    for index, (label, item) in enumerate(items):
        yield (", " if index else "") + label
        yield from _pieces(run, item)
    yield end


@builtin("number", "from: string")
def number(run: Run, text: str) -> Decimal | None:
    return _number(run, text)


@builtin("number", "from: number")
def number_itself(run: Run, value: Decimal) -> Decimal:
    return value


@builtin("number", "from: string", "grouping separator: string?", "decimal separator: string?")
def number_separated(run: Run, text: str, grouping: str | None = None, point: str | None = None) -> Decimal | None:
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", ".") or (point and grouping == point):
        return run.null('number: separators are " ", "," or ".", and two different ones')
    if grouping:
        text = text.replace(grouping, "")
    if point == ",":
        text = text.replace(".", "?").replace(",", ".")
    return _number(run, text)


def _number(run: Run, text: str) -> Decimal | None:
    if len(text) > 1000 or not set(text) <= set("0123456789.+-eE"):
        return run.null(f'number: "{text[:40]}" is no number')
    try:
        return _numbers.number(text)
    except DecimalException:
        return run.null(f'number: "{text[:40]}" is no number')
