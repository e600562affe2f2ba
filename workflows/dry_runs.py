"""A case in memory: the real engine with nothing around it. No row is written, no call is made, nothing is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from akta.ids import TokenId
from bpmn.calendars import Calendar
from bpmn.values import Value
from workflows import engine
from workflows.engine import (
    ArmedTimer,
    AwaitedCondition,
    AwaitedMessage,
    AwaitedSignal,
    Call,
    Command,
    Definition,
    OpenedChoice,
    OpenedTask,
    Outcome,
    Place,
    Step,
    StoppedToken,
)

PASSED = frozenset({"completed", "caught"})
"""What a step says of an element that was passed."""

W = TypeVar(
    "W", OpenedTask, Call, ArmedTimer, AwaitedMessage, AwaitedSignal, AwaitedCondition, OpenedChoice, StoppedToken
)


@dataclass
class Open:
    """What waits, by token, in the order in which it began to."""

    tasks: dict[TokenId, OpenedTask] = field(default_factory=dict)
    calls: dict[TokenId, Call] = field(default_factory=dict)
    timers: dict[TokenId, ArmedTimer] = field(default_factory=dict)
    messages: dict[TokenId, AwaitedMessage] = field(default_factory=dict)
    signals: dict[TokenId, AwaitedSignal] = field(default_factory=dict)
    conditions: dict[TokenId, AwaitedCondition] = field(default_factory=dict)
    choices: dict[TokenId, OpenedChoice] = field(default_factory=dict)
    stopped: dict[TokenId, StoppedToken] = field(default_factory=dict)

    def take(self, outcome: Outcome) -> None:
        """What an outcome closes and opens."""
        gone = (*outcome.closed, *outcome.resumed)
        _replace(self.tasks, gone, outcome.tasks)
        _replace(self.calls, gone, outcome.calls)
        _replace(self.timers, gone, outcome.timers)
        _replace(self.messages, gone, outcome.awaited)
        _replace(self.signals, gone, outcome.awaited_signals)
        _replace(self.conditions, gone, outcome.awaited_conditions)
        _replace(self.choices, gone, outcome.choices)
        _replace(self.stopped, gone, outcome.stopped)


def _replace(waiting: dict[TokenId, W], gone: Sequence[TokenId], opened: Sequence[W]) -> None:
    for token in gone:
        waiting.pop(token, None)
    for one in opened:
        waiting[one.token] = one


class DryRun:
    """One case, taken further command by command by whoever plays it.

    Attributes:
        open: what waits; `last` is what the last command came to, None before the start.
        steps: everything that happened, in order.
    """

    def __init__(self, definition: Definition, calendar: Calendar | None = None, state: bytes | None = None) -> None:
        self._definition, self._calendar, self._state = definition, calendar, state
        self.open = Open()
        self.last: Outcome | None = None
        self.steps: list[Step] = []

    def do(self, command: Command, now: datetime) -> Outcome:
        """Take the case one command further. Raises as `engine.advance`."""
        outcome = engine.advance(self._definition, self._state, command, now, self._calendar)
        self._state, self.last = outcome.state, outcome
        self.open.take(outcome)
        self.steps += outcome.steps
        return outcome

    @property
    def ended(self) -> Place | None:
        """The end event it ended with."""
        return None if self.last is None else self.last.ended

    @property
    def standing(self) -> tuple[Place, ...]:
        """Where its tokens wait."""
        return () if self.last is None or self.last.ended is not None else self.last.positions

    @property
    def variables(self) -> Mapping[str, Value]:
        """The case's own variables."""
        return {} if self.last is None else self.last.variables

    def tokens(self) -> tuple[engine.StandingToken, ...]:
        """Every token, oldest first."""
        return () if self._state is None else engine.tokens(self._definition, self._state)
