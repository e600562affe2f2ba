"""What a token waits for or stopped at, and what happened during one command."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from akta.languages import Sentence
from bpmn.values import Value
from workflows.engine.outcome import (
    ArmedTimer,
    AwaitedCondition,
    AwaitedMessage,
    AwaitedSignal,
    Call,
    OpenedChoice,
    OpenedTask,
    Step,
    ThrownMessage,
    ThrownSignal,
)

Phase = Literal["enter", "run", "complete"]


@dataclass(frozen=True, slots=True)
class Offer:
    """What a waiting token waits for. `message` is the name of a message or signal."""

    kind: Literal["task", "call", "timer", "message", "signal", "condition", "parts"]
    due: datetime | None = None
    message: str = ""
    key: str = ""
    cycle: str = ""
    """A timer that repeats: its rule with a fixed beginning."""
    left: int | None = None
    """How often it may still fire; None without an end."""
    met: bool = False
    """A condition that was true when it was last looked at."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a token got stuck; a retry repeats the phase."""

    phase: Phase
    cause: Sentence


@dataclass(slots=True)
class Turns:
    """How far a loop, the instances of an activity, or the parts of an ad-hoc sub-process have come."""

    total: int = 0
    started: int = 0
    done: int = 0
    gone: int = 0
    """Instances that were cancelled one by one."""
    rest: list[Value] = field(default_factory=list)
    """What instances to come are for, the next one last."""
    results: list[Value] = field(default_factory=list)
    enough: bool = False
    """The completion condition came true, or the loop is not to turn again."""


@dataclass(slots=True)
class Done:
    """An activity that completed and can be compensated, with the variables it had of its own."""

    element: str
    own: dict[str, Value] | None = None
    inner: "list[Done]" = field(default_factory=list)
    """What was done inside it, in order."""


@dataclass(slots=True)
class Journal:
    """What happened during one command, in order."""

    steps: list[Step] = field(default_factory=list)
    tasks: list[OpenedTask] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    timers: list[ArmedTimer] = field(default_factory=list)
    awaited: list[AwaitedMessage] = field(default_factory=list)
    awaited_signals: list[AwaitedSignal] = field(default_factory=list)
    awaited_conditions: list[AwaitedCondition] = field(default_factory=list)
    choices: list[OpenedChoice] = field(default_factory=list)
    thrown: list[ThrownMessage] = field(default_factory=list)
    thrown_signals: list[ThrownSignal] = field(default_factory=list)
