"""Corrections that a check proposes, made in the model in place: one element becomes another type, nothing moves."""

from collections.abc import Iterable

from lxml import etree

from akta.errors import NotFound
from akta.languages import N_
from bpmn import xml
from bpmn.bundle import Bundle, from_files
from bpmn.check import Finding

_MODEL = "process.bpmn"


class NoCorrection(NotFound):
    """Nothing that was found proposes to correct this element."""

    title = N_("No correction of this element is known.")


def corrected(bundle: Bundle, findings: Iterable[Finding], element: str) -> Bundle:
    """The bundle with the correction that one of the findings proposes for this element.

    Raises:
        NoCorrection: none of them proposes any.
    """
    types = (finding.fix[1] for finding in findings if finding.fix is not None and finding.fix[0] == element)
    wanted = next(types, None)
    if wanted is None:
        raise NoCorrection(element)
    return from_files({**bundle.files, _MODEL: _exchanged(bundle.process, element, wanted)})


def _exchanged(source: bytes, element: str, wanted: str) -> bytes:
    """The same document with one element of another type; its id, its flows and its place in the drawing stay."""
    xml.parse(source)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(source, parser)
    for node in root.iter(f"{xml.BPMN}*"):
        if node.get("id") == element:
            node.tag = f"{xml.BPMN}{wanted}"
            if wanted == "parallelGateway":
                node.attrib.pop("default", None)
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")
