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
    repeats: bool = False
    """The rule gives a repeating interval, not an instant or duration."""


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
class EscalationRule:
    code: str
    """Empty on a catching event that takes every escalation."""


@dataclass(frozen=True, slots=True)
class ConditionRule:
    holds: Rule


@dataclass(frozen=True, slots=True)
class LinkRule:
    name: str


@dataclass(frozen=True, slots=True)
class CompensateRule:
    activity: str
    """Only what this activity did, or empty for everything done in the scope."""


@dataclass(frozen=True, slots=True)
class CancelRule:
    """A transaction is given up."""


@dataclass(frozen=True, slots=True)
class Terminate:
    """The end event that ends its scope at once."""


EventRule = (
    TimerRule
    | MessageRule
    | SignalRule
    | ErrorRule
    | EscalationRule
    | ConditionRule
    | LinkRule
    | CompensateRule
    | CancelRule
    | Terminate
)


@dataclass(frozen=True, slots=True)
class EachRule:
    """Several instances of an activity: one for each item of a collection, or so many."""

    sequential: bool
    collection: Rule | None
    cardinality: Rule | None
    item: str
    output: Rule | None
    outputs: str
    until: Rule | None


@dataclass(frozen=True, slots=True)
class WhileRule:
    """A loop around an activity."""

    test_before: bool
    condition: Rule | None
    maximum: int | None


@dataclass(frozen=True, slots=True)
class PartsRule:
    """An ad-hoc sub-process."""

    at_once: Rule | None
    until: Rule | None
    one_at_a_time: bool
    cancels_rest: bool


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
