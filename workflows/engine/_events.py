"""Events: what starts and ends a flow, what is waited for, what is thrown and who catches it."""

from datetime import datetime
from typing import Any

from SpiffWorkflow.util.task import TaskState

from akta.ids import TokenId
from bpmn.xml import local
from workflows.engine._dialect import Reader
from workflows.engine._elements import Element, word
from workflows.engine._errors import Stuck
from workflows.engine._expressions import Fixed, due_at, duration_of
from workflows.engine._journal import Offer
from workflows.engine._rules import ErrorRule, MessageRule, SignalRule, Terminate, TimerRule
from workflows.engine._running import Flow, Token
from workflows.engine._scopes import Scope
from workflows.engine.outcome import ArmedTimer, AwaitedMessage, AwaitedSignal, Step, ThrownMessage, ThrownSignal


class StartEvent(Element):
    """Where a flow starts. Its result is what the event brought that started it."""

    def read(self, reader: Reader) -> None:
        self.event = reader.event()
        around = reader.node.getparent()
        begins = around is not None and local(around) == "process"
        if begins and isinstance(self.event, MessageRule | SignalRule) and not isinstance(self.event.name, Fixed):
            reader.refuse("the name of what begins a case has to be a plain text")


class EndEvent(Element):
    """Where a token ends: quietly, with a message, with an error, or with its whole scope."""

    def read(self, reader: Reader) -> None:
        self.event = reader.event()
        if isinstance(self.event, ErrorRule) and not self.event.code:
            reader.refuse("its error has no code")

    def act(self, token: Token) -> Scope | None:
        match self.event:
            case MessageRule():
                throw_message(token, self.event)
            case SignalRule():
                throw_signal(token, self.event)
            case ErrorRule(code):
                raise_error(token, code, dict(token.locals or {}))
                return None
            case Terminate():
                token.workflow.cancel_tokens(but=token)
        return {}


class ThrowEvent(Element):
    """Throws a message or signal in passing, or nothing."""

    def read(self, reader: Reader) -> None:
        self.event = reader.event()

    def act(self, token: Token) -> Scope | None:
        match self.event:
            case MessageRule():
                throw_message(token, self.event)
            case SignalRule():
                throw_signal(token, self.event)
        return {}


def throw_message(token: Token, rule: MessageRule) -> None:
    """Report a message; it carries the thrower's input mappings and nothing else."""
    thrown = ThrownMessage(
        message=word(rule.name, token, "the message name"),
        correlation="" if rule.key is None else word(rule.key, token, "the correlation key"),
        variables=dict(token.locals or {}),
        ttl=None if rule.ttl is None else duration_of(rule.ttl, token.visible(), token.case.act),
        message_id="" if rule.message_id is None else word(rule.message_id, token, "the message id"),
    )
    token.case.journal.thrown.append(thrown)


def throw_signal(token: Token, rule: SignalRule) -> None:
    """Report a signal; it carries the thrower's input mappings and nothing else."""
    thrown = ThrownSignal(word(rule.name, token, "the signal name"), dict(token.locals or {}))
    token.case.journal.thrown_signals.append(thrown)


class Catching(Element):
    """Waits for a timer, a message or a signal."""

    interrupting = True

    def read(self, reader: Reader) -> None:
        self.event = reader.event()
        reader.awaited(self.event)

    def act(self, token: Token) -> Scope | None:
        self.arm(token)
        token._set_state(TaskState.WAITING)
        return None

    def arm(self, token: Token) -> None:
        """Compute once what is waited for.

        Raises:
            Stuck: the timer, name or key could not be evaluated, or the key is null.
        """
        match self.event:
            case TimerRule(rule):
                due = due_at(rule, token.visible(), token.case.act)
                token.offer = Offer("timer", due=due)
                token.case.journal.timers.append(ArmedTimer(TokenId(token.id), self.place, due))
            case MessageRule(name, key) if key is not None:
                message = word(name, token, "the message name")
                correlation = word(key, token, "the correlation key")
                token.offer = Offer("message", message=message, key=correlation)
                token.case.journal.awaited.append(AwaitedMessage(TokenId(token.id), self.place, message, correlation))
            case SignalRule(name):
                signal = word(name, token, "the signal name")
                token.offer = Offer("signal", message=signal)
                token.case.journal.awaited_signals.append(AwaitedSignal(TokenId(token.id), self.place, signal))
            case _:
                raise Stuck("it waits for nothing that can happen")

    def caught(self, token: Token, payload: Scope) -> None:
        """What was waited for has happened: the token goes on, and whoever raced with it is out."""
        token.win()
        self.proceed(token, payload)

    def rearm(self, token: Token, due: datetime) -> None:
        """Let a timer that waits fire at another time."""
        token.offer = Offer("timer", due=due)
        token.case.journal.timers.append(ArmedTimer(TokenId(token.id), self.place, due))

    def proceed(self, token: Token, payload: Scope) -> None:
        token.step("caught", self.told(token))
        token.result = payload
        token.complete()

    def told(self, token: Token) -> dict[str, object]:
        match token.offer, self.event:
            case Offer("message", _, message, key), _:
                return {"message": message, "correlation": key}
            case Offer("signal", _, signal), _:
                return {"signal": signal}
            case Offer("timer", due), _ if due is not None:
                return {"due": due.isoformat()}
        return {}


class CatchEvent(Catching):
    """An intermediate event that is waited for."""


class ReceiveTask(Catching):
    """A message event drawn as a task."""

    def read(self, reader: Reader) -> None:
        self.event = reader.message(reader.node.get("messageRef"))
        reader.awaited(self.event)


class Listener(Catching):
    """Waits beside the flow, without being a place where the case stands."""

    @property
    def listens(self) -> bool:
        return not isinstance(self.event, ErrorRule)

    def catches(self, code: str) -> bool:
        return isinstance(self.event, ErrorRule) and self.event.code in ("", code)

    def _update_hook(self, my_task: Token) -> bool:
        return self.enter(my_task)

    def enter(self, token: Token) -> bool:
        if not token.listening:
            return bool(super().enter(token))
        try:
            self.arm(token)
        except Stuck as stuck:
            token.halt("enter", stuck)
        else:
            token._set_state(TaskState.WAITING)
        return False

    def spent(self, listener: Token) -> None:
        """A timer that does not interrupt has fired once and for all; a message or signal may come again."""
        if isinstance(self.event, TimerRule):
            listener.remove()


class BoundaryEvent(Listener):
    """An event on the border of an activity."""

    attached = True

    def read(self, reader: Reader) -> None:
        super().read(reader)
        self.interrupting = reader.node.get("cancelActivity", "true") != "false"

    def caught(self, token: Token, payload: Scope) -> None:
        host = token.parent
        if self.interrupting:
            token.stand_alone()
            host.cancel()
            self.proceed(token, payload)
            return
        token.step("caught", self.told(token))
        self.spent(token)
        fresh = token.workflow.put(self)
        fresh.step("entered")
        fresh.result = payload
        fresh.complete()

    def catch_error(self, host: Token, code: str, payload: Scope) -> None:
        fresh = host.workflow.put(self)
        host.cancel()
        fresh.step("caught", {"error": code})
        fresh.result = payload
        fresh.complete()


class HandlerStart(Listener):
    """The start of an event sub-process, as its surrounding scope listens for it."""

    target: Any = None

    def read(self, reader: Reader) -> None:
        super().read(reader)
        self.interrupting = reader.node.get("isInterrupting", "true") != "false"

    def caught(self, token: Token, payload: Scope) -> None:
        flow = token.workflow
        token.step("caught", self.told(token))
        if self.interrupting:
            flow.cancel_tokens()
        else:
            self.spent(token)
        self.start(flow, payload)

    def catch_error(self, flow: Flow, code: str, payload: Scope) -> None:
        flow.top_workflow.journal.steps.append(Step("caught", self.place, TokenId(0), {"error": code}))
        flow.cancel_tokens()
        self.start(flow, payload)

    def start(self, flow: Flow, payload: Scope) -> None:
        fresh = flow.put(self.target)
        fresh.result = payload
        self.target._update(fresh)


def raise_error(token: Token, code: str, payload: Scope) -> None:
    """Hand an error to whoever catches it, walking outwards; one that names the code goes before one that takes all.

    Raises:
        Stuck: nobody does.
    """
    host = token
    while True:
        boundary = _catcher(host.task_spec.boundaries, code)
        if boundary is not None:
            boundary.catch_error(host, code, payload)
            return
        flow = host.workflow
        # What a handler of this scope throws itself goes outwards, never to its own scope's handlers.
        handler = None if host.task_spec.handles else _catcher(flow.spec.handlers, code)
        if handler is not None:
            handler.catch_error(flow, code, payload)
            return
        if flow.host is None:
            raise Stuck(f"the error {code} is caught nowhere")
        host = flow.host


def _catcher(listeners: list[Any], code: str) -> Any:
    found = [listener for listener in listeners if listener.catches(code)]
    return next((listener for listener in found if listener.event.code), found[0] if found else None)
