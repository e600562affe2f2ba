"""Reading BPMN XML from whoever sends it into plain values."""

from collections.abc import Iterator
from typing import ClassVar

from lxml import etree

from akta.errors import Invalid
from akta.languages import N_
from bpmn.model._elements import BpmnError, Element, Flow, Lane, Message, Process, Repeat
from bpmn.model._events import bare, events_of, text_of
from bpmn.model._zeebe import foreign, read_extensions, unread_of_event
from bpmn.xml import BPMN, ZEEBE, is_bpmn, local, parse

MAX_NODES = 5_000

_ACTIVITIES = frozenset(
    {"task", "userTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask", "manualTask"}
    | {"subProcess", "transaction", "adHocSubProcess", "callActivity", "callChoreography", "subChoreography"}
)
_GATEWAYS = frozenset(
    {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"}
)
_EVENTS = frozenset(
    {"startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent"}
    | {"implicitThrowEvent"}
)
NODES = _ACTIVITIES | _GATEWAYS | _EVENTS
_CONTAINERS = frozenset({"subProcess", "transaction", "adHocSubProcess"})
_DRAWN = frozenset({"textAnnotation", "association", "group", "laneSet", "documentation", "extensionElements"})
_OWN = frozenset({"incoming", "outgoing", "documentation", "extensionElements", "completionCondition"})
_REPEATS = frozenset({"multiInstanceLoopCharacteristics", "standardLoopCharacteristics"})
_ODD_ATTRIBUTES = (("parallelMultiple", "true"), ("eventGatewayType", "Parallel"))


LONGEST_NAME = 80
"""Characters of an id of an element and of the name of a message: what the rows of cases hold."""


class ModelError(Invalid):
    """The document is no process that can be read. `place` is the id of the element concerned, if one is."""

    title: ClassVar[str] = N_("This process model cannot be read.")

    def __init__(self, detail: str, place: str = "") -> None:
        super().__init__(detail)
        self.place = place


def read(source: bytes) -> Process:
    """Read the one executable process of a BPMN document.

    Raises:
        ModelError: too large, with a document type, no XML, no BPMN, no or several executable processes, ids twice,
            or references to what is not there.
    """
    definitions = _parse(source)
    runs = [node for node in definitions.iterchildren(f"{BPMN}process") if node.get("isExecutable") == "true"]
    if len(runs) != 1:
        count = "no executable process" if not runs else f"{len(runs)} executable processes"
        raise ModelError(f"the model has {count}; it needs exactly one", "" if not runs else _id(runs[1]))
    return _process(definitions, runs[0])


def read_all(source: bytes) -> tuple[Process, ...]:
    """Every process of a BPMN document that has something drawn in it, executable or not: to look at, not to run.

    Raises:
        ModelError: as `read`, but for how many are executable.
    """
    definitions = _parse(source)
    processes = [_process(definitions, root) for root in definitions.iterchildren(f"{BPMN}process")]
    return tuple(process for process in processes if process.elements)


def _process(definitions: etree._Element, root: etree._Element) -> Process:
    scan = _Scan()
    scan.foreign += ((_id(root), name) for name in foreign(root))
    scan.container(root, _id(root))
    process = Process(
        id=_id(root),
        name=root.get("name", ""),
        elements=scan.elements,
        flows=scan.flows,
        lanes=tuple(_lanes(root)),
        messages={_id(node): _message(node) for node in definitions.iterchildren(f"{BPMN}message")},
        signals={
            _id(node): _short(node.get("name", ""), _id(node)) for node in definitions.iterchildren(f"{BPMN}signal")
        },
        escalations={
            _id(node): node.get("escalationCode", "") for node in definitions.iterchildren(f"{BPMN}escalation")
        },
        associations=tuple(
            (node.get("sourceRef", ""), node.get("targetRef", "")) for node in root.iter(f"{BPMN}association")
        ),
        errors={_id(node): _error(node) for node in definitions.iterchildren(f"{BPMN}error")},
        outside=tuple(scan.outside),
        foreign=tuple(scan.foreign),
        unread=tuple((_id(root), name) for name in read_extensions(root).unread) + tuple(scan.unread),
    )
    _refuse_dangling(process)
    return process


def _parse(source: bytes) -> etree._Element:
    try:
        root = parse(source)
    except ValueError as error:
        raise ModelError(f"the model {error}") from error
    if root.tag != f"{BPMN}definitions":
        raise ModelError("the document is not BPMN 2.0: its root is not bpmn:definitions")
    _refuse_double_ids(root)
    return root


def _refuse_double_ids(definitions: etree._Element) -> None:
    seen: set[str] = set()
    for node in definitions.iter():
        id_ = node.get("id")
        if id_ is None:
            continue
        if id_ in seen:
            raise ModelError(f"the id {id_} stands twice in the model", id_)
        seen.add(id_)


def _id(node: etree._Element) -> str:
    id_ = node.get("id")
    if not id_:
        raise ModelError(f"line {node.sourceline}: a {local(node)} has no id")
    return _short(id_, id_)


def _short(name: str, place: str) -> str:
    if len(name) > LONGEST_NAME:
        raise ModelError(f"{name[:30]}… is longer than {LONGEST_NAME} characters", place)
    return name


class _Scan:
    """Collects the nodes and flows of a process and of the sub-processes in it."""

    def __init__(self) -> None:
        self.elements: dict[str, Element] = {}
        self.flows: dict[str, Flow] = {}
        self.outside: list[tuple[str, str]] = []
        self.foreign: list[tuple[str, str]] = []
        self.unread: list[tuple[str, str]] = []

    def container(self, container: etree._Element, parent: str) -> None:
        for node in container.iterchildren():
            if not is_bpmn(node):
                continue
            kind = local(node)
            if kind in NODES:
                self._node(node, kind, parent)
            elif kind == "sequenceFlow":
                flow = _flow(node, parent)
                self.flows[flow.id] = flow
                self.foreign += ((flow.id, name) for name in foreign(node))
            elif kind not in _DRAWN | _OWN | _REPEATS:
                self.outside.append((kind, node.get("id") or parent))

    def _node(self, node: etree._Element, kind: str, parent: str) -> None:
        if len(self.elements) >= MAX_NODES:
            raise ModelError(f"the model has more than {MAX_NODES} elements")
        id_ = _id(node)
        self.foreign += ((id_, name) for name in foreign(node))
        self.unread += ((id_, name) for event in node if is_bpmn(event) for name in unread_of_event(event))
        self.elements[id_] = Element(
            id=id_,
            type=kind,
            name=" ".join(node.get("name", "").split()),
            parent=parent,
            zeebe=read_extensions(node),
            events=tuple(events_of(node)) if kind in _EVENTS else (),
            attached_to=node.get("attachedToRef", ""),
            interrupting=node.get("cancelActivity", node.get("isInterrupting", "true")) != "false",
            default=node.get("default", ""),
            event_subprocess=node.get("triggeredByEvent") == "true",
            message=bare(node.get("messageRef")),
            odd=tuple(_odd(node, kind)),
            repeat=_repeat(node),
            instantiates=node.get("instantiate") == "true",
            compensates=node.get("isForCompensation") == "true",
            completion=text_of(node, "completionCondition"),
        )
        if kind in _CONTAINERS:
            self.container(node, id_)


def _flow(node: etree._Element, parent: str) -> Flow:
    condition = node.find(f"{BPMN}conditionExpression")
    return Flow(
        id=_id(node),
        name=" ".join(node.get("name", "").split()),
        source=node.get("sourceRef", ""),
        target=node.get("targetRef", ""),
        parent=parent,
        condition="" if condition is None else "".join(condition.itertext()).strip(),
    )


def _repeat(node: etree._Element) -> Repeat | None:
    loop = node.find(f"{BPMN}standardLoopCharacteristics")
    if loop is not None:
        return Repeat(each=False, condition=text_of(loop, "loopCondition"))
    many = node.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if many is None:
        return None
    said = many.find(f"{BPMN}extensionElements/{ZEEBE}loopCharacteristics")
    attributes = {} if said is None else {str(key): str(value).strip() for key, value in said.attrib.items()}
    return Repeat(
        each=True,
        collection=attributes.get("inputCollection", ""),
        cardinality=text_of(many, "loopCardinality"),
        item=attributes.get("inputElement", ""),
        output=attributes.get("outputElement", ""),
        outputs=attributes.get("outputCollection", ""),
        condition=text_of(many, "completionCondition"),
    )


def _odd(node: etree._Element, kind: str) -> Iterator[str]:
    """What a node carries that would change how it runs."""
    for attribute, value in _ODD_ATTRIBUTES:
        if node.get(attribute) == value:
            yield attribute
    for attribute in ("startQuantity", "completionQuantity"):
        if node.get(attribute, "1") != "1":
            yield attribute
    for child in node.iterchildren():
        name = local(child)
        inner = kind in _CONTAINERS and (name in NODES | _DRAWN or name == "sequenceFlow")
        if (
            is_bpmn(child)
            and not inner
            and name not in _OWN | _REPEATS
            and not name.endswith(("EventDefinition", "DefinitionRef"))
        ):
            yield name


def _lanes(process: etree._Element) -> Iterator[Lane]:
    for lane in process.iter(f"{BPMN}lane"):
        members = tuple("".join(node.itertext()).strip() for node in lane.iterchildren(f"{BPMN}flowNodeRef"))
        yield Lane(_id(lane), lane.get("name", ""), members)


def _message(node: etree._Element) -> Message:
    return Message(_id(node), _short(node.get("name", ""), _id(node)), read_extensions(node).correlation_key)


def _error(node: etree._Element) -> BpmnError:
    return BpmnError(_id(node), node.get("name", ""), node.get("errorCode", ""))


def _refuse_dangling(process: Process) -> None:
    for flow in process.flows.values():
        for end in (flow.source, flow.target):
            if end not in process.elements:
                raise ModelError(f"the flow {flow.id} leads from or to {end or 'nothing'}, which is not there", flow.id)
            if process.elements[end].parent != flow.parent:
                raise ModelError(f"the flow {flow.id} crosses the border of a sub-process", flow.id)
    for element in process.elements.values():
        if element.type == "boundaryEvent" and element.attached_to not in process.elements:
            raise ModelError(f"the event {element.title} is attached to nothing", element.id)
        if element.default and element.default not in {flow.id for flow in process.outgoing[element.id]}:
            raise ModelError(f"the default flow of {element.title} does not leave it", element.id)
