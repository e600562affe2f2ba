"""From checked XML to specifications, on SpiffWorkflow's parser."""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag

from bpmn.xml import BPMN, local
from workflows.engine._adhoc import AdHoc
from workflows.engine._catching import BoundaryEvent, CatchEvent, HandlerStart, ReceiveTask
from workflows.engine._dialect import Book, Reader
from workflows.engine._elements import Edge, Element
from workflows.engine._events import EndEvent, StartEvent, ThrowEvent
from workflows.engine._expressions import Formula, formula
from workflows.engine._gateways import EventBasedGateway, ExclusiveGateway, InclusiveGateway, ParallelGateway
from workflows.engine._loops import EACH, WHILE
from workflows.engine._multi import Body, MultiInstance, StandardLoop
from workflows.engine._nodes import is_handler
from workflows.engine._rules import CompensateRule, LinkRule
from workflows.engine._spec import FlowSpec
from workflows.engine._subprocesses import CallActivity, EventSubProcess, SubProcess
from workflows.engine._tasks import BusinessRuleTask, ManualTask, ScriptTask, SendTask, ServiceTask, UserTask
from workflows.engine.outcome import Place

ELEMENTS = {
    "startEvent": StartEvent,
    "endEvent": EndEvent,
    "task": ManualTask,
    "userTask": UserTask,
    "serviceTask": ServiceTask,
    "sendTask": SendTask,
    "receiveTask": ReceiveTask,
    "scriptTask": ScriptTask,
    "businessRuleTask": BusinessRuleTask,
    "manualTask": ManualTask,
    "subProcess": SubProcess,
    "transaction": SubProcess,
    "adHocSubProcess": AdHoc,
    "callActivity": CallActivity,
    "exclusiveGateway": ExclusiveGateway,
    "parallelGateway": ParallelGateway,
    "inclusiveGateway": InclusiveGateway,
    "eventBasedGateway": EventBasedGateway,
    "intermediateCatchEvent": CatchEvent,
    "intermediateThrowEvent": ThrowEvent,
    "boundaryEvent": BoundaryEvent,
}
_REPEATED: Mapping[str, tuple[type[Element], str]] = {
    EACH: (MultiInstance, "multiInstanceBody"),
    WHILE: (StandardLoop, "loopBody"),
}
"""What stands around an activity that runs several times, and the type its place has."""


class _ElementParser(TaskParser):
    """Makes one element; SpiffWorkflow's own goes on to what follows it, which ends at 400 elements in a row."""

    def parse_node(self) -> Element:
        kind = EventSubProcess if is_handler(self.node) else self.spec_class
        around = next((found for name, found in _REPEATED.items() if self.node.find(f"{BPMN}{name}") is not None), None)
        if around is None:
            return self.make(kind, self.node)
        return self._repeated(kind, *around)

    def make(self, kind: type[Element], node: etree._Element) -> Element:
        return self._make(kind, node, self.spec, self.process_parser.parser.place(node))

    def _make(self, kind: type[Element], node: etree._Element, spec: FlowSpec, place: Place) -> Element:
        element = kind(spec, node.get("id", ""), Reader(node, self.process_parser.parser.book), place)
        element.compensates = node.get("isForCompensation") == "true"
        return element

    def _repeated(self, kind: type[Element], body_kind: type[Element], type_: str) -> Element:
        """The body in this flow, and the activity alone in a flow inside it."""
        parser: ClosureParser = self.process_parser.parser
        place = parser.place(self.node)
        inner = FlowSpec(f"{parser.flow_name(self.node)}*", place)
        inner.repeated = True
        parser.repeated[inner.name] = inner
        self.process_parser.inside(self.node, self._make(kind, self.node, inner, place))
        body = self._make(body_kind, self.node, self.spec, replace(place, type=type_))
        if isinstance(body, SubProcess):
            body.flow = inner.name
        return body


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
        self._link()
        for node in self.node.findall(f"{BPMN}boundaryEvent"):
            self._attach(node)
        self._offer_parts()
        for element in self.spec.task_specs.values():
            if isinstance(element, InclusiveGateway) and element.joins:
                element.reach = _reach(self.spec, element)

    def _add(self, node: etree._Element) -> None:
        element = self.parse_node(node)
        if isinstance(element, StartEvent):
            if element.event is None or local(self.node) != "process":
                self.spec.first = element.name
            else:
                self.spec.starts[element.name] = element
        elif node.get("instantiate") == "true" and isinstance(element, ReceiveTask):
            self.spec.starts[element.name] = element
        elif not isinstance(element, Body):
            self.inside(node, element)

    def inside(self, node: etree._Element, element: Element) -> None:
        """Take in what stands inside an element, if anything does."""
        if isinstance(element, SubProcess) and not isinstance(element, CallActivity):
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
        ident = flow.get("id", "")
        self._lead(source, target, Edge(ident, target.name, self._condition(flow)))
        if self.get_node_by_id(source.name).get("instantiate") == "true" and isinstance(source, EventBasedGateway):
            self.spec.starts[target.name] = target

    def _lead(self, source: Element, target: Element, edge: Edge) -> None:
        source.connect(target)
        source.leaving.append(edge)
        target.arriving.append(edge.id)

    def _condition(self, flow: etree._Element) -> Formula | None:
        source = self.get_node_by_id(flow.get("sourceRef"))
        if source.get("default") == flow.get("id"):
            return None
        rule = Reader(flow, self.parser.book).rule(flow.findtext(f"{BPMN}conditionExpression"), formula, "condition")
        return rule if isinstance(rule, Formula) else None

    def _link(self) -> None:
        """A link is a sequence flow that is not drawn."""
        elements = list(self.spec.task_specs.values())
        for source in elements:
            if not isinstance(source, ThrowEvent) or not isinstance(source.event, LinkRule):
                continue
            for target in elements:
                if isinstance(target, CatchEvent) and source.event == target.event:
                    self._lead(source, target, Edge(f"link:{source.name}", target.name))

    def _attach(self, node: etree._Element) -> None:
        host, event = (self.spec.task_specs[node.get(name)] for name in ("attachedToRef", "id"))
        if not isinstance(event.event, CompensateRule):
            host.boundaries.append(event)
            return
        for association in self.node.findall(f"{BPMN}association"):
            if association.get("sourceRef") == event.name:
                host.handler = association.get("targetRef", "")

    def _offer_parts(self) -> None:
        """What can be started by hand in an ad-hoc sub-process."""
        if local(self.node) == "adHocSubProcess":
            self.parser.parts[self.spec.name] = {
                name: element.place
                for name, element in self.spec.task_specs.items()
                if isinstance(element, Element)
                and not (element.arriving or element.attached or element.handles or element.compensates)
            }


def _reach(spec: FlowSpec, join: InclusiveGateway) -> dict[str, frozenset[str]]:
    """By element, the flows into a join that a token there can come by without passing the join."""
    sources: dict[str, list[str]] = {}
    into: dict[str, str] = {}
    for element in spec.task_specs.values():
        for edge in getattr(element, "leaving", ()):
            sources.setdefault(edge.target, []).append(element.name)
            if edge.target == join.name:
                into[edge.id] = element.name
        for boundary in getattr(element, "boundaries", ()):
            sources.setdefault(boundary.name, []).append(element.name)
    found: dict[str, set[str]] = {}
    for edge_id, source in into.items():
        waiting = [source]
        while waiting:
            name = waiting.pop()
            if name != join.name and edge_id not in found.setdefault(name, set()):
                found[name].add(edge_id)
                waiting.extend(sources.get(name, ()))
    return {name: frozenset(edges) for name, edges in found.items()}


class ClosureParser(BpmnParser):
    """Parses one process of a closure. Its sub-processes are named after it, so that equal ids never meet."""

    PARSER_CLASSES: ClassVar = {full_tag(name): (_ElementParser, kind) for name, kind in ELEMENTS.items()}
    PROCESS_PARSER_CLASS = _FlowParser

    def __init__(self, key: str, content_hash: str, book: Book) -> None:
        super().__init__()
        self.key = key
        self.content_hash = content_hash
        self.book = book
        self.repeated: dict[str, FlowSpec] = {}
        self.parts: dict[str, dict[str, Place]] = {}

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
        done |= self.repeated
        for spec in done.values():
            for element in spec.task_specs.values():
                if isinstance(element, AdHoc):
                    element.parts = self.parts[element.flow]
        return done
