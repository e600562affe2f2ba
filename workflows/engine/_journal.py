"""What a token waits for or stopped at, and what happened during one command."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from workflows.engine.outcome import (
    ArmedTimer,
    AwaitedMessage,
    AwaitedSignal,
    Call,
    OpenedTask,
    Step,
    ThrownMessage,
    ThrownSignal,
)

Phase = Literal["enter", "run", "complete"]


@dataclass(frozen=True, slots=True)
class Offer:
    """What a waiting token waits for. `message` is the name of a message or signal."""

    kind: Literal["task", "call", "timer", "message", "signal"]
    due: datetime | None = None
    message: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a token got stuck; a retry repeats the phase."""

    phase: Phase
    cause: str


@dataclass(slots=True)
class Journal:
    """What happened during one command, in order."""

    steps: list[Step] = field(default_factory=list)
    tasks: list[OpenedTask] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    timers: list[ArmedTimer] = field(default_factory=list)
    awaited: list[AwaitedMessage] = field(default_factory=list)
    awaited_signals: list[AwaitedSignal] = field(default_factory=list)
    thrown: list[ThrownMessage] = field(default_factory=list)
    thrown_signals: list[ThrownSignal] = field(default_factory=list)
