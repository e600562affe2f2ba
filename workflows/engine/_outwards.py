"""Who catches what goes outwards: errors and escalations, from where they are thrown through every scope around."""

from typing import Any

from akta.languages import N_
from workflows.engine._errors import Stuck
from workflows.engine._rules import ErrorRule, EscalationRule
from workflows.engine._running import Flow, Token
from workflows.engine._scopes import Scope


def raise_error(token: Token, code: str, payload: Scope) -> None:
    """Hand an error to whoever catches it; one that names the code goes before one that takes all.

    Raises:
        Stuck: nobody does.
    """
    if not _hand(token, ErrorRule, code, payload):
        raise Stuck(N_("the error %(code)s is caught nowhere"), code=code)


def raise_escalation(token: Token, code: str, payload: Scope) -> None:
    """Hand an escalation to whoever catches it; if nobody does, nothing happens."""
    _hand(token, EscalationRule, code, payload)


def _hand(token: Token, kind: type[ErrorRule | EscalationRule], code: str, payload: Scope) -> bool:
    told = {"error" if kind is ErrorRule else "escalation": code}
    host = token
    while True:
        boundary = _catcher(host.task_spec.boundaries, kind, code)
        if boundary is not None:
            boundary.take(host, told, payload)
            return True
        flow: Flow = host.workflow
        # What a handler of this scope throws itself goes outwards, never to its own scope's handlers.
        handler = None if host.task_spec.handles else _catcher(flow.spec.handlers, kind, code)
        if handler is not None:
            handler.take(flow, told, payload)
            return True
        if flow.host is None:
            return False
        host = flow.host


def _catcher(listeners: list[Any], kind: type[ErrorRule | EscalationRule], code: str) -> Any:
    found = [one for one in listeners if isinstance(one.event, kind) and one.event.code in ("", code)]
    return next((one for one in found if one.event.code), found[0] if found else None)
