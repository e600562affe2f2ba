"""Reading BPMN XML that strangers may have written, and holding it against the standard's schema."""

from functools import cache
from threading import Lock

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnValidator
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
LIMIT = 10 * 1024 * 1024

_VALIDATING = Lock()
"""The validator keeps its last error on itself."""

_ONLY_DRAWN = (
    "dataObject",
    "dataObjectReference",
    "dataStore",
    "dataStoreReference",
    "dataInputAssociation",
    "dataOutputAssociation",
    "ioSpecification",
    "property",
)


def parse(source: bytes) -> etree._Element:
    """The root element. No DTD, no entities, no network, at most 10 MiB.

    Raises:
        ValueError: it is not such XML.
    """
    if len(source) > LIMIT:
        raise ValueError("the model is larger than 10 MiB")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(source, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"this is not XML: {error}") from error
    if root.getroottree().docinfo.doctype:
        raise ValueError("a model must not carry a document type")
    if root.tag != f"{BPMN}definitions":
        raise ValueError("this is not a BPMN 2.0 model")
    return root


@cache
def _validator() -> BpmnValidator:
    return BpmnValidator()


def problems(source: bytes) -> list[str]:
    """What the BPMN 2.0 schema has against this model; empty when nothing."""
    try:
        root = parse(source)
        with _VALIDATING:
            _validator().validate(root.getroottree())
    except (ValueError, ValidationException) as error:
        return [str(error)]
    return []


def without_drawings(root: etree._Element) -> etree._Element:
    """The model without data objects and stores: they say something to readers and nothing to the engine."""
    for tag in _ONLY_DRAWN:
        for node in root.findall(f".//{BPMN}{tag}"):
            parent = node.getparent()
            if parent is not None:
                parent.remove(node)
    return root


def local(node: etree._Element) -> str:
    """The element's name without its namespace."""
    return str(etree.QName(node).localname)


def is_bpmn(node: etree._Element) -> bool:
    return isinstance(node.tag, str) and node.tag.startswith(BPMN)
