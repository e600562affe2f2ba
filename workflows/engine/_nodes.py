"""The nodes of one process or sub-process as they are drawn, and what is said about them."""

from collections import defaultdict
from collections.abc import Iterator

from lxml import etree

from akta.languages import sentence
from bpmn.model import ACTIVITIES
from bpmn.xml import BPMN, is_bpmn, local
from workflows.engine._errors import Reason

_PASSIVE = frozenset(
    [
        "sequenceFlow",
        "laneSet",
        "textAnnotation",
        "association",
        "group",
        "category",
        "documentation",
        "extensionElements",
        "incoming",
        "outgoing",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "property",
        "ioSpecification",
        "artifact",
        "auditing",
        "monitoring",
        "completionCondition",
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
    ]
)


def is_handler(node: etree._Element) -> bool:
    """An event sub-process: nothing leads to it, its start event does."""
    return local(node) == "subProcess" and node.get("triggeredByEvent") == "true"


def event_kinds(node: etree._Element) -> list[str]:
    """What an event is about, once for each of its definitions."""
    return [local(child).removesuffix("EventDefinition") for child in node if local(child).endswith("EventDefinition")]


def reason(node: etree._Element, text: str, **params: object) -> Reason:
    return Reason(node.get("id", ""), node.get("name", ""), sentence(text, **params))


class Scope:
    """A process or sub-process: its nodes by id, and the flows that leave and reach each of them."""

    def __init__(self, node: etree._Element, outer: "Scope | None") -> None:
        self.node = node
        self.outer = outer
        self.nodes = {child.get("id", ""): child for child in node if is_bpmn(child) and local(child) not in _PASSIVE}
        self.flows = node.findall(f"{BPMN}sequenceFlow")
        self.leaving: dict[str, list[etree._Element]] = defaultdict(list)
        self.arriving: dict[str, list[etree._Element]] = defaultdict(list)
        for flow in self.flows:
            self.leaving[flow.get("sourceRef", "")].append(flow)
            self.arriving[flow.get("targetRef", "")].append(flow)
        self.hosts: dict[str, list[etree._Element]] = defaultdict(list)
        for child in self.nodes.values():
            if local(child) == "boundaryEvent":
                self.hosts[child.get("attachedToRef", "")].append(child)

    @property
    def compensated_by(self) -> dict[str, str]:
        """The element each compensation border is associated with."""
        borders = {
            ident
            for ident, node in self.nodes.items()
            if local(node) == "boundaryEvent" and event_kinds(node) == ["compensate"]
        }
        found = (
            (node.get("sourceRef", ""), node.get("targetRef", "")) for node in self.node.findall(f"{BPMN}association")
        )
        return {source: target for source, target in found if source in borders and target in self.nodes}

    def targets(self, node: etree._Element) -> Iterator[etree._Element]:
        for flow in self.leaving[node.get("id", "")]:
            target = self.nodes.get(flow.get("targetRef", ""))
            if target is not None:
                yield target

    def offers(self, node: etree._Element) -> bool:
        """A part of an ad-hoc sub-process that is started by hand."""
        return local(self.node) == "adHocSubProcess" and local(node) in ACTIVITIES
