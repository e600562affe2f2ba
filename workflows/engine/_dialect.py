"""What the zeebe dialect says about one element, read once and compiled."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from akta.languages import N_
from bpmn import dmn, feel
from bpmn.xml import BPMN, ZEEBE, local
from workflows.engine._cycles import repetition
from workflows.engine._errors import Reason, Stuck
from workflows.engine._expressions import Rule, formula, formula_or_text, instant_or_duration
from workflows.engine._nodes import reason
from workflows.engine._rules import (
    Assign,
    CallRule,
    CancelRule,
    CompensateRule,
    ConditionRule,
    DecisionRule,
    ErrorRule,
    EscalationRule,
    EventRule,
    JobRule,
    LinkRule,
    MessageRule,
    PartsRule,
    ScriptRule,
    SignalRule,
    TaskRule,
    Terminate,
    TimerRule,
)


@dataclass(slots=True)
class Book:
    """What the elements of one model refer to, and what was found wrong with them."""

    messages: Mapping[str, etree._Element]
    signals: Mapping[str, str]
    errors: Mapping[str, str]
    escalations: Mapping[str, str]
    decisions: Mapping[str, dmn.Decisions]
    called: frozenset[str]
    reasons: list[Reason] = field(default_factory=list)


def book_of(root: etree._Element, decisions: Mapping[str, dmn.Decisions], called: frozenset[str]) -> Book:
    return Book(
        messages={node.get("id", ""): node for node in root.findall(f"{BPMN}message")},
        signals={node.get("id", ""): node.get("name") or "" for node in root.findall(f"{BPMN}signal")},
        errors={node.get("id", ""): node.get("errorCode") or "" for node in root.findall(f"{BPMN}error")},
        escalations={
            node.get("id", ""): node.get("escalationCode") or "" for node in root.findall(f"{BPMN}escalation")
        },
        decisions=decisions,
        called=called,
    )


class Reader:
    """Reads one element; whatever is wrong with it goes into the book's reasons."""

    def __init__(self, node: etree._Element, book: Book) -> None:
        self.node = node
        self.book = book

    def refuse(self, text: str, **params: object) -> None:
        """Say in a msgid, and what fills its places, why the element cannot run."""
        self.book.reasons.append(reason(self.node, text, **params))

    def zeebe(self, tag: str, node: etree._Element | None = None) -> etree._Element | None:
        return (self.node if node is None else node).find(f"{BPMN}extensionElements/{ZEEBE}{tag}")

    def rule(self, text: str | None, make: Callable[[str], Rule], what: str) -> Rule | None:
        """The compiled text; None when there is none or it does not compile (which is a reason).

        `what` is where the text stands, in the words of the model.
        """
        if not (text or "").strip():
            return None
        try:
            return make(text or "")
        except feel.FeelSyntaxError as error:
            problem = error.whole
        except Stuck as stuck:
            problem = stuck.cause
        self.refuse("%(what)s: %(rule)s: %(error)s", what=what, rule=text, error=problem)
        return None

    def mappings(self, way: str) -> tuple[Assign, ...]:
        node = self.zeebe("ioMapping")
        found = []
        for entry in [] if node is None else node.findall(f"{ZEEBE}{way}"):
            target = tuple(entry.get("target", "").split("."))
            source = self.rule(entry.get("source"), formula_or_text, f"{way} {entry.get('target')}")
            if not all(target):
                self.refuse(N_("a mapping (%(way)s) has no target"), way=way)
            elif source is None and not (entry.get("source") or "").strip():
                self.refuse(
                    N_("the mapping (%(way)s) to %(target)s has no source"), way=way, target=entry.get("target")
                )
            elif source is not None:
                found.append(Assign(target, source))
        return tuple(found)

    def event(self) -> EventRule | None:
        for child in self.node:
            kind = local(child)
            if kind.endswith("EventDefinition"):
                return self._event(kind.removesuffix("EventDefinition"), child)
        return None

    def _event(self, kind: str, definition: etree._Element) -> EventRule | None:
        match kind:
            case "timer":
                return self._timer(definition)
            case "message":
                return self.message(definition.get("messageRef"))
            case "signal":
                return self._signal(definition.get("signalRef"))
            case "error":
                return ErrorRule(
                    self._code(N_("the error %(name)s does not exist"), self.book.errors, definition.get("errorRef"))
                )
            case "escalation":
                codes = self.book.escalations
                return EscalationRule(
                    self._code(N_("the escalation %(name)s does not exist"), codes, definition.get("escalationRef"))
                )
            case "conditional":
                return self._condition(definition)
            case "link":
                return LinkRule((definition.get("name") or "").strip())
            case "compensate":
                if definition.get("waitForCompletion") == "false":
                    self.refuse(N_("compensation that is not waited for is not run"))
                return CompensateRule(definition.get("activityRef") or "")
            case "cancel":
                return CancelRule()
            case "terminate":
                return Terminate()
        return None

    def _timer(self, definition: etree._Element) -> TimerRule | None:
        repeating = definition.findtext(f"{BPMN}timeCycle")
        if repeating is not None:
            rule = self.rule(repeating, repetition, "timer")
            return None if rule is None else TimerRule(rule, repeats=True)
        text = definition.findtext(f"{BPMN}timeDate") or definition.findtext(f"{BPMN}timeDuration")
        if not (text or "").strip():
            self.refuse(N_("the timer has neither a date nor a duration"))
        rule = self.rule(text, instant_or_duration, "timer")
        return None if rule is None else TimerRule(rule)

    def _condition(self, definition: etree._Element) -> ConditionRule | None:
        rule = self.rule(definition.findtext(f"{BPMN}condition"), formula, "condition")
        if rule is None:
            self.refuse(N_("it has no condition"))
        return None if rule is None else ConditionRule(rule)

    def _signal(self, reference: str | None) -> SignalRule | None:
        name = self.rule(self.book.signals.get(reference or ""), formula_or_text, "signal")
        if name is None:
            self.refuse(N_("its signal does not exist or has no name"))
        return None if name is None else SignalRule(name)

    def _code(self, missing: str, codes: Mapping[str, str], reference: str | None) -> str:
        if reference and reference not in codes:
            self.refuse(missing, name=reference)
        return codes.get(reference or "", "")

    def message(self, reference: str | None) -> MessageRule | None:
        node = self.book.messages.get(reference or "")
        name = self.rule(None if node is None else node.get("name"), formula_or_text, "message")
        if node is None or not name:
            self.refuse(N_("its message does not exist or has no name"))
            return None
        subscription = self.zeebe("subscription", node)
        publication = self.zeebe("publishMessage")
        source = subscription if publication is None else publication
        text = None if source is None else source.get("correlationKey")
        key = self.rule(text, formula, "correlationKey")
        if publication is None:
            return MessageRule(name, key)
        ttl = self.rule(publication.get("timeToLive"), instant_or_duration, "timeToLive")
        return MessageRule(name, key, ttl, self.rule(publication.get("messageId"), formula_or_text, "messageId"))

    def awaited(self, event: EventRule | None) -> None:
        """A message that is waited for needs a key; one that is thrown may go without."""
        if isinstance(event, MessageRule) and event.key is None:
            self.refuse(N_("its message has no correlation key"))

    def job(self) -> JobRule | None:
        node = self.zeebe("taskDefinition")
        if node is None:
            return None
        handler = self.rule(node.get("type"), formula_or_text, "taskDefinition")
        retries = self.rule(node.get("retries") or "3", formula_or_text, "retries")
        headers = self.zeebe("taskHeaders")
        entries = [] if headers is None else headers.findall(f"{ZEEBE}header")
        if handler is None or retries is None:
            self.refuse(N_("its task definition names no handler"))
            return None
        return JobRule(handler, retries, {entry.get("key", ""): entry.get("value", "") for entry in entries})

    def task(self) -> TaskRule:
        form, who = self.zeebe("formDefinition"), self.zeebe("assignmentDefinition")
        schedule, priority = self.zeebe("taskSchedule"), self.zeebe("priorityDefinition")

        def of(node: etree._Element | None, name: str, make: Callable[[str], Rule] = formula_or_text) -> Rule | None:
            return None if node is None else self.rule(node.get(name), make, name)

        return TaskRule(
            form="" if form is None else form.get("formId") or form.get("formKey") or "",
            assignee=of(who, "assignee"),
            groups=of(who, "candidateGroups"),
            due=of(schedule, "dueDate", instant_or_duration),
            priority=of(priority, "priority"),
        )

    def script(self) -> ScriptRule | None:
        node = self.zeebe("script")
        if node is None:
            return None
        expression = self.rule(node.get("expression"), formula, "script")
        result = node.get("resultVariable", "").strip()
        if expression is None or not result:
            self.refuse(N_("the script needs an expression and a result variable"))
            return None
        return ScriptRule(expression, result)

    def decision(self) -> DecisionRule | None:
        node = self.zeebe("calledDecision")
        if node is None:
            return None
        name, result = node.get("decisionId", "").strip(), node.get("resultVariable", "").strip()
        if name not in self.book.decisions:
            self.refuse(N_("the decision %(name)s does not exist"), name=name)
        if not result:
            self.refuse(N_("the decision needs a result variable"))
        return DecisionRule(name, result)

    def parts(self) -> PartsRule:
        extension = self.zeebe("adHoc")
        at_once = None if extension is None else extension.get("activeElementsCollection")
        return PartsRule(
            at_once=self.rule(at_once, formula, "activeElementsCollection"),
            until=self.rule(self.node.findtext(f"{BPMN}completionCondition"), formula, "completionCondition"),
            one_at_a_time=self.node.get("ordering") == "Sequential",
            cancels_rest=self.node.get("cancelRemainingInstances", "true") != "false",
        )

    def call(self) -> CallRule | None:
        node = self.zeebe("calledElement")
        name = (self.node.get("calledElement") if node is None else node.get("processId")) or ""
        if name not in self.book.called:
            self.refuse(N_("the called process %(name)s is not there"), name=name or "–")
            return None
        flags = {} if node is None else dict(node.attrib)
        if flags.get("bindingType") == "versionTag":
            self.refuse(N_("it calls a version by its tag; a deployment pins the version it was checked with"))
        return CallRule(
            name,
            gives_all=flags.get("propagateAllParentVariables") != "false",
            takes_all=flags.get("propagateAllChildVariables") != "false",
        )
