"""Built-in functions on strings. Positions count code points from 1; regular expressions are bounded."""

import re
from decimal import Decimal
from typing import Any

from bpmn.feel._builtin import builtin
from bpmn.feel._numbers import cut
from bpmn.feel._regex import Places, matches_of, search
from bpmn.feel._regex_syntax import PatternError, Program, program
from bpmn.feel._run import MAX_MATCHED, MAX_PATTERN, MAX_STRING, Run

_AT_ONCE = 100
"""Characters that are looked through for one step."""


@builtin("substring", "string: string", "start position: number", "length: number?")
def substring(run: Run, text: str, start: Decimal, length: Decimal | None = None) -> str | None:
    first = cut(start)
    if first == 0 or abs(first) > len(text) or (length is not None and length < 1):
        return run.null("substring: there is nothing at this place")
    begin = first - 1 if first > 0 else len(text) + first
    return run.text(text[begin:] if length is None else text[begin : begin + cut(length)])


@builtin("string length", "string: string")
def string_length(run: Run, text: str) -> Decimal:
    return Decimal(len(text))


@builtin("upper case", "string: string")
def upper_case(run: Run, text: str) -> str:
    return run.text(text.upper())


@builtin("lower case", "string: string")
def lower_case(run: Run, text: str) -> str:
    return run.text(text.lower())


@builtin("trim", "string: string")
def trim(run: Run, text: str) -> str:
    return run.text(text.strip())


@builtin("substring before", "string: string", "match: string")
def substring_before(run: Run, text: str, match: str) -> str:
    run.spend(len(text) // _AT_ONCE)
    before, found, _ = text.partition(match) if match else ("", "", "")
    return run.text(before) if found else ""


@builtin("substring after", "string: string", "match: string")
def substring_after(run: Run, text: str, match: str) -> str:
    if not match:
        return text
    run.spend(len(text) // _AT_ONCE)
    return run.text(text.partition(match)[2])


@builtin("contains", "string: string", "match: string")
def contains(run: Run, text: str, match: str) -> bool:
    run.spend(len(text) // _AT_ONCE)
    return match in text


@builtin("starts with", "string: string", "match: string")
def starts_with(run: Run, text: str, match: str) -> bool:
    return text.startswith(match)


@builtin("ends with", "string: string", "match: string")
def ends_with(run: Run, text: str, match: str) -> bool:
    return text.endswith(match)


@builtin("string join", "list: list", "delimiter: string?")
def string_join(run: Run, items: list[Any], delimiter: str | None = None) -> str | None:
    if not all(item is None or isinstance(item, str) for item in items):
        return run.null("string join: every item must be a string")
    texts = [item for item in items if item is not None]
    run.room(sum(map(len, texts)) + len(delimiter or "") * len(texts), MAX_STRING, "text")
    return (delimiter or "").join(texts)


@builtin("matches", "input: string", "pattern: string", "flags: string?")
def matches(run: Run, text: str, pattern: str, flags: str | None = None) -> bool | None:
    expression = _expression(run, text, pattern, flags)
    return None if expression is None else search(expression, text, 0, run) is not None


@builtin("replace", "input: string", "pattern: string", "replacement: string", "flags: string?")
def replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None = None) -> str | None:
    expression = _breaking(run, text, pattern, flags)
    if expression is None:
        return None
    pieces, last = [], 0
    for places in matches_of(expression, text, run):
        filled = _filled(replacement, text, places)
        run.room(len(filled), MAX_STRING, "text")
        pieces += [text[last : places[0]], filled]
        last = places[1]
    return run.text("".join([*pieces, text[last:]]))


@builtin("split", "string: string", "delimiter: string")
def split(run: Run, text: str, pattern: str) -> list[str] | None:
    expression = _breaking(run, text, pattern, None)
    if expression is None:
        return None
    run.room(len(text))
    pieces, last = [], 0
    for start, end, *_ in matches_of(expression, text, run):
        pieces.append(text[last:start])
        last = end
    return [*pieces, text[last:]]


_PLACEHOLDER = re.compile(r"\\([\\$])|\$(\d)")


def _filled(replacement: str, text: str, places: Places) -> str:
    """`$1` is the first group, `\\$` a dollar sign."""

    def part(found: re.Match[str]) -> str:
        escaped, group = found.groups()
        if escaped:
            return str(escaped)
        start = 2 * int(group)
        return text[places[start] : places[start + 1]] if start < len(places) and places[start + 1] >= 0 else ""

    return _PLACEHOLDER.sub(part, replacement)


def _breaking(run: Run, text: str, pattern: str, flags: str | None) -> Program | None:
    """A pattern to break a text at, which must not match nothing (XPath F&O, FORX0003)."""
    expression = _expression(run, text, pattern, flags)
    if expression is not None and search(expression, "", 0, run) is not None:
        return run.null(f'the regular expression {pattern[:40]} matches "", so it breaks a text nowhere or anywhere')
    return expression


def _expression(run: Run, text: str, pattern: str, flags: str | None) -> Program | None:
    if len(pattern) > MAX_PATTERN or len(text) > MAX_MATCHED:
        return run.null("the regular expression or its text is too long")
    run.spend(len(text) + len(pattern))
    try:
        return program(pattern, flags or "")
    except PatternError as error:
        return run.null(f"{error} (in the regular expression {pattern[:40]})")
