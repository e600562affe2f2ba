"""The engine: `advance` takes a case one command further and touches nothing outside its arguments."""

from workflows.engine._advance import advance, places, variables
from workflows.engine._definition import Definition, ProcessSource, compile
from workflows.engine._errors import NoSuchToken, NotDue, NotRunnable, Reason
from workflows.engine._xml import problems
from workflows.engine.commands import (
    Cancel,
    Command,
    CompleteCall,
    CompleteTask,
    Deliver,
    FireTimer,
    Retry,
    Start,
    ThrowError,
    Variables,
)
from workflows.engine.outcome import (
    ArmedTimer,
    AwaitedMessage,
    Call,
    OpenedTask,
    Outcome,
    Place,
    Step,
    StoppedToken,
    ThrownMessage,
)

__all__ = [
    "ArmedTimer",
    "AwaitedMessage",
    "Call",
    "Cancel",
    "Command",
    "CompleteCall",
    "CompleteTask",
    "Definition",
    "Deliver",
    "FireTimer",
    "NoSuchToken",
    "NotDue",
    "NotRunnable",
    "OpenedTask",
    "Outcome",
    "Place",
    "ProcessSource",
    "Reason",
    "Retry",
    "Start",
    "Step",
    "StoppedToken",
    "ThrowError",
    "ThrownMessage",
    "Variables",
    "advance",
    "compile",
    "places",
    "problems",
    "variables",
]
