"""Runs regular expressions in time that grows with the text, never without end: all roads are walked side by side.

Only patterns with back-references are tried road by road, each state once and each paid from the budget.
"""

from collections.abc import Iterator

from bpmn.feel._regex_syntax import Program
from bpmn.feel._run import Run

Places = tuple[int, ...]
"""Where the match and its groups start and end; -1 where a group took no part."""
_STATE = 15
"""Steps that a state of a road costs."""
_Roads = list[tuple[int, Places]]


def search(program: Program, text: str, start: int, run: Run) -> Places | None:
    """The leftmost match from `start` on, the first of its roads by preference.

    Raises:
        bpmn.feel.FeelLimit: the budget of steps is used up.
    """
    if program.backward:
        return _search_backward(program, text, start, run)
    steps = program.steps
    nowhere = (-1,) * (2 * program.groups + 2)
    found: Places | None = None
    roads: _Roads = []
    seen: set[int] = set()
    for at in range(start, len(text) + 1):
        if found is None:
            _follow(program, text, at, 0, nowhere, roads, seen)
        if not roads and found is not None:
            break
        run.spend(len(seen) + 1)
        onward: _Roads = []
        reached: set[int] = set()
        for index, places in roads:
            step = steps[index]
            if step.kind == "match":
                found = places
                break
            if at < len(text) and step.accepts is not None and step.accepts(text[at]):
                _follow(program, text, at + 1, index + 1, places, onward, reached)
        roads, seen = onward, reached
    return found


def _follow(program: Program, text: str, at: int, index: int, places: Places, roads: _Roads, seen: set[int]) -> None:
    """Go on without reading, and note every step that reads (or the match), in order of preference."""
    waiting = [(index, places)]
    while waiting:
        index, places = waiting.pop()
        if index in seen:
            continue
        seen.add(index)
        step = program.steps[index]
        match step.kind:
            case "set" | "match":
                roads.append((index, places))
            case "split":
                waiting.append((index + step.second, places))
                waiting.append((index + step.first, places))
            case "save":
                waiting.append((index + 1, (*places[: step.slot], at, *places[step.slot + 1 :])))
            case _ if _passes(program, step.kind, text, at):
                waiting.append((index + step.first, places))


def _passes(program: Program, kind: str, text: str, at: int) -> bool:
    if kind == "start":
        return at == 0 or (program.lines and text[at - 1] == "\n")
    if kind == "end":
        return at == len(text) or (program.lines and text[at] == "\n")
    return True


def _search_backward(program: Program, text: str, start: int, run: Run) -> Places | None:
    for at in range(start, len(text) + 1):
        found = _tried(program, text, at, run)
        if found is not None:
            return found
    return None


def _tried(program: Program, text: str, start: int, run: Run) -> Places | None:
    """The first road from here that matches."""
    waiting = [(0, start, (-1,) * (2 * program.groups + 2))]
    seen: set[tuple[int, int, Places]] = set()
    while waiting:
        state = waiting.pop()
        if state in seen:
            continue
        run.spend(_STATE)
        seen.add(state)
        index, at, places = state
        step = program.steps[index]
        match step.kind:
            case "match":
                return places
            case "set":
                if at < len(text) and step.accepts is not None and step.accepts(text[at]):
                    waiting.append((index + 1, at + 1, places))
            case "back":
                size = _repeated(program, text, at, places, step.slot)
                if size is not None:
                    waiting.append((index + 1, at + size, places))
            case "split":
                waiting.append((index + step.second, at, places))
                waiting.append((index + step.first, at, places))
            case "save":
                waiting.append((index + 1, at, (*places[: step.slot], at, *places[step.slot + 1 :])))
            case _ if _passes(program, step.kind, text, at):
                waiting.append((index + step.first, at, places))
    return None


def _repeated(program: Program, text: str, at: int, places: Places, group: int) -> int | None:
    """How long the group's text is, if it stands here again; a group that took no part matches nothing."""
    start, end = places[2 * group], places[2 * group + 1]
    if start < 0 or end < 0:
        return 0
    wanted, found = text[start:end], text[at : at + end - start]
    if program.ignore_case:
        wanted, found = wanted.casefold(), found.casefold()
    return end - start if wanted == found else None


def matches_of(program: Program, text: str, run: Run) -> Iterator[Places]:
    """All matches one after the other.

    Raises:
        bpmn.feel.FeelLimit: the budget of steps is used up.
    """
    at = 0
    while at <= len(text):
        found = search(program, text, at, run)
        if found is None:
            return
        yield found
        at = found[1] if found[1] > found[0] else found[1] + 1
