"""What is waited for: in the flow, on the border of an activity, at the start of an event sub-process."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from SpiffWorkflow.util.task import TaskState

from akta.ids import TokenId
from akta.languages import N_
from workflows.engine._cycles import cycle, stored
from workflows.engine._dialect import Reader
from workflows.engine._elements import Element, word
from workflows.engine._errors import Stuck
from workflows.engine._expressions import due_at
from workflows.engine._journal import Offer
from workflows.engine._rules import (
    ConditionRule,
    LinkRule,
    MessageRule,
    SignalRule,
    TimerRule,
)
from workflows.engine._running import Flow, Token
from workflows.engine._scopes import Scope
from workflows.engine.outcome import ArmedTimer, AwaitedCondition, AwaitedMessage, AwaitedSignal, Step

EVER_SO_LITTLE = timedelta(microseconds=1)
"""A repeating timer whose beginning is this very moment fires now."""


class Catching(Element):
    """Waits for a timer, a message, a signal or a condition; a caught link is only passed."""

    interrupting = True

    def read(self, reader: Reader) -> None:
        self.event = reader.event()
        reader.awaited(self.event)

    def act(self, token: Token) -> Scope | None:
        if isinstance(self.event, LinkRule):
            return {}
        self.arm(token)
        token._set_state(TaskState.WAITING)
        return None

    def arm(self, token: Token) -> None:
        """Compute once what is waited for.

        Raises:
            Stuck: the timer, name or key could not be evaluated, or the key is null.
        """
        match self.event:
            case TimerRule():
                self._arm_timer(token, self.event)
            case MessageRule(name, key) if key is not None:
                message = word(name, token, N_("the message name"))
                correlation = word(key, token, N_("the correlation key"))
                token.offer = Offer("message", message=message, key=correlation)
                token.case.journal.awaited.append(AwaitedMessage(TokenId(token.id), self.place, message, correlation))
            case SignalRule(name):
                signal = word(name, token, N_("the signal name"))
                token.offer = Offer("signal", message=signal)
                token.case.journal.awaited_signals.append(AwaitedSignal(TokenId(token.id), self.place, signal))
            case ConditionRule(holds):
                token.offer = Offer("condition")
                token.case.watched[token.id] = token
                awaited = AwaitedCondition(TokenId(token.id), self.place, holds.text)
                token.case.journal.awaited_conditions.append(awaited)
            case _:
                raise Stuck(N_("it waits for nothing that can happen"))

    def _arm_timer(self, token: Token, rule: TimerRule) -> None:
        now = token.case.act.now
        if rule.repeats:
            slots = cycle(word(rule.due, token, N_("the repeating timer")), now)
            offer = Offer("timer", due=slots.after(now - EVER_SO_LITTLE), cycle=slots.written(), left=slots.times)
        else:
            offer = Offer("timer", due=due_at(rule.due, token.visible(), token.case.act))
        self._wait_until(token, offer)

    def _wait_until(self, token: Token, offer: Offer) -> None:
        token.offer = offer
        if offer.due is not None:
            token.case.journal.timers.append(ArmedTimer(TokenId(token.id), self.place, offer.due))

    def poll(self, token: Token) -> bool:
        """Whether the condition has come true; one that does not interrupt has to be false before it can again."""
        if token.offer is None or not isinstance(self.event, ConditionRule):
            return False
        try:
            holds = self.event.holds.evaluate(token.visible(), token.case.act) is True
        except Stuck as stuck:
            token.halt("enter", stuck)
            return False
        came_true = holds and not token.offer.met
        token.offer = replace(token.offer, met=holds)
        if came_true:
            self.caught(token, {})
        return came_true

    def caught(self, token: Token, payload: Scope) -> None:
        """What was waited for has happened: the token goes on, and whoever raced with it is out."""
        token.win()
        self.proceed(token, payload)

    def rearm(self, token: Token, due: datetime) -> None:
        """Let a timer that waits fire at another time."""
        if token.offer is not None:
            self._wait_until(token, replace(token.offer, due=due))

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
            case _, ConditionRule(rule):
                return {"condition": rule.text}
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
        return isinstance(self.event, TimerRule | MessageRule | SignalRule | ConditionRule)

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
        """A timer that does not interrupt has fired, unless it repeats; anything else may come again.

        What a repeating timer missed is not made up for: it fires once, late, and then at the next of its times.
        """
        offer = listener.offer
        if offer is None or offer.kind != "timer":
            return
        if not offer.cycle or offer.left == 1 or offer.due is None:
            listener.remove()
            return
        due = stored(offer.cycle).after(max(offer.due, listener.case.act.now))
        self._wait_until(listener, replace(offer, due=due, left=None if offer.left is None else offer.left - 1))


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

    def take(self, host: Token, told: Mapping[str, object], payload: Scope) -> None:
        """Something thrown inside the host comes out here."""
        fresh = host.workflow.put(self)
        if self.interrupting:
            host.cancel()
        fresh.step("caught", told)
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

    def take(self, flow: Flow, told: Mapping[str, object], payload: Scope) -> None:
        """Something thrown in the scope comes out here."""
        flow.top_workflow.journal.steps.append(Step("caught", self.place, TokenId(0), told))
        if self.interrupting:
            flow.cancel_tokens()
        self.start(flow, payload)

    def start(self, flow: Flow, payload: Scope) -> None:
        flow.start_at(self.target, payload)
