"""What can be asked of a running case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from akta.ids import TokenId
from bpmn.values import Value

Variables = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Start:
    """Begin the case: at its plain start, or at the start (`Definition.starts`) with this element id."""

    variables: Variables = field(default_factory=dict)
    element: str = ""


@dataclass(frozen=True, slots=True)
class CompleteTask:
    token: TokenId
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CompleteCall:
    """A service call came back with its result."""

    token: TokenId
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ThrowError:
    """A service call or task ended in a BPMN error: caught by a boundary event outwards, else an incident."""

    token: TokenId
    code: str
    message: str = ""
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FireTimer:
    token: TokenId


@dataclass(frozen=True, slots=True)
class Deliver:
    """A message reached the token that waits for it."""

    token: TokenId
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeliverSignal:
    """A signal was thrown somewhere: every token of the case that awaits it goes on."""

    signal: str
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Retry:
    """Repeat what an engine incident (an expression, a mapping) stopped at."""

    token: TokenId


@dataclass(frozen=True, slots=True)
class SetVariables:
    """Change variables by hand: the case's own, or those the token sees, where it sees them."""

    variables: Variables
    token: TokenId | None = None


@dataclass(frozen=True, slots=True)
class SkipToken:
    """Go on as if the activity or event were done, stopped or not. Its output mappings are not asked.

    The variables are written outwards as they stand. A gateway that chooses has to be told its `flow`.
    """

    token: TokenId
    variables: Variables = field(default_factory=dict)
    flow: str = ""


@dataclass(frozen=True, slots=True)
class StartBefore:
    """Put a token in front of an element; sub-processes around it that do not run are entered without their start.

    Attributes:
        variables: written around the element before it is entered.
        bundle: the called process the element is in, empty for the case's own.
        within: the token of the running sub-process or call that is meant, where several run.
    """

    element: str
    variables: Variables = field(default_factory=dict)
    bundle: str = ""
    within: TokenId | None = None


@dataclass(frozen=True, slots=True)
class Modify:
    """Move tokens by hand: first put new ones, then take these away."""

    cancel: tuple[TokenId, ...] = ()
    start: tuple[StartBefore, ...] = ()


@dataclass(frozen=True, slots=True)
class StartPart:
    """Begin a part of an ad-hoc sub-process."""

    token: TokenId
    element: str
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FinishParts:
    """Leave an ad-hoc sub-process that has no completion condition; none of its parts may be in work."""

    token: TokenId


@dataclass(frozen=True, slots=True)
class Reschedule:
    """Give waiting timers other due times, as after a suspension."""

    due: Mapping[TokenId, datetime]


@dataclass(frozen=True, slots=True)
class Cancel:
    """End the case where it stands."""


Command = (
    Start
    | CompleteTask
    | CompleteCall
    | ThrowError
    | FireTimer
    | Deliver
    | DeliverSignal
    | Retry
    | SetVariables
    | SkipToken
    | Modify
    | StartPart
    | FinishParts
    | Reschedule
    | Cancel
)
