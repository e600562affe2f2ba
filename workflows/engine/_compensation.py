"""Compensation: what was done is undone by its handlers, the last first, while the one who asked for it waits."""

from SpiffWorkflow.util.task import TaskState

from akta.languages import N_
from workflows.engine._elements import Element
from workflows.engine._errors import Stuck
from workflows.engine._journal import Done
from workflows.engine._rules import CancelRule
from workflows.engine._running import Flow, Token
from workflows.engine._scopes import Scope


class Compensating(Element):
    """Can have everything done in its scope compensated, or what one activity did, and goes on after that."""

    def compensate(self, token: Token, activity: str) -> Scope | None:
        """Begin; an empty result when there is nothing to do."""
        flow = _scope(token)
        chosen = [done for done in flow.done if activity in ("", done.element)]
        if not chosen:
            return {}
        flow.done = [done for done in flow.done if activity not in ("", done.element)]
        token.undo = chosen
        token._set_state(TaskState.STARTED)
        undo_next(flow, token)
        return None

    def undone(self, asker: Token) -> None:
        """One handler has ended."""
        if asker.undo:
            undo_next(_scope(asker), asker)
        else:
            self.compensated(asker)

    def compensated(self, token: Token) -> None:
        """Everything is undone."""
        token.complete()


def _scope(token: Token) -> Flow:
    """What an event sub-process compensates is what its surroundings have done."""
    flow = token.workflow
    while flow.host is not None and flow.host.task_spec.handles:
        flow = flow.host.workflow
    return flow


def undo_next(flow: Flow, asker: Token) -> None:
    """Run the handler of what was done last; a sub-process without one has its inside undone."""
    done = asker.undo.pop()
    spec = flow.spec.task_specs[done.element]
    token = flow.put(flow.spec.task_specs[spec.handler] if spec.handler else spec)
    token.undoes = asker.id
    token.locals = _own(done)
    if spec.handler:
        token.task_spec._update(token)
    else:
        token.undo = done.inner
        undo_next(spec.enter_empty(token), token)


def _own(done: Done) -> Scope | None:
    return None if done.own is None else dict(done.own)


def give_up(token: Token) -> None:
    """The transaction around a cancel end event is left by its cancel border.

    Raises:
        Stuck: it has none.
    """
    host = token.workflow.host
    while host is not None:
        for boundary in host.task_spec.boundaries:
            if isinstance(boundary.event, CancelRule):
                boundary.take(host, {}, {})
                return
        host = host.workflow.host
    raise Stuck(N_("no transaction around it catches the cancellation"))
