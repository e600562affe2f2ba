"""Reading XML that strangers may have written: no document type, no entities, no network, bounded size."""

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
MAX_SIZE = 10_000_000
MAX_ELEMENTS, MAX_ATTRIBUTES = 200_000, 1_000
"""Of a document, and of one element; the largest models have some 50 000 and 20."""
OTHER_ENGINES = frozenset(
    {"http://camunda.org/schema/1.0/bpmn", "http://operaton.org/schema/1.0/bpmn"}
    | {"http://spiffworkflow.org/bpmn/schema/1.0/core", "http://activiti.org/bpmn", "http://flowable.org/bpmn"}
)
"""Namespaces in which other engines say how a model runs: nothing of it has an effect here."""


def parse(source: bytes, limit: int = MAX_SIZE) -> etree._Element:
    """The root element; comments and processing instructions are left out, so that every node is an element.

    Raises:
        ValueError: the end of a sentence about the document: it is too large, no XML, or declares a document type.
    """
    if len(source) > limit:
        raise ValueError(f"is larger than {limit // 1_000_000} MB")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(source, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ValueError(f"is not XML: {error}") from error
    if root.getroottree().docinfo.doctype or root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("declares a document type (DOCTYPE), which is refused")
    if root.xpath(f"count(descendant-or-self::*) > {MAX_ELEMENTS}"):
        raise ValueError(f"has more than {MAX_ELEMENTS} XML elements")
    if root.xpath(f"boolean(descendant-or-self::*[count(@*) > {MAX_ATTRIBUTES}])"):
        raise ValueError(f"has an XML element with more than {MAX_ATTRIBUTES} attributes")
    return root


def local(node: etree._Element) -> str:
    """The element's name without its namespace."""
    return str(etree.QName(node).localname)


def is_bpmn(node: etree._Element) -> bool:
    return str(node.tag).startswith(BPMN)
