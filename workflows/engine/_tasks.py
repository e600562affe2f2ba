"""Tasks: for people, for handlers, for FEEL and for decision tables."""

from collections.abc import Mapping
from decimal import Decimal

from akta.ids import TokenId
from akta.languages import N_, sentence
from bpmn import dmn, feel
from bpmn.values import Value, plain
from workflows.engine._dialect import Reader
from workflows.engine._elements import Element, text_of, word
from workflows.engine._errors import Stuck
from workflows.engine._events import throw_message
from workflows.engine._expressions import Act, Rule, due_at
from workflows.engine._journal import Offer
from workflows.engine._rules import DecisionRule, JobRule, MessageRule, ScriptRule
from workflows.engine._running import Token
from workflows.engine._scopes import Scope, still
from workflows.engine.outcome import Call, OpenedTask

DEFAULT_PRIORITY = 50


class ManualTask(Element):
    """Done outside any system: the token passes, as in Zeebe."""


class UserTask(Element):
    """Offers work to a person and waits for the answers."""

    def read(self, reader: Reader) -> None:
        self.rule = reader.task()

    def groups(self, seen: Mapping[str, Value], act: Act) -> tuple[str, ...]:
        return _names(None if self.rule.groups is None else self.rule.groups.evaluate(seen, act))

    def act(self, token: Token) -> Scope | None:
        rule, seen, act = self.rule, token.visible(), token.case.act

        def of(part: Rule | None) -> Value:
            return None if part is None else part.evaluate(seen, act)

        task = OpenedTask(
            token=TokenId(token.id),
            place=self.place,
            form=rule.form,
            assignee=_optional_text(of(rule.assignee), N_("the assignee")),
            candidate_groups=self.groups(seen, act),
            due_at=None if rule.due is None else due_at(rule.due, seen, act),
            priority=DEFAULT_PRIORITY if rule.priority is None else _whole(of(rule.priority), N_("the priority")),
            context=still(token.maps()),
        )
        token.offer = Offer("task")
        token.case.journal.tasks.append(task)
        return None


class ServiceTask(Element):
    """Asks for a call of a handler and waits for its result."""

    def read(self, reader: Reader) -> None:
        self.job = reader.job()
        if self.job is None and reader.zeebe("taskDefinition") is None:
            reader.refuse(N_("it names no handler (task definition type)"))

    def act(self, token: Token) -> Scope | None:
        return call(self, token, self.job)


def call(element: Element, token: Token, job: JobRule | None) -> Scope | None:
    """Ask for a call; its result comes back with a command."""
    if job is None:
        raise Stuck(N_("it names no handler"))
    seen, act = token.visible(), token.case.act
    asked = Call(
        token=TokenId(token.id),
        place=element.place,
        handler=word(job.handler, token, N_("the handler")),
        retries=_whole(job.retries.evaluate(seen, act), N_("the number of retries")),
        input=dict(token.locals) if element.takes and token.locals else still(token.maps()),
        headers=dict(job.headers),
    )
    token.offer = Offer("call")
    token.case.journal.calls.append(asked)
    return None


class SendTask(Element):
    """Throws a message, or calls a handler that sends something."""

    def read(self, reader: Reader) -> None:
        self.job = reader.job()
        reference = reader.node.get("messageRef")
        self.message: MessageRule | None = None
        if self.job is None:
            self.message = reader.message(reference)

    def act(self, token: Token) -> Scope | None:
        if self.message is None:
            return call(self, token, self.job)
        throw_message(token, self.message)
        return {}


class ScriptTask(Element):
    """Sets a variable to the value of a FEEL expression, or calls a handler."""

    def read(self, reader: Reader) -> None:
        self.job = reader.job()
        self.script: ScriptRule | None = reader.script()
        if self.job is None and reader.zeebe("script") is None:
            reader.refuse(N_("it has neither a FEEL script nor a handler"))

    def act(self, token: Token) -> Scope | None:
        if self.script is None:
            return call(self, token, self.job)
        return {self.script.result: self.script.expression.evaluate(token.visible(), token.case.act)}


class BusinessRuleTask(Element):
    """Evaluates a decision and keeps what it decided, from what and by which rules; or calls a handler."""

    def read(self, reader: Reader) -> None:
        self.job = reader.job()
        self.rule: DecisionRule | None = reader.decision()
        self.decisions = None if self.rule is None else reader.book.decisions.get(self.rule.decision)
        if self.job is None and self.rule is None:
            reader.refuse(N_("it has neither a decision nor a handler"))

    def act(self, token: Token) -> Scope | None:
        if self.rule is None or self.decisions is None:
            return call(self, token, self.job)
        act = token.case.act
        try:
            decided = self.decisions.evaluate(self.rule.decision, token.visible(), now=act.now, allowance=act.allowance)
        except (dmn.DmnError, feel.FeelLimit) as error:
            raise Stuck(error.whole, at=self.rule.decision) from error
        self._record(token, decided, set())
        return {self.rule.result: decided.value}

    def _record(self, token: Token, decided: dmn.Decided, known: set[str]) -> None:
        """Journal what was decided after what it was decided from, each decision once."""
        for required in decided.required:
            self._record(token, required, known)
        if decided.decision in known:
            return
        known.add(decided.decision)
        data = {
            "decision": decided.decision,
            "version": self.place.bundle_hash,
            "inputs": plain(decided.inputs),
            "matched": list(decided.matched),
            "outputs": plain(decided.outputs),
        }
        token.step("decided", data)


def _optional_text(value: Value, what: str) -> str:
    return "" if value in (None, "") else text_of(value, what)


def _names(value: Value) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    if value is not None and not isinstance(value, str | list):
        raise Stuck(N_("the candidate groups are no list of texts"))
    return tuple(text_of(part.strip() if isinstance(part, str) else part, N_("a candidate group")) for part in parts)


def _whole(value: Value, what: str) -> int:
    if isinstance(value, Decimal) and value.adjusted() < 9 and value == value.to_integral_value():
        return int(value)
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 9:
        return int(value)
    raise Stuck(N_("%(what)s is no whole number"), what=sentence(what))
