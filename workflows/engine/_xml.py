"""Holding BPMN XML against the standard's schema, and leaving out what is only drawn."""

import re
from functools import cache
from threading import Lock

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnValidator
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from bpmn.xml import BPMN, parse

_NAMESPACE = re.compile(r"\{http[^}]*\}")
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


def definitions(source: bytes) -> etree._Element:
    """The root element of a BPMN model.

    Raises:
        ValueError: it is no XML that is read here, or no BPMN.
    """
    try:
        root = parse(source)
    except ValueError as error:
        raise ValueError(f"the model {error}") from error
    if root.tag != f"{BPMN}definitions":
        raise ValueError("this is not a BPMN 2.0 model")
    return root


@cache
def _validator() -> BpmnValidator:
    return BpmnValidator()


def problems(source: bytes) -> list[str]:
    """What the BPMN 2.0 schema has against this model; empty when nothing."""
    try:
        root = definitions(source)
        with _VALIDATING:
            _validator().validate(root.getroottree())
    except ValueError as error:
        return [str(error)]
    except ValidationException as error:
        return [f"line {error.line_number}: {_NAMESPACE.sub('', str(error))}"]
    return []


def without_drawings(root: etree._Element) -> etree._Element:
    """The model without data objects and stores: they say something to readers and nothing to the engine."""
    for tag in _ONLY_DRAWN:
        for node in root.findall(f".//{BPMN}{tag}"):
            parent = node.getparent()
            if parent is not None:
                parent.remove(node)
    return root
