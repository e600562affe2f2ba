"""Events that begin and end a flow, and those it throws in passing."""

from akta.languages import N_
from bpmn.xml import local
from workflows.engine._compensation import Compensating, give_up
from workflows.engine._dialect import Reader
from workflows.engine._elements import Element, word
from workflows.engine._expressions import Fixed, duration_of
from workflows.engine._outwards import raise_error, raise_escalation
from workflows.engine._rules import (
    CancelRule,
    CompensateRule,
    ErrorRule,
    EscalationRule,
    MessageRule,
    SignalRule,
    Terminate,
)
from workflows.engine._running import Token
from workflows.engine._scopes import Scope
from workflows.engine.outcome import ThrownMessage, ThrownSignal


class StartEvent(Element):
    """Where a flow starts. Its result is what the event brought that started it."""

    def read(self, reader: Reader) -> None:
        self.event = reader.event()
        around = reader.node.getparent()
        begins = around is not None and local(around) == "process"
        if begins and isinstance(self.event, MessageRule | SignalRule) and not isinstance(self.event.name, Fixed):
            reader.refuse(N_("the name of what begins a case has to be a plain text"))


class ThrowEvent(Compensating):
    """Throws something in passing, or nothing. A thrown link is a way to the catching one."""

    def read(self, reader: Reader) -> None:
        self.event = reader.event()
        if isinstance(self.event, ErrorRule | EscalationRule) and not self.event.code:
            reader.refuse(N_("what it throws has no code"))

    def act(self, token: Token) -> Scope | None:
        match self.event:
            case MessageRule():
                throw_message(token, self.event)
            case SignalRule():
                throw_signal(token, self.event)
            case EscalationRule(code):
                raise_escalation(token, code, self.brought(token))
            case CompensateRule():
                return self.compensate(token, self.event.activity)
        return {}


class EndEvent(ThrowEvent):
    """Where a token ends: quietly, with something thrown, with its whole scope, or with the transaction around it."""

    def act(self, token: Token) -> Scope | None:
        match self.event:
            case ErrorRule(code):
                raise_error(token, code, self.brought(token))
                return None
            case Terminate():
                token.workflow.cancel_tokens(but=token)
            case CancelRule():
                token.workflow.cancel_tokens(but=token)
                if self.compensate(token, "") is not None:
                    give_up(token)
                return None
        return super().act(token)

    def compensated(self, token: Token) -> None:
        if isinstance(self.event, CancelRule):
            give_up(token)
        else:
            super().compensated(token)


def throw_message(token: Token, rule: MessageRule) -> None:
    """Report a message; it carries the thrower's input mappings and nothing else."""
    thrown = ThrownMessage(
        message=word(rule.name, token, N_("the message name")),
        correlation="" if rule.key is None else word(rule.key, token, N_("the correlation key")),
        variables=token.task_spec.brought(token),
        ttl=None if rule.ttl is None else duration_of(rule.ttl, token.visible(), token.case.act),
        message_id="" if rule.message_id is None else word(rule.message_id, token, N_("the message id")),
    )
    token.case.journal.thrown.append(thrown)


def throw_signal(token: Token, rule: SignalRule) -> None:
    """Report a signal; it carries the thrower's input mappings and nothing else."""
    thrown = ThrownSignal(word(rule.name, token, N_("the signal name")), token.task_spec.brought(token))
    token.case.journal.thrown_signals.append(thrown)
