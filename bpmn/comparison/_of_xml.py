"""Facts from process models and decision tables. Nothing is left out but the drawing, which is one fact."""

import hashlib
from collections.abc import Iterator
from itertools import count

from lxml import etree

from bpmn.comparison._facts import Key, Thing
from bpmn.xml import local, parse

DRAWING = "drawing"
_DRAWN = frozenset({"BPMNDiagram", "DMNDI"})
_THINGS = frozenset(
    {"process", "participant", "collaboration", "lane", "sequenceFlow", "messageFlow", "textAnnotation", "association"}
    | {"message", "error", "signal", "escalation", "group", "dataObject", "dataObjectReference", "dataStoreReference"}
    | {"startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent"}
    | {"task", "userTask", "serviceTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask", "manualTask"}
    | {"subProcess", "transaction", "adHocSubProcess", "callActivity"}
    | {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"}
    | {"decision", "inputData", "businessKnowledgeModel", "knowledgeSource", "decisionService", "itemDefinition"}
    | {"input", "output", "rule", "decisionTable"}
)
_DERIVED = frozenset({"incoming", "outgoing", "flowNodeRef"})
_CHOOSES = frozenset({"exclusiveGateway", "inclusiveGateway"})
_NAMING = ("target", "key", "name", "href")
"""Attributes by which one of several like children is known."""


def of_model(file: str, source: bytes) -> dict[Key, Thing]:
    """The elements of a process model; a lane is a property of those in it, a gateway knows the order of its flows."""
    root = parse(source)
    facts = _things(file, root)
    for lane in root.iter("{*}lane"):
        for member in lane.iterchildren("{*}flowNodeRef"):
            thing = facts.get(Key(file, "".join(member.itertext()).strip()))
            if thing is not None and not any(True for _ in lane.iter("{*}childLaneSet")):
                thing.properties["lane"] = str(lane.get("name") or lane.get("id", ""))
    for key, thing in facts.items():
        if thing.kind in _CHOOSES:
            flows = [node.get("id", "") for node in root.iter("{*}sequenceFlow") if node.get("sourceRef") == key.id]
            thing.orders["outgoing"] = tuple(flows)
    return facts


def of_decisions(file: str, source: bytes) -> dict[Key, Thing]:
    """Decisions, the columns and rows of their tables; a cell is a property of its row."""
    root = parse(source)
    facts = _things(file, root)
    for table in root.iter("{*}decisionTable"):
        _table(file, table, facts)
    return facts


def _table(file: str, table: etree._Element, facts: dict[Key, Thing]) -> None:
    columns = [node for kind in ("input", "output") for node in table.iterchildren(f"{{*}}{kind}")]
    for place, column in enumerate(columns, 1):
        thing = facts[Key(file, _known(column))]
        expression = column.find("{*}inputExpression/{*}text")
        said = "" if expression is None else "".join(expression.itertext()).strip()
        if column.get("name"):
            thing.properties["name"] = str(column.get("name"))
        thing.name = column.get("label") or column.get("name") or said or str(place)
    rules = list(table.iterchildren("{*}rule"))
    facts[Key(file, _known(table))].orders["rules"] = tuple(_known(rule) for rule in rules)
    for number, rule in enumerate(rules, 1):
        thing = facts[Key(file, _known(rule))]
        thing.name = str(number)
        cells = [node for kind in ("inputEntry", "outputEntry") for node in rule.iterchildren(f"{{*}}{kind}")]
        for column, cell in zip(columns, cells, strict=False):
            thing.properties[f"cell:{_known(column)}"] = " ".join("".join(cell.itertext()).split())


def _things(file: str, root: etree._Element) -> dict[Key, Thing]:
    facts = {Key(file): Thing(local(root))}
    _give_ids(root)
    _collect(file, root, Key(file), facts)
    drawing = hashlib.sha256()
    for part in root.iterchildren():
        if local(part) in _DRAWN:
            drawing.update(etree.tostring(part, method="c14n"))
    facts[Key(file)].properties[DRAWING] = drawing.hexdigest()
    return facts


def _give_ids(root: etree._Element) -> None:
    """Rows and columns may come without ids; then their place is their id."""
    for table in root.iter("{*}decisionTable"):
        numbers = count(1)
        for node in (table, *table.iterchildren()):
            if local(node) in _THINGS and not node.get("id"):
                node.set("id", f"{local(node)}-{next(numbers)}")


def _known(node: etree._Element) -> str:
    return str(node.get("id", ""))


def _collect(file: str, node: etree._Element, at: Key, facts: dict[Key, Thing]) -> None:
    """Put what a node says into its thing, and its parts that are things themselves beside it."""
    thing = facts[at]
    thing.properties.update(
        {str(name): str(value) for name, value in node.attrib.items() if name not in ("id", "name")}
    )
    thing.name = node.get("name", "")
    for path, child in _children(node, ""):
        if local(child) in _THINGS and child.get("id"):
            key = Key(file, str(child.get("id")))
            facts[key] = Thing(local(child), inside=at)
            facts[key].properties["within"] = at.id
            _collect(file, child, key, facts)
        else:
            thing.properties.update(_leaf(path, child))


def _leaf(path: str, node: etree._Element) -> Iterator[tuple[str, str]]:
    text = " ".join((node.text or "").split())
    if text:
        yield path, text
    elif not len(node) and not node.attrib:
        yield path, "true"
    for name, value in node.attrib.items():
        if name != "id":
            yield f"{path}@{etree.QName(str(name)).localname}", str(value)


def _children(node: etree._Element, path: str) -> Iterator[tuple[str, etree._Element]]:
    """The parts of a node with their paths, deeper ones too unless they are things."""
    seen: dict[str, int] = {}
    for child in node.iterchildren():
        kind = local(child)
        if kind in _DERIVED | _DRAWN | {"inputEntry", "outputEntry"}:
            continue
        naming = next((str(child.get(name)) for name in _NAMING if child.get(name)), "")
        step = f"{kind}[{naming}]" if naming else kind
        seen[step] = seen.get(step, 0) + 1
        here = f"{path}/{step}" if path else step
        here = f"{here}#{seen[step]}" if seen[step] > 1 else here
        yield here, child
        if kind not in _THINGS or not child.get("id"):
            yield from _children(child, here)
