"""From checked XML to specifications, on SpiffWorkflow's parser."""

from typing import ClassVar

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag

from bpmn.xml import BPMN, local
from workflows.engine._check import is_handler
from workflows.engine._dialect import Book, Reader
from workflows.engine._elements import Edge, Element
from workflows.engine._events import (
    BoundaryEvent,
    CatchEvent,
    EndEvent,
    HandlerStart,
    ReceiveTask,
    StartEvent,
    ThrowEvent,
)
from workflows.engine._expressions import Formula, formula
from workflows.engine._gateways import EventBasedGateway, ExclusiveGateway, ParallelGateway
from workflows.engine._spec import FlowSpec
from workflows.engine._subprocesses import CallActivity, EventSubProcess, SubProcess
from workflows.engine._tasks import BusinessRuleTask, ManualTask, ScriptTask, SendTask, ServiceTask, UserTask
from workflows.engine.outcome import Place

ELEMENTS = {
    "startEvent": StartEvent,
    "endEvent": EndEvent,
    "userTask": UserTask,
    "serviceTask": ServiceTask,
    "sendTask": SendTask,
    "receiveTask": ReceiveTask,
    "scriptTask": ScriptTask,
    "businessRuleTask": BusinessRuleTask,
    "manualTask": ManualTask,
    "subProcess": SubProcess,
    "callActivity": CallActivity,
    "exclusiveGateway": ExclusiveGateway,
    "parallelGateway": ParallelGateway,
    "eventBasedGateway": EventBasedGateway,
    "intermediateCatchEvent": CatchEvent,
    "intermediateThrowEvent": ThrowEvent,
    "boundaryEvent": BoundaryEvent,
}


class _ElementParser(TaskParser):
    """Makes one element; SpiffWorkflow's own goes on to what follows it, which ends at 400 elements in a row."""

    def parse_node(self) -> Element:
        kind = EventSubProcess if is_handler(self.node) else self.spec_class
        return self.make(kind, self.node)

    def make(self, kind: type[Element], node: etree._Element) -> Element:
        parser: ClosureParser = self.process_parser.parser
        return kind(self.spec, node.get("id", ""), Reader(node, parser.book), parser.place(node))


class _FlowParser(ProcessParser):
    """Makes a process or sub-process: first its elements, then what joins them."""

    def create_spec(self) -> FlowSpec:
        return FlowSpec(self.parser.flow_name(self.node), self.parser.place(self.node))

    def add_tasks(self) -> None:
        for node in self.node:
            if local(node) in ELEMENTS:
                self._add(node)
        for flow in self.node.findall(f"{BPMN}sequenceFlow"):
            self._connect(flow)
        for node in self.node.findall(f"{BPMN}boundaryEvent"):
            host = self.spec.task_specs[node.get("attachedToRef")]
            host.boundaries.append(self.spec.task_specs[node.get("id")])

    def _add(self, node: etree._Element) -> None:
        element = self.parse_node(node)
        if isinstance(element, StartEvent):
            if element.event is None or local(self.node) != "process":
                self.spec.first = element.name
            else:
                self.spec.starts[element.name] = element
        elif isinstance(element, SubProcess) and not isinstance(element, CallActivity):
            element.flow = self.parser.flow_name(node)
            self.parser.create_parser(node)
            if is_handler(node):
                self._add_handler(node, element)

    def _add_handler(self, node: etree._Element, element: Element) -> None:
        start = node.find(f"{BPMN}startEvent")
        if start is not None:
            handler = _ElementParser(self, HandlerStart, start, self.nsmap).make(HandlerStart, start)
            handler.target = element
            self.spec.handlers.append(handler)

    def _connect(self, flow: etree._Element) -> None:
        source = self.spec.task_specs[flow.get("sourceRef")]
        target = self.spec.task_specs[flow.get("targetRef")]
        source.connect(target)
        ident = flow.get("id", "")
        source.leaving.append(Edge(ident, target.name, self._condition(flow)))
        target.arriving.append(ident)

    def _condition(self, flow: etree._Element) -> Formula | None:
        source = self.get_node_by_id(flow.get("sourceRef"))
        if source.get("default") == flow.get("id"):
            return None
        rule = Reader(flow, self.parser.book).rule(flow.findtext(f"{BPMN}conditionExpression"), formula, "condition")
        return rule if isinstance(rule, Formula) else None


class ClosureParser(BpmnParser):
    """Parses one process of a closure. Its sub-processes are named after it, so that equal ids never meet."""

    PARSER_CLASSES: ClassVar = {full_tag(name): (_ElementParser, kind) for name, kind in ELEMENTS.items()}
    PROCESS_PARSER_CLASS = _FlowParser

    def __init__(self, key: str, content_hash: str, book: Book) -> None:
        super().__init__()
        self.key = key
        self.content_hash = content_hash
        self.book = book

    def place(self, node: etree._Element) -> Place:
        return Place(self.key, self.content_hash, node.get("id", ""), node.get("name", ""), local(node))

    def flow_name(self, node: etree._Element) -> str:
        return self.key if local(node) == "process" else f"{self.key}#{node.get('id')}"

    def flows(self, process: etree._Element) -> dict[str, FlowSpec]:
        """The process and everything embedded in it, by name."""
        self.create_parser(process)
        done: dict[str, FlowSpec] = {}
        while len(done) < len(self.process_parsers):
            for parser in list(self.process_parsers.values()):
                spec: FlowSpec = parser.get_spec()
                done[spec.name] = spec
        return done
