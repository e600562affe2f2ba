"""Reading XML that strangers may have written: no document type, no entities, no network, bounded size."""

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
MAX_SIZE = 10_000_000


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
    return root


def local(node: etree._Element) -> str:
    """The element's name without its namespace."""
    return str(etree.QName(node).localname)


def is_bpmn(node: etree._Element) -> bool:
    return str(node.tag).startswith(BPMN)
