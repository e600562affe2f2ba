"""Small process models and bundles for the tests."""

import json
from collections.abc import Mapping
from itertools import pairwise

_HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'id="definitions" targetNamespace="https://akta.example/bpmn">'
)


def ext(inner: str) -> str:
    return f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>"


def node(kind: str, id_: str, inner: str = "", **attributes: str) -> str:
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<bpmn:{kind} id="{id_}"{written}>{inner}</bpmn:{kind}>'


def flow(source: str, target: str, condition: str = "") -> str:
    inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
    return node("sequenceFlow", f"{source}-{target}", inner, sourceRef=source, targetRef=target)


def user_task(id_: str = "ask", groups: str = "front-desk", form: str = "ask") -> str:
    zeebe = (
        f'<zeebe:userTask/><zeebe:formDefinition formId="{form}"/>'
        f'<zeebe:assignmentDefinition candidateGroups="{groups}"/>'
    )
    return node("userTask", id_, ext(zeebe))


def service(id_: str, handler: str, inputs: Mapping[str, str] | None = None) -> str:
    lines = "".join(f'<zeebe:input source="{source}" target="{t}"/>' for t, source in (inputs or {}).items())
    mapping = f"<zeebe:ioMapping>{lines}</zeebe:ioMapping>" if lines else ""
    return node("serviceTask", id_, ext(f'<zeebe:taskDefinition type="{handler}"/>{mapping}'))


def timer(text: str, kind: str = "timeDuration") -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{kind}>{text}</bpmn:{kind}></bpmn:timerEventDefinition>"


def bpmn(inside: str, outside: str = "", id_: str = "toy") -> bytes:
    process = f'<bpmn:process id="{id_}" name="Toy" isExecutable="true">{inside}</bpmn:process>'
    return f"{_HEAD}{outside}{process}</bpmn:definitions>".encode()


def straight(*nodes: str) -> str:
    """Nodes in a row between a start and an end."""
    ids = ["begin", *(part.split('id="', 1)[1].split('"', 1)[0] for part in nodes), "done"]
    flows = "".join(flow(one, two) for one, two in pairwise(ids))
    return node("startEvent", "begin") + "".join(nodes) + node("endEvent", "done") + flows


TOML = """
key = "toy"
retention = "P10Y"
work_groups = ["front-desk"]
[start]
form = "ask"
by = ["anonymous"]
"""
ENGLISH = """
title = "Toy"
summary = "A toy."
[elements.ask]
name = "Ask"
applicant = "We are reading it."
[outcomes.done]
title = "Done"
"""
FORM = {
    "id": "ask",
    "type": "default",
    "components": [{"type": "textarea", "key": "name", "id": "f1", "label": "Name"}],
}


def files(model: bytes | None = None, **more: bytes | str) -> dict[str, bytes]:
    """The files of a small bundle that is whole; `more` by path, `/` written as `__` and `.` as `_DOT_`."""
    found = {
        "bundle.toml": TOML.encode(),
        "process.bpmn": bpmn(straight(user_task())) if model is None else model,
        "forms/ask.form": json.dumps(FORM).encode(),
        "i18n/en.toml": ENGLISH.encode(),
    }
    for path, content in more.items():
        name = path.replace("__", "/").replace("_DOT_", ".")
        found[name] = content.encode() if isinstance(content, str) else content
    return found
