"""The `zeebe:` extensions of an element, in the dialect Akta runs."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from bpmn.model._elements import Mapped, Zeebe
from bpmn.xml import BPMN, OTHER_ENGINES, ZEEBE, local

_ATTRIBUTES: dict[str, dict[str, str]] = {
    "taskDefinition": {"type": "task_type", "retries": "retries"},
    "formDefinition": {"formId": "form", "formKey": "form"},
    "assignmentDefinition": {"assignee": "assignee", "candidateGroups": "candidate_groups"},
    "taskSchedule": {"dueDate": "due_date"},
    "priorityDefinition": {"priority": "priority"},
    "script": {"expression": "script", "resultVariable": "script_result"},
    "calledDecision": {"decisionId": "decision", "resultVariable": "decision_result"},
    "calledElement": {"processId": "called_process", "bindingType": "binding"},
    "adHoc": {"activeElementsCollection": "parts_at_once"},
    "subscription": {"correlationKey": "correlation_key"},
    "publishMessage": {"correlationKey": "publish_key", "messageId": "publish_id", "timeToLive": "publish_ttl"},
}
"""Extension, its attributes, and where each goes. An attribute that is not here is reported as unread."""

_HARMLESS = frozenset(
    {("calledElement", "propagateAllParentVariables")}
    | {(name, "bindingType") for name in ("formDefinition", "calledDecision")}
)
_DESIGN_TIME = frozenset({"properties", "property", "modelerTemplate", "versionTag"})


def read_extensions(node: etree._Element) -> Zeebe:
    """The extensions of one BPMN element. Those of other vendors are ignored, unknown `zeebe:` ones reported."""
    values: dict[str, Any] = {}
    unread: list[str] = []
    for box in node.iterchildren(f"{BPMN}extensionElements"):
        for item in box.iterchildren():
            name = etree.QName(item)
            if f"{{{name.namespace}}}" == ZEEBE:
                values |= _read(item, name.localname, unread)
    if node.tag == f"{BPMN}callActivity" and not values.get("called_process"):
        values["called_process"] = node.get("calledElement", "").rpartition(":")[2]
    return Zeebe(**values, unread=tuple(unread))


def _read(item: etree._Element, name: str, unread: list[str]) -> dict[str, Any]:
    match name:
        case "userTask":
            return {"user_task": True}
        case "ioMapping":
            return {"inputs": tuple(_mapped(item, "input")), "outputs": tuple(_mapped(item, "output"))}
        case "taskHeaders":
            return {"headers": {str(h.get("key", "")): str(h.get("value", "")) for h in item.iterchildren()}}
    if name not in _ATTRIBUTES:
        if name not in _DESIGN_TIME:
            unread.append(name)
        return {}
    found: dict[str, Any] = {}
    for attribute, value in item.attrib.items():
        key, text = str(attribute), str(value)
        if key in _ATTRIBUTES[name]:
            found[_ATTRIBUTES[name][key]] = text.strip()
        elif (name, key) == ("calledElement", "propagateAllChildVariables"):
            found["propagate_all"] = text != "false"
        elif (name, key) not in _HARMLESS and text:
            unread.append(f"{name}.{key}")
    return found


def _mapped(mapping: etree._Element, kind: str) -> Iterator[Mapped]:
    for line in mapping.iterchildren(f"{ZEEBE}{kind}"):
        yield Mapped(str(line.get("source", "")), str(line.get("target", "")).strip())


def foreign(node: etree._Element) -> Iterator[str]:
    """What other engines read of an element: its attributes, and its extensions."""
    prefixes = {str(uri): prefix for prefix, uri in node.nsmap.items()}
    names = [str(key) for key in node.attrib]
    names += [str(item.tag) for box in node.iterchildren(f"{BPMN}extensionElements") for item in box]
    for name in names:
        uri, _, bare = name.removeprefix("{").rpartition("}")
        if uri in OTHER_ENGINES:
            yield f"{prefixes.get(uri) or uri}:{bare}"


def unread_of_event(event: etree._Element) -> Iterator[str]:
    """Extensions of the definition of an event: none of them is read."""
    if local(event).endswith("EventDefinition"):
        for item in event.iterfind(f"{BPMN}extensionElements/{ZEEBE}*"):
            yield local(item)
