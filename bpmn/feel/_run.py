"""One evaluation: its clock, what it may still spend, and why its nulls are null."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from akta.languages import N_, sentence
from bpmn.calendars import Calendar
from bpmn.feel._errors import FeelLimit

T = TypeVar("T")

MAX_TEXT = 50_000
"""Characters an expression may have."""
MAX_NESTING = 80
"""Levels of brackets, conditions and loops inside each other in the text."""
MAX_CHAIN = 300
"""Operators in one chain without brackets."""
MAX_STEPS = 3_000_000
"""Nodes evaluated, again in every round and call, and what functions on long lists and texts cost beside."""
MAX_CELLS = 8_000_000
"""Characters and list items made in one evaluation, and characters of its result."""
SHARED = 5
"""How many evaluations that go to their limits one act may pay for."""
MAX_STRING = 1_000_000
MAX_LIST = 200_000
TOO_LONG = {
    "text": N_("A text of %(size)s characters would be too long; at most %(most)s are possible."),
    "list": N_("A list of %(size)s items would be too long; at most %(most)s are possible."),
}
MAX_DEPTH = 60
"""Calls of the model's own functions inside each other."""
MAX_VALUE_DEPTH = 60
"""Lists and contexts inside each other in a result."""
MAX_PATTERN = 500
MAX_MATCHED = 20_000
"""Characters of a regular expression, and of the text it may look at."""
MAX_REASONS = 20


class Run:
    """The budget and the memory of one evaluation. Never shared between evaluations or threads.

    What most evaluations never touch stands on the class: making a run is a good part of a short expression's time.
    """

    calendar: Calendar | None = None
    steps = MAX_STEPS
    cells = MAX_CELLS
    depth = 0
    reasons: Sequence[str] = ()

    def __init__(self, now: datetime) -> None:
        self.now = now

    def null(self, reason: str) -> T | None:
        """Null, with the reason kept for who asks why."""
        if len(self.reasons) < MAX_REASONS:
            self.reasons = (*self.reasons, reason)
        return None

    def spend(self, steps: int) -> None:
        """Take steps from the budget.

        Raises:
            FeelLimit: nothing is left.
        """
        self.steps -= steps
        if self.steps < 0:
            raise FeelLimit(N_("The expression takes too many steps."))

    def text(self, value: str) -> str:
        """A new string, counted.

        Raises:
            FeelLimit: it is too long, or too much was made already.
        """
        self.room(len(value), MAX_STRING, "text")
        return value

    def room(self, size: int, limit: int = MAX_LIST, what: str = "list") -> None:
        """Ask for room before something of this size is made.

        Raises:
            FeelLimit: it is too large, or too much was made already.
        """
        if size > limit:
            raise FeelLimit(sentence(TOO_LONG[what], size=size, most=limit))
        self.cells -= size
        if self.cells < 0:
            raise FeelLimit(N_("The expression needs too much memory."))

    def enter(self) -> None:
        """One call deeper.

        Raises:
            FeelLimit: functions call each other too deeply.
        """
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise FeelLimit(sentence(N_("Functions call each other more than %(most)s levels deep."), most=MAX_DEPTH))
        self.spend(10)

    def leave(self) -> None:
        """Back from a call."""
        self.depth -= 1


class Allowance:
    """What all evaluations of one act may spend together; each keeps to its own limits besides. For one thread.

    `calendar`: by which they count working days; without one they cannot.
    """

    __slots__ = ("calendar", "cells", "steps")

    def __init__(self, calendar: Calendar | None = None) -> None:
        self.calendar = calendar
        self.steps = SHARED * MAX_STEPS
        self.cells = SHARED * MAX_CELLS

    def open(self, now: datetime) -> Run:
        """One evaluation that is paid from here; `close` it in any case.

        Raises:
            FeelLimit: nothing is left.
        """
        if self.steps <= 0 or self.cells <= 0:
            raise FeelLimit(N_("The expressions of this step take too much work together."))
        run = Run(now)
        run.calendar = self.calendar
        run.steps = self.steps if self.steps < MAX_STEPS else MAX_STEPS
        run.cells = self.cells if self.cells < MAX_CELLS else MAX_CELLS
        return run

    def close(self, run: Run) -> None:
        """Pay for an evaluation."""
        self.steps -= min(self.steps, MAX_STEPS) - run.steps
        self.cells -= min(self.cells, MAX_CELLS) - run.cells

    @contextmanager
    def run(self, now: datetime) -> Iterator[Run]:
        """One evaluation from `open` to `close`."""
        run = self.open(now)
        try:
            yield run
        finally:
            self.close(run)


class Frame:
    """Where a piece of compiled expression finds its values: outer variables by name, inner ones by slot."""

    __slots__ = ("run", "slots", "vars")

    def __init__(self, variables: Mapping[str, Any], slots: Any, run: Run) -> None:
        self.vars = variables
        self.slots = slots
        self.run = run
