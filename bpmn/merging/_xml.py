"""Models and decisions as units: every element with an id that stands beside others like it."""

from copy import deepcopy

from lxml import etree

from bpmn import xml
from bpmn.merging._units import ROOT, Unit, Units

_ENDS = ("sourceRef", "targetRef", "attachedToRef", "bpmnElement", "dmnElementRef")
"""Attributes that name an element without which there is nothing left."""
_SHARED = frozenset({"incoming", "outgoing", "flowNodeRef"})
"""Children that only repeat what others say."""
_DRAWN = frozenset({"BPMNShape", "BPMNEdge", "DMNShape", "DMNEdge"})
_HOLE = "akta-units"
"""Stands where the units inside an element are."""


class XmlReader:
    def read(self, content: bytes) -> Units:
        units: dict[str, Unit] = {}
        inside: dict[str, tuple[str, ...]] = {}
        _take(xml.parse(content), ROOT, ROOT, units, inside)
        return Units(units, inside)

    def write(self, units: Units) -> bytes:
        root = _made(units, ROOT)
        etree.cleanup_namespaces(root, keep_ns_prefixes=[prefix for prefix in root.nsmap if prefix])
        etree.indent(root, space="  ")
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _take(
    node: etree._Element, id_: str, parent: str, units: dict[str, Unit], inside: dict[str, tuple[str, ...]]
) -> None:
    if id_ in units:
        raise ValueError(f"{id_} is there twice")
    shell = deepcopy(node)
    shell.tail = None
    shared = [copy for copy in shell if xml.local(copy) in _SHARED and copy.text]
    for copy in shared:
        shell.remove(copy)
    children = [child for child in node if child.get("id")] if _splits(shell) else []
    _hollow(shell, bool(children))
    units[id_] = Unit(
        parent=parent,
        own=etree.tostring(shell, method="c14n", exclusive=id_ != ROOT).decode(),
        name=str(node.get("name") or node.get("bpmnElement") or id_),
        text=_readable(shell),
        refers=_refers(shell),
        shared=tuple(f"{xml.local(copy)} {(copy.text or '').strip()}" for copy in shared),
        quiet=xml.local(node) in _DRAWN,
    )
    inside[id_] = tuple(str(child.get("id")) for child in children)
    for child in children:
        _take(child, str(child.get("id")), id_, units, inside)


def _splits(shell: etree._Element) -> bool:
    """Whether the children with ids stand together, so that their order can be told apart from the rest."""
    named = [number for number, child in enumerate(shell) if child.get("id")]
    return bool(named) and named[-1] - named[0] + 1 == len(named)


def _hollow(shell: etree._Element, units: bool) -> None:
    """Take out the units, and the white space that only makes the file look tidy."""
    if units:
        named = [child for child in shell if child.get("id")]
        shell.insert(shell.index(named[0]), etree.Element(_HOLE))
        for child in named:
            shell.remove(child)
    for node in shell.iter():
        if len(node) and not (node.text or "").strip():
            node.text = None
        if not (node.tail or "").strip():
            node.tail = None


def _refers(shell: etree._Element) -> frozenset[str]:
    ends = {str(shell.get(name)).rpartition(":")[2] for name in _ENDS if shell.get(name)}
    needed = {str(node.get("href")).partition("#")[2] for node in shell.iter() if "#" in (node.get("href") or "")}
    return frozenset(ends | needed - {""})


def _made(units: Units, id_: str) -> etree._Element:
    unit = units.units[id_]
    node = etree.fromstring(unit.own)
    made = [_made(units, child) for child in units.inside.get(id_, ())]
    hole = node.find(_HOLE)
    place = len(node) if hole is None else node.index(hole)
    if hole is not None:
        node.remove(hole)
    for number, child in enumerate(made):
        node.insert(place + number, child)
    place = _after_extensions(node)
    for number, line in enumerate(unit.shared):
        kind, _, text = line.partition(" ")
        child = etree.Element(f"{xml.BPMN}{kind}")
        child.text = text
        node.insert(place + number, child)
    return node


def _after_extensions(node: etree._Element) -> int:
    """In BPMN the flows of an element follow its documentation and extensions."""
    before = [n for n, child in enumerate(node) if xml.local(child) in ("documentation", "extensionElements")]
    return max(before) + 1 if before else 0


def _readable(shell: etree._Element) -> str:
    copy = deepcopy(shell)
    for hole in list(copy.iter(_HOLE)):
        copy.remove(hole)
    etree.cleanup_namespaces(copy)
    etree.indent(copy, space="  ")
    return str(etree.tostring(copy, encoding="unicode"))
