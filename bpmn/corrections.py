"""Corrections that a check proposes, made in the model in place: one thing is changed, nothing moves."""

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from akta.errors import NotFound
from akta.languages import N_
from bpmn import xml
from bpmn.bundle import Bundle, from_files
from bpmn.check import Finding, Fix
from bpmn.model import RUNS

_MODEL = "process.bpmn"
_QUOTED = re.compile(r'("(?:[^"\\]|\\.)*")')
_REFERENCES = frozenset({"bpmnElement", "processRef"})
"""Attributes that refer to the process by its id."""
_WRITTEN = frozenset(
    {"conditionExpression", "condition", "timeDate", "timeDuration", "timeCycle"}
    | {"completionCondition", "loopCardinality", "loopCondition"}
)
"""Elements whose text is an expression."""


class NoCorrection(NotFound):
    """Nothing that was found proposes to correct this element."""

    title = N_("No correction of this element is known.")


def corrected(bundle: Bundle, findings: Iterable[Finding], element: str, value: str = "") -> Bundle:
    """The bundle with the correction that one of the findings proposes for this element.

    Args:
        value: what is to be put there, where several findings propose something.

    Raises:
        NoCorrection: none of them proposes any.
    """
    fixes = (finding.fix for finding in findings if finding.fix is not None and finding.fix.element == element)
    fix = next((fix for fix in fixes if value in ("", fix.value)), None)
    if fix is None:
        raise NoCorrection(element)
    return from_files({**bundle.files, _MODEL: _made(bundle.process, fix)})


def _made(source: bytes, fix: Fix) -> bytes:
    """The same document with one thing changed; ids, flows and places in the drawing stay."""
    xml.parse(source)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(source, parser)
    for node in root.iter(f"{xml.BPMN}*"):
        if node.get("id") == fix.element:
            _change(root, node, fix)
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")


def _change(root: etree._Element, node: etree._Element, fix: Fix) -> None:
    match fix.change:
        case "type":
            node.tag = f"{xml.BPMN}{fix.value}"
            if fix.value == "parallelGateway":
                node.attrib.pop("default", None)
        case "name":
            _rename(node, fix)
        case "id":
            _call(root, node, fix)
        case "condition":
            for condition in node.findall(f"{xml.BPMN}conditionExpression"):
                node.remove(condition)
        case "interrupting":
            node.attrib.pop("cancelActivity", None)
            node.attrib.pop("isInterrupting", None)
        case "binding":
            for called in node.iter(f"{xml.ZEEBE}calledElement"):
                called.attrib.pop("bindingType", None)
                called.attrib.pop("versionTag", None)


def _call(root: etree._Element, process: etree._Element, fix: Fix) -> None:
    """Give the process another id, also where the drawing and the pools refer to it."""
    process.set("id", fix.value)
    for other in root.iter():
        for name in _REFERENCES & {str(key) for key in other.attrib}:
            if other.get(name) == fix.element:
                other.set(name, fix.value)


def _rename(node: etree._Element, fix: Fix) -> None:
    """Exchange a name wherever it stands in the expressions of an element; a text in quotes is no name."""
    name = re.compile(rf"(?<!\w){re.escape(fix.instead_of)}(?!\w)")
    for part in _own(node):
        for key, text in part.attrib.items():
            if str(text).lstrip().startswith("="):
                part.set(key, _outside_quotes(name, fix.value, str(text)))
        if xml.local(part) in _WRITTEN and part.text:
            part.text = _outside_quotes(name, fix.value, part.text)


def _own(node: etree._Element) -> Iterator[etree._Element]:
    """An element with what belongs to it, without the elements that stand inside it."""
    yield node
    for child in node.iterchildren(tag=etree.Element):
        if not xml.is_bpmn(child) or xml.local(child) not in RUNS | {"sequenceFlow"}:
            yield from _own(child)


def _outside_quotes(name: re.Pattern[str], value: str, text: str) -> str:
    parts = _QUOTED.split(text)
    return "".join(part if part.startswith('"') else name.sub(lambda _: value, part) for part in parts)
