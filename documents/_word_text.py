"""The text of a Word document, read from its XML: nothing of it is laid out, followed or run."""

import zipfile
from collections.abc import Iterator
from io import BytesIO

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PARAGRAPH, _ROW, _CELL = f"{_W}p", f"{_W}tr", f"{_W}tc"
_PRINTED = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n"}
_TEXT = f"{_W}t"
_MOST_XML = 20 * 1024 * 1024


class Unreadable(ValueError):
    """There is no text to be read."""


def blocks(content: bytes) -> Iterator[str]:
    """Paragraphs and table rows in order; the cells of a row are parted by tabs.

    Raises:
        Unreadable: not a Word document, damaged, or with more text than anybody would read.
    """
    for block in _document(content).iter(_PARAGRAPH, _ROW):
        if next(block.iterancestors(_ROW), None) is None:
            yield _row(block) if block.tag == _ROW else _printed(block)


def _document(content: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive, archive.open("word/document.xml") as part:
            xml = part.read(_MOST_XML + 1)
        if len(xml) > _MOST_XML:
            raise Unreadable("too much text")
        return etree.fromstring(xml, parser)
    except Unreadable:
        raise
    except Exception as broken:  # a damaged archive fails in zipfile, zlib and lxml in many ways
        raise Unreadable(str(broken)) from broken


def _row(row: etree._Element) -> str:
    return "\t".join(_cell(cell) for cell in row.iterchildren(_CELL))


def _cell(cell: etree._Element) -> str:
    return " ".join(text for paragraph in cell.iter(_PARAGRAPH) if (text := _printed(paragraph)))


def _printed(paragraph: etree._Element) -> str:
    parts = (
        part.text or "" if part.tag == _TEXT else _PRINTED[str(part.tag)] for part in paragraph.iter(_TEXT, *_PRINTED)
    )
    return "".join(parts)
