"""A small builder of BPMN models in the zeebe dialect."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from typing import TypedDict, Unpack
from xml.sax.saxutils import escape, quoteattr

from workflows.engine import ProcessSource

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 id="definitions" targetNamespace="http://example.org/tests">
"""


def timer(text: str, kind: str = "timeDuration") -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{kind}>{escape(text)}</bpmn:{kind}></bpmn:timerEventDefinition>"


def message(name: str) -> str:
    return f'<bpmn:messageEventDefinition messageRef="message-{name}"/>'


def signal(name: str) -> str:
    return f'<bpmn:signalEventDefinition signalRef="signal-{name}"/>'


def error(code: str = "") -> str:
    reference = f' errorRef="error-{code}"' if code else ""
    return f"<bpmn:errorEventDefinition{reference}/>"


def escalation(code: str = "") -> str:
    reference = f' escalationRef="escalation-{code}"' if code else ""
    return f"<bpmn:escalationEventDefinition{reference}/>"


def condition(text: str) -> str:
    typed = 'xsi:type="bpmn:tFormalExpression"'
    inner = f"<bpmn:condition {typed}>{escape(text)}</bpmn:condition>"
    return f"<bpmn:conditionalEventDefinition>{inner}</bpmn:conditionalEventDefinition>"


def link(name: str) -> str:
    return f"<bpmn:linkEventDefinition name={quoteattr(name)}/>"


def compensate(activity: str = "") -> str:
    reference = f' activityRef="{activity}"' if activity else ""
    return f"<bpmn:compensateEventDefinition{reference}/>"


def each(
    collection: str = "",
    item: str = "",
    output: str = "",
    outputs: str = "",
    until: str = "",
    sequential: bool = False,
    cardinality: str = "",
) -> str:
    """Multi-instance characteristics."""
    said = {"inputCollection": collection, "inputElement": item, "outputElement": output, "outputCollection": outputs}
    inner = zeebe("loopCharacteristics", **{name: text for name, text in said.items() if text})
    parts = f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>"
    parts += f"<bpmn:loopCardinality>{escape(cardinality)}</bpmn:loopCardinality>" if cardinality else ""
    parts += f"<bpmn:completionCondition>{escape(until)}</bpmn:completionCondition>" if until else ""
    kind = "multiInstanceLoopCharacteristics"
    return f'<bpmn:{kind} isSequential="{str(sequential).lower()}">{parts}</bpmn:{kind}>'


def loop(condition: str = "", maximum: str = "", before: bool = False) -> str:
    """Standard loop characteristics."""
    kind, most = "standardLoopCharacteristics", f' loopMaximum="{maximum}"' if maximum else ""
    inner = f"<bpmn:loopCondition>{escape(condition)}</bpmn:loopCondition>" if condition else ""
    return f'<bpmn:{kind} testBefore="{str(before).lower()}"{most}>{inner}</bpmn:{kind}>'


CANCEL = "<bpmn:cancelEventDefinition/>"
TERMINATE = "<bpmn:terminateEventDefinition/>"


def zeebe(tag: str, **attributes: str) -> str:
    written = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f"<zeebe:{tag}{written}/>"


Maps = Mapping[str, str] | None


class Io(TypedDict, total=False):
    inputs: Maps
    outputs: Maps


class Model:
    """Collects elements and flows; `source()` is what the engine compiles."""

    def __init__(self, key: str = "p", **messages: str) -> None:
        self.key = key
        self.messages = messages
        self.errors: list[str] = []
        self.decisions: dict[str, bytes] = {}
        self._lines: list[str] = []
        self._artifacts: list[str] = []
        self._flows = 0

    def add(
        self,
        tag: str,
        ident: str,
        extension: str = "",
        body: str = "",
        attributes: Maps = None,
        inputs: Maps = None,
        outputs: Maps = None,
    ) -> "Model":
        maps = [zeebe("input", target=name, source=text) for name, text in (inputs or {}).items()]
        maps += [zeebe("output", target=name, source=text) for name, text in (outputs or {}).items()]
        inner = extension + (f"<zeebe:ioMapping>{''.join(maps)}</zeebe:ioMapping>" if maps else "")
        written = "".join(f" {name}={quoteattr(value)}" for name, value in (attributes or {}).items())
        extensions = f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>" if inner else ""
        self._lines.append(
            f"<bpmn:{tag} id={quoteattr(ident)} name={quoteattr(ident)}{written}>{extensions}{body}</bpmn:{tag}>"
        )
        return self

    def start(self, ident: str = "start", body: str = "", **more: Unpack[Io]) -> "Model":
        return self.add("startEvent", ident, body=body, **more)

    def end(self, ident: str = "end", body: str = "", **more: Unpack[Io]) -> "Model":
        return self.add("endEvent", ident, body=body, **more)

    def user(self, ident: str, extension: str = "", body: str = "", **more: Unpack[Io]) -> "Model":
        return self.add("userTask", ident, zeebe("userTask") + extension, body, **more)

    def service(self, ident: str, handler: str = "", body: str = "", **more: Unpack[Io]) -> "Model":
        return self.add("serviceTask", ident, zeebe("taskDefinition", type=handler or ident), body, **more)

    def script(self, ident: str, expression: str, result: str, body: str = "") -> "Model":
        return self.add("scriptTask", ident, zeebe("script", expression=expression, resultVariable=result), body)

    def call(self, ident: str, process: str, extra: Maps = None, body: str = "", **more: Unpack[Io]) -> "Model":
        called = zeebe("calledElement", processId=process, **(extra or {}))
        return self.add("callActivity", ident, called, body, **more)

    def undo(self, ident: str, host: str) -> "Model":
        """A task that compensates an activity, with the border and the association that say so."""
        self.add("userTask", ident, zeebe("userTask"), attributes={"isForCompensation": "true"})
        self.boundary(f"{ident}-border", host, "<bpmn:compensateEventDefinition/>")
        self._artifacts.append(
            f'<bpmn:association id="{ident}-association" associationDirection="One" sourceRef="{ident}-border" '
            f'targetRef="{ident}"/>'
        )
        return self

    def some(self, ident: str, default: str = "") -> "Model":
        return self.add("inclusiveGateway", ident, attributes={"default": default} if default else {})

    def xor(self, ident: str, default: str = "") -> "Model":
        return self.add("exclusiveGateway", ident, attributes={"default": default} if default else {})

    def both(self, ident: str) -> "Model":
        return self.add("parallelGateway", ident)

    def race(self, ident: str) -> "Model":
        return self.add("eventBasedGateway", ident)

    def catch(self, ident: str, body: str, **more: Unpack[Io]) -> "Model":
        return self.add("intermediateCatchEvent", ident, body=body, **more)

    def throw(self, ident: str, body: str = "", **more: Unpack[Io]) -> "Model":
        return self.add("intermediateThrowEvent", ident, body=body, **more)

    def boundary(self, ident: str, host: str, body: str, interrupts: bool = True, **more: Unpack[Io]) -> "Model":
        attributes = {"attachedToRef": host, "cancelActivity": "true" if interrupts else "false"}
        return self.add("boundaryEvent", ident, body=body, attributes=attributes, **more)

    @contextmanager
    def sub(
        self,
        ident: str,
        handler: bool = False,
        tag: str = "subProcess",
        extension: str = "",
        head: str = "",
        tail: str = "",
        attributes: Maps = None,
        **more: Unpack[Io],
    ) -> Iterator["Model"]:
        """An embedded sub-process, or an event sub-process when it is a handler."""
        lines, artifacts = self._lines, self._artifacts
        self._lines, self._artifacts = [], []
        yield self
        inside = "".join(self._lines + self._artifacts)
        self._lines, self._artifacts = lines, artifacts
        said = {**({"triggeredByEvent": "true"} if handler else {}), **(attributes or {})}
        self.add(tag, ident, extension, f"{head}{inside}{tail}", said, **more)

    def flow(self, source: str, target: str, condition: str = "", ident: str = "") -> "Model":
        self._flows += 1
        name = ident or f"flow-{self._flows}"
        typed = 'xsi:type="bpmn:tFormalExpression"'
        inner = f"<bpmn:conditionExpression {typed}>{escape(condition)}</bpmn:conditionExpression>" if condition else ""
        self._lines.append(
            f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'
        )
        return self

    def path(self, *elements: str) -> "Model":
        for source, target in pairwise(elements):
            self.flow(source, target)
        return self

    def xml(self) -> bytes:
        known = "".join(
            f'<bpmn:message id="message-{name}" name="{name}"><bpmn:extensionElements>'
            f"{zeebe('subscription', correlationKey=key)}</bpmn:extensionElements></bpmn:message>"
            for name, key in self.messages.items()
        )
        known += "".join(f'<bpmn:error id="error-{code}" name="{code}" errorCode="{code}"/>' for code in self.errors)
        body = "".join(self._lines + self._artifacts)
        for code in dict.fromkeys(re.findall('escalationRef="escalation-([^"]+)"', body)):
            known += f'<bpmn:escalation id="escalation-{code}" name="{code}" escalationCode="{code}"/>'
        for name in dict.fromkeys(re.findall('signalRef="signal-([^"]+)"', body)):
            known += f'<bpmn:signal id="signal-{name}" name="{name}"/>'
        process = f'<bpmn:process id="{self.key}" isExecutable="true">{body}</bpmn:process>'
        return f"{_HEAD}{known}{process}</bpmn:definitions>".encode()

    def source(self) -> ProcessSource:
        return ProcessSource(self.key, f"hash-of-{self.key}", self.xml(), self.decisions)
