"""A message or signal on its way."""

from dataclasses import dataclass, field
from datetime import timedelta

from akta.ids import CaseId, TokenId
from workflows.engine.commands import Variables

LONGEST_WAIT = timedelta(days=366)
"""How long a message may wait for somebody to await it."""

MESSAGE, SIGNAL = "message", "signal"


@dataclass(frozen=True, slots=True)
class Sent:
    """`message` is the name of the message, or of the signal where `kind` says so. `case` and `token`: for these
    alone."""

    message: str
    correlation: str = ""
    variables: Variables = field(default_factory=dict)
    kind: str = MESSAGE
    ttl: timedelta | None = None
    """How long it waits for somebody to await it, if nobody does now."""
    message_id: str | None = None
    case: CaseId | None = None
    token: TokenId | None = None
