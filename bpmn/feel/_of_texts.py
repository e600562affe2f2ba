"""Built-in functions on strings. Positions count code points from 1; regular expressions are bounded."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

from bpmn.feel._builtin import builtin
from bpmn.feel._run import MAX_MATCHED, MAX_PATTERN, Run


@builtin("substring", "string: string", "start position: number", "length: number?")
def substring(run: Run, text: str, start: Decimal, length: Decimal | None = None) -> str | None:
    first = int(start)
    if first == 0 or abs(first) > len(text) or (length is not None and length < 1):
        return run.null("substring: there is nothing at this place")
    begin = first - 1 if first > 0 else len(text) + first
    return run.text(text[begin:] if length is None else text[begin : begin + int(length)])


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
    before, found, _ = text.partition(match) if match else ("", "", "")
    return run.text(before) if found else ""


@builtin("substring after", "string: string", "match: string")
def substring_after(run: Run, text: str, match: str) -> str:
    if not match:
        return text
    return run.text(text.partition(match)[2])


@builtin("contains", "string: string", "match: string")
def contains(run: Run, text: str, match: str) -> bool:
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
    run.room(sum(map(len, texts)) + len(delimiter or "") * len(texts), 1_000_000, "text")
    return (delimiter or "").join(texts)


@builtin("matches", "input: string", "pattern: string", "flags: string?")
def matches(run: Run, text: str, pattern: str, flags: str | None = None) -> bool | None:
    expression = _expression(run, text, pattern, flags)
    return None if expression is None else expression.search(text) is not None


@builtin("replace", "input: string", "pattern: string", "replacement: string", "flags: string?")
def replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None = None) -> str | None:
    expression = _expression(run, text, pattern, flags)
    if expression is None:
        return None
    run.room(len(text) * (len(replacement) + 1), 20_000_000, "text")
    return run.text(expression.sub(lambda match: _filled(match, replacement), text))


@builtin("split", "string: string", "delimiter: string")
def split(run: Run, text: str, pattern: str) -> list[str] | None:
    expression = _expression(run, text, pattern, None)
    if expression is None:
        return None
    run.room(len(text))
    pieces, last = [], 0
    for match in expression.finditer(text):
        if match.end() > match.start():
            pieces.append(text[last : match.start()])
            last = match.end()
    return [*pieces, text[last:]]


def _filled(match: re.Match[str], replacement: str) -> str:
    """`$1` is the first group, `\\$` a dollar sign."""

    def part(found: re.Match[str]) -> str:
        escaped, group = found.groups()
        if escaped:
            return str(escaped)
        number = int(group)
        return (match.group(number) or "") if number <= (match.re.groups) else ""

    return re.sub(r"\\([\\$])|\$(\d)", part, replacement)


_UNSAFE = re.compile(r"[+*}]\??\)\s*[+*{]|\|[^()]*\)\s*[+*{]")
"""A repeated group that itself ends in a repetition, or repeats a choice: it may take time without end."""


@lru_cache(maxsize=256)
def _compiled(pattern: str, flags: str) -> re.Pattern[str] | str:
    options = 0
    for flag in flags:
        known = {"i": re.IGNORECASE, "s": re.DOTALL, "m": re.MULTILINE, "x": re.VERBOSE}.get(flag)
        if known is None:
            return f'there is no flag "{flag}" for regular expressions'
        options |= known
    if _UNSAFE.search(pattern):
        return "a repetition inside a repetition is not possible in a regular expression here"
    try:
        return re.compile(pattern, options)
    except (re.error, RecursionError, OverflowError):
        return "this is no regular expression"


def _expression(run: Run, text: str, pattern: str, flags: str | None) -> re.Pattern[str] | None:
    if len(pattern) > MAX_PATTERN or len(text) > MAX_MATCHED:
        return run.null("the regular expression or its text is too long")
    run.spend(len(text) + len(pattern))
    found = _compiled(pattern, flags or "")
    return run.null(found) if isinstance(found, str) else found
