"""What the elements of a model say, read once and compiled: the values behind the zeebe dialect."""

from collections.abc import Mapping
from dataclasses import dataclass

from workflows.engine._expressions import Rule


@dataclass(frozen=True, slots=True)
class Assign:
    """One input or output mapping; `target` is a path of names."""

    target: tuple[str, ...]
    source: Rule


@dataclass(frozen=True, slots=True)
class TimerRule:
    due: Rule


@dataclass(frozen=True, slots=True)
class MessageRule:
    name: Rule
    key: Rule | None
    ttl: Rule | None = None
    """How long a message that is thrown waits for somebody to await it."""
    message_id: Rule | None = None


@dataclass(frozen=True, slots=True)
class SignalRule:
    name: Rule


@dataclass(frozen=True, slots=True)
class ErrorRule:
    code: str
    """Empty on a catching event that takes every error."""


@dataclass(frozen=True, slots=True)
class Terminate:
    """The end event that ends its scope at once."""


EventRule = TimerRule | MessageRule | SignalRule | ErrorRule | Terminate


@dataclass(frozen=True, slots=True)
class JobRule:
    handler: Rule
    retries: Rule
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TaskRule:
    form: str
    assignee: Rule | None
    groups: Rule | None
    due: Rule | None
    priority: Rule | None


@dataclass(frozen=True, slots=True)
class ScriptRule:
    expression: Rule
    result: str


@dataclass(frozen=True, slots=True)
class DecisionRule:
    decision: str
    result: str


@dataclass(frozen=True, slots=True)
class CallRule:
    process: str
    gives_all: bool
    """All that the caller sees is copied into the called process; else only its input mappings."""
    takes_all: bool
