"""A toy process of no utility: somebody asks, the front desk answers, the asker says whether it helped."""

import json
from collections.abc import Mapping
from typing import Any

from bpmn import bundle as bundles
from bpmn.bundle import Bundle

KEY = "question"

_SETTINGS = """
key = "question"
retention = "P1Y"
work_groups = ["front-desk"]
[start]
form = "ask"
by = ["anonymous", "customer"]
[start.staff]
form = "ask-paper"
by = ["front-desk"]
received = "received_on"
[applicant]
name = "name"
email = "email"
[withdraw]
message = "withdrawn"
"""

_TEXTS = """
title = "A question"
summary = "Ask, and somebody answers."
before_you_start = ["Your question"]
[elements.answer]
name = "Answer the question"
applicant = "Somebody reads your question."
next = "You get an answer."
[elements.rate]
name = "Say whether it helped"
applicant = "You have an answer: say whether it helped."
[outcomes.done]
title = "Answered"
text = "Your question was answered."
[outcomes.taken-back]
title = "Taken back"
[forms.ask.buttons]
submit = "Send question"
"""

_CZECH = """
title = "Dotaz"
summary = "Zeptejte se a někdo odpoví."
"""

_PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="definitions" targetNamespace="https://akta.example/toy">
  <bpmn:message id="message-withdrawn" name="withdrawn">
    <bpmn:extensionElements><zeebe:subscription correlationKey="=case.reference"/></bpmn:extensionElements>
  </bpmn:message>
  <bpmn:process id="question" name="Question" isExecutable="true">
    <bpmn:startEvent id="asked" name="Asked"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="answer" name="Answer the question">
      <bpmn:extensionElements>
        <zeebe:userTask/>
        <zeebe:formDefinition formId="answer"/>
        <zeebe:assignmentDefinition candidateGroups="front-desk"/>
        <zeebe:taskSchedule dueDate="P2D"/>
      </bpmn:extensionElements>
      <bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:userTask id="rate" name="Say whether it helped">
      <bpmn:extensionElements>
        <zeebe:userTask/>
        <zeebe:formDefinition formId="rate"/>
        <zeebe:assignmentDefinition candidateGroups="applicant"/>
      </bpmn:extensionElements>
      <bpmn:incoming>f2</bpmn:incoming><bpmn:outgoing>f3</bpmn:outgoing>
    </bpmn:userTask>
    <bpmn:endEvent id="done" name="Answered"><bpmn:incoming>f3</bpmn:incoming></bpmn:endEvent>
    <bpmn:subProcess id="withdrawal" name="Withdrawal" triggeredByEvent="true">
      <bpmn:startEvent id="withdrawal-received" name="Withdrawn">
        <bpmn:outgoing>w1</bpmn:outgoing>
        <bpmn:messageEventDefinition id="withdrawal-message" messageRef="message-withdrawn"/>
      </bpmn:startEvent>
      <bpmn:endEvent id="taken-back" name="Taken back"><bpmn:incoming>w1</bpmn:incoming></bpmn:endEvent>
      <bpmn:sequenceFlow id="w1" sourceRef="withdrawal-received" targetRef="taken-back"/>
    </bpmn:subProcess>
    <bpmn:sequenceFlow id="f1" sourceRef="asked" targetRef="answer"/>
    <bpmn:sequenceFlow id="f2" sourceRef="answer" targetRef="rate"/>
    <bpmn:sequenceFlow id="f3" sourceRef="rate" targetRef="done"/>
  </bpmn:process>
</bpmn:definitions>
"""


def _form(key: str, *components: Mapping[str, Any]) -> bytes:
    return json.dumps({"type": "default", "id": key, "schemaVersion": 18, "components": components}).encode()


def _field(kind: str, key: str, *, required: bool = False, **more: Any) -> Mapping[str, Any]:
    return {"type": kind, "key": key, "label": key.capitalize(), "validate": {"required": required}, **more}


_ASKED = (
    _field("textfield", "name", required=True),
    _field("textfield", "email", required=True),
    _field("textarea", "text", required=True),
    _field("filepicker", "attachment"),
)

FILES: Mapping[str, bytes] = {
    "bundle.toml": _SETTINGS.encode(),
    "process.bpmn": _PROCESS.encode(),
    "i18n/en.toml": _TEXTS.encode(),
    "i18n/cs.toml": _CZECH.encode(),
    "forms/ask.form": _form("ask", *_ASKED),
    "forms/ask-paper.form": _form(
        "ask-paper", *_ASKED, _field("datetime", "received_on", subtype="date", dateLabel="Received on")
    ),
    "forms/answer.form": _form("answer", _field("textarea", "answer", required=True)),
    "forms/rate.form": _form("rate", _field("checkbox", "helped")),
}

TOY: Bundle = bundles.from_files(FILES)


def forked() -> Bundle:
    """A version whose ways part at a choice and are waited for together: it stops for ever at the join."""
    ways = b"""<bpmn:exclusiveGateway id="choice" name="Which way?" default="way-2"/>
    <bpmn:parallelGateway id="together" name="Together"/>
    <bpmn:sequenceFlow id="f1" sourceRef="asked" targetRef="choice"/>
    <bpmn:sequenceFlow id="way-1" name="long" sourceRef="choice" targetRef="together">
      <bpmn:conditionExpression>=string length(text) &gt; 100</bpmn:conditionExpression>
    </bpmn:sequenceFlow>
    <bpmn:sequenceFlow id="way-2" name="short" sourceRef="choice" targetRef="together"/>
    <bpmn:sequenceFlow id="f0" sourceRef="together" targetRef="answer"/>"""
    straight = b'<bpmn:sequenceFlow id="f1" sourceRef="asked" targetRef="answer"/>'
    model = FILES["process.bpmn"].replace(straight, ways).replace(b"<bpmn:incoming>f1<", b"<bpmn:incoming>f0<")
    return bundles.from_files({**FILES, "process.bpmn": model})


def in_steps() -> Bundle:
    """The same process, asked step by step: who, more about a company where it is one, and what."""

    def group(key: str, *components: Mapping[str, Any], **more: Any) -> Mapping[str, Any]:
        return {"type": "group", "id": key, "label": f"The {key}", "components": components, **more}

    name, email, text, attachment = _ASKED
    steps = (
        group("asker", name, email, _field("checkbox", "firm")),
        group("company", _field("textfield", "company_name", required=True), conditional={"hide": "=firm != true"}),
        group("question", text, attachment),
    )
    return bundles.from_files({**FILES, "forms/ask.form": _form("ask", *steps)})


def changed(summary: str) -> Bundle:
    """The same process with another summary: another version."""
    texts = FILES["i18n/en.toml"].replace(b"Ask, and somebody answers.", summary.encode())
    return bundles.from_files({**FILES, "i18n/en.toml": texts})
