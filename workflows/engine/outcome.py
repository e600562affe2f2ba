"""What one step of a case came to: the new state, and what the caller has to store or do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from akta.ids import TokenId
from akta.languages import Sentence
from bpmn.values import Value


@dataclass(frozen=True, slots=True)
class Place:
    """An element of one process of the closure. `bundle` is the key, `bundle_hash` the content hash."""

    bundle: str
    bundle_hash: str
    element: str
    name: str
    type: str
    """The BPMN local name: userTask, serviceTask, intermediateCatchEvent …"""


@dataclass(frozen=True, slots=True)
class OpenedTask:
    token: TokenId
    place: Place
    form: str
    assignee: str
    candidate_groups: tuple[str, ...]
    due_at: datetime | None
    priority: int
    context: Mapping[str, Value]
    """Variables visible where the task stands."""


@dataclass(frozen=True, slots=True)
class Call:
    """A service call to make. `input` is the task's own scope: its input mappings, or all it sees if it has none."""

    token: TokenId
    place: Place
    handler: str
    retries: int
    input: Mapping[str, Value]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ArmedTimer:
    token: TokenId
    place: Place
    due_at: datetime


@dataclass(frozen=True, slots=True)
class OfferedPart:
    """A part of an ad-hoc sub-process. `groups`: whose task it would be; empty where the model does not say yet."""

    place: Place
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenedChoice:
    """An ad-hoc sub-process: a person starts its parts (`StartPart`) in any order, or one after the other."""

    token: TokenId
    place: Place
    parts: tuple[OfferedPart, ...]
    one_at_a_time: bool
    finished_by_hand: bool
    """Nothing but `FinishParts` ends it."""


@dataclass(frozen=True, slots=True)
class AwaitedMessage:
    token: TokenId
    place: Place
    message: str
    correlation: str


@dataclass(frozen=True, slots=True)
class ThrownMessage:
    message: str
    correlation: str
    variables: Mapping[str, Value]
    ttl: timedelta | None = None
    """How long it waits for somebody to await it, if nobody does now."""
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class AwaitedSignal:
    token: TokenId
    place: Place
    signal: str


@dataclass(frozen=True, slots=True)
class AwaitedCondition:
    """Looked at whenever something happened in the case; `condition` is its expression."""

    token: TokenId
    place: Place
    condition: str


@dataclass(frozen=True, slots=True)
class ThrownSignal:
    """Reaches every case that awaits it, this one too, and every definition that starts with it."""

    signal: str
    variables: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened, in order, for history. `kind`: entered, completed, cancelled, decided, caught.

    A `decided` step's data is plain JSON: decision, version hash, inputs, rule numbers that matched, outputs.
    """

    kind: str
    place: Place
    token: TokenId
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoppedToken:
    """An expression or mapping failed; the token waits for a retry."""

    token: TokenId
    place: Place
    cause: Sentence


@dataclass(frozen=True, slots=True)
class StandingToken:
    """A token of a stored case. `listens`: beside the flow; `within`: the sub-process or call around it."""

    token: TokenId
    place: Place
    waits_for: str
    """task, call, timer, message, signal, condition, parts (of an ad-hoc sub-process that a person starts); stopped;
    inside (a sub-process or call that runs); others (a join, or a compensation under way)."""
    listens: bool
    within: TokenId | None
    due_at: datetime | None = None
    text: str = ""
    """The name of the message or signal, the condition, or why it stopped."""
    key: str = ""
    """The correlation key of the message."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Differences between before and after one command; `state` and `positions` are whole.

    Work whose token was closed for any reason (done, cancelled by a boundary event, by the end of the case) is in
    `closed`: whatever waited (tasks, calls, timers, choices, awaited messages, signals and conditions) is found there
    by its token. A timer of a token that was open before takes the place of the one it had: it repeats, or was given
    another due time.
    """

    state: bytes
    variables: Mapping[str, Value]
    """The case's own variables (root scope)."""
    positions: tuple[Place, ...]
    """One place for every token that waits."""
    stood: tuple[Place, ...] = ()
    """The same before the command."""
    tasks_kept: int = 0
    """How many tasks were open before and still are."""
    tasks: tuple[OpenedTask, ...] = ()
    calls: tuple[Call, ...] = ()
    timers: tuple[ArmedTimer, ...] = ()
    awaited: tuple[AwaitedMessage, ...] = ()
    awaited_signals: tuple[AwaitedSignal, ...] = ()
    awaited_conditions: tuple[AwaitedCondition, ...] = ()
    choices: tuple[OpenedChoice, ...] = ()
    closed: tuple[TokenId, ...] = ()
    waited: Mapping[TokenId, str] = field(default_factory=dict)
    """What each of the closed waited for: task, call, timer, message, signal, condition, parts; empty if it had
    stopped."""
    thrown: tuple[ThrownMessage, ...] = ()
    thrown_signals: tuple[ThrownSignal, ...] = ()
    steps: tuple[Step, ...] = ()
    stopped: tuple[StoppedToken, ...] = ()
    resumed: tuple[TokenId, ...] = ()
    """Stopped tokens that went on."""
    ended: Place | None = None
    """The end event that ended the case (for a cancelled case: the process itself)."""
