"""Regular expressions of XPath into small programs that need no backtracking.

There is no look-around. Back-references need another machine, which tries one road after the other (`backward`).
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from bpmn.feel import _regex_sets as sets

MAX_PROGRAM = 4_000
"""Instructions of one program; `{n,m}` repeats them."""


class PatternError(ValueError):
    """The text is no regular expression that can be run."""


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction. `first` and `second` are distances to go on at, the preferred one first."""

    kind: str
    accepts: sets.CharSet | None = None
    first: int = 1
    second: int = 0
    slot: int = 0


Steps = list[Step]
_META = frozenset("\\|.?*+(){}[]^$-")
_SPACE = re.compile(r"(\[[^\]]*\])|\s+")
"""Spaces, and the classes in which they are kept."""
_PLAIN = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled expression: its steps, and how many groups it has."""

    steps: tuple[Step, ...]
    groups: int
    lines: bool
    """Whether ^ and $ also match at line ends."""
    backward: bool
    """Whether it refers back to what a group matched."""
    ignore_case: bool


@lru_cache(maxsize=256)
def program(pattern: str, flags: str) -> Program:
    """Compile a pattern.

    Raises:
        PatternError: with the reason in words.
    """
    unknown = set(flags) - set("ismx")
    if unknown:
        raise PatternError(f'there is no flag "{min(unknown)}" for regular expressions')
    if "x" in flags:
        pattern = _SPACE.sub(lambda found: found.group(1) or "", pattern)
    return _Reader(pattern, "i" in flags, "s" in flags).whole("m" in flags)


class _Reader:
    """Reads one pattern by descent."""

    def __init__(self, pattern: str, ignore_case: bool, dot_all: bool) -> None:
        self._pattern = pattern
        self._ignore_case = ignore_case
        self._dot = sets.anything if dot_all else sets.any_but_line_ends
        self._at = 0
        self._groups = 0
        self._closed: set[int] = set()
        self._depth = 0

    def whole(self, lines: bool) -> Program:
        steps = self._choice()
        if self._at < len(self._pattern):
            raise PatternError('there is a ")" without its "("')
        made = (Step("save", slot=0), *steps, Step("save", slot=1), Step("match"))
        backward = any(step.kind == "back" for step in made)
        return Program(made, self._groups, lines, backward, self._ignore_case)

    def _peek(self) -> str:
        return self._pattern[self._at] if self._at < len(self._pattern) else ""

    def _next(self) -> str:
        character = self._peek()
        if not character:
            raise PatternError("the regular expression ends too early")
        self._at += 1
        return character

    def _take(self, text: str) -> bool:
        found = self._pattern.startswith(text, self._at)
        self._at += len(text) if found else 0
        return found

    def _choice(self) -> Steps:
        self._depth += 1
        if self._depth > 50:
            raise PatternError("the groups are nested too deeply")
        branches = [self._sequence()]
        while self._take("|"):
            branches.append(self._sequence())
        self._depth -= 1
        steps = branches.pop()
        while branches:
            first = branches.pop()
            jump = Step("jump", first=len(steps) + 1)
            steps = _limited([Step("split", first=1, second=len(first) + 2), *first, jump, *steps])
        return steps

    def _sequence(self) -> Steps:
        steps: Steps = []
        while self._peek() not in ("", "|", ")"):
            steps = _limited([*steps, *self._quantified(self._atom())])
        return steps

    def _atom(self) -> Steps:
        character = self._next()
        match character:
            case "(":
                return self._group()
            case "[":
                return [Step("set", self._class())]
            case ".":
                return [Step("set", self._dot)]
            case "^":
                return [Step("start")]
            case "$":
                return [Step("end")]
            case "\\":
                return [self._reference() or Step("set", self._escape())]
            case "*" | "+" | "?" | "{" | "}" | "]":
                raise PatternError(f'"{character}" stands where nothing can be repeated')
        return [Step("set", sets.one(character, self._ignore_case))]

    def _group(self) -> Steps:
        counted = not self._take("?:")
        if counted:
            self._groups += 1
        number = self._groups
        steps = self._choice()
        if not self._take(")"):
            raise PatternError('there is a "(" without its ")"')
        if not counted:
            return steps
        self._closed.add(number)
        return [Step("save", slot=2 * number), *steps, Step("save", slot=2 * number + 1)]

    def _quantified(self, atom: Steps) -> Steps:
        bounds = self._bounds()
        if bounds is None:
            return atom
        least, most = bounds
        lazy = self._take("?")
        if len(atom) * max(least, most or 0) > MAX_PROGRAM:
            raise PatternError("the regular expression repeats too much")
        if most is None:
            return [*(atom * least), *_star(atom, lazy)]
        tail: Steps = []
        for _ in range(most - least):
            tail = _maybe([*atom, *tail], lazy)
        return [*(atom * least), *tail]

    def _bounds(self) -> tuple[int, int | None] | None:
        for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(sign):
                return bounds
        if not self._take("{"):
            return None
        inside, closed, _ = self._pattern[self._at :].partition("}")
        low, comma, high = inside.partition(",")
        if not closed or len(inside) > 9 or not low.isdecimal() or not (high.isdecimal() or not high):
            raise PatternError('after "{" a count is expected, such as {2} or {1,3}')
        self._at += len(inside) + 1
        most = int(high) if high else None if comma else int(low)
        if most is not None and most < int(low):
            raise PatternError("the counts in { } are the wrong way round")
        return int(low), most

    def _reference(self) -> Step | None:
        """`\\1`: what the first group matched. More digits belong to it while there are so many groups."""
        if self._peek() not in tuple("123456789"):
            return None
        number = int(self._next())
        while self._peek().isdecimal() and number * 10 + int(self._peek()) <= self._groups:
            number = number * 10 + int(self._next())
        if number not in self._closed:
            raise PatternError(f"\\{number} refers to a group that does not end before it")
        return Step("back", slot=number)

    def _escape(self) -> sets.CharSet:
        letter = self._next()
        if letter in "pP":
            return self._property(letter)
        found = sets.named(letter)
        if found is not None:
            return found
        if letter in _PLAIN:
            return sets.one(_PLAIN[letter], False)
        if letter in _META:
            return sets.one(letter, False)
        raise PatternError(f'"\\{letter}" means nothing here')

    def _property(self, letter: str) -> sets.CharSet:
        inside, closed, _ = self._pattern[self._at :].partition("}")
        found = sets.property_set(inside[1:]) if closed and inside.startswith("{") else None
        if found is None:
            raise PatternError("there is no such kind of characters")
        self._at += len(inside) + 1
        return found if letter == "p" else sets.negated(found)

    def _class(self) -> sets.CharSet:
        negated = self._take("^")
        parts: list[sets.CharSet] = []
        removed: sets.CharSet | None = None
        while not self._take("]"):
            if parts and self._take("-["):
                removed = self._class()
                if not self._take("]"):
                    raise PatternError("a subtraction must be the last thing in [ ]")
                break
            parts.append(self._member())
        if not parts:
            raise PatternError("[ ] is empty")
        found = sets.union(parts)
        found = sets.negated(found) if negated else found
        return found if removed is None else sets.without(found, removed)

    def _member(self) -> sets.CharSet:
        low = self._next()
        if low == "[":
            raise PatternError('"[" inside [ ] must be written as \\[')
        if low == "\\":
            letter = self._peek()
            if letter not in _PLAIN and letter not in _META:
                return self._escape()
            low = _PLAIN.get(self._next(), letter)
        if self._peek() != "-" or self._pattern[self._at + 1 : self._at + 2] in ("]", "[", ""):
            return sets.one(low, self._ignore_case)
        self._at += 1
        high = self._next()
        if high == "\\":
            letter = self._next()
            high = _PLAIN.get(letter, letter)
        if high < low:
            raise PatternError(f"the range {low}-{high} is the wrong way round")
        return sets.span(low, high, self._ignore_case)


def _limited(steps: Steps) -> Steps:
    if len(steps) > MAX_PROGRAM:
        raise PatternError("the regular expression repeats too much")
    return steps


def _star(atom: Steps, lazy: bool) -> Steps:
    into, past = 1, len(atom) + 2
    split = Step("split", first=past, second=into) if lazy else Step("split", first=into, second=past)
    return [split, *atom, Step("jump", first=-(len(atom) + 1))]


def _maybe(atom: Steps, lazy: bool) -> Steps:
    into, past = 1, len(atom) + 1
    split = Step("split", first=past, second=into) if lazy else Step("split", first=into, second=past)
    return _limited([split, *atom])
