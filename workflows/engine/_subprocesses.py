"""Activities with a flow of their own inside."""

from SpiffWorkflow.util.task import TaskState

from bpmn.values import Kept
from workflows.engine._compensation import undo_next
from workflows.engine._dialect import Reader
from workflows.engine._elements import Element
from workflows.engine._rules import CallRule
from workflows.engine._running import SubFlow, Token
from workflows.engine._scopes import Scope
from workflows.engine.outcome import Place


class SubProcess(Element):
    """An embedded sub-process: it sees and changes the variables around it."""

    flow = ""

    def act(self, token: Token) -> Scope | None:
        payload, token.result = token.result, {}
        self.enter_empty(token).begin(payload)
        return None

    def enter_empty(self, token: Token) -> SubFlow:
        """The flow inside, nothing running in it yet."""
        flow = token.case.create_subprocess(token, self.flow)
        flow.prepare(None)
        token._set_state(TaskState.STARTED)
        return flow

    def came_back(self, host: Token, flow: SubFlow) -> None:
        """The flow inside has ended."""
        if host.undoes and not self.compensates:
            host.skip({})
            return
        host.ended_in = flow.last
        host.past = flow.done
        host.complete()

    def undone(self, host: Token) -> None:
        """Something inside is compensated; when that was the last of it, the flow inside ends by itself."""
        flow = host.case.subprocesses.get(host.id)
        if host.undo and flow is not None:
            undo_next(flow, host)

    def ended_at(self, token: Token) -> Place:
        return token.ended_in or self.place

    def _on_cancel(self, my_task: Token) -> None:
        flow = my_task.case.subprocesses.get(my_task.id)
        if flow is not None:
            flow.cancel()


class EventSubProcess(SubProcess):
    """Runs when its start event is caught by the scope around it."""

    handles = True


class CallActivity(SubProcess):
    """Runs another process with variables of its own."""

    rule: CallRule | None

    def read(self, reader: Reader) -> None:
        self.rule = reader.call()
        self.flow = "" if self.rule is None else self.rule.process

    def act(self, token: Token) -> Scope | None:
        given = token.visible() if self.rule is None or self.rule.gives_all else token.locals or {}
        flow = token.case.create_subprocess(token, self.flow)
        flow.prepare(Kept.of(given))
        flow.begin({})
        return None

    def came_back(self, host: Token, flow: SubFlow) -> None:
        # What a called process did is its own: only a handler of the call itself compensates it.
        host.result = flow.variables or {}
        host.complete()

    def give(self, token: Token) -> None:
        if self.gives or (self.rule is not None and self.rule.takes_all):
            super().give(token)

    def ended_at(self, token: Token) -> Place:
        return self.place
