"""What can be asked of a running case."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from akta.ids import TokenId
from bpmn.values import Value

Variables = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Start:
    variables: Variables = field(default_factory=dict)


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
class Retry:
    """Repeat what an engine incident (an expression, a mapping) stopped at."""

    token: TokenId


@dataclass(frozen=True, slots=True)
class Cancel:
    """End the case where it stands."""


Command = Start | CompleteTask | CompleteCall | ThrowError | FireTimer | Deliver | Retry | Cancel
